"""片区调整: a proposal on the map; a click on a unit gives it to another 片区, loads follow at once.

The page itself holds no proposal: its script asks the service for the newest one, since people change it meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from geo.messages import catalogue
from maps.findings.blocks import Mount, Sentence, Tab
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, ShapeSet
from maps.page import Page
from maps.palette import AREA_COLORS, GREY
from maps.texts import Texts

WORDS = (
    "no_proposal", "proposal_title", "proposal_draft", "proposal_adopted", "balance_was_is", "unit", "load",
    "belongs_to", "was_with", "give_to", "undo", "save_moves", "adopt", "adopt_sure", "cancel", "saved",
    "adopted_note", "unsaved_moves", "nothing_unsaved", "locked", "choose_unit", "loads_caption",
    "moves_units_caption", "in_pieces", "adopt_asked", "adopt_failed", "no_moved_units", "why", "from_to",
    "person_moved", "name_district", "name_save", "save_first", "district", "reason", "balance_goal", "mean_load",
    "was",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DistrictingView:
    """The page's frame; ``names`` are the 片区 there are by code."""

    head: Head
    names: dict[str, str]


def reasons(texts: Texts) -> dict[str, str]:
    """Why ground changes its 片区: the sentences of the room by code, their facts still in braces."""
    return {code: said[texts.language] for code, said in catalogue().items() if code.startswith("districts.reason_")}


def render_districting(view: DistrictingView, texts: Texts) -> Page:
    """Render the page in one language."""
    tabs = (
        Tab(
            "edit",
            texts("tab_edit"),
            (Mount("proposal", texts("loading")), Sentence(texts("districting_what"), "quiet")),
        ),
        Tab("moved", texts("tab_moved_units"), (Mount("proposal-moves", texts("loading")),)),
    )
    looks = {
        "kept": Look(texts("unit_kept"), GREY, fill=0.3),
        "moved": Look(texts("unit_moved"), "#1D2733", fill=0.3, dash="6 3"),
    }
    units = ShapeSet("units", texts("set_units"), looks, (), note=texts("set_units_note"))
    data = {"districting": {"names": view.names, "colors": list(AREA_COLORS), "reasons": reasons(texts)}}
    finding = Finding("districting", "districting", Markup(""), tabs, (units,), ("districting",), WORDS, data)
    return render_finding(finding, view.head, texts)

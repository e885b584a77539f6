"""From a ledger to a page: an empty panel with its legend, and the description the script fills it by."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from maps.findings.blocks import Block, Links, Mount, Sentence, Tab
from maps.findings.page import Finding, Head, render_finding
from maps.ledgers.spec import Ledger
from maps.page import Page
from maps.texts import Texts

WORDS = (
    "ledger_all", "ledger_list", "ledger_next", "ledger_cut", "ledger_reload", "ledger_as_of", "ledger_detail",
    "ledger_csv", "ledger_total", "ledger_no_place", "ledger_from", "ledger_to", "ledger_go", "ledger_refused",
    "ledger_other", "ledger_used", "ledger_clock_none", "ledger_clock_running", "ledger_clock_held", "ledger_choose",
    "ledger_count", "ledger_picture", "ledger_drawn", "ledger_none_yet", "ledger_everywhere", "ledger_no_district",
    "district",
)  # fmt: skip
"""Sentences the script says."""

PLACING_WORDS = (
    "placing_begin", "placing_title", "placing_candidates", "placing_none", "placing_click", "placing_middle",
    "placing_chosen_at", "placing_here", "placing_refuse", "placing_refuse_sure", "placing_reason", "placing_done",
    "placing_refused", "placing_sure",
)  # fmt: skip
"""And where records are put on the map."""


def render_ledger(
    ledger: Ledger, head: Head, districts: Mapping[str, str], codes: Mapping[str, tuple[str, str]], texts: Texts
) -> Page:
    """Render a ledger's page in one language.

    Parameters
    ----------
    districts
        Names of 片区 by code.
    codes
        Chinese and English names of event and component codes.
    """
    side = 0 if texts.language == "zh" else 1
    told = {
        "tabs": [tab.data(texts) for tab in ledger.tabs],
        "districts": dict(districts),
        "codes": {code: names[side] for code, names in codes.items()},
    }
    tabs = []
    for tab in ledger.tabs:
        notes: tuple[Block, ...] = tuple(Sentence(texts(note), "quiet") for note in tab.notes)
        ways = tuple((href, texts(words), False) for href, words in tab.links)
        links: tuple[Block, ...] = (Links(texts("ledger_ways"), ways),) if ways else ()
        tabs.append(Tab(tab.id, texts(tab.title), (*links, Mount(f"ledger-{tab.id}", texts("loading")), *notes)))
    lists = [records for tab in ledger.tabs for records in tab.records if records.marks]
    sets = tuple(one.shapes(texts, show=place == 0) for place, one in enumerate(lists))
    placing = any(records.placing for tab in ledger.tabs for records in tab.records)
    about = Markup(texts("ledger_now"))
    finding = Finding(
        ledger.name,
        ledger.name,
        about,
        tuple(tabs),
        sets,
        ("ledger_rows", "ledger_detail", *(("placing",) if placing else ()), "ledger"),
        (*WORDS, *(PLACING_WORDS if placing else ())),
        {"ledger": told},
        links=ledger.links,
        home=True,
        groups=ledger.groups,
    )
    return render_finding(finding, head, texts)

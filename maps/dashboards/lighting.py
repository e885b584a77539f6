"""照明暗段: dark stretches of street, outages that hang together, and where people walk at night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from geo.hotspots.findings import Finding as Study
from maps.findings.blocks import Tab
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Form, Look
from maps.findings.studies import study_blocks, study_shapes
from maps.page import Page
from maps.palette import ORANGE, VERMILION
from maps.texts import Texts

STUDIES: tuple[tuple[str, str, Form, str], ...] = (
    ("dark_stretches", "#3B3FA6", "line", "pianqu lighting dark"),
    ("outages", VERMILION, "dot", "pianqu lighting outages"),
    ("night_walk", ORANGE, "line", "pianqu lighting walk"),
)
"""Kind of study, colour, form, and the command that makes it."""


@dataclass(frozen=True, slots=True)
class LightingView:
    """The newest study of each kind; a kind that is missing has not been made."""

    head: Head
    studies: Mapping[str, Study]


def render_lighting(view: LightingView, texts: Texts) -> Page:
    """Render the page in one language."""
    tabs = tuple(
        Tab(kind.replace("_", "-"), texts(f"tab_{kind}"), study_blocks(view.studies.get(kind), kind, command, texts))
        for kind, _, _, command in STUDIES
    )
    sets = tuple(
        study_shapes(view.studies[kind], kind, Look(texts(f"set_{kind}"), color, form, 0.35, 4.5), texts)
        for kind, color, form, _ in STUDIES
        if kind in view.studies
    )
    return render_finding(Finding("lighting", "lighting", Markup(""), tabs, sets), view.head, texts)

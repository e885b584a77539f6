"""照明暗段: dark stretches of street, outages that hang together, and where people walk at night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from geo.hotspots.findings import Finding as Study
from geo.hotspots.findings import Row as StudyRow
from maps.findings.blocks import Block, Column, Row, Sentence, Tab, Table
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Drill, Form, Look, Shape, ShapeSet, isolate
from maps.page import Page
from maps.symbols import ORANGE, VERMILION
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


def study_blocks(study: Study | None, kind: str, command: str, texts: Texts) -> tuple[Block, ...]:
    """A study as blocks: its sentence, its limits, its rows; or how to make it."""
    if study is None:
        return (Sentence(texts("no_study", command=command), "empty"),)
    rows = tuple(
        Row((said(row, texts), f"{len(row.records):,}"), f"{kind}:{row.key}" if row.geometry is not None else "")
        for row in study.rows
    )
    columns = (Column(texts("what_it_shows")), Column(texts("records_count_head"), True))
    lead = isolate(texts.reason(study.sentence.code, dict(study.sentence.facts)), texts)
    notes = (Sentence(isolate(texts.reason(note.code, dict(note.facts)), texts), "warn") for note in study.notes)
    return (Sentence(lead, "strong"), *notes, Table(texts(f"tab_{kind}"), columns, rows, texts("no_rows")))


def said(row: StudyRow, texts: Texts) -> Markup:
    """The sentence of a row, names in it marked as data."""
    return isolate(texts.reason(row.sentence.code, dict(row.sentence.facts)), texts)


def study_shapes(study: Study, kind: str, look: Look, texts: Texts, *, show: bool = True) -> ShapeSet:
    """The rows of a study that have a place, all with one look; each drills to exactly the records it rests on."""
    shapes = tuple(
        Shape(
            row.key,
            kind,
            texts(f"set_{kind}"),
            row.geometry,
            ((texts("what_it_shows"), texts.reason(row.sentence.code, dict(row.sentence.facts))),),
            Drill(row.layer, ids=row.records) if row.records else None,
        )
        for row in study.rows
        if row.geometry is not None
    )
    return ShapeSet(kind, texts(f"set_{kind}"), {kind: look}, shapes, show)

"""What a study of the county found, as blocks and shapes: every row with its sentence, its place and its records."""

from __future__ import annotations

from markupsafe import Markup

from geo.hotspots.findings import Finding
from geo.hotspots.findings import Sentence as StudySentence
from maps.findings.blocks import Block, Column, Row, Sentence, Table
from maps.findings.shapes import Drill, Look, Shape, ShapeSet, isolate
from maps.texts import Texts

ROWS_SHOWN = 80
"""Rows of a study on its page: three studies of sentences fit a page of 100 kB with its script."""


def in_words(sentence: StudySentence, texts: Texts) -> Markup:
    """A sentence of a study in the page's language, names in it marked as data."""
    return isolate(texts.reason(sentence.code, dict(sentence.facts)), texts)


def study_blocks(study: Finding | None, kind: str, command: str, texts: Texts) -> tuple[Block, ...]:
    """A study as blocks: its sentence, its limits, its rows; or the command that makes it."""
    if study is None:
        return (Sentence(texts("no_study", command=command), "empty"),)
    rows = tuple(
        Row(
            (in_words(row.sentence, texts), f"{len(row.records):,}"),
            f"{kind}:{row.key}" if row.geometry is not None else "",
        )
        for row in study.rows
    )
    columns = (Column(texts("what_it_shows")), Column(texts("records_count_head"), True))
    notes = (Sentence(in_words(note, texts), "warn") for note in study.notes)
    return (
        Sentence(in_words(study.sentence, texts), "strong"),
        *notes,
        Table(texts(f"tab_{kind}"), columns, rows, texts("no_rows"), most=ROWS_SHOWN),
    )


def study_shapes(study: Finding, kind: str, look: Look, texts: Texts, *, show: bool = True) -> ShapeSet:
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

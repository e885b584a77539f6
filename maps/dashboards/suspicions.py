"""疑似增量: what differs between the approved and the observed footprints, for a person to look at and decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps.findings.blocks import Block, Column, Figure, Figures, Row, Sentence, Tab, Table, rows_of
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, Shape, ShapeSet, isolate, named
from maps.page import Page
from maps.palette import BLUE, ORANGE, VERMILION
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

CLASSES = ("new", "enlarged")
COLORS = {"new": VERMILION, "enlarged": ORANGE}
WORDS = (
    "decide_confirmed", "decide_dismissed", "decide_confirmed_sure", "decide_dismissed_sure", "decide_reason",
    "decide_reason_needed", "was_confirmed", "was_dismissed", "was_decided",
)  # fmt: skip
SURE, LIKELY = 0.8, 0.5
"""Confidence from which a suspicion is called high, and middle."""


@dataclass(frozen=True, slots=True)
class SuspicionsView:
    """The queue.

    Attributes
    ----------
    open
        Index: the number it is decided by. ``key, name, cls`` (one of :data:`CLASSES`), ``area_m2, changed_m2,
        confidence`` (0–1), ``reasons`` (pairs of message code and facts), ``district_code, seen_on``; the difference
        as polygons, EPSG:4490; surest first.
    decided
        How many were decided before, by decision (``confirmed``, ``dismissed``).
    flights
        ``name, flown_on``: outlines of what was looked at, EPSG:4490.
    """

    head: Head
    districts: dict[str, str]
    open: GeoDataFrame
    decided: dict[str, int]
    flights: GeoDataFrame


def confidence_words(confidence: float, texts: Texts) -> str:
    """A confidence in words with its number.

    Examples
    --------
    >>> confidence_words(0.91, Texts("zh")), confidence_words(0.3, Texts("en"))
    ('高(91%)', 'low (30%)')
    """
    word = "high" if confidence >= SURE else "middle" if confidence >= LIKELY else "low"
    return texts(f"confidence_{word}", share=f"{confidence:.0%}")


def render_suspicions(view: SuspicionsView, texts: Texts) -> Page:
    """Render the page in one language."""
    tabs = (
        Tab("queue", texts("tab_queue"), _queue(view, texts)),
        Tab("seen", texts("tab_seen"), _seen(view, texts)),
    )
    ids = {"suspicions": dict(zip(view.open["key"], map(int, view.open.index), strict=True))}
    finding = Finding("suspicions", "suspicions", Markup(""), tabs, _sets(view, texts), ("deciding",), WORDS, ids)
    return render_finding(finding, view.head, texts)


def _name(row: Any) -> str:
    """What to call it: the building it adjoins, else its own key."""
    return row.name if isinstance(row.name, str) and row.name else str(row.key)


def _day(on: Any) -> str:
    """A day; a flight's file need not say it, and what is missing equals nothing, itself included."""
    return "—" if on is None or on != on else f"{on:%Y-%m-%d}"


def _queue(view: SuspicionsView, texts: Texts) -> tuple[Block, ...]:
    rows = tuple(
        Row(
            (
                texts.data(_name(row)),
                texts(f"change_{row.cls}"),
                f"{row.changed_m2:,.0f}",
                confidence_words(row.confidence, texts),
                Markup("<br>").join(isolate(texts.reason(code, facts), texts) for code, facts in row.reasons),
                texts.data(view.districts.get(row.district_code, row.district_code)),
                Markup('<span data-decide="{}"></span>').format(number),
            ),
            f"{row.cls}:{row.key}",
        )
        for number, row in zip(view.open.index, rows_of(view.open), strict=True)
    )
    columns = (
        Column(texts("place")),
        Column(texts("change")),
        Column(texts("changed_m2"), True),
        Column(texts("confidence")),
        Column(texts("reason")),
        Column(texts("district")),
        Column(texts("decision")),
    )
    counts = Counter(view.open["cls"])
    figures = tuple(Figure(texts(f"change_{cls}"), f"{counts[cls]:,}") for cls in CLASSES if counts[cls])
    return (
        Sentence(texts("suspicion_note"), "warn"),
        *((Figures(figures),) if figures else ()),
        Table(texts("queue_caption", count=len(view.open)), columns, rows, texts("no_suspicions")),
        Sentence(
            texts("decided_sentence", **{name: view.decided.get(name, 0) for name in ("confirmed", "dismissed")}),
            "quiet",
        ),
    )


def _seen(view: SuspicionsView, texts: Texts) -> tuple[Block, ...]:
    rows = tuple(
        Row((texts.data(_name(row)), _day(row.flown_on)), f"flights:{place}")
        for place, row in enumerate(rows_of(view.flights))
    )
    columns = (Column(texts("flight")), Column(texts("flown_on")))
    return (
        Table(texts("flights_caption"), columns, rows, texts("no_flights")),
        Sentence(texts("not_seen_note"), "quiet"),
    )


def _sets(view: SuspicionsView, texts: Texts) -> tuple[ShapeSet, ...]:
    def shape(row: Any) -> Shape:
        facts = [
            (texts("change"), texts(f"change_{row.cls}")),
            (texts("changed_m2"), f"{row.changed_m2:,.0f} m²"),
            (texts("confidence"), confidence_words(row.confidence, texts)),
            *((texts("reason"), texts.reason(code, facts)) for code, facts in row.reasons),
        ]
        return Shape(str(row.key), row.cls, named(_name(row)), row.geometry, tuple(facts))

    found = []
    for cls in CLASSES:
        rows = view.open[view.open["cls"] == cls]
        if len(rows):
            look = {cls: Look(texts(f"change_{cls}"), COLORS[cls], fill=0.5, weight=2)}
            found.append(ShapeSet(cls, texts(f"change_{cls}"), look, tuple(map(shape, rows_of(rows))), tiny=True))
    if len(view.flights):
        look = {"flight": Look(texts("flight"), BLUE, fill=0, weight=2, dash="8 5")}
        shapes = tuple(
            Shape(str(place), "flight", named(row.name), row.geometry, ((texts("flown_on"), _day(row.flown_on)),))
            for place, row in enumerate(rows_of(view.flights))
        )
        found.append(ShapeSet("flights", texts("set_flights"), look, shapes))
    return tuple(found)

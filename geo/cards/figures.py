"""The card of a 片区: figures with their unit, source and date, never summed across units."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

State = Literal["fresh", "stale", "empty"]
Unit = Literal["place", "lamp", "case"]

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees, EPSG:4490."""

DAY = dt.timedelta(days=1)
STALE_AFTER = {"event": 14 * DAY, "streetlight": 180 * DAY, "vendor_point": 365 * DAY}
"""Age of the newest row from which a layer is called out of date; a year for layers not named."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How much a layer holds, from where, and how old it is.

    Attributes
    ----------
    rows
        Features in the whole county.
    sources
        Names of the data sets, the largest first, joined for reading; empty without rows.
    updated_at
        When a row was last written; for events, when the latest occurred. None without rows.
    """

    kind: str
    rows: int
    sources: str
    updated_at: dt.datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class FigureKind:
    """What a figure counts: rows of ``layer`` in ``unit``, and whether more than none asks for attention."""

    code: str
    layer: str
    unit: Unit
    alarm: bool = False


FIGURES: tuple[FigureKind, ...] = (
    FigureKind("events_open", "event", "case", alarm=True),
    FigureKind("events_7d", "event", "case"),
    FigureKind("events_28d", "event", "case"),
    FigureKind("hotspot_zones", "hotspot_zone", "place"),
    FigureKind("vendor_points", "vendor_point", "place"),
    FigureKind("illegal_open", "illegal_building", "place", alarm=True),
    FigureKind("illegal_closed", "illegal_building", "place"),
    FigureKind("streetlights", "streetlight", "lamp"),
    FigureKind("streetlights_fault", "streetlight", "lamp", alarm=True),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a card."""

    code: str
    count: int
    unit: Unit
    alarm: bool
    source: str
    updated_at: dt.datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class DistrictCard:
    """A 片区 with its figures, in the order of :data:`FIGURES`."""

    code: str
    name: str
    goal: str | None
    squad: str | None
    box: Box
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class CountyCards:
    """Every 片区 of a county, what lies in none, and how fresh each layer is.

    ``outside`` holds only figures above 0; an empty county has no districts, and ``box`` is then its extent.
    """

    districts: tuple[DistrictCard, ...]
    outside: tuple[Figure, ...]
    freshness: tuple[Freshness, ...]
    box: Box


def state_of(kind: str, updated_at: dt.datetime | None, at: dt.datetime) -> State:
    """Whether a layer is empty, out of date or fresh at a moment.

    Examples
    --------
    >>> now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    >>> state_of("event", None, now), state_of("event", now - 15 * DAY, now), state_of("road", now - 15 * DAY, now)
    ('empty', 'stale', 'fresh')
    """
    if updated_at is None:
        return "empty"
    return "stale" if at - updated_at > STALE_AFTER.get(kind, 365 * DAY) else "fresh"


def build_figures(counts: dict[str, int], freshness: dict[str, Freshness]) -> tuple[Figure, ...]:
    """The figures of one 片区 from its counts by code (0 when missing) and the layers' freshness by kind."""
    return tuple(
        Figure(
            kind.code,
            counts.get(kind.code, 0),
            kind.unit,
            kind.alarm,
            freshness[kind.layer].sources,
            freshness[kind.layer].updated_at,
            freshness[kind.layer].state,
        )
        for kind in FIGURES
    )

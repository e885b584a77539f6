"""SQL of the 片区 cards. Every feature belongs to one 片区: where two touch, the one with the smaller code."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.layers.register import LayerKind


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A 片区 with its squad's name and its box in degrees."""

    code: str
    name: str
    goal: str | None
    squad: str | None
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class _Count:
    """How a layer is counted: the point that places a feature, and a count for each figure."""

    table: str
    place: str
    figures: dict[str, str]


_COUNTS = (
    _Count("hotspot_zone", "ST_PointOnSurface(f.geom)", {"hotspot_zones": "true"}),
    _Count("vendor_point", "ST_PointOnSurface(f.geom)", {"vendor_points": "true"}),
    _Count(
        "illegal_building",
        "ST_PointOnSurface(f.geom)",
        {
            "illegal_open": "f.status IN ('suspected', 'verified', 'existing', 'new', 'stopped', 'ordered', 'appealed',"
            " 'announced', 'revoked')",
            "illegal_closed": "f.status IN ('demolished', 'written_off', 'confiscated', 'regularised')",
        },
    ),
    _Count("streetlight", "f.geom", {"streetlights": "true", "streetlights_fault": "f.status = 'fault'"}),
    _Count(
        "event",
        "f.geom",
        {
            "events_open": "f.closed_at IS NULL",
            "events_7d": "f.occurred_at >= :week AND f.occurred_at < :at",
            "events_28d": "f.occurred_at >= :month AND f.occurred_at < :at",
        },
    ),
)
# an event marked as repeating another is the same trouble reported again
_ONLY = {"event": "f.duplicate_of IS NULL AND f.occurred_at < :at"}


def count_figures(session: Session, tenant: str, at: dt.datetime) -> dict[str | None, dict[str, int]]:
    """Counts by 片区 code, then by figure code; under None what lies in no 片区.

    Parameters
    ----------
    at
        Aware moment the last 7 and 28 days end at, not included.

    Returns
    -------
    dict
        A 片区 without any feature is missing.

    Notes
    -----
    For each layer one pass from the districts through the layer's geometry index, O(features).
    """
    times = {"at": at, "week": at - dt.timedelta(days=7), "month": at - dt.timedelta(days=28)}
    found: dict[str | None, dict[str, int]] = defaultdict(dict)
    for count in _COUNTS:
        only = _ONLY.get(count.table, "true")
        flags = ", ".join(f"({condition}) AS {code}" for code, condition in count.figures.items())
        sums = ", ".join(f"count(*) FILTER (WHERE {code})" for code in count.figures)
        statement = f"""
            WITH placed AS (
              SELECT f.id, min(d.code) AS code
              FROM patrol_district d
              JOIN {count.table} f ON f.tenant = d.tenant AND f.geom && d.geom AND ST_Intersects(d.geom, {count.place})
              WHERE d.tenant = :tenant GROUP BY f.id),
            flagged AS (SELECT f.id, {flags} FROM {count.table} f WHERE f.tenant = :tenant AND {only})
            SELECT placed.code, {sums} FROM flagged LEFT JOIN placed USING (id) GROUP BY placed.code"""
        named = {name: value for name, value in times.items() if f":{name}" in statement}
        for row in session.execute(text(statement), {"tenant": tenant, **named}):
            found[row[0]].update(zip(count.figures, row[1:], strict=True))
    return dict(found)


def load_districts(session: Session, tenant: str) -> list[DistrictRow]:
    """Every 片区 by code; empty when none is drawn yet."""
    rows = session.execute(
        text("""
            SELECT d.code, d.name, d.goal, u.name AS squad,
                   ST_XMin(d.geom), ST_YMin(d.geom), ST_XMax(d.geom), ST_YMax(d.geom)
            FROM patrol_district d
            LEFT JOIN org_unit u ON u.tenant = d.tenant AND u.id = d.org_unit_id
            WHERE d.tenant = :tenant ORDER BY d.code"""),
        {"tenant": tenant},
    )
    return [DistrictRow(*row) for row in rows]


def load_sources(session: Session, tenant: str, kind: LayerKind) -> list[tuple[str, int, dt.datetime | None]]:
    """Data sets of a layer, most rows first: name, rows, when a row was last written.

    Of layers with a time of their own, events among them, the last of these; None if no row has one.
    """
    when = kind.time_column or "updated_at"
    rows = session.execute(
        text(f"""
            SELECT source, count(*), max({when}) FROM {kind.table.name}
            WHERE tenant = :tenant GROUP BY source ORDER BY count(*) DESC, source"""),
        {"tenant": tenant},
    )
    return [(row[0], row[1], row[2]) for row in rows]


def load_last_change(session: Session, tenant: str) -> int:
    """Number of the newest change to what pages show; 0 when nothing was ever written.

    That is layers, plans, the number of the county's map, and whether the public form is open.
    """
    row = session.execute(
        text("""
            SELECT id FROM change WHERE tenant = :tenant AND (layer IS NOT NULL OR kind LIKE 'plan.%'
                   OR kind IN ('county.map_numbered', 'intake_source.set'))
            ORDER BY id DESC LIMIT 1"""),
        {"tenant": tenant},
    ).first()
    return int(row[0]) if row else 0

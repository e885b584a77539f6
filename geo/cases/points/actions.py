"""Points per person and unit for a span, and the 721 shares per 片区."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.ladder.queries import count_classes
from geo.cases.points import queries
from geo.cases.points.score import POINTS, per_hundred_hours, score
from geo.days import midnight
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_POINTS: Final = 1_000


class UnknownMeasure(Invalid):
    """There is no such measure, or its points are out of range; fines are none. The facts list those there are."""


def rank(
    session: Session, tenant: str, first: dt.date, last: dt.date, area: Sequence[str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Points of people and of units from ``first`` to before ``last`` (local days), by effort.

    Returns
    -------
    dict
        ``people`` and ``units``: code, points, minutes on shift, points per 100 hours in thousandths (None for nobody
        on shift); the highest rate first, then by code.
    """
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    from_at, to_at = midnight(first, zone), midnight(last, zone)
    points = score(queries.load_acts(session, tenant, from_at, to_at, area), list_points(session, tenant))
    minutes = queries.load_minutes(session, tenant, first, last)
    units = queries.load_units(session, tenant)
    by_unit: dict[str, tuple[int, int]] = {}
    for staff in {*points, *minutes}:
        unit = units.get(staff)
        if unit is not None:
            before = by_unit.get(unit, (0, 0))
            by_unit[unit] = before[0] + points.get(staff, 0), before[1] + minutes.get(staff, 0)
    people = {staff: (value, minutes.get(staff, 0)) for staff, value in points.items()}
    return {"people": _ranked(people), "units": _ranked(by_unit)}


def list_points(session: Session, tenant: str) -> dict[str, int]:
    """What each measure is worth here."""
    return {**POINTS, **queries.load_rules(session, tenant)}


def set_points(session: Session, tenant: str, measure: str, points: int, actor: str) -> None:
    """Say what a measure is worth.

    Raises
    ------
    UnknownMeasure
        If there is no such measure: the amount of a fine, above all, is none; or if the points are out of range.
    """
    if measure not in POINTS or abs(points) > MOST_POINTS:
        raise UnknownMeasure("points.unknown", measure=measure, known=", ".join(POINTS), most=MOST_POINTS)
    queries.save_rule(session, tenant, measure, points, actor)
    write_change(session, tenant, "points.set", facts={"measure": measure, "points": points}, actor=actor)


def _ranked(found: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    rows = [
        {"code": code, "points": points, "minutes": minutes, "per_100h": per_hundred_hours(points, minutes)}
        for code, (points, minutes) in sorted(found.items())
    ]
    return sorted(rows, key=lambda row: (row["per_100h"] is None, -(row["per_100h"] or 0), row["code"]))


def class_shares(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """721工作法 per 片区: confirmed actions of each class and their sum; the county's last, under no 片区."""
    found: dict[str | None, dict[str, int]] = {}
    for district, name, count in count_classes(session, tenant, from_at, to_at, area):
        for key in (district, None):
            shares = found.setdefault(key, {"service": 0, "manage": 0, "enforce": 0})
            shares[name] += count
    order = [*sorted(key for key in found if key is not None), *([None] if None in found else [])]
    return [{"district_code": key, **found[key], "total": sum(found[key].values())} for key in order]

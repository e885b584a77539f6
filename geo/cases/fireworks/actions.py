"""Whether fireworks are allowed at a place and hour, and which feasts are to be visited before their day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import DAY_S, open_intervals
from geo.cases.fireworks import queries
from geo.cases.history import CLOCKS_APART
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import check_point, district_at
from geo.tables.street_rules import FEAST_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

VISIT_DAYS: Final = 1
"""A feast is visited at the latest so many days before."""


class BadFeast(Invalid):
    """A feast that cannot be; the facts name the field."""


class UnknownFeast(NotFound):
    """There is no such feast."""


class VisitedAlready(Conflict):
    """Somebody has been there."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone at a place: whether fireworks are allowed in it at some time of the day asked about, and when."""

    id: int
    name: str | None
    rule: str
    allowed: str | None
    basis: str | None
    always_banned: bool


@dataclass(frozen=True, slots=True)
class Feast:
    """A feast told beforehand; no names of people."""

    uid: uuid.UUID
    kind: str
    held_on: dt.date
    lon: float
    lat: float
    place: str


def zones_on(session: Session, tenant: str, lon: float, lat: float, on: dt.date) -> list[Zone]:
    """Zones in force at a point on a local day; empty where fireworks are free.

    Raises
    ------
    Swapped, OffTheMap
        If the point is none.
    OpeningUnreadable
        If the hours of a zone are outside what is read.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    return [_zone(row, county, on) for row in queries.list_zones(session, tenant, lon, lat, on)]


def allowed_at(session: Session, tenant: str, lon: float, lat: float, at: dt.datetime) -> bool:
    """Whether fireworks may be lit at a point at a time: no zone there bans them, each limited one allows the hour."""
    county = get_county(session, tenant)
    local = at.astimezone(county.zone)
    second = local.hour * 3600 + local.minute * 60 + local.second
    for row in queries.list_zones(session, tenant, lon, lat, local.date()):
        if row["rule"] == "banned" or not _allows(row["allowed"], county, local.date(), second):
            return False
    return True


def note_feast(
    session: Session, tenant: str, feast: Feast, *, actor: str, area: Sequence[str] | None = None
) -> list[Zone]:
    """Note a feast the bureau was told of; the zones it falls in. The same again changes nothing.

    Raises
    ------
    BadFeast
        If kind or place cannot be.
    """
    county = get_county(session, tenant)
    check_point(county, feast.lon, feast.lat)
    district = district_at(session, county, feast.lon, feast.lat)
    if feast.kind not in FEAST_KINDS:
        raise BadFeast("fireworks.bad", field="kind", value=feast.kind)
    if not county.contains(feast.lon, feast.lat) or (area is not None and district not in area):
        raise BadFeast("fireworks.bad", field="lon, lat", value=f"{feast.lon}, {feast.lat}")
    if not feast.place.strip():
        raise BadFeast("fireworks.bad", field="place", value="")
    queries.add_feast(
        session, tenant, uid=feast.uid, kind=feast.kind, held_on=feast.held_on, place=feast.place.strip(),
        district_code=district, lon=feast.lon, lat=feast.lat, actor=actor,
    )  # fmt: skip
    return zones_on(session, tenant, feast.lon, feast.lat, feast.held_on)


def list_visits(
    session: Session, tenant: str, on: dt.date, *, days: int = 14, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Feasts of the coming days inside a zone that nobody has visited, the soonest first (提前介入).

    Each with its zones (names), ``due_on`` (the last day for the visit) and ``late``.
    """
    rows = queries.list_feasts(session, tenant, on, on + dt.timedelta(days=days), area)
    for row in rows:
        row["due_on"] = row["held_on"] - dt.timedelta(days=VISIT_DAYS)
        row["late"] = on > row["due_on"]
    return rows


def record_visit(
    session: Session, tenant: str, feast: int, at: dt.datetime, *, actor: str, area: Sequence[str] | None = None
) -> None:
    """Somebody has been there and said what is banned.

    Raises
    ------
    UnknownFeast, VisitedAlready
        As their names say.
    BadFeast
        If it was later than now.
    """
    row = queries.lock_feast(session, tenant, feast)
    if row is None or (area is not None and row["district_code"] not in area):
        raise UnknownFeast("fireworks.unknown", feast=feast)
    if row["visited_at"] is not None:
        raise VisitedAlready("fireworks.visited", feast=feast, at=row["visited_at"].isoformat())
    if at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadFeast("fireworks.bad", field="at", value=at.isoformat())
    queries.set_visited(session, tenant, feast, at, actor)
    write_change(session, tenant, "feast.visited", facts={"feast": feast}, actor=actor)


def _zone(row: dict[str, Any], county: County, on: dt.date) -> Zone:
    hours = [] if row["allowed"] is None else open_intervals(row["allowed"], on, county.calendar)
    banned = row["rule"] == "banned" or not hours
    return Zone(row["id"], row["name"], row["rule"], row["allowed"], row["basis"], banned)


def _allows(allowed: str | None, county: County, on: dt.date, second: int) -> bool:
    if allowed is None:
        return False
    if any(low <= second < high for low, high in open_intervals(allowed, on, county.calendar)):
        return True
    eve = open_intervals(allowed, on - dt.timedelta(days=1), county.calendar)
    return any(second + DAY_S < high for _, high in eve)

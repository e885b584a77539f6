"""What people note and ask of bays and zones: counts, the room that is lacking, tickets."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.cases.history import CLOCKS_APART
from geo.cases.parking import queries
from geo.cases.parking.rules import Gap, Seen, gap_of
from geo.days import span_of
from geo.db.counties import get_county
from geo.errors import Invalid, NotFound
from geo.features.locate import check_point, district_at, districts_at
from geo.tables.parking import PARKING_KINDS, TICKET_VEHICLES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownBay(NotFound):
    """There is no such bay or zone."""


class BadCount(Invalid):
    """A count or ticket that cannot be; the facts name the field."""


@dataclass(frozen=True, slots=True)
class BayLine:
    """A bay or zone against the counts of a span."""

    id: int
    code: str
    name: str | None
    kind: str
    street: str | None
    district_code: str | None
    capacity: int | None
    counts: int
    peak: int | None
    gap: int | None
    full_permille: int | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class DistrictGap:
    """Bays of a kind in a 片区: places, what the bays counted wanted at their peaks, and the gap of those counted."""

    district_code: str | None
    kind: str
    bays: int
    capacity: int
    counted: int
    lacking: int


def list_bays(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, kind: str | None = None,
    area: Sequence[str] | None = None, lacking: bool = False,
) -> list[BayLine]:  # fmt: skip
    """Bays and zones with the counts of some local days, both included; what lacks most first, uncounted last.

    Raises
    ------
    BadCount
        If there is no such kind.
    """
    if kind is not None and kind not in PARKING_KINDS:
        raise BadCount("parking.bad", field="kind", value=kind)
    county = get_county(session, tenant)
    from_at, to_at = span_of(first_on, last_on, county.zone)
    seen: dict[int, list[Seen]] = defaultdict(list)
    for bay, parked, strays in queries.list_counts(session, tenant, from_at, to_at):
        seen[bay].append(Seen(parked, strays))
    rows = queries.list_bays(session, tenant, kind=kind)
    places = districts_at(session, county, [(row["lon"], row["lat"]) for row in rows])
    lines = [_line(row, places[row["lon"], row["lat"]], gap_of(row["capacity"], seen[row["id"]])) for row in rows]
    chosen = [
        one for one in lines
        if (area is None or one.district_code in area) and (not lacking or (one.gap or 0) > 0)
    ]  # fmt: skip
    return sorted(chosen, key=lambda one: (one.gap is None, -(one.gap or 0), one.code))


def sum_gaps(lines: Sequence[BayLine]) -> list[DistrictGap]:
    """Bays by 片区 and kind; room to spare in one bay is not set against what another lacks.

    Examples
    --------
    >>> bay = BayLine(1, "B1", None, "bike_bay", None, "PQ01", 40, 2, 52, 12, 500, 118.0, 28.3)
    >>> spare = BayLine(2, "B2", None, "bike_bay", None, "PQ01", 30, 1, 10, -20, 0, 118.0, 28.3)
    >>> sum_gaps([bay, spare])
    [DistrictGap(district_code='PQ01', kind='bike_bay', bays=2, capacity=70, counted=2, lacking=12)]
    """
    groups: dict[tuple[str, str], list[BayLine]] = defaultdict(list)
    for one in lines:
        groups[one.district_code or "", one.kind].append(one)
    return [
        DistrictGap(
            district or None, kind, len(mine), sum(one.capacity or 0 for one in mine),
            sum(one.counts > 0 for one in mine), sum(max(one.gap or 0, 0) for one in mine),
        )
        for (district, kind), mine in sorted(groups.items())
    ]  # fmt: skip


def count_bay(
    session: Session, tenant: str, uid: uuid.UUID, bay: str, parked: int, strays: int, counted_at: dt.datetime, *,
    actor: str, area: Sequence[str] | None = None,
) -> int | None:  # fmt: skip
    """Note what stands in a bay and around it; how many places that is too few. The same again changes nothing.

    Returns
    -------
    int or None
        At least 0; None while nobody has said how many places there are.

    Raises
    ------
    UnknownBay
        If there is none of that number, or it lies outside ``area``.
    BadCount
        If it was counted later than now, or a number is negative.
    """
    county = get_county(session, tenant)
    rows = queries.list_bays(session, tenant, code=bay)
    if not rows or not (area is None or district_at(session, county, rows[0]["lon"], rows[0]["lat"]) in area):
        raise UnknownBay("parking.unknown", bay=bay)
    if counted_at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadCount("parking.bad", field="counted_at", value=counted_at.isoformat())
    if parked < 0 or strays < 0:
        raise BadCount("parking.bad", field="parked", value=f"{parked}, {strays}")
    row = rows[0]
    queries.add_count(
        session, tenant, uid=uid, parking=row["id"], counted_at=counted_at, parked=parked, strays=strays,
        capacity=row["capacity"], actor=actor,
    )  # fmt: skip
    return None if row["capacity"] is None else max(parked + strays - row["capacity"], 0)


def note_tickets(
    session: Session, tenant: str, uid: uuid.UUID, on: dt.date, vehicle: str, tickets: int, lon: float, lat: float, *,
    actor: str, place: str = "", area: Sequence[str] | None = None,
) -> bool:  # fmt: skip
    """Note how many vehicles were ticketed at a place on a day, 台次; False if it is known already.

    Raises
    ------
    BadCount
        If the day has not come, the vehicle is no kind of vehicle, nothing was ticketed, or the place lies outside
        ``area``.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    district = district_at(session, county, lon, lat)
    wrong: tuple[str, object] | None = None
    if on > county.today():
        wrong = "on", on
    elif vehicle not in TICKET_VEHICLES:
        wrong = "vehicle", vehicle
    elif not 0 < tickets < 1_000_000:
        wrong = "tickets", tickets
    elif not county.contains(lon, lat) or (area is not None and district not in area):
        wrong = "lon, lat", f"{lon}, {lat}"
    if wrong is not None:
        raise BadCount("parking.bad", field=wrong[0], value=str(wrong[1]))
    return queries.add_tickets(
        session, tenant, uid=uid, on_date=on, vehicle=vehicle, tickets=tickets, place=place.strip(),
        district_code=district, lon=lon, lat=lat, actor=actor,
    )  # fmt: skip


def sum_tickets(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """抄牌 in 台次 between two days, both included, by 片区 and vehicle, with the ids of the records."""
    return queries.sum_tickets(session, tenant, first_on, last_on, area)


def _line(row: dict[str, Any], district: str | None, gap: Gap) -> BayLine:
    told = {name: row[name] for name in ("id", "code", "name", "kind", "street", "capacity", "lon", "lat")}
    return BayLine(
        **told, district_code=district, counts=gap.counts, peak=gap.peak, gap=gap.gap, full_permille=gap.full_permille
    )

"""Read a day's trips from the positions, judge them by the county's thresholds, and join them with weighings."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import DAY_S, OpeningUnreadable, open_intervals
from geo.cases.waste.books import load_limits
from geo.cases.waste.deviations.actions import keep_deviations
from geo.cases.waste.trips import queries
from geo.cases.waste.trips.weigh import Moment, match_tickets
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid
from geo.tables.waste import TAKES_WASTE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from geo.cases.waste.trips.judge import Deviation
    from geo.cases.waste.trips.split import Trip
    from geo.db.engine import Database

ASIDE: Final = dt.timedelta(hours=12)
"""Positions so long before and after a day are read too, since trips do not end at midnight."""

JUDGED: Final = (
    "off_route_m",
    "off_route_s",
    "stop_m",
    "stop_s",
    "silent_s",
    "gap_s",
    "ticket_before_s",
    "ticket_after_s",
)


class BadDays(Invalid):
    """Days that end before they begin, or too many at once."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What a day's positions told: how many positions and trips, deviations that hold, are new, were withdrawn."""

    on: dt.date
    fixes: int
    trips: int
    deviations: int
    new: int
    withdrawn: int


@dataclass(frozen=True)
class _Read:
    """A trip with what it was read from."""

    vehicle: int
    plate: str
    trip: Trip
    at_s: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    metres: int
    permit: str | None
    deviations: list[Deviation]


def trace_day(session: Session, tenant: str, on: dt.date, *, actor: str = "system") -> Traced:
    """Read the trips that began on a local day; the same positions again change nothing.

    Later positions may change what a trip was: its row is kept by lorry and time of leaving, deviations that no longer
    hold are withdrawn, and what a person has confirmed or dismissed stays as it is.
    """
    county = get_county(session, tenant)
    limits = load_limits(session, tenant)
    begin, finish = span_of(on, on, county.zone)
    fixes = queries.load_fixes(session, tenant, begin - ASIDE, finish + ASIDE)
    read = _read_trips(session, county, fixes, on, limits) if fixes else []
    read = [one for one in read if begin.timestamp() <= one.at_s[0] < finish.timestamp()]
    tickets, weighed = queries.load_tickets(session, tenant, begin, finish, finish + ASIDE + dt.timedelta(hours=1))
    arrivals = [Moment(n, one.plate, one.trip.dump, _at(one.at_s[-1])) for n, one in enumerate(read) if one.trip.dump]
    pairs = match_tickets(
        arrivals, [Moment(**one) for one in tickets], limits["ticket_before_s"], limits["ticket_after_s"]
    )
    queries.save_trips(session, tenant, begin, finish, [_row(one, pairs.get(n)) for n, one in enumerate(read)])
    used = {name: limits[name] for name in JUDGED}
    found = [
        row for n, one in enumerate(read) for row in _found(one, n not in pairs and one.trip.dump in weighed, used)
    ]
    kept = keep_deviations(session, county, begin, finish, found, actor=actor)
    told = Traced(on, len(fixes), len(read), len(found), kept.new, kept.withdrawn)
    facts = {"on": on.isoformat(), "trips": told.trips, "deviations": told.deviations, "new": told.new}
    if told.trips or told.new or told.withdrawn:
        write_change(session, tenant, "haul_trips.traced", facts=facts, actor=actor)
    return told


def trace_days(
    database: Database, tenant: str, first_on: dt.date, last_on: dt.date, *, actor: str = "system",
    progress: Callable[[int, int], None] | None = None,
) -> list[Traced]:  # fmt: skip
    """The same for some local days, both included, each committed by itself.

    Raises
    ------
    BadDays
        If they end before they begin, or are more than a year.
    """
    days = (last_on - first_on).days + 1
    if not 1 <= days <= 366:
        raise BadDays("waste.days", first=first_on.isoformat(), last=last_on.isoformat())
    found = []
    for number in range(days):
        with database.begin(tenant) as session:
            found.append(trace_day(session, tenant, first_on + dt.timedelta(days=number), actor=actor))
        if progress:
            progress(number + 1, days)
    return found


def list_trips(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, site: str | None = None, most: int = 1_000
) -> list[dict[str, Any]]:
    """Trips that began on some local days, both included."""
    return queries.list_trips(session, tenant, *_span(session, tenant, first_on, last_on), site, most)


def reconcile(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, most: int = 1_000
) -> dict[str, Any]:
    """Weighings against trips of some local days: ``counts``, ``tickets_alone``, ``trips_alone``.

    A weighing alone tells whether its plate is ``registered``: one that is not can have no trip.
    """
    counts, tickets, trips = queries.load_loose(session, tenant, *_span(session, tenant, first_on, last_on), most)
    return {"counts": counts, "tickets_alone": tickets, "trips_alone": trips}


def _span(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> tuple[dt.datetime, dt.datetime]:
    if last_on < first_on:
        raise BadDays("waste.days", first=first_on.isoformat(), last=last_on.isoformat())
    return span_of(first_on, last_on, get_county(session, tenant).zone)


def _read_trips(
    session: Session, county: County, fixes: Sequence[Any], on: dt.date, limits: Mapping[str, int]
) -> list[_Read]:
    """All trips among some positions, each with how it deviates by the permits in force on a day."""
    import numpy as np
    import shapely

    from geo.cases.waste.trips.ground import build_places, off_ways
    from geo.cases.waste.trips.judge import allowed_by, judge_trip
    from geo.cases.waste.trips.split import split_trips
    from geo.crs import STORAGE, transformer

    shapes = queries.load_shapes(session, county.code, county.metric_srid, TAKES_WASTE)
    sites, dumps = build_places(shapes["sites"]), build_places(shapes["dumps"])
    drawn = queries.load_routes(session, county.code, county.metric_srid)
    ways = {code: shapely.from_wkb(shape) for code, _, shape in drawn}
    hours = {code: opening for code, opening, _ in drawn}
    grants: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for grant in queries.load_grants(session, county.code, on):
        grants[grant["site_code"], grant["haulier_code"]].append(grant)
    vehicles = queries.load_vehicles(session, county.code)
    to_metres = transformer(STORAGE, county.metric_srid)
    found = []
    for vehicle, rows in itertools.groupby(fixes, key=lambda row: int(row[0])):
        own = list(rows)
        at_s = np.array([row[1] for row in own], dtype=np.int64)
        lonlat = np.array([(row[2], row[3]) for row in own], dtype=float)
        xy = np.column_stack(to_metres.transform(lonlat[:, 0], lonlat[:, 1]))
        points = np.asarray(shapely.points(xy), dtype=object)
        plate, haulier = vehicles[vehicle]
        for trip in split_trips(
            at_s, xy, sites.marks(points, limits["gate_m"]), dumps.marks(points, limits["dump_m"]), limits
        ):
            part = slice(trip.first, trip.last + 1)
            held = grants.get((trip.site, haulier))
            allowed = allowed_by(held) if held else None
            codes = allowed.routes if allowed else ()
            off_m = off_ways(points[part], codes, ways)
            in_hours = _in_hours([hours.get(code) for code in codes], int(at_s[trip.first]), county)
            judged = judge_trip(
                at_s[part], xy[part], off_m, trip.ending, trip.dump, allowed, in_hours, limits
            )  # fmt: skip
            metres = round(float(np.hypot(*np.diff(xy[part], axis=0).T).sum()))
            permit = allowed.permits[0] if allowed else None
            found.append(_Read(vehicle, plate, trip, at_s[part], lonlat[part], metres, permit, judged))
    return found


def _in_hours(openings: Sequence[str | None], at_s: int, county: County) -> bool:
    """Whether a moment lies in the hours of any way; without ways, or with one open always, it does."""
    local = _at(at_s).astimezone(county.zone)
    second = local.hour * 3600 + local.minute * 60 + local.second
    if not openings or not all(openings):
        return True
    for opening in openings:
        try:
            today = open_intervals(opening, local.date(), county.calendar)
            eve = open_intervals(opening, local.date() - dt.timedelta(days=1), county.calendar)
        except OpeningUnreadable:
            return True
        if any(low <= second < high for low, high in today) or any(second + DAY_S < high for _, high in eve):
            return True
    return False


def _row(one: _Read, ticket: int | None) -> dict[str, Any]:
    return {
        "vehicle_id": one.vehicle, "site_code": one.trip.site, "left_at": _at(one.at_s[0]),
        "ended_at": _at(one.at_s[-1]), "ending": one.trip.ending, "dump_code": one.trip.dump or None,
        "metres": one.metres, "fixes": len(one.at_s), "permit_number": one.permit, "ticket_id": ticket,
    }  # fmt: skip


def _found(one: _Read, unweighed: bool, limits: Mapping[str, int]) -> list[dict[str, Any]]:
    """Deviations of a trip as they are kept."""
    from geo.cases.waste.trips.judge import Deviation

    end = len(one.at_s) - 1
    more = [Deviation("no_ticket", 0, end, int(one.at_s[end] - one.at_s[0]), end)] if unweighed else []
    return [
        {
            "vehicle_id": one.vehicle, "kind": dev.kind, "site_code": one.trip.site, "left_at": _at(one.at_s[0]),
            "from_at": _at(one.at_s[dev.first]), "to_at": _at(one.at_s[dev.last]), "amount": dev.amount,
            "dump_code": one.trip.dump or None, "limits": dict(limits), "lon": float(one.lonlat[dev.spot][0]),
            "lat": float(one.lonlat[dev.spot][1]),
        }
        for dev in (*one.deviations, *more)
    ]  # fmt: skip


def _at(second: Any) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(second), dt.UTC)

"""What people ask and note of places of trade: may one sell here now, where else, and how full is it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.calendars import OpeningUnreadable
from geo.cases.markets import queries
from geo.cases.markets.rules import Market, Standing, standing
from geo.cases.postures.standing import trade_at
from geo.crs import degree_m, metres_between
from geo.db.counties import County, get_county
from geo.errors import Invalid, NotFound
from geo.features.locate import check_point, district_at
from geo.roads.afoot import Street, walking_m
from geo.tables.vendor_points import LEGAL_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RULED: Final = {"on": "open", "off": "suspended"}
"""What a posture's word about trade makes of a place, whatever its season and hours say."""

WIDEST_M: Final = 3_000.0
FRESH: Final = dt.timedelta(hours=12)
"""A count older than this says nothing about the room there is now."""

CANDIDATES: Final = 12
"""Places of trade whose way on foot is looked at, nearest first as the crow flies."""

AMPLE: Final = 1.5
"""Streets are looked at this much farther out than the places of trade, since a way may lead around."""


class UnknownMarket(NotFound):
    """The county has no such place of trade."""


class CountInFuture(Invalid):
    """Stalls were counted later than now."""


@dataclass(frozen=True, slots=True)
class Here:
    """Whether one may sell at a point: ``open`` somewhere it stands in, else why not; ``outside`` of every place.

    ``suspended``: a posture in force there lets no trade be; ``posture`` is the one that had the last word, if any.
    """

    verdict: Standing | str
    market: Market | None
    posture: str | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """A place of trade that is open: its nearest spot, and metres on foot; none if no way on foot was found.

    ``free`` is how many stalls it had room for when it was last counted, in the twelve hours before; None if not known.
    """

    market: Market
    lon: float
    lat: float
    straight_m: float
    walk_m: float | None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Fullness:
    """The last count of a place against the stalls allowed; ``over`` is how many too many, 0 if none or not told."""

    market: int
    name: str | None
    counted_at: dt.datetime
    stalls: int
    slots: int | None
    over: int


def judge_stall(session: Session, tenant: str, lon: float, lat: float, at: dt.datetime) -> Here:
    """Whether a stall at a point is legal at a time, so that it is no event.

    Parameters
    ----------
    lon, lat
        Degrees.
    at
        Aware; read by the county's clock and calendar.

    Returns
    -------
    Here
        ``open`` with the place where it is; of several places that are not, the first. A posture in force there comes
        before season and hours: it suspends trade, or lets it be.

    Raises
    ------
    Swapped, OffTheMap
        If the point is none, or the wrong way round.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    local = at.astimezone(county.zone)
    found = [_market(row) for row in queries.list_here(session, tenant, lon, lat, county.metric_srid, LEGAL_KINDS)]
    if not found:
        return Here("outside", None)
    trade = trade_at(session, county, [(lon, lat)], at)[0]
    heres = []
    for one in found:
        word, posture = trade.get(one.kind, ("", None))
        verdict = RULED[word] if word else standing(one, local, county.calendar)
        heres.append(Here(verdict, one, posture))
    return next((here for here in heres if here.verdict == "open"), heres[0])


def find_nearest(
    session: Session, tenant: str, lon: float, lat: float, at: dt.datetime, radius_m: float = 1_500.0, most: int = 3
) -> list[Nearby]:
    """Where a cleared vendor may go instead: places of trade open at a time, nearest on foot first.

    Parameters
    ----------
    radius_m
        As the crow flies, at most 3,000.
    most
        How many.

    Returns
    -------
    list
        Those known to be full last, before them those without a way on foot; empty if none is open.
    """
    county = get_county(session, tenant)
    check_point(county, lon, lat)
    local, radius_m = at.astimezone(county.zone), min(radius_m, WIDEST_M)
    rows = queries.list_near(session, tenant, lon, lat, _box(lon, lat, radius_m), LEGAL_KINDS, 4 * CANDIDATES)
    ruled = trade_at(session, county, [(row.lon, row.lat) for row in rows], at)
    open_now = [
        row
        for row, trade in zip(rows, ruled, strict=True)
        if (trade[row.kind][0] == "on" if row.kind in trade else _is_open(county, row, local))
    ]
    straight = [(metres_between((lon, lat), (row.lon, row.lat)), row) for row in open_now]
    near = [(metres, row) for metres, row in straight if metres <= radius_m][:CANDIDATES]
    if not near:
        return []
    box = _box(lon, lat, AMPLE * max(200.0, near[-1][0]))
    streets = [
        Street(row.level, tuple(zip(row.lons, row.lats, strict=True)))
        for row in queries.list_streets(session, tenant, box)
    ]
    walks = walking_m(streets, (lon, lat), [(row.lon, row.lat) for _, row in near])
    counted = {
        one.market: max(one.slots - one.stalls, 0)
        for one in list_fullness(session, tenant, at - FRESH, at)
        if one.slots is not None
    }
    found = [
        Nearby(
            _market(row), row.lon, row.lat, round(metres, 1), None if walk is None else round(walk, 1),
            counted.get(row.id),
        )
        for (metres, row), walk in zip(near, walks, strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.free == 0, one.walk_m is None, one.walk_m or one.straight_m))[:most]


def count_stalls(
    session: Session,
    tenant: str,
    uid: uuid.UUID,
    market: int,
    stalls: int,
    counted_at: dt.datetime,
    actor: str,
    area: Sequence[str] | None = None,
) -> int:
    """Note how many stalls stand there.

    Parameters
    ----------
    uid
        Made by the client; the same count sent again changes nothing.
    stalls
        ≥ 0.
    area
        Codes of the 片区 whoever counts is confined to; None: the whole county.

    Returns
    -------
    int
        How many more than are allowed; 0 if there is room, or nobody has said how many are allowed.

    Raises
    ------
    UnknownMarket
        If there is no such place of trade, or it lies outside ``area``.
    CountInFuture
        If ``counted_at`` is later than now.
    """
    row = queries.find_market(session, tenant, market, LEGAL_KINDS)
    if row is None or not (area is None or district_at(session, get_county(session, tenant), row.lon, row.lat) in area):
        raise UnknownMarket("markets.unknown", market=market)
    if counted_at > dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2):
        raise CountInFuture("markets.count_in_future", at=counted_at.isoformat())
    queries.add_count(
        session, tenant, uid=uid, market=market, counted_at=counted_at, stalls=stalls, slots=row.slots, actor=actor
    )
    return max(stalls - row.slots, 0) if row.slots is not None else 0


def list_fullness(
    session: Session, tenant: str, since: dt.datetime, until: dt.datetime | None = None
) -> list[Fullness]:
    """The last count of each place from a time on (until another), the fullest over its slots first."""
    found = [
        Fullness(**row._mapping, over=max(row.stalls - row.slots, 0) if row.slots is not None else 0)
        for row in queries.list_last_counts(session, tenant, since, until)
    ]
    return sorted(found, key=lambda one: (-one.over, one.market))


def _market(row: object) -> Market:
    return Market(**{name: getattr(row, name) for name in Market.__slots__})


def _is_open(county: County, row: object, local: dt.datetime) -> bool:
    """Nobody is sent to a place whose hours cannot be read."""
    try:
        return standing(_market(row), local, county.calendar) == "open"
    except OpeningUnreadable:
        return False


def _box(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    east, north = degree_m(lat)
    return lon - radius_m / east, lat - radius_m / north, lon + radius_m / east, lat + radius_m / north

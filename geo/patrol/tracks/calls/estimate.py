"""At once and without the network: the line as the crow flies, and what a metre of it takes on rides of the plan.

This is what the API answers with. A ride of the plan was sought along the streets, so their ratio to the straight line
holds the county's detours, rivers and speeds; the answer says between which times eight of ten such rides lie.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from geo.crs import metres_between
from geo.patrol.tracks.calls import queries
from geo.patrol.tracks.calls.call import FRESH, LICENCES, STAY_S, Coming, NobodyLicensed, Pair, delays_of
from geo.patrol.tracks.calls.queries import Pace, StopRow, TeamRow
from geo.patrol.tracks.queries import find_last_fix, list_in_force

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEAST_M: Final = 100
"""Shorter rides say little of a longer one."""

FEWEST: Final = 10

USUAL: Final = {
    "foot": Pace(0.75, 0.98, 1.35, 1.3),
    "ebike": Pace(0.25, 0.33, 0.6, 1.3),
    "car": Pace(0.12, 0.2, 0.4, 1.4),
}
"""Of a mode with fewer rides than ten in the plan: 1.3 to 1.4 m of street a metre at the speeds of the road layer."""


def estimate_pairs(
    session: Session, lon: float, lat: float, *, at: dt.datetime | None = None, stay_s: int = STAY_S
) -> list[Pair]:
    """Teams of the plans in force that have two licences, soonest first, by the line as the crow flies.

    Parameters
    ----------
    lon, lat
        Where they are needed, EPSG:4490.
    at
        Aware; now by default.
    stay_s
        How long they will be kept there.

    Raises
    ------
    NobodyLicensed
        If there is none.
    """
    now = at or dt.datetime.now(dt.UTC)
    plans = list_in_force(session, now)
    found = []
    for plan in plans:
        paces: dict[str, Pace] = {}
        for team in queries.load_licensed(session, plan, LICENCES):
            if team.mode not in paces:
                told = queries.find_pace(session, plan, team.mode, LEAST_M, FEWEST)
                paces[team.mode] = told or USUAL[team.mode]
            found.append(_call(session, plan, team, paces[team.mode], (lon, lat), now, stay_s))
    if not found:
        raise NobodyLicensed("tracks.nobody_licensed", plans=len(plans))
    return sorted(found, key=lambda pair: (pair.eta_s, pair.lost, pair.team))


def _call(
    session: Session, plan: int, team: TeamRow, pace: Pace, there: tuple[float, float], now: dt.datetime, stay_s: int
) -> Pair:
    stops = queries.load_stops(session, team.id)
    fix = find_last_fix(session, now - FRESH, now, team.staff, team.vehicles)
    here = fix[1:] if fix else _planned_place(session, team, stops, now)
    away = metres_between(here, there)
    coming = [stop for stop in stops if stop.leave_at > now]
    onward_s = round(metres_between(there, (coming[0].lon, coming[0].lat)) * pace.middle) if coming else 0
    eta_s = round(away * pace.middle)
    free_at = now + dt.timedelta(seconds=eta_s + stay_s + onward_s)
    return Pair(
        plan, team.code, team.name, team.mode, team.licences, eta_s, round(away * pace.metres),
        fix[0] if fix else None, here[0], here[1], tuple(delays_of(_coming(coming), now, free_at, team.ends_at)),
        "legs", round(away * pace.low), round(away * pace.high),
    )  # fmt: skip


def _planned_place(session: Session, team: TeamRow, stops: Sequence[StopRow], at: dt.datetime) -> tuple[float, float]:
    """Where the plan has a team: on the way to its next stop by the share of the ride's time gone, else at its stop."""
    for stop in stops:
        if at < stop.arrive_at:
            if stop.ride_s <= 0:
                return stop.lon, stop.lat
            share = max(0.0, 1.0 - (stop.arrive_at - at).total_seconds() / stop.ride_s)
            return queries.find_on_ride(session, team.id, stop.seq, share) or (stop.lon, stop.lat)
        if at <= stop.leave_at:
            return stop.lon, stop.lat
    return (stops[-1].lon, stops[-1].lat) if stops else (team.lon, team.lat)


def _coming(stops: Sequence[StopRow]) -> list[Coming]:
    rides = [stop.ride_s for stop in stops[1:]]
    return [
        Coming(
            stop.key, stop.kind, stop.name or "", stop.leave_at - dt.timedelta(seconds=stop.service_s), stop.service_s,
            stop.until_at, ride_s,
        )
        for stop, ride_s in zip(stops, [*rides, 0], strict=False)
    ]  # fmt: skip

"""Along the streets: it builds the network, so it runs on the command line and never in the API process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.crs import STORAGE, transformer
from geo.db.counties import get_county
from geo.patrol.tracks import queries
from geo.patrol.tracks.calls.call import FRESH, LICENCES, STAY_S, Coming, NobodyLicensed, Pair, delays_of
from geo.roads.places import OffNetwork, Place, PlacedNetwork, Snapper

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.patrol.queries import PlanFrames
    from geo.roads.network import Network
    from geo.roads.speeds import Mode

REACH_M: Final = 2_000.0


def nearest_pairs(
    session: Session, tenant: str, lon: float, lat: float, *, at: dt.datetime | None = None, stay_s: int = STAY_S
) -> list[Pair]:
    """Teams of the plans in force that have two licences, soonest first.

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
        If there is none, or none can get there.
    """
    from geo.patrol.queries import load_plan_frames
    from geo.roads.actions import load_network

    now = at or dt.datetime.now(dt.UTC)
    county = get_county(session, tenant)
    plans = [frames for one in queries.list_in_force(session, now) if (frames := load_plan_frames(session, one))]
    licensed = [(frames, row) for frames in plans for row in _licensed(frames)]
    if not licensed:
        raise NobodyLicensed("tracks.nobody_licensed", plans=len(plans))
    network = load_network(session, county, now, now + dt.timedelta(hours=1))
    x, y = transformer(STORAGE, county.metric_srid).transform(lon, lat)
    found: list[Pair] = []
    for frames, row in licensed:
        people, cars = queries.list_team_parts(session, frames.plan.id)[row.code]
        fix = queries.find_last_fix(session, now - FRESH, now, people, cars)
        where = fix[1:] if fix else planned_place(frames, row.code, now) or (row.lon, row.lat)
        pair = Pair(
            frames.plan.id, row.code, row.name, row.mode, int(row.licences), 0, 0, fix[0] if fix else None,
            float(where[0]), float(where[1]),
        )  # fmt: skip
        called = _call(network, frames, pair, (float(x), float(y)), now, stay_s)
        if called is not None:
            found.append(called)
    if not found:
        raise NobodyLicensed("tracks.nobody_reaches", teams=len(licensed))
    return sorted(found, key=lambda pair: (pair.eta_s, pair.lost, pair.team))


def _licensed(frames: PlanFrames) -> list[Any]:
    teams: list[Any] = list(frames.teams.itertuples())
    return [row for row in teams if row.licences >= LICENCES]


def planned_place(frames: PlanFrames, team: str, at: dt.datetime) -> tuple[float, float] | None:
    """Where the plan has a team at an instant: at its stop, or on the way by the share of the leg's time gone.

    Returns
    -------
    tuple or None
        Longitude and latitude; None for a team without stops. Before its first leg ends it is on it; after its last
        stop at that stop.
    """
    stops = frames.stops[frames.stops["team"] == team]
    legs = frames.legs[(frames.legs["team"] == team) & (frames.legs["kind"] == "travel")]
    if len(stops) == 0:
        return None
    lines = list(legs.geometry)
    durations = legs["duration_s"].tolist()
    for number, row in enumerate(stops.itertuples()):
        if at < row.arrive_at:
            line = lines[number] if number < len(lines) else None
            if line is None or durations[number] <= 0:
                break
            left_s = (row.arrive_at - at).total_seconds()
            done = max(0.0, 1.0 - left_s / durations[number])
            point = line.interpolate(done, normalized=True)
            return float(point.x), float(point.y)
        if at <= row.leave_at:
            return float(row.geometry.x), float(row.geometry.y)
    last = stops.geometry.iloc[-1]
    return float(last.x), float(last.y)


def _call(
    network: Network, frames: PlanFrames, pair: Pair, there: tuple[float, float], now: dt.datetime, stay_s: int
) -> Pair | None:
    """The pair with its way there and what it loses; None if its mode cannot get there."""
    import shapely

    mode: Mode = pair.mode  # type: ignore[assignment]
    change = transformer(STORAGE, network.srid)
    coming = [row for row in frames.stops[frames.stops["team"] == pair.team].itertuples() if row.leave_at > now]
    spots = [(pair.lon, pair.lat)] + [(row.geometry.x, row.geometry.y) for row in coming[:1]]
    points = [shapely.Point(*there), *(shapely.Point(*change.transform(*spot)) for spot in spots)]
    snapped = Snapper(network, mode).snap(points, REACH_M)
    places = [place for place in snapped if isinstance(place, Place)]
    if isinstance(snapped[0], OffNetwork) or len(places) < len(points):
        return None
    matrix = PlacedNetwork(network, mode, places).travel_matrix()
    eta_s, distance_m = int(matrix.duration_s[1, 0]), int(matrix.distance_m[1, 0])
    onward_s = int(matrix.duration_s[0, 2]) if coming else 0
    free_at = now + dt.timedelta(seconds=eta_s + stay_s + onward_s)
    delays = tuple(delays_of(_rows(frames, pair.team, coming), now, free_at, frames.plan.ends_at))
    return replace(pair, eta_s=eta_s, distance_m=distance_m, delays=delays, eta_low_s=eta_s, eta_high_s=eta_s)


def _rows(frames: PlanFrames, team: str, coming: Sequence[Any]) -> list[Coming]:
    import pandas

    found = []
    for number, row in enumerate(coming):
        begin = row.leave_at - dt.timedelta(seconds=int(row.service_s))
        after = coming[number + 1] if number + 1 < len(coming) else None
        onward = max(0, int(_ride_s(frames, team, int(after.seq)))) if after is not None else 0
        until = None if pandas.isna(row.window_to_at) else row.window_to_at
        found.append(Coming(row.key, row.kind, row.name or "", begin, int(row.service_s), until, onward))
    return found


def _ride_s(frames: PlanFrames, team: str, seq: int) -> int:
    """Seconds of the ride to a team's stop of that number."""
    legs = frames.legs[(frames.legs["team"] == team) & (frames.legs["kind"] == "travel")]["duration_s"].to_numpy()
    return int(legs[seq - 1]) if 0 < seq <= len(legs) else int(np.median(legs)) if len(legs) else 0

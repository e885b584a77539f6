"""呼叫最近的持证组: which pair with two licences can be somewhere soonest, and what its plan loses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.crs import STORAGE, transformer
from geo.db.counties import get_county
from geo.errors import NotFound
from geo.patrol.tracks import queries
from geo.roads.places import OffNetwork, Place, PlacedNetwork, Snapper

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.patrol.queries import PlanFrames
    from geo.roads.network import Network
    from geo.roads.speeds import Mode

FRESH: Final = dt.timedelta(minutes=15)
"""An older position is no better than the plan."""

LICENCES: Final = 2
STAY_S: Final = 20 * 60
"""How long such a call is taken to last unless said."""

REACH_M: Final = 2_000.0


class NobodyLicensed(NotFound):
    """No plan in force has a team with two licences that can get there; the facts say why."""


@dataclass(frozen=True, slots=True)
class Delay:
    """What becomes of a stop if its team goes: seconds later; ``lost`` if its window or the shift is over."""

    key: str
    kind: str
    name: str
    planned_at: dt.datetime
    later_s: int
    lost: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A team that could go.

    Attributes
    ----------
    seen_at
        When its position was taken; None if the plan had to say where it is.
    eta_s, distance_m
        By its own mode along the streets.
    lon, lat
        Where it is, EPSG:4490; not for everybody's eyes.
    delays
        Its coming stops that would be later or lost, in order.
    """

    plan_id: int
    team: str
    name: str
    mode: str
    licences: int
    eta_s: int
    distance_m: int
    seen_at: dt.datetime | None
    lon: float
    lat: float
    delays: tuple[Delay, ...]

    @property
    def lost(self) -> int:
        """Stops it could not do any more."""
        return sum(one.lost for one in self.delays)


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
            float(where[0]), float(where[1]), (),
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
    return replace(pair, eta_s=eta_s, distance_m=distance_m, delays=delays)


@dataclass(frozen=True, slots=True)
class Coming:
    """A coming stop: when it begins and how long it takes, until when its work must end, how long to the next one."""

    key: str
    kind: str
    name: str
    begin_at: dt.datetime
    service_s: int
    until_at: dt.datetime | None
    onward_s: int


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


def delays_of(coming: Sequence[Coming], now: dt.datetime, free_at: dt.datetime, ends_at: dt.datetime) -> list[Delay]:
    """Coming stops that are later or lost if their team is free again, at the next of them, only at ``free_at``.

    Notes
    -----
    What cannot be begun in its window or the shift is left out and the next one is ridden to at once; waiting that the
    plan has takes up delay. A stop in progress is broken off and taken up again.

    Examples
    --------
    >>> t = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    >>> def minutes(n): return t + dt.timedelta(minutes=n)
    >>> stops = [Coming("a", "zone", "", minutes(10), 600, minutes(25), 300),
    ...          Coming("b", "post", "", minutes(40), 600, minutes(60), 0)]
    >>> [(one.key, one.later_s, one.lost) for one in delays_of(stops, t, minutes(30), minutes(480))]
    [('a', 1200, True)]
    >>> [(one.key, one.later_s, one.lost) for one in delays_of(stops, t, minutes(12), minutes(480))]
    [('a', 120, False)]
    """
    found = []
    here = free_at
    for one in coming:
        work = dt.timedelta(seconds=one.service_s)
        if one.begin_at < now:
            work = max(dt.timedelta(0), one.begin_at + work - now)
        begin = max(here, one.begin_at)
        last = min(one.until_at or ends_at, ends_at)
        lost = begin + work > last
        later_s = int((begin - max(one.begin_at, now)).total_seconds())
        if lost or later_s > 0:
            found.append(Delay(one.key, one.kind, one.name, one.begin_at, max(later_s, 0), lost))
        here = (here if lost else begin + work) + dt.timedelta(seconds=one.onward_s)
        if not lost and later_s <= 0:
            break
    return found

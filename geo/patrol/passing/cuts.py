"""Streets that teams ride along anyway, made stops of their own at riding pace: on somebody's way they cost nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geo.patrol.build import add_stops
from geo.patrol.demand.coverage import trail_wish
from geo.patrol.demand.trails import cut_trail
from geo.patrol.passing.credit import passed_stops
from geo.patrol.passing.found import Cuts
from geo.patrol.passing.rides import Rider
from geo.patrol.problem import Problem, Stop, Visit
from geo.patrol.stretches import Stretch
from geo.roads.network import Network, unpack
from geo.roads.speeds import Mode

LEAST_M: Final = 300.0
"""A trail is not cut for less that is ridden along: every stop more makes the search longer and the days fuller."""


@dataclass(frozen=True)
class Cut:
    """A problem with trails cut, the stretches of its stops by key, and of each trail the parts' keys in order."""

    problem: Problem
    stretches: Mapping[str, Stretch]
    parts: Mapping[str, tuple[str, ...]]


def find_cuts(rider: Rider, days: Sequence[Sequence[Visit]]) -> Cuts:
    """Of what is ridden along in these days, at the pace and in the hours that count.

    Returns
    -------
    Cuts
        Trails of daily coverage of which 300 m or more in a row are ridden along, cut there; and other stops that are
        passed as a whole. The same for the same days.
    """
    cuts: dict[str, list[tuple[int, int, bool]]] = {}
    rides = [ride for some in rider.rides(days) for ride in some if ride.stop is None]
    for number, stretch in rider.stretches.items():
        stop = rider.problem.stops[number]
        if stop.kind == "coverage" and not stop.cells and stop.ride_kmh and stop.windows:
            need = rider.needs[number]
            gone: set[int] = set()
            for ride in rides:
                if ride.road.touched & need and ride.counts(stop):
                    gone |= ride.road.whole & need
            parts = _parts(stretch, gone, [float(rider.network.length_m[piece]) for piece, _ in stretch.pieces])
            if any(ridden for _, _, ridden in parts):
                cuts[stop.key] = parts
    for number in passed_stops(rider, days):
        cuts[rider.problem.stops[number].key] = [(0, len(rider.stretches[number].pieces), True)]
    return cuts


def _parts(stretch: Stretch, gone: Collection[int], metres: Sequence[float]) -> list[tuple[int, int, bool]]:
    """Runs of pieces that are ridden along and that are not; a short ridden one is gone along with what is around it.

    Examples
    --------
    >>> road = Stretch("", None, tuple((n, True) for n in range(5)), 900.0, (), {})
    >>> _parts(road, {1, 3, 4}, [200.0, 100.0, 100.0, 200.0, 300.0])
    [(0, 3, False), (3, 5, True)]
    """
    runs: list[tuple[int, int, bool]] = []
    for at, (piece, _) in enumerate(stretch.pieces):
        if runs and runs[-1][2] == (piece in gone):
            runs[-1] = (runs[-1][0], at + 1, runs[-1][2])
        else:
            runs.append((at, at + 1, piece in gone))
    joined: list[tuple[int, int, bool]] = []
    for low, high, ridden in runs:
        long = ridden and sum(metres[low:high]) >= min(LEAST_M, sum(metres))
        if joined and joined[-1][2] == long:
            joined[-1] = (joined[-1][0], high, long)
        else:
            joined.append((low, high, long))
    return joined


def cut_trails(network: Network, problem: Problem, stretches: Mapping[str, Stretch], cuts: Cuts) -> Cut:
    """Stops for the parts instead of the trails, those that are ridden at riding pace.

    A stop that is not there, or has other pieces now, stays as it is.
    """
    parts: dict[str, tuple[str, ...]] = {}
    found, ridden = dict(stretches), set()
    gone, wishes = [], []
    for number, stop in enumerate(problem.stops):
        ranges = cuts.get(stop.key, ())
        if not ranges or stop.key not in stretches or ranges[-1][1] != len(stretches[stop.key].pieces):
            continue
        if len(ranges) == 1:
            ridden.add(stop.key)
            continue
        gone.append(number)
        keys = [f"{stop.key}/{at}" for at in range(len(ranges))]
        cut = cut_trail(network, stretches[stop.key], [(low, high) for low, high, _ in ranges])
        for key, part, (_, _, is_ridden) in zip(keys, cut, ranges, strict=True):
            wish = trail_wish(part, stop.windows[0], stop.ride_kmh)
            wishes.append(replace(wish, key=key, windows=stop.windows, district_code=stop.district_code))
            found[key] = part
            if is_ridden:
                ridden.add(key)
        parts[stop.key] = tuple(keys)
    made = add_stops(network, problem, gone, wishes) if gone else problem
    stops = tuple(_ridden(network, stop, found[stop.key]) if stop.key in ridden else stop for stop in made.stops)
    return Cut(replace(made, stops=stops), found, parts)


def _ridden(network: Network, stop: Stop, stretch: Stretch) -> Stop:
    """The stop at riding pace, no faster than counts and no slower than it was."""
    options = {}
    for mode, ways in stop.options.items():
        times = []
        for way in ways:
            pieces = [(piece, not ahead) for piece, ahead in stretch.pieces[::-1]] if way.backward else stretch.pieces
            seconds = max(ride_seconds(network, mode, pieces), -(-stop.length_m * 36 // (10 * stop.ride_kmh)))
            times.append(replace(way, service_s=min(seconds, way.service_s)))
        options[mode] = tuple(times)
    return replace(stop, options=options)


def ride_seconds(network: Network, mode: Mode, pieces: Sequence[tuple[int, bool]]) -> int:
    """Seconds to ride along pieces of street, each in its sense; rounded up."""
    graph = network.graphs[mode]
    cost = np.array([graph.cost[graph.block_of[piece]] for piece in pieces])
    return -(-int(unpack(cost)[0].sum()) // 1000)


def carry_days(before: Problem, after: Cut, days: Sequence[Sequence[Visit]]) -> tuple[tuple[Visit, ...], ...]:
    """Days on a problem with trails cut: in a trail's time its parts one after the other, other visits as they were."""
    numbers = {stop.key: number for number, stop in enumerate(after.problem.stops)}
    found = []
    for team, day in zip(before.teams, days, strict=True):
        now: list[Visit] = []
        for visit in day:
            stop = before.stops[visit.stop]
            backward = stop.options[team.mode][visit.option].backward
            keys = after.parts.get(stop.key)
            if keys is None:
                now.append(replace(visit, stop=numbers[stop.key]))
                continue
            begin = visit.begin_s
            for key in reversed(keys) if backward else keys:
                ways = after.problem.stops[numbers[key]].options.get(team.mode, ())
                option = next((n for n, way in enumerate(ways) if way.backward == backward), None)
                if option is not None:
                    leave = begin + ways[option].service_s
                    now.append(Visit(numbers[key], option, begin, begin, leave))
                    begin = leave
        found.append(tuple(now))
    return tuple(found)

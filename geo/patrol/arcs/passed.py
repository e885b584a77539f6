"""Streets that teams ride along on their way to something else: they are covered, and need no stop of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.crs import STORAGE, transformer
from geo.patrol.demand.coverage import covered_pieces
from geo.patrol.problem import HERE, Problem, Stop
from geo.patrol.schedule import Step, option_of, time_day
from geo.roads.network import Floats, Network
from geo.roads.places import PlacedNetwork
from geo.roads.speeds import Mode

if TYPE_CHECKING:
    from shapely import LineString


@dataclass(frozen=True)
class Credit:
    """Days without the stops that are passed anyway, and by which teams each passed stop is covered."""

    days: tuple[tuple[Step, ...], ...]
    passed: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Walk:
    """A line gone along between two times: the pieces it went along wholly, and those it touched.

    ``stop`` is whose work it was, none for a ride.
    """

    line: LineString
    whole: frozenset[int]
    touched: frozenset[int]
    begin_s: int
    end_s: int
    stop: int | None


def credit_passed(network: Network, problem: Problem, days: Sequence[Sequence[Step]]) -> Credit:
    """Drop coverage that is ridden along anyway.

    Parameters
    ----------
    network
        The streets the problem was built on.
    problem
        The shift; only stops of kind ``coverage`` on streets are credited, never a promised pass.
    days
        Each team's steps in order, in the order of the problem's teams; every day keeps its times.

    Returns
    -------
    Credit
        Days without the redundant stops, others in their order; they end no later than before. ``passed`` holds the
        stops dropped, and those of no day that are covered on the way all the same, with the teams that do it.

    Notes
    -----
    A stop is passed when every piece of its streets is, for nine tenths of its length, on rides that lie in its
    windows or on other stops' streets. Stops are tried by their length of work, longest first. Dropping one changes
    the rides around it, so after each drop everything credited so far is looked at again, and the drop is undone if
    something would be lost.
    """
    return _Crediting(network, problem).run([tuple(day) for day in days])


class _Crediting:
    """One run: what each stop needs, and the ways already looked up."""

    def __init__(self, network: Network, problem: Problem) -> None:
        self.network, self.problem = network, problem
        self.placed: dict[Mode, PlacedNetwork] = {}
        self.rides: dict[tuple[Mode, int, int], tuple[LineString, frozenset[int], frozenset[int]] | None] = {}
        self.lines = {i: line for i, stop in enumerate(problem.stops) if (line := self._metric(stop.path)) is not None}
        self.pieces = {i: self._pieces_of(problem.stops[i], line) for i, line in self.lines.items()}
        self.needs = {
            i: pieces
            for i, pieces in self.pieces.items()
            if pieces and problem.stops[i].kind == "coverage" and problem.stops[i].windows
        }

    def run(self, days: list[tuple[Step, ...]]) -> Credit:
        walks = [self._walks(team, day) for team, day in enumerate(days)]
        passed: dict[int, tuple[int, ...]] = {}
        for stop in sorted(self.needs, key=lambda i: (-self.problem.stops[i].shortest_s(), i)):
            at = next((team for team, day in enumerate(days) if any(step[0] == stop for step in day)), None)
            if self._by(stop, walks) is None:
                continue
            if at is not None:
                without = tuple(step for step in days[at] if step[0] != stop)
                if time_day(self.problem, self.problem.teams[at], without) is None:
                    continue
                tried = [*walks[:at], self._walks(at, without), *walks[at + 1 :]]
                if any(self._by(one, tried) is None for one in (stop, *passed)):
                    continue
                days[at], walks = without, tried
            passed[stop] = ()
        return Credit(tuple(days), {stop: self._by(stop, walks) or () for stop in passed})

    def _by(self, stop: int, walks: Sequence[Sequence[_Walk]]) -> tuple[int, ...] | None:
        """The teams that cover a stop's streets without doing it; None if something of them is left."""
        need, windows = self.needs[stop], self.problem.stops[stop].windows
        mine = [
            (team, walk)
            for team, some in enumerate(walks)
            for walk in some
            if walk.stop != stop
            and walk.touched & need
            and any(low <= walk.begin_s and walk.end_s <= high for low, high in windows)
        ]
        left = need.difference(*(walk.whole for _, walk in mine))
        if left and left <= frozenset().union(*(walk.touched for _, walk in mine)):
            # A block may be ridden in two parts, before and after a stop in its middle.
            lines = [walk.line for _, walk in mine if walk.touched & left]
            left = left - covered_pieces(self.network, np.array(sorted(left), dtype=np.int64), lines)
        return None if left else tuple(sorted({team for team, _ in mine}))

    def _walks(self, team: int, day: Sequence[Step]) -> list[_Walk]:
        """Everything a team goes along in a day: rides, and the streets of its stops."""
        crew = self.problem.teams[team]
        visits = time_day(self.problem, crew, day)
        if not visits:
            return []
        found, here, now = [], crew.start, 0
        for step, visit in zip(day, visits, strict=True):
            option = option_of(self.problem, crew, step)
            if option.entry != HERE:
                found += self._ride(crew.mode, here, option.entry, now, visit.arrive_s)
                here = option.exit
            if step[0] in self.lines:
                pieces = self.pieces[step[0]]
                found.append(_Walk(self.lines[step[0]], pieces, pieces, visit.begin_s, visit.leave_s, step[0]))
            now = visit.leave_s
        home_s = now + self.problem.travel_s(crew.mode, here, crew.start)
        return found + self._ride(crew.mode, here, crew.start, now, home_s)

    def _ride(self, mode: Mode, start: int, end: int, begin_s: int, end_s: int) -> list[_Walk]:
        key = (mode, start, end)
        if key not in self.rides:
            if mode not in self.placed:
                self.placed[mode] = PlacedNetwork(self.network, mode, self.problem.places[mode])
            way = self.placed[mode].ways([(start, end)])[0]
            line, touched = self._metric(way.lonlat), np.unique(np.array(way.pieces, dtype=np.int64))
            whole = covered_pieces(self.network, touched, [line]) if line is not None else set()
            self.rides[key] = None if line is None else (line, frozenset(whole), frozenset(touched.tolist()))
        found = self.rides[key]
        return [_Walk(*found, begin_s, end_s, None)] if found else []

    def _metric(self, lonlat: Floats | Sequence[tuple[float, float]]) -> LineString | None:
        """A line in the network's metric CRS; None if it has no length."""
        from shapely import LineString

        if len(lonlat) < 2:
            return None
        x, y = transformer(STORAGE, self.network.srid).transform(*np.asarray(lonlat).T)
        return LineString(np.column_stack([x, y]))

    def _pieces_of(self, stop: Stop, line: LineString) -> frozenset[int]:
        """The pieces a stop goes along: those of its streets that its line covers."""
        network = self.network
        candidates = np.flatnonzero(np.isin(network.road_ids[network.road], stop.feature_ids))
        return frozenset(covered_pieces(network, candidates, [line]))

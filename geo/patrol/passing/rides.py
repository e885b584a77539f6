"""Everything the teams of a plan go along: the ways between visits, and the streets that visits are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.crs import STORAGE, transformer
from geo.patrol.demand.coverage import covered_pieces
from geo.patrol.problem import HERE, Problem, Stop, Visit
from geo.patrol.schedule import option_of
from geo.patrol.stretches import Stretch
from geo.roads.network import Floats, Network
from geo.roads.places import PlacedNetwork, Way
from geo.roads.speeds import Mode

if TYPE_CHECKING:
    from shapely import LineString


@dataclass(frozen=True, slots=True)
class Road:
    """A line in the metric CRS, the pieces it goes along for nine tenths of their length, and all it touches."""

    line: LineString
    whole: frozenset[int]
    touched: frozenset[int]


@dataclass(frozen=True, slots=True)
class Ride:
    """A road gone along by a team between two seconds, on the way to its visit of that number.

    ``stop`` is whose work it was, none for a way between; ``kmh`` its mean speed, 0 for work.
    """

    team: int
    visit: int
    stop: int | None
    road: Road
    begin_s: int
    end_s: int
    kmh: float

    def counts(self, stop: Stop) -> bool:
        """Whether it is slow enough and in the hours of a stop that may be passed."""
        slow = self.kmh <= stop.ride_kmh
        return slow and any(low <= self.begin_s and self.end_s <= high for low, high in stop.windows)


class Rider:
    """Looks up what days go along; ways are searched once.

    Parameters
    ----------
    network
        The streets the problem was built on.
    problem
        A shift.
    stretches
        Of the stops that are a stretch of street, by key.
    before
        Of a problem with the same places and perhaps fewer: what it has looked up is known.
    """

    def __init__(
        self, network: Network, problem: Problem, stretches: Mapping[str, Stretch], before: Rider | None = None
    ) -> None:
        self.network, self.problem = network, problem
        self.stretches = {n: stretches[stop.key] for n, stop in enumerate(problem.stops) if stop.key in stretches}
        self.needs = {n: frozenset(piece for piece, _ in one.pieces) for n, one in self.stretches.items()}
        self._placed: dict[Mode, PlacedNetwork] = {}
        self._ways: dict[tuple[Mode, int, int], Road | None] = dict(before._ways) if before else {}
        self._work: dict[int, Road] = {}

    def rides(self, days: Sequence[Sequence[Visit]]) -> list[list[Ride]]:
        """Per team, in order of time."""
        self._search(days)
        return [self.of_day(team, day) for team, day in enumerate(days)]

    def of_day(self, team: int, day: Sequence[Visit]) -> list[Ride]:
        """What one team goes along."""
        crew, found, now = self.problem.teams[team], [], 0
        for number, (start, end) in enumerate(self._legs(team, day)):
            visit = day[number] if number < len(day) else None
            ride_s = self.problem.travel_s(crew.mode, start, end)
            begin = visit.arrive_s - ride_s if visit else now
            if (road := self._way(crew.mode, start, end)) is not None and ride_s > 0:
                kmh = 3.6 * float(self.problem.travel[crew.mode].distance_m[start, end]) / ride_s
                found.append(Ride(team, number, None, road, begin, begin + ride_s, kmh))
            if visit is not None:
                if visit.stop in self.stretches:
                    found.append(Ride(team, number, visit.stop, self._of(visit.stop), visit.begin_s, visit.leave_s, 0))
                now = visit.leave_s
        return found

    def _legs(self, team: int, day: Sequence[Visit]) -> list[tuple[int, int]]:
        """Where the team is before each visit and where it goes, and home at last."""
        crew = self.problem.teams[team]
        legs, here = [], crew.start
        for visit in day:
            option = option_of(self.problem, crew, (visit.stop, visit.option))
            legs.append((here, here if option.entry == HERE else option.entry))
            here = here if option.exit == HERE else option.exit
        return [*legs, (here, crew.start)] if day else []

    def _search(self, days: Sequence[Sequence[Visit]]) -> None:
        """Search all ways that are not known yet, those from one place at once."""
        for mode in self.problem.travel:
            pairs = sorted(
                {
                    leg
                    for team, day in enumerate(days)
                    if self.problem.teams[team].mode == mode
                    for leg in self._legs(team, day)
                    if leg[0] != leg[1] and (mode, *leg) not in self._ways
                }
            )
            if pairs:
                if mode not in self._placed:
                    self._placed[mode] = PlacedNetwork(self.network, mode, self.problem.places[mode])
                for pair, way in zip(pairs, self._placed[mode].ways(pairs), strict=True):
                    self._ways[mode, *pair] = self._road(way)

    def _way(self, mode: Mode, start: int, end: int) -> Road | None:
        if start == end:
            return None
        if (mode, start, end) not in self._ways:
            if mode not in self._placed:
                self._placed[mode] = PlacedNetwork(self.network, mode, self.problem.places[mode])
            self._ways[mode, start, end] = self._road(self._placed[mode].ways([(start, end)])[0])
        return self._ways[mode, start, end]

    def _road(self, way: Way) -> Road | None:
        if len(way.lonlat) < 2:
            return None
        line = self._metric(way.lonlat)
        # Only where it begins and ends can a way go along a piece in part.
        ends = np.unique(np.array([way.pieces[0], way.pieces[-1]], dtype=np.int64))
        inner = set(way.pieces[1:-1])
        whole = inner | covered_pieces(self.network, ends[~np.isin(ends, list(inner))], [line])
        return Road(line, frozenset(whole), frozenset(way.pieces))

    def _of(self, stop: int) -> Road:
        if stop not in self._work:
            line = self._metric(self.stretches[stop].line(self.network))
            self._work[stop] = Road(line, self.needs[stop], self.needs[stop])
        return self._work[stop]

    def _metric(self, lonlat: Floats) -> LineString:
        from shapely import LineString

        x, y = transformer(STORAGE, self.network.srid).transform(*np.asarray(lonlat).T)
        return LineString(np.column_stack([x, y]))

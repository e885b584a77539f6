"""Stops that teams pass on their way to others, at the pace and in the hours that count: they need no visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.patrol.demand.coverage import CELL_M, covered_pieces
from geo.patrol.passing.rides import Ride, Rider
from geo.patrol.problem import HERE, Passing, Problem, Visit
from geo.patrol.schedule import onward, option_of

Days = tuple[tuple[Visit, ...], ...]

ON_THE_WAY_S: Final = 60
"""A visit is on the way to the next one if that is reached no more than this sooner without it."""

HAIR_M: Final = 1e-6


@dataclass(frozen=True)
class Credit:
    """Days without the visits that are not needed, and the stops that are passed, with the ways that do it."""

    days: Days
    passed: Mapping[int, tuple[Passing, ...]]


def credit_passed(rider: Rider, days: Sequence[Sequence[Visit]], held: Sequence[int] = ()) -> Credit:
    """What is passed anyway: stops of no day, and visits that lie on their team's way to the next one.

    Parameters
    ----------
    rider
        Of the problem; only stops with ``ride_kmh`` above 0 are credited.
    days
        Each team's visits in the order of the problem's teams.
    held
        How many first visits of each team stay as they are; none by default.

    Returns
    -------
    Credit
        Visits that are left keep their times.

    Notes
    -----
    A street is passed when each piece of it is, for nine tenths of its length, on ways in its windows that are slow
    enough, or on other stops' streets. A pass that is owed to a street is one way of one team along all of it, as far
    apart from the passes before and after as they must be from each other. A cell is seen when so many metres in it are
    gone along as it asks for. Dropping a visit changes the ways around it: everything credited by them is looked at
    again, and the drop is undone if something would be lost. Only what frees no time is dropped, so that no time is
    lost either.
    """
    return _Crediting(rider, days, held).run()


def passed_stops(rider: Rider, days: Sequence[Sequence[Visit]]) -> list[int]:
    """Numbers of stops that ways of these days pass, visited or not: passes, and those that are there for cells."""
    crediting = _Crediting(rider, days, ())
    stops = rider.problem.stops
    whole = [number for number in crediting.able if stops[number].kind == "pass" or stops[number].cells]
    return [number for number in whole if crediting.by(number) is not None]


class _Crediting:
    def __init__(self, rider: Rider, days: Sequence[Sequence[Visit]], held: Sequence[int]) -> None:
        self.rider, self.problem = rider, rider.problem
        stops = self.problem.stops
        self.able = [n for n in sorted(rider.stretches) if stops[n].ride_kmh > 0 and stops[n].windows]
        self.days = [tuple(day) for day in days]
        self.held = held or [0] * len(self.days)
        self.rides = rider.rides(self.days)
        self.numbers = {stop.key: number for number, stop in enumerate(stops)}
        self.follow: dict[int, list[int]] = {}
        for number, stop in enumerate(stops):
            if stop.after is not None:
                self.follow.setdefault(self.numbers[stop.after], []).append(number)
        self.at = {visit.stop: (visit.begin_s, visit.leave_s) for day in self.days for visit in day}
        self.passed: dict[int, tuple[Passing, ...]] = {}

    def run(self) -> Credit:
        stops = self.problem.stops
        home = {visit.stop: team for team, day in enumerate(self.days) for visit in day[self.held[team] :]}
        for number in [n for n in self.able if n in home]:
            self._drop(number, home[number])
        fixed = {visit.stop for day in self.days for visit in day}
        for number in sorted(set(self.able) - fixed - set(self.passed), key=lambda n: stops[n].key):
            if (found := self.by(number)) is not None:
                self._set(number, found)
        return Credit(tuple(self.days), dict(self.passed))

    def _set(self, number: int, found: tuple[Passing, ...]) -> None:
        self.passed[number] = found
        self.at[number] = (found[0].begin_s, found[-1].end_s)

    def _drop(self, number: int, team: int) -> None:
        """Take a visit out if its team passes it on the way to the next, and nothing credited so far is lost."""
        day = without(self.problem, team, self.days[team], number)
        if day is None:
            return
        before = self.days[team], self.rides[team], dict(self.at), dict(self.passed)
        self.days[team], self.rides[team] = day, self.rider.of_day(team, day)
        del self.at[number]
        moved = [n for n, some in self.passed.items() if any(one.team == team for one in some)]
        for one in (*moved, number):
            found = self.by(one)
            if found is None:
                self.days[team], self.rides[team], self.at, self.passed = before
                return
            self._set(one, found)

    def by(self, number: int) -> tuple[Passing, ...] | None:
        """The ways that pass a stop without doing it; None if something of it is left."""
        stop = self.problem.stops[number]
        mine = [ride for rides in self.rides for ride in rides if ride.stop != number and ride.counts(stop)]
        if stop.cells:
            found = self._seeing(stop.cells, mine)
        elif stop.kind == "pass":
            found = self._alone(number, mine)
        else:
            found = self._together(self.rider.needs[number], mine)
        if found is None:
            return None
        found.sort(key=lambda ride: (ride.begin_s, ride.team))
        return tuple(Passing(ride.team, ride.visit, ride.begin_s, ride.end_s) for ride in found)

    def _together(self, need: frozenset[int], mine: Iterable[Ride]) -> list[Ride] | None:
        """Ways that go along all pieces: again and again the one with most of those that are left."""
        near = [ride for ride in mine if ride.road.touched & need]
        left, chosen = set(need), []
        while left:
            best = max(near, key=lambda ride: (len(ride.road.whole & left), -ride.begin_s, -ride.team), default=None)
            if best is None or not best.road.whole & left:
                break
            chosen.append(best)
            left -= best.road.whole
        if left:
            # A block may be gone along in two parts, before and after a stop in its middle.
            parts = [ride for ride in near if ride.road.touched & left]
            pieces = np.array(sorted(left), dtype=np.int64)
            if left - covered_pieces(self.rider.network, pieces, [ride.road.line for ride in parts]):
                return None
            chosen += [ride for ride in parts if ride not in chosen]
        return chosen

    def _alone(self, number: int, mine: Iterable[Ride]) -> list[Ride] | None:
        """The first way along all of a street that is far enough from the passes before and after."""
        need, stop = self.rider.needs[number], self.problem.stops[number]
        before = self.at.get(self.numbers[stop.after]) if stop.after is not None else None
        after = [self.at[n][0] - self.problem.stops[n].gap_s for n in self.follow.get(number, ()) if n in self.at]
        low = before[1] + stop.gap_s if before is not None else 0
        high = min(after, default=self.problem.shift_s)
        for ride in sorted(mine, key=lambda ride: (ride.begin_s, ride.team)):
            if ride.stop is None and need <= ride.road.whole and low <= ride.begin_s and ride.end_s <= high:
                return [ride]
        return None

    def _seeing(self, cells: Sequence[tuple[int, int, int]], mine: Sequence[Ride]) -> list[Ride] | None:
        """The ways through the cells, if they see each."""
        import shapely

        chosen: list[Ride] = []
        for column, row, need_m in cells:
            box = shapely.box(column * CELL_M, row * CELL_M, (column + 1) * CELL_M, (row + 1) * CELL_M)
            inside = [ride for ride in mine if ride.road.line.intersects(box)]
            if shapely.union_all([ride.road.line.intersection(box) for ride in inside]).length + HAIR_M < need_m:
                return None
            chosen += [ride for ride in inside if ride not in chosen]
        return chosen


def without(problem: Problem, team: int, day: Sequence[Visit], stop: int) -> tuple[Visit, ...] | None:
    """A day without a stop that lies on the way to the next one, all others at their times; None if it does not."""
    crew, here, now = problem.teams[team], problem.teams[team].start, 0
    kept: list[Visit] = []
    for visit in day:
        if visit.stop == stop:
            continue
        option = option_of(problem, crew, (visit.stop, visit.option))
        arrive = now + (0 if option.entry == HERE else problem.travel_s(crew.mode, here, option.entry))
        if not arrive <= min(visit.begin_s, visit.arrive_s) or arrive < visit.arrive_s - ON_THE_WAY_S:
            return None
        kept.append(visit)
        here, now = onward(here, option), visit.leave_s
    before = day[-1]
    if before.stop == stop:
        exit_of = option_of(problem, crew, (before.stop, before.option)).exit
        old = before.leave_s + problem.travel_s(crew.mode, exit_of, crew.start)
        new = now + problem.travel_s(crew.mode, here, crew.start)
        if not old - ON_THE_WAY_S <= new <= old:
            return None
    return tuple(kept)

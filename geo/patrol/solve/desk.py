"""A plan on the desk: the problem's arrays, the plan being changed, and what Python does with both.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.patrol.problem import HERE, Problem, Visit
from geo.patrol.schedule import onward, option_of
from geo.patrol.solve.change import Draft, empty_draft, empty_state
from geo.patrol.solve.clock import beyond_cap, place_worth
from geo.patrol.solve.construct import load_day, place_stop
from geo.patrol.solve.skeleton import OVER_SHARE, fair_share
from geo.patrol.solve.tables import (
    BEYOND,
    COUNT,
    FIRST,
    NOT,
    PLACE,
    PLC,
    REL,
    RIDE,
    SEQ,
    WORTH,
    Ground,
    Ints,
    N,
    State,
    build_ground,
)

Turn = tuple[int, int, int]
"""A visit to come: stop, way, and the second before which it does not begin."""

Turns = list[list[Turn]]
Standing = tuple[tuple[int, int], ...]
"""Per duty, the highest first: thousandths of weight done of what is required, and of the rest."""


@dataclass
class Desk:
    """A problem and the plan being made of it.

    ``kept`` are, by team, first visits that stay as they are.
    """

    problem: Problem
    kept: Mapping[int, Sequence[Visit]]
    g: Ground
    st: State
    d: Draft
    by: Ints

    @classmethod
    def open(
        cls,
        problem: Problem,
        factors: Mapping[int, float] | None = None,
        kept: Mapping[int, Sequence[Visit]] | None = None,
        now_s: int = 0,
    ) -> Desk:
        """A desk with nothing on it but what is kept; parameters as :func:`build_ground`."""
        g = build_ground(problem, factors, kept, now_s)
        desk = cls(problem, kept or {}, g, empty_state(g), empty_draft(g), np.zeros(4, dtype=np.int64))
        desk.clear()
        return desk

    def clear(self) -> None:
        """Take everything off but what is kept."""
        self.st = empty_state(self.g)
        places: dict[int, list[tuple[int, int, int]]] = {}
        for team, visits in self.kept.items():
            here = self.problem.teams[team].start
            for at, visit in enumerate(visits):
                here = onward(here, option_of(self.problem, self.problem.teams[team], (visit.stop, visit.option)))
                node = self.g.stop[visit.stop, FIRST] + visit.option
                self.st.day[team, at] = (node, visit.begin_s, visit.begin_s, visit.leave_s, here, 0)
                if (z := int(self.g.stop[visit.stop, PLACE])) >= 0:
                    places.setdefault(z, []).append((visit.begin_s, visit.leave_s, team))
                else:
                    self.st.done[visit.stop] = visit.begin_s, visit.leave_s
            self.st.size[team, N] = len(visits)
        for z, stays in places.items():
            self.st.stays[z, : len(stays)] = sorted(stays)
            self.st.place[z, COUNT] = len(stays)
            self.st.place[z, WORTH] = place_worth(self.g, z, self.st.stays[z], len(stays))
            self.st.place[z, BEYOND] = beyond_cap(self.g, z, self.st.stays[z], len(stays))

    def turns(self) -> Turns:
        """The visits to come of each team."""
        return self.turns_of(self.st.day[:, :, [SEQ, REL]], self.st.size[:, N])

    def turns_of(self, day: Ints, size: Ints) -> Turns:
        """The visits to come of days given as nodes and earliest begins, shape (k, l, 2), with their number (k,)."""
        found: Turns = []
        for team, count in enumerate(size.tolist()):
            rows = day[team, len(self.kept.get(team, ())) : count]
            stops = self.g.stop_of[rows[:, 0]]
            ways = rows[:, 0] - self.g.stop[stops, FIRST]
            found.append(list(zip(stops.tolist(), ways.tolist(), rows[:, 1].tolist(), strict=True)))
        return found

    def at_once(self, turn: Turn) -> Turn:
        """The visit without waiting for anything but the stop it follows."""
        stop, way, begin = turn
        return stop, way, begin if self.problem.stops[stop].after is not None else 0

    def bring_back(self, team: int, turns: Sequence[Turn]) -> None:
        """Put visits into a team's day again, each at the first place where it fits."""
        for turn in turns:
            day = self.turns()[team]
            for at in range(len(day) + 1):
                if self.load(team, [*day[:at], turn, *day[at:]]):
                    break

    def load(self, team: int, turns: Sequence[Turn]) -> bool:
        """Give a team these visits after what is kept; False if that breaks a rule."""
        nodes = np.array([self.g.stop[stop, FIRST] + way for stop, way, _ in turns], dtype=np.int64)
        begins = np.array([begin for _, _, begin in turns], dtype=np.int64)
        return bool(load_day(self.g, self.st, self.d, team, nodes, begins, self.by))

    def load_all(self, turns: Turns) -> None:
        """Start anew from these days; of a day that breaks a rule as many visits as hold, in order."""
        self.clear()
        later: list[tuple[int, list[Turn]]] = []
        for team, day in enumerate(turns):
            if not self.load(team, day):
                later.append((team, day))
        for team, day in later:
            held: list[Turn] = []
            for turn in day:
                if self.load(team, [*held, turn]):
                    held.append(turn)

    def place(self, stops: Iterable[int]) -> None:
        """Put stops that are done once and are not yet where they cost least, in this order."""
        for stop in stops:
            if self.st.done[stop, 0] < 0:
                place_stop(self.g, self.st, self.d, stop, self.by)

    def once(self, below: bool = False) -> list[int]:
        """Stops that are done once and that somebody may do, in the order in which they give way, the last first.

        Only those that do not give way to places that fill up again; with ``below`` only those that do.
        """
        able = (self.g.may != NOT).any(axis=0)
        places = self.problem.order.index("hotspot")
        found = [
            s
            for s, stop in enumerate(self.problem.stops)
            if able[s] and stop.recurrence is None and (self.problem.order.index(stop.duty) > places) == below
        ]
        return sorted(found, key=self.rank)

    def rank(self, stop: int) -> tuple[int, bool, float, str]:
        """Where a stop stands in the order of giving way; the lowest gives way last."""
        one = self.problem.stops[stop]
        return self.problem.order.index(one.duty), not one.required, -one.weight, one.key

    def standing(self) -> Standing:
        """What is done of each duty."""
        sums = {duty: [0, 0] for duty in self.problem.order}
        for s, stop in enumerate(self.problem.stops):
            if stop.recurrence is None and self.st.done[s, 0] >= 0:
                sums[stop.duty][0 if stop.required else 1] += round(stop.weight * 1000)
        return tuple((required, rest) for required, rest in sums.values())

    def effort(self) -> int:
        """Seconds of riding, and four for each second of riding and work beyond an even share of what is done once."""
        rides = self.st.size[:, RIDE]
        busy = rides.copy()
        done = []
        for team, day in enumerate(self.turns()):
            for stop, way, _ in day:
                if self.problem.stops[stop].recurrence is None:
                    busy[team] += self.problem.stops[stop].options[self.problem.teams[team].mode][way].service_s
                    done.append(stop)
        over = np.maximum(busy - fair_share(self.problem, done), 0) if done else busy * 0
        return int(rides.sum() + OVER_SHARE * over.sum())

    def days(self) -> list[tuple[Visit, ...]]:
        """The plan as visits."""
        days = []
        for team, one in enumerate(self.problem.teams):
            visits = list(self.kept.get(team, ()))
            now = max(visits[-1].leave_s if visits else 0, int(self.g.team[team, 2]))
            here = int(self.st.day[team, len(visits) - 1, PLC]) if visits else one.start
            for at in range(len(visits), int(self.st.size[team, N])):
                node, _, begin, leave, place, _ = (int(value) for value in self.st.day[team, at])
                stop = int(self.g.stop_of[node])
                way = node - int(self.g.stop[stop, FIRST])
                entry = option_of(self.problem, one, (stop, way)).entry
                arrive = now + (0 if entry == HERE else self.problem.travel_s(one.mode, here, entry))
                visits.append(Visit(stop, way, arrive, begin, leave))
                now, here = leave, place
            days.append(tuple(visits))
        return days

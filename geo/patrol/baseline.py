"""Nearest neighbour: what a pair does that always goes to the nearest open place next. The bar a plan must clear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geo.patrol.problem import Problem
from geo.patrol.schedule import Step, onward, time_day


def nearest_neighbour(problem: Problem, stops: Iterable[int] | None = None) -> list[tuple[Step, ...]]:
    """Days by the nearest-neighbour rule, on the same teams and under the same rules but spacing; each stop once.

    Parameters
    ----------
    problem
        A shift.
    stops
        Numbers of the stops to go to; all that are open unless given.

    Returns
    -------
    list
        One sequence per team. Always the team that is free first goes next, to the stop where it can start soonest
        (waiting included) and from which it gets back in time; ties by the stop's key.
    """
    days: list[list[Step]] = [[] for _ in problem.teams]
    free = [0] * len(problem.teams)
    at = [team.start for team in problem.teams]
    among = range(len(problem.stops)) if stops is None else stops
    left = {i for i in among if problem.stops[i].windows}
    going = set(range(len(problem.teams)))
    while going:
        number = min(going, key=lambda i: (free[i], i))
        team = problem.teams[number]
        best: tuple[int, str, Step, int, int] | None = None
        for stop in left:
            one = problem.stops[stop]
            if not team.serves(one):
                continue
            for way, option in enumerate(one.options[team.mode]):
                ready = free[number] + problem.travel_s(team.mode, at[number], option.entry)
                begin = one.begin_from(ready, option.service_s)
                gone = onward(at[number], option)
                if begin is None:
                    continue
                leave = begin + option.service_s
                if leave + problem.travel_s(team.mode, gone, team.start) <= problem.shift_s:
                    found = (begin, one.key, (stop, way), leave, gone)
                    best = min(best, found) if best else found
        if best is None:
            going.discard(number)
            continue
        days[number].append(best[2])
        left.discard(best[2][0])
        free[number], at[number] = best[3], best[4]
    assert all(time_day(problem, team, day) is not None for team, day in zip(problem.teams, days, strict=True))
    return [tuple(day) for day in days]


def served_weight(problem: Problem, days: Sequence[Sequence[Step]]) -> float:
    """Sum of the weights of the stops that are in some day."""
    return float(sum(problem.stops[stop].weight for stop in {stop for day in days for stop, _ in day}))

"""Nearest neighbour: what a pair does that always goes to the nearest open place next. The bar a plan must clear."""

from __future__ import annotations

from geo.patrol.problem import Problem
from geo.patrol.schedule import Step, time_day


def nearest_neighbour(problem: Problem) -> list[tuple[Step, ...]]:
    """Days by the nearest-neighbour rule, on the same teams and under the same rules.

    Returns
    -------
    list
        One sequence per team. Always the team that is free first goes next, to the stop where it can start soonest
        (waiting included) and from which it gets back in time; ties by the stop's key.
    """
    days: list[list[Step]] = [[] for _ in problem.teams]
    free = [0] * len(problem.teams)
    at = [team.start for team in problem.teams]
    left = {i for i, stop in enumerate(problem.stops) if stop.window is not None}
    going = set(range(len(problem.teams)))
    while going:
        number = min(going, key=lambda i: (free[i], i))
        team = problem.teams[number]
        travel = problem.travel[team.mode].duration_s
        best: tuple[int, str, Step, int, int] | None = None
        for stop in left:
            one = problem.stops[stop]
            if not team.serves(one) or one.window is None:
                continue
            for way, option in enumerate(one.options[team.mode]):
                begin = max(free[number] + int(travel[at[number], option.entry]), one.window[0])
                leave = begin + option.service_s
                if leave <= one.window[1] and leave + int(travel[option.exit, team.start]) <= problem.shift_s:
                    found = (begin, one.key, (stop, way), leave, option.exit)
                    best = min(best, found) if best else found
        if best is None:
            going.discard(number)
            continue
        days[number].append(best[2])
        left.discard(best[2][0])
        free[number], at[number] = best[3], best[4]
    assert all(time_day(problem, team, day) is not None for team, day in zip(problem.teams, days, strict=True))
    return [tuple(day) for day in days]

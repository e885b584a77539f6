"""What of a plan stays when the day goes otherwise: visits done or begun as they were, the rest as a start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo.patrol.problem import Plan, Problem, Visit


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit of the plan before: the stop by its key, the way it is done, and seconds after the shift's start."""

    key: str
    option: int
    arrive_s: int
    begin_s: int
    leave_s: int


def planned_days(problem: Problem, plan: Plan) -> dict[str, tuple[Planned, ...]]:
    """Each team's day by its code, free of the numbers of its problem."""
    return {
        team.code: tuple(
            Planned(problem.stops[v.stop].key, v.option, v.arrive_s, v.begin_s, v.leave_s) for v in plan.days[number]
        )
        for number, team in enumerate(problem.teams)
    }


def under_way(day: Sequence[Planned], now_s: int) -> int:
    """How many first visits of a day are done, begun, or being ridden to.

    Examples
    --------
    >>> day = [Planned("a", 0, 100, 100, 400), Planned("b", 0, 700, 700, 900), Planned("c", 0, 990, 990, 999)]
    >>> [under_way(day, now) for now in (0, 399, 400, 899, 2000)]
    [1, 1, 2, 2, 3]
    """
    count = 0
    for visit in day:
        if (day[count - 1].leave_s if count else 0) > now_s:
            break
        count += 1
        if visit.begin_s > now_s:
            break
    return count


def carry_over(
    problem: Problem,
    before: Mapping[str, Sequence[Planned]],
    now_s: int,
    late: Mapping[str, int] | None = None,
    counts: Mapping[str, int] | None = None,
) -> tuple[Plan, dict[str, tuple[Visit, ...]]]:
    """The plan before, put on a new problem: a start to search from, and what of it stays.

    Parameters
    ----------
    problem
        As it is now; teams by the same codes, stops by the same keys. A team or stop that is gone is left out.
    before
        By team.
    now_s
        Second of the shift.
    late
        By team, seconds by which it is behind: the visit it is at ends so much later.
    counts
        By team, how many first visits are done or under way, where that is known; else it follows from ``now_s``.

    Returns
    -------
    tuple
        The start, and by team the visits that are done, begun or being ridden to. A visit whose way no longer exists in
        the team's mode is left out unless it is done.
    """
    numbers = {stop.key: number for number, stop in enumerate(problem.stops)}
    days, kept = [], {}
    for team in problem.teams:
        day = before.get(team.code, ())
        fixed = under_way(day, now_s) if counts is None else counts.get(team.code, 0)
        visits = []
        for at, old in enumerate(day):
            stop = numbers.get(old.key)
            ways = problem.stops[stop].options.get(team.mode, ()) if stop is not None else ()
            if stop is None or old.option >= len(ways):
                fixed -= at < fixed
                continue
            visits.append(Visit(stop, old.option, old.arrive_s, old.begin_s, old.leave_s))
        if fixed and (behind := (late or {}).get(team.code, 0)) > 0:
            last = visits[fixed - 1]
            visits[fixed - 1] = replace(last, leave_s=min(last.leave_s + behind, problem.shift_s))
        days.append(tuple(visits))
        kept[team.code] = tuple(visits[:fixed])
    return Plan(tuple(days), {}), kept

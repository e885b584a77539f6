"""A new plan in seconds that changes little: repaired first, then a few teams at a time planned anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geo.patrol.problem import Plan, Problem, Visit
from geo.patrol.replan.carry import Planned, carry_over, planned_days
from geo.patrol.replan.differences import Differences, differences
from geo.patrol.value import plan_value

MOST_MOVED: Final = 250
"""Thousandths of the visits to come that may move: people have their sheets in hand."""

TEAMS_AT_ONCE: Final = 2
"""So many teams are planned anew together while all others keep their days: changes stay few and near."""


@dataclass(frozen=True)
class Replanned:
    """A new plan of the same shift.

    ``kept`` are the visits that are done or under way, by team. ``value`` is what it suppresses and ``value_before``
    what the plan before would still suppress if it could be walked as it is, in thousandths of a violation-minute.
    """

    plan: Plan
    kept: Mapping[str, tuple[Visit, ...]]
    differences: Differences
    value: int
    value_before: int


def replan(
    problem: Problem,
    before: Mapping[str, Sequence[Planned]],
    now_s: int,
    seed: int,
    iterations: int,
    *,
    late: Mapping[str, int] | None = None,
    counts: Mapping[str, int] | None = None,
    touched: frozenset[str] = frozenset(),
    most_moved: int = MOST_MOVED,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Replanned:
    """Plan the rest of a shift anew.

    Parameters
    ----------
    problem
        As it is now: without who is missing, with what came up, on the streets that are open.
    before
        The plan in force, by team.
    now_s
        Second of the shift.
    iterations
        Budget of all searches together.
    late
        By team, seconds it is behind.
    counts
        By team, how many first visits are done or under way, where that is known.
    touched
        Keys the news itself is about.
    most_moved
        Thousandths of the other visits to come that may move. The least change that keeps every rule is taken even
        where it moves more.

    Returns
    -------
    Replanned
        First as many promises as possible in the bureau's order, then the most suppressed among the plans that move
        few enough. Same arguments, same answer.
    """
    start, kept = carry_over(problem, before, now_s, late, counts)
    desk = _Desk(problem, before, kept, now_s, seed, touched, most_moved)
    best = desk.solve(start, kept, 0)
    turns = list(desk.groups())
    each = max(iterations // max(2 * len(turns), 1), 1)
    for number, group in enumerate((*turns, *turns), 1):
        if progress:
            progress("again", number, 2 * len(turns))
        if cancelled and cancelled():
            break
        tried = desk.solve(best.plan, _all_but(problem, best.plan, kept, group), each)
        best = max(best, tried, key=lambda one: one.rank)
    return Replanned(best.plan, kept, best.differences, plan_value(problem, best.plan), plan_value(problem, start))


@dataclass(frozen=True)
class _Tried:
    """A plan that was tried, what it changes, and how it ranks; a larger rank is better."""

    plan: Plan
    differences: Differences
    rank: tuple[bool, tuple[float, ...], int]


@dataclass(frozen=True)
class _Desk:
    """What every trial of one re-plan shares."""

    problem: Problem
    before: Mapping[str, Sequence[Planned]]
    kept: Mapping[str, Sequence[Visit]]
    now_s: int
    seed: int
    touched: frozenset[str]
    most_moved: int

    def solve(self, start: Plan, keep: Mapping[str, Sequence[Visit]], iterations: int) -> _Tried:
        """Search on from a plan while what is kept stays."""
        from geo.patrol.solve import solve_shift

        plan = solve_shift(self.problem, self.seed, iterations, start=start, keep=keep, now_s=self.now_s)
        found = differences(self.before, planned_days(self.problem, plan), self.now_s, self.touched)
        within = found.moved_permille <= self.most_moved
        return _Tried(plan, found, (within, _promises(self.problem, plan), plan_value(self.problem, plan)))

    def groups(self) -> Iterator[tuple[int, ...]]:
        """Teams to be planned anew together: each with the one whose work lies nearest, each pair once."""
        at = [team.lonlat for team in self.problem.teams]
        seen = set()
        for one, (lon, lat) in enumerate(at):
            others = sorted(range(len(at)), key=lambda k: ((at[k][0] - lon) ** 2 + (at[k][1] - lat) ** 2, k))
            group = tuple(sorted((one, *[k for k in others if k != one][: TEAMS_AT_ONCE - 1])))
            if group not in seen:
                seen.add(group)
                yield group


def _all_but(
    problem: Problem, plan: Plan, kept: Mapping[str, Sequence[Visit]], group: Collection[int]
) -> dict[str, Sequence[Visit]]:
    """Whole days of the teams that are not in a group, and what is under way of those that are."""
    return {
        team.code: kept[team.code] if number in group else plan.days[number]
        for number, team in enumerate(problem.teams)
    }


def _promises(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Weight of what is required and left out, below zero, the highest duty first."""
    order = list(dict.fromkeys(stop.duty for stop in problem.stops))
    lost = dict.fromkeys(order, 0.0)
    for stop in plan.unserved:
        if problem.stops[stop].required:
            lost[problem.stops[stop].duty] -= problem.stops[stop].weight
    return tuple(round(lost[duty], 6) for duty in order)

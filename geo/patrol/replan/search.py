"""A new plan in seconds that changes little: repaired first, then searched on from there within a limit of moves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from geo.patrol.problem import Plan, Problem, Visit
from geo.patrol.replan.carry import Planned, carry_over, planned_days
from geo.patrol.replan.differences import Differences, differences
from geo.patrol.value import PPM, plan_value, seconds_beyond

MOST_MOVED: Final = 250
"""Thousandths of the visits to come that may move: people have their sheets in hand."""

STEPS: Final = 12_000
"""Steps of each search for each iteration of the budget."""

SEARCHES: Final = 2
"""Searches side by side, each in a thread of its own and from a seed of its own; the best plan of any is taken."""

CHUNK: Final = 40_000
"""Steps between two words of progress, and two looks whether to stop."""

WARM, COLD = 0.06, 0.006
"""Temperature at the beginning and the end, in what an average visit is worth."""

A_MOVE, MOST_A_MOVE = 0.005, 2.0
"""What moving a visit must win at least, and at most where too many have moved, in the same unit."""


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
        Of the plans that move few enough: first as many promises as possible in the bureau's order, then the least
        time beyond the caps of places, then the most suppressed. Where no plan moves few enough, of those that keep
        most promises the one that moves fewest. Where a promise is lost, the search begins once more from days that
        were filled first. Same arguments, same answer.
    """
    start, kept = carry_over(problem, before, now_s, late, counts)
    ask = _Ask(problem, before, kept, now_s, seed, touched, most_moved)
    best = ask.solve(start)
    steps = iterations * STEPS
    for filled in (False, True):
        begin = ask.solve(start, filled=True) if filled else best
        if progress:
            progress("again", 0, steps)
        found = _search_on_from(ask, begin.plan, steps, progress, cancelled)
        best = max(best, begin, *map(ask.solve, found), key=lambda one: one.rank)
        if not any(best.rank[1]):
            break
    return Replanned(best.plan, kept, best.differences, plan_value(problem, best.plan), plan_value(problem, start))


@dataclass(frozen=True)
class _Tried:
    """A plan that was tried, what it changes, and how it ranks; a larger rank is better."""

    plan: Plan
    differences: Differences
    rank: tuple[bool, tuple[float, ...], int, int, int]


@dataclass(frozen=True)
class _Ask:
    """What every step of one re-plan shares."""

    problem: Problem
    before: Mapping[str, Sequence[Planned]]
    kept: Mapping[str, Sequence[Visit]]
    now_s: int
    seed: int
    touched: frozenset[str]
    most_moved: int

    def solve(self, start: Plan, *, filled: bool = False) -> _Tried:
        """Repair a plan: what no longer holds goes, what is promised comes in, lower duties give way, all explained.

        ``filled``: free time is filled besides, which moves more and may reach a place that would stay unseen.
        """
        from geo.patrol.solve import solve_shift

        plan = solve_shift(
            self.problem, self.seed, 0, start=start, keep=self.kept, now_s=self.now_s, mend_only=not filled
        )
        found = differences(self.before, planned_days(self.problem, plan), self.now_s, self.touched)
        over = max(found.moved_permille - self.most_moved, 0)
        beyond = seconds_beyond(self.problem, plan)
        rank = (not over, _promises(self.problem, plan), -over, -beyond, plan_value(self.problem, plan))
        return _Tried(plan, found, rank)


def _search_on_from(
    ask: _Ask,
    plan: Plan,
    steps: int,
    progress: Callable[[str, int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> list[Plan]:
    """The best plan of each search from a plan on; only the first one tells how far it is and asks whether to stop."""
    stopped = threading.Event()

    def asked() -> bool:
        if cancelled and cancelled():
            stopped.set()
        return stopped.is_set()

    with ThreadPoolExecutor(SEARCHES) as threads:
        others = [
            threads.submit(_search_on, ask, plan, number, steps, None, stopped.is_set) for number in range(1, SEARCHES)
        ]
        try:
            first = _search_on(ask, plan, 0, steps, progress, asked)
        except BaseException:
            stopped.set()
            raise
        return [first, *(one.result() for one in others)]


def _search_on(
    ask: _Ask,
    plan: Plan,
    number: int,
    steps: int,
    progress: Callable[[str, int, int], None] | None,
    cancelled: Callable[[], bool],
) -> Plan:
    """The best plan met from a plan on, near the one before; in one go, since every start costs steps."""
    import numpy as np

    from geo.patrol.replan.nearby import anneal_nearby, count_all, hold
    from geo.patrol.solve.anneal import empty_best, key_of, remember
    from geo.patrol.solve.desk import Desk

    problem = ask.problem
    kept = {number: ask.kept[team.code] for number, team in enumerate(problem.teams) if ask.kept.get(team.code)}
    desk = Desk.open(problem, None, kept, ask.now_s)
    if not len(desk.g.zone):
        return plan
    desk.load_all(
        [
            [(v.stop, v.option, v.begin_s if v.begin_s > v.arrive_s else 0) for v in day[len(kept.get(team, ())) :]]
            for team, day in enumerate(plan.days)
        ]
    )
    held = hold(problem, ask.before, ask.now_s, ask.touched, ask.most_moved)
    count_all(desk.g, desk.st, held)
    key, best = key_of(desk.g, desk.st), empty_best(desk.g)
    remember(desk.st, best, key)
    one = max(float(key[2]) / PPM / max(int(desk.st.size[:, 0].sum()), 1), 1.0)
    fines = np.array([one / 3600, 2.0 * one, one / 3600, 2.0 * one])
    drawn = np.random.SeedSequence([ask.seed, 7 + number]).generate_state(1, np.uint64)
    rng = drawn | np.uint64(1)
    heat = np.array([WARM, COLD, A_MOVE, A_MOVE, MOST_A_MOVE]) * one
    for begun in range(0, steps, CHUNK):
        if cancelled():
            break
        chunk = min(CHUNK, steps - begun)
        anneal_nearby(desk.g, desk.st, desk.d, best, rng, key, fines, held, begun, chunk, steps, heat, desk.by)
        if progress:
            progress("again", begun + chunk, steps)
    desk.load_all(desk.turns_of(best.day, best.n))
    return Plan(tuple(desk.days()), {})


def _promises(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Weight of what is required and left out, below zero, the highest duty first."""
    order = list(dict.fromkeys(stop.duty for stop in problem.stops))
    lost = dict.fromkeys(order, 0.0)
    for stop in plan.unserved:
        if problem.stops[stop].required:
            lost[problem.stops[stop].duty] -= problem.stops[stop].weight
    return tuple(round(lost[duty], 6) for duty in order)

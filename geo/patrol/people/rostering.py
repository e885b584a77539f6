"""Rosters by constraint programming, week by week, fair over the weeks before and after. Imports the solver late.

One thread, a fixed seed and deterministic seconds: the same input gives the same roster in any process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from geo.errors import Cancelled
from geo.patrol.people.checker import Shortage, find_shortages
from geo.patrol.people.draft import draft_week
from geo.patrol.people.rules import RULES, Duty, RosterProblem, Rule, week_of
from geo.patrol.people.week_model import LACK_COST, SHIFTS_A_DAY, WeekModel

EFFORT: Final = 1.0
"""Deterministic seconds of the solver a step, two steps a week; each is two to four seconds of one thread."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something a roster lacks, and the rules of which any one, if it were dropped, would mend some of it.

    No rule: there are not enough such people in service at all.
    """

    shortage: Shortage
    in_the_way: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Duties by date, shift and person, and what they lack; ``proven`` if nothing less can be lacking."""

    duties: tuple[Duty, ...]
    obstacles: tuple[Obstacle, ...]
    proven: bool


def make_roster(
    problem: RosterProblem,
    *,
    seed: int = 1,
    effort: float = EFFORT,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Roster:
    """Roster some weeks.

    Parameters
    ----------
    problem
        Days, shifts, people, leave, the weeks before, rules.
    seed, effort
        The same give the same roster; ``effort`` is deterministic seconds a step, > 0.
    progress
        Called with (weeks done, weeks).
    cancelled
        Asked before each week.

    Returns
    -------
    Roster
        Keeps every rule (:data:`geo.patrol.people.rules.RULES`) always. Needs are met as far as that allows; what is
        lacking says which rule is in the way. Then as many days as people owe, then rest days, late shifts and
        numbers of shifts spread evenly within regulars and within auxiliaries, weeks before included.

    Raises
    ------
    Cancelled
        If asked to stop.
    """
    weeks = list(_weeks(problem))
    duties: list[Duty] = []
    obstacles: list[Obstacle] = []
    proven = True
    for done, days in enumerate(weeks):
        if cancelled is not None and cancelled():
            raise Cancelled("people.cancelled")
        week = _part(problem, days, duties)
        best, sure = _solve(week, seed, effort)
        lacks = find_shortages(week, best)
        if lacks:
            obstacles += _explain(week, lacks, seed, effort)
        duties += best
        proven &= sure
        if progress is not None:
            progress(done + 1, len(weeks))
    return Roster(tuple(sorted(duties)), tuple(obstacles), proven)


def _weeks(problem: RosterProblem) -> Iterator[range]:
    """Days of the roster by calendar week."""
    first = 0
    for day in range(1, len(problem.days) + 1):
        if day == len(problem.days) or week_of(problem.date(day)) != week_of(problem.date(first)):
            yield range(first, day)
            first = day


def _part(problem: RosterProblem, days: range, done: Sequence[Duty]) -> RosterProblem:
    return replace(
        problem,
        first_on=problem.date(days.start),
        days=problem.days[days.start : days.stop],
        before=(*problem.before, *done),
    )


def _explain(week: RosterProblem, lacks: Sequence[Shortage], seed: int, effort: float) -> list[Obstacle]:
    """Which rules are in the way of what is lacking: each is dropped in turn, and the rest solved for needs alone."""
    mends: dict[Shortage, list[Rule]] = defaultdict(list)
    for rule in RULES:
        freer, _ = _solve(week, seed, effort / 4, frozenset({rule}), needs_only=True)
        left = {(one.on_date, one.shift, one.lack): one.short for one in find_shortages(week, freer)}
        if sum(one.short for one in lacks) > sum(left.values()):
            for one in lacks:
                if left.get((one.on_date, one.shift, one.lack), 0) < one.short:
                    mends[one].append(rule)
    return [Obstacle(one, tuple(mends[one])) for one in lacks]


def _solve(
    week: RosterProblem, seed: int, effort: float, without: frozenset[Rule] = frozenset(), *, needs_only: bool = False
) -> tuple[list[Duty], bool]:
    """The best duties found for one week, and whether nothing less can be lacking.

    Leaders and licences are matters of regulars alone, so these are placed first and auxiliaries fill what is left;
    only where people are still lacking all are placed together.
    """
    duties: list[Duty] = []
    sure = True
    for kind in ("regular", "auxiliary"):
        group = tuple(person for person in week.people if person.kind == kind)
        if group:
            part = replace(week, people=group)
            found, proven = _place(part, duties, seed, effort, without, needs_only, last=kind == "auxiliary")
            duties += found
            sure &= proven
    if _lacks_of_people(week, duties):
        together, proven = _place(week, [], seed, effort, without, needs_only=True, hint=duties)
        if _cost(week, together) < _cost(week, duties):
            return together, proven
        sure &= proven
    return duties, sure


def _lacks_of_people(week: RosterProblem, duties: Sequence[Duty]) -> list[Shortage]:
    return [one for one in find_shortages(week, duties) if one.lack in ("people", "restday_people")]


def _cost(week: RosterProblem, duties: Sequence[Duty]) -> int:
    return sum(LACK_COST[one.lack] * one.short for one in find_shortages(week, duties))


def _place(
    week: RosterProblem,
    beside: Sequence[Duty],
    seed: int,
    effort: float,
    without: frozenset[Rule],
    needs_only: bool,
    *,
    last: bool = True,
    hint: Sequence[Duty] = (),
) -> tuple[list[Duty], bool]:
    """Duties of the week's people beside those that stand: first the least that can be lacking, then fair.

    ``last``: nobody comes after them, so numbers of people are theirs to fill.
    """
    first = draft_week(week, beside, (), SHIFTS_A_DAY) if last and not hint else []
    if first and not _lacks_of_people(week, [*beside, *first]):
        least, lacking, proven = first, 0, True
    else:
        least, lacking, proven = _run(WeekModel(week, beside, without, last), seed, effort, hint or first)
    if needs_only:
        return least, proven
    model = WeekModel(week, beside, without, last)
    model.hold_lacks(lacking)
    fair, _, _ = _run(model, seed, effort, draft_week(week, beside, least, SHIFTS_A_DAY) if last else least)
    return fair or least, proven


def _run(model: WeekModel, seed: int, effort: float, hint: Sequence[Duty]) -> tuple[list[Duty], int, bool]:
    """Duties, what the model's goal costs with them, and whether that is the least."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    model.hint(hint)
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):  # nobody on duty breaks no rule, so only time can lack
        return [], 1 << 40, False
    return model.duties(solver), round(solver.objective_value), status == cp_model.OPTIMAL

"""Rosters by constraint programming, week by week, fair over the weeks before and after. Imports the solver late.

One thread, a fixed seed and deterministic seconds: the same input gives the same roster in any process.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Cancelled
from geo.patrol.people.checker import Lack, Shortage, find_shortages
from geo.patrol.people.draft import burdens_of, draft_week, past_of
from geo.patrol.people.rules import DAY_MIN, RULES, Duty, RosterProblem, Rule, Shift, week_of

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

EFFORT: Final = 1.0
"""Deterministic seconds of the solver a step, two steps a week; each is two to four seconds of one thread."""

LACK_COST: Final[Mapping[Lack, int]] = {
    "leader": 6_000, "licensed": 6_000, "regular": 4_000, "people": 4_000, "restday_people": 4_000,
}  # fmt: skip
SPARE: Final = 1
"""People on a shift beyond what it needs, unless it takes whoever else works that day."""

SHIFTS_A_DAY: Final = 2

IDLE_COST: Final = 60
"""A day somebody could work and does not, up to the days a week they owe."""

SPREAD_COST: Final[Mapping[str, int]] = {"restdays": 25, "late": 25, "shifts": 4}
"""Each step between those who have most and those who have least, of one kind of staff."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something a roster lacks, and the rules of which any one, if it were dropped, would mend some of it.

    No rule: there are not enough such people in service at all.
    """

    shortage: Shortage
    in_the_way: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Duties by date, shift and person, and what they lack; ``proven`` if every week is the best there is."""

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
        least, lacking, proven = _run(_Model(week, beside, without, last), seed, effort, hint or first)
    if needs_only:
        return least, proven
    model = _Model(week, beside, without, last)
    model.hold_lacks(lacking)
    fair, _, _ = _run(model, seed, effort, draft_week(week, beside, least, SHIFTS_A_DAY) if last else least)
    return fair or least, proven


def _run(model: _Model, seed: int, effort: float, hint: Sequence[Duty]) -> tuple[list[Duty], int, bool]:
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


class _Model:
    """One week as a model: who is on which shift of which day, who leads it, who works at all."""

    def __init__(self, week: RosterProblem, beside: Sequence[Duty], without: frozenset[Rule], last: bool) -> None:
        from ortools.sat.python import cp_model

        self.week, self.without, self.last = week, without, last
        self.beside: dict[tuple[dt.date, str], list[Duty]] = defaultdict(list)
        for duty in beside:
            self.beside[duty.on_date, duty.shift].append(duty)
        self.model: CpModel = cp_model.CpModel()
        self.on: dict[tuple[int, int, str], IntVar] = {}
        self.leads: dict[tuple[int, int, str], IntVar] = {}
        self.works: dict[tuple[int, int], IntVar] = {}
        self.past = past_of(week)
        costs: list[Any] = []
        for day in range(len(week.days)):
            self._people_of(day)
            costs += self._needs(day)
        for person in week.people:
            self._rest(person.id)
        self.lacking = sum(costs)
        self.model.minimize(self.lacking)

    def hold_lacks(self, least: int) -> None:
        """From now on what is lacking costs no more than that, and the rest is made fair."""
        self.model.add(self.lacking <= least)
        costs = [one for person in self.week.people for one in self._idle(person.id)]
        self.model.minimize(sum(costs) + sum(self._fairness()))

    def hint(self, duties: Sequence[Duty]) -> None:
        """Begin the search from these duties."""
        if duties:
            there = {(d.person_id, (d.on_date - self.week.first_on).days, d.shift): d.role for d in duties}
            for key, variable in self.on.items():
                self.model.add_hint(variable, key in there)
            for key, variable in self.leads.items():
                self.model.add_hint(variable, there.get(key) == "leader")

    def duties(self, solver: Any) -> list[Duty]:
        """What the solver found."""
        return [
            Duty(self.week.date(day), code, person, "leader" if self._led(solver, (person, day, code)) else "member")
            for (person, day, code), variable in self.on.items()
            if solver.boolean_value(variable)
        ]

    def _led(self, solver: Any, key: tuple[int, int, str]) -> bool:
        return key in self.leads and bool(solver.boolean_value(self.leads[key]))

    def _people_of(self, day: int) -> None:
        """Variables of a day; people on leave have none."""
        held = self.week.held(day)
        for person in self.week.people:
            if self.week.away(person.id, self.week.date(day)) and "leave" not in self.without:
                continue
            mine = []
            for shift, need in held:
                key = (person.id, day, shift.code)
                self.on[key] = self.model.new_bool_var("")
                mine.append(self.on[key])
                if need.leader and person.kind == "regular":
                    self.leads[key] = self.model.new_bool_var("")
                    self.model.add_implication(self.leads[key], self.on[key])
            self.model.add(sum(mine) <= SHIFTS_A_DAY)
            if mine:
                self.works[person.id, day] = self.model.new_bool_var("")
                self.model.add_max_equality(self.works[person.id, day], mine)

    def _lack(self, short_of: Any, wanted: int, lack: Lack) -> list[Any]:
        if wanted <= 0:
            return []
        slack = self.model.new_int_var(0, wanted, "")
        self.model.add(short_of + slack >= wanted)
        return [LACK_COST[lack] * slack]

    def _needs(self, day: int) -> list[Any]:
        date, costs = self.week.date(day), []
        for shift, need in self.week.held(day):
            there = {p: self.on[p.id, day, shift.code] for p in self.week.people if (p.id, day, shift.code) in self.on}
            stand = len(self.beside[date, shift.code])
            if not need.takes_rest:
                self.model.add(sum(there.values()) <= max(0, need.people + SPARE - stand))
            if self.last:
                costs += self._lack(sum(there.values()), need.people - stand, "people")
            if not self.beside or not self.last:
                licensed = sum(variable for person, variable in there.items() if person.licensed(date))
                regular = sum(variable for person, variable in there.items() if person.kind == "regular")
                heads = [self.leads[p.id, day, shift.code] for p in there if (p.id, day, shift.code) in self.leads]
                self.model.add_at_most_one(heads)
                costs += self._lack(licensed, need.licensed, "licensed")
                costs += self._lack(regular, need.regular, "regular")
                costs += self._lack(sum(heads), int(need.leader), "leader")
        if self.last and self.week.days[day] == "restday":
            stand = len({duty.person_id for shift, _ in self.week.held(day) for duty in self.beside[date, shift.code]})
            at_all = sum(self.works[p.id, day] for p in self.week.people if (p.id, day) in self.works)
            if self.week.held(day):
                costs += self._lack(at_all, self.week.rules.restday_people - stand, "restday_people")
        return costs

    def _rest(self, person: int) -> None:
        """Overlaps, rest between days, minutes, days off, runs; the weeks before count."""
        week, rules, past = self.week, self.week.rules, self.past[person]
        count = len(week.days)
        for day in range(count):
            mine = self._shifts_of(person, day)
            for i, (shift, variable) in enumerate(mine):
                for other, second in mine[i + 1 :]:
                    if shift.overlaps(other):
                        self.model.add_at_most_one([variable, second])
            if "day_minutes" not in self.without and mine:
                self.model.add(sum(shift.minutes * variable for shift, variable in mine) <= rules.most_day_min)
            if "rest" not in self.without:
                self._rest_between(person, day, mine)
        worked = [self.works.get((person, day), 0) for day in range(count)]
        of_week = [shifts for on, shifts in past.items() if week_of(on) == week_of(week.first_on)]
        if "days_off" not in self.without:
            self.model.add(sum(worked) <= max(0, 7 - rules.days_off_week - len(of_week)))
        if "week_minutes" not in self.without:
            left = rules.most_week_min - sum(shift.minutes for shifts in of_week for shift in shifts)
            minutes = [s.minutes * variable for day in range(count) for s, variable in self._shifts_of(person, day)]
            self.model.add(sum(minutes) <= max(0, left))
        if "running" not in self.without:
            most = rules.most_days_running
            for last in range(count):
                span = range(last - most, last + 1)
                known = sum(week.date(day) in past for day in span if day < 0)
                self.model.add(sum(worked[day] for day in span if day >= 0) <= max(0, most - known))

    def _shifts_of(self, person: int, day: int) -> list[tuple[Shift, IntVar]]:
        return [
            (shift, self.on[person, day, shift.code])
            for shift, _ in self.week.held(day)
            if (person, day, shift.code) in self.on
        ]

    def _rest_between(self, person: int, day: int, mine: Sequence[tuple[Shift, IntVar]]) -> None:
        rules = self.week.rules
        if day == 0:
            yesterday = self.past[person].get(self.week.first_on - dt.timedelta(1), ())
            for shift, variable in mine:
                if any(shift.begin_min + DAY_MIN - one.end_min < rules.rest_after(one) for one in yesterday):
                    self.model.add(variable == 0)
            return
        for one, before in self._shifts_of(person, day - 1):
            for shift, variable in mine:
                if shift.begin_min + DAY_MIN - one.end_min < rules.rest_after(one):
                    self.model.add_at_most_one([before, variable])

    def _idle(self, person: int) -> list[Any]:
        """Days owed and not worked: what a full week has of them, leave taken off."""
        days = [self.works[person, day] for day in range(len(self.week.days)) if (person, day) in self.works]
        owed = min(len(days), max(0, 7 - self.week.rules.days_off_week - self._worked_of_week(person)))
        if not owed:
            return []
        idle = self.model.new_int_var(0, owed, "")
        self.model.add(sum(days) + idle >= owed)
        return [IDLE_COST * idle]

    def _worked_of_week(self, person: int) -> int:
        return sum(week_of(on) == week_of(self.week.first_on) for on in self.past[person])

    def _fairness(self) -> list[Any]:
        """How far the most burdened of a kind of staff is from the least burdened, in three counts."""
        costs: list[Any] = []
        for kind in sorted({person.kind for person in self.week.people}):
            group = [person.id for person in self.week.people if person.kind == kind]
            begun = burdens_of(self.week, group)
            for name, cost in SPREAD_COST.items():
                totals = [begun[name][person] + sum(self._counted(person, name)) for person in group]
                high = self.model.new_int_var(0, 10_000, "")
                low = self.model.new_int_var(0, 10_000, "")
                for person, total in zip(group, totals, strict=True):
                    self.model.add(total <= high)
                    if any(key[0] == person for key in self.works):
                        self.model.add(total >= low)
                costs.append(cost * (high - low))
        return costs

    def _counted(self, person: int, name: str) -> list[IntVar]:
        if name == "restdays":
            days = [day for day, kind in enumerate(self.week.days) if kind == "restday"]
            return [self.works[person, day] for day in days if (person, day) in self.works]
        pairs = [pair for day in range(len(self.week.days)) for pair in self._shifts_of(person, day)]
        return [variable for shift, variable in pairs if name == "shifts" or shift.late]

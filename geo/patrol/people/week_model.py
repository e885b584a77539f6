"""One week of a roster as a constraint model: what holds always, what is lacking, what is fair."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.patrol.people.checker import Lack
from geo.patrol.people.draft import burdens_of, past_of
from geo.patrol.people.rules import DAY_MIN, Duty, RosterProblem, Rule, Shift, week_of

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

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


class WeekModel:
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

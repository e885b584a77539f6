"""What is wrong with a roster, found without a solver: rules broken, and needs not met."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from geo.patrol.people.rules import DAY_MIN, Duty, RosterProblem, Rule, Shift, week_of

Lack = Literal["people", "licensed", "regular", "leader", "restday_people"]


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that somebody's duties break on a day."""

    rule: Rule | Literal["unknown", "overlap", "twice", "leads"]
    on_date: dt.date
    person_id: int


@dataclass(frozen=True, slots=True, order=True)
class Shortage:
    """A shift of a day (a whole rest day: no shift) that lacks ``short`` people of a kind."""

    on_date: dt.date
    shift: str
    lack: Lack
    short: int


def check_roster(problem: RosterProblem, duties: Sequence[Duty]) -> list[Breach]:
    """Rules that a roster breaks, by date and person; empty when it keeps all of them."""
    shifts = {shift.code: shift for shift in problem.shifts}
    dates = {problem.date(day): day for day in range(len(problem.days))}
    people = {person.id: person for person in problem.people}
    found: list[Breach] = []
    seen: set[tuple[dt.date, str, int]] = set()
    for duty in duties:
        key = (duty.on_date, duty.shift, duty.person_id)
        held = duty.on_date in dates and any(s.code == duty.shift for s, _ in problem.held(dates[duty.on_date]))
        if duty.person_id not in people or not held:
            found.append(Breach("unknown", duty.on_date, duty.person_id))
            continue
        if key in seen:
            found.append(Breach("twice", duty.on_date, duty.person_id))
        seen.add(key)
        if duty.role == "leader" and people[duty.person_id].kind != "regular":
            found.append(Breach("leads", duty.on_date, duty.person_id))
        if problem.away(duty.person_id, duty.on_date):
            found.append(Breach("leave", duty.on_date, duty.person_id))
    of: dict[int, dict[dt.date, list[Shift]]] = defaultdict(lambda: defaultdict(list))
    for duty in {Duty(d.on_date, d.shift, d.person_id) for d in (*problem.before, *duties)}:
        if duty.shift in shifts:
            of[duty.person_id][duty.on_date].append(shifts[duty.shift])
    for person, days in of.items():
        if person in people:
            found += [one for one in _rest(problem, person, days) if one.on_date in dates]
    return sorted(set(found), key=lambda one: (one.on_date, one.person_id, one.rule))


def _rest(problem: RosterProblem, person: int, days: dict[dt.date, list[Shift]]) -> Iterable[Breach]:
    rules = problem.rules
    worked: dict[tuple[int, int], list[dt.date]] = defaultdict(list)
    run = 0
    for on in sorted(days):
        mine = sorted(days[on], key=lambda shift: shift.begin_min)
        for one, next_ in pairwise(mine):
            if one.overlaps(next_):
                yield Breach("overlap", on, person)
        if sum(shift.minutes for shift in mine) > rules.most_day_min:
            yield Breach("day_minutes", on, person)
        worked[week_of(on)].append(on)
        yesterday = days.get(on - dt.timedelta(1))
        run = run + 1 if yesterday else 1
        if run > rules.most_days_running:
            yield Breach("running", on, person)
        begins = mine[0].begin_min + DAY_MIN
        if yesterday and any(begins - shift.end_min < rules.rest_after(shift) for shift in yesterday):
            yield Breach("rest", on, person)
    for dates in worked.values():
        if len(dates) > 7 - rules.days_off_week:
            yield Breach("days_off", dates[-1], person)
        if sum(shift.minutes for on in dates for shift in days[on]) > rules.most_week_min:
            yield Breach("week_minutes", dates[-1], person)


def find_shortages(problem: RosterProblem, duties: Sequence[Duty]) -> list[Shortage]:
    """What shifts and rest days lack, by date, shift and kind; empty when every need is met."""
    people = {person.id: person for person in problem.people}
    on: dict[tuple[dt.date, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        on[duty.on_date, duty.shift].append(duty)
    found = []
    for day, kind in enumerate(problem.days):
        date = problem.date(day)
        for shift, need in problem.held(day):
            there = on[date, shift.code]
            persons = [people[duty.person_id] for duty in there if duty.person_id in people]
            lacks: tuple[tuple[Lack, int], ...] = (
                ("people", need.people - len(there)),
                ("licensed", need.licensed - sum(person.licensed(date) for person in persons)),
                ("regular", need.regular - sum(person.kind == "regular" for person in persons)),
                ("leader", int(need.leader) - sum(duty.role == "leader" for duty in there)),
            )
            found += [Shortage(date, shift.code, lack, short) for lack, short in lacks if short > 0]
        if kind == "restday":
            there_at_all = {duty.person_id for shift, _ in problem.held(day) for duty in on[date, shift.code]}
            short = problem.rules.restday_people - len(there_at_all)
            if short > 0 and problem.held(day):
                found.append(Shortage(date, "", "restday_people", short))
    return sorted(found)

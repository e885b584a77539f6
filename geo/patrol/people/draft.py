"""A first roster of a week by turns: whoever has had least of a burden takes the next, if rest rules let them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from geo.patrol.people.rules import DAY_MIN, Duty, Need, RestRules, RosterProblem, Shift, week_of

BURDENS: Final = ("restdays", "late", "shifts")

Days = Mapping[dt.date, Sequence[Shift]]


def past_of(week: RosterProblem) -> dict[int, dict[dt.date, list[Shift]]]:
    """What each person worked before the week, by date."""
    shifts = {shift.code: shift for shift in week.shifts}
    found: dict[int, dict[dt.date, list[Shift]]] = defaultdict(lambda: defaultdict(list))
    for on, code, person in dict.fromkeys((duty.on_date, duty.shift, duty.person_id) for duty in week.before):
        if code in shifts and on < week.first_on:
            found[person][on].append(shifts[code])
    return found


def burdens_of(week: RosterProblem, group: Sequence[int]) -> dict[str, Counter[int]]:
    """Rest days, late shifts and shifts that each of a group has had; who is new begins at the group's mean.

    Rest days of the weeks before are Saturdays and Sundays.
    """
    past = past_of(week)
    counts: dict[str, Counter[int]] = {name: Counter() for name in BURDENS}
    for person in group:
        for on, shifts in past[person].items():
            counts["restdays"][person] += on.weekday() >= 5
            counts["late"][person] += sum(shift.late for shift in shifts)
            counts["shifts"][person] += len(shifts)
    known = [person for person in group if past[person]]
    for of in counts.values():
        for person in group:
            if not past[person] and known:
                of[person] = round(sum(of[one] for one in known) / len(known))
    return counts


def fits(days: Days, on: dt.date, shift: Shift, rules: RestRules, shifts_a_day: int) -> bool:
    """Whether somebody who works ``days`` can also work a shift of a date, by every rule but leave.

    Examples
    --------
    >>> night, dawn = Shift("night", 1320, 1500), Shift("dawn", 360, 540)
    >>> day = dt.date(2026, 11, 24)
    >>> yesterday = {day - dt.timedelta(1): [night]}
    >>> fits(yesterday, day, dawn, RestRules(), 2), fits({day: [night]}, day, dawn, RestRules(), 2)
    (False, True)
    """
    mine = days.get(on, ())
    if len(mine) >= shifts_a_day or any(shift.overlaps(one) for one in mine):
        return False
    if sum(one.minutes for one in mine) + shift.minutes > rules.most_day_min:
        return False
    one_day = dt.timedelta(1)
    for before in days.get(on - one_day, ()):
        if shift.begin_min + DAY_MIN - before.end_min < rules.rest_after(before):
            return False
    for after in days.get(on + one_day, ()):
        if after.begin_min + DAY_MIN - shift.end_min < rules.rest_after(shift):
            return False
    week = [date for date in days if week_of(date) == week_of(on) and days[date]]
    if sum(one.minutes for date in week for one in days[date]) + shift.minutes > rules.most_week_min:
        return False
    if mine:
        return True
    run = 1
    for step in (-one_day, one_day):
        date = on + step
        while days.get(date):
            run, date = run + 1, date + step
    return run <= rules.most_days_running and len(week) < 7 - rules.days_off_week


def draft_week(week: RosterProblem, beside: Sequence[Duty], begun: Sequence[Duty], shifts_a_day: int) -> list[Duty]:
    """Add to ``begun`` until numbers of people are met beside those that stand, and everybody works the days they owe.

    Rest days are filled first, then late shifts, then the others, each by whoever has had least of it.
    """
    group = [person.id for person in week.people]
    counts = burdens_of(week, group)
    days = past_of(week)
    duties = list(begun)
    there: Counter[tuple[dt.date, str]] = Counter((duty.on_date, duty.shift) for duty in (*beside, *begun))
    held = [(day, shift, need) for day in range(len(week.days)) for shift, need in week.held(day)]
    shifts = {shift.code: shift for shift in week.shifts}

    def put(on: dt.date, shift: Shift, person: int) -> None:
        rest = week.days[(on - week.first_on).days] == "restday"
        counts["restdays"][person] += rest and not days[person].get(on)
        counts["late"][person] += shift.late
        counts["shifts"][person] += 1
        days[person].setdefault(on, []).append(shift)

    for duty in begun:
        put(duty.on_date, shifts[duty.shift], duty.person_id)

    def add(day: int, shift: Shift, people: Iterable[int]) -> bool:
        on = week.date(day)
        able = [
            one for one in people if not week.away(one, on) and fits(days[one], on, shift, week.rules, shifts_a_day)
        ]
        if not able:
            return False
        burden = "restdays" if week.days[day] == "restday" else "late" if shift.late else "shifts"
        person = min(able, key=lambda one: (not days[one].get(on), counts[burden][one], counts["shifts"][one], one))
        duties.append(Duty(on, shift.code, person))
        put(on, shift, person)
        there[on, shift.code] += 1
        return True

    held.sort(key=lambda one: (week.days[one[0]] != "restday", not one[1].late, one[0], one[1].begin_min))
    for day, shift, need in held:
        while there[week.date(day), shift.code] < need.people and add(day, shift, group):
            pass
    for day in range(len(week.days)):
        on, main = week.date(day), _main(week.held(day))
        while main is not None and week.days[day] == "restday":
            at_all = {duty.person_id for duty in (*beside, *duties) if duty.on_date == on}
            off = [one for one in group if not days[one].get(on)]
            if len(at_all) >= week.rules.restday_people or not add(day, main, off):
                break
    for day, shift, need in sorted(held, key=lambda one: one[0]):
        if need.takes_rest and week.days[day] == "workday":
            while add(day, shift, [one for one in group if not days[one].get(week.date(day))]):
                pass
    return duties


def _main(held: Sequence[tuple[Shift, Need]]) -> Shift | None:
    return max((shift for shift, _ in held), key=lambda shift: (shift.minutes, shift.code), default=None)

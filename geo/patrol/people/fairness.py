"""How burdens are spread: minutes, shifts, late shifts and rest days of each person, in a roster and before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from geo.patrol.people.rules import Duty, Shift, week_of

MEASURES = ("shifts", "late", "restdays", "minutes")


@dataclass(frozen=True, slots=True)
class Burden:
    """What somebody carries: shifts, of them late ones, rest days worked, minutes; whole numbers."""

    shifts: int = 0
    late: int = 0
    restdays: int = 0
    minutes: int = 0


def tally(shifts: Mapping[str, Shift], duties: Iterable[Duty], rests: Callable[[dt.date], bool]) -> dict[int, Burden]:
    """Burdens by person; nobody without a duty is in it.

    Parameters
    ----------
    shifts
        By code; duties on other shifts do not count.
    rests
        Whether a date is a rest day; one worked on two shifts counts once.

    Examples
    --------
    >>> shifts = {"day": Shift("day", 510, 1050), "night": Shift("night", 1080, 1320)}
    >>> on = dt.date(2026, 11, 28)
    >>> tally(shifts, [Duty(on, "day", 7), Duty(on, "night", 7)], lambda day: day.weekday() > 4)
    {7: Burden(shifts=2, late=1, restdays=1, minutes=780)}
    """
    seen: dict[int, list[Duty]] = {}
    for duty in duties:
        if duty.shift in shifts:
            seen.setdefault(duty.person_id, []).append(duty)
    return {
        person: Burden(
            len(mine),
            sum(shifts[duty.shift].late for duty in mine),
            len({duty.on_date for duty in mine if rests(duty.on_date)}),
            sum(shifts[duty.shift].minutes for duty in mine),
        )
        for person, mine in seen.items()
    }


def by_week(duties: Iterable[Duty]) -> dict[dt.date, list[Duty]]:
    """Duties by the Monday of their week, the first week first.

    Examples
    --------
    >>> sunday, monday = Duty(dt.date(2026, 11, 22), "day", 1), Duty(dt.date(2026, 11, 23), "day", 1)
    >>> [(str(start), len(found)) for start, found in by_week([monday, sunday]).items()]
    [('2026-11-16', 1), ('2026-11-23', 1)]
    """
    found: dict[tuple[int, int], list[Duty]] = {}
    for duty in duties:
        found.setdefault(week_of(duty.on_date), []).append(duty)
    return {dt.date.fromisocalendar(*week, 1): found[week] for week in sorted(found)}

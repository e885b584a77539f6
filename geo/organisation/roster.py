"""A bureau's usual week: who is on which shift, when nobody has written a roster.

The week of a small bureau [a real county plan of the same size: pairs by day, a few at dawn and at the
night market, a handful at weekends]: two auxiliaries of three work Monday to Friday, every third works
weekends and rests on two weekdays; licensed officers work by day from Monday to Friday, since formal
acts need two of them together and by daylight.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pandas import DataFrame

SHIFT_KINDS: Final = (
    ("morning", "晨查", dt.time(6, 0), dt.time(9, 0)),
    ("day", "日班", dt.time(8, 30), dt.time(17, 30)),
    ("midday", "午间巡查", dt.time(11, 30), dt.time(14, 30)),
    ("night_market", "夜市班", dt.time(17, 30), dt.time(22, 0)),
    ("night", "夜查", dt.time(22, 0), dt.time(1, 0)),
)
"""Code, name, start, end in local time; an end before the start is on the next day."""

DAWN: Final = ("morning", "midday")
DAY: Final = ("day",)
LATE: Final = ("night_market", "night")
"""Crews: the shifts that one person works in a day, under ten hours together."""

SATURDAY: Final = 5
LEADERS: Final = 3
LEADS: Final = {
    LATE: (2, 2, 0, 0, 0, 0, 0),
    DAWN: (1, 1, 1, 1, 1, None, None),
    DAY: (None, None, None, None, None, 2, 2),
}
"""Which of three regular officers without a licence leads a crew (带班领导), Monday to Sunday. By day on weekdays a
licensed officer leads; with fewer than three such regulars the crews have no leader, which the roster shows."""


def make_shift_kinds() -> DataFrame:
    """The kinds of shift a bureau starts with: ``code name start_time end_time``."""
    import pandas

    return pandas.DataFrame(SHIFT_KINDS, columns=["code", "name", "start_time", "end_time"])


def make_roster(staff: DataFrame, first_on: dt.date, days: int) -> DataFrame:
    """The usual roster for some days; that of a date does not depend on where the window begins.

    Everybody rests two days of any seven, nobody works over ten hours a day, after a late shift nobody is on the
    next dawn, and licensed officers are on duty only while their licence is valid.

    Parameters
    ----------
    staff
        Columns ``code kind licence_from_on licence_to_on active``, in the order in which people take turns.
    first_on, days
        First local date and how many.

    Returns
    -------
    DataFrame
        ``on_date shift_code staff role``, by date, shift and staff code; empty without staff.
    """
    import pandas

    working = staff[staff["active"].astype(bool)]
    regular = working[working["kind"] == "regular"]
    auxiliary = working.loc[working["kind"] == "auxiliary", "code"].tolist()
    rows: list[tuple[dt.date, str, str, str]] = []
    for offset in range(days):
        on = first_on + dt.timedelta(offset)
        spans = zip(regular["licence_from_on"], regular["licence_to_on"], strict=True)
        valid = [_licensed(first, last, on) for first, last in spans]
        licensed = [code for code, ok in zip(regular["code"], valid, strict=True) if ok]
        leaders = [code for code, ok in zip(regular["code"], valid, strict=True) if not ok]
        rows += [(on, *duty) for duty in _day(on, licensed, leaders, auxiliary)]
    frame = pandas.DataFrame(rows, columns=["on_date", "shift_code", "staff", "role"])
    return frame.sort_values(["on_date", "shift_code", "staff"], ignore_index=True)


def _licensed(first_on: object, last_on: object, on: dt.date) -> bool:
    """As :meth:`geo.patrol.problem.Person.licensed`: who is rostered as licensed is one who may act."""
    return isinstance(last_on, dt.date) and on <= last_on and not (isinstance(first_on, dt.date) and on < first_on)


def rests(number: int, on: dt.date) -> bool:
    """Whether the auxiliary with this running number rests on ``on``: the weekend, or two weekdays in a row.

    Examples
    --------
    >>> sum(rests(3, dt.date(2026, 11, 1) + dt.timedelta(day)) for day in range(7))
    2
    >>> [number for number in range(6) if not rests(number, dt.date(2026, 11, 22))]  # a Sunday
    [0, 3]
    """
    if number % 3:
        return on.weekday() >= SATURDAY
    first = number // 3 % 4
    return on.weekday() in (first, first + 1)


def _day(on: dt.date, licensed: list[str], leaders: list[str], auxiliary: list[str]) -> list[tuple[str, str, str]]:
    """(shift, person, role) of one date."""
    weekday = on.weekday()
    present = [code for number, code in enumerate(auxiliary) if not rests(number, on)]
    dawn = len(present) // 10 if weekday < SATURDAY else 0
    late = len(present) // 10 * 2
    crews = {DAWN: present[:dawn], DAY: present[dawn : len(present) - late], LATE: present[len(present) - late :]}
    duties = [(shift, code, "member") for shifts, crew in crews.items() for shift in shifts for code in crew]
    heads = leaders[-LEADERS:] if len(leaders) >= LEADERS else []
    if weekday < SATURDAY:
        duties += [("day", code, "member" if number else "leader") for number, code in enumerate(licensed)]
        duties += [("day", code, "member") for code in leaders if code not in heads]
    for shifts, week in LEADS.items():
        number = week[weekday]
        if heads and number is not None:
            duties += [(shift, heads[number], "leader") for shift in shifts]
    return duties

"""When a posture is in force: its days and hours, read against the county's calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from geo.calendars import DAY_S, join_intervals, open_intervals

MOST_DAYS: Final = 400
"""A posture that lasts longer is none."""


@dataclass(frozen=True, slots=True)
class Times:
    """First and last local day, both included, and hours as OSM opening text; no text: all day."""

    first_on: dt.date
    last_on: dt.date
    opening: str | None = None


def hours_on(times: Times, on: dt.date, calendar: str = "cn") -> list[tuple[int, int]]:
    """Seconds after local midnight of a day between which it is in force; an evening's hours past midnight count.

    Examples
    --------
    >>> exam = Times(dt.date(2026, 6, 7), dt.date(2026, 6, 9), "07:00-18:30")
    >>> hours_on(exam, dt.date(2026, 6, 9)), hours_on(exam, dt.date(2026, 6, 10))
    ([(25200, 66600)], [])
    >>> night = Times(dt.date(2026, 2, 16), dt.date(2026, 2, 16), "22:00-02:00")
    >>> hours_on(night, dt.date(2026, 2, 17))
    [(0, 7200)]
    """
    found = []
    for back in (1, 0):
        day = on - dt.timedelta(days=back)
        if times.first_on <= day <= times.last_on:
            shifted = [(a - back * DAY_S, b - back * DAY_S) for a, b in open_intervals(times.opening, day, calendar)]
            found += [(max(a, 0), min(b, DAY_S)) for a, b in shifted if b > 0 and a < DAY_S]
    return join_intervals(found)


def in_force(times: Times, local: dt.datetime, calendar: str = "cn") -> bool:
    """Whether it is in force at a local time.

    Examples
    --------
    >>> exam = Times(dt.date(2026, 6, 7), dt.date(2026, 6, 9), "07:00-18:30")
    >>> [in_force(exam, dt.datetime(2026, 6, 9, 18, m)) for m in (29, 30)]
    [True, False]
    """
    second = local.hour * 3600 + local.minute * 60 + local.second
    return any(low <= second < high for low, high in hours_on(times, local.date(), calendar))


def spans(times: Times, zone: ZoneInfo, calendar: str = "cn") -> list[tuple[int, int]]:
    """All of it as pairs of seconds of the Unix epoch, rising and apart."""
    found = []
    for number in range((times.last_on - times.first_on).days + 2):
        on = times.first_on + dt.timedelta(days=number)
        midnight = int(dt.datetime.combine(on, dt.time(), zone).timestamp())
        found += [(midnight + low, midnight + high) for low, high in hours_on(times, on, calendar)]
    return join_intervals(found)


def first_shared(one: Times, other: Times, calendar: str = "cn") -> tuple[dt.date, int, int] | None:
    """The first day on which both are in force at a time, and from when to when; None if never.

    Returns
    -------
    tuple or None
        Local day, and seconds after its midnight.

    Examples
    --------
    >>> exam = Times(dt.date(2026, 6, 7), dt.date(2026, 6, 9), "07:00-18:30")
    >>> fair = Times(dt.date(2026, 6, 8), dt.date(2026, 6, 20), "17:00-22:00")
    >>> first_shared(exam, fair)
    (datetime.date(2026, 6, 8), 61200, 66600)
    >>> first_shared(exam, Times(dt.date(2026, 6, 9), dt.date(2026, 6, 9), "19:00-22:00")) is None
    True
    """
    begin, end = max(one.first_on, other.first_on), min(one.last_on, other.last_on) + dt.timedelta(days=1)
    for number in range(min((end - begin).days + 1, MOST_DAYS)):
        on = begin + dt.timedelta(days=number)
        for low, high in hours_on(one, on, calendar):
            for from_s, to_s in hours_on(other, on, calendar):
                if max(low, from_s) < min(high, to_s):
                    return on, max(low, from_s), min(high, to_s)
    return None

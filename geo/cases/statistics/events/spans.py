"""A period as whole years, whole months and single days, so that few counts have to be added up."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

DAY = dt.timedelta(days=1)


class Span(NamedTuple):
    """Counts of one grain whose first days lie from ``first`` to ``last``, both included."""

    grain: str
    first: dt.date
    last: dt.date


def spans(first: dt.date, last: dt.date) -> list[Span]:
    """What to add up for the local days from ``first`` to ``last``, both included; none if ``last`` comes before.

    Examples
    --------
    >>> for span in spans(dt.date(2023, 11, 30), dt.date(2025, 2, 1)):
    ...     print(span.grain, span.first, span.last)
    day 2023-11-30 2023-11-30
    month 2023-12-01 2023-12-01
    year 2024-01-01 2024-01-01
    month 2025-01-01 2025-01-01
    day 2025-02-01 2025-02-01
    >>> spans(dt.date(2026, 3, 2), dt.date(2026, 3, 1))
    []
    """
    found: list[Span] = []
    now = first
    while now <= last:
        grain, after = _widest(now, last)
        if found and found[-1].grain == grain:
            found[-1] = found[-1]._replace(last=now)
        else:
            found.append(Span(grain, now, now))
        now = after
    return found


def _widest(now: dt.date, last: dt.date) -> tuple[str, dt.date]:
    """The widest grain that begins on a day and ends by ``last``, and the first day after it."""
    if now.day == 1:
        if now.month == 1 and (after := now.replace(year=now.year + 1)) - DAY <= last:
            return "year", after
        after = (now + 31 * DAY).replace(day=1)
        if after - DAY <= last:
            return "month", after
    return "day", now + DAY

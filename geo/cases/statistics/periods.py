"""The period a question is about."""

from __future__ import annotations

import datetime as dt

from geo.errors import Invalid


class PeriodBackwards(Invalid):
    """The last day comes before the first."""


def check_period(first: dt.date, last: dt.date) -> None:
    """Refuse a period that ends before it begins.

    Raises
    ------
    PeriodBackwards
        If it does.

    Examples
    --------
    >>> check_period(dt.date(2026, 1, 1), dt.date(2026, 1, 1))
    """
    if last < first:
        raise PeriodBackwards("statistics.backwards", first=first.isoformat(), last=last.isoformat())

"""The days a daily log, weekly summary or monthly bulletin is about."""

from __future__ import annotations

import datetime as dt

from geo.errors import Invalid
from geo.tables.bulletins import BULLETIN_KINDS


class UnknownKind(Invalid):
    """There is no such kind of bulletin; the facts list those there are."""


def period_of(kind: str, on: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the period a day is in: the day, its week from Monday on, its month.

    Raises
    ------
    UnknownKind
        If ``kind`` is none.

    Examples
    --------
    >>> [tuple(one.isoformat() for one in period_of(kind, dt.date(2026, 2, 25))) for kind in ("day", "week", "month")]
    [('2026-02-25', '2026-02-25'), ('2026-02-23', '2026-03-01'), ('2026-02-01', '2026-02-28')]
    """
    if kind == "day":
        return on, on
    if kind == "week":
        first = on - dt.timedelta(days=on.weekday())
        return first, first + dt.timedelta(days=6)
    if kind == "month":
        first = on.replace(day=1)
        return first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    raise UnknownKind("bulletins.unknown_kind", kind=kind, known=", ".join(BULLETIN_KINDS))


def before(kind: str, first: dt.date) -> tuple[dt.date, dt.date]:
    """The period before.

    Examples
    --------
    >>> [one.isoformat() for one in before("month", dt.date(2026, 3, 1))]
    ['2026-02-01', '2026-02-28']
    """
    return period_of(kind, first - dt.timedelta(days=1))

"""Local days as instants."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def midnight(on: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The moment a local day begins, UTC.

    Examples
    --------
    >>> midnight(dt.date(2026, 3, 1), ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-02-28T16:00:00+00:00'
    """
    return dt.datetime.combine(on, dt.time(), zone).astimezone(dt.UTC)


def span_of(first: dt.date, last: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """When some local days begin and when they have ended, UTC; both days included, the end itself is not.

    Examples
    --------
    >>> [at.isoformat() for at in span_of(dt.date(2026, 3, 28), dt.date(2026, 3, 29), ZoneInfo("Europe/Helsinki"))]
    ['2026-03-27T22:00:00+00:00', '2026-03-29T21:00:00+00:00']
    """
    return midnight(first, zone), midnight(last + dt.timedelta(days=1), zone)

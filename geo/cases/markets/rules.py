"""When a vendor point or a seasonal market is open to trade."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from geo.calendars import DAY_S, open_intervals

Standing = Literal["open", "closed", "before_season", "after_season"]


@dataclass(frozen=True, slots=True)
class Market:
    """A place of trade.

    ``valid_from_on`` is the first day of its season, ``valid_to_on`` the first day after; none: all year. ``opening``
    is OSM text; none: at all hours. ``slots`` is how many stalls are allowed; none: not told.
    """

    id: int
    name: str | None
    kind: str
    goods: str | None
    slots: int | None
    opening: str | None
    valid_from_on: dt.date | None
    valid_to_on: dt.date | None


def standing(market: Market, at: dt.datetime, calendar: str = "cn") -> Standing:
    """Whether trade is allowed there.

    Parameters
    ----------
    at
        Local time of the county, aware or not; only date and clock are read.
    calendar
        The county's.

    Raises
    ------
    OpeningUnreadable
        If the opening is outside what is read.

    Examples
    --------
    >>> season = dt.date(2026, 6, 1), dt.date(2026, 7, 1)
    >>> june = Market(1, "杨梅市场", "seasonal_market", "杨梅", 40, "06:00-22:00", *season)
    >>> [standing(june, dt.datetime(2026, 6, 30, h)) for h in (5, 6, 21, 22)]
    ['closed', 'open', 'open', 'closed']
    >>> standing(june, dt.datetime(2026, 7, 1, 9)), standing(june, dt.datetime(2026, 5, 31, 9))
    ('after_season', 'before_season')
    """
    on, second = at.date(), at.hour * 3600 + at.minute * 60 + at.second
    eve = on - dt.timedelta(days=1)
    if _in_season(market, on) and any(low <= second < high for low, high in _hours(market, on, calendar)):
        return "open"
    if _in_season(market, eve) and any(second + DAY_S < high for _, high in _hours(market, eve, calendar)):
        return "open"  # a night market goes on past midnight, also past the last night of its season
    if market.valid_from_on is not None and on < market.valid_from_on:
        return "before_season"
    if market.valid_to_on is not None and on >= market.valid_to_on:
        return "after_season"
    return "closed"


def _in_season(market: Market, on: dt.date) -> bool:
    begun = market.valid_from_on is None or on >= market.valid_from_on
    return begun and (market.valid_to_on is None or on < market.valid_to_on)


def _hours(market: Market, on: dt.date, calendar: str) -> list[tuple[int, int]]:
    return open_intervals(market.opening, on, calendar)

"""Whether a lamp should burn at an instant, by the plan of its circuit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from geo.cases.outages.sun import sun_times

Standing = Literal["lit", "saved", "day", "unknown"]
"""应亮, 节能关灯, 未到亮灯时段, 无方案: only a lamp that should be lit, or of which nobody knows, can be at fault."""


@dataclass(frozen=True, slots=True)
class Season:
    """One season of a plan; days as ``MM-DD``, both included, past the new year where the last is before the first."""

    plan: str
    first_day: str
    last_day: str
    on_after_sunset_min: int
    off_after_sunrise_min: int
    saving: str = "none"
    half_off: str | None = None

    def holds(self, on: dt.date) -> bool:
        """Whether the evening of a day is in it.

        Examples
        --------
        >>> winter = Season("A", "11-01", "02-29", -10, 10)
        >>> [winter.holds(dt.date(2026, *day)) for day in ((10, 31), (11, 1), (2, 28), (3, 1))]
        [False, True, True, False]
        """
        day = f"{on:%m-%d}"
        if self.first_day <= self.last_day:
            return self.first_day <= day <= self.last_day
        return day >= self.first_day or day <= self.last_day


@dataclass(frozen=True, slots=True)
class Night:
    """When a circuit burns in the night that begins on a day, and when its half-night lamps go off; all UTC."""

    on_at: dt.datetime
    off_at: dt.datetime
    half_off_at: dt.datetime


def night_of(seasons: Sequence[Season], evening: dt.date, lon: float, lat: float, zone: dt.tzinfo) -> Night | None:
    """The burning hours of the night that begins on a local day; None where no season holds or the sun does not set.

    Parameters
    ----------
    seasons
        Of one plan; the first that holds decides.
    lon, lat
        The county's point, degrees.
    zone
        The county's clock.
    """
    season = next((one for one in seasons if one.holds(evening)), None)
    today, tomorrow = sun_times(lon, lat, evening), sun_times(lon, lat, evening + dt.timedelta(days=1))
    if season is None or today is None or tomorrow is None:
        return None
    on_at = today[1] + dt.timedelta(minutes=season.on_after_sunset_min)
    off_at = tomorrow[0] + dt.timedelta(minutes=season.off_after_sunrise_min)
    half = {"none": off_at, "all_night": on_at}.get(season.saving)
    if half is None:
        clock = dt.time.fromisoformat(season.half_off or "")
        day = evening if clock.hour >= 12 else evening + dt.timedelta(days=1)
        half = min(max(dt.datetime.combine(day, clock, zone).astimezone(dt.UTC), on_at), off_at)
    return Night(on_at, off_at, half)


def standing(
    seasons: Sequence[Season], night_part: str | None, at: dt.datetime, lon: float, lat: float, zone: dt.tzinfo
) -> Standing:
    """Whether a lamp should burn.

    Parameters
    ----------
    seasons
        Of its circuit's plan; empty where nobody has set one.
    night_part
        ``half`` for a half-night lamp; a lamp of which nothing is said burns all night.
    at
        Aware.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> plan = [Season("节能", "01-01", "12-31", 10, -10, "half_night", "23:30")]
    >>> spot = (118.0, 28.3)
    >>> times = [dt.datetime(2026, 6, 10, *clock, tzinfo=zone) for clock in ((18, 0), (22, 0), (23, 45))]
    >>> [standing(plan, "half", at, *spot, zone) for at in times]
    ['day', 'lit', 'saved']
    >>> standing(plan, "whole", times[2], *spot, zone), standing([], "half", times[2], *spot, zone)
    ('lit', 'unknown')
    """
    today = at.astimezone(zone).date()
    nights = [night_of(seasons, today - dt.timedelta(days=back), lon, lat, zone) for back in (0, 1)]
    if all(night is None for night in nights):
        return "unknown"
    burning = next((night for night in nights if night and night.on_at <= at < night.off_at), None)
    if burning is None:
        return "day"
    return "saved" if night_part == "half" and at >= burning.half_off_at else "lit"

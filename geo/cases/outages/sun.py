"""When the sun rises and sets at a point."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

HORIZON_DEG: Final = 90.833
"""Zenith at rise and set: 50′ below the horizon, for refraction and the sun's half width."""


def sun_times(lon: float, lat: float, on: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
    """Sunrise and sunset of a day.

    Parameters
    ----------
    lon, lat
        Degrees, east and north positive.
    on
        Day at the point's own meridian; both instants lie within 14 hours of its noon there.

    Returns
    -------
    tuple or None
        Aware UTC, rounded to the minute; None where the sun stays up or down all day.

    Notes
    -----
    Equations of the NOAA Solar Calculator, after Meeus, *Astronomical Algorithms* (1991), ch. 15, 25 and 28, taken at
    the event itself by one iteration. Good to a minute between 72° S and 72° N; hills and houses are not looked at.

    Examples
    --------
    >>> rise, set_ = sun_times(114.17, 22.30, dt.date(2023, 6, 21))
    >>> east8 = dt.timezone(dt.timedelta(hours=8))
    >>> f"{rise.astimezone(east8):%H:%M} {set_.astimezone(east8):%H:%M}"
    '05:40 19:10'
    >>> sun_times(20.0, 80.0, dt.date(2023, 6, 21)) is None
    True
    """
    noon = dt.datetime(on.year, on.month, on.day, 12, tzinfo=dt.UTC) - dt.timedelta(minutes=4 * lon)
    found = []
    for sign in (-1, 1):
        at: dt.datetime | None = noon
        for _ in range(3):
            at = _event(noon, at, lat, sign) if at is not None else None
        if at is None:
            return None
        found.append((at + dt.timedelta(seconds=30)).replace(second=0, microsecond=0))
    return found[0], found[1]


def _event(noon: dt.datetime, near: dt.datetime, lat: float, sign: int) -> dt.datetime | None:
    """Rise (−1) or set (1) of the day of ``noon`` (mean solar), by the sun as it stands at ``near``."""
    declination, equation_min = _sun(near)
    phi = math.radians(lat)
    cosine = math.cos(math.radians(HORIZON_DEG)) / (math.cos(phi) * math.cos(declination)) - math.tan(phi) * math.tan(
        declination
    )
    if abs(cosine) > 1:
        return None
    return noon + dt.timedelta(minutes=sign * 4 * math.degrees(math.acos(cosine)) - equation_min)


def _sun(at: dt.datetime) -> tuple[float, float]:
    """Declination in radians and equation of time in minutes."""
    century = (at - dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)).total_seconds() / 86_400 / 36_525
    mean = math.radians((280.46646 + century * (36_000.76983 + century * 0.0003032)) % 360)
    anomaly = math.radians(357.52911 + century * (35_999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        math.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + math.sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + math.sin(3 * anomaly) * 0.000289
    )
    node = math.radians(125.04 - 1934.136 * century)
    longitude = mean + math.radians(centre - 0.00569 - 0.00478 * math.sin(node))
    tilt_deg = 23 + (26 + (21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))) / 60) / 60
    tilt = math.radians(tilt_deg + 0.00256 * math.cos(node))
    y = math.tan(tilt / 2) ** 2
    equation = (
        y * math.sin(2 * mean)
        - 2 * eccentricity * math.sin(anomaly)
        + 4 * eccentricity * y * math.sin(anomaly) * math.cos(2 * mean)
        - 0.5 * y * y * math.sin(4 * mean)
        - 1.25 * eccentricity**2 * math.sin(2 * anomaly)
    )
    return math.asin(math.sin(tilt) * math.sin(longitude)), 4 * math.degrees(equation)

"""λ and ρ of a place for one shift: how many violations would stand there if nobody came, and how soon they return.

λ(t) is derived from what a study of returns found (``zone_hazard``): new ones come a(t) an hour, by hour of the local
week, and each stays a mean time S if nobody comes, so that N' = a - N / S gives how many stand there at t
(M/M/∞, Little 1961). S is the study's median time from occurrence to closing over ln 2, since stays are taken as
exponential; it was seen under the patrols of the time, so λ is rather too low than too high. A record holds what was
found, not what was there: λ counts violations as the record would.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.calendars import get_calendar, is_public_holiday
from geo.patrol.demand.rules import ZoneRule
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.problem import Recurrence

Floats = NDArray[np.float64]

SUNDAY, WEDNESDAY = 6, 2
WARM_STAYS: Final = 4
"""Stays before the shift from which the number standing there is followed: what is left of the start is under 2 %."""

STAY_BOUNDS_S: Final = (5 * 60, 4 * 3600)
"""A stay outside says when files were closed, not when stalls left."""

THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Hazard:
    """What a study tells of a zone: new ones an hour by hour of the local week with 90 % bounds; ρ and S in minutes."""

    per_hour: Floats
    per_hour_lower: Floats
    per_hour_upper: Floats
    rho_min: float | None
    rho_lower_min: float | None
    rho_upper_min: float | None
    active_min: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """λ and ρ of a place in a shift.

    Parameters
    ----------
    per_minute, lower, upper
        Thousandths of violations standing there if nobody comes, one a minute of the shift; 0 while it is closed.
    rho_s, rho_lower_s, rho_upper_s
        Mean seconds to return.
    cap_s
        Longest time it may stay unvisited while open.
    basis
        ``study``; ``mixed`` where the study tells λ but not ρ or not the stay; ``start`` for start values of its class.
    """

    per_minute: tuple[int, ...]
    lower: tuple[int, ...]
    upper: tuple[int, ...]
    rho_s: int
    rho_lower_s: int
    rho_upper_s: int
    cap_s: int | None
    basis: str

    def recurrence(self, factor: float = 1.0) -> Recurrence:
        """For the solver, λ times a factor of the bureau.

        Examples
        --------
        >>> Rates((500, 1500), (0, 0), (0, 0), 900, 600, 1200, None, "study").recurrence(1.5).per_minute
        (750, 2250)
        """
        return Recurrence(tuple(int(one * factor + 0.5) for one in self.per_minute), self.rho_s, self.cap_s)


def standing(per_hour: Floats, stay_s: float, span: ShiftSpan) -> Floats:
    """How many violations stand there in each minute of a shift if nobody comes.

    Parameters
    ----------
    per_hour
        Shape (168,): new ones an hour, Monday 00:00 first, local time.
    stay_s
        Mean seconds each stays.

    Returns
    -------
    NDArray[np.float64]
        Shape (minutes of the shift,).

    Notes
    -----
    Within an hour a is constant, so each minute's step is exact: N → aS + (N − aS)·exp(−60 / S).

    Examples
    --------
    >>> shift = ShiftSpan(dt.date(2026, 5, 6), 8 * 3600, 10 * 3600, dt.datetime(2026, 5, 6))
    >>> standing(np.full(168, 4.0), 900.0, shift)[[0, -1]].round(2)
    array([0.98, 1.  ])
    """
    minutes = span.length_s // 60
    warm = math.ceil(WARM_STAYS * stay_s / 60)
    clock = span.from_s // 60 + np.arange(-warm, minutes)
    hour = _days(span.on_date, span.calendar, clock // (24 * 60)) * 24 + clock // 60 % 24
    level = per_hour[hour] / 3600 * stay_s
    keep = math.exp(-60 / stay_s)
    now = 0.0
    found = np.empty(len(clock))
    for minute, wanted in enumerate(level.tolist()):
        now = wanted + (now - wanted) * keep
        found[minute] = now
    return found[warm:]


def _days(on: dt.date, calendar: str, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weekday whose hours each minute has: a holiday is like a Sunday, a weekend day worked like a Wednesday."""
    days = {}
    for offset in np.unique(offsets).tolist():
        date = on + dt.timedelta(days=offset)
        worked = date in get_calendar(calendar).workdays
        days[offset] = SUNDAY if is_public_holiday(date, calendar) else WEDNESDAY if worked else date.weekday()
    return np.array([days[offset] for offset in offsets.tolist()])


def rates_of(
    hazard: Hazard | None, rule: ZoneRule, windows: Sequence[tuple[int, int]], span: ShiftSpan, busy: float = 1.0
) -> Rates:
    """λ and ρ of a place, from its study where there is one.

    Parameters
    ----------
    hazard
        None where no study tells of it.
    rule
        Of its class.
    windows
        When it is open, seconds after the shift's start.
    busy
        How busy it is against its class (:func:`geo.patrol.demand.zones.zone_weights`); only for start values.

    Notes
    -----
    Bounds of start values are a third and three times: nobody has counted there.
    """
    minute = np.arange(span.length_s // 60) * 60
    is_open = np.zeros(len(minute), dtype=bool)
    for low, high in windows:
        is_open |= (minute >= low) & (minute < high)
    if hazard is None:
        level = np.full(len(minute), rule.per_hour * busy / 3600 * rule.stay_s)
        rho_s = rule.rho_s
        bounds = max(rho_s // 2, 60), 2 * rho_s
        mean, least, most = (_thousandths(level * k * is_open) for k in (1, 1 / 3, 3))
        return Rates(mean, least, most, rho_s, *bounds, rule.cap_s, "start")
    known = hazard.active_min is not None and hazard.rho_min is not None
    stay = rule.stay_s if hazard.active_min is None else hazard.active_min * 60 / math.log(2)
    stay = min(max(stay, STAY_BOUNDS_S[0]), STAY_BOUNDS_S[1])
    found = [
        _thousandths(standing(per_hour, stay, span) * is_open)
        for per_hour in (hazard.per_hour, hazard.per_hour_lower, hazard.per_hour_upper)
    ]
    rho = [
        max(60, round((told if told is not None else rule.rho_s / 60 * k) * 60))
        for told, k in ((hazard.rho_min, 1), (hazard.rho_lower_min, 0.5), (hazard.rho_upper_min, 2))
    ]
    return Rates(found[0], found[1], found[2], rho[0], rho[1], rho[2], rule.cap_s, "study" if known else "mixed")


def _thousandths(standing: Floats) -> tuple[int, ...]:
    return tuple(np.floor(standing * THOUSAND + 0.5).astype(int).tolist())

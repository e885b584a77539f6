"""Rests of a kind of shift, as every team of it takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geo.calendars import DAY_S
from geo.patrol.demand.span import ShiftSpan

REST: Final = "break:"
"""Keys of rests begin so: ``break:<team>:<name>``."""


@dataclass(frozen=True, slots=True)
class BreakRule:
    """A rest of ``minutes`` that begins between two local times, seconds after midnight, both included."""

    name: str
    minutes: int
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest in a shift: ``windows`` in seconds after its start, none where its ``hours`` leave no room for it."""

    name: str
    service_s: int
    windows: tuple[tuple[int, int], ...]
    hours: str

    def key(self, team: str) -> str:
        """Key of a team's stop for it."""
        return f"{REST}{team}:{self.name}"


def rests_of(rules: Sequence[BreakRule], span: ShiftSpan) -> tuple[Rest, ...]:
    """The rests of a shift, by the time they may begin.

    Parameters
    ----------
    rules
        Of its kind of shift. In a shift that ends on the next day, times before its start are of that day.

    Examples
    --------
    >>> import datetime as dt
    >>> night = ShiftSpan(dt.date(2026, 11, 23), 79_200, 104_400, dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC))
    >>> rests_of([BreakRule("夜餐", 30, 0, 3600)], night)
    (Rest(name='夜餐', service_s=1800, windows=((7200, 12600),), hours='00:00-01:00'),)
    """
    found = []
    for rule in rules:
        low, high = window_of(rule, span.from_s, span.to_s)
        low, high = max(low, 0), min(high, span.length_s)
        fits = high - low >= rule.minutes * 60
        found.append(Rest(rule.name, rule.minutes * 60, ((low, high),) if fits else (), hours_of(rule)))
    return tuple(sorted(found, key=lambda rest: (rest.windows, rest.name)))


def window_of(rule: BreakRule, from_s: int, to_s: int) -> tuple[int, int]:
    """From when to when a rest lasts at most, seconds after the start of a shift between two seconds of a day.

    Examples
    --------
    >>> window_of(BreakRule("午餐", 30, 11 * 3600, 13 * 3600), 30_600, 63_000)
    (9000, 18000)
    """
    low = rule.from_s + (DAY_S if rule.from_s < from_s and rule.from_s + DAY_S < to_s else 0)
    high = rule.to_s + (DAY_S if rule.to_s < low else 0) + rule.minutes * 60
    return low - from_s, high - from_s


def hours_of(rule: BreakRule) -> str:
    """Between which clock times it begins.

    Examples
    --------
    >>> hours_of(BreakRule("午餐", 30, 11 * 3600, 13 * 3600 + 900))
    '11:00-13:15'
    """
    return "-".join(f"{second // 3600:02d}:{second % 3600 // 60:02d}" for second in (rule.from_s, rule.to_s))

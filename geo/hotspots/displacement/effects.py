"""During and after an operation against before, at the county's pace: found, expected, ratio, bounds.

Expected is what the same place had in the same hours and weekdays of weeks before, times what the rest of the county
had now and then. A dry month, a festival, or a gap in reporting that the whole county shares then explains nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]

WEEK_S: Final = 7 * 86_400
BASELINES: Final = 8
"""How many earlier windows an operation is compared with, if the record has them."""

AFTER_LEAST_S: Final = 14 * 86_400
AFTER_MOST_S: Final = 28 * 86_400
LEAST_EXPECTED: Final = 5.0
LEAST_BEFORE: Final = 10
"""Fewer events expected, or counted before, and nothing is said of the ratio."""

Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time with the earlier ones it is compared with; seconds of the Unix epoch.

    Where only some hours of it count, ``parts`` are those hours and ``rounds`` the hours of each of ``before``.
    """

    from_s: int
    to_s: int
    before: tuple[tuple[int, int], ...]
    parts: tuple[tuple[int, int], ...] = ()
    rounds: tuple[tuple[tuple[int, int], ...], ...] = ()

    def now(self, at_s: Whole) -> int:
        """Events (moments, rising) in it."""
        return int(count_in(at_s, self.parts or ((self.from_s, self.to_s),)).sum())

    def then(self, at_s: Whole) -> Whole:
        """Events in each of the earlier ones."""
        if not self.rounds:
            return count_in(at_s, self.before)
        return np.array([count_in(at_s, hours).sum() for hours in self.rounds], dtype=np.int64)

    def only(self, kept: Sequence[bool]) -> Window:
        """With some of the earlier ones."""
        before = tuple(itertools.compress(self.before, kept))
        return replace(self, before=before, rounds=tuple(itertools.compress(self.rounds, kept)))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a place had in a window.

    Parameters
    ----------
    found, before
        Events in the window, and in all windows before together.
    windows
        How many windows before.
    expected
        From before, at the county's pace.
    ratio, lower, upper
        Found to expected with 95 % bounds; none where there is too little to say.
    verdict
        ``less``, ``more``, ``none`` or ``insufficient``.
    """

    found: int
    before: int
    windows: int
    expected: float
    ratio: float | None
    lower: float | None
    upper: float | None
    verdict: str


def windows_of(from_s: int, to_s: int, first_s: int, end_s: int) -> tuple[Window | None, Window | None]:
    """The window during an operation and the one after, as far as the record goes.

    Parameters
    ----------
    from_s, to_s
        Of the operation.
    first_s, end_s
        Of the record.

    Returns
    -------
    tuple
        During, after; None where the record has nothing of the window or nothing before the operation. After lasts as
        long as the operation, at least 14 and at most 28 days. Windows before lie whole weeks earlier, do not overlap
        each other, and end before the operation began.

    Examples
    --------
    >>> day = 86_400
    >>> during, after = windows_of(100 * day, 107 * day, 0, 400 * day)
    >>> (during.before[0][0] // day, len(during.before)), (after.to_s // day, after.before[0][0] // day)
    ((93, 8), (121, 86))
    """
    lasting = min(max(to_s - from_s, AFTER_LEAST_S), AFTER_MOST_S)
    after_s = min(to_s + lasting, end_s)
    return _window(from_s, min(to_s, end_s), from_s, first_s), _window(to_s, after_s, from_s, first_s)


def _window(begin: int, end: int, began_s: int, first_s: int) -> Window | None:
    if end <= begin:
        return None
    step = -(-(end - begin) // WEEK_S) * WEEK_S
    shift = -(-max(end - began_s, 1) // WEEK_S) * WEEK_S
    before: list[tuple[int, int]] = []
    while len(before) < BASELINES and begin - shift >= first_s:
        before.append((begin - shift, end - shift))
        shift += step
    return Window(begin, end, tuple(before)) if before else None


def manned_window(
    parts: Sequence[tuple[int, int]], manned: Iterable[tuple[int, int]], first_s: int, end_s: int
) -> Window | None:
    """The hours somebody was there, with the same hours of the same weekdays before when nobody was.

    Parameters
    ----------
    parts
        The hours, rising and apart; those the record does not have are left out.
    manned
        Hours in which somebody was there, these and those of other times.
    first_s, end_s
        Of the record.

    Returns
    -------
    Window or None
        Each earlier round has one unmanned hour for each manned one, a whole number of weeks earlier and before the
        first of them, the nearest first, at most :data:`BASELINES` rounds; None where there is not even one.

    Examples
    --------
    >>> week, hour = WEEK_S, 3600
    >>> monday = lambda number: (number * week, number * week + hour)
    >>> found = manned_window([monday(6)], [monday(6), monday(5), monday(3)], 0, 50 * week)
    >>> [begin // week for begin, _ in found.before], found.rounds[0] == (monday(4),)
    ([4, 2, 1, 0], True)
    """
    kept = tuple((begin, end) for begin, end in parts if end <= end_s)
    if not kept:
        return None
    busy = sorted(manned)
    found: list[list[tuple[int, int]]] = []
    for begin, end in kept:
        free: list[tuple[int, int]] = []
        shift = -(-max(end - kept[0][0], 1) // WEEK_S) * WEEK_S
        while len(free) < BASELINES and begin - shift >= first_s:
            low, high = begin - shift, end - shift
            if not any(one < high and low < other for one, other in busy):
                free.append((low, high))
            shift += WEEK_S
        found.append(free)
    rounds = tuple(zip(*found, strict=False))  # as many as every hour has
    hulls = tuple((min(low for low, _ in hours), max(high for _, high in hours)) for hours in rounds)
    return Window(kept[0][0], kept[-1][1], hulls, kept, rounds) if rounds else None


def count_in(at_s: Whole, spans: tuple[tuple[int, int], ...]) -> Whole:
    """Events (moments, rising) in each span, its end not included.

    Examples
    --------
    >>> count_in(np.array([1, 2, 5]), ((0, 2), (2, 6))).tolist()
    [1, 2]
    """
    edges = np.array(spans, dtype=np.int64).reshape(-1, 2)
    return np.searchsorted(at_s, edges[:, 1], side="left") - np.searchsorted(at_s, edges[:, 0], side="left")


def effect(at_s: Whole, rest_s: Whole, window: Window) -> Effect:
    """What a place had in a window, against before and the rest of the county.

    Parameters
    ----------
    at_s
        Moments of the place's events, rising.
    rest_s
        Moments of the events of the rest of the county, rising; empty to take the county's pace as unchanged.

    Notes
    -----
    Ratio of ratios of counts (difference in differences on the logarithm), its variance the sum of the four
    reciprocals, times the dispersion of the windows before where they scatter more than chance. Source: log-odds of
    Poisson counts, Wheeler and Ratcliffe (2018), Crime Science 7 (weighted displacement difference), here as a ratio.

    Examples
    --------
    >>> before = np.repeat(np.arange(8) * WEEK_S, 10)
    >>> told = effect(np.r_[before, [8 * WEEK_S] * 3], np.zeros(0), Window(8 * WEEK_S, 9 * WEEK_S, tuple(
    ...     (k * WEEK_S, (k + 1) * WEEK_S) for k in range(8))))
    >>> told.found, told.expected, told.ratio, told.verdict
    (3, 10.0, 0.3, 'less')
    """
    found = window.now(at_s)
    if not window.before:
        return Effect(found, 0, 0, 0.0, None, None, None, "insufficient")
    earlier = window.then(at_s)
    now = window.now(rest_s)
    then = window.then(rest_s)
    paced = now > 0 and int(then.sum()) > 0
    pace = now / (then.sum() / len(then)) if paced else 1.0
    expected = float(earlier.mean() * pace)
    before = int(earlier.sum())
    told = {"found": found, "before": before, "windows": len(earlier), "expected": round(expected, 2)}
    if expected < LEAST_EXPECTED or before < LEAST_BEFORE:
        return Effect(**told, ratio=None, lower=None, upper=None, verdict="insufficient")  # type: ignore[arg-type]
    # Half an event keeps the bounds of a place that fell silent finite.
    variance = 1 / max(found, 0.5) + 1 / before + (1 / now + 1 / float(then.sum()) if paced else 0.0)
    error = float(np.sqrt(variance * dispersion(earlier, then if paced else None)))
    ratio = found / expected
    middle = max(found, 0.5) / expected
    lower, upper = middle * float(np.exp(-Z * error)), middle * float(np.exp(Z * error))
    verdict = "more" if lower > 1 else "less" if upper < 1 else "none"
    return Effect(**told, ratio=round(ratio, 4), lower=round(lower, 4), upper=round(upper, 4), verdict=verdict)  # type: ignore[arg-type]


def dispersion(counts: Whole, pace: Whole | None = None) -> float:
    """Variance to mean of counts at the pace of others, at least 1; 1 for fewer than four.

    Examples
    --------
    >>> dispersion(np.array([4, 4, 4, 4])), dispersion(np.array([0, 20, 0, 20]))
    (1.0, 13.333333333333334)
    """
    if len(counts) < 4 or counts.sum() == 0:
        return 1.0
    share = np.full(len(counts), 1 / len(counts)) if pace is None or pace.sum() == 0 else pace / pace.sum()
    hoped = np.maximum(counts.sum() * share, 1e-9)
    return max(1.0, float(((counts - hoped) ** 2 / hoped).sum() / (len(counts) - 1)))

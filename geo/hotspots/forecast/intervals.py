"""How many events a set of places will see: an expected number and an interval that may be checked next week.

One place sees none or one; a list of ninety sees "35 expected, 27 to 44". The interval holds the chance of single
events, bursts at single places, and the level of the whole, which moves all places together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.level import Level

Floats = NDArray[np.float64]

NOMINAL: Final = 0.8
DRAWS: Final = 4000


@dataclass(frozen=True, slots=True)
class SetInterval:
    """Expected events of a set of places, and the whole numbers between which they fall 8 times in 10."""

    expected: float
    lower: int
    upper: int


def draw_sums(mean: Floats, size: Floats, level: Level, draws: int = DRAWS, seed: int = 0) -> NDArray[np.int64]:
    """Draw totals of a set.

    Parameters
    ----------
    mean, size
        Shape (k,): expected events and negative-binomial size of each place of the set.
    level
        Its ``sd`` is the error common to all places; its ``mean`` is already in ``mean``.

    Returns
    -------
    NDArray[np.int64]
        Shape (draws,).

    Notes
    -----
    Gamma-mixed Poisson counts add up to a Poisson count of the summed gammas; their sum is drawn as one gamma with
    the same mean and variance, times a log-normal level of mean 1.
    """
    rng = np.random.default_rng(seed)
    whole = float(mean.sum())
    if whole <= 0:
        return np.zeros(draws, dtype=np.int64)
    variance = float((mean**2 / size).sum())
    bursts = rng.gamma(whole**2 / variance, variance / whole, draws) if variance > 0 else np.full(draws, whole)
    common = np.exp(rng.normal(-(level.sd**2) / 2, level.sd, draws))
    return rng.poisson(bursts * common)


def set_interval(
    mean: Floats, size: Floats, level: Level, nominal: float = NOMINAL, draws: int = DRAWS, seed: int = 0
) -> SetInterval:
    """The interval of a set's total.

    Returns
    -------
    SetInterval
        Whole numbers, both ends inside. Ends are mid-probability quantiles: half of an end's own probability counts
        as outside, so that intervals of small counts are not all too wide.

    Examples
    --------
    >>> set_interval(np.full(90, 0.5), np.full(90, 1.0), Level(300.0, 0.1))
    SetInterval(expected=45.0, lower=34, upper=57)
    """
    totals = draw_sums(mean, size, level, draws, seed)
    lower, upper = mid_quantiles(totals, nominal)
    return SetInterval(float(mean.sum()), lower, upper)


def mid_quantiles(totals: NDArray[np.int64], nominal: float) -> tuple[int, int]:
    """Central interval of whole numbers whose coverage is near ``nominal`` on average, not above it throughout.

    Examples
    --------
    >>> mid_quantiles(np.arange(101), 0.8)
    (10, 90)
    """
    values, times = np.unique(totals, return_counts=True)
    share = times / len(totals)
    middle = np.cumsum(share) - share / 2
    tail = (1 - nominal) / 2
    lower = int(np.searchsorted(middle, tail, side="left"))
    upper = int(np.searchsorted(middle, 1 - tail, side="right")) - 1
    upper = max(upper, lower) if lower < len(values) else len(values) - 1
    return int(values[min(lower, len(values) - 1)]), int(values[upper])

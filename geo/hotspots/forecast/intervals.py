"""How many events a set of places will see: an expected number and an interval that may be checked next week.

One place sees none or one; a list of ninety sees "35 expected, 27 to 44". The interval holds the chance of single
events, bursts at single places, and the level of the whole, which moves all places together. How wide it must be for
that is checked against the intervals of the weeks before (conformal calibration): where eight in ten held less often
than eight times in ten, a deeper interval is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.hotspots.forecast.level import Level

Floats = NDArray[np.float64]

NOMINAL: Final = 0.8
LEAST_EXPECTED: Final = 5.0
"""Events a set must be expected to see to be scored: below, whole numbers are too coarse for 8 in 10."""
UNBROKEN: Final = 10.0
"""Scores for which intervals are believed to hold as said, before any was checked."""
DEEPEST: Final = 0.998
TOGETHER: Final = 3.0
"""As how many independent sets the sets of one period count: a stormy week is one storm."""
FADE: Final = 13.0
"""Periods after which an earlier score counts half."""


@dataclass(frozen=True, slots=True)
class SetInterval:
    """Expected events of a set of places, and the whole numbers between which they fall 8 times in 10."""

    expected: float
    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Held:
    """How deep in their distributions earlier totals lay.

    Parameters
    ----------
    depth
        Shape (k,), 0 (at the median) to 1 (at an end); even on average where distributions are right.
    weight
        Shape (k,), > 0.
    """

    depth: Floats
    weight: Floats

    def share(self, nominal: float = NOMINAL) -> float:
        """The central share of a distribution that would have held ``nominal`` of the earlier totals.

        Notes
        -----
        ``UNBROKEN`` scores spread evenly stand beside the earlier ones. Source: distributional conformal prediction
        (Chernozhukov, Wüthrich & Zhu 2021), with fading weights for drift (Barber et al. 2023).

        Examples
        --------
        >>> Held(np.zeros(0), np.zeros(0)).share()
        0.8
        >>> even = (np.arange(100) + 0.5) / 100
        >>> right, narrow = Held(even, np.ones(100)), Held(np.sqrt(even), np.ones(100))
        >>> round(right.share(), 2), round(narrow.share(), 2)
        (0.8, 0.89)
        """
        order = np.argsort(self.depth, kind="stable")
        depth, weight = np.minimum(self.depth[order], DEEPEST), self.weight[order]
        whole = UNBROKEN + float(weight.sum())
        needed = nominal * whole
        # Rising in jumps at each depth and evenly between them.
        before = np.concatenate([[0.0], np.cumsum(weight)])
        after_jump = before[1:] + UNBROKEN * depth
        at = int(np.searchsorted(after_jump, needed))
        start = float(depth[at - 1]) if at else 0.0
        end = float(depth[at]) if at < len(depth) else 1.0
        reached = (needed - float(before[at])) / UNBROKEN
        return float(min(max(reached, start), end, DEEPEST))


def held_before(depth: Floats, before: int, own: int | None = None) -> Held:
    """What is known before a period of how earlier intervals held.

    Parameters
    ----------
    depth
        Shape (t, s), of s sets in t periods; NaN where a set was not scored.
    before
        0 to t; only earlier rows are looked at.
    own
        The set it is asked for: its own past counts in full, that of all others together as much again. None for a
        set without a past: the sets together count as ``TOGETHER``.

    Examples
    --------
    >>> held_before(np.array([[0.5, 0.1], [np.nan, 0.9]]), 1, own=0)
    Held(depth=array([0.5, 0.1]), weight=array([1., 1.]))
    """
    earlier = depth[:before]
    sets = depth.shape[1]
    share = np.full(sets, TOGETHER / max(sets, 1) if own is None else 1 / max(sets - 1, 1))
    if own is not None:
        share[own] = 1.0
    weight = 0.5 ** (np.arange(before - 1, -1, -1.0) / FADE)[:, None] * share
    known = np.isfinite(earlier)
    return Held(earlier[known], weight[known])


UNKNOWN: Final = Held(np.zeros(0), np.zeros(0))
"""Nothing was checked yet: distributions are taken as they are."""


def spread_of(mean: ArrayLike, burst: ArrayLike, sd: ArrayLike) -> Floats:
    """Size of the negative binomial of a set's total: variance = mean + mean² / size.

    Parameters
    ----------
    mean
        Expected total, >= 0.
    burst
        Variance beyond chance from single places, the sum of ``mean² / size`` over them.
    sd
        Relative error common to all places of the set.

    Examples
    --------
    >>> spread_of(100.0, 100.0, 0.1).round(1).tolist()
    49.8
    """
    whole = np.maximum(np.asarray(mean, dtype=np.float64), 1e-9)
    beyond = np.asarray(burst) * (1 + np.asarray(sd) ** 2) + (whole * np.asarray(sd)) ** 2
    return np.asarray(whole**2 / np.maximum(beyond, 1e-6 * whole))


def depth_of(came: Floats, mean: Floats, size: Floats) -> Floats:
    """How far from its median each total lay, 0 to 1: the share of the distribution in the central interval up to it.

    Notes
    -----
    A whole number's own probability counts half (mid-probability), so that small counts are spread evenly too.

    Examples
    --------
    >>> depth_of(np.array([10.0, 30.0]), np.full(2, 10.0), np.full(2, 1e4)).round(2).tolist()
    [0.04, 1.0]
    """
    from scipy.stats import nbinom

    p = size / (size + np.maximum(mean, 1e-9))
    middle = nbinom.cdf(came - 1, size, p) + 0.5 * nbinom.pmf(came, size, p)
    return np.asarray(np.abs(2 * middle - 1))


def set_interval(
    mean: Floats, size: Floats, level: Level, nominal: float = NOMINAL, held: Held = UNKNOWN
) -> SetInterval:
    """The interval of a set's total.

    Parameters
    ----------
    mean, size
        Shape (k,): expected events and negative-binomial size of each place of the set.
    level
        Its ``sd`` is the error common to all places; its ``mean`` is already in ``mean``.
    nominal
        Share of the totals that shall lie inside.
    held
        How deep earlier totals of such sets lay.

    Returns
    -------
    SetInterval
        Whole numbers, both ends inside. Ends are mid-probability quantiles: half of an end's own probability counts
        as outside, so that intervals of small counts are not all too wide.

    Notes
    -----
    Gamma-mixed Poisson counts add up to about one gamma-mixed Poisson count with the same mean and variance.

    Examples
    --------
    >>> set_interval(np.full(90, 0.5), np.full(90, 1.0), Level(300.0, 0.1))
    SetInterval(expected=45.0, lower=34, upper=57)
    """
    whole = float(mean.sum())
    if whole <= 0:
        return SetInterval(0.0, 0, 0)
    one = float(spread_of(whole, float((mean**2 / size).sum()), level.sd))
    lower, upper = mid_quantiles(whole, one, held.share(nominal))
    return SetInterval(whole, lower, upper)


def mid_quantiles(mean: float, size: float, share: float) -> tuple[int, int]:
    """Central interval of a negative binomial whose coverage is near ``share`` on average, not above it throughout.

    Examples
    --------
    >>> mid_quantiles(100.0, 1e6, 0.8)
    (88, 112)
    """
    from scipy.stats import nbinom

    p, tail = size / (size + mean), (1 - share) / 2
    lower = int(nbinom.ppf(tail, size, p))
    upper = int(nbinom.ppf(1 - tail, size, p))
    if nbinom.cdf(lower - 1, size, p) + 0.5 * nbinom.pmf(lower, size, p) < tail:
        lower += 1
    if nbinom.cdf(upper - 1, size, p) + 0.5 * nbinom.pmf(upper, size, p) > 1 - tail:
        upper -= 1
    return min(lower, max(upper, 0)), max(upper, lower)

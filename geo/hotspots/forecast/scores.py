"""How good a forecast was: hits in the list, and whether its probabilities can be believed.

``hit`` is the share of the period's events inside the first x % of places; PAI divides it by the share of the area;
PEI divides it by what a list made afterwards would have caught. All are pooled over periods, never averaged over
them, and compared period by period with a paired bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHARES: Final = (0.01, 0.02, 0.05)
DRAWS: Final = 4000
LEAST_PROBABILITY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Hits:
    """Events caught by lists of a given length, period by period.

    Parameters
    ----------
    caught, best, events
        Shape (t,): inside the list, inside the best list of that length made afterwards, altogether.
    places, all_places
        Length of the list and number of places.
    """

    caught: Floats
    best: Floats
    events: Floats
    places: int
    all_places: int

    @property
    def hit(self) -> float:
        """Share of events inside the list; 0 without events."""
        return _ratio(self.caught.sum(), self.events.sum())

    @property
    def pai(self) -> float:
        """Prediction accuracy index: hit over the share of places. Source: Chainey, Tompson & Uhlig 2008."""
        return self.hit / (self.places / self.all_places) if self.places else 0.0

    @property
    def pei(self) -> float:
        """Prediction efficiency index: hits over the most a list of that length could have had. Source: Hunt 2016."""
        return _ratio(self.caught.sum(), self.best.sum())


@dataclass(frozen=True, slots=True)
class Bound:
    """A difference with its 95 % bootstrap interval."""

    mean: float
    lower: float
    upper: float


def list_length(places: int, share: float) -> int:
    """How many places the first ``share`` of them are: rounded, at least 1 where there are any.

    Examples
    --------
    >>> list_length(8977, 0.01), list_length(20, 0.01), list_length(0, 0.01)
    (90, 1, 0)
    """
    return min(max(round(places * share), 1), places)


def ranking(score: Floats, seed: int) -> NDArray[np.intp]:
    """Places from the highest score down, ties in an order drawn with ``seed``.

    Examples
    --------
    >>> ranking(np.array([0.1, 0.9, 0.5]), seed=1).tolist()
    [1, 2, 0]
    """
    return np.lexsort((np.random.default_rng(seed).random(len(score)), -np.asarray(score, dtype=np.float64)))


def hits(scores: Floats, counts: Floats, share: float, seed: int = 0) -> Hits:
    """Events caught by the first ``share`` of places in each period.

    Parameters
    ----------
    scores, counts
        Shape (t, n): what was said, and what came.
    share
        0 to 1.
    seed
        For ties; each period draws its own order.

    Examples
    --------
    >>> one = hits(np.array([[3.0, 2.0, 1.0]]), np.array([[1.0, 4.0, 0.0]]), 1 / 3)
    >>> one.hit, round(one.pai, 2), one.pei
    (0.2, 0.6, 0.25)
    """
    t, n = counts.shape
    k = list_length(n, share)
    caught, best = np.zeros(t), np.zeros(t)
    for i in range(t):
        caught[i] = counts[i, ranking(scores[i], seed + i)[:k]].sum()
        best[i] = np.partition(counts[i], n - k)[n - k :].sum() if k else 0.0
    return Hits(caught, best, counts.sum(axis=1), k, n)


def log_loss(probability: Floats, counts: Floats, seen: NDArray[np.bool_] | None = None) -> Floats:
    """Mean logarithmic loss of "at least one event", in nats, for each period.

    Parameters
    ----------
    probability, counts
        Shape (t, n).
    seen
        Shape (t, n), False where nothing could be recorded; None for all True.

    Returns
    -------
    NDArray[np.float64]
        Shape (t,); 0 for a period nothing was seen of.

    Examples
    --------
    >>> log_loss(np.array([[0.5, 0.5]]), np.array([[0.0, 2.0]])).round(4).tolist()
    [0.6931]
    """
    p = np.clip(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    loss = -np.where(counts > 0, np.log(p), np.log1p(-p))
    if seen is None:
        return np.asarray(loss.mean(axis=1))
    return np.asarray((loss * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1))


def where_loss(mean: Floats, counts: Floats) -> Floats:
    """Surprise at where events fell, given how many there were, for each period.

    Returns
    -------
    NDArray[np.float64]
        Shape (t,), ``-sum(y log share)``: the multinomial log score, blind to errors of the level.

    Examples
    --------
    >>> where_loss(np.array([[3.0, 1.0]]), np.array([[2.0, 0.0]])).round(3).tolist()
    [0.575]
    """
    whole = np.maximum(mean.sum(axis=1, keepdims=True), LEAST_PROBABILITY)
    return np.asarray(-(counts * np.log(np.maximum(mean / whole, 1e-12))).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Said against seen in bins of the said probability, each with about as many places.

    Parameters
    ----------
    said, seen
        Shape (b,): mean probability and share of place-periods with an event.
    size
        Shape (b,), place-periods.
    """

    said: Floats
    seen: Floats
    size: NDArray[np.int64]

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of said and seen, weighted by size."""
        whole = float(self.size.sum())
        return float((np.abs(self.said - self.seen) * self.size).sum()) / whole if whole else 0.0


def calibrate(probability: Floats, counts: Floats, bins: int = 20) -> Calibration:
    """Compare said probabilities of "at least one" with what came.

    Parameters
    ----------
    probability, counts
        Any equal shape.
    bins
        Half of them hold as many place-periods each, half as much probability each. Equal probabilities stay together.

    Examples
    --------
    >>> calibrate(np.array([0.5, 0.5]), np.array([0.0, 3.0])).error
    0.0
    """
    p, y = np.ravel(probability), np.ravel(counts) > 0
    order = np.argsort(p, kind="stable")
    p, y = p[order], y[order]
    by_number = np.linspace(0, len(p), bins // 2 + 1).astype(np.int64)
    mass = np.cumsum(p)
    by_mass = np.searchsorted(mass, np.linspace(0, mass[-1] if len(p) else 0, bins // 2 + 1))
    edges = np.unique(np.concatenate([by_number, by_mass]))
    edges = np.unique(np.searchsorted(p, p[edges[edges < len(p)]]))
    if not len(p):
        return Calibration(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))
    size = np.diff(np.append(edges, len(p)))
    return Calibration(np.add.reduceat(p, edges) / size, np.add.reduceat(y.astype(np.float64), edges) / size, size)


def paired_bound(ours: Floats, theirs: Floats, weight: Floats, seed: int = 0, draws: int = DRAWS) -> Bound:
    """Difference of two pooled ratios with a bootstrap over periods, both resampled together.

    Parameters
    ----------
    ours, theirs
        Shape (t,): numerators of each period, such as events caught.
    weight
        Shape (t,): the common denominator, such as events.

    Returns
    -------
    Bound
        ``sum(ours - theirs) / sum(weight)`` and its 2.5 and 97.5 % points; all 0 without weight.

    Examples
    --------
    >>> paired_bound(np.array([3.0, 4.0]), np.array([2.0, 3.0]), np.array([10.0, 10.0]))
    Bound(mean=0.1, lower=0.1, upper=0.1)
    """
    difference = np.asarray(ours, dtype=np.float64) - theirs
    if not weight.sum() > 0:
        return Bound(0.0, 0.0, 0.0)
    pick = np.random.default_rng(seed).integers(0, len(weight), (draws, len(weight)))
    drawn = weight[pick].sum(axis=1)
    ratio = difference[pick].sum(axis=1)[drawn > 0] / drawn[drawn > 0]
    lower, upper = np.quantile(ratio, [0.025, 0.975])
    return Bound(float(difference.sum() / weight.sum()), float(lower), float(upper))


def binomial_band(n: int, nominal: float = 0.8) -> tuple[float, float]:
    """Where the share of ``n`` independent tries lies in 95 of 100 cases.

    Parameters
    ----------
    n
        >= 1.

    Examples
    --------
    >>> [round(edge, 3) for edge in binomial_band(260)]
    [0.75, 0.846]
    """
    from scipy.stats import binom

    low, high = binom.interval(0.95, n, nominal)
    return float(low) / n, float(high) / n


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0

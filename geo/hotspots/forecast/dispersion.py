"""What past forecasts teach about the next: the winner's curse at the top, and bursts beyond chance.

The highest forecasts are high partly by luck, and the counts at the busiest places come in bursts. Both are learned
from forecasts that were made without knowing the outcome, as two curves over the expected count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STRIPS: Final = 8
LIST_SHARES: Final = (0.01, 0.02, 0.05)
BINS: Final = 24
"""Steps of the correction; each holds about as many expected events, so that the top gets as many as the rest."""
STEADY: Final = 25.0
"""Events' worth of trust in the forecast as it stands, in each step."""
SIZES: Final = (0.05, 200.0)
"""Bounds of the negative-binomial size: from very bursty to Poisson."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Learned curves over the expected count of a place, relative to the average place's.

    Parameters
    ----------
    at
        Shape (b,), log of the relative expected count, ascending; empty for no correction.
    factor
        Shape (b,), seen over said; log-linear in between, and flat beyond the ends.
    size_intercept, size_slope
        ``log size = intercept + slope · log(expected count)`` of the negative binomial.
    set_sd
        Relative error common to the places of a list or a quarter, beyond that of the whole.
    """

    at: Floats
    factor: Floats
    size_intercept: float
    size_slope: float
    set_sd: float = 0.0

    def corrected(self, mean: Floats) -> Floats:
        """Expected counts after the winner's curse, adding up to the same whole; order is kept.

        Parameters
        ----------
        mean
            Shape (n,) or (t, n); each row is one period.
        """
        if not len(self.at):
            return mean
        average = np.maximum(mean.mean(axis=-1, keepdims=True), 1e-12)
        factor = np.interp(np.log(np.maximum(mean / average, 1e-12)), self.at, np.log(self.factor))
        fixed = mean * np.exp(factor)
        whole = fixed.sum(axis=-1, keepdims=True)
        return np.asarray(fixed * np.where(whole > 0, mean.sum(axis=-1, keepdims=True) / np.maximum(whole, 1e-12), 1.0))

    def size(self, mean: Floats) -> Floats:
        """Size of the negative binomial at each expected count: variance = mean + mean² / size."""
        log = self.size_intercept + self.size_slope * np.log(np.maximum(mean, 1e-9))
        return np.asarray(np.clip(np.exp(np.clip(log, -10, 10)), *SIZES))

    def probability_of_any(self, mean: Floats) -> Floats:
        """Probability of at least one event at each expected count."""
        size = self.size(mean)
        return np.asarray(-np.expm1(-size * np.log1p(mean / size)))


NONE: Final = Correction(np.zeros(0), np.zeros(0), float(np.log(SIZES[1])), 0.0)
"""Forecasts as they stand, Poisson."""


def learn_correction(mean: Floats, counts: Floats, seen: Floats | None = None) -> Correction:
    """Learn both curves from forecasts and what came.

    Parameters
    ----------
    mean, counts
        Shape (t, n): forecasts made before, and the outcome.
    seen
        Shape (t, n), exposure of the outcome; None for 1.

    Returns
    -------
    Correction
        :data:`NONE` below 100 events.

    Notes
    -----
    Each period's forecasts are scaled to what came altogether, so that an error of the level is not mistaken for one
    of the places. Steps are drawn towards 1 by ``STEADY`` events, and corrected counts never fall where forecasts
    rise. The negative binomial is fitted by maximum likelihood. Source: shrinkage of selected maxima (Efron 2011);
    negative-binomial dispersion as a power of the mean (Lloyd-Smith 2007; Cameron & Trivedi 1998, NB-P).

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> truth = rng.gamma(1.0, 0.2, 2000)
    >>> said = np.tile(truth, (20, 1)) * rng.gamma(4.0, 0.25, (20, 2000))
    >>> learned = learn_correction(said, rng.poisson(truth, (20, 2000)).astype(float))
    >>> bool(learned.factor[-1] < 0.8), bool(learned.factor[0] > 1.1)
    (True, True)
    """
    if counts.sum() < 100:
        return NONE
    exposed = mean if seen is None else mean * seen
    whole = exposed.sum(axis=1, keepdims=True)
    scale = np.where(whole > 0, counts.sum(axis=1, keepdims=True) / np.maximum(whole, 1e-12), 0.0)
    average = np.maximum(mean.mean(axis=1, keepdims=True), 1e-12)
    relative = np.log(np.maximum(mean / average, 1e-12)).ravel()
    said, came = (exposed * scale).ravel(), counts.ravel()
    order = np.argsort(relative, kind="stable")
    relative, said, came = relative[order], said[order], came[order]
    mass = np.cumsum(said)
    edges = np.unique(np.searchsorted(mass, np.linspace(0, mass[-1], BINS + 1)[:-1]))
    expected, events = np.add.reduceat(said, edges), np.add.reduceat(came, edges)
    at = np.add.reduceat(said * relative, edges) / np.maximum(expected, 1e-12)
    factor = (events + STEADY) / (expected + STEADY)
    at, first = np.unique(at, return_index=True)
    level = np.maximum.accumulate(at + np.log(factor[first]))
    factor = np.exp(level - at)
    curve = Correction(at, factor, 0.0, 0.0)
    fixed = curve.corrected(mean) * scale if seen is None else curve.corrected(mean) * seen * scale
    sized = Correction(at, factor, *_fit_size(fixed.ravel(), counts.ravel()))
    return replace(sized, set_sd=_set_error(fixed, counts, sized))


def part_totals(
    mean: Floats, counts: Floats, correction: Correction, lengths: Sequence[int]
) -> tuple[Floats, Floats, Floats]:
    """Totals of parts of all places: strips of places that stand together in order, and lists.

    Parameters
    ----------
    mean, counts
        Shape (t, n): corrected forecasts and the outcome.
    lengths
        Of the lists, in places.

    Returns
    -------
    said, came, burst
        Shape (t, s) each, lists last; ``burst`` is the variance that single places add to chance.
    """
    load = np.cumsum(mean.sum(axis=0))
    strip = np.minimum((load * STRIPS / max(float(load[-1]), 1e-12) - 1e-9).astype(np.int64), STRIPS - 1)
    edges = np.flatnonzero(np.diff(strip, prepend=-1))
    burst = mean**2 / correction.size(mean)
    order = np.argsort(-mean, axis=1, kind="stable")
    found = []
    for part in (mean, counts, burst):
        ranked = np.take_along_axis(part, order, axis=1)
        lists = np.stack([ranked[:, :k].sum(axis=1) for k in lengths], axis=1)
        found.append(np.concatenate([np.add.reduceat(part, edges, axis=1), lists], axis=1))
    return found[0], found[1], found[2]


def _set_error(mean: Floats, counts: Floats, correction: Correction) -> float:
    """Relative error of sets beyond chance and bursts."""
    lengths = [max(round(mean.shape[1] * share), 1) for share in LIST_SHARES]
    said, came, burst = part_totals(mean, counts, correction, lengths)
    whole = float((said**2).sum())
    beyond = float(((came - said) ** 2 - said - burst).sum())
    return float(np.sqrt(max(beyond / whole, 0.0))) if whole > 0 else 0.0


def _fit_size(mean: Floats, counts: Floats) -> tuple[float, float]:
    """Intercept and slope of the log size by maximum likelihood over bins of the mean."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    good = mean > 1e-9
    mean, counts = mean[good], np.rint(counts[good])
    step = np.floor(np.log(mean) * 4).astype(np.int64)
    kinds, inverse = np.unique(np.stack([step, counts.astype(np.int64)]), axis=1, return_inverse=True)
    number = np.bincount(inverse.ravel()).astype(np.float64)
    centre = np.bincount(inverse.ravel(), weights=mean) / number
    y = kinds[1].astype(np.float64)

    def loss(beta: Floats) -> float:
        r = np.clip(np.exp(np.clip(beta[0] + beta[1] * np.log(centre), -10, 10)), *SIZES)
        fit = gammaln(y + r) - gammaln(r) - (y + r) * np.log1p(centre / r) + y * np.log(centre / r)
        # A slope away from 0 has to earn itself.
        return -float(number @ fit) + 2.0 * float(beta[1] ** 2)

    found = minimize(loss, np.array([0.0, 0.3]), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3})
    return float(found.x[0]), float(found.x[1])

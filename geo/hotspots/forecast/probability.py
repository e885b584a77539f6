"""Any score made a probability: the same honest recalibration for every rival, so that log losses compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST: Final = 1e-5
PRIOR: Final = 1.0
"""Events and non-events' worth of the overall rate in each step: nothing is ever said to be impossible."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A rising step function from a place's rank within its period to its share of events.

    Parameters
    ----------
    score
        Shape (b,), ascending.
    rate
        Shape (b,): expected "at least one" per place, at the usual level.
    level
        Usual events per period.
    """

    score: Floats
    rate: Floats
    level: float

    def probability(self, score: Floats, level: Floats) -> Floats:
        """Probability of at least one event.

        Parameters
        ----------
        score
            Shape (t, n).
        level
            Shape (t,), forecast events per period: rates move with it.
        """
        if not len(self.score):
            return np.full(score.shape, LEAST)
        rate = np.interp(score, self.score, self.rate)
        busy = np.asarray(level / self.level if self.level > 0 else np.ones_like(level))[:, None]
        return np.asarray(np.clip(-np.expm1(-rate * busy), LEAST, 1 - LEAST))


def learn_steps(score: Floats, counts: Floats, seen: Floats | None = None) -> Steps:
    """Learn how often places with a given score see anything.

    Parameters
    ----------
    score, counts
        Shape (t, n).
    seen
        Shape (t, n), exposure; places under half seen are left out.

    Notes
    -----
    Isotonic regression (pool adjacent violators, Ayer et al. 1955) by scikit-learn over equal scores.

    Examples
    --------
    >>> learned = learn_steps(np.array([[1.0, 2.0, 3.0]] * 50), np.array([[0.0, 0.0, 1.0]] * 50))
    >>> learned.probability(np.array([[1.0, 3.0]]), np.array([1.0])).round(1).tolist()
    [[0.0, 1.0]]
    """
    from sklearn.isotonic import IsotonicRegression

    use = np.ones(score.shape, dtype=bool) if seen is None else seen >= 0.5
    if not use.any():
        return Steps(np.zeros(0), np.zeros(0), 0.0)
    values, inverse = np.unique(score[use], return_inverse=True)
    if len(values) > 2000:
        # Enough steps for any curve: many near the top, where few places stand.
        cut = np.unique(np.concatenate([_even(score[use], 500), _by_events(score[use], counts[use], 500)]))
        inverse = np.searchsorted(cut, score[use], side="right")
        number = np.bincount(inverse)
        held = np.flatnonzero(number)
        values = (np.bincount(inverse, weights=score[use]) / np.maximum(number, 1))[held]
        inverse = np.searchsorted(held, inverse)
    number = np.bincount(inverse).astype(np.float64)
    any_event = np.bincount(inverse, weights=counts[use] > 0)
    overall = float(any_event.sum() / number.sum())
    share = (any_event + PRIOR * overall) / (number + PRIOR)
    rising = IsotonicRegression(y_min=LEAST, y_max=1 - LEAST).fit_transform(values, share, sample_weight=number + PRIOR)
    return Steps(values, -np.log1p(-np.asarray(rising, dtype=np.float64)), float(counts.sum(axis=1).mean()))


def _even(score: Floats, steps: int) -> Floats:
    return np.quantile(score, np.linspace(0, 1, steps + 1)[1:])


def _by_events(score: Floats, counts: Floats, steps: int) -> Floats:
    hit = np.sort(score[counts > 0])
    return hit[np.linspace(0, len(hit) - 1, min(steps, len(hit))).astype(np.int64)] if len(hit) else hit

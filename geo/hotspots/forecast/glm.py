"""The challenger: a Poisson regression on the logarithms of recency-weighted rates, near and wide.

What the default forecast fixes by five numbers this one learns: how much a burst, a steady rate and the
neighbourhood each count, and with which power.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.decay import LONG_RUN, NO_INFORMATION, Decayed
from geo.hotspots.forecast.gamma_poisson import Recency
from geo.hotspots.forecast.gamma_poisson import fit as fit_gamma_poisson

Floats = NDArray[np.float64]

OWN: Final = (1.0, 3.0, 8.0, 20.0, 52.0, LONG_RUN)
AROUND: Final = {1: (8.0, 52.0, LONG_RUN), 4: (8.0, LONG_RUN), 36: (8.0, LONG_RUN)}
"""Times smoothed, ascending: half-lives. The widest tells a quarter that turns busy from one that always was."""
STEADIED: Final = (Recency(4, 52, 16, 30, 4), Recency(2, 16, 16, 60, 4), Recency(8, 104, 32, 60, 4))
HALF_LIVES: Final = tuple({*OWN, *(life for one in STEADIED for life in (one.fast, one.slow))})
FEATURES: Final = len(OWN) + sum(map(len, AROUND.values())) + len(STEADIED)
FLOOR: Final = 0.08
"""Added to every rate before its logarithm, as a share of the mean rate."""
RIDGE: Final = 1.0
MOST_ROWS: Final = 400_000
"""Quiet place-periods are drawn with a fixed seed beyond this and weigh more in return."""
STEPS: Final = 30
CLOSE_ENOUGH: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted regression: ``rate = exp(intercept + slopes · (x - centre) / scale)``, per expected event of level."""

    intercept: float
    slopes: Floats
    centre: Floats
    scale: Floats

    def relative_rate(self, features: Floats) -> Floats:
        """Shape (n,) from features (n, k): expected count as a multiple of the average place's."""
        return np.exp(np.clip(self.intercept + ((features - self.centre) / self.scale) @ self.slopes, -20, 20))


def features(decayed: Decayed, before: int) -> Floats:
    """What is known of each place before a period.

    Returns
    -------
    NDArray[np.float64]
        Shape (n, k), logarithms of rates relative to the mean place; 0 for an average place.
    """
    n = decayed.panel.places
    usual = max(decayed.average_level(before) / max(n, 1), NO_INFORMATION)
    rate: dict[float, Floats] = {}
    for half_life in OWN:
        counts, seen = decayed.known_sums(half_life, before)
        # A fiftieth of a period at the usual rate stands in where nothing could be seen.
        rate[half_life] = (counts + 0.02 * usual) / (seen + 0.02) / usual
    columns, around = list(rate.values()), dict(rate)
    done = 0
    for times, half_lives in AROUND.items():
        for half_life in half_lives:
            around[half_life] = decayed.smooth(around[half_life], times - done)
            columns.append(around[half_life])
        done = times
    for recency in STEADIED:
        mean = fit_gamma_poisson(decayed, before, recency).mean
        columns.append(mean / max(float(mean.mean()), NO_INFORMATION))
    return np.log(np.stack(columns, axis=1) + FLOOR)


def fit_regression(x: Floats, y: Floats, expected: Floats, weight: Floats | None = None) -> Regression:
    """Poisson regression with a ridge, by Newton's method.

    Parameters
    ----------
    x
        Shape (m, k).
    y
        Shape (m,), counts >= 0.
    expected
        Shape (m,), > 0: the count if every place were average; its logarithm is the offset.
    weight
        Shape (m,), > 0; None for 1.

    Returns
    -------
    Regression
        Without any count, intercept -20 and no slopes: nothing is expected.

    Notes
    -----
    Minimises ``sum(w (mu - y log mu)) + RIDGE |slopes|² / 2`` over standardised features; each step is halved until
    it improves, so the method cannot run away. A fit costs O(m k²) a step, 6 to 9 steps.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(4000, 2))
    >>> y = rng.poisson(np.exp(0.5 + 0.8 * x[:, 0]))
    >>> fitted = fit_regression(x, y, np.ones(4000))
    >>> [f"{slope:.1f}" for slope in np.abs(fitted.slopes / fitted.scale)]
    ['0.8', '0.0']
    """
    w = np.ones(len(y)) if weight is None else weight
    k = x.shape[1]
    if not len(y) or float(w @ y) <= 0:
        return Regression(-20.0, np.zeros(k), np.zeros(k), np.ones(k))
    total = float(w.sum())
    centre = (w @ x) / total
    scale = np.sqrt(np.maximum((w @ (x - centre) ** 2) / total, NO_INFORMATION))
    z = np.column_stack([np.ones(len(x)), (x - centre) / scale])
    offset = np.log(np.maximum(expected, NO_INFORMATION))
    ridge = np.full(k + 1, RIDGE)
    ridge[0] = 0.0
    beta = np.zeros(k + 1)
    beta[0] = np.log(float(w @ y) / float(w @ np.exp(offset)))
    loss, mu = _loss(z, y, offset, w, ridge, beta)
    for _ in range(STEPS):
        gradient = z.T @ (w * (y - mu)) - ridge * beta
        curvature = (z * (w * mu)[:, None]).T @ z + np.diag(ridge + NO_INFORMATION)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while True:
            tried, tried_mu = _loss(z, y, offset, w, ridge, beta + size * step)
            if tried <= loss or size < 1e-4:
                break
            size /= 2
        gained = loss - tried
        if gained <= 0:
            break
        beta, loss, mu = beta + size * step, tried, tried_mu
        if gained < CLOSE_ENOUGH * (1 + abs(loss)):
            break
    return Regression(float(beta[0]), beta[1:], centre, scale)


def _loss(z: Floats, y: Floats, offset: Floats, w: Floats, ridge: Floats, beta: Floats) -> tuple[float, Floats]:
    eta = np.clip(z @ beta + offset, -30, 20)
    mu = np.exp(eta)
    return float(w @ (mu - y * eta)) + float(ridge @ beta**2) / 2, mu


def fit_glm(decayed: Decayed, before: int, periods: int = 52, seed: int = 0) -> Regression:
    """Learn from the ``periods`` periods before ``before``, each seen with what was known before it.

    Notes
    -----
    10,000 places × 52 weeks: about 1 CPU s. Source: regression on lagged counts as in the crime-forecasting challenge
    of the NIJ (Mohler & Porter 2018); Poisson regression by IRLS (McCullagh & Nelder 1989).
    """
    return fit_regression(*learning_rows(decayed, before, periods, seed))


def learning_rows(
    decayed: Decayed, before: int, periods: int = 52, seed: int = 0
) -> tuple[Floats, Floats, Floats, Floats]:
    """What a regression learns from: features, counts, expected counts of an average place, weights.

    Parameters
    ----------
    before
        Index of the first period that must not be looked at.
    periods
        How many to learn from; fewer if there are fewer. The first eight are never used: nothing was known yet.
    seed
        Of the draw that thins quiet rows beyond ``MOST_ROWS``; those kept weigh more in return.

    Returns
    -------
    x, y, expected, weight
        Shapes (m, k), (m,), (m,), (m,); places that could not be seen are left out.
    """
    rng = np.random.default_rng(seed)
    n = decayed.panel.places
    for half_life in HALF_LIVES:
        decayed.path(half_life)
    learned = range(max(before - periods, min(8, before)), before)
    busy = float(np.count_nonzero(decayed.panel.counts[learned.start : before]))
    quiet_share = min(max((MOST_ROWS - busy) / max(len(learned) * n, 1), 0.02), 1.0)
    parts: list[tuple[Floats, Floats, Floats, Floats]] = []
    for i in learned:
        count, seen = decayed.panel.counts[i], decayed.panel.seen[i]
        quiet = count == 0
        kept = (~quiet | (rng.random(n) < quiet_share)) & (seen > NO_INFORMATION)
        expected = max(decayed.level_mean[i], NO_INFORMATION) / n * seen[kept]
        weight = np.where(quiet[kept], 1 / quiet_share, 1.0)
        parts.append((features(decayed, i)[kept], count[kept], expected, weight))
    if not parts:
        none = np.zeros(0)
        return np.zeros((0, FEATURES)), none, none, none
    x, y, expected, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
    return x, y, expected, weight


def glm_mean(decayed: Decayed, before: int, regression: Regression) -> Floats:
    """Expected count of each place in period ``before``, shape (n,); the places add up to the forecast level."""
    relative = regression.relative_rate(features(decayed, before))
    whole = float(relative.sum())
    return relative * (float(decayed.level_mean[before]) / whole if whole > 0 else 0.0)

"""Places that are no longer what they were: a market that moved is believed after two weeks, not after a year.

Half-lives are chosen for the many places that stay alike. Where the last weeks can hardly be chance any more, the
place's older record is set aside, as far as that is likely, and the weeks since the change speak for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.decay import Decayed
from geo.hotspots.forecast.gamma_poisson import Posterior, Recency, fit

Floats = NDArray[np.float64]

WINDOWS: Final = (2, 3, 4, 6, 9, 13, 20, 30)
"""Periods since the change that are tried."""

DOUBT: Final = 2.0
"""Beforehand it is believed that one place in n times e to this changed lately."""

LEAST_CHANCE: Final = 0.02
"""Places less likely to have changed are left as they were."""

STEADY: Final = 0.5
"""Events for which the place's earlier rate still stands."""

LEAST_SHARE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Changes:
    """Places that changed.

    Parameters
    ----------
    place
        Shape (k,), indices, rising.
    periods
        Shape (k,): how many periods ago each changed, as far as can be told.
    ratio, events
        Shape (k,): records since, over those the time before led to expect; and how many records since.
    before
        Shape (k,): the expected count without the change.
    chance
        Shape (k,): probability that it changed.
    """

    place: NDArray[np.intp]
    periods: NDArray[np.intp]
    ratio: Floats
    events: Floats
    before: Floats
    chance: Floats

    @property
    def likely(self) -> NDArray[np.intp]:
        """Places that changed more likely than not."""
        return self.place[self.chance > 0.5]


def find_changes(decayed: Decayed, before: int, recency: Recency, bursts: float = 1.0) -> Changes:
    """Places whose last periods do not fit what was known until then.

    Parameters
    ----------
    decayed
        The panel's sums.
    before
        Index of the period to come; only earlier ones are looked at.
    recency
        The forecast that is doubted.
    bursts
        Variance over mean of the counts; log likelihood ratios are divided by it.

    Returns
    -------
    Changes
        Empty with fewer than eight periods.

    Notes
    -----
    Generalised likelihood ratio over a few windows (Lai 1995) against a prior by which hardly one place of them all
    changed; expected counts are shares of what came altogether, so that a busy month changes no place. O(windows · n).

    Examples
    --------
    >>> from scipy.sparse import identity
    >>> from geo.hotspots.panel import Panel
    >>> counts = np.tile([9.0, 9.0, 0.0, 9.0], (30, 1))
    >>> counts[-2:] = [9.0, 0.0, 9.0, 9.0]
    >>> panel = Panel(np.datetime64("2026-01-05") + 7 * np.arange(30), 7, counts)
    >>> changes = find_changes(Decayed(panel, identity(4, format="csr")), 30, Recency(spread=0))
    >>> changes.likely.tolist(), changes.periods.tolist()
    ([1, 2], [2, 2])
    """
    panel = decayed.panel
    n = panel.places
    best, window = np.zeros(n), np.zeros(n, dtype=np.intp)
    ratio, events, usual = np.ones(n), np.zeros(n), np.zeros(n)
    for periods in (w for w in WINDOWS if before - w >= 8):
        start = before - periods
        share = fit(decayed, start, recency).mean
        share = share / max(float(share.sum()), LEAST_SHARE)
        seen, counts = panel.seen[start:before], panel.counts[start:before]
        whole = counts.sum(axis=1) / np.maximum(seen @ share, LEAST_SHARE)
        expected = share * (whole @ seen)
        came = counts.sum(axis=0)
        # The logarithm of the window: of two that fit alike the shorter is believed.
        gain = came * np.log((came + STEADY) / (expected + STEADY)) - (came - expected) - np.log(periods)
        better = (gain > best) & (expected + came > 1)
        best[better], window[better] = gain[better], periods
        ratio[better] = ((came + STEADY) / (expected + STEADY))[better]
        events[better], usual[better] = came[better], share[better]
    chance = 1 / (1 + n * np.exp(DOUBT - np.minimum(best / bursts, 500.0)))
    some = np.flatnonzero((chance > LEAST_CHANCE) & (window > 0))
    level = float(decayed.level_mean[before])
    return Changes(some, window[some], ratio[some], events[some], usual[some] * level, chance[some])


def follow(posterior: Posterior, changes: Changes) -> Posterior:
    """The posterior with the changed places at what they have become, as far as they changed; the others as they were.

    Notes
    -----
    Both possibilities together have a mean and a variance; the gamma with these stands for them.
    """
    if not len(changes.place):
        return posterior
    at, p = changes.place, changes.chance
    shape, rate = posterior.shape.copy(), np.array(posterior.rate)
    old, new = posterior.mean[at], np.maximum(changes.before * changes.ratio, LEAST_SHARE)
    mean = p * new + (1 - p) * old
    within = p * new**2 / (changes.events + STEADY) + (1 - p) * old**2 / shape[at]
    shape[at] = mean**2 / (within + p * (1 - p) * (new - old) ** 2)
    rate[at] = shape[at] / mean
    return Posterior(shape, rate, posterior.level)

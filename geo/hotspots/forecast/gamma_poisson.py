"""The default forecast: recency-weighted counts, steadied by a slower rate, steadied by the neighbourhood.

Three steps anybody can redo by hand. The neighbourhood's long-run rate stands for ``slow_weight`` periods beside the
place's own slow count; that rate stands for ``fast_weight`` periods beside the place's recent count. Each step is the
conjugate update of a gamma prior by Poisson counts, so that a posterior comes for free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.decay import LONG_RUN, NO_INFORMATION, Decayed
from geo.hotspots.forecast.level import Level

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recency:
    """How a place's past is weighed; chosen per group on validation periods.

    Parameters
    ----------
    fast, slow
        Half-lives in periods of the recent and of the steady count.
    fast_weight, slow_weight
        Periods for which the rate behind each stands (pseudo-periods, > 0).
    spread
        How often the long-run rate is averaged over the neighbourhood.
    """

    fast: float = 4.0
    slow: float = 52.0
    fast_weight: float = 16.0
    slow_weight: float = 30.0
    spread: int = 4


DEFAULT: Final = Recency()
"""Used where there is too little to choose by."""

HALF_LIVES: Final = (2.0, 3.0, 4.0, 8.0, 16.0, 26.0, 52.0)
SLOW: Final = (26.0, 52.0, 104.0, LONG_RUN)
WEIGHTS: Final = (4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
SLOW_WEIGHTS: Final = (8.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 960.0)
SPREADS: Final = (1, 4, 12)


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed about each place's expected count in the coming period.

    Parameters
    ----------
    shape, rate
        Shape (n,), > 0: the expected count is Gamma(shape, rate) if the whole comes out at ``level.mean``.
    level
        The whole; what it comes out at multiplies all places alike.
    """

    shape: Floats
    rate: Floats
    level: Level

    @property
    def mean(self) -> Floats:
        """Expected events per place in the coming period, shape (n,)."""
        return self.shape / self.rate


def fit(decayed: Decayed, before: int, recency: Recency = DEFAULT) -> Posterior:
    """The posterior for period ``before`` from the periods before it.

    Parameters
    ----------
    decayed
        The panel's recency-weighted sums.
    before
        0 to t: index of the period that is forecast; t is the one after the panel.
    recency
        See :class:`Recency`.

    Returns
    -------
    Posterior
        Shape (n,), in the panel's order; means add up to ``level.mean``. Without any event all places are alike and
        nothing is expected.

    Notes
    -----
    O(t n) for one period, O(n) where the sums are kept. Source: conjugate gamma-Poisson smoothing (Clayton & Kaldor
    1987) with exponential forgetting (Harvey & Fernandes 1989), nested twice.

    Examples
    --------
    >>> from scipy.sparse import identity
    >>> from geo.hotspots.panel import count_panel
    >>> panel = count_panel([0, 0, 1], ["2026-01-05", "2026-01-12", "2026-01-12"], None, 2, "2026-01-05", 2)
    >>> fit(Decayed(panel, identity(2, format="csr")), 2).mean.round(2).tolist()
    [1.05, 0.53]
    """
    level = Level(float(decayed.level_mean[before]), float(decayed.level_sd[before]))
    long_counts, long_seen = decayed.known_sums(LONG_RUN, before)
    around = decayed.smooth(_rate(long_counts, long_seen), recency.spread)
    counts, seen = decayed.known_sums(recency.slow, before)
    slow = (counts + recency.slow_weight * around) / (seen + recency.slow_weight)
    counts, seen = decayed.known_sums(recency.fast, before)
    shape = counts + recency.fast_weight * slow + NO_INFORMATION
    rate = np.broadcast_to(seen + recency.fast_weight, shape.shape)
    whole = float((shape / rate).sum())
    at_level = max(level.mean, NO_INFORMATION) / whole if whole > 0 else 1.0
    return Posterior(shape, rate / at_level, level)


def _rate(counts: Floats, seen: Floats) -> Floats:
    """Counts per opportunity; a place never seen gets the average of those that were."""
    seen = np.broadcast_to(seen, counts.shape)
    known = seen > NO_INFORMATION
    whole = float(seen[known].sum())
    usual = float(counts[known].sum()) / whole if whole > 0 else 0.0
    return np.where(known, counts / np.maximum(seen, NO_INFORMATION), usual)


def neighbours_of(recency: Recency) -> list[Recency]:
    """The choices one step away in one number, among the values on offer: what a search tries next.

    Examples
    --------
    >>> len(neighbours_of(Recency())), Recency(fast=8.0) in neighbours_of(Recency())
    (10, True)
    """
    offered: dict[str, tuple[float, ...]] = {
        "fast": HALF_LIVES,
        "slow": SLOW,
        "fast_weight": WEIGHTS,
        "slow_weight": SLOW_WEIGHTS,
        "spread": SPREADS,
    }
    found = []
    for name, values in offered.items():
        at = values.index(getattr(recency, name))
        near = [value for value in values[max(at - 1, 0) : at + 2] if value != values[at]]
        found += [replace(recency, **{name: value}) for value in near]  # type: ignore[arg-type]
    return found

"""Recency-weighted counts and what they should have been: the two sums every rate here is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.hotspots.forecast.level import forecast_levels
from geo.hotspots.panel import Panel

Floats = NDArray[np.float64]

LONG_RUN: Final = 416.0
"""Half-life in periods (eight years of weeks) that stands for all of history."""

NO_INFORMATION: Final = 1e-9


@dataclass(slots=True)
class Decayed:
    """Recency-weighted sums of a panel, each as known before a given period.

    Parameters
    ----------
    panel
        Counts, with exposure.
    smoothing
        Shape (n, n), rows sum to 1; ``Places.smoothing``.
    known
        Shape (t + 1,), calendar factors of the level, > 0; None for 1.

    Notes
    -----
    A count says little without its opportunity: ``opportunity`` is the period's level of the whole area (1 = average)
    times what could be seen at the place. A busy season thus does not make its places look worse than a calm one's,
    and a gap adds neither events nor opportunity: it makes the rate less certain, never lower.
    """

    panel: Panel
    smoothing: csr_matrix
    known: Floats | None = None
    level_mean: Floats = field(init=False)
    level_sd: Floats = field(init=False)
    _opportunity: Floats = field(init=False)
    _level: Floats = field(init=False)
    _sums: dict[float, tuple[NDArray[np.float32], Floats]] = field(init=False, default_factory=dict)
    _once: dict[tuple[float, int], tuple[Floats, Floats]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        totals = seen_totals(self.panel)
        self.level_mean, self.level_sd = forecast_levels(totals, self.panel.starts, self.panel.days, self.known)
        self._level = np.where(np.isfinite(totals), totals, 0.0)
        column = self._level[:, None]
        exposure = self.panel.exposure
        if exposure is not None and exposure.shape[1] and np.ptp(exposure, axis=1).max(initial=0.0) == 0:
            exposure = exposure[:, :1]
        self._opportunity = column if exposure is None else column * exposure

    def sums(self, half_life: float, before: int) -> tuple[Floats, Floats]:
        """Recency-weighted counts (n,) and opportunity (n,) or (1,) over the periods before ``before``.

        Parameters
        ----------
        half_life
            Periods after which a count weighs half.
        before
            0 to t; the last period counted is ``before - 1``, with weight 1.

        Returns
        -------
        counts, opportunity
            Opportunity is in periods at an average level; 0 where nothing could be seen.
        """
        weight = 0.5 ** (np.arange(before - 1, -1, -1.0) / half_life)
        average = self.average_level(before)
        counts = weight @ self.panel.counts[:before]
        return counts, (weight @ self._opportunity[:before]) / average

    def average_level(self, before: int) -> float:
        """Mean total of the observed periods before ``before``; tiny but positive if there was nothing."""
        level = self._level[:before]
        return max(float(level[level > 0].mean()) if (level > 0).any() else 0.0, NO_INFORMATION)

    def path(self, half_life: float) -> tuple[NDArray[np.float32], Floats]:
        """:meth:`sums` before every period: shapes (t + 1, n) and (t + 1, n or 1), opportunity in events of level.

        Notes
        -----
        Kept for the next caller. One pass, O(t n). Here opportunity is not yet divided by the average level, which
        differs from period to period.
        """
        if half_life not in self._sums:
            t, n = self.panel.counts.shape
            decay = 0.5 ** (1.0 / half_life)
            counts = np.zeros((t + 1, n), dtype=np.float32)
            opportunity = np.zeros((t + 1, self._opportunity.shape[1]))
            for i in range(t):
                np.multiply(counts[i], decay, out=counts[i + 1])
                counts[i + 1] += self.panel.counts[i]
                opportunity[i + 1] = opportunity[i] * decay + self._opportunity[i]
            self._sums[half_life] = counts, opportunity
        return self._sums[half_life]

    def prepare(self, half_lives: Iterable[float], before: int) -> None:
        """Keep :meth:`sums` of several half-lives for one period: the counts are read once for all of them."""
        lives = sorted(set(half_lives))
        weight = 0.5 ** (np.arange(before - 1, -1, -1.0)[None, :] / np.array(lives)[:, None])
        counts = weight @ self.panel.counts[:before]
        seen = (weight @ self._opportunity[:before]) / self.average_level(before)
        self._once = {(half_life, before): (counts[i], seen[i]) for i, half_life in enumerate(lives)}

    def known_sums(self, half_life: float, before: int) -> tuple[Floats, Floats]:
        """:meth:`sums`, taken from what is kept if it is: the same figures, sooner."""
        if half_life in self._sums:
            counts, opportunity = self._sums[half_life]
            return counts[before].astype(np.float64), opportunity[before] / self.average_level(before)
        if (half_life, before) in self._once:
            return self._once[half_life, before]
        return self.sums(half_life, before)

    def smooth(self, values: Floats, times: int) -> Floats:
        """``values`` (n,) averaged over the neighbourhood ``times`` times."""
        for _ in range(times):
            values = self.smoothing @ values
        return np.asarray(values, dtype=np.float64)


def seen_totals(panel: Panel) -> Floats:
    """What each period's total would have been, had everything been observed.

    Returns
    -------
    NDArray[np.float64]
        Shape (t,); NaN where less than a tenth of the usual events could have been recorded. What is usual is taken
        from the period itself and those before.

    Examples
    --------
    >>> from geo.hotspots.panel import count_panel
    >>> from dataclasses import replace
    >>> panel = count_panel([0, 1, 0], ["2026-01-01", "2026-01-01", "2026-01-08"], None, 2, "2026-01-01", 2)
    >>> half_blind = replace(panel, exposure=np.array([[1.0, 1.0], [1.0, 0.0]]))
    >>> seen_totals(panel).tolist(), seen_totals(half_blind).round(2).tolist()
    ([2.0, 1.0], [2.0, 2.0])
    """
    totals: Floats = panel.counts.sum(axis=1)
    if panel.exposure is None:
        return totals
    counts, exposure = np.zeros(panel.places), np.zeros(panel.places)
    share = np.zeros(panel.periods)
    for i in range(panel.periods):
        counts += panel.counts[i]
        exposure += panel.exposure[i]
        usual = counts / np.maximum(exposure, NO_INFORMATION) + NO_INFORMATION
        share[i] = float(panel.exposure[i] @ usual) / float(usual.sum()) if panel.places else 0.0
    return np.where(share >= 0.1, totals / np.maximum(share, 0.1), np.nan)

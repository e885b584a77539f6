"""Knox: whether an event draws more of its kind to the same spot and its surroundings in the days after."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.describe.clusters import near_pairs
from geo.hotspots.findings import FEW

Floats = NDArray[np.float64]

DISTANCES_M: Final = (1.0, 50.0, 100.0, 200.0, 400.0)
DAYS: Final = (7.0, 14.0, 28.0, 56.0)
PERMUTATIONS: Final = 99
LEAST_PERMUTATIONS: Final = 19
PAIRS_IN_ALL: Final = 200_000_000
"""Pairs compared over all permutations: some ten seconds."""


@dataclass(frozen=True, slots=True)
class Knox:
    """Pairs by distance and days between; all arrays of shape (distances, days).

    Parameters
    ----------
    distances_m, days
        Upper bound of each band, included; the first band begins at 0, included.
    observed
        Pairs in the band.
    expected
        As many if place and time had nothing to do with each other: the exact mean over all ways to swap dates.
    ratio
        ``observed / expected``; nan where fewer than five pairs are expected.
    low, high
        The middle 95 % of the ratio under chance; nan as ``ratio``.
    p
        Share of permutations with at least as many pairs, the data counted among them.
    permutations
        How many there were.
    first, second, cell
        The pairs behind the bands: two events each, and the number of the band (row by row).
    """

    distances_m: tuple[float, ...]
    days: tuple[float, ...]
    observed: NDArray[np.int64]
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats
    permutations: int
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cell: NDArray[np.int64]

    def members(self, i: int, j: int) -> NDArray[np.int64]:
        """Positions of the events in pairs of distance band i and day band j, rising."""
        mine = self.cell == i * len(self.days) + j
        last = max(int(self.first.max(initial=-1)), int(self.second.max(initial=-1)))
        inside = np.zeros(last + 1, dtype=bool)
        inside[self.first[mine]] = inside[self.second[mine]] = True
        return np.flatnonzero(inside)


def knox(
    x: Floats,
    y: Floats,
    day: Floats,
    *,
    distances_m: Sequence[float] = DISTANCES_M,
    days: Sequence[float] = DAYS,
    permutations: int = PERMUTATIONS,
    seed: int = 1,
) -> Knox:
    """Near repeats: pairs close in place and time against the same events with their dates swapped.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    day
        Shape (n,), days since any moment.
    distances_m, days
        Rising upper bounds of the bands.
    permutations
        How often the dates are swapped at most; with very many pairs fewer, at least 19.
    seed
        Of the permutations.

    Returns
    -------
    Knox
        Ratios near 1 mean chance. Without events all counts are 0 and all ratios nan.

    Raises
    ------
    TooManyPairs
        If more than 20 million pairs lie within the last distance.

    Notes
    -----
    Second reports of the same thing must be left out before, or they count as repeats. A repeat on a case still open
    counts too: a return after clearing is another question, which the recurrence room answers.
    Source: Knox (1964) Applied Statistics 13; ratios and permutations as in Ratcliffe and Rengert (2008).

    Examples
    --------
    >>> day = np.array([0.0, 1, 100, 101, 200, 201, 300, 301, 400, 401])
    >>> x = np.repeat([0.0, 5000, 10000, 15000, 20000], 2)
    >>> knox(x, np.zeros(10), day, distances_m=[1], days=[7, 500]).observed.tolist()
    [[5, 0]]
    """
    near, soon = np.asarray(distances_m, dtype=float), np.asarray(days, dtype=float)
    x, y, day = (np.asarray(values, dtype=float) for values in (x, y, day))
    first, second = near_pairs(x, y, float(near[-1]))
    apart = np.hypot(x[first] - x[second], y[first] - y[second])
    band = np.searchsorted(near, apart, side="left")
    inside = band < len(near)  # rounding may put a pair at the last bound just past it
    first, second, band = first[inside], second[inside], band[inside]

    by_band = np.argsort(band, kind="stable")
    first, second, band = first[by_band], second[by_band], band[by_band]
    edges = np.searchsorted(band, np.arange(len(near) + 1))

    def table(when: Floats) -> NDArray[np.int64]:
        gap = np.abs(when[first] - when[second])
        upto = [[np.count_nonzero(gap[a:b] <= bound) for bound in soon] for a, b in itertools.pairwise(edges)]
        counts = np.array(upto, dtype=np.int64)
        counts[:, 1:] -= counts[:, :-1].copy()
        return counts

    observed = table(day)
    rng = np.random.default_rng(seed)
    rounds = int(np.clip(PAIRS_IN_ALL // max(len(first), 1), LEAST_PERMUTATIONS, permutations))
    chance = np.stack([table(rng.permutation(day)) for _ in range(rounds)])
    expected = np.outer(np.bincount(band, minlength=len(near)), _share_by_lag(day, soon))
    enough = expected >= FEW
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(enough, observed / expected, np.nan)
        low, high = (np.where(enough, np.quantile(chance, q, axis=0) / expected, np.nan) for q in (0.025, 0.975))
    p = (1 + (chance >= observed).sum(axis=0)) / (rounds + 1)
    lag = np.searchsorted(soon, np.abs(day[first] - day[second]), side="left")
    kept = lag < len(soon)
    cell = (band * len(soon) + lag)[kept]
    bounds = tuple(near.tolist()), tuple(soon.tolist())
    return Knox(*bounds, observed, expected, ratio, low, high, p, rounds, first[kept], second[kept], cell)


def _share_by_lag(day: Floats, soon: Floats) -> Floats:
    """Share of all pairs of events whose dates lie in each band of days; zeros for fewer than two events."""
    n = len(day)
    if n < 2:
        return np.zeros(len(soon))
    ordered = np.sort(day)
    upto = [(np.searchsorted(ordered, ordered + bound, side="right") - 1 - np.arange(n)).sum() for bound in soon]
    return np.diff(np.asarray(upto, dtype=float), prepend=0.0) / (n * (n - 1) / 2)

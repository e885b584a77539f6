"""Emerging hot spots: where a place's share of the county's events rises or falls over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.describe.gi_star import ALPHA, binary, gi_star

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Trend = Literal["new", "intensifying", "persistent", "fading", "rising", "falling", "none"]

LEAST_SLICES: Final = 8
"""With fewer slices of time a trend cannot be told from chance whatever happens."""

LEAST_EVENTS: Final = 10
"""A neighbourhood with fewer events over the whole time is not judged."""


class TooFewSlices(Invalid):
    """The time is cut into too few slices for a trend; the facts say how many are needed."""


@dataclass(frozen=True, slots=True)
class Emerging:
    """Trends of places: ``s`` (Mann-Kendall), ``p`` (two-sided), ``trend`` in words, and whether it was ``judged``."""

    s: NDArray[np.int64]
    p: Floats
    trend: NDArray[np.str_]
    judged: NDArray[np.bool_]


def mann_kendall(series: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The Mann-Kendall test for a trend, column by column.

    Parameters
    ----------
    series
        Shape (t, n): t equal steps of time, oldest first; no nan.

    Returns
    -------
    tuple
        S, shape (n,): pairs that rise less pairs that fall; two-sided p, shape (n,): 1 where nothing changes.

    Notes
    -----
    Normal law with continuity and tie corrections, O(t² n). It takes the steps of a place as independent of each
    other; bursts that last several steps make it say trend too readily.
    Source: Mann (1945) Econometrica 13; Kendall (1975) Rank correlation methods.

    Examples
    --------
    >>> s, p = mann_kendall(np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [4.0, 5.0], [5.0, 5.0]]))
    >>> s.tolist(), p.round(3).tolist()
    ([10, 0], [0.027, 1.0])
    """
    from scipy.special import ndtr

    steps, places = series.shape
    s = np.zeros(places, dtype=np.int64)
    ties = np.zeros(places)
    for i in range(steps):
        s += np.sign(series[i + 1 :] - series[i]).sum(axis=0).astype(np.int64)
        equal = (series == series[i]).sum(axis=0)
        ties += (equal - 1) * (2 * equal + 5)
    variance = (steps * (steps - 1) * (2 * steps + 5) - ties) / 18
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, (np.abs(s) - 1) / np.sqrt(variance), 0.0)
    return s, np.minimum(1.0, 2 * ndtr(-np.maximum(z, 0.0)))


def emerging(counts: NDArray[np.int64], neighbours: csr_matrix, alpha: float = ALPHA) -> Emerging:
    """Which neighbourhoods gain or lose in the county's events, and which are hot now.

    Parameters
    ----------
    counts
        Shape (t, n), whole: events of each place in t equal slices of time, oldest first, t ≥ 8.
    neighbours
        Shape (n, n), as :func:`geo.hotspots.describe.gi_star.gi_star` takes it.
    alpha
        Share of false ones tolerated among the trends found, and again among the hot places.

    Returns
    -------
    Emerging
        In the order of the places. ``intensifying``, ``persistent`` and ``new`` are hot in the last quarter of the
        time (``new`` was not before), ``fading`` was hot before and is so no more or loses; ``rising`` and
        ``falling`` were never hot.

    Raises
    ------
    TooFewSlices
        If t < 8.

    Notes
    -----
    The trend is that of the neighbourhood's share of the county's events, not of Gi* itself: the z of a place that
    never has any event rises whenever the county's counts fall. Source: Mann-Kendall on local statistics per slice
    as in emerging hot spot analysis (ESRI 2014), judged by false discovery rate.
    """
    from scipy.stats import false_discovery_control

    slices, places = counts.shape
    if slices < LEAST_SLICES:
        raise TooFewSlices("describe.too_few_slices", slices=slices, needed=LEAST_SLICES)
    around = np.asarray((binary(neighbours) @ counts.T).T)
    total = counts.sum(axis=1, keepdims=True)
    s, p = mann_kendall(around / np.maximum(total, 1))
    judged = around.sum(axis=0) >= LEAST_EVENTS
    moved = np.zeros(places, dtype=bool)
    if judged.any():
        moved[judged] = false_discovery_control(p[judged]) <= alpha
    recent = max(slices // 4, 1)
    now = gi_star(counts[-recent:].sum(axis=0), neighbours, alpha).hot
    before = gi_star(counts[:-recent].sum(axis=0), neighbours, alpha).hot
    up, down = moved & (s > 0), moved & (s < 0)
    trend = np.select(
        [now & down, now & up & before, now & ~before, now, before & ~now, up, down],
        ["fading", "intensifying", "new", "persistent", "fading", "rising", "falling"],
        "none",
    )
    return Emerging(s, p, np.where(judged, trend, "none"), judged)

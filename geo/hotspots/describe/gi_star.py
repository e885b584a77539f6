"""Getis-Ord Gi*: where a place and its neighbours together hold more than chance would give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
ALPHA: Final = 0.05


class CountsBroken(Invalid):
    """Counts that are not whole numbers from 0 up, or not one per place."""


@dataclass(frozen=True, slots=True)
class GiStar:
    """Gi* of every place.

    Parameters
    ----------
    around
        Shape (n,): events in the place and its neighbours.
    expected
        Shape (n,): what the neighbourhood would hold if every place had the mean.
    z
        Shape (n,): the statistic of Ord and Getis (1995); nan where it is not defined (all counts alike).
    p
        Shape (n,): two-sided, exact under chance (see :func:`gi_star`).
    hot, cold
        Shape (n,): beyond chance after the false discovery rate is held.
    """

    around: NDArray[np.int64]
    expected: Floats
    z: Floats
    p: Floats
    hot: NDArray[np.bool_]
    cold: NDArray[np.bool_]


def gi_star(counts: NDArray[np.int64], neighbours: csr_matrix, alpha: float = ALPHA) -> GiStar:
    """Gi* with binary weights, p-values that hold for small counts, and false discoveries held down.

    Parameters
    ----------
    counts
        Shape (n,), whole, ≥ 0: events of each place.
    neighbours
        Shape (n, n), sparse; every stored entry makes a neighbour, the place itself included whether stored or not.
    alpha
        Share of false ones tolerated among the places found, 0 to 1.

    Returns
    -------
    GiStar
        In the order of ``counts``; empty arrays for no places.

    Raises
    ------
    CountsBroken
        If a count is negative or not whole, or the shapes differ.

    Notes
    -----
    The normal law that Gi* is usually judged by fails where most places have none: its tail then calls chance
    neighbourhoods hot. Here the sum over k places is held against its own distribution when the county's counts are
    dealt out at random: the k-fold convolution of their histogram (drawing with replacement, a trifle wider than
    without). False discovery rate by Benjamini and Hochberg (1995) on the two-sided p-values; neighbourhoods overlap,
    which leaves it valid (positive dependence: Benjamini and Yekutieli 2001).
    Source: Ord, Getis (1995) Local spatial autocorrelation statistics, Geographical Analysis 27.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> street = csr_matrix(np.abs(np.subtract.outer(range(400), range(400))) <= 1)
    >>> counts = np.ones(400, dtype=np.int64)
    >>> counts[[20, 21, 22]] = 9
    >>> np.flatnonzero(gi_star(counts, street).hot).tolist()
    [20, 21, 22]
    """
    from scipy.stats import false_discovery_control

    counts = np.asarray(counts)
    n = len(counts)
    if neighbours.shape != (n, n) or (n and (counts.min() < 0 or (counts != np.floor(counts)).any())):
        raise CountsBroken("describe.counts_broken", places=n, rows=neighbours.shape[0])
    whole = counts.astype(np.int64)
    if n == 0:
        none = np.zeros(0)
        return GiStar(whole, none, none, none, none.astype(bool), none.astype(bool))
    links = binary(neighbours)
    size = np.asarray(links.sum(axis=1)).ravel().astype(np.int64)
    around = np.asarray(links @ whole).astype(np.int64)
    upper, lower = _tails(whole, around, size)
    p = np.minimum(1.0, 2 * np.minimum(upper, lower))
    found = false_discovery_control(np.maximum(p, 1e-300)) <= alpha
    return GiStar(
        around, size * whole.mean(), _z(whole, around, size), p, found & (upper < lower), found & (lower < upper)
    )


def binary(neighbours: csr_matrix) -> csr_matrix:
    """Neighbours as ones, every place its own neighbour; float64, shape kept."""
    from scipy.sparse import csr_matrix, eye_array

    links = csr_matrix(neighbours + eye_array(neighbours.shape[0]))
    links.data = np.ones_like(links.data, dtype=np.float64)
    return links


def _z(counts: NDArray[np.int64], around: NDArray[np.int64], size: NDArray[np.int64]) -> Floats:
    n, mean, deviation = len(counts), counts.mean(), counts.std()
    if n < 2 or deviation == 0:
        return np.full(n, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (around - size * mean) / (deviation * np.sqrt(np.maximum(size * (n - size), 0) / (n - 1)))
    return np.where(size < n, z, np.nan)


def _tails(counts: NDArray[np.int64], around: NDArray[np.int64], size: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """P(sum ≥ around) and P(sum ≤ around) when ``size`` places are dealt counts at random."""
    single = np.bincount(counts) / len(counts)
    upper, lower = np.ones(len(counts)), np.ones(len(counts))
    law = np.ones(1)
    for k in range(1, int(size.max()) + 1):
        law = np.convolve(law, single)
        mine = np.flatnonzero(size == k)
        if len(mine):
            least = np.cumsum(law[::-1])[::-1]
            most = np.cumsum(law)
            upper[mine], lower[mine] = least[around[mine]], most[around[mine]]
    return np.minimum(upper, 1.0), np.minimum(lower, 1.0)

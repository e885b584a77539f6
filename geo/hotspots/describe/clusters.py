"""ST-DBSCAN: outbreaks, events close to each other in place and in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import TooLarge

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

WITHIN_M: Final = 150.0
WITHIN_DAYS: Final = 7.0
LEAST: Final = 8
SHUFFLES: Final = 19
MOST_PAIRS: Final = 20_000_000


class TooManyPairs(TooLarge):
    """More pairs of events close in place than are compared in one go; the facts say how to ask for less."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Outbreaks.

    Parameters
    ----------
    label
        Shape (n,): number of the outbreak of each event, 0, 1, …, by first event; −1 for none.
    by_chance
        How many outbreaks there are on average when the same events keep their spots and swap their dates: what
        mere busy places give.
    largest_by_chance
        Shape (shuffles,): size of the largest such outbreak in each shuffle; 0 where there was none.
    """

    label: NDArray[np.int64]
    by_chance: float
    largest_by_chance: NDArray[np.int64]


def st_dbscan(
    x: Floats,
    y: Floats,
    day: Floats,
    *,
    within_m: float = WITHIN_M,
    within_days: float = WITHIN_DAYS,
    least: int = LEAST,
    shuffles: int = SHUFFLES,
    seed: int = 1,
) -> Clusters:
    """Outbreaks by density in place and time.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    day
        Shape (n,), days since any moment.
    within_m, within_days
        Neighbours are at most this far apart in both.
    least
        Events within reach, itself included, that make an event the core of an outbreak.
    shuffles
        How often dates are swapped to see what chance gives; 0 to leave it out (``by_chance`` is nan).
    seed
        Of the shuffles.

    Returns
    -------
    Clusters
        In the order of the events; for no events nothing.

    Raises
    ------
    TooManyPairs
        If more than 20 million pairs lie within ``within_m``.

    Notes
    -----
    Two separate reaches, a cylinder and not an ellipsoid, as Birant and Kut (2007), ST-DBSCAN, Data & Knowledge
    Engineering 60; DBSCAN itself by scikit-learn on the sparse graph of neighbours.

    Examples
    --------
    >>> day = np.r_[np.zeros(8), np.arange(8) * 30.0]
    >>> st_dbscan(np.zeros(16), np.r_[np.zeros(8), np.ones(8) * 900], day, shuffles=0).label.tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1]
    """
    day = np.asarray(day, dtype=float)
    first, second = near_pairs(x, y, within_m)
    label = _ordered(_dbscan(first, second, day, within_days, least), day)
    rng = np.random.default_rng(seed)
    count, largest = [], []
    for _ in range(shuffles if len(day) else 0):
        shuffled = _dbscan(first, second, rng.permutation(day), within_days, least)
        sizes = np.bincount(shuffled[shuffled >= 0])
        count.append(len(sizes))
        largest.append(int(sizes.max(initial=0)))
    by_chance = float(np.mean(count)) if count else float("nan") if len(day) else 0.0
    return Clusters(label, by_chance, np.array(largest, dtype=np.int64))


def near_pairs(x: Floats, y: Floats, within_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of events (i < j) at most ``within_m`` apart; two arrays of the same length.

    Raises
    ------
    TooManyPairs
        If there are more than 20 million.
    """
    from scipy.spatial import cKDTree

    if len(x) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    tree = cKDTree(np.column_stack([x, y]))
    if (found := (tree.count_neighbors(tree, within_m) - len(x)) // 2) > MOST_PAIRS:
        raise TooManyPairs("describe.too_many_pairs", pairs=int(found), most=MOST_PAIRS, events=len(x))
    pairs = tree.query_pairs(within_m, output_type="ndarray")
    return pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)


def _dbscan(
    first: NDArray[np.int64], second: NDArray[np.int64], day: Floats, within_days: float, least: int
) -> NDArray[np.int64]:
    from sklearn.cluster import DBSCAN

    if len(day) == 0:
        return np.zeros(0, dtype=np.int64)
    close = np.abs(day[first] - day[second]) <= within_days
    graph = _graph(first[close], second[close], len(day))
    found: NDArray[np.int64] = DBSCAN(eps=1.0, min_samples=least, metric="precomputed").fit_predict(graph)
    return found.astype(np.int64)


def _graph(first: NDArray[np.int64], second: NDArray[np.int64], n: int) -> csr_matrix:
    """Neighbours at distance 1: a stored 0, as of two events at one address, would be taken for no neighbour."""
    from scipy.sparse import csr_matrix

    here, there = np.concatenate([first, second]), np.concatenate([second, first])
    return csr_matrix((np.ones(len(here)), (here, there)), shape=(n, n))


def _ordered(label: NDArray[np.int64], day: Floats) -> NDArray[np.int64]:
    """Outbreaks numbered by the day of their first event."""
    count = int(label.max(initial=-1)) + 1
    if count == 0:
        return label
    begins = np.full(count, np.inf)
    np.minimum.at(begins, label[label >= 0], day[label >= 0])
    number = np.empty(count, dtype=np.int64)
    number[np.argsort(begins, kind="stable")] = np.arange(count)
    return np.where(label >= 0, number[label], -1)

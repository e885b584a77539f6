"""ST-DBSCAN: outbreaks, events close to each other in place and in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import TooLarge

Floats = NDArray[np.float64]

WITHIN_M: Final = 150.0
WITHIN_DAYS: Final = 7.0
LEAST: Final = 8
SHUFFLES: Final = 99
MOST_PAIRS: Final = 20_000_000


class TooManyPairs(TooLarge):
    """More pairs of events close in place than are compared in one go; the facts say how to ask for less."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Outbreaks.

    Parameters
    ----------
    label
        Shape (n,): number of the cluster of each event, 0, 1, …, by first event; −1 for none.
    by_chance
        How many clusters there are on average when the same events keep their spots and swap their dates: what mere
        busy places give. nan without shuffles.
    largest_by_chance
        Shape (clusters,): the most events that a cluster touching the same ground had in any shuffle; a cluster that
        is larger is an outbreak, not a busy place.
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
        Events within reach, itself included, that make an event the core of a cluster.
    shuffles
        How often dates are swapped to see what chance gives, ≥ 0.
    seed
        Of the shuffles.

    Returns
    -------
    Clusters
        In the order of the events; for no events nothing. Of clusters that are mere chance, one in ``shuffles + 1``
        is larger than all its shuffles.

    Raises
    ------
    TooManyPairs
        If more than 20 million pairs lie within ``within_m``.

    Notes
    -----
    Two separate reaches, a cylinder and not an ellipsoid, as Birant and Kut (2007), ST-DBSCAN, Data & Knowledge
    Engineering 60. An event in reach of two clusters goes to the one whose core comes first, as in scikit-learn.

    Examples
    --------
    >>> day = np.r_[np.zeros(8), np.arange(8) * 30.0]
    >>> st_dbscan(np.zeros(16), np.r_[np.zeros(8), np.ones(8) * 900], day, shuffles=0).label.tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1]
    """
    day = np.asarray(day, dtype=float)
    first, second = near_pairs(x, y, within_m)
    label = _ordered(_dbscan(first, second, day, within_days, least), day)
    count = int(label.max(initial=-1)) + 1
    ground = _touched(first, second, label, count)
    largest, counts = np.zeros(count, dtype=np.int64), []
    rng = np.random.default_rng(seed)
    for _ in range(shuffles if len(day) else 0):
        shuffled = _dbscan(first, second, rng.permutation(day), within_days, least)
        sizes = np.bincount(shuffled[shuffled >= 0], minlength=1)
        counts.append(int(shuffled.max(initial=-1)) + 1)
        of_event = np.where(shuffled >= 0, sizes[shuffled], 0)
        np.maximum.at(largest, ground[1], of_event[ground[0]])
    by_chance = float(np.mean(counts)) if counts else float("nan") if len(day) else 0.0
    return Clusters(label, by_chance, largest)


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
    """Cluster of each event, −1 for none: cores hang together by pairs, the others go to the first core in reach."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(day)
    close = np.abs(day[first] - day[second]) <= within_days
    one, other = first[close], second[close]
    core = np.bincount(one, minlength=n) + np.bincount(other, minlength=n) + 1 >= least
    both = core[one] & core[other]
    links = csr_matrix((np.ones(int(both.sum()), dtype=np.int8), (one[both], other[both])), shape=(n, n))
    _, part = connected_components(links, directed=False)
    label = np.full(n, n, dtype=np.int64)
    _, label[core] = np.unique(_first_member(part, core), return_inverse=True)
    for edge, inner in ((one, other), (other, one)):
        reached = core[inner] & ~core[edge]
        np.minimum.at(label, edge[reached], label[inner[reached]])
    return np.where(label < n, label, -1)


def _first_member(part: NDArray[np.int32], core: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each core event, the first core event of its part."""
    cores = np.flatnonzero(core)
    first = np.full(int(part.max(initial=0)) + 1, len(part), dtype=np.int64)
    np.minimum.at(first, part[cores], cores)
    return np.asarray(first[part[cores]])


def _touched(
    first: NDArray[np.int64], second: NDArray[np.int64], label: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Events on the ground of each cluster, its members and what lies within reach of them: (event, cluster)."""
    members = np.flatnonzero(label >= 0)
    event = np.concatenate([members, first[label[second] >= 0], second[label[first] >= 0]])
    cluster = np.concatenate([label[members], label[second][label[second] >= 0], label[first][label[first] >= 0]])
    pairs = np.unique(event * max(count, 1) + cluster)
    return pairs // max(count, 1), pairs % max(count, 1)


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

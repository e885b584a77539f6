"""Which candidate serves which demand: within a walk along the streets, or as the crow flies without any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.roads.places import Place, Snapper
from geo.roads.speeds import FOOT_KMH

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from geo.roads.network import Network

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FOOT_M_S: Final = FOOT_KMH / 3.6
SNAP_M: Final = 300.0
"""Farther than this from every street on foot, a place is not reached by walking."""

AT_ONCE: Final = 64
"""Candidates searched from together; bounds the memory of the search, not its result."""


class SitesBroken(Invalid):
    """Demand or candidates that make no sense; the facts say where."""


@dataclass(frozen=True, slots=True)
class Siting:
    """What there is to choose from, checked once.

    Parameters
    ----------
    weight
        Shape (m,), ≥ 0, not all 0: demand at each place.
    covers
        Shape (n, m), sparse, True where candidate i serves demand j.
    near
        Two arrays of candidate numbers, pairs i < j that may not both be chosen.
    served
        Shape (m,), demand that sites which stand already serve; it counts as covered and is not sought again.
    capacity
        Shape (n,), how much demand each candidate can take, > 0; None for as much as comes.

    Raises
    ------
    SitesBroken
        If weights are negative, missing or all 0, or a capacity is not above 0.
    """

    weight: Floats
    covers: csr_matrix
    near: tuple[Ints, Ints]
    served: Flags
    capacity: Floats | None = None

    def __post_init__(self) -> None:
        for j in np.flatnonzero(~np.isfinite(self.weight) | (self.weight < 0)):
            raise SitesBroken("sites.weight", row=int(j) + 1, weight=float(self.weight[j]))
        if self.weight.sum() <= 0:
            raise SitesBroken("sites.no_demand", places=len(self.weight))
        if self.capacity is not None:
            for i in np.flatnonzero(~(self.capacity > 0)):
                raise SitesBroken("sites.capacity", row=int(i) + 1, capacity=float(self.capacity[i]))
        if self.covers.shape[1] != len(self.weight) or len(self.served) != len(self.weight):
            raise ValueError("columns of demand differ in length")

    @property
    def total(self) -> float:
        """All demand."""
        return float(self.weight.sum())

    @property
    def served_before(self) -> float:
        """Demand that sites which stand already serve."""
        return float(self.weight[self.served].sum())


def too_near(xy: Floats, spacing_m: float) -> tuple[Ints, Ints]:
    """Pairs of candidates less than ``spacing_m`` apart, i < j, in rising order; none if it is 0.

    Examples
    --------
    >>> too_near(np.array([[0.0, 0.0], [300.0, 0.0], [900.0, 0.0]]), 500)
    (array([0]), array([1]))
    """
    from scipy.spatial import cKDTree

    if spacing_m <= 0 or len(xy) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    pairs = cKDTree(xy).query_pairs(np.nextafter(spacing_m, 0), output_type="ndarray").astype(np.int64)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return pairs[:, 0], pairs[:, 1]


def within_radius(candidates: Floats, demand: Floats, radius_m: float) -> csr_matrix:
    """Which candidate lies within ``radius_m`` of which demand, straight; shapes (n, 2), (m, 2) → (n, m).

    Examples
    --------
    >>> within_radius(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [3.0, 4.1]]), 5.0).toarray()
    array([[ True, False]])
    """
    from scipy.sparse import csr_matrix
    from scipy.spatial import cKDTree

    shape = (len(candidates), len(demand))
    if 0 in shape:
        return csr_matrix(shape, dtype=bool)
    found = cKDTree(candidates).query_ball_point(demand, radius_m)
    column = np.repeat(np.arange(len(demand)), [len(row) for row in found])
    row = np.concatenate([np.asarray(one, dtype=np.int64) for one in found])
    return csr_matrix((np.ones(len(row), dtype=bool), (row, column)), shape=shape)


def within_walk(network: Network, candidates: Floats, demand: Floats, walk_s: float) -> tuple[csr_matrix, Flags]:
    """Which candidate is within a walk of which demand, along streets open on foot.

    Parameters
    ----------
    network
        The county's streets; coordinates below are in its metric CRS.
    candidates, demand
        Shapes (n, 2) and (m, 2), metres.
    walk_s
        Seconds, ≥ 0, at 4.8 km/h. The way from a place to its street and back counts, straight.

    Returns
    -------
    tuple
        Shape (n, m), sparse, bool; and shape (m,), the demand that nothing can reach, since it lies farther than 300 m
        from every street or on one apart from the others.

    Notes
    -----
    One bounded Dijkstra a candidate over crossings, then both ends of each demand's street: 700 × 1,700 places on the
    4,000 crossings of a city centre take about 1 s.

    Examples
    --------
    See ``tests/unit/test_siting.py``.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    snapper = Snapper(network, "foot")
    ours, start = _places(snapper, candidates)
    theirs, end = _places(snapper, demand)
    reach_m = walk_s * FOOT_M_S
    links = _foot_links(network)
    length = network.length_m
    blocks = []
    for at in range(0, len(ours), AT_ONCE):
        mine, place = ours[at : at + AT_ONCE], start[at : at + AT_ONCE]
        piece = place[:, 0].astype(np.int64)
        tails, heads = network.start[piece], network.end[piece]
        nodes, back = np.unique(np.concatenate([tails, heads]), return_inverse=True)
        away = dijkstra(links, directed=False, indices=nodes, limit=reach_m)
        first = away[back[: len(mine)]] + place[:, 1:2]
        second = away[back[len(mine) :]] + (length[piece] - place[:, 1])[:, None]
        best = np.minimum(first, second) + place[:, 2:3]
        goal = end[:, 0].astype(np.int64)
        to_start = best[:, network.start[goal]] + end[:, 1]
        to_end = best[:, network.end[goal]] + (length[goal] - end[:, 1])
        along = np.where(piece[:, None] == goal, np.abs(place[:, 1:2] - end[:, 1]) + place[:, 2:3], np.inf)
        metres = np.minimum(np.minimum(to_start, to_end), along) + end[:, 2]
        row, column = np.nonzero(metres <= reach_m + 1e-9)
        shape = (len(candidates), len(demand))
        blocks.append(csr_matrix((np.ones(len(row), dtype=bool), (mine[row], theirs[column])), shape=shape))
    off = np.ones(len(demand), dtype=bool)
    off[theirs] = False
    if not blocks:
        return csr_matrix((len(candidates), len(demand)), dtype=bool), off
    return sum(blocks[1:], blocks[0]).astype(bool), off


def _places(snapper: Snapper, xy: Floats) -> tuple[Ints, Floats]:
    """Numbers of the places that stand on the main part of the streets, and (piece, offset, metres off) of each."""
    import shapely

    found = snapper.snap([shapely.Point(*point) for point in xy.tolist()], limit_m=SNAP_M)
    kept = [(i, place) for i, place in enumerate(found) if isinstance(place, Place)]
    rows = [(place.piece, place.offset_m, place.off_m) for _, place in kept]
    return np.array([i for i, _ in kept], dtype=np.int64), np.array(rows, dtype=np.float64).reshape(-1, 3)


def _foot_links(network: Network) -> csr_matrix:
    """Metres between crossings on foot, the shortest of parallel streets."""
    from scipy.sparse import csr_matrix

    graph = network.graphs["foot"]
    metres = np.maximum(network.length_m[graph.piece], 0.01)
    order = np.lexsort((metres, graph.head, graph.tail))
    tail, head = graph.tail[order], graph.head[order]
    first = np.r_[True, (np.diff(tail) != 0) | (np.diff(head) != 0)]
    size = network.node_count
    return csr_matrix((metres[order][first], (tail[first], head[first])), shape=(size, size))

"""Sparse country networks, made from a seed, for arc routing beyond the public folder: 140 nodes, 190 edges, one depot.

They are like those of winter gritting: lengths wander off the straight line, demand follows length, part of the edges
need no service, and a tour holds few of them.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from tests.benchmarks.routing_files import CarpFile, Ints

SHAPES = ((75, 7), (75, 14), (147, 14), (147, 27), (159, 29), (190, 19), (190, 35))
"""Required edges and the vehicles their demand needs, one network after the other."""

NODES, EDGES = 140, 190


def make_network(number: int) -> CarpFile:
    """The network of that number, ≥ 1; the same on every machine. Its bounds are 0, for they are not known.

    Examples
    --------
    >>> made = make_network(3)
    >>> made.name, made.edges.shape, int((made.edges[:, 3] > 0).sum()), made.vehicles
    ('made3', (190, 4), 147, 14)
    >>> bool((make_network(3).edges == made.edges).all())
    True
    """
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial import Delaunay
    from scipy.spatial.distance import cdist

    required, vehicles = SHAPES[(number - 1) % len(SHAPES)]
    rng = np.random.default_rng(number)
    xy = rng.random((NODES, 2)) * 200
    straight = cdist(xy, xy)
    corners = Delaunay(xy).simplices
    near = {(min(a, b), max(a, b)) for one in corners.tolist() for a, b in itertools.combinations(one, 2)}
    tree = set(zip(*(np.sort(np.array(minimum_spanning_tree(straight).nonzero()), axis=0).tolist()), strict=True))
    others = sorted(near - tree, key=lambda edge: straight[edge])
    more = rng.permutation(min(len(others), 2 * (EDGES - len(tree))))[: EDGES - len(tree)]
    ends = np.array(sorted(tree | {others[i] for i in more.tolist()}))
    length = np.ceil(straight[ends[:, 0], ends[:, 1]] * rng.uniform(1.0, 1.5, len(ends))).astype(np.int64)
    demand = np.maximum(1, np.round(length * rng.uniform(0.8, 1.2, len(ends)))).astype(np.int64)
    demand[rng.permutation(len(ends))[required:]] = 0
    capacity = max(int(demand.max()), math.ceil(int(demand.sum()) / (vehicles - 0.5)))
    table = np.column_stack([ends, length, demand])
    needed = -(-int(demand.sum()) // capacity)
    return CarpFile(f"made{number}", NODES, table, needed, capacity, 0, 0)


def lower_bound(file: CarpFile, distance: Ints) -> int:
    """No answer to a CARP file costs less.

    Every required edge is gone along once. Beyond that, at each distance from the depot every connected piece of the
    network farther away is entered and left by as many vehicles as its demand needs; what its required edges across do
    not carry is ridden without service, and an odd number of them needs one ride more.

    Notes
    -----
    Capacity and odd cuts of Belenguer & Benavent (1998), The capacitated arc routing problem: valid inequalities,
    summed over distances, which shares the cost of each edge out without counting any of it twice.

    Examples
    --------
    >>> edges = np.array([[0, 1, 3, 2], [1, 2, 4, 2]])
    >>> line = CarpFile("line", 3, edges, 1, 4, 0, 0)
    >>> lower_bound(line, np.array([[0, 3, 7], [3, 0, 4], [7, 4, 0]]))
    14
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    away = distance[0]
    a, b, length, demand = file.edges.T
    required = demand > 0
    total = int(length[required].sum())
    for inner, outer in itertools.pairwise(np.unique(away).tolist()):
        far_a, far_b = away[a] >= outer, away[b] >= outer
        inside = far_a & far_b
        graph = coo_array((np.ones(inside.sum()), (a[inside], b[inside])), shape=(file.nodes, file.nodes))
        pieces, piece_of = connected_components(graph, directed=False)
        touched = far_a | far_b
        piece = piece_of[np.where(far_a, a, b)]
        loads = np.bincount(piece[touched], weights=demand[touched], minlength=pieces).astype(np.int64)
        across = np.bincount(piece[(far_a ^ far_b) & required], minlength=pieces)
        rides = np.maximum(2 * -(-loads // file.capacity) - across, across % 2)
        total += (outer - inner) * int(rides.sum())
    return total

"""The choice of sites as a mixed-integer programme: small, because alike demand is one row, and tight by cliques."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.hotspots.siting.coverage import Flags, Floats, Ints, Siting

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def neighbours(n: int, near: tuple[Ints, Ints]) -> list[Ints]:
    """For each of ``n`` candidates those it may not stand with.

    Examples
    --------
    >>> [row.tolist() for row in neighbours(3, (np.array([0]), np.array([2])))]
    [[2], [], [0]]
    """
    tail, head = np.concatenate(near), np.concatenate([near[1], near[0]])
    order = np.argsort(tail, kind="stable")
    return np.split(head[order], np.cumsum(np.bincount(tail, minlength=n))[:-1]) if n else []


def cliques(apart: list[Ints], near: tuple[Ints, Ints]) -> list[list[int]]:
    """Sets of candidates that are all too near each other, so that every pair too near is in one.

    Examples
    --------
    >>> near = (np.array([0, 0, 1, 2]), np.array([1, 2, 2, 3]))
    >>> cliques([np.array(row) for row in ([1, 2], [0, 2], [0, 1, 3], [2])], near)
    [[0, 1, 2], [2, 3]]
    """
    sets = [set(row.tolist()) for row in apart]
    done: set[tuple[int, int]] = set()
    found: list[list[int]] = []
    for i, j in zip(near[0].tolist(), near[1].tolist(), strict=True):
        if (i, j) in done:
            continue
        clique, common = [i, j], sets[i] & sets[j]
        while common:
            nearest = max(common, key=lambda c: (len(common & sets[c]), -c))
            clique.append(nearest)
            common &= sets[nearest]
        clique.sort()
        done |= {(a, b) for at, a in enumerate(clique) for b in clique[at + 1 :]}
        found.append(clique)
    return found


@dataclass(frozen=True, slots=True)
class Model:
    """min −gain over (sites, then served demand) with rows ≤ upper."""

    gain: Floats
    rows: Any
    upper: Floats
    sites: Ints
    integral: Flags


def without_capacity(siting: Siting, p: int, kept: Flags) -> Model | None:
    """The model of sites that take all that comes, among those kept; None if they serve nothing that is not served."""
    from scipy.sparse import bmat, csr_matrix, eye

    by_demand = siting.covers.tocsc()
    merged: dict[bytes, float] = {}
    for j in np.flatnonzero(~siting.served & (siting.weight > 0)).tolist():
        who = by_demand.indices[by_demand.indptr[j] : by_demand.indptr[j + 1]]
        who = np.sort(who[kept[who]]).astype(np.int64)
        if len(who):
            merged[who.tobytes()] = merged.get(who.tobytes(), 0.0) + float(siting.weight[j])
    if not merged:
        return None
    groups = [np.frombuffer(key, dtype=np.int64) for key in merged]
    sites = np.unique(np.concatenate(groups))
    at = np.full(siting.covers.shape[0], -1, dtype=np.int64)
    at[sites] = np.arange(len(sites))
    row = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    who = csr_matrix((np.ones(len(row)), (row, at[np.concatenate(groups)])), shape=(len(groups), len(sites)))
    spacing = _spacing_rows(siting, sites, at)
    rows = bmat([[-who, eye(len(groups))], [spacing, None]], format="csr")
    gain = np.concatenate([np.zeros(len(sites)), np.fromiter(merged.values(), float)])
    upper = np.concatenate([np.zeros(len(groups)), [float(p)], np.ones(spacing.shape[0] - 1)])
    integral = np.arange(len(gain)) < len(sites)
    return Model(gain, rows, upper, sites, integral)


def with_capacity(siting: Siting, p: int) -> Model | None:
    """The model of sites that are full at some point, demand split between them; None as above."""
    from scipy.sparse import bmat, csr_matrix

    assert siting.capacity is not None
    pairs = siting.covers.tocoo()
    wanted = ~siting.served[pairs.col] & (siting.weight[pairs.col] > 0)
    site, demand = pairs.row[wanted].astype(np.int64), pairs.col[wanted].astype(np.int64)
    if len(site) == 0:
        return None
    sites, column = np.unique(site, return_inverse=True)
    places, place = np.unique(demand, return_inverse=True)
    at = np.full(siting.covers.shape[0], -1, dtype=np.int64)
    at[sites] = np.arange(len(sites))
    count = np.arange(len(site))
    weight = siting.weight[demand]
    once = csr_matrix((np.ones(len(site)), (place, count)), shape=(len(places), len(site)))
    held = csr_matrix((weight, (column, count)), shape=(len(sites), len(site)))
    room = csr_matrix((siting.capacity[sites], (np.arange(len(sites)),) * 2), shape=(len(sites), len(sites)))
    opened = csr_matrix((np.ones(len(site)), (count, column)), shape=(len(site), len(sites)))
    each = csr_matrix((np.ones(len(site)), (count, count)), shape=(len(site), len(site)))
    spacing = _spacing_rows(siting, sites, at)
    rows = bmat([[None, once], [-room, held], [-opened, each], [spacing, None]], format="csr")
    upper = np.concatenate(
        [np.ones(len(places)), np.zeros(len(sites)), np.zeros(len(site)), [float(p)], np.ones(spacing.shape[0] - 1)]
    )
    gain = np.concatenate([np.zeros(len(sites)), weight])
    return Model(gain, rows, upper, sites, np.arange(len(gain)) < len(sites))


def _spacing_rows(siting: Siting, sites: Ints, at: Ints) -> csr_matrix:
    """The row that counts the sites, then one row a clique of those that are left."""
    from scipy.sparse import csr_matrix

    one, other = at[siting.near[0]], at[siting.near[1]]
    both = (one >= 0) & (other >= 0)
    near = one[both], other[both]
    groups = [list(range(len(sites))), *cliques(neighbours(len(sites), near), near)]
    row = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    column = np.concatenate([np.asarray(group, dtype=np.int64) for group in groups])
    return csr_matrix((np.ones(len(row)), (row, column)), shape=(len(groups), len(sites)))

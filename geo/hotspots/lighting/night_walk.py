"""How much each bit of street is walked after dark: to schools, markets, estates and stops, the shortest way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.roads.lixels import Lixels
from geo.roads.network import Floats, Ints
from geo.roads.places import Place

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SOURCES_AT_ONCE: Final = 64


@dataclass(frozen=True)
class NightWalks:
    """Walks after dark.

    Parameters
    ----------
    demand
        Shape (k,), ≥ 0: walks on each bit of street; 1 is the doorstep of a place of weight 1.
    reached
        For each stretch asked about, the places within their walking distance of it as (place, metres), nearest first.
    near
        For each place, the bits within its walking distance, rising.
    """

    demand: Floats
    reached: list[list[tuple[int, float]]]
    near: list[Ints]


def night_walks(
    lixels: Lixels, places: Sequence[Place], weight: Floats, walk_m: Floats, stretches: Sequence[Ints] = ()
) -> NightWalks:
    """How much every bit of street is walked, and by whom some stretches of it.

    Parameters
    ----------
    places
        Positions of z places on the network.
    weight, walk_m
        Shape (z,): how much each counts, and the distance on foot at which it counts no more, metres, > 0.
    stretches
        Lixels of each stretch asked about, at least one each.

    Returns
    -------
    NightWalks
        All zero without places.

    Notes
    -----
    A place's weight falls evenly with the distance on foot along the network and ends at its walking distance.

    Examples
    --------
    See ``tests/unit/test_lighting.py``.
    """
    demand = np.zeros(len(lixels.piece))
    reached: list[list[tuple[int, float]]] = [[] for _ in stretches]
    near: list[Ints] = []
    bits = np.concatenate([np.zeros(0, dtype=np.int64), *stretches])
    begins = np.cumsum([0, *(len(stretch) for stretch in stretches)])[:-1]
    for at, distance in _distances(lixels, places, float(np.max(walk_m, initial=0.0))):
        reach = walk_m[at : at + len(distance), None]
        demand += weight[at : at + len(distance)] @ np.clip(1 - distance / reach, 0.0, None)
        near += [np.flatnonzero(row) for row in distance <= reach]
        if len(stretches):
            nearest = np.minimum.reduceat(distance[:, bits], begins, axis=1)
            for one, stretch in zip(*np.nonzero(nearest <= reach), strict=True):
                reached[stretch].append((at + int(one), float(nearest[one, stretch])))
    return NightWalks(demand, [sorted(found, key=lambda pair: (pair[1], pair[0])) for found in reached], near)


def _distances(lixels: Lixels, places: Sequence[Place], limit_m: float) -> Iterator[tuple[int, Floats]]:
    """Metres on foot from each place to the middle of each bit, some places at a time: (first place, (some, k))."""
    from scipy.sparse.csgraph import dijkstra

    links, usable = _footways(lixels)
    begin = lixels.at(
        np.array([place.piece for place in places], dtype=np.int64),
        np.array([place.offset_m for place in places], dtype=float),
    )
    for at in range(0, len(places), SOURCES_AT_ONCE):
        some = begin[at : at + SOURCES_AT_ONCE]
        found = dijkstra(links, directed=False, indices=some, limit=limit_m)[:, : len(lixels.piece)]
        found[:, ~usable] = np.inf
        yield at, found


def _footways(lixels: Lixels) -> tuple[csr_matrix, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Metres between neighbouring bits, and bits and crossings, where one may walk; and which bits those are."""
    from scipy.sparse import csr_matrix

    network, length = lixels.network, lixels.length_m
    k = len(length)
    is_open = np.zeros(len(network.road), dtype=bool)
    is_open[network.graphs["foot"].piece] = True
    pieces = np.flatnonzero(is_open)
    usable = is_open[lixels.piece]
    inner = np.flatnonzero((lixels.piece[1:] == lixels.piece[:-1]) & usable[1:])
    first, last = lixels.first[pieces], lixels.last[pieces]
    here = np.concatenate([inner, first, last])
    there = np.concatenate([inner + 1, k + network.start[pieces], k + network.end[pieces]])
    metres = np.concatenate([(length[inner] + length[inner + 1]) / 2, length[first] / 2, length[last] / 2])
    # A loop of one bit meets its crossing twice: such edges must not add up.
    _, chosen = np.unique(here * (k + network.node_count) + there, return_index=True)
    n = k + network.node_count
    return csr_matrix((metres[chosen], (here[chosen], there[chosen])), shape=(n, n)), usable

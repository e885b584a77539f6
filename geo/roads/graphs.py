"""The directed blocks one mode may ride, what they cost, and which of them all reach each other.

A cost carries seconds and metres in one float64 (:func:`pack`), so one shortest-path run yields the fastest way and
its exact length, and equal times are settled by the shorter way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.crossings import Floats, Ints
from geo.roads.speeds import Mode, speed_kmh
from geo.roads.turns import Links, TurnBan, forbidden_turns, link

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.roads.hierarchy import Hierarchy

METRES: Final = 1 << 24
"""Decimetres live below this, milliseconds above: 149 hours and 1,677 km still sum exactly in 53 bits."""


def pack(duration_s: Floats, distance_m: Floats) -> Floats:
    """Milliseconds and decimetres, each rounded half up, in one float64 that adds exactly.

    Examples
    --------
    >>> unpack(pack(np.array([1.5]), np.array([20.0])) + pack(np.array([0.25]), np.array([4.0])))
    (array([1750]), array([240]))
    """
    return np.floor(np.asarray(duration_s) * 1000 + 0.5) * METRES + np.floor(np.asarray(distance_m) * 10 + 0.5)


def unpack(packed: Floats) -> tuple[Ints, Ints]:
    """Milliseconds and decimetres of finite packed costs."""
    whole = np.asarray(packed).astype(np.int64)
    return whole >> 24, whole & (METRES - 1)


@dataclass(frozen=True)
class ModeGraph:
    """Directed blocks of one mode over the network's nodes.

    Block ``i`` goes ``tail[i]`` → ``head[i]`` along ``piece[i]``, in its drawn direction if ``forward[i]``.
    ``links`` is what a search walks on: the blocks, kept to the turns that are allowed. ``label`` is the strongly
    connected part of each node (−1: no street of this mode), ``main`` the largest by street length; ``open_main``
    says which blocks lie in it.
    """

    mode: Mode
    tail: Ints
    head: Ints
    cost: Floats
    piece: Ints
    forward: NDArray[np.bool_]
    links: Links
    label: Ints
    main: int
    open_main: NDArray[np.bool_]

    def in_main(self, piece: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Which pieces of the network this mode can use within the largest part, so that all of them reach each other.

        Parameters
        ----------
        piece, start, end
            Pieces, and the nodes they run between.
        """
        usable = np.zeros(int(max(self.piece.max(initial=-1), piece.max(initial=-1))) + 1, dtype=bool)
        usable[self.piece[self.open_main]] = True
        inside = self.label == self.main
        return np.asarray(usable[piece] & inside[start[piece]] & inside[end[piece]])

    @cached_property
    def whole_cost(self) -> Ints:
        """Packed cost of each link, as a whole number."""
        return self.cost.astype(np.int64)[self.links.arc]

    @cached_property
    def by_tail(self) -> tuple[Ints, Ints]:
        """(pointer, link): the links that leave each node are ``link[pointer[node] : pointer[node + 1]]``."""
        order = np.argsort(self.links.tail, kind="stable")
        return np.searchsorted(self.links.tail[order], np.arange(len(self.links.crossing) + 1)), order

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """For tables between places; made once a graph, about 0.06 s for the centre of a metropolis."""
        from geo.roads.hierarchy import build_hierarchy

        return build_hierarchy(len(self.links.crossing), self.links.tail, self.links.head, self.whole_cost)

    @cached_property
    def block_of(self) -> dict[tuple[int, bool], int]:
        """The directed block of a piece in a direction (True: as drawn)."""
        return dict(
            zip(zip(self.piece.tolist(), self.forward.tolist(), strict=True), range(len(self.piece)), strict=True)
        )

    @cached_property
    def entries(self) -> tuple[Ints, Ints]:
        """(pointer, node): the nodes from which a directed block may be entered, more than one at bound crossings."""
        order = np.argsort(self.links.arc, kind="stable")
        pointer = np.searchsorted(self.links.arc[order], np.arange(len(self.piece) + 1))
        return pointer, self.links.tail[order]


def mode_graph(
    mode: Mode,
    roads: GeoDataFrame,
    road: Ints,
    start: Ints,
    end: Ints,
    length_m: Floats,
    node_lonlat: Floats,
    closed: NDArray[np.bool_],
    turns: Sequence[TurnBan],
) -> ModeGraph:
    """The graph of one mode over pieces of streets.

    Parameters
    ----------
    roads
        The road layer, in the order that ``road`` counts in.
    road, start, end, length_m
        Of each piece: its street, the nodes it runs between, metres.
    node_lonlat
        Shape (nodes, 2), EPSG:4490.
    closed
        Which streets are closed to the mode, shape (streets,).
    turns
        Forbidden turns of all modes.
    """
    open_to = roads[mode].to_numpy(bool) & ~closed
    oneway = np.zeros(len(roads), dtype=np.int64) if mode == "foot" else roads["oneway"].to_numpy(np.int64)
    kmh = _speeds(mode, roads)
    pieces = np.arange(len(road))
    cost = np.maximum(pack(length_m / kmh[road] * 3.6, length_m), 1.0)
    with_line = pieces[open_to[road] & (oneway[road] >= 0)]
    against = pieces[open_to[road] & (oneway[road] <= 0)]
    piece = np.concatenate([with_line, against])
    tail = np.concatenate([start[with_line], end[against]])
    head = np.concatenate([end[with_line], start[against]])
    street = roads.index.to_numpy(np.int64)[road[piece]]
    bound = forbidden_turns(turns, mode, street, piece, tail, head, node_lonlat)
    links = link(len(node_lonlat), tail, head, bound)
    label, main, open_main = _parts(links, tail, head, length_m[piece], len(node_lonlat))
    forward = np.arange(len(piece)) < len(with_line)
    return ModeGraph(mode, tail, head, cost[piece], piece, forward, links, label, main, open_main)


def _speeds(mode: Mode, roads: GeoDataFrame) -> Floats:
    """km/h of each street; streets of one kind are asked for once."""
    limits = np.nan_to_num(roads["speed_kmh"].to_numpy(float, na_value=np.nan))
    kinds = list(zip(roads["road_class"].tolist(), roads["tier"].tolist(), limits.tolist(), strict=True))
    speed = {kind: speed_kmh(mode, *kind) for kind in set(kinds)}
    return np.array([speed[kind] for kind in kinds])


def _parts(links: Links, tail: Ints, head: Ints, metres: Floats, nodes: int) -> tuple[Ints, int, NDArray[np.bool_]]:
    """The part of each crossing, which part is the largest, and which blocks lie in that."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    count = len(links.crossing)
    ones = np.ones(len(links.tail), dtype=np.int8)
    _, label = connected_components(
        csr_matrix((ones, (links.tail, links.head)), shape=(count, count)), connection="strong"
    )
    label = label.astype(np.int64)
    inner = label[links.tail] == label[links.head]
    main = -1
    if len(tail):
        main = int(np.bincount(label[links.tail], np.where(inner, metres[links.arc], 0.0)).argmax())
    open_main = np.zeros(len(tail), dtype=bool)
    open_main[links.arc[inner & (label[links.tail] == main)]] = True
    # A crossing lies in the main part if it or one of its copies does.
    of_crossing = label[:nodes].copy()
    of_crossing[links.crossing[label == main]] = main
    used = np.zeros(nodes, dtype=bool)
    used[tail] = used[head] = True
    of_crossing[~used] = -1
    return of_crossing, main, open_main

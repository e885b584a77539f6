"""Places on the streets: travel matrices between them, and the way itself.

A place stands within its piece of street, so a stop in mid-block is reached along the block and not from the
nearest crossing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.network import Floats, Ints, Network, unpack
from geo.roads.snapping import SNAP_LIMIT_M as SNAP_LIMIT_M
from geo.roads.snapping import OffNetwork as OffNetwork
from geo.roads.snapping import Place as Place
from geo.roads.snapping import Snapper as Snapper
from geo.roads.snapping import piece_lines as piece_lines
from geo.roads.speeds import Mode

if TYPE_CHECKING:
    from shapely import LineString

NO_WAY: Final = 1 << 61
"""Any packed cost from here on means that there is no way."""


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Fastest ways between places: whole seconds, and the whole metres of those same ways; shape (k, k)."""

    duration_s: Ints
    distance_m: Ints


@dataclass(frozen=True, slots=True)
class Way:
    """The fastest way between two places: its line (EPSG:4490, shape (n, 2), n ≥ 1), and the pieces it runs on."""

    lonlat: Floats
    pieces: tuple[int, ...]
    duration_s: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class Attached:
    """How places hang on the network: place ``i`` by the entries ``pointer[i]`` … ``pointer[i + 1]``.

    An entry is a node, the packed cost between it and the place, and whether that is ridden as the piece is drawn.
    """

    pointer: Ints
    node: Ints
    cost: Ints
    ahead: NDArray[np.bool_]

    @property
    def rows(self) -> tuple[Ints, Ints, Ints]:
        """As a table between places takes them."""
        return self.pointer, self.node, self.cost

    def of(self, place: int) -> tuple[Ints, Ints]:
        """Nodes and costs of one place."""
        mine = slice(self.pointer[place], self.pointer[place + 1])
        return self.node[mine], self.cost[mine]


class PlacedNetwork:
    """One mode's network with places in it.

    Nobody rides through a place and turns round there: places are where ways begin and end, so more of them never
    change the ways between the others.

    Parameters
    ----------
    network, mode
        The network and how one moves.
    places
        Positions found by :class:`Snapper`, or chosen; k of them, k ≥ 0.
    """

    def __init__(self, network: Network, mode: Mode, places: Sequence[Place]) -> None:
        self.network = network
        self.graph = network.graphs[mode]
        self.places = tuple(places)
        self._piece = np.array([place.piece for place in self.places], dtype=np.int64)
        length = network.length_m[self._piece]
        self._stand = np.clip([place.offset_m for place in self.places], 0.0, length)
        share = np.divide(self._stand, length, out=np.zeros(len(length)), where=length > 0)
        # Per direction (ahead, back): the block, its packed cost, and the part of that from the piece's start to here.
        self._block = np.array(
            [[self.graph.block_of.get((place.piece, ahead), -1) for place in self.places] for ahead in (True, False)],
            dtype=np.int64,
        )
        cost = np.append(self.graph.cost, 0.0)[self._block]  # the last one stands for no block, −1
        milliseconds, decimetres = unpack(cost)
        self._cost = cost.astype(np.int64)
        self._mark = (_part(milliseconds, share) << 24) + _part(decimetres, share)

    @cached_property
    def _begins(self) -> Attached:
        """The nodes each place leads to, and what is left to ride until there."""
        which, number = np.nonzero(self._block.T >= 0)
        rest = np.stack([self._cost[0] - self._mark[0], self._mark[1]])
        goal = self.graph.links.goal[self._block[number, which]]
        return Attached(_pointer(which, len(self.places)), goal, rest[number, which], number == 0)

    @cached_property
    def _ends(self) -> Attached:
        """The nodes each place is ridden to from, and what is left to ride from there."""
        which, number = np.nonzero(self._block.T >= 0)
        rest = np.stack([self._mark[0], self._cost[1] - self._mark[1]])
        pointer, node = self.graph.entries
        block = self._block[number, which]
        count = pointer[block + 1] - pointer[block]
        each = np.repeat(np.arange(len(block)), count)
        entry = pointer[block][each] + np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count)
        which, number = which[each], number[each]
        return Attached(_pointer(which, len(self.places)), node[entry], rest[number, which], number == 0)

    def _along(self, source: int, target: int) -> int | None:
        """Packed cost of riding on within one block; None if that does not lead there."""
        if self._piece[source] != self._piece[target]:
            return None
        found = []
        if self._block[0, source] >= 0 and self._stand[source] <= self._stand[target]:
            found.append(int(self._mark[0, target] - self._mark[0, source]))
        if self._block[1, source] >= 0 and self._stand[source] >= self._stand[target]:
            found.append(int(self._mark[1, source] - self._mark[1, target]))
        return min(found, default=None)

    def packed(self) -> Floats:
        """Packed cost between all places, shape (k, k); inf where there is no way."""
        k = len(self.places)
        if k == 0:
            return np.zeros((0, 0))
        table = self.graph.hierarchy.table(self._begins.rows, self._ends.rows)
        np.fill_diagonal(table, 0)
        order = np.argsort(self._piece, kind="stable")
        for mates in np.split(order, np.flatnonzero(np.diff(self._piece[order])) + 1):
            for source in mates.tolist() if len(mates) > 1 else ():
                for target in mates.tolist():
                    along = self._along(source, target)
                    if along is not None and along < table[source, target]:
                        table[source, target] = along
        return np.where(table >= NO_WAY, np.inf, table.astype(np.float64))

    def travel_matrix(self) -> TravelMatrix:
        """Whole seconds and metres between all places, rounded half up.

        Raises
        ------
        ValueError
            If two places do not reach each other; places from one :class:`Snapper` always do.
        """
        packed = self.packed()
        if not np.isfinite(packed).all():
            raise ValueError("places of different parts of the network in one matrix")
        milliseconds, decimetres = unpack(packed)
        return TravelMatrix((milliseconds + 500) // 1000, (decimetres + 5) // 10)

    def ways(self, pairs: Iterable[tuple[int, int]]) -> list[Way]:
        """The fastest way for each pair of places (from, to), in their order; one search per distinct start.

        Raises
        ------
        ValueError
            If a place cannot be reached.
        """
        from geo.roads.search import tree

        wanted = list(pairs)
        goals: dict[int, list[int]] = {}
        for source, target in wanted:
            goals.setdefault(source, []).append(target)
        begins, ends = self._begins, self._ends
        pointer, order = self.graph.by_tail
        head, cost = self.graph.links.head[order], self.graph.whole_cost[order]
        found: dict[tuple[int, int], Way] = {}
        for source, targets in goals.items():
            first, last = begins.pointer[source : source + 2]
            nodes = np.concatenate([ends.of(target)[0] for target in targets])
            reached = tree(pointer, head, cost, begins.node[first:last], begins.cost[first:last], nodes)
            for target in set(targets):
                found[source, target] = self._way(source, target, ends, order, *reached)
        return [found[pair] for pair in wanted]

    def _way(self, source: int, target: int, ends: Attached, order: Ints, best: Ints, by: Ints) -> Way:
        nodes, rest = ends.of(target)
        reach = best[nodes] + rest
        along = 0 if source == target else self._along(source, target)
        pick = int(reach.argmin()) if len(reach) else -1
        through = int(reach[pick]) if pick >= 0 else NO_WAY
        if along is None and through >= NO_WAY:
            raise ValueError("places of different parts of the network in one way")
        if along is not None and along <= through:
            bits = [(int(self._piece[source]), float(self._stand[source]), float(self._stand[target]))]
            total = along
        else:
            entry = int(ends.pointer[target]) + pick
            bits, total = self._bits(source, target, int(nodes[pick]), bool(ends.ahead[entry]), order, by), through
        line = np.concatenate([piece_vertices(self.network, *bit) for bit in bits])
        moved = np.r_[True, (np.diff(line, axis=0) != 0).any(axis=1)]
        milliseconds, decimetres = unpack(np.array([total]))
        pieces = tuple(piece for piece, begin, stop in bits if begin != stop)
        return Way(line[moved], pieces, int((milliseconds[0] + 500) // 1000), int((decimetres[0] + 5) // 10))

    def _bits(
        self, source: int, target: int, node: int, in_ahead: bool, order: Ints, by: Ints
    ) -> list[tuple[int, float, float]]:
        """What a way through ``node`` runs on: (piece, from, to) in metres along each piece."""
        graph, length = self.graph, self.network.length_m
        bits: list[tuple[int, float, float]] = []
        while by[node] >= 0:
            link = int(order[by[node]])
            arc, node = int(graph.links.arc[link]), int(graph.links.tail[link])
            piece, full = int(graph.piece[arc]), float(length[graph.piece[arc]])
            bits.append((piece, 0.0, full) if graph.forward[arc] else (piece, full, 0.0))
        begins = self._begins
        nodes, costs = begins.of(source)
        mine = np.flatnonzero(nodes == node)
        out_ahead = begins.ahead[begins.pointer[source] + mine[costs[mine].argmin()]]
        first, last = int(self._piece[source]), int(self._piece[target])
        bits.append((first, float(self._stand[source]), float(length[first]) if out_ahead else 0.0))
        bits.reverse()
        bits.append((last, 0.0 if in_ahead else float(length[last]), float(self._stand[target])))
        return bits


def piece_vertices(network: Network, piece: int, begin_m: float, stop_m: float) -> Floats:
    """Longitudes and latitudes along a piece between two offsets, backwards if ``stop_m < begin_m``; shape (≥ 2, 2)."""
    vertices = slice(network.first[piece], network.last[piece] + 1)
    along = network.along_m[vertices] - network.along_m[network.first[piece]]
    lonlat = network.lonlat[vertices]
    low, high = min(begin_m, stop_m), max(begin_m, stop_m)
    ends = np.column_stack([np.interp([low, high], along, lonlat[:, axis]) for axis in (0, 1)])
    line = np.concatenate([ends[:1], lonlat[(along > low) & (along < high)], ends[1:]])
    return line if begin_m <= stop_m else line[::-1]


def way_line(way: Way) -> LineString | None:
    """The way as a LineString in EPSG:4490; none when it has no length."""
    from shapely import LineString

    return LineString(way.lonlat) if len(way.lonlat) > 1 else None


def _pointer(which: Ints, count: int) -> Ints:
    """Where the entries of each place begin in a list sorted by place, and where the last ones end."""
    return np.searchsorted(which, np.arange(count + 1))


def _part(whole: Ints, share: Floats) -> Ints:
    """A share of whole numbers, rounded half up; all of it is all of it."""
    return np.floor(whole * share + 0.5).astype(np.int64)

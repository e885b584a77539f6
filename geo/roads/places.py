"""Places on the streets: snapping to the nearest position, travel matrices between them, and the way itself.

A place splits its piece of street where it stands, so a stop in mid-block is reached along the block
and not from the nearest crossing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.network import METRES, Floats, Ints, ModeGraph, Network, unpack
from geo.roads.speeds import Mode

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from shapely import LineString
    from shapely.geometry.base import BaseGeometry

SNAP_LIMIT_M: Final = 200.0
"""Farther than this from any street of the mode, a place is not on the network."""

SOURCES_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Place:
    """A position on a piece of street, ``offset_m`` from its start; ``off_m`` is how far the thing lies from it."""

    piece: int
    offset_m: float
    off_m: float = 0.0


@dataclass(frozen=True, slots=True)
class OffNetwork:
    """Why a thing has no place in a mode's network.

    ``nearest_m`` is the distance to the nearest street of the mode's main part. When a street stands
    within the limit but apart from the main part, ``street`` names it ('' without a name) and
    ``part_m`` is the length of that separate part.
    """

    nearest_m: int
    street: str | None = None
    part_m: int | None = None

    @property
    def cut_off(self) -> bool:
        """Whether a street is there, only not connected both ways."""
        return self.part_m is not None


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


def piece_lines(network: Network) -> NDArray[np.object_]:
    """Every piece as a LineString in the metric CRS, in the order of the pieces."""
    import shapely

    count = network.last - network.first + 1
    ends = np.cumsum(count)
    vertex = np.arange(ends[-1]) - np.repeat(ends - count, count) + np.repeat(network.first, count)
    return np.asarray(shapely.linestrings(network.xy[vertex], indices=np.repeat(np.arange(len(count)), count)))


class Snapper:
    """Finds places for one mode of a network.

    Examples
    --------
    See ``tests/unit/test_roads_places.py``.
    """

    def __init__(self, network: Network, mode: Mode) -> None:
        import shapely

        self.network = network
        self.graph = network.graphs[mode]
        self._lines = piece_lines(network)
        pieces = np.arange(len(network.road))
        main = self.graph.in_main(pieces, network.start, network.end)
        apart = np.zeros(len(pieces), dtype=bool)
        apart[self.graph.piece] = True
        self._main, self._apart = pieces[main], pieces[apart & ~main]
        self._main_tree = shapely.STRtree(self._lines[self._main])
        self._apart_tree = shapely.STRtree(self._lines[self._apart])

    def snap(self, things: Sequence[BaseGeometry], limit_m: float = SNAP_LIMIT_M) -> list[Place | OffNetwork]:
        """A place for each thing, or why there is none.

        Parameters
        ----------
        things
            Points, lines or areas in the network's metric CRS; the place of an area is on the street within
            ``limit_m`` of the area that is nearest to a point inside it.
        limit_m
            Metres, ≥ 0.

        Returns
        -------
        list
            One per thing, in their order; ties go to the piece that comes first in the network.
        """
        import shapely

        found: list[Place | OffNetwork | None] = [None] * len(things)
        geometry = np.array(things, dtype=object)
        if len(self._main) and len(geometry):
            middle = shapely.point_on_surface(geometry)
            which, near = self._main_tree.query(geometry, predicate="dwithin", distance=limit_m)
            piece = self._main[near]
            distance = shapely.distance(middle[which], self._lines[piece])
            order = np.lexsort((piece, distance, which))
            firsts = order[np.diff(which[order], prepend=-1) != 0]
            line = self._lines[piece[firsts]]
            offset = shapely.line_locate_point(line, middle[which[firsts]])
            off = shapely.distance(geometry[which[firsts]], shapely.line_interpolate_point(line, offset))
            for thing, one, at, away in zip(which[firsts], piece[firsts], offset, off, strict=True):
                found[int(thing)] = Place(int(one), float(at), float(away))
        return [place or self._why_not(thing, limit_m) for place, thing in zip(found, geometry, strict=True)]

    def _why_not(self, thing: BaseGeometry, limit_m: float) -> OffNetwork:
        nearest = -1
        if len(self._main):
            _, distance = self._main_tree.query_nearest(thing, return_distance=True, all_matches=False)
            nearest = round(float(distance[0]))
        if len(self._apart):
            index, distance = self._apart_tree.query_nearest(thing, return_distance=True, all_matches=True)
            if float(distance[0]) <= limit_m:
                return self.apart(int(self._apart[index.min()]), nearest)
        return OffNetwork(nearest)

    def apart(self, piece: int, nearest_m: int = 0) -> OffNetwork:
        """Why a piece of street outside the main part cannot be used: its name, and the length of the part it is in."""
        same = self.graph.label[self.network.start] == self.graph.label[self.network.start[piece]]
        mine = np.zeros(len(same), dtype=bool)
        mine[self.graph.piece] = True
        length = round(float(self.network.length_m[same & mine].sum()))
        return OffNetwork(nearest_m, self.network.names[self.network.road[piece]] or "", length)


class PlacedNetwork:
    """One mode's network with places in it.

    Parameters
    ----------
    network, mode
        The network and how one moves.
    places
        Positions found by :class:`Snapper`, or chosen; k of them, k ≥ 0.
    """

    def __init__(self, network: Network, mode: Mode, places: Sequence[Place]) -> None:
        self.network = network
        self.places = tuple(places)
        tail, head, cost, piece, begin, stop = _split(network, network.graphs[mode], self.places)
        self._nodes = network.node_count + len(self.places)
        order = np.lexsort((piece, cost, head, tail))
        key = (tail * self._nodes + head)[order]
        first = np.r_[True, key[1:] != key[:-1]] if len(key) else np.zeros(0, dtype=bool)
        chosen = order[first]
        self._key, self._cost, self._piece = key[first], cost[chosen], piece[chosen]
        self._begin, self._stop = begin[chosen], stop[chosen]
        self._links = self._matrix(tail[chosen], head[chosen])

    def _matrix(self, tail: Ints, head: Ints) -> csr_matrix:
        from scipy.sparse import csr_matrix

        pointer = np.searchsorted(tail, np.arange(self._nodes + 1))
        return csr_matrix((self._cost, head, pointer), shape=(self._nodes, self._nodes))

    def _place_node(self, place: int | Ints) -> Ints:
        return np.asarray(self.network.node_count + np.asarray(place), dtype=np.int64)

    def packed(self) -> Floats:
        """Packed cost between all places, shape (k, k); inf where there is no way."""
        from scipy.sparse.csgraph import dijkstra

        nodes = self._place_node(np.arange(len(self.places)))
        rows = [
            dijkstra(self._links, indices=nodes[at : at + SOURCES_AT_ONCE])[:, nodes]
            for at in range(0, len(nodes), SOURCES_AT_ONCE)
        ]
        return np.concatenate(rows) if rows else np.zeros((0, 0))

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
        """The fastest way for each pair of places (from, to), in their order; one search per distinct start."""
        from scipy.sparse.csgraph import dijkstra

        wanted = list(pairs)
        before: dict[int, tuple[Floats, Ints]] = {}
        for source in sorted({source for source, _ in wanted}):
            cost, previous = dijkstra(self._links, indices=int(self._place_node(source)), return_predecessors=True)
            before[source] = (cost, previous)
        return [self._way(source, target, *before[source]) for source, target in wanted]

    def _way(self, source: int, target: int, cost: Floats, previous: Ints) -> Way:
        node, begin = int(self._place_node(target)), int(self._place_node(source))
        milliseconds, decimetres = unpack(cost[node : node + 1])
        path = [node]
        while path[-1] != begin:
            path.append(int(previous[path[-1]]))
        path.reverse()
        edges = np.searchsorted(self._key, np.array(path[:-1], dtype=np.int64) * self._nodes + np.array(path[1:]))
        if len(edges):
            bits = [
                piece_vertices(self.network, int(self._piece[edge]), float(self._begin[edge]), float(self._stop[edge]))
                for edge in edges
            ]
            line = np.concatenate(bits)
        else:
            here = self.places[source]
            line = piece_vertices(self.network, here.piece, here.offset_m, here.offset_m)
        moved = np.r_[True, (np.diff(line, axis=0) != 0).any(axis=1)]
        return Way(
            line[moved],
            tuple(int(self._piece[edge]) for edge in edges),
            int((milliseconds[0] + 500) // 1000),
            int((decimetres[0] + 5) // 10),
        )


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


def _split(
    network: Network, graph: ModeGraph, places: Sequence[Place]
) -> tuple[Ints, Ints, Floats, Ints, Floats, Floats]:
    """The mode's edges, and those that lead along a piece from place to place."""
    full = network.length_m[graph.piece]
    begin, stop = np.where(graph.forward, 0.0, full), np.where(graph.forward, full, 0.0)
    directed = {
        (int(piece), bool(ahead)): i for i, (piece, ahead) in enumerate(zip(graph.piece, graph.forward, strict=True))
    }
    on_piece: dict[int, list[int]] = {}
    for number, place in enumerate(places):
        on_piece.setdefault(place.piece, []).append(number)
    extra: list[tuple[int, int, float, int, float, float]] = []
    for piece, numbers in on_piece.items():
        numbers.sort(key=lambda number: (places[number].offset_m, number))
        length = float(network.length_m[piece])
        stand = [0.0, *(min(max(places[number].offset_m, 0.0), length) for number in numbers), length]
        chain = [
            int(network.start[piece]),
            *(network.node_count + number for number in numbers),
            int(network.end[piece]),
        ]
        for ahead in (True, False):
            edge = directed.get((piece, ahead))
            if edge is None:
                continue
            mark = _marks(graph.cost[edge], stand, length)
            for i in range(len(chain) - 1):
                here, there = (i, i + 1) if ahead else (i + 1, i)
                extra.append((chain[here], chain[there], mark[i + 1] - mark[i], piece, stand[here], stand[there]))
    if not extra:
        return graph.tail, graph.head, graph.cost, graph.piece, begin, stop
    tail, head, cost, piece_, begin_, stop_ = (np.array(column) for column in zip(*extra, strict=True))
    return (
        np.concatenate([graph.tail, tail]),
        np.concatenate([graph.head, head]),
        np.concatenate([graph.cost, cost]),
        np.concatenate([graph.piece, piece_]),
        np.concatenate([begin, begin_]),
        np.concatenate([stop, stop_]),
    )


def _marks(cost: float, stand: Sequence[float], length: float) -> list[float]:
    """Packed cost from the piece's start to each stand; differences add up to the whole piece exactly."""
    milliseconds, decimetres = unpack(np.array([cost]))
    share = [at / length if length > 0 else 0.0 for at in stand[:-1]] + [1.0]
    return [
        float(np.floor(milliseconds[0] * part + 0.5)) * METRES + float(np.floor(decimetres[0] * part + 0.5))
        for part in share
    ]

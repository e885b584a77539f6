"""Places: positions on the streets, and how things that stand beside a street find theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.network import Network
from geo.roads.speeds import Mode

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SNAP_LIMIT_M: Final = 200.0
"""Farther than this from any street of the mode, a place is not on the network."""


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

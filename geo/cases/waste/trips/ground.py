"""Where lorries stand: at which site or dump a position is, and how far it is off the permitted ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Places:
    """Numbered places as areas and points, metric; a place may have several."""

    codes: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]

    def marks(self, points: NDArray[np.object_], reach_m: float) -> list[str]:
        """The place each point is at, empty for none: inside an area, else the nearest point within ``reach_m``.

        Examples
        --------
        >>> places = Places(("A", "B"), (shapely.box(0, 0, 10, 10), shapely.Point(100, 0)))
        >>> places.marks(shapely.points([[5, 5], [70, 0], [12, 5]]), 40)
        ['A', 'B', '']
        """
        found = [""] * len(points)
        if not self.shapes:
            return found
        shapes = np.array(self.shapes, dtype=object)
        is_spot = shapely.get_dimensions(shapes) == 0
        best = np.full(len(points), np.inf)
        at, hit = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=reach_m)
        away = shapely.distance(points[at], shapes[hit])
        for point, place, metres in zip(at.tolist(), hit.tolist(), away.tolist(), strict=True):
            if metres < best[point] and (is_spot[place] or metres == 0.0):
                best[point], found[point] = metres, self.codes[place]
        return found


def build_places(rows: Sequence[tuple[str, bytes]]) -> Places:
    """Places from (number, WKB); rows of one number may be several."""
    return Places(tuple(code for code, _ in rows), tuple(shapely.from_wkb(shape) for _, shape in rows))


def off_ways(
    points: NDArray[np.object_], codes: Sequence[str], ways: Mapping[str, BaseGeometry]
) -> NDArray[np.float64] | None:
    """Metres from each point to the nearest of some ways; None if none of them is drawn.

    Examples
    --------
    >>> ways = {"R1": shapely.LineString([[0, 0], [100, 0]])}
    >>> off_ways(shapely.points([[50, 30]]), ["R1", "R9"], ways).tolist(), off_ways(shapely.points([[0, 0]]), [], ways)
    ([30.0], None)
    """
    drawn = [ways[code] for code in codes if code in ways]
    if not drawn:
        return None
    together = shapely.union_all(drawn)
    shapely.prepare(together)
    found: NDArray[np.float64] = shapely.distance(points, together)
    return found

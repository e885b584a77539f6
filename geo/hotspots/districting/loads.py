"""How much work each unit brings: minutes that its events take, their number, or metres of its streets."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.hotspots.districting.units import Floats, Ints
from geo.hotspots.history import USUAL_MIN, service_minutes

NEAR_M: Final = 25.0
"""An event this near to a unit belongs to it, if it lies in none: on a street that the units leave out."""


def minutes_of(codes: ArrayLike) -> Floats:
    """Minutes for each code; ten where no list knows it.

    Examples
    --------
    >>> minutes_of(["04-06", "?"])
    array([12., 10.])
    """
    known = service_minutes()
    return np.array([known.get(code, USUAL_MIN) for code in np.asarray(codes, dtype=object)], dtype=np.float64)


def sum_events(areas: NDArray[np.object_], xy: Floats, weight: Floats) -> tuple[Floats, int]:
    """Weight of the events in each unit.

    Parameters
    ----------
    areas
        Shape (n,), metric CRS.
    xy, weight
        Shapes (m, 2), metres, and (m,).

    Returns
    -------
    tuple
        Shape (n,), each event counted once, on a border for the first unit; and how many are farther than 25 m from
        every unit and count for none.

    Examples
    --------
    >>> import shapely
    >>> two = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    >>> sum_events(two, np.array([[50.0, 50.0], [100.0, 50.0], [210.0, 50.0], [999.0, 0.0]]), np.ones(4))
    (array([2., 1.]), 1)
    """
    import shapely

    unit = _nearest_unit(areas, np.asarray(shapely.points(xy), dtype=object))
    inside = unit >= 0
    held = np.asarray(np.bincount(unit[inside], weight[inside], len(areas)), dtype=np.float64)
    return held, int((~inside).sum())


def sum_streets(areas: NDArray[np.object_], lines: NDArray[np.object_]) -> Floats:
    """Metres of street in each unit; a street between two counts half for each.

    Examples
    --------
    >>> import shapely
    >>> two = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    >>> streets = np.array([shapely.LineString([(0, 50), (100, 50)]), shapely.LineString([(100, 0), (100, 100)])])
    >>> sum_streets(two, streets)
    array([150.,  50.])
    """
    import shapely

    line, area = shapely.STRtree(areas).query(lines, predicate="intersects")
    metres = shapely.length(shapely.intersection(lines[line], areas[area]))
    total = np.maximum(np.bincount(line, metres, len(lines)), 1e-9)
    seen = np.minimum(total, shapely.length(lines))
    return np.asarray(np.bincount(area, metres / total[line] * seen[line], len(areas)), dtype=np.float64)


def _nearest_unit(areas: NDArray[np.object_], points: NDArray[np.object_]) -> Ints:
    """The unit each point lies in or near, the first of several; −1 for none."""
    import shapely

    unit = np.full(len(points), -1, dtype=np.int64)
    if len(points) == 0:
        return unit
    point, area = shapely.STRtree(areas).query(points, predicate="intersects")
    order = np.lexsort((-area, point))
    unit[point[order]] = area[order]
    rest = np.flatnonzero(unit < 0)
    if len(rest):
        near, found = shapely.STRtree(areas).query_nearest(points[rest], max_distance=NEAR_M, all_matches=False)
        unit[rest[near]] = found
    return unit

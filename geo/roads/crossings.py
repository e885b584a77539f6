"""Where streets meet: which vertices are one node, and where the streets are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

KEY_DEGREES: Final = 1e-7
"""Vertices this close (about 1 cm) are the same vertex; it is also the precision of OSM."""


def vertices(frame: GeoDataFrame) -> tuple[Floats, Ints]:
    """Coordinates of all vertices, shape (v, 2), and the number of the line each belongs to."""
    import shapely

    coordinates, way = shapely.get_coordinates(frame.geometry.array, return_index=True)
    return coordinates, way.astype(np.int64)


def along(xy: Floats, way: Ints) -> Floats:
    """Metres from the start of its street, of every vertex.

    Examples
    --------
    >>> along(np.array([[0, 0], [3, 4], [9, 9], [9, 10]]), np.array([0, 0, 1, 1]))
    array([0., 5., 0., 1.])
    """
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    step[np.diff(way, prepend=-1) != 0] = 0.0
    total = np.cumsum(step)
    begins = np.flatnonzero(np.diff(way, prepend=-1) != 0)
    return np.asarray(total - np.repeat(total[begins], np.bincount(way)))


def find_nodes(lonlat: Floats, way: Ints, level: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Which node every vertex is, and whether the network is cut there.

    Parameters
    ----------
    lonlat, way
        As :func:`vertices` gives them, EPSG:4490.
    level
        Level above ground of each street.

    Returns
    -------
    tuple
        Shape (v,) each. Streets meet at shared vertices of the same level; one that ends on another level's
        vertex, as a ramp or a bridge's foot does, joins the nearest level there.
    """
    keys = np.round(lonlat / KEY_DEGREES).astype(np.int64)
    order = np.lexsort((level[way], keys[:, 1], keys[:, 0]))
    same_spot = np.r_[False, (keys[order][1:] == keys[order][:-1]).all(axis=1)]
    sorted_level = level[way][order]
    same_group = same_spot & np.r_[False, sorted_level[1:] == sorted_level[:-1]]
    group = np.empty(len(way), dtype=np.int64)
    group[order] = np.cumsum(~same_group) - 1
    spot = np.empty(len(way), dtype=np.int64)
    spot[order] = np.cumsum(~same_spot) - 1
    is_end = np.zeros(len(way), dtype=bool)
    is_end[np.flatnonzero(np.diff(way, prepend=-1) != 0)] = True
    is_end[np.flatnonzero(np.diff(way, append=way[-1] + 1) != 0)] = True
    group = _join_ramps(group, spot, is_end, level[way])
    return group, is_end | (np.bincount(group)[group] > 1)


def _join_ramps(group: Ints, spot: Ints, is_end: NDArray[np.bool_], level: Ints) -> Ints:
    """Where streets of several levels share a spot, join a level that ends there to the nearest other level."""
    uses = np.bincount(group)
    spot_of = np.zeros(len(uses), dtype=np.int64)
    spot_of[group] = spot
    # Groups are numbered spot by spot, so those of one spot stand together.
    begins = np.flatnonzero(np.diff(spot_of, prepend=-1))
    counts = np.diff(begins, append=len(uses))
    several = np.flatnonzero(counts > 1)
    if len(several) == 0:
        return group
    ends = np.bincount(group, weights=is_end).astype(np.int64)
    level_of = np.zeros(len(uses), dtype=np.int64)
    level_of[group] = level
    target = np.arange(len(uses))
    for at in several.tolist():
        members = range(int(begins[at]), int(begins[at] + counts[at]))
        here = target[members.start : members.stop]
        for one in members:
            if uses[one] == 1 and ends[one] == 1:
                others = [other for other in members if other != one]
                near = min(others, key=lambda other: (abs(level_of[other] - level_of[one]), level_of[other]))
                low, high = sorted((int(target[one]), int(target[near])))
                here[here == high] = low
    return np.asarray(target[group])

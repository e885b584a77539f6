"""Blocks between streets and rivers: the units of a county that has no unit grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.districting.units import UnitsBroken

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SMALLEST_M2: Final = 3_000.0
"""A block below this (a traffic island, a sliver between two carriageways) joins the neighbour it borders on most."""

GRID_M: Final = 0.001
"""Lines are cut where they cross on this grid, so that neighbours share their corners exactly."""


def street_blocks(
    lines: NDArray[np.object_], ground: BaseGeometry, *, smallest_m2: float = SMALLEST_M2
) -> NDArray[np.object_]:
    """Cut ground along lines.

    Parameters
    ----------
    lines
        Streets and waterways, LineString, metric CRS.
    ground
        Polygon or MultiPolygon, same CRS, area > 0.
    smallest_m2
        Smaller blocks are joined to a neighbour, if they have one.

    Returns
    -------
    NDArray
        Polygons that cover ``ground`` without gap or overlap, from north to south and west to east; the ground itself
        if no line cuts it.

    Raises
    ------
    UnitsBroken
        If the ground has no area.

    Notes
    -----
    Dead ends cut nothing. A street that ends outside the ground cuts it where it crosses the border.

    Examples
    --------
    >>> import shapely
    >>> cross = np.array([shapely.LineString([(100, 0), (100, 200)]), shapely.LineString([(0, 100), (200, 100)])])
    >>> [block.bounds[:2] for block in street_blocks(cross, shapely.box(0, 0, 200, 200))]
    [(0.0, 100.0), (100.0, 100.0), (0.0, 0.0), (100.0, 0.0)]
    """
    import shapely

    if ground.is_empty or ground.area <= 0:
        raise UnitsBroken("districts.no_units")
    inside = shapely.intersection(np.asarray(lines, dtype=object), ground, grid_size=GRID_M)
    edges = shapely.union_all(np.array([*inside, ground.boundary], dtype=object), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    shapely.prepare(ground)
    faces = faces[shapely.contains(ground, shapely.point_on_surface(faces))]
    if len(faces) == 0:
        faces = shapely.get_parts(np.array([ground], dtype=object))
    blocks = _join_small(faces, smallest_m2)
    box = shapely.bounds(blocks)
    return blocks[np.lexsort((box[:, 0], -box[:, 1].round(3)))]


def _join_small(faces: NDArray[np.object_], smallest_m2: float) -> NDArray[np.object_]:
    """Join every small face to the face it shares most border with, smallest first, as often as it takes."""
    import shapely

    area = shapely.area(faces)
    if not (area < smallest_m2).any():
        return faces
    one, other = shapely.STRtree(faces).query(faces, predicate="intersects")
    keep = one != other
    one, other = one[keep], other[keep]
    border = shapely.length(shapely.intersection(shapely.boundary(faces)[one], shapely.boundary(faces)[other]))
    beside: list[dict[int, float]] = [{} for _ in faces]
    for i, j, metres in zip(one.tolist(), other.tolist(), border.tolist(), strict=True):
        if metres > GRID_M:
            beside[i][j] = metres
    group = {i: [i] for i in range(len(faces))}
    size = area.tolist()
    waiting = sorted((i for i in group if size[i] < smallest_m2), key=lambda i: size[i])
    for i in waiting:
        if i not in group or size[i] >= smallest_m2 or not beside[i]:
            continue
        into = max(beside[i], key=lambda j: (beside[i][j], -j))
        group[into] += group.pop(i)
        size[into] += size[i]
        for j, metres in beside[i].items():
            del beside[j][i]
            if j != into:
                beside[j][into] = beside[into][j] = beside[into].get(j, 0.0) + metres
    joined = [faces[rows[0]] if len(rows) == 1 else shapely.union_all(faces[rows]) for rows in group.values()]
    found = np.empty(len(joined), dtype=object)
    found[:] = joined
    return found

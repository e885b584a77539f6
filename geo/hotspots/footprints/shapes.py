"""Footprints as arrays: outlines with the few numbers that pairing them needs, measured once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Mask = NDArray[np.bool_]
Outlines = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Shapes:
    """Outlines of one layer, all arrays in the same order.

    Parameters
    ----------
    outline
        Shape (n,), valid polygons or multipolygons, metres, none empty or missing.
    centre
        Shape (n, 2), centroids.
    area_m2
        Shape (n,).
    size_m
        Shape (n, 2), width and height of the bounding boxes.
    """

    outline: Outlines
    centre: Floats
    area_m2: Floats
    size_m: Floats

    def __len__(self) -> int:
        return len(self.outline)

    def take(self, rows: Ints) -> Shapes:
        """Only these rows, in their order."""
        return Shapes(self.outline[rows], self.centre[rows], self.area_m2[rows], self.size_m[rows])


def measure(outline: Outlines) -> Shapes:
    """The outlines with centroid, area and size.

    Examples
    --------
    >>> house = measure(np.array([shapely.box(0, 0, 10, 8)]))
    >>> house.centre.tolist(), house.area_m2.tolist(), house.size_m.tolist()
    ([[5.0, 4.0]], [80.0], [[10.0, 8.0]])
    """
    bounds = shapely.bounds(outline).reshape(-1, 4)
    centre = shapely.get_coordinates(shapely.centroid(outline)).reshape(-1, 2)
    return Shapes(outline, centre, shapely.area(outline), bounds[:, 2:] - bounds[:, :2])


def moved(outline: Outlines, by: Floats) -> Outlines:
    """Copies of the outlines, each moved by its own row of ``by``, shape (n, 2), metres.

    Examples
    --------
    >>> moved(np.array([shapely.Point(1, 1), shapely.Point(2, 2)]), np.array([[1.0, 0.0], [0.0, -2.0]])).tolist()
    [<POINT (2 1)>, <POINT (2 0)>]
    """
    if not len(outline):
        return outline.copy()
    xy, owner = shapely.get_coordinates(outline, return_index=True)
    copies: Outlines = shapely.set_coordinates(outline.copy(), xy + by[owner])
    return copies

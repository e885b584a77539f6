"""A point at a shop becomes the line of its front: along the street, on the shop's side of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

HALF_WIDTH_M: Final = {"main": 12.0, "secondary": 8.0, "branch": 5.0, "lane": 3.0}
"""From a street's middle line to its edge, by tier."""

REACH_M: Final = 40.0
"""A shop farther than this from every street fronts none of them."""

LEAST_SIDE_M: Final = 0.5
"""A point nearer to the middle line than this is on neither side."""

USUAL_WIDTH_M: Final = 4.0


@dataclass(frozen=True, slots=True)
class Front:
    """The line of a front, metric, along its street; which street, and how far the point was moved."""

    line: shapely.LineString
    street: int
    moved_m: float


def front_of(
    point: shapely.Point, streets: NDArray[np.object_], tiers: list[str], width_m: float = USUAL_WIDTH_M
) -> Front | None:
    """The front of a shop.

    Parameters
    ----------
    point
        Metric CRS.
    streets
        Shape (n,), LineStrings in the same CRS, those the shop may front.
    tiers
        Of the streets, see :data:`HALF_WIDTH_M`.
    width_m
        Length of the front, > 0.

    Returns
    -------
    Front or None
        None if no street is within 40 m, or the point is in the middle of the nearest one.

    Examples
    --------
    >>> road = np.array([shapely.LineString([(0, 0), (100, 0)])])
    >>> front = front_of(shapely.Point(50, 6), road, ["branch"])
    >>> front.line.wkt, front.moved_m
    ('LINESTRING (48 5, 52 5)', 1.0)
    >>> front_of(shapely.Point(50, -6), road, ["branch"]).line.wkt
    'LINESTRING (48 -5, 52 -5)'
    >>> front_of(shapely.Point(50, 0.1), road, ["branch"]) is None
    True
    """
    if not len(streets):
        return None
    distances = shapely.distance(streets, point)
    nearest = int(np.argmin(distances))
    if not LEAST_SIDE_M <= distances[nearest] <= REACH_M:
        return None
    street: shapely.LineString = streets[nearest]
    along = shapely.line_locate_point(street, point)
    ahead = _along(street, along)
    foot = _xy(shapely.line_interpolate_point(street, along))
    outward = _xy(point) - foot
    # At a street's end the nearest point is its tip; the side is told by the part of the way that is across.
    across = outward - ahead * float(outward @ ahead)
    size = float(np.hypot(*across))
    if size < LEAST_SIDE_M:
        return None
    middle = foot + ahead * float(outward @ ahead) + across / size * HALF_WIDTH_M[tiers[nearest]]
    ends = (middle - ahead * width_m / 2, middle + ahead * width_m / 2)
    return Front(shapely.LineString(ends), nearest, float(np.hypot(*(middle - _xy(point)))))


def _along(street: shapely.LineString, at: float) -> NDArray[np.float64]:
    """Unit vector of a line's direction at a distance along it."""
    step = min(0.5, street.length / 4)
    low, high = max(0.0, at - step), min(street.length, at + step)
    way = _xy(shapely.line_interpolate_point(street, high)) - _xy(shapely.line_interpolate_point(street, low))
    unit: NDArray[np.float64] = way / float(np.hypot(*way))
    return unit


def _xy(point: BaseGeometry) -> NDArray[np.float64]:
    found: NDArray[np.float64] = shapely.get_coordinates(point)[0]
    return found

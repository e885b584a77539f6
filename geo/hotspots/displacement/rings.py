"""Whose ground an operation concerns: its target, the ring around it, and the rest of the county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

RING_M: Final = 300.0
"""How far around the target its neighbours reach: about what a barrow is pushed when somebody comes."""

AWAY_M: Final = 1_000.0
"""The county's pace is read from what lies farther than this from the target."""


def inside(area: BaseGeometry, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each point lies in an area or on its border, shape (n,)."""
    import shapely

    return np.asarray(shapely.intersects_xy(area, x, y), dtype=bool)


def within(area: BaseGeometry, x: NDArray[np.float64], y: NDArray[np.float64], metres: float) -> NDArray[np.bool_]:
    """Whether each point lies within ``metres`` of an area, shape (n,).

    Examples
    --------
    >>> from shapely import box
    >>> within(box(0, 0, 10, 10), np.array([5.0, 15.0, 500.0]), np.zeros(3), 300.0).tolist()
    [True, True, False]
    """
    import shapely

    shapely.prepare(area)
    return np.asarray(shapely.dwithin(area, shapely.points(x, y), metres), dtype=bool)

"""Places like the target, out of its reach: where trouble may go that does not go next door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

MOST: Final = 10
REACH_M: Final = 50.0
LEAST_EVENTS: Final = 5
SIDE_M: Final = (100.0, 400.0)
"""Shortest and longest side of a cell that stands in for a place nobody has drawn."""


def zone_lookalikes(target: BaseGeometry, zones: GeoDataFrame, apart_m: float) -> NDArray[np.intp]:
    """Zones of the kinds the target touches, farther than ``apart_m`` from it.

    Parameters
    ----------
    zones
        ``kind``, Polygon or MultiPolygon, metres.

    Returns
    -------
    NDArray[np.intp]
        Rows of ``zones``, the nearest first; none if the target touches no zone.
    """
    import shapely

    if len(zones) == 0 or shapely.is_empty(target):
        return np.zeros(0, dtype=np.intp)
    away = shapely.distance(zones.geometry.array, target)
    kinds = set(zones["kind"].to_numpy()[away <= REACH_M])
    alike = np.flatnonzero(zones["kind"].isin(kinds).to_numpy() & (away > apart_m))
    return np.asarray(alike[np.argsort(away[alike], kind="stable")])


def cell_lookalikes(
    x: Floats, y: Floats, code: Whole, before: NDArray[np.bool_], in_target: NDArray[np.bool_],
    away: NDArray[np.bool_], side_m: float, most: int = MOST,
) -> list[NDArray[np.bool_]]:  # fmt: skip
    """Cells whose mix of codes was most like the target's before the operation.

    Parameters
    ----------
    x, y, code, before, in_target, away
        Shape (n,), of the events: metres, code number, whether before the operation, in the target, far enough from it.
    side_m
        Side of the cells; between 100 and 400 m.
    most
        How many cells at most.

    Returns
    -------
    list
        For each cell which events lie in it, shape (n,); the most alike first. Cells with fewer than five events
        before are passed over.

    Notes
    -----
    Likeness is the cosine of the counts by code: what kind of trouble, not how much.
    """
    side = float(np.clip(side_m, *SIDE_M))
    codes = int(code.max(initial=-1)) + 1
    own = np.bincount(code[in_target & before], minlength=codes).astype(np.float64)
    if not own.any():
        return []
    lattice = np.stack([np.floor(x / side), np.floor(y / side)], axis=1)
    cells, cell = np.unique(lattice, axis=0, return_inverse=True)
    cell = cell.ravel()
    usable = away & before
    counts = np.bincount(cell[usable] * codes + code[usable], minlength=len(cells) * codes).reshape(-1, codes)
    sums = counts.sum(axis=1)
    length = np.sqrt((counts**2).sum(axis=1)) * np.sqrt((own**2).sum())
    like = np.where(sums >= LEAST_EVENTS, counts @ own / np.maximum(length, 1e-9), -1.0)
    order = np.lexsort((-sums, -like))[:most]
    return [(cell == k) & away for k in order if like[k] > 0]

"""Mending invalid areas, in the child process only: a small tangled ring can take minutes and gigabytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.layers.batches import Geometries

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MAX_VERTICES = 20_000
MAX_CROSSINGS = 2_000
STEP = 200


def repair(geometry: Geometries) -> tuple[Geometries, NDArray[np.object_], int]:
    """Invalid areas made valid where that is cheap and leaves an area; other geometries as they are.

    Returns
    -------
    tuple
        Geometries; reason code of each that must be refused, else None; how many were mended.

    Examples
    --------
    >>> bow = shapely.from_wkt(["POLYGON((0 0,2 2,2 0,0 2,0 0))", "POINT(1 1)"])
    >>> mended, flaws, count = repair(np.array(bow))
    >>> shapely.area(mended).tolist(), flaws.tolist(), count
    ([2.0, 0.0], [None, None], 1)
    """
    flaws = np.full(len(geometry), None, object)
    area = np.isin(shapely.get_type_id(geometry), [3, 6, 7]) & ~shapely.is_empty(geometry)
    finite = area & np.isfinite(shapely.bounds(geometry)).all(axis=1)
    broken = np.flatnonzero(finite)[~shapely.is_valid(geometry[finite])]
    broken = np.union1d(broken, np.flatnonzero(shapely.get_type_id(geometry) == 7))
    mended = geometry.copy()
    count = 0
    for i in broken:
        whole = _mend(geometry[i])
        if isinstance(whole, str):
            mended[i], flaws[i] = None, whole
        else:
            mended[i] = whole
            count += 1
    return mended, flaws, count


def _mend(geometry: BaseGeometry) -> BaseGeometry | str:
    if shapely.get_num_coordinates(geometry) > MAX_VERTICES or _tangled(geometry):
        return "reject.too_tangled"
    whole = (
        geometry
        if shapely.is_valid(geometry)
        else shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    )
    parts = shapely.get_parts(shapely.get_parts(whole))
    areas = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    if not len(areas):
        return "reject.invalid"
    mended: BaseGeometry = areas[0] if len(areas) == 1 else shapely.multipolygons(areas)
    return mended


def _tangled(geometry: BaseGeometry) -> bool:
    """Whether more than a limited number of its segments cross; stops counting there."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(geometry)), return_index=True)
    same = ring[1:] == ring[:-1]
    segments = np.asarray(shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1)), object)
    tree = shapely.STRtree(segments)
    crossings = 0
    for start in range(0, len(segments), STEP):
        crossings += tree.query(segments[start : start + STEP], predicate="crosses").shape[1]
        if crossings > 2 * MAX_CROSSINGS:
            return True
    return False

"""Each street answers to exactly one 片区, also the street along which two of them meet (D17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import to_metric

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

BESIDE_M: Final = 20.0
"""A street drawn this close to a 片区 runs along it: borders and streets are drawn by different hands."""


def assign_owners(roads: GeoDataFrame, districts: GeoDataFrame, srid: int) -> dict[int, str | None]:
    """The one 片区 each street belongs to.

    Parameters
    ----------
    roads
        LineString, EPSG:4490, index = row id.
    districts
        Polygon or MultiPolygon, EPSG:4490, with ``code``.
    srid
        The county's metric CRS.

    Returns
    -------
    dict
        Row id of every street → code; None for a street that comes nowhere within 20 m of a 片区. A street
        goes to the 片区 it runs in longest; if equal (to the decimetre), as for one drawn in the gap between two, to
        the one it runs beside longest within 20 m; then to the lower code. Every key of ``roads`` is present.

    Examples
    --------
    See ``tests/unit/test_roads_owners.py``.
    """
    import shapely

    owners: dict[int, str | None] = {int(road): None for road in roads.index}
    if len(roads) == 0 or len(districts) == 0:
        return owners
    lines = to_metric(roads, srid).geometry.array
    areas = to_metric(districts, srid).geometry.array
    codes = districts["code"].astype(str).to_numpy()
    wide = np.asarray(shapely.buffer(np.asarray(areas), BESIDE_M, quad_segs=2))
    tree = shapely.STRtree(wide)
    road, area = tree.query(np.asarray(lines), predicate="intersects")
    line = np.asarray(lines)[road]
    inside = shapely.length(shapely.intersection(line, np.asarray(areas)[area]))
    beside = shapely.length(shapely.intersection(line, wide[area]))
    order = np.lexsort((codes[area], -np.round(beside, 1), -np.round(inside, 1), road))
    ids = roads.index.to_numpy()
    for pick in order[np.diff(road[order], prepend=-1) != 0]:
        owners[int(ids[road[pick]])] = str(codes[area[pick]])
    return owners

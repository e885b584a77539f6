"""Each street answers to exactly one 片区, also the street along which two of them meet (D17).

The one rule of all rooms: for streets without an owner, after a cut and after every re-cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import to_metric
from geo.roads.crossings import Floats

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

BESIDE_M: Final = 20.0
"""A street drawn this close to a 片区 runs along it: borders and streets are drawn by different hands."""

ALIKE: Final = 0.9
"""A 片区 that a street runs in or beside for this share of what it does elsewhere has the same claim to it."""


def assign_owners(roads: GeoDataFrame, districts: GeoDataFrame, srid: int) -> dict[int, str | None]:
    """The one 片区 each street belongs to.

    Parameters
    ----------
    roads
        LineString, EPSG:4490, index = row id; ``name``, ``owner_district``.
    districts
        Polygon or MultiPolygon, EPSG:4490, with ``code``.
    srid
        The county's metric CRS.

    Returns
    -------
    dict
        Row id of every street → code; None for a street that comes nowhere within 20 m of a 片区. A street goes to the
        片区 it runs in. One along a border stays with its owner if that is one of the two; else all pieces of a street
        between the same two go to the one that answers for less street, longest streets first, then to the lower code.

    Examples
    --------
    See ``tests/unit/test_roads_owners.py`` and ``tests/unit/test_district_owners.py``.
    """
    import shapely

    owners: dict[int, str | None] = {int(road): None for road in roads.index}
    if len(roads) == 0 or len(districts) == 0:
        return owners
    roads, order = roads.sort_index(), districts.sort_values("code")
    codes = order["code"].astype(str).tolist()
    areas = np.asarray(to_metric(order, srid).geometry.array)
    lines = np.asarray(to_metric(roads, srid).geometry.array)
    wide = shapely.buffer(areas, BESIDE_M, quad_segs=2)
    road, area = shapely.STRtree(wide).query(lines, predicate="intersects")
    by_road = np.lexsort((area, road))
    road, area = road[by_road], area[by_road]
    # Inside by more than half a street: what runs along the border is inside neither.
    inner = shapely.buffer(areas, -BESIDE_M / 2, quad_segs=2)
    deep = shapely.length(shapely.intersection(lines[road], inner[area]))
    beside = shapely.length(shapely.intersection(lines[road], wide[area]))
    metres = shapely.length(lines)
    ids, names = roads.index.to_numpy(), roads["name"].tolist()
    had = [value if isinstance(value, str) else None for value in roads["owner_district"]]
    held = dict.fromkeys(codes, 0.0)
    open_: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    start = np.flatnonzero(np.diff(road, prepend=-1))
    for first, stop in zip(start.tolist(), np.append(start, len(road))[1:].tolist(), strict=True):
        one = int(road[first])
        claims = _claims(deep[first:stop], beside[first:stop], metres[one])
        claimants = tuple(sorted(codes[area[first + i]] for i in claims))
        if len(claimants) > 1 and had[one] not in claimants:
            name = names[one] if isinstance(names[one], str) else f"#{ids[one]}"
            open_.setdefault((name, claimants), []).append(one)
            continue
        owner = had[one] if len(claimants) > 1 and had[one] is not None else claimants[0]
        owners[int(ids[one])] = owner
        held[str(owner)] += float(metres[one])
    for (_, claimants), pieces in sorted(open_.items(), key=lambda item: (-metres[item[1]].sum(), item[0])):
        chosen = min(claimants, key=lambda code: (held[code], code))
        held[chosen] += float(metres[pieces].sum())
        owners.update({int(ids[one]): chosen for one in pieces})
    return owners


def _claims(deep: Floats, beside: Floats, metres: float) -> list[int]:
    """Which of the 片区 a street touches have a claim: the one it runs deepest in, or those it runs beside alike."""
    if deep.max() > (1 - ALIKE) * metres and deep.max() > 0:
        return [int(np.argmax(deep))]
    most = beside.max()
    return np.flatnonzero(beside >= ALIKE * most).tolist()

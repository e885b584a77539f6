"""Which class of place an event belongs to: that of a hotspot zone it stands at, if its code is at home there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geopandas import GeoSeries

    from geo.hotspots.recurrence.links import Records

STREET: Final = "street"
FACILITY: Final = "facility"
"""Components (lamps, covers) break where they stand, whatever is around."""

REACH_M: Final = 50.0
"""An event this close to a zone may be the zone's."""

RING_M: Final = 200.0
AT_HOME: Final = 3.0
"""A code is at home at a kind of zone if it is at least this many times as dense there as in the ring around."""


def place_classes(
    records: Records, zones: GeoSeries, kinds: Sequence[str], components: frozenset[str] = frozenset()
) -> NDArray[np.str_]:
    """The class of place of each event.

    Parameters
    ----------
    zones
        Shape (z,), Polygon or MultiPolygon, metres.
    kinds
        Shape (z,): ``school``, ``market``, …
    components
        Codes of things that stand where they stand; always ``facility``.

    Returns
    -------
    NDArray[np.str_]
        Shape (n,): kind of zone, ``street`` or ``facility``. Where zones of several kinds are near, the one where
        the code is densest; where the code is no denser than in the streets around, ``street``.

    Notes
    -----
    Density = events per km² within ``REACH_M`` of zones of the kind against the ring out to ``RING_M`` that is near
    no zone; events near zones of two kinds are left out when densities are measured. Nothing is known of a code
    beforehand.

    Examples
    --------
    >>> from geopandas import GeoSeries
    >>> from pandas import DataFrame, to_datetime
    >>> from shapely import box
    >>> from geo.hotspots.recurrence.links import read_records
    >>> at = to_datetime(["2026-01-01"] * 5, utc=True)
    >>> events = DataFrame({"code": list("aaabb"), "occurred_at": at, "closed_at": at, "duplicate": False,
    ...                     "x": [0.0, 5.0, 9.0, 5.0, 150.0], "y": 0.0})
    >>> place_classes(read_records(events), GeoSeries([box(0, 0, 9, 9)], crs=4546), ["school"]).tolist()
    ['school', 'school', 'school', 'school', 'street']
    """
    import shapely

    n = len(records)
    found = np.full(n, STREET, dtype=object)
    if n and len(zones):
        names, kind = np.unique(np.asarray(kinds, dtype=str), return_inverse=True)
        points = np.asarray(shapely.points(records.x, records.y), dtype=object)
        tree = shapely.STRtree(zones.array)
        near = _member(tree, points, REACH_M, kind, len(names))
        around = _member(tree, points, RING_M, kind, len(names)) & ~near.any(axis=1, keepdims=True)
        close = shapely.buffer(zones.array, REACH_M)
        area = np.array([_areas(zones.array[kind == k], close[kind == k], close) for k in range(len(names))])
        alone = near.sum(axis=1) == 1
        codes = len(records.codes)
        inside = _counts(records.code[alone], near[alone], codes) / area[:, 0]
        outside = _counts(records.code, around, codes) / area[:, 1]
        dense = np.where(inside >= AT_HOME * outside, inside, 0.0)
        here = np.where(near, dense[records.code], 0.0)
        found = np.where(here.max(axis=1) > 0, names[here.argmax(axis=1)], STREET)
    component = np.isin(np.array(records.codes, dtype=str), list(components))
    if n:
        found = np.where(component[records.code], FACILITY, found)
    return found.astype(np.str_)


def zone_of(
    records: Records, place_class: NDArray[np.str_], zones: GeoSeries, kinds: Sequence[str]
) -> NDArray[np.int64]:
    """The zone each event belongs to, shape (n,): the nearest of its class within ``REACH_M``; -1 for none.

    Of several equally near the first.
    """
    import shapely

    found = np.full(len(records), -1, dtype=np.int64)
    if len(records) == 0 or len(zones) == 0:
        return found
    points = np.asarray(shapely.points(records.x, records.y), dtype=object)
    point, zone = shapely.STRtree(zones.array).query(points, predicate="dwithin", distance=REACH_M)
    fits = np.asarray(kinds, dtype=str)[zone] == place_class[point]
    point, zone = point[fits], zone[fits]
    away = shapely.distance(points[point], zones.array[zone])
    order = np.lexsort((-zone, -away, point))
    found[point[order]] = zone[order]
    return found


def _member(
    tree: object, points: NDArray[np.object_], distance_m: float, kind: NDArray[np.intp], kinds: int
) -> NDArray[np.bool_]:
    """Shape (n, kinds): whether a zone of the kind is within the distance."""
    point, zone = tree.query(points, predicate="dwithin", distance=distance_m)  # type: ignore[attr-defined]
    member = np.zeros((len(points), kinds), dtype=bool)
    member[point, kind[zone]] = True
    return member


def _areas(shapes: NDArray[np.object_], own: NDArray[np.object_], close: NDArray[np.object_]) -> tuple[float, float]:
    """km² within reach of a kind's shapes, and of the ring around them that is within reach of no zone at all."""
    import shapely

    ring = shapely.difference(shapely.union_all(shapely.buffer(shapes, RING_M)), shapely.union_all(close))
    return shapely.area(shapely.union_all(own)) / 1e6, max(shapely.area(ring) / 1e6, 1e-3)


def _counts(code: NDArray[np.int64], member: NDArray[np.bool_], codes: int) -> NDArray[np.float64]:
    """Shape (codes, kinds): events of each code at each kind."""
    columns = [np.bincount(code, weights=member[:, k], minlength=codes) for k in range(member.shape[1])]
    return np.stack(columns, axis=1)

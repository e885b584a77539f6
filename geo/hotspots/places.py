"""The places counts are kept for: square cells, street blocks, or areas that somebody drew.

A place set is made once and then only looked up. Its ``smoothing`` matrix says who is whose neighbour, so that
everything that pools over the neighbourhood works alike on cells, streets and areas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.crs import require_metric
from geo.errors import Invalid

if TYPE_CHECKING:
    from geopandas import GeoSeries
    from scipy.sparse import csr_matrix

STREET_REACH_M: Final = 50.0
"""A point farther than this from every street block belongs to none."""

TOUCH_M: Final = 1.0
"""Areas and street blocks no farther apart than this are neighbours; drawn borders seldom meet exactly."""

STREET_BLOCK: Final = "street_block"


class PlacesBroken(Invalid):
    """A place set contradicts itself; the facts say where."""


@dataclass(frozen=True, slots=True)
class Places:
    """A set of places.

    Parameters
    ----------
    kind
        ``"cell:250"`` (side in metres), ``"street_block"``, ``"unit_grid"``, ``"district"``, ``"zone"``.
    keys
        Shape (n,), text; unique.
    geometry
        Shape (n,), GeoSeries in a projected CRS in metres, in the order of ``keys``.
    smoothing
        Shape (n, n), sparse; each row sums to 1 and weighs the place itself and its neighbours.
    """

    kind: str
    keys: NDArray[np.str_]
    geometry: GeoSeries
    smoothing: csr_matrix

    def __post_init__(self) -> None:
        require_metric(self.geometry)
        n = len(self.keys)
        if len(self.geometry) != n or self.smoothing.shape != (n, n):
            raise PlacesBroken("places.lengths", keys=n, geometry=len(self.geometry))
        unique, times = np.unique(self.keys, return_counts=True)
        if len(unique) != n:
            raise PlacesBroken("places.key_twice", key=str(unique[times > 1][0]))

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def cell_m(self) -> float | None:
        """Side of the cells in metres; None if the places are no cells."""
        name, _, size = self.kind.partition(":")
        return float(size) if name == "cell" else None

    @property
    def area_m2(self) -> NDArray[np.float64]:
        """Shape (n,), square metres; 0 for street blocks."""
        return np.asarray(self.geometry.area, dtype=np.float64)


def cell_places(x: ArrayLike, y: ArrayLike, size_m: float, *, crs: Any) -> Places:
    """Square cells around points: every cell that holds one, and the eight around it.

    Parameters
    ----------
    x, y
        Shape (m,), metres in ``crs``; a point that is not finite is passed over.
    size_m
        Side, metres, >= 1. Cells lie on the lattice through the origin of ``crs``, so that two sets of the same
        size share their cells.
    crs
        Projected, metres.

    Returns
    -------
    Places
        Ordered from west to east, then from south to north; keys ``"<column>_<row>"``. No points, no places.

    Raises
    ------
    PlacesBroken
        If ``size_m`` is below 1.
    geo.crs.NotMetric
        If ``crs`` has no metres.

    Notes
    -----
    Smoothing weighs the 3 × 3 neighbourhood by (1, 2, 1) × (1, 2, 1) over the cells there are: k applications are
    about a Gaussian with a standard deviation of sqrt(k / 2) cells.

    Examples
    --------
    >>> cells = cell_places([10.0], [10.0], 100, crs=4546)
    >>> len(cells), str(cells.keys[4]), float(cells.smoothing[4].max())
    (9, '0_0', 0.25)
    """
    if not size_m >= 1:
        raise PlacesBroken("places.cell_too_small", size_m=size_m)
    import shapely
    from geopandas import GeoSeries

    column, row = _cells_of(x, y, size_m)
    held = np.unique(np.stack([column, row], axis=1)[column != _NOWHERE], axis=0)
    around = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)], dtype=np.int64)
    cells = np.unique((held[:, None, :] + around[None, :, :]).reshape(-1, 2), axis=0)
    west, south = cells[:, 0] * size_m, cells[:, 1] * size_m
    boxes = GeoSeries(shapely.box(west, south, west + size_m, south + size_m), crs=crs)
    code = _pack(cells[:, 0], cells[:, 1])
    here, there, weight = [], [], []
    for i, j in around:
        wanted = _pack(cells[:, 0] + i, cells[:, 1] + j)
        at = np.minimum(np.searchsorted(code, wanted), max(len(code) - 1, 0))
        found = np.flatnonzero(code[at] == wanted) if len(code) else at
        here.append(found)
        there.append(at[found])
        weight.append(np.full(len(found), (2.0 - abs(i)) * (2.0 - abs(j))))
    keys = np.array([f"{c}_{r}" for c, r in cells.tolist()], dtype=np.str_)
    smoothing = _row_shares(np.concatenate(here), np.concatenate(there), np.concatenate(weight), len(cells))
    return Places(f"cell:{size_m:g}", keys, boxes, smoothing)


def area_places(kind: str, keys: Sequence[str] | NDArray[Any], geometry: GeoSeries) -> Places:
    """Places from areas: unit grids, 片区, hotspot zones.

    Parameters
    ----------
    kind
        What they are called, as ``"unit_grid"``.
    keys
        n names, unique.
    geometry
        Shape (n,), Polygon or MultiPolygon, metres.

    Returns
    -------
    Places
        In the given order. Half a place's smoothing is its own, the rest is shared evenly by the areas within
        ``TOUCH_M``; an area without neighbours keeps all.

    Examples
    --------
    >>> from geopandas import GeoSeries
    >>> from shapely import box
    >>> two = area_places("district", ["A", "B"], GeoSeries([box(0, 0, 9, 9), box(9, 0, 18, 9)], crs=4546))
    >>> two.smoothing.toarray().tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    return Places(kind, np.asarray(keys, dtype=np.str_), geometry, _touching(geometry))


def street_places(keys: Sequence[str] | NDArray[Any], lines: GeoSeries) -> Places:
    """Places from street blocks; an event belongs to the nearest block within ``STREET_REACH_M``.

    Parameters
    ----------
    keys
        n names, unique.
    lines
        Shape (n,), LineString, metres.

    Returns
    -------
    Places
        In the given order, smoothing as in :func:`area_places` between blocks that meet.

    Examples
    --------
    >>> from geopandas import GeoSeries
    >>> lines = GeoSeries.from_wkt(["LINESTRING(0 0,9 0)", "LINESTRING(9 0,18 0)"], crs=4546)
    >>> blocks = street_places(["A1", "A2"], lines)
    >>> place_of(blocks, [1.0, 17.0, 500.0], [8.0, -8.0, 0.0]).tolist()
    [0, 1, -1]
    """
    return Places(STREET_BLOCK, np.asarray(keys, dtype=np.str_), lines, _touching(lines))


def place_of(places: Places, x: ArrayLike, y: ArrayLike) -> NDArray[np.intp]:
    """Which place each point belongs to.

    Parameters
    ----------
    x, y
        Shape (m,), metres in the CRS of ``places``.

    Returns
    -------
    NDArray[np.intp]
        Shape (m,), index into ``places.keys``; -1 for a point in none, or without finite coordinates. A point on
        the border of two areas belongs to the first.

    Examples
    --------
    >>> cells = cell_places([10.0], [10.0], 100, crs=4546)
    >>> place_of(cells, [10.0, 110.0, 900.0, float("nan")], [10.0, 10.0, 10.0, 0.0]).tolist()
    [4, 7, -1, -1]
    """
    px, py = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    found = np.full(len(px), -1, dtype=np.intp)
    if len(places) == 0 or len(px) == 0:
        return found
    size_m = places.cell_m
    if size_m is not None:
        west_south = np.asarray(places.geometry.bounds)[:, :2]
        code = _pack(*np.rint(west_south / size_m).astype(np.int64).T)
        order = np.argsort(code)
        wanted = _pack(*_cells_of(px, py, size_m))
        at = order[np.minimum(np.searchsorted(code, wanted, sorter=order), len(code) - 1)]
        return np.where(code[at] == wanted, at, -1)
    import shapely

    whole = np.flatnonzero(np.isfinite(px) & np.isfinite(py))
    tree = shapely.STRtree(places.geometry.array)
    points = shapely.points(px[whole], py[whole])
    if places.kind == STREET_BLOCK:
        point, place = tree.query_nearest(points, max_distance=STREET_REACH_M)
    else:
        point, place = tree.query(points, predicate="intersects")
    backwards = np.lexsort((-place, point))
    found[whole[point[backwards]]] = place[backwards]
    return found


_NOWHERE: Final = np.int64(-(2**30))
_SPAN: Final = np.int64(2**31)


def _cells_of(x: ArrayLike, y: ArrayLike, size_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of each point; ``_NOWHERE`` twice where there is none."""
    place = np.stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)]) / size_m
    good = np.isfinite(place).all(axis=0) & (np.abs(place) < 2**29).all(axis=0)
    cell = np.floor(np.where(good, place, 0.0)).astype(np.int64)
    column, row = np.where(good, cell, _NOWHERE)
    return column, row


def _pack(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number per cell, growing with column, then row."""
    return column * _SPAN + row


def _row_shares(here: NDArray[np.intp], there: NDArray[np.intp], weight: NDArray[np.float64], n: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    total = np.bincount(here, weights=weight, minlength=n)
    return csr_matrix((weight / total[here], (here, there)), shape=(n, n))


def _touching(geometry: GeoSeries) -> csr_matrix:
    """Row shares of a place and those it touches, half for itself."""
    import shapely

    n = len(geometry)
    shapes = geometry.array
    here, there = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH_M)
    other = here != there
    here, there = here[other], there[other]
    neighbours = np.bincount(here, minlength=n)
    own = np.arange(n)
    weight = np.concatenate([np.where(neighbours > 0, 0.5, 1.0), 0.5 / neighbours[here]])
    return _row_shares(np.concatenate([own, here]), np.concatenate([own, there]), weight, n)

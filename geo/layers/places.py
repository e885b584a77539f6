"""Where rows lie: from a file's coordinates to stored ones, and what is wrong with those that cannot be.

All bounds are looked at before a geometry reaches PROJ or GEOS, and nothing here repairs: that is the
reader's child process, which may be killed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import MAX_LATITUDE, STORAGE, read_crs, same_degrees, transformer
from geo.layers.batches import Geometries
from geo.layers.control.solving import apply
from geo.layers.offsets import undo
from geo.layers.reports import FileRefused, Offset

if TYPE_CHECKING:
    Mask = NDArray[np.bool_]

GRID_DEGREES = 9
"""Decimals kept of a stored degree (0.1 mm), so that every text format brings back the same number."""

LINE = shapely.GeometryType.LINESTRING.value

FAR = 1e9
"""A coordinate past this is in no frame of the Earth."""

Extent = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a file's coordinates become stored ones.

    Parameters
    ----------
    crs
        EPSG code, WKT or PROJJSON text of the file's CRS.
    offset
        The declared offset, of geographic coordinates only.
    swap
        Whether the file gives y before x.
    control
        Six parameters that bring a local frame into ``crs``; see :mod:`geo.layers.control.solving`.
    """

    crs: str
    offset: Offset | None = None
    swap: bool = False
    control: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.offset is not None and not read_crs(self.crs).is_geographic:
            raise FileRefused("layers.offset_needs_degrees", offset=self.offset, crs=read_crs(self.crs).name)

    def to_storage(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coordinates, shape (n, 2), in EPSG:4490 rounded to the storage grid; inf where there is no such place."""
        x, y = (xy[:, 1], xy[:, 0]) if self.swap else (xy[:, 0], xy[:, 1])
        if self.control is not None:
            x, y = apply(self.control, np.column_stack([x, y])).T
        if not same_degrees(self.crs):
            x, y = transformer(self.crs, STORAGE).transform(x, y, errcheck=False)
        x, y = undo(self.offset, x, y)
        stored: NDArray[np.float64] = np.column_stack([x, y])
        return np.round(stored, GRID_DEGREES, out=stored)


def place(
    geometry: Geometries, frame: Frame, extent: Extent, *, reaches_out: bool = False
) -> tuple[Geometries, NDArray[np.object_]]:
    """Geometries in storage coordinates, and the reason code of each that is nowhere in the county.

    Parameters
    ----------
    geometry
        Shape (n,), in the file's CRS, 2-D; None for rows that are refused already.
    extent
        The county's box; a feature must touch it.
    reaches_out
        Whether a feature that touches it may also lie far from it.

    Returns
    -------
    tuple
        Shape (n,) geometries in EPSG:4490, None where refused; shape (n,) codes, None where good.
        Codes: ``reject.empty``, ``not_finite``, ``zero``, ``swapped``, ``latitude``, ``outside``.
    """
    n = len(geometry)
    reasons = np.full(n, None, object)
    present = ~shapely.is_missing(geometry)
    empty = present & shapely.is_empty(geometry)
    reasons[empty] = "reject.empty"
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    wild = np.zeros(n, bool)
    wild[owner[~(np.abs(xy) <= FAR).all(axis=1)]] = True
    reasons[wild] = "reject.not_finite"
    zero = np.zeros(n, bool)
    zero[owner[(xy == 0).all(axis=1)]] = True
    reasons[zero & ~wild] = "reject.zero"
    sane = present & (reasons == None)  # noqa: E711
    good = only(geometry, sane)
    xy, owner = shapely.get_coordinates(good, return_index=True)
    if not len(xy):
        return good, reasons
    stored = frame.to_storage(xy)
    away = _away(stored, owner, n, extent, strict=not reaches_out)
    if away.any():
        other = replace(frame, swap=not frame.swap).to_storage(xy)
        swapped = away & ~_away(other, owner, n, extent, strict=True)
        north = np.zeros(n, bool)
        north[owner[~(np.abs(stored[:, 1]) <= MAX_LATITUDE)]] = True
        reasons[away] = "reject.outside"
        reasons[away & north] = "reject.latitude"
        reasons[swapped] = "reject.swapped"
    good = shapely.set_coordinates(good, np.where(np.isfinite(stored), stored, 0.0))
    good[away] = None
    return good, reasons


def _away(xy: NDArray[np.float64], owner: NDArray[np.int64], n: int, extent: Extent, *, strict: bool) -> Mask:
    """Which of n features neither touch the extent nor, if strict, lie within one extent's size of it."""
    west, south, east, north = extent
    low, high = np.full((n, 2), np.inf), np.full((n, 2), -np.inf)
    finite = np.isfinite(xy).all(axis=1)
    if len(owner) == n and (owner == np.arange(n)).all():
        low, high = xy, xy
    else:
        start = np.flatnonzero(np.diff(owner, prepend=-1))
        low[owner[start]] = np.minimum.reduceat(xy, start)
        high[owner[start]] = np.maximum.reduceat(xy, start)
    touches = (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
    if strict:
        wide, tall = east - west, north - south
        touches &= (low[:, 0] >= west - wide) & (high[:, 0] <= east + wide)
        touches &= (low[:, 1] >= south - tall) & (high[:, 1] <= north + tall)
    else:
        touches &= (low[:, 1] >= -MAX_LATITUDE) & (high[:, 1] <= MAX_LATITUDE)
    owns = np.zeros(n, bool)
    owns[owner] = True
    broken = np.zeros(n, bool)
    broken[owner[~finite]] = True
    return owns & (~touches | broken)


def only(geometry: Geometries, kept: Mask) -> Geometries:
    """The geometries with None where not ``kept``."""
    chosen = geometry.copy()
    chosen[~kept] = None
    return chosen


def fit_types(geometry: Geometries, types: tuple[str, ...]) -> tuple[Geometries, Mask]:
    """Geometries of the layer's types: one part for many and many of one for one; the mask tells the misfits.

    A line that ends where it begins is the border of an area where the layer holds areas and no lines: drawings and
    tracks know no areas.

    Examples
    --------
    >>> shapes = np.array(shapely.from_wkt(["POLYGON((0 0,1 0,1 1,0 0))", "POINT(0 0)"]))
    >>> fitted, bad = fit_types(shapes, ("MultiPolygon",))
    >>> fitted[0].geom_type, bad.tolist()
    ('MultiPolygon', [False, True])
    """
    codes = [getattr(shapely.GeometryType, name.upper()).value for name in types]
    found = shapely.get_type_id(geometry)
    if np.isin(found, codes).all():
        return geometry, np.zeros(len(geometry), bool)
    fitted = geometry.copy()
    if not any("Line" in name for name in types) and any("Polygon" in name for name in types):
        ring = np.flatnonzero(found == LINE)
        ring = ring[shapely.is_closed(geometry[ring]) & (shapely.get_num_coordinates(geometry[ring]) > 3)]
        if len(ring):
            xy, owner = shapely.get_coordinates(geometry[ring], return_index=True)
            fitted[ring] = shapely.polygons(shapely.linearrings(xy, indices=owner))
            found = shapely.get_type_id(fitted)
    single, many = {"Point": 0, "LineString": 1, "Polygon": 3}, {"Point": 4, "LineString": 5, "Polygon": 6}
    for name in types:
        base = name.removeprefix("Multi")
        if name.startswith("Multi"):
            lift = np.flatnonzero(found == single[base])
            if len(lift):
                fitted[lift] = shapely.multipolygons(fitted[lift], indices=np.arange(len(lift)))
        else:
            alone = np.flatnonzero((found == many[base]) & (shapely.get_num_geometries(fitted) == 1))
            fitted[alone] = shapely.get_geometry(fitted[alone], 0)
    bad = ~np.isin(shapely.get_type_id(fitted), codes) & ~shapely.is_missing(fitted)
    return fitted, bad

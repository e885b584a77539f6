"""Footprint layers from files: read by the importer's reader, offsets undone, laid into one metric frame."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.crs import MAX_LATITUDE, STORAGE, UnknownCrs, metric_srid, name_of, read_crs, transformer
from geo.errors import Invalid
from geo.hotspots.footprints.shapes import Floats, Outlines
from geo.layers.columns import key_column
from geo.layers.places import FAR, Frame
from geo.layers.reports import ImportOptions, Note

if TYPE_CHECKING:
    import pyarrow as pa

TRUE_SCALE: Final = 0.005
"""A file's own projection is measured in if it stretches areas by no more than this."""


class NoFootprints(Invalid):
    """A layer holds no outline at all; nothing can be compared with it."""


class LayersApart(Invalid):
    """The two layers do not even touch: one of them lies in another frame, or carries an offset."""


@dataclass(slots=True)
class FootprintLayer:
    """A layer as read.

    Parameters
    ----------
    outline
        Shape (n,), polygons and multipolygons, 2-D, in ``crs``.
    crs
        EPSG code or WKT of ``outline``.
    keys
        Shape (n,), the key column's value, else the record's number.
    columns
        n rows of attributes as they came.
    rejected
        Records that could not be used, by reason code.
    """

    name: str
    outline: Outlines
    crs: str
    keys: list[str]
    columns: pa.Table
    rows_read: int
    rejected: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.outline)


@dataclass(frozen=True, slots=True)
class Ground:
    """The frame a comparison is made in: its CRS, and the CRS that its results are written in."""

    metric: str
    written: str


def read_footprints(path: Path, options: ImportOptions | None = None) -> FootprintLayer:
    """A layer of outlines from any file the importer reads.

    Parameters
    ----------
    options
        How to read it: CRS, declared offset, encoding, key column, layer of the file.

    Raises
    ------
    geo.layers.reports.FileRefused, geo.layers.reports.FileTooHeavy, geo.crs.UnknownCrs
        If the file as a whole cannot be taken.
    NoFootprints
        If it holds no area.
    """
    import pyarrow as pa

    from geo.layers.readers.parent import open_file

    options = options or ImportOptions()
    outlines, tables, rows, rejected, total = [], [], [], Counter[str](), 0
    with open_file(path, options) as raw:
        frame = Frame(raw.crs, options.offset, options.swap)
        key = key_column(raw.columns, options.mapping, options.key)
        for batch in raw.batches():
            total += len(batch.rows)
            shapes, good = _usable(batch.geometry, batch.flaws, frame, rejected)
            outlines.append(shapes[good])
            rows.append(batch.rows[good])
            tables.append(batch.columns.filter(pa.array(good)))
        notes, columns = list(raw.notes), raw.columns
    if not sum(map(len, outlines)):
        raise NoFootprints("footprints.none_in_file", file=path.name, rows=total)
    table = pa.concat_tables(tables, promote_options="permissive").select(columns)
    number = np.concatenate(rows)
    keys = [str(n) for n in number] if key is None else _keys(table, key, number)
    crs = str(STORAGE) if options.offset else frame.crs
    return FootprintLayer(path.name, np.concatenate(outlines), crs, keys, table, total, rejected, notes)


def layer_of(name: str, outline: Outlines, crs: str, keys: list[str]) -> FootprintLayer:
    """Outlines that are in memory already, without attributes."""
    import pyarrow as pa

    return FootprintLayer(name, outline, crs, keys, pa.table({}), len(outline))


def lay_out(layer: FootprintLayer, crs: str) -> Outlines:
    """The layer's outlines in another frame, x = east."""
    if read_crs(layer.crs) == read_crs(crs):
        return layer.outline
    change = transformer(layer.crs, crs)
    found: Outlines = shapely.transform(layer.outline, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
    return found


def choose_ground(approved: FootprintLayer, observed: FootprintLayer) -> Ground:
    """Where to compare two layers.

    Returns
    -------
    Ground
        Both files' own projection where it is the same and measures truly, else the county zone around the
        approved layer; results are written in the approved layer's CRS.

    Raises
    ------
    LayersApart
        If the layers are further from each other than their own size.
    """
    lonlat = [_degrees(layer) for layer in (approved, observed)]
    (west, south, east, north), (w, s, e, n) = lonlat
    wide, tall = max(east - west, e - w, 0.001), max(north - south, n - s, 0.001)
    if w - east > wide or west - e > wide or s - north > tall or south - n > tall:
        raise LayersApart(
            "footprints.apart",
            approved=approved.name,
            observed=observed.name,
            approved_at=f"{(west + east) / 2:.4f}, {(south + north) / 2:.4f}",
            observed_at=f"{(w + e) / 2:.4f}, {(s + n) / 2:.4f}",
        )
    middle = (west + east) / 2, (south + north) / 2
    if read_crs(approved.crs) == read_crs(observed.crs) and _measures_truly(approved.crs, *middle):
        return Ground(approved.crs, approved.crs)
    return Ground(str(metric_srid(*middle)), approved.crs)


def _usable(geometry: Outlines, flaws: Outlines, frame: Frame, rejected: Counter[str]) -> tuple[Outlines, np.ndarray]:
    """The batch's outlines in the file's frame (degrees if an offset was undone), and which can be compared."""
    reason = flaws.copy()
    blank = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    reason[blank & (reason == None)] = "reject.no_geometry"  # noqa: E711
    areal = np.isin(shapely.get_type_id(geometry), (3, 6))
    reason[~areal & (reason == None)] = "reject.geometry_type"  # noqa: E711
    shapes = shapely.force_2d(geometry) if shapely.has_z(geometry).any() else geometry.copy()
    good = reason == None  # noqa: E711
    xy, owner = shapely.get_coordinates(shapes[good], return_index=True)
    wild = np.zeros(int(good.sum()), bool)
    wild[owner[~(np.abs(xy) <= FAR).all(axis=1)]] = True
    if frame.offset or frame.swap:
        xy = frame.to_storage(xy) if frame.offset else xy[:, ::-1]
        wild[owner[~np.isfinite(xy).all(axis=1)]] = True
        shapes[good] = shapely.set_coordinates(shapes[good], np.where(np.isfinite(xy), xy, 0.0))
    at = np.flatnonzero(good)
    reason[at[wild]] = "reject.not_finite"
    at = at[~wild]
    flat = ~(shapely.area(shapes[at]) > 0)  # the reader has mended or refused what is invalid
    reason[at[flat]] = "reject.invalid"
    rejected.update(str(code).partition(":")[0] for code in reason[reason != None])  # noqa: E711
    return shapes, np.asarray(reason == None)  # noqa: E711


def _keys(table: pa.Table, key: str, number: np.ndarray) -> list[str]:
    values = table.column(key).to_pylist()
    return [str(n) if value is None else str(value) for value, n in zip(values, number, strict=True)]


def _degrees(layer: FootprintLayer) -> tuple[float, float, float, float]:
    """West, south, east, north of the layer."""
    sides: Floats = shapely.total_bounds(layer.outline)
    west, south, east, north = transformer(layer.crs, STORAGE).transform_bounds(*sides)
    if not np.isfinite([west, south, east, north]).all() or max(abs(south), abs(north)) > MAX_LATITUDE:
        raise UnknownCrs("crs.unreadable", crs=f"{name_of(layer.crs)} ({layer.name})")
    return west, south, east, north


def _measures_truly(crs: str, lon: float, lat: float) -> bool:
    """Whether a file's own frame counts in metres there, and areas are what they say."""
    from pyproj import Proj

    found = read_crs(crs)
    if not found.is_projected or found.axis_info[0].unit_conversion_factor != 1.0:
        return False
    return bool(abs(Proj(found).get_factors(lon, lat).areal_scale - 1) <= TRUE_SCALE)

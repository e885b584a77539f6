"""Layers out to files, in the formats we read: written beside the target and moved there when whole.

Every file says where its data are from, where its format has a place for that: a licence and source
date given in ``extra`` of the rows travel with them as they came in.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, Integer, Numeric, SmallInteger
from sqlalchemy.orm import Session

from geo.crs import STORAGE, read_crs, same_degrees, transformer
from geo.db.counties import County
from geo.errors import Invalid
from geo.layers import queries
from geo.layers.columns import short_names
from geo.layers.register import LayerKind
from geo.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUFFIXES = (".gpkg", ".shp.zip", ".geojson", ".parquet", ".csv")
BLOCK_ROWS = 50_000
OWN = ("source", "source_key", "extra")
ODBL = "© OpenStreetMap contributors, ODbL 1.0"
GEOMETRY = "geometry"
DBF_TEXT_BYTES = 254


class FormatUnknown(Invalid):
    """The suffix names no format we write."""


class TextDoesNotFit(Invalid):
    """A text does not fit the format or its encoding; the facts name the column."""


def write_layer(
    session: Session,
    county: County,
    kind: LayerKind,
    path: Path,
    *,
    srid: int = STORAGE,
    encoding: str = "utf-8",
    outside: bool = True,
) -> int:
    """Write all rows of a layer; see :func:`geo.layers.actions.export_layer`."""
    suffix = suffix_of(path)
    crs = read_crs(srid)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
        target = Path(folder) / f"out{suffix}"
        names = [*(field.name for field in kind.fields), *OWN]
        parts = _tables(session, kind, names, srid, outside)
        about = _about(session, county, kind)
        if suffix == ".csv":
            from geo.layers.export_text import write_csv

            rows = write_csv(target, parts, kind, srid)
        elif suffix == ".geojson":
            from geo.layers.export_text import write_geojson

            rows = write_geojson(target, parts, srid, about)
        elif suffix == ".parquet":
            rows = _write_parquet(target, parts, kind, names, crs.to_json(), about)
        elif suffix == ".shp.zip":
            from geo.layers.export_shapefile import write_shapefiles

            rows = write_shapefiles(target, parts, kind, names, srid, encoding, about)
        else:
            rows = _write_gpkg(target, parts, kind, names, srid, about)
        target.replace(path)
    return rows


def suffix_of(path: Path) -> str:
    """The format's suffix.

    Raises
    ------
    FormatUnknown
        If it is none of ours.

    Examples
    --------
    >>> suffix_of(Path("Lamps.SHP.ZIP"))
    '.shp.zip'
    """
    name = path.name.lower()
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return suffix
    raise FormatUnknown("layers.export_format", name=path.name, known=", ".join(SUFFIXES))


def arrow_schema(kind: LayerKind, names: list[str]) -> pa.Schema:
    """Arrow types of the layer's columns."""
    return pa.schema([pa.field(name, _arrow_type(kind, name)) for name in names])


def _tables(
    session: Session, kind: LayerKind, names: list[str], srid: int, outside: bool
) -> Iterator[tuple[pa.Table, NDArray[np.object_]]]:
    """Blocks of rows: attributes, and geometry in the wanted frame; one empty block for an empty layer."""
    schema = arrow_schema(kind, names)
    any_rows = False
    for block in queries.stream_features(session, kind, names, BLOCK_ROWS, outside=outside):
        any_rows = True
        columns = list(zip(*block, strict=True))
        geometry = np.asarray(shapely.from_wkb([bytes(wkb) for wkb in columns[1]]), object)
        arrays = [_array(values, field) for values, field in zip(columns[2:], schema, strict=True)]
        yield pa.Table.from_arrays(arrays, schema=schema), to_srid(geometry, srid)
    if not any_rows:
        yield schema.empty_table(), np.empty(0, object)


def to_srid(geometry: NDArray[np.object_], srid: int) -> NDArray[np.object_]:
    """Stored geometry in another frame, x = east."""
    if same_degrees(srid):
        return geometry
    change = transformer(STORAGE, srid)
    moved: NDArray[np.object_] = shapely.transform(
        geometry, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def _array(values: tuple[Any, ...], field: pa.Field) -> pa.Array:
    if field.name == "extra":
        return pa.array(
            [orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if value else None for value in values],
            pa.string(),
        )
    if pa.types.is_floating(field.type):
        return pa.array([None if value is None else float(value) for value in values], field.type)
    return pa.array(values, field.type)


def _arrow_type(kind: LayerKind, name: str) -> pa.DataType:
    stored = kind.table.c[name].type
    if isinstance(stored, DateTime):
        return pa.timestamp("us", "UTC")
    for sql, arrow in (
        (Date, pa.date32()),
        (Boolean, pa.bool_()),
        (SmallInteger, pa.int32()),
        (BigInteger, pa.int64()),
        (Integer, pa.int32()),
        (Double, pa.float64()),
        (Numeric, pa.float64()),
    ):
        if isinstance(stored, sql):
            return arrow
    return pa.string()


def _about(session: Session, county: County, kind: LayerKind) -> dict[str, str]:
    """Title, attribution and the day of the newest change, as they travel with the file."""
    sources, newest = queries.find_provenance(session, county.code, kind)
    about = {
        "title": f"{county.name} {kind.zh}",
        "sources": ", ".join(sources),
        "county": county.code,
        "updated": newest.isoformat() if newest else "",
    }
    if "osm" in sources:
        about |= {"attribution": ODBL, "licence": "ODbL-1.0"}
    return about


def _with_geometry(table: pa.Table, geometry: NDArray[np.object_]) -> pa.Table:
    wkb = pa.array(shapely.to_wkb(geometry) if len(geometry) else [], pa.binary())
    return table.append_column(pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"}), wkb)


def _write_gpkg(
    target: Path,
    parts: Iterator[tuple[pa.Table, NDArray[np.object_]]],
    kind: LayerKind,
    names: list[str],
    srid: int,
    about: dict[str, str],
) -> int:
    """GeoPackage, streamed; version 1.3 is what long-term Linux releases open without a warning."""
    import pyogrio

    rows = 0
    schema = _with_geometry(arrow_schema(kind, names).empty_table(), np.empty(0, object)).schema

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for table, geometry in parts:
            rows += len(geometry)
            yield from _with_geometry(table, geometry).cast(schema).to_batches()

    types = kind.geometry_types
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, batches()),
        target,
        driver="GPKG",
        layer=kind.name,
        geometry_name=GEOMETRY,
        geometry_type=types[0] if len(types) == 1 else "Unknown",
        crs=f"EPSG:{srid}",
        layer_metadata=about,
        VERSION="1.3",
    )
    return rows


def _write_parquet(
    target: Path,
    parts: Iterator[tuple[pa.Table, NDArray[np.object_]]],
    kind: LayerKind,
    names: list[str],
    crs: str,
    about: dict[str, str],
) -> int:
    """GeoParquet 1.1 with WKB, one row group a block."""
    import pyarrow.parquet as pq

    geo = {
        "version": "1.1.0",
        "primary_column": GEOMETRY,
        "columns": {
            GEOMETRY: {"encoding": "WKB", "geometry_types": list(kind.geometry_types), "crs": orjson.loads(crs)}
        },
    }
    bare = arrow_schema(kind, names).append(pa.field(GEOMETRY, pa.binary()))
    schema = bare.with_metadata({b"geo": orjson.dumps(geo), b"pianqu": orjson.dumps(about)})
    rows = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for table, geometry in parts:
            rows += len(geometry)
            if len(geometry):
                writer.write_table(_with_geometry(table, geometry).cast(schema))
    return rows


def legend(names: list[str], kind: LayerKind) -> str:
    """Which short column name stands for what, as text that goes with a Shapefile."""
    titles = {field.name: field.about.zh for field in kind.fields}
    own = {name: say(f"export.{name}") for name in OWN}
    return "".join(f"{short}\t{name}\t{titles.get(name) or own[name]}\n" for name, short in short_names(names).items())


def zip_folder(folder: Path, target: Path) -> None:
    """Pack a folder's files without paths."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)

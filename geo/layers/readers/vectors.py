"""GeoPackage, Shapefile and GeoJSON through GDAL, as Arrow batches; runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from geo.layers.readers.child import Opened
from geo.layers.readers.encodings import dbf_encoding, known_encoding
from geo.layers.readers.shape import finish, rebatch, with_own_columns
from geo.layers.readers.sniff import Format
from geo.layers.reports import FileRefused


def open_vectors(path: Path, found: Format, request: dict[str, Any]) -> Opened:
    """Open the one layer, or the chosen one.

    Raises
    ------
    FileRefused
        If GDAL cannot read the file, it has no such layer, or several and none is chosen.
    """
    notes: list[dict[str, Any]] = []
    options: dict[str, Any] = {"IMMUTABLE": "YES"} if found is Format.GPKG else {}
    encoding = None
    if found is Format.SHAPEFILE:
        encoding = _shape_encoding(path, request["encoding"])
        if encoding not in (None, "utf-8"):
            notes.append({"code": "layers.encoding_used", "facts": {"encoding": encoding}})
    try:
        layer = _layer(path, request["layer"])
        info = pyogrio.read_info(path, layer=layer, encoding=encoding, **options)
        reader = _stream(path, layer, encoding, request["batch_rows"], options)
        schema, crs = next(reader)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as error:
        raise FileRefused("layers.file_broken", file=request["name"], reason=str(error)[:200]) from error
    about = {"crs": crs, "rows": max(0, int(info["features"])) or None, "notes": notes}
    return Opened(about, schema, reader, {})


def _layer(path: Path, wanted: str | None) -> str | None:
    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    spatial = [name for name, kind in layers if kind is not None]
    if wanted is not None:
        if wanted not in [name for name, _ in layers]:
            raise FileRefused("layers.choose_layer", layers=", ".join(spatial))
        return wanted
    if len(spatial) > 1:
        raise FileRefused("layers.choose_layer", layers=", ".join(spatial))
    return spatial[0] if spatial else None


def _stream(path: Path, layer: str | None, encoding: str | None, rows: int, options: dict[str, Any]) -> Iterator[Any]:
    """First the schema and CRS, then the batches: GDAL's reader lives as long as this generator."""
    with pyogrio.open_arrow(
        path, layer=layer, encoding=encoding, batch_size=rows, use_pyarrow=True, datetime_as_string=True, **options
    ) as (meta, reader):
        geometry = meta["geometry_name"] or "wkb_geometry"
        names = [name for name in reader.schema.names if name != geometry]
        bare = pa.schema([pa.field(name, reader.schema.field(name).type) for name in names])
        yield with_own_columns(bare), meta["crs"]
        row = 1
        try:
            for batch in rebatch(reader, rows):
                attributes = pa.RecordBatch.from_arrays([batch.column(name) for name in names], schema=bare)
                if not names:
                    attributes = pa.RecordBatch.from_arrays([], schema=bare)
                there = geometry in batch.schema.names
                wkb = batch.column(geometry) if there else pa.nulls(batch.num_rows, pa.binary())
                yield finish(row, wkb, attributes)
                row += batch.num_rows
        except (OSError, pa.ArrowInvalid, RuntimeError) as error:
            raise FileRefused("layers.file_broken_at", row=row, reason=str(error)[:200]) from error


def _shape_encoding(path: Path, wanted: str | None) -> str | None:
    """What the attribute table is in: as said, as its .cpg says if that can be, else as its bytes look."""
    if wanted:
        return wanted
    table = next((p for p in (path.with_suffix(".dbf"), path.with_suffix(".DBF")) if p.exists()), None)
    if table is None:
        return None
    label = next((p for p in (path.with_suffix(".cpg"), path.with_suffix(".CPG")) if p.exists()), None)
    said = known_encoding(label.read_text("ascii", "replace")[:40]) if label else None
    return dbf_encoding(table, said)

"""GeoParquet, and plain Parquet with lon/lat columns, in batches; runs in the child process only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.layers.readers.child import Opened
from geo.layers.readers.points import Located, locate
from geo.layers.readers.shape import finish, rebatch, with_own_columns
from geo.layers.reports import FileRefused

PIECE = 1 << 16


def open_parquet(path: Path, request: dict[str, Any]) -> Opened:
    """Open a Parquet file.

    Raises
    ------
    FileRefused
        If it is broken, or its geometry is encoded in a way we do not read.
    """
    try:
        file = pq.ParquetFile(path, memory_map=True, pre_buffer=False)
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefused("layers.file_broken", file=request["name"], reason=str(error)[:200]) from error
    notes: list[dict[str, Any]] = []
    names = file.schema_arrow.names
    located: Located | None = None
    if geo:
        primary = geo["primary_column"]
        about = geo["columns"][primary]
        if about.get("encoding") not in ("WKB", "point"):
            raise FileRefused("layers.geometry_encoding", encoding=str(about.get("encoding"))[:40])
        crs = json.dumps(about["crs"]) if about.get("crs") else None if "crs" in about else "OGC:CRS84"
    else:
        primary = None
        located = locate(names, request["mapping"])
        crs, notes = located.crs, located.notes
    kept = [name for name in names if name != primary and (located is None or name not in located.columns)]
    bare = pa.schema([pa.field(name, file.schema_arrow.field(name).type) for name in kept])

    def batches() -> Iterator[pa.RecordBatch]:
        row = 1
        try:
            for batch in rebatch(file.iter_batches(PIECE, use_threads=False), request["batch_rows"]):
                attributes = pa.RecordBatch.from_arrays([batch.column(name) for name in kept], schema=bare)
                if located is not None:
                    wkb, flaws = located.geometry(
                        {name: batch.column(name) for name in located.columns}, batch.num_rows
                    )
                else:
                    wkb, flaws = _as_wkb(batch.column(primary)), None
                yield finish(row, wkb, attributes, flaws)
                row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise FileRefused("layers.file_broken_at", row=row, reason=str(error)[:200]) from error

    about_file = {"crs": crs, "rows": file.metadata.num_rows, "notes": notes}
    return Opened(about_file, with_own_columns(bare), batches(), {})


def _as_wkb(column: pa.Array) -> pa.Array:
    """GeoArrow points become WKB; WKB stays."""
    column = column.storage if isinstance(column, pa.ExtensionArray) else column
    if not pa.types.is_struct(column.type) and not pa.types.is_fixed_size_list(column.type):
        return column
    if pa.types.is_struct(column.type):
        xy = np.column_stack([column.field(axis).to_numpy(zero_copy_only=False) for axis in ("x", "y")])
    else:
        width = column.type.list_size
        xy = column.fill_null([np.nan] * width).flatten().to_numpy(zero_copy_only=False).reshape(-1, width)[:, :2]
    wkb = np.asarray(shapely.to_wkb(shapely.points(xy)), object)
    wkb[~np.asarray(column.is_valid())] = None
    return pa.array(wkb, pa.binary())

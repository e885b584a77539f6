"""Rows as PostgreSQL's COPY text, built column by column without a Python loop over rows."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.crs import STORAGE
from geo.layers.batches import GoodRows

NULL = "\\N"


@dataclass(frozen=True, slots=True)
class Block:
    """COPY text of n rows, its columns, and its box (west, south, east, north in degrees; None when empty)."""

    columns: tuple[str, ...]
    text: memoryview
    n: int
    box: tuple[float, float, float, float] | None


def copy_block(rows: GoodRows) -> Block:
    """The rows as COPY text: the fields and keys in the table's order, then ``geom`` as EWKB in hex.

    Examples
    --------
    >>> import numpy as np
    >>> table = pa.table({"name": ["a\\tb"], "levels": pa.array([None], pa.int64())})
    >>> rows = GoodRows(np.array([1]), np.array([shapely.Point(118, 28)]), table)
    >>> bytes(copy_block(rows).text)[:8]
    b'a\\\\tb\\t\\\\N\\t'
    """
    n = len(rows.geometry)
    columns = (*rows.columns.column_names, "geom")
    if n == 0:
        return Block(columns, memoryview(b""), 0, None)
    geometry = shapely.to_wkb(shapely.set_srid(rows.geometry, STORAGE), hex=True, include_srid=True)
    parts = [_copy_text(rows.columns.column(name)) for name in rows.columns.column_names]
    parts.append(pa.array(geometry, pa.large_string()))
    lines = pc.binary_join_element_wise(
        *parts, pa.scalar("\t", pa.large_string()), null_handling="replace", null_replacement=NULL
    )
    lines = pc.binary_join_element_wise(lines, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))
    data = lines.combine_chunks() if isinstance(lines, pa.ChunkedArray) else lines
    west, south, east, north = (float(side) for side in shapely.total_bounds(rows.geometry))
    return Block(columns, memoryview(data.buffers()[2]), n, (west, south, east, north))


def _copy_text(column: pa.ChunkedArray) -> pa.Array:
    """One column as escaped text; null stays null."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, column.type)
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return pc.cast(pc.cast(array, pa.string()), pa.large_string())
    text = pc.cast(array, pa.large_string())
    if pc.any(pc.match_substring_regex(text, r"[\\\t\n\r]")).as_py():
        for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            text = pc.replace_substring(text, plain, escaped)
    return text

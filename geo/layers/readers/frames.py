"""A frame in memory, delivered in the same batches as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from geo.layers.batches import RawBatch

if TYPE_CHECKING:
    import pandas
    from geopandas import GeoDataFrame


def frame_batches(frame: GeoDataFrame, rows: int) -> Iterator[RawBatch]:
    """The frame's rows in order, ``rows`` at a time; an empty frame gives no batch. NaN and NaT count as missing."""
    attributes = frame.drop(columns=frame.geometry.name)
    attributes.columns = attributes.columns.astype(str)
    geometry = np.asarray(frame.geometry.array, dtype=object)
    for start in range(0, len(frame), rows):
        part = attributes.iloc[start : start + rows]
        count = len(part)
        columns = {name: _column(part[name]) for name in part.columns}
        yield RawBatch(
            np.arange(start + 1, start + count + 1, dtype=np.int64),
            geometry[start : start + count],
            np.full(count, None, object),
            0,
            pa.table(columns) if columns else pa.table({"__n": pa.nulls(count)}),
        )


def _column(values: pandas.Series[Any]) -> pa.Array:
    """Arrow's own reading of a column; mixed Python objects as text."""
    try:
        return pa.Array.from_pandas(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        texts = [None if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]
        return pa.array(texts, pa.string())

"""What every reader's batches have in common: record numbers, geometry as WKB, flaws, and even sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo.layers.batches import FLAW, GEOMETRY, REPAIRED, ROW
from geo.layers.readers.repair import repair

OWN = [
    pa.field(ROW, pa.int64()),
    pa.field(GEOMETRY, pa.binary()),
    pa.field(FLAW, pa.string()),
    pa.field(REPAIRED, pa.bool_()),
]
POINT_WKB = 21


def with_own_columns(attributes: pa.Schema) -> pa.Schema:
    """The attributes' schema with our own columns in front."""
    return pa.schema([*OWN, *attributes])


def finish(
    first_row: int, wkb: pa.Array, attributes: pa.RecordBatch, flaws: NDArray[np.object_] | None = None
) -> pa.RecordBatch:
    """A batch as the importer expects it: areas repaired, flaws said, records numbered from ``first_row``.

    Parameters
    ----------
    wkb
        Shape (n,), binary; null where the record has no geometry.
    flaws
        Shape (n,), reasons found while reading, or None.
    """
    n = len(wkb)
    said = np.full(n, None, object) if flaws is None else flaws
    wkb = pa.concat_arrays(wkb.chunks) if isinstance(wkb, pa.ChunkedArray) else wkb
    wkb = wkb.storage if isinstance(wkb, pa.ExtensionArray) else wkb
    wkb = wkb if wkb.type == pa.binary() else wkb.cast(pa.binary())
    mended = np.zeros(n, bool)
    if not _all_points(wkb):
        geometry = np.asarray(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False), on_invalid="ignore"), object)
        there = np.asarray(wkb.is_valid())
        said[(said == None) & there & shapely.is_missing(geometry)] = "reject.unreadable"  # noqa: E711
        flat = shapely.force_2d(geometry)
        fixed, found, _ = repair(flat)
        said = np.where(said == None, found, said)  # noqa: E711
        mended = np.array([a is not b for a, b in zip(fixed, flat, strict=True)], bool) & (found == None)  # noqa: E711
        wkb = pa.array(shapely.to_wkb(fixed), pa.binary())
    own = [
        pa.array(np.arange(first_row, first_row + n), pa.int64()),
        wkb,
        pa.array(said.tolist(), pa.string()),
        pa.array(mended),
    ]
    return pa.RecordBatch.from_arrays([*own, *attributes.columns], schema=with_own_columns(attributes.schema))


def rebatch(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of exactly ``rows`` but the last, however the source cut them.

    Where a resumed import goes on must not depend on how a library felt like cutting.
    """
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        while batch.num_rows:
            part = batch.slice(0, rows - count)
            held.append(part)
            count += part.num_rows
            batch = batch.slice(part.num_rows)
            if count == rows:
                yield _one(held)
                held, count = [], 0
    if held:
        yield _one(held)


def _one(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    return parts[0] if len(parts) == 1 else pa.concat_batches(parts)


def _all_points(wkb: pa.Array) -> bool:
    """Whether every geometry is a plain two-dimensional point, which nothing here could mend."""
    if wkb.null_count == len(wkb):
        return True
    lengths = np.diff(np.frombuffer(wkb.buffers()[1], np.int32)[wkb.offset : wkb.offset + len(wkb) + 1])
    if not ((lengths == POINT_WKB) | ~np.asarray(wkb.is_valid())).all():
        return False
    start = np.frombuffer(wkb.buffers()[1], np.int32)[wkb.offset : wkb.offset + len(wkb)]
    data = np.frombuffer(wkb.buffers()[2], np.uint8)
    start = start[lengths == POINT_WKB]
    return bool((data[start] == 1).all() and (data[start + 1] == 1).all() and (data[start + 2] == 0).all())

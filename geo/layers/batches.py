"""A block of rows on its way in: as a reader delivers it, and as the checks let it pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Geometries = NDArray[np.object_]
"""Shape (n,) of shapely geometries or None."""

ROW, GEOMETRY, FLAW, REPAIRED = "__row", "__geometry", "__flaw", "__repaired"
"""Columns of the stream between reader and importer: number, WKB, what ails the geometry, whether it was mended."""


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Rows as read. All parts have the same length n and order.

    Parameters
    ----------
    rows
        Shape (n,), int64, record numbers in the file from 1, rising.
    geometry
        Shape (n,), in the file's own CRS; None where there is none or it cannot be read.
    flaws
        Shape (n,), reason code of a geometry that must be refused, or None.
    repaired
        Number of geometries the reader mended.
    columns
        n rows of the file's attributes; text unless the file has types.
    """

    rows: NDArray[np.int64]
    geometry: Geometries
    flaws: NDArray[np.object_]
    repaired: int
    columns: pa.Table


@dataclass(frozen=True, slots=True)
class GoodRows:
    """Rows fit to be stored: EPSG:4490 geometry, one column per layer field, a key, and what is left over.

    ``columns`` holds ``source_key``, ``extra`` (JSON text) and the layer's fields that the file or the
    options speak of; fields nobody speaks of keep the table's default.
    """

    rows: NDArray[np.int64]
    geometry: Geometries
    columns: pa.Table

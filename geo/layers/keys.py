"""Keys for rows that bring none: the same content gives the same key, in every format and on every machine."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo.layers.batches import Geometries
from geo.layers.seen import point_hashes, short_hashes

KEY_BYTES = 12
SEPARATOR = "\x1f"


def geometry_hashes(geometry: Geometries) -> NDArray[np.uint64]:
    """A 64-bit hash of each geometry; equal for areas and lines that differ only in where they start or turn."""
    if not len(geometry):
        return np.empty(0, np.uint64)
    if (shapely.get_type_id(geometry) == shapely.GeometryType.POINT.value).all():
        return point_hashes(shapely.get_coordinates(geometry))
    return short_hashes(shapely.to_wkb(shapely.normalize(geometry)))


def short_text_hashes(texts: pa.Array) -> NDArray[np.uint64]:
    """A 64-bit hash of each text."""
    return short_hashes(text.encode() for text in texts.to_pylist())


def content_keys(geometry: Geometries, columns: pa.Table | None, extra: pa.Array) -> pa.Array:
    """A key from where the row lies and, where several may lie on one spot, from all it says.

    Parameters
    ----------
    geometry
        Shape (n,), EPSG:4490 on the storage grid, no None.
    columns
        n rows of typed fields, or None where the geometry alone names the row.
    extra
        Shape (n,), the left-over columns as JSON text; used with ``columns`` only.
    """
    places: list[bytes] = list(shapely.to_wkb(shapely.normalize(geometry))) if len(geometry) else []
    if columns is None:
        return pa.array([blake2b(place, digest_size=KEY_BYTES).hexdigest() for place in places], pa.string())
    texts = [pc.fill_null(pc.cast(columns.column(name), pa.string()), "") for name in sorted(columns.column_names)]
    said = pc.binary_join_element_wise(*texts, pc.cast(extra, pa.string()), SEPARATOR).to_pylist()
    made = (
        blake2b(place + text.encode(), digest_size=KEY_BYTES).hexdigest()
        for place, text in zip(places, said, strict=True)
    )
    return pa.array(made, pa.string(), size=len(places))

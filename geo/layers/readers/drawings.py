"""DXF drawings through GDAL: each thing that is drawn is a row; runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio

from geo.layers.readers.child import Opened
from geo.layers.readers.shape import finish, with_own_columns
from geo.layers.reports import FileRefused

KEPT: Final = {"Layer": "layer", "Text": "text", "BlockName": "block", "EntityHandle": "handle"}
"""GDAL's columns and ours; scales and angles of symbols are left out."""

MOST_TAGS: Final = 200


def open_drawing(path: Path, request: dict[str, Any]) -> Opened:
    """Open what is drawn, all of it or what is on the chosen layer of the drawing.

    A block that is inserted is one thing at its place, with each of its attributes as a column, instead of the strokes
    of its symbol. A drawing knows no CRS.

    Raises
    ------
    FileRefused
        If GDAL cannot read it, or nothing is on the chosen layer.
    """
    pyogrio.set_gdal_config_options({"DXF_INLINE_BLOCKS": False})
    try:
        meta, table = pyogrio.read_arrow(path, layer="entities")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as error:
        raise FileRefused("layers.file_broken", file=request["name"], reason=str(error)[:200]) from error
    there = sorted(str(name) for name in pc.unique(table.column("Layer")).to_pylist() if name is not None)
    if request["layer"] is not None:
        if request["layer"] not in there:
            raise FileRefused("layers.choose_layer", layers=", ".join(there) or "-")
        table = table.filter(pc.equal(table.column("Layer"), request["layer"]))
    columns = {
        ours: table.column(theirs).combine_chunks() for theirs, ours in KEPT.items() if theirs in table.schema.names
    }
    columns |= {name: value for name, value in _attributes(table).items() if name not in columns}
    bare = pa.RecordBatch.from_pydict(columns)
    wkb = table.column(meta["geometry_name"] or "wkb_geometry").combine_chunks()

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, table.num_rows, request["batch_rows"]):
            part = slice(start, start + request["batch_rows"])
            yield finish(start + 1, wkb[part], bare[part])

    notes = [{"code": "layers.drawing_layers", "facts": {"layers": ", ".join(there)}}]
    return Opened({"crs": None, "rows": table.num_rows, "notes": notes}, with_own_columns(bare.schema), batches(), {})


def _attributes(table: pa.Table) -> dict[str, pa.Array]:
    """The attributes of inserted blocks, which GDAL gives as ``tag value`` and whose tags it leaves as they were."""
    if "BlockAttributes" not in table.schema.names:
        return {}
    lists = table.column("BlockAttributes").combine_chunks().cast(pa.list_(pa.binary())).to_pylist()
    found: dict[str, list[str | None]] = {}
    for at, items in enumerate(lists):
        for item in items or ():
            tag, _, value = item.partition(b" ")
            name = _decoded(tag)
            if name not in found and len(found) < MOST_TAGS:
                found[name] = [None] * table.num_rows
            if name in found:
                found[name][at] = _decoded(value)
    return {name: pa.array(values, pa.string()) for name, values in found.items()}


def _decoded(raw: bytes) -> str:
    """UTF-8 if it can be, else GB 18030.

    Examples
    --------
    >>> _decoded("编号".encode("gbk")), _decoded("编号".encode())
    ('编号', '编号')
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")

"""A layer as zipped Shapefiles, one for each kind of geometry, with a legend of the shortened names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.layers.columns import short_names
from geo.layers.export import DBF_TEXT_BYTES, TextDoesNotFit, legend, zip_folder
from geo.layers.register import LayerKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAMILIES = {"Point": (0, 4), "LineString": (1, 5), "Polygon": (3, 6)}
MOST_PIECES = 100
LABELS = {"utf-8": "UTF-8", "gbk": "GBK", "gb18030": "GBK"}


def write_shapefiles(
    target: Path,
    parts: Iterator[tuple[pa.Table, NDArray[np.object_]]],
    kind: LayerKind,
    names: list[str],
    srid: int,
    encoding: str,
    about: dict[str, str],
) -> int:
    """Write one Shapefile per geometry family of the layer, a legend and a note on the data's origin.

    Raises
    ------
    TextDoesNotFit
        If a text has a character that the encoding lacks. Longer texts than 254 bytes are split over
        further columns only for ``extra``; others are refused, never cut.
    """
    import pyogrio

    label = LABELS.get(encoding.lower())
    if label is None:
        raise TextDoesNotFit("layers.export_encoding", encoding=encoding, known="utf-8, gbk")
    folder = target.parent / "shapes"
    folder.mkdir()
    table, geometry = _whole(parts)
    short = short_names(names)
    table = _as_dbf(table, encoding)
    table = table.rename_columns([short.get(name, name) for name in table.column_names])
    families = [family for family in FAMILIES if any(family in name for name in kind.geometry_types)]
    for family in families:
        here = np.isin(shapely.get_type_id(geometry), FAMILIES[family])
        part = table.filter(pa.array(here)) if len(geometry) else table
        wkb = pa.array(shapely.to_wkb(geometry[here]) if len(geometry) else [], pa.binary())
        stem = kind.name if len(families) == 1 else f"{kind.name}_{family.lower()}"
        pyogrio.write_arrow(
            part.append_column(
                pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"}), wkb
            ),
            folder / f"{stem}.shp",
            driver="ESRI Shapefile",
            geometry_name="geometry",
            geometry_type=family,
            crs=f"EPSG:{srid}",
            encoding=label,
        )
        (folder / f"{stem}.cpg").write_text(label, "ascii")
    (folder / "legend.txt").write_text(legend(names, kind), "utf-8")
    (folder / "about.txt").write_text("".join(f"{key}: {value}\n" for key, value in about.items()), "utf-8")
    zip_folder(folder, target)
    return len(geometry)


def _whole(parts: Iterator[tuple[pa.Table, NDArray[np.object_]]]) -> tuple[pa.Table, NDArray[np.object_]]:
    blocks = list(parts)
    return pa.concat_tables([table for table, _ in blocks]), np.concatenate([geometry for _, geometry in blocks])


def _as_dbf(table: pa.Table, encoding: str) -> pa.Table:
    """Types a DBF holds: flags as 0/1, instants as ISO text, texts that fit a field."""
    columns: dict[str, pa.Array] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name == "extra":
            columns |= _split(column, encoding)
            continue
        if pa.types.is_boolean(column.type):
            column = pc.cast(column, pa.int32())
        elif pa.types.is_timestamp(column.type):
            column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
        elif pa.types.is_string(column.type):
            _check_texts(name, column, encoding)
        columns[name] = column
    return pa.table(columns)


def _split(column: pa.ChunkedArray, encoding: str) -> dict[str, pa.Array]:
    """Long JSON over as many columns as it needs; never cut behind a blank, which a DBF would drop."""
    rows = [_pieces(text, encoding) if text else [] for text in column.to_pylist()]
    width = max((len(pieces) for pieces in rows), default=0) or 1
    if width > MOST_PIECES:
        raise TextDoesNotFit("layers.export_long", column="extra", limit=DBF_TEXT_BYTES * MOST_PIECES, text="-")
    padded = [[*pieces, *[None] * (width - len(pieces))] for pieces in rows]
    return {
        "extra" if i == 0 else f"extra_{i}": pa.array([pieces[i] for pieces in padded], pa.string())
        for i in range(width)
    }


def _pieces(text: str, encoding: str) -> list[str]:
    _check_characters("extra", text, encoding)
    pieces = []
    while text:
        cut = len(text.encode(encoding)[:DBF_TEXT_BYTES].decode(encoding, "ignore"))
        while cut > 1 and cut < len(text) and text[cut - 1].isspace():
            cut -= 1
        pieces.append(text[:cut])
        text = text[cut:]
    return pieces


def _check_texts(name: str, column: pa.ChunkedArray, encoding: str) -> None:
    for text in pc.unique(column).to_pylist():
        if text is None:
            continue
        if _check_characters(name, text, encoding) > DBF_TEXT_BYTES:
            raise TextDoesNotFit("layers.export_long", column=name, limit=DBF_TEXT_BYTES, text=text[:40])


def _check_characters(name: str, text: str, encoding: str) -> int:
    """The text's bytes in the encoding."""
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        raise TextDoesNotFit("layers.export_character", column=name, encoding=encoding, text=text[:40]) from None

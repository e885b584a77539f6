"""A layer as text: CSV and GeoJSON, written by us so that every coordinate comes back as the number it was.

GDAL's writer takes 28.200000001 for rounding noise and writes 28.2.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from geo.crs import read_crs, same_degrees
from geo.layers.register import LayerKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

DECIMALS, METRE_DECIMALS = 9, 4
"""Decimals of degrees (the storage grid) and of metres; both a tenth of a millimetre."""


WGS84 = 4326


def write_csv(target: Path, parts: Iterator[tuple[pa.Table, NDArray[np.object_]]], kind: LayerKind, srid: int) -> int:
    """Write UTF-8 with a mark at its start, which spreadsheets need to see Chinese.

    Returns
    -------
    int
        Rows written. Points in degrees stand in ``lon`` and ``lat``; everything else in ``ewkt`` as
        ``SRID=4547;MULTIPOLYGON(…)``, since nothing else in a CSV could say the CRS.
    """
    plain_points = kind.geometry_types == ("Point",) and same_degrees(srid)
    rows = 0
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for i, (table, geometry) in enumerate(parts):
            if i == 0:
                writer.writerow([*table.column_names, *(("lon", "lat") if plain_points else ("ewkt",))])
            rows += len(geometry)
            columns = [[_text(value) for value in column.to_pylist()] for column in table.columns]
            if plain_points:
                xy = shapely.get_coordinates(geometry)
                columns += [[repr(round(float(v), DECIMALS)) for v in xy[:, axis]] for axis in (0, 1)]
            else:
                wkt = shapely.to_wkt(geometry, rounding_precision=DECIMALS, trim=True)
                columns.append([f"SRID={srid};{text}" for text in wkt])
            writer.writerows(zip(*columns, strict=True))
    return rows


def write_geojson(
    target: Path, parts: Iterator[tuple[pa.Table, NDArray[np.object_]]], srid: int, about: dict[str, str]
) -> int:
    """Write a FeatureCollection; a frame other than WGS 84 is named in the ``crs`` member that GDAL and QGIS read."""
    decimals = DECIMALS if read_crs(srid).is_geographic else METRE_DECIMALS
    head: dict[str, Any] = {"type": "FeatureCollection", "about": about}
    if srid != WGS84:
        head["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{srid}"}}
    rows = 0
    with target.open("wb") as file:
        file.write(orjson.dumps(head)[:-1] + b',"features":[')
        for table, geometry in parts:
            shapes = shapely.transform(geometry, lambda xy: np.round(xy, decimals)) if len(geometry) else geometry
            for properties, shape in zip(table.to_pylist(), shapely.to_geojson(shapes), strict=True):
                file.write(b",\n" if rows else b"\n")
                row = orjson.dumps(properties, default=str)
                file.write(b'{"type":"Feature","properties":' + row + b',"geometry":' + shape.encode() + b"}")
                rows += 1
        file.write(b"\n]}\n")
    return rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)

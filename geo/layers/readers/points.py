"""Geometry from the columns of a table: longitude and latitude, x and y, or well-known text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo.layers.columns import LAT_NAMES, LON_NAMES, WKT_NAMES, X_NAMES, Y_NAMES, ColumnUnknown, plain
from geo.layers.plain_columns import as_text, to_number

NO_NUMBER = "reject.coordinate"
STORED_CRS = "EPSG:4490"
NO_PLACE = "-"
"""Said in place of a column of addresses: nothing in the table is a place of ours, each column is kept as it is."""
SRID = re.compile(r"^\s*SRID\s*=\s*(\d{1,6})\s*;\s*", re.IGNORECASE)


@dataclass(slots=True)
class Located:
    """Where in a table the geometry stands.

    Parameters
    ----------
    columns
        (x, y) or (text,); empty where rows say their place in words only.
    crs
        What the columns' names say about the CRS; None for nothing.
    """

    columns: tuple[str, ...]
    crs: str | None
    notes: list[dict[str, Any]] = field(default_factory=list)

    def geometry(self, table: Mapping[str, pa.Array], rows: int) -> tuple[pa.Array, NDArray[np.object_]]:
        """WKB, and the reason code of each row whose coordinates cannot be read (with the value behind a colon)."""
        if not self.columns:
            return pa.nulls(rows, pa.binary()), np.full(rows, None, object)
        parts = [table[name] for name in self.columns]
        return _from_text(parts[0]) if len(parts) == 1 else _from_numbers(*parts)


def locate(names: list[str], mapping: Mapping[str, str]) -> Located:
    """Which columns hold the place: what was said, else WKT, else lon/lat, else x/y, by their names.

    Raises
    ------
    ColumnUnknown
        If nothing fits, or the mapping names a column that is not there.

    Examples
    --------
    >>> locate(["id", "纬度", "经度"], {}).columns, locate(["X", "Y"], {}).crs
    (('经度', '纬度'), None)
    """
    if mapping.get("address") == NO_PLACE:
        return Located((), STORED_CRS)
    for place in ("lon", "lat", "wkt"):
        if place in mapping and mapping[place] not in names:
            raise ColumnUnknown("layers.map_column_unknown", column=mapping[place], known=", ".join(names))
    if "wkt" in mapping:
        return Located((mapping["wkt"],), None)
    if "lon" in mapping and "lat" in mapping:
        return Located((mapping["lon"], mapping["lat"]), *_degrees(mapping["lon"], mapping["lat"]))
    by_plain = {plain(name): name for name in reversed(names)}

    def named(wanted: tuple[str, ...]) -> str | None:
        return next((by_plain[plain(name)] for name in wanted if plain(name) in by_plain), None)

    if text := named(WKT_NAMES):
        return Located((text,), None)
    if (lon := named(LON_NAMES)) and (lat := named(LAT_NAMES)):
        return Located((lon, lat), *_degrees(lon, lat))
    if (x := named(X_NAMES)) and (y := named(Y_NAMES)):
        return Located((x, y), None)
    if "address" in mapping:
        return Located((), STORED_CRS)
    raise ColumnUnknown("layers.no_place", columns=", ".join(names)[:500])


def srid_of(text: str) -> str | None:
    """The CRS an extended WKT names.

    Examples
    --------
    >>> srid_of("SRID=4547;POINT(1 2)"), srid_of("POINT(1 2)")
    ('EPSG:4547', None)
    """
    found = SRID.match(text)
    return f"EPSG:{found[1]}" if found else None


def _degrees(lon: str, lat: str) -> tuple[str, list[dict[str, Any]]]:
    return "EPSG:4326", [{"code": "layers.lonlat_assumed", "facts": {"lon": lon, "lat": lat}}]


def _from_numbers(x: pa.Array, y: pa.Array) -> tuple[pa.Array, NDArray[np.object_]]:
    flaws = np.full(len(x), None, object)
    missing = np.zeros(len(x), bool)
    numbers = []
    for column in (x, y):
        number, bad = to_number(column)
        text = as_text(column)
        for i in np.flatnonzero(bad):
            value = text[int(i)].as_py()
            flaws[i] = (
                "reject.not_finite" if str(value).lower() in ("nan", "inf", "-inf") else f"{NO_NUMBER}:{value[:40]}"
            )
        missing |= np.asarray(text.is_null())
        numbers.append(number.to_numpy(zero_copy_only=False))
    whole = ~missing & (flaws == None)  # noqa: E711
    wkb = np.full(len(x), None, object)
    wkb[whole] = shapely.to_wkb(shapely.points(numbers[0][whole], numbers[1][whole]))
    return pa.array(wkb, pa.binary()), flaws


def _from_text(column: pa.Array) -> tuple[pa.Array, NDArray[np.object_]]:
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return column.cast(pa.binary()), np.full(len(column), None, object)
    texts = np.array([None if t is None else SRID.sub("", t) for t in as_text(column).to_pylist()], object)
    geometry = np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), object)
    flaws = np.full(len(texts), None, object)
    flaws[(texts != None) & shapely.is_missing(geometry)] = "reject.unreadable"  # noqa: E711
    return pa.array(shapely.to_wkb(geometry), pa.binary()), flaws

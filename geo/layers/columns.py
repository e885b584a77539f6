"""Which column of a file is which field of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from geo.errors import Invalid

if TYPE_CHECKING:
    from geo.layers.register import Field, LayerKind

LON_NAMES = ("lon", "lng", "long", "longitude", "经度", "coord_x", "wgs84_lon")
LAT_NAMES = ("lat", "latitude", "纬度", "coord_y", "wgs84_lat")
X_NAMES = ("x", "point_x", "easting", "x坐标", "东坐标")
Y_NAMES = ("y", "point_y", "northing", "y坐标", "北坐标")
WKT_NAMES = ("wkt", "ewkt", "geometry", "geom", "the_geom", "shape", "几何")
KEY_NAMES = ("source_key",)
PLACES = ("lon", "lat", "wkt", "source_key", "reporter", "address")
"""Names that a mapping may use beside the layer's fields."""

READ_ALREADY = ("lon", "lat", "wkt")
"""Places that a reader has looked for and made a geometry of: their columns are not among those left."""

DBF_NAME = 10
"""Longest column name a Shapefile holds."""


class ColumnUnknown(Invalid):
    """A mapping names a column or field that is not there, or a required field has no column."""


def plain(name: str) -> str:
    """A name without case, spaces and separators, as names are compared.

    Examples
    --------
    >>> plain(" Pole-Number "), plain("building:levels")
    ('polenumber', 'buildinglevels')
    """
    return re.sub(r"[\s_\-:.]+", "", name).casefold()


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Each name in at most ten characters, no two alike, the same for the same list.

    Examples
    --------
    >>> short_names(["status", "status_since_at", "status_since_on"])
    {'status': 'status', 'status_since_at': 'status_sin', 'status_since_on': 'status_s_1'}
    """
    taken: dict[str, str] = {}
    for name in names:
        short, n = name[:DBF_NAME], 0
        while short in taken.values():
            n += 1
            short = f"{name[: DBF_NAME - 1 - len(str(n))]}_{n}"
        taken[name] = short
    return taken


def spoken_names(field: Field) -> list[str]:
    """The names under which a field is looked for, best first."""
    about = field.about
    return [plain(name) for name in (field.name, *about.aliases, about.zh, about.en)]


def map_columns(kind: LayerKind, columns: list[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Field name → column name, by what was said and, where nothing was said, by the names that fit.

    Parameters
    ----------
    columns
        The file's columns, in its order; of several that fit a field, the best-named wins.
    mapping
        What the caller said; wins over any name.

    Raises
    ------
    ColumnUnknown
        If the mapping names a field of neither layer nor place, or a column the file lacks.

    Examples
    --------
    >>> from geo.layers.register import get_kind
    >>> map_columns(get_kind("streetlight"), ["灯杆号", "zt", "功率"], {"status": "zt"})
    {'status': 'zt', 'code': '灯杆号', 'power_w': '功率'}
    """
    fields = {field.name: field for field in kind.fields}
    for name, column in mapping.items():
        if name not in fields and name not in PLACES:
            raise ColumnUnknown("layers.map_field_unknown", field=name, known=", ".join([*fields, *PLACES]))
        if name not in READ_ALREADY and column not in columns:
            raise ColumnUnknown("layers.map_column_unknown", column=column, known=", ".join(columns))
    found = {name: column for name, column in mapping.items() if name in fields}
    free = {plain(column): column for column in reversed(columns) if column not in mapping.values()}
    short = short_names(fields)
    for name, field in fields.items():
        if name in found:
            continue
        for spoken in (*spoken_names(field), plain(short[name])):
            if spoken in free:
                found[name] = free.pop(spoken)
                break
    return found


def key_column(columns: list[str], mapping: Mapping[str, str], key: str | None) -> str | None:
    """The column that names rows: the one said, else one called ``source_key``, else none.

    Raises
    ------
    ColumnUnknown
        If the column that was said is not in the file.
    """
    said = key or mapping.get("source_key")
    if said is not None:
        if said not in columns:
            raise ColumnUnknown("layers.map_column_unknown", column=said, known=", ".join(columns))
        return said
    return next((column for column in columns if plain(column) in {plain(name) for name in KEY_NAMES}), None)

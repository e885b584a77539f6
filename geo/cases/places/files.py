"""The bureau's own names from a table: 类别, 名称, 经度, 纬度, 范围."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from geo.cases.places.actions import HOUSE_REACH_M, NameBroken, OwnName
from geo.cases.spreadsheets.reading import find_columns, open_table

COLUMNS: Final = {
    "kind": ("类别", "类型"),
    "name": ("名称", "地名", "门牌", "店名"),
    "lon": ("经度", "lng", "longitude"),
    "lat": ("纬度", "latitude"),
    "radius_m": ("范围", "半径"),
}
KIND_WORDS: Final = {
    "门牌": "house", "店铺": "shop", "商铺": "shop", "兴趣点": "shop", "单位": "zone", "重点场所": "zone",
    "小区": "estate", "道路": "road", "俗名": "area", "区域": "area",
}  # fmt: skip


def read_names(path: Path) -> Iterator[OwnName]:
    """Names in the order of the file; degrees, WGS 84 or CGCS2000.

    Raises
    ------
    FileRefused, ColumnMissing
        If the file is no table, or lacks kind, name, longitude or latitude.
    NameBroken
        If a number is none; the facts name the row as a spreadsheet shows it.
    """
    with open_table(path) as table:
        columns = find_columns(table.header, COLUMNS, ("kind", "name", "lon", "lat"))
        for row in table.rows:
            cells = {field: row.cells[column] for field, column in columns.items()}
            try:
                lon, lat = float(cells["lon"]), float(cells["lat"])
                reach = int(float(cells.get("radius_m") or HOUSE_REACH_M))
            except ValueError:
                raise NameBroken("geocoding.number", row=row.number, name=cells["name"]) from None
            yield OwnName(KIND_WORDS.get(cells["kind"], cells["kind"]), cells["name"], lon, lat, reach, row.number)

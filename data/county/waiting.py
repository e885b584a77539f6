"""Lists of the made-up bureau that say their places in words: rows that wait, one placed, one set aside; a local frame.

The file is written as a clerk would save it and read as any file is; the four control points are off by centimetres,
one of them by more.
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
from shapely import Point

if TYPE_CHECKING:
    from data.make_county import SampleCounty
    from geo.db.engine import Database

LAYER: Final = "contact_point"
FILE: Final = "城市管理服务站名单.csv"
LOST: Final = ("老供销社对面", "大桥下坡处", "原面粉厂门口")
"""What nobody finds on a map by its words alone."""

FRAME: Final = "城关独立坐标系"
OFF_M: Final = (0.02, -0.03, 0.01, 0.31)
"""How far each control point is off, metres east: the last one was measured badly."""


def save_waiting(database: Database, tenant: str, county: SampleCounty, actor: str) -> None:
    """Read the list, put its first row on the map by hand, set its last aside, and solve the frame."""
    from geo.cases.places.actions import build_names
    from geo.cases.placing.actions import place, propose, refuse
    from geo.layers.actions import import_layer
    from geo.layers.control.actions import set_control
    from geo.layers.reports import ImportOptions
    from geo.layers.waiting.queries import list_waiting

    with tempfile.TemporaryDirectory() as folder:
        with database.begin(tenant) as session:
            build_names(session, tenant, actor=actor)
            set_control(session, tenant, FRAME, _control_points(county, Path(folder)), limit_m=1.0, actor=actor)
        options = ImportOptions(mapping={"address": "地址"}, key="编号", source="名单")
        import_layer(database, tenant, _list(county, Path(folder)), LAYER, options)
    with database.begin(tenant) as session:
        rows = list_waiting(session, tenant)
        best = propose(session, tenant, rows[0]["id"], 1) if rows else []
    if best:
        place(database, tenant, rows[0]["id"], best[0].lon, best[0].lat, actor=actor)
    with database.begin(tenant) as session:
        if len(rows) > 1:
            refuse(session, tenant, rows[-1]["id"], "该处已拆迁,服务站撤销", actor=actor)


def _list(county: SampleCounty, folder: Path) -> Path:
    """Rows with the names of shops' houses and streets, and some that say nothing a map knows."""
    fronts = county.layers["frontage"]
    houses = [f"{row.street}{row.number}" for row in fronts.iloc[10:250:40].itertuples()]
    path = folder / FILE
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("编号", "名称", "类别", "地址", "经度", "纬度"))
        for n, words in enumerate((*houses, *LOST), 1):
            writer.writerow((f"FW{n:02d}", f"{n}号服务站", "社区", words, "", ""))
    return path


def _control_points(county: SampleCounty, folder: Path) -> Path:
    """Four corners of the county in degrees, and in a frame shifted by whole kilometres."""
    west, south, east, north = county.extent
    inset = 0.3 * (east - west), 0.3 * (north - south)
    corners = [(west + inset[0], south + inset[1]), (east - inset[0], south + inset[1]),
               (east - inset[0], north - inset[1]), (west + inset[0], north - inset[1])]  # fmt: skip
    metres = gpd.GeoSeries([Point(corner) for corner in corners], crs=4490).to_crs(4548)
    path = folder / "control.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("点名", "独立东坐标", "独立北坐标", "经度", "纬度"))
        for n, (spot, corner, off) in enumerate(zip(metres, corners, OFF_M, strict=True), 1):
            local = round(spot.x - 500_000 + off, 3), round(spot.y - 3_100_000, 3)
            writer.writerow((f"K{n}", *local, round(corner[0], 8), round(corner[1], 8)))
    return path

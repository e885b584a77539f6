"""Made-up counties of any size for tests end to end: a chequerboard, its 片区, zones, people and vehicles."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final

import geopandas
import numpy as np
import shapely
from sqlalchemy import insert

from geo.crs import STORAGE
from geo.db.engine import Database
from geo.hotspots.districting.actions import cut_county
from geo.layers.actions import save_frame
from geo.tables.base import Base
from tests.towns import SRID, grid, spot

EXTENT: Final = (117.1, 28.2, 117.4, 28.4)
MONDAY: Final = dt.date(2026, 11, 23)
OPENINGS: Final = ("Mo-Fr 08:00-10:30", "Mo-Su 09:00-16:00", None, "Mo-Fr 11:00-13:00,14:00-16:00")
KINDS: Final = ("school", "market", "hospital", "construction")


def found_county(
    database: Database, tenant: str, *, blocks: tuple[int, int] = (6, 5), zones: int = 4, districts: int = 2,
    people: int = 8, licensed: int = 2, cars: int = 1, ebikes: int = 8, day: dt.date = MONDAY,
) -> None:  # fmt: skip
    """Streets 200 m apart, the first row of them main; zones here and there; people ``A00`` … on a day shift."""
    columns, rows = blocks
    total = (columns - 1) * rows + (rows - 1) * columns
    first = columns - 1
    names: Sequence[str | None] = ["人民路"] * first + [None] * (total - first)
    roads = grid(columns, rows, tier=["main"] * first + ["lane"] * (total - first), name=names)
    roads["source_key"] = roads.index.astype(str)
    save_frame(database, tenant, "road", roads.drop(columns=["owner_district", "speed_kmh"]), "test")
    cut_county(database, tenant, n=districts)
    side = math.ceil(math.sqrt(zones))  # one in each field of a grid, so that no two are at one spot
    fields = np.column_stack(np.divmod(np.arange(zones), side)) + np.random.default_rng(1).uniform(0.2, 0.8, (zones, 2))
    places = fields / side * 200 * (np.array(blocks) - 1)
    table = {
        "name": [f"所{i}" for i in range(zones)],
        "kind": [KINDS[i % 4] for i in range(zones)],
        "opening": [OPENINGS[i % 4] for i in range(zones)],
        "source_key": [f"z{i}" for i in range(zones)],
    }
    shapes = [shapely.MultiPolygon([spot(x, y).buffer(15)]) for x, y in places]
    frame = geopandas.GeoDataFrame(table, geometry=shapes, crs=SRID)
    save_frame(database, tenant, "hotspot_zone", frame.to_crs(STORAGE), "test")
    known = Base.metadata.tables
    with database.begin(tenant) as session:
        kind = {"code": "day", "name": "日班", "start_time": dt.time(8), "end_time": dt.time(16)}
        session.execute(insert(known["shift_kind"]).values(tenant=tenant, **kind))
        for i in range(people):
            row = {"code": f"A{i:02d}", "name": f"员{i}", "kind": "regular" if 2 * i < people else "auxiliary"}
            if i < licensed:
                row |= {"licence_no": f"L{i}", "licence_from_on": dt.date(2020, 1, 1)}
                row |= {"licence_to_on": dt.date(2030, 1, 1)}
            staff = known["staff"]
            one = session.execute(insert(staff).values(tenant=tenant, **row).returning(staff.c.id)).scalar_one()
            duty = {"on_date": day, "shift_code": "day", "staff_id": one, "role": "member"}
            session.execute(insert(known["duty"]).values(tenant=tenant, **duty))
        for i in range(cars + ebikes):
            row = {"code": f"V{i:02d}", "kind": "car" if i < cars else "ebike", "seats": 5 if i < cars else 1}
            session.execute(insert(known["vehicle"]).values(tenant=tenant, **row))

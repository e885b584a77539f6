"""A small county for API tests, laid out so that every answer is known beforehand.

Two 片区 side by side, ``W`` and ``E``, share the border street along 118.0° E, which ``E`` owns. Streets
inside belong to the 片区 they lie in. 200 lamps on a grid, some at fault; events over ten days; a
zone, grids, buildings large and small.
"""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import insert
from sqlalchemy.orm import Session

from geo.db.counts import count_step
from geo.db.engine import Database
from geo.layers.register import KINDS, get_kind
from geo.tables.base import Base

WEST, BORDER, EAST = 117.98, 118.0, 118.02
SOUTH, NORTH = 28.28, 28.32
LAMPS = 200
FAULTS = 40
EVENTS = 10


def box(west: float, south: float, east: float, north: float, kind: str = "POLYGON") -> str:
    """A rectangle as EWKT in storage coordinates."""
    ring = f"({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south})"
    return f"SRID=4490;MULTIPOLYGON((({ring[1:-1]})))" if kind == "MULTI" else f"SRID=4490;POLYGON(({ring[1:-1]}))"


def point(lon: float, lat: float) -> str:
    """A point as EWKT in storage coordinates."""
    return f"SRID=4490;POINT({lon} {lat})"


def fill(database: Database, tenant: str) -> None:
    """Put the county's rows in, counters included."""
    rows = layers(tenant)
    with database.begin(tenant) as session:
        first = squad(session, tenant)
        for row in rows["patrol_district"]:
            row["org_unit_id"] = first if row["code"] == "W" else None
        for name, given in rows.items():
            add(session, tenant, name, given)


def add(session: Session, tenant: str, layer: str, rows: list[dict[str, object]]) -> list[int]:
    """Insert rows of a layer as a writer that keeps its counter; returns their ids."""
    table = get_kind(layer).table
    known = set(table.columns.keys())
    filled = [
        {
            "tenant": tenant,
            "source": "test",
            "source_key": f"{layer}-{row.get('code', '')}-{number}-{secrets.token_hex(4)}",
            **{name: value for name, value in row.items() if name in known},
        }
        for number, row in enumerate(rows)
    ]
    ids = [session.execute(insert(table).values(**row).returning(table.c.id)).scalar_one() for row in filled]
    count_step(session, tenant, layer, len(ids))
    return ids


def layers(tenant: str) -> dict[str, list[dict[str, object]]]:
    """Rows by layer; every layer has some."""
    middle = (SOUTH + NORTH) / 2
    lamps: list[dict[str, object]] = [
        {
            "code": f"L{number:03d}",
            "status": "fault" if number % 5 == 0 else "on",
            "geom": point(WEST + 0.001 + 0.038 * (number % 20) / 20, SOUTH + 0.002 + 0.036 * (number // 20) / 10),
        }
        for number in range(LAMPS)
    ]
    events: list[dict[str, object]] = [
        {
            "uid": f"00000000-0000-7000-8000-{number:012d}",
            "code": "0201",
            "origin": "complaint" if number % 2 else "patrol",
            "occurred_at": dt.datetime(2026, 3, 1 + number, 4, tzinfo=dt.UTC),
            "geom": f"SRID=4490;POINT({BORDER + 0.001 * number} {middle})",
        }
        for number in range(EVENTS)
    ]
    return {
        "admin_area": [
            {"name": "测试县", "level": "county", "code": tenant, "geom": box(WEST, SOUTH, EAST, NORTH, "MULTI")}
        ],
        "patrol_district": [
            {"code": "W", "name": "西片区", "geom": box(WEST, SOUTH, BORDER, NORTH, "MULTI")},
            {"code": "E", "name": "东片区", "geom": box(BORDER, SOUTH, EAST, NORTH, "MULTI")},
        ],
        "responsibility_grid": [
            {"code": "G-W", "district_code": "W", "geom": box(WEST, SOUTH, BORDER, NORTH, "MULTI")},
            {"code": "G-E", "district_code": "E", "geom": box(BORDER, SOUTH, EAST, NORTH, "MULTI")},
        ],
        "unit_grid": [
            {
                "code": f"U{row}{column}",
                "geom": box(
                    WEST + 0.02 * column,
                    SOUTH + 0.02 * row,
                    WEST + 0.02 * (column + 1),
                    SOUTH + 0.02 * (row + 1),
                    "MULTI",
                ),
            }
            for row in range(2)
            for column in range(2)
        ],
        "road": [
            {
                "name": "界路",
                "road_class": "primary",
                "tier": "main",
                "owner_district": "E",
                "code": "border",
                "geom": f"SRID=4490;LINESTRING({BORDER} {SOUTH}, {BORDER} {NORTH})",
            },
            {
                "name": "横街",
                "road_class": "residential",
                "tier": "lane",
                "owner_district": "W",
                "code": "cross",
                "geom": f"SRID=4490;LINESTRING({WEST} {middle + 0.005}, {BORDER + 0.0005} {middle + 0.005})",
            },
        ],
        "building": [
            {"kind": "house", "levels": 2, "code": "small", "geom": box(118.005, 28.295, 118.00501, 28.29501, "MULTI")},
            {"kind": "hall", "levels": 1, "code": "large", "geom": box(118.006, 28.295, 118.007, 28.296, "MULTI")},
        ],
        "hotspot_zone": [
            {"name": "实验小学", "kind": "school", "code": "s", "geom": box(118.009, 28.299, 118.010, 28.300, "MULTI")}
        ],
        "illegal_building": [
            {"status": "verified", "code": "i", "geom": box(118.011, 28.299, 118.0115, 28.2995, "MULTI")}
        ],
        "estate": [{"name": "安居苑", "code": "e", "geom": box(117.991, 28.306, 117.993, 28.308, "MULTI")}],
        "frontage": [
            {
                "name": "早点铺",
                "code": "S001",
                "street": "横街",
                "geom": "SRID=4490;LINESTRING(117.99 28.30504, 117.99006 28.30504)",
            }
        ],
        "suspicion": [{"change": "new", "code": "x", "geom": box(118.0125, 28.299, 118.013, 28.2995, "MULTI")}],
        "flight": [{"name": "一号架次", "code": "f", "geom": box(117.99, 28.29, 118.015, 28.31, "MULTI")}],
        "water": [{"name": "东湖", "code": "w", "geom": box(118.012, 28.29, 118.016, 28.294, "MULTI")}],
        "waterway": [{"name": "小溪", "code": "c", "geom": "SRID=4490;LINESTRING(118.012 28.285, 118.018 28.286)"}],
        "landuse": [
            {"name": "公园", "kind": "park", "code": "p", "geom": box(117.985, 28.285, 117.99, 28.29, "MULTI")}
        ],
        "vendor_point": [
            {"kind": "regulated", "name": "早点", "code": "v1", "geom": "SRID=4490;POINT(118.003 28.301)"},
            {
                "kind": "seasonal_market",
                "name": "西瓜市场",
                "code": "v2",
                "geom": box(118.004, 28.301, 118.005, 28.302, "MULTI"),
            },
        ],
        "turn_restriction": [
            {
                "rule": "no_left_turn",
                "from_road": "1",
                "to_road": "2",
                "code": "t",
                "geom": "SRID=4490;POINT(118.003 28.302)",
            }
        ],
        "open_problem": [
            {"number": "20260301-000001", "code": "04-06", "stage": "handling", "geom": point(118.003, 28.3005)}
        ],
        "posture": [
            {
                "code": "LK-2026",
                "name": "两考保障",
                "kind": "exam",
                "first_on": dt.date(2026, 6, 7),
                "last_on": dt.date(2026, 6, 16),
                "opening": "07:00-18:30",
                "geom": box(117.985, 28.282, 117.989, 28.284, "MULTI"),
            }
        ],
        "permit": [
            {
                "number": "占道2026-1",
                "kind": "occupation",
                "valid_from_on": dt.date(2026, 1, 1),
                "valid_to_on": dt.date(2026, 12, 31),
                "geom": point(118.004, 28.3),
            }
        ],
        "component": [
            {"code": f"{tenant}0101000001", "name": "上水井盖", "geom": point(118.002, 28.301)},
            {
                "code": f"{tenant}0217000001",
                "name": "交通护栏",
                "status": "broken",
                "geom": "SRID=4490;LINESTRING(118.002 28.302, 118.003 28.302)",
            },
        ],
        "hazard": [
            {
                "number": "YH20260301-1",
                "category": "advertising",
                "level": "major",
                "status": "closed",
                "found_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
                "geom": point(118.003, 28.303),
            }
        ],
        "gas_user": [{"code": "R1", "name": "早点铺", "kind": "restaurant", "geom": point(118.004, 28.304)}],
        "supply_point": [{"code": "K1", "name": "一号库", "kind": "depot", "geom": point(118.005, 28.304)}],
        "green_space": [
            {
                "name": "河滨绿地",
                "kind": "green_line",
                "code": "g",
                "geom": box(117.985, 28.291, 117.99, 28.295, "MULTI"),
            }
        ],
        "worksite": [
            {
                "code": "Q001",
                "name": "城东工地",
                "site_type": "site",
                "geom": box(118.006, 28.304, 118.008, 28.306, "MULTI"),
            },
            {"code": "Q002", "name": "西郊闲地", "site_type": "idle_land", "geom": point(117.992, 28.303)},
        ],
        "site_gate": [{"code": "Q001-1", "site_code": "Q001", "washing": "washed", "geom": point(118.006, 28.305)}],
        "waste_site": [
            {"code": "X01", "name": "北消纳场", "kind": "dump", "capacity_t": 1000, "geom": point(118.015, 28.315)},
        ],
        "haul_route": [
            {
                "code": "R01",
                "site_code": "Q001",
                "dump_code": "X01",
                "geom": "SRID=4490;LINESTRING(118.006 28.305, 118.01 28.31, 118.015 28.315)",
            }
        ],
        "firework_zone": [{"name": "城区", "rule": "banned", "geom": box(117.981, 28.281, 118.019, 28.319, "MULTI")}],
        "parking": [
            {"kind": "bike_bay", "capacity": 40, "code": "P1", "geom": box(118.006, 28.3, 118.0062, 28.3002, "MULTI")}
        ],
        "contact_point": [{"name": "东湖社区", "kind": "community", "code": "c1", "geom": point(118.0071, 28.3011)}],
        "restaurant": [
            {"name": "王小二饭店", "trade": "热炒", "device": "none", "code": "R1", "geom": point(118.0075, 28.3012)}
        ],
        "ad": [
            {
                "kind": "rooftop",
                "name": "王小二饭店",
                "owner": "王小二",
                "width_m": 6.0,
                "height_m": 3.0,
                "code": "A1",
                "geom": point(118.0076, 28.3013),
            }
        ],
        "streetlight": lamps,
        "event": events,
    }


def squad(session: Session, tenant: str) -> int:
    """The bureau and its first squad; returns the squad's id."""
    units = Base.metadata.tables["org_unit"]
    bureau = session.execute(
        insert(units).values(tenant=tenant, code="B", name="城管局", kind="bureau").returning(units.c.id)
    ).scalar_one()
    unit = insert(units).values(tenant=tenant, code="S1", name="一中队", kind="squadron", parent_id=bureau)
    return int(session.execute(unit.returning(units.c.id)).scalar_one())


assert {kind.name for kind in KINDS} == set(layers("990101")), "every layer has rows in the test county"

"""A town for tests of construction waste: one street east, a site at its west end, a dump and a stockpile along it.

Metres are counted from the gate of site G1 at 118.0° E, 28.3° N, east and north.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from geo.cases.books import import_table
from geo.cases.waste.feeds.actions import take_feed
from geo.db.engine import Database
from geo.tables.base import Base
from geo.uids import uuid7

SHANGHAI = ZoneInfo("Asia/Shanghai")
LON, LAT = 118.0, 28.3
EAST, NORTH = 1 / 98_088, 1 / 110_825
DAY = dt.date(2026, 3, 2)
PLATES = {"A": "云A10001", "B": "云A10002", "C": "云B20001"}
SPEED_MPS = 8.0
STEP_S = 20


def spot(x_m: float, y_m: float) -> tuple[float, float]:
    """Degrees of a place in metres."""
    return LON + x_m * EAST, LAT + y_m * NORTH


def point(x_m: float, y_m: float) -> str:
    """The same as EWKT."""
    lon, lat = spot(x_m, y_m)
    return f"SRID=4490;POINT({lon} {lat})"


def line(*corners: tuple[float, float]) -> str:
    """A line as EWKT."""
    return "SRID=4490;LINESTRING(" + ", ".join("{} {}".format(*spot(*one)) for one in corners) + ")"


def square(x_m: float, y_m: float, side_m: float) -> str:
    """A square with its south-west corner there, as EWKT."""
    ring = [(0, 0), (side_m, 0), (side_m, side_m), (0, side_m), (0, 0)]
    points = ", ".join("{} {}".format(*spot(x_m + dx, y_m + dy)) for dx, dy in ring)
    return f"SRID=4490;MULTIPOLYGON((({points})))"


def add(session: Session, tenant: str, table: str, **values: Any) -> int:
    """Insert a row of a layer."""
    model = Base.metadata.tables[table]
    row = {"tenant": tenant, "source": "test", "source_key": str(uuid7()), **values}
    return int(session.execute(insert(model).values(**row).returning(model.c.id)).scalar_one())


def fill(database: Database, tenant: str) -> None:
    """Two sites, three places for waste, one permitted way, two hauliers with three lorries."""
    with database.begin(tenant) as session:
        add(session, tenant, "worksite", code="G1", name="锦龙城二期", site_type="site", geom=square(-210, -100, 200))
        add(session, tenant, "site_gate", code="G1-1", site_code="G1", washing="washed", geom=point(0, 0))
        add(session, tenant, "worksite", code="G2", name="老粮站拆迁", site_type="demolition", geom=point(1500, 900))
        add(session, tenant, "worksite", code="G3", name="未开工地块", site_type="site", works="not_begun",
            geom=point(900, 40))  # fmt: skip
        add(
            session,
            tenant,
            "waste_site",
            code="X1",
            name="东郊消纳场",
            kind="dump",
            capacity_t=100,
            geom=point(4000, 0),
        )
        add(session, tenant, "waste_site", code="X2", name="北坡堆放点", kind="stockpile", geom=point(2000, 1500))
        add(session, tenant, "haul_route", code="R1", site_code="G1", dump_code="X1", opening="06:00-22:00",
            geom=line((0, 0), (4000, 0)))  # fmt: skip
        for corners in (
            ((0, 0), (2000, 0), (4000, 0)),
            ((2000, 0), (2000, 900), (2000, 1500)),
            ((1500, 900), (2000, 900)),
        ):
            add(session, tenant, "road", name="东环路", road_class="secondary", tier="secondary", geom=line(*corners))
        add(session, tenant, "permit", number="渣2026-1", kind="haulage", holder="锦龙城二期", geom=point(0, 0),
            valid_from_on=DAY - dt.timedelta(30), valid_to_on=DAY + dt.timedelta(10))  # fmt: skip
        for name, csv in (
            ("hauliers", "企业编号,企业名称\nH1,顺达渣土\nH2,宏运\n"),
            ("haul_vehicles", "车牌号,企业编号\n云A·10001,H1\n云A10002,H1\n云B20001,H2\n"),
            ("haul_grants", "许可编号,工地编号,企业编号,线路编号,设施编号\n渣2026-1,G1,H1,R1,X1\n"),
        ):
            import_table(session, tenant, name, csv.encode())


def clock(hour: int, minute: int = 0) -> dt.datetime:
    """A local time of the day of tests."""
    return dt.datetime.combine(DAY, dt.time(hour, minute), SHANGHAI)


def drive(
    plate: str,
    at: dt.datetime,
    way: Sequence[tuple[float, float]],
    *,
    wait_s: int = 300,
    pauses: dict[int, int] | None = None,
) -> Iterator[dict[str, Any]]:
    """Positions of a lorry: it loads at the first corner, holds ``pauses`` seconds at others, and tips at the last."""
    holds = {0: wait_s, len(way) - 1: wait_s, **(pauses or {})}

    def told(place: tuple[float, float]) -> dict[str, Any]:
        lon, lat = spot(*place)
        return {"plate": plate, "at": at.isoformat(), "lon": lon, "lat": lat}

    for number, here in enumerate(way):
        yield told(here)
        for _ in range(holds.get(number, 0) // STEP_S):
            at += dt.timedelta(seconds=STEP_S)
            yield told(here)
        if number + 1 < len(way):
            ahead = way[number + 1]
            metres = ((ahead[0] - here[0]) ** 2 + (ahead[1] - here[1]) ** 2) ** 0.5
            steps = max(round(metres / SPEED_MPS / STEP_S), 1)
            for step in range(1, steps):
                at += dt.timedelta(seconds=STEP_S)
                yield told(
                    (here[0] + (ahead[0] - here[0]) * step / steps, here[1] + (ahead[1] - here[1]) * step / steps)
                )
            at += dt.timedelta(seconds=STEP_S)


def send(database: Database, tenant: str, *trips: Iterator[dict[str, Any]], feed: str = "fix") -> dict[str, Any]:
    """Deliver rows; the receipt."""
    rows = list(itertools.chain(*trips))
    with database.begin(tenant) as session:
        return take_feed(session, tenant, "box", feed, rows, uid=uuid7(), actor="test")

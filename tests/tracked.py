"""A shift laid out so that every figure of planned against actual is known beforehand.

A chequerboard of 200 m blocks; two teams, one with two licences; a plan written by hand with a post, a zone and a
pass; tracks that walk exactly along the streets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from sqlalchemy import insert
from sqlalchemy.orm import Session

from geo.crs import STORAGE, transformer
from geo.db.engine import Database
from geo.layers.actions import save_frame
from geo.tables.base import Base
from tests.towns import ORIGIN, SRID, grid

ON = dt.date(2026, 3, 2)
STARTS = dt.datetime(2026, 3, 2, 0, tzinfo=dt.UTC)
"""08:00 in Shanghai."""

STEP_M = 200.0


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of metres from the town's origin."""
    lon, lat = transformer(SRID, STORAGE).transform(ORIGIN[0] + x, ORIGIN[1] + y)
    return float(lon), float(lat)


def at(minutes: float) -> dt.datetime:
    """An instant so many minutes after the shift began."""
    return STARTS + dt.timedelta(minutes=minutes)


def add(session: Session, table: str, **values: Any) -> int:
    """Insert a row and return its id."""
    known = Base.metadata.tables[table]
    return int(session.execute(insert(known).values(**values).returning(known.c.id)).scalar_one())


def line(*spots: tuple[float, float]) -> str:
    """A line through spots in metres as EWKT."""
    return shapely.to_wkt(shapely.LineString([degrees(*spot) for spot in spots]), rounding_precision=9)


def walk(
    begin_min: float, spots: Sequence[tuple[float, float]], speed_ms: float = 1.0, step_s: int = 5
) -> list[dict[str, Any]]:
    """Positions every five seconds along a line in metres at one speed, exact."""
    way = shapely.LineString(spots)
    count = int(way.length / speed_ms // step_s) + 1
    found = []
    for number in range(count):
        spot = way.interpolate(number * step_s * speed_ms)
        lon, lat = degrees(spot.x, spot.y)
        found.append(
            {"at": (at(begin_min) + dt.timedelta(seconds=number * step_s)).isoformat(), "lon": lon, "lat": lat}
        )
    return found


def stand(begin_min: float, minutes: float, spot: tuple[float, float], step_s: int = 30) -> list[dict[str, Any]]:
    """Positions of somebody who stands, first and last included."""
    lon, lat = degrees(*spot)
    count = int(minutes * 60 // step_s) + 1
    begun = at(begin_min)
    return [
        {"at": (begun + dt.timedelta(seconds=n * step_s)).isoformat(), "lon": lon, "lat": lat} for n in range(count)
    ]


def lay_out(database: Database, tenant: str) -> dict[str, int]:
    """Streets, people, a published plan of 08:00–16:00 with two teams; ids of what tests need."""
    roads = grid(4, 4, STEP_M, owner_district="P01", tier=["main"] * 3 + ["lane"] * 21)
    save_frame(database, tenant, "road", roads, "test")
    with database.begin(tenant) as session:
        add(session, "shift_kind", tenant=tenant, code="day", name="日班", start_time=dt.time(8), end_time=dt.time(16))
        staff = {}
        for code, licence in (("S1", "L1"), ("S2", "L2"), ("S3", None), ("S4", None)):
            valid = {"licence_from_on": dt.date(2020, 1, 1), "licence_to_on": dt.date(2030, 1, 1)} if licence else {}
            staff[code] = add(
                session, "staff", tenant=tenant, code=code, name=code, kind="regular" if licence else "auxiliary",
                licence_no=licence, **valid,
            )  # fmt: skip
            if code != "S4":
                add(session, "duty", tenant=tenant, on_date=ON, shift_code="day", staff_id=staff[code], role="member")
        car = add(session, "vehicle", tenant=tenant, code="赣E0001", kind="car", seats=5)
        post = add(
            session, "post", tenant=tenant, code="G01", name="实验小学校门", opening="09:00-10:00", duty="劝离摊贩",
            effect="校门前占道次数", buffer_m=50, geom=f"SRID=4490;{shapely.Point(*degrees(400, 0)).wkt}",
        )  # fmt: skip
        plan = add(
            session, "shift_plan", tenant=tenant, on_date=ON, shift_code="day", version=1, status="published",
            starts_at=STARTS, ends_at=at(480), seed=1, iterations=1, input_digest="x", weight_served=1, weight_total=1,
            published_at=STARTS,
        )  # fmt: skip
        teams = {}
        for number, (code, licences, members) in enumerate((("R1", 2, ("S1", "S2")), ("L1", 0, ("S3",)))):
            teams[code] = add(
                session, "plan_team", tenant=tenant, plan_id=plan, code=code, name=f"{code}队",
                kind="roaming" if licences else "local", mode="foot", licences=licences, color_index=number,
                start=f"SRID=4490;{shapely.Point(*degrees(0, 0)).wkt}", duration_s=4 * 3600, distance_m=0,
                district_code=None if licences else "P01",
            )  # fmt: skip
            for member in members:
                add(session, "plan_member", tenant=tenant, plan_id=plan, team_id=teams[code], staff_id=staff[member])
        add(session, "plan_vehicle", tenant=tenant, plan_id=plan, team_id=teams["R1"], vehicle_id=car)
        stops: tuple[Any, ...] = (
            (1, "post:{post}:0", "post", "实验小学校门", "post", (post,), (400, 0), 60, 120, (60, 122)),
            (2, "zone:77:1", "enforcement", "市场", "illegal_building", (77,), (600, 600), 180, 200, (150, 240)),
        )
        for seq, key, *more in stops:
            add_stop(session, tenant, plan, teams["R1"], seq, key.format(post=post), *more)
        street = "pass:1:0:0", "pass", "街0", "road", (1, 2, 3), (0, 0), 30, 40, (0, 240)
        add_stop(session, tenant, plan, teams["L1"], 1, *street)
        legs = (
            ("R1", 1, "travel", 600, ((0, 0), (400, 0))),
            ("R1", 2, "travel", 900, ((400, 0), (600, 0), (600, 600))),
            ("L1", 1, "travel", 1800, ((0, 600), (0, 0))),
            ("L1", 2, "pass", 600, ((0, 0), (600, 0))),
        )
        for code, seq, kind, lasting, spots in legs:
            add(
                session, "plan_leg", tenant=tenant, plan_id=plan, team_id=teams[code], seq=seq, kind=kind,
                duration_s=lasting, distance_m=0, geom=f"SRID=4490;{line(*spots)}",
            )  # fmt: skip
    return {"plan": plan, "post": post, **staff}


def add_stop(
    session: Session, tenant: str, plan: int, team: int, seq: int, key: str, kind: str, name: str, layer: str,
    ids: Iterable[int], spot: tuple[float, float], begin: float, end: float, window: tuple[float, float],
) -> None:  # fmt: skip
    """A stop of a team's day, minutes after the shift began."""
    add(
        session, "plan_stop", tenant=tenant, plan_id=plan, key=key, team_id=team, seq=seq, kind=kind, name=name,
        layer=layer, feature_ids=list(ids), district_code="P01", weight=1, licences_needed=0,
        service_s=round((end - begin) * 60), window_from_at=at(window[0]), window_to_at=at(window[1]),
        arrive_at=at(begin), leave_at=at(end), geom=f"SRID=4490;{shapely.Point(*degrees(*spot)).wkt}",
    )  # fmt: skip

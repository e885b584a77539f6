"""Story 12: the same stall is legal in season inside the market, an event a day later or a metre outside."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, text

from geo.cases.markets.actions import (
    CountInFuture,
    UnknownMarket,
    count_stalls,
    find_nearest,
    judge_stall,
    list_fullness,
)
from geo.cases.permits.actions import find_permits, list_ending
from geo.db.engine import Database
from geo.features.locate import Swapped
from geo.tables.base import Base
from geo.uids import uuid7

SHANGHAI = ZoneInfo("Asia/Shanghai")
LON, LAT = 118.0, 28.3
METRE_EAST, METRE_NORTH = 1 / 98_088, 1 / 110_825
"""Degrees of a metre at 28.3° N, on the ellipsoid."""


def on(day: int, hour: int = 9, month: int = 6) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def add(database: Database, county: str, table: str, **values: Any) -> int:
    values = {"tenant": county, "source": "test", "source_key": str(uuid7()), **values}
    with database.begin(county) as session:
        model = Base.metadata.tables[table]
        return int(session.execute(insert(model).values(**values).returning(model.c.id)).scalar_one())


@pytest.fixture
def town(database: Database, county: str) -> str:
    """杨梅市场 of 100 × 60 m in June, a vendor point beyond a wall, one farther on, and where hawkers gather."""
    east, north = LON + 100 * METRE_EAST, LAT + 60 * METRE_NORTH
    area = f"SRID=4490;MULTIPOLYGON((({LON} {LAT},{east} {LAT},{east} {north},{LON} {north},{LON} {LAT})))"
    add(
        database, county, "vendor_point", name="杨梅市场", kind="seasonal_market", slots=40, opening="06:00-22:00",
        valid_from_on=dt.date(2026, 6, 1), valid_to_on=dt.date(2026, 7, 1), geom=area,
    )  # fmt: skip
    for name, x, y, kind, opening in (
        ("墙后疏导点", 0, 300, "regulated", "06:00-20:00"),
        ("桥头疏导点", 400, 0, "regulated", "06:00-20:00"),
        ("夜市", 410, 0, "regulated", "18:00-02:00"),
        ("流动聚集处", 30, 0, "hawker_spot", None),
    ):
        spot = f"SRID=4490;POINT({LON + x * METRE_EAST} {LAT + y * METRE_NORTH})"
        add(database, county, "vendor_point", name=name, kind=kind, opening=opening, geom=spot)
    for line in (((-50, 0), (0, 0), (400, 0), (800, 0)), ((800, 0), (800, 300), (0, 300))):
        points = ",".join(f"{LON + x * METRE_EAST} {LAT + y * METRE_NORTH}" for x, y in line)
        add(
            database, county, "road", name="飞山北路", road_class="residential", tier="branch",
            geom=f"SRID=4490;LINESTRING({points})",
        )  # fmt: skip
    return county


def verdict(database: Database, county: str, at: dt.datetime, x_m: float = 50, y_m: float = 30) -> str:
    with database.begin(county) as session:
        return judge_stall(session, county, LON + x_m * METRE_EAST, LAT + y_m * METRE_NORTH, at).verdict


def test_story_12_in_season_inside_is_legal_a_day_or_a_metre_off_is_not(database: Database, town: str) -> None:
    assert verdict(database, town, on(30)) == "open"
    assert verdict(database, town, on(1)) == "open"
    assert verdict(database, town, on(1, month=7)) == "after_season"
    assert verdict(database, town, on(31, month=5)) == "before_season"
    assert verdict(database, town, on(30, hour=22)) == "closed"
    assert verdict(database, town, on(30), x_m=99) == "open"
    assert verdict(database, town, on(30), x_m=101) == "outside"
    assert verdict(database, town, on(30), x_m=50, y_m=61) == "outside"
    assert verdict(database, town, on(30), x_m=50, y_m=59) == "open"


def test_story_12_a_vendor_point_reaches_ten_metres_and_hawkers_have_no_right_to_theirs(
    database: Database, town: str
) -> None:
    assert verdict(database, town, on(30), x_m=0, y_m=309) == "open"
    assert verdict(database, town, on(30), x_m=0, y_m=311) == "outside"
    assert verdict(database, town, on(1, month=8), x_m=30, y_m=0) == "after_season"


def test_story_12_the_nearest_legal_place_is_nearest_on_foot(database: Database, town: str) -> None:
    with database.begin(town) as session:
        found = find_nearest(session, town, LON, LAT + 250 * METRE_NORTH, on(10, month=8), 1_500)
        late = find_nearest(session, town, LON, LAT + 250 * METRE_NORTH, on(11, hour=1, month=8), 1_500)
        close = find_nearest(session, town, LON - 40 * METRE_EAST, LAT, on(10, month=8), 1_500)
        nobody = find_nearest(session, town, LON, LAT, on(10, hour=4, month=8), 1_500)
    # 50 m behind a wall is 50 m straight and as much on foot from the lane; the bridge is 800 m further round.
    assert [one.market.name for one in found] == ["墙后疏导点", "桥头疏导点"]
    assert found[0].walk_m == pytest.approx(50, abs=1)
    assert [one.market.name for one in late] == ["夜市"]
    assert [(one.market.name, one.walk_m) for one in close] == [
        ("桥头疏导点", pytest.approx(440, abs=2)),
        ("墙后疏导点", pytest.approx(840 + 300 + 800, abs=4)),
    ]
    assert close[1].straight_m < close[0].straight_m < close[1].walk_m  # type: ignore[operator]
    assert nobody == []


def test_story_12_too_many_stalls_are_told_once(database: Database, town: str) -> None:
    uid, now = uuid7(), dt.datetime.now(dt.UTC)
    with database.begin(town) as session:
        market = session.execute(
            text("SELECT id FROM vendor_point WHERE name = '杨梅市场' AND tenant = :t"), {"t": town}
        )
        number = market.scalar_one()
        assert count_stalls(session, town, uid, number, 47, now, "li") == 7
        assert count_stalls(session, town, uid, number, 47, now, "li") == 7
        assert count_stalls(session, town, uuid7(), number, 12, now - dt.timedelta(hours=2), "li") == 0
        with pytest.raises(UnknownMarket):
            count_stalls(session, town, uuid7(), 1 << 40, 1, now, "li")
        with pytest.raises(CountInFuture):
            count_stalls(session, town, uuid7(), number, 1, now + dt.timedelta(hours=1), "li")
    with database.begin(town) as session:
        full = list_fullness(session, town, now - dt.timedelta(days=1))
        assert [(one.name, one.stalls, one.slots, one.over) for one in full] == [("杨梅市场", 47, 40, 7)]
        rows = session.execute(text("SELECT count(*) FROM stall_count WHERE tenant = :t"), {"t": town}).scalar_one()
        assert rows == 2


def test_what_is_permitted_is_asked_before_an_event_is_filed(database: Database, county: str) -> None:
    spot = f"SRID=4490;POINT({LON} {LAT})"
    for number, kind, last, status in (
        ("占2026-1", "occupation", 10, "valid"), ("占2026-2", "occupation", 20, "revoked"),
        ("挖2026-1", "excavation", 25, "valid"),
    ):  # fmt: skip
        add(
            database, county, "permit", number=number, kind=kind, status=status, geom=spot,
            valid_from_on=dt.date(2026, 6, 5), valid_to_on=dt.date(2026, 6, last),
        )  # fmt: skip

    def numbers(day: int, x_m: float = 0) -> list[str]:
        with database.begin(county) as session:
            found = find_permits(session, county, LON + x_m * METRE_EAST, LAT, dt.date(2026, 6, day))
        return [one.number for one in found]

    assert numbers(5) == numbers(10) == ["占2026-1", "挖2026-1"]
    assert numbers(11) == ["挖2026-1"] and numbers(4) == numbers(26) == []
    assert numbers(10, x_m=14) == ["占2026-1", "挖2026-1"] and numbers(10, x_m=16) == []
    with database.begin(county) as session:
        soon = list_ending(session, county, dt.date(2026, 6, 6), 14)
        assert [one.number for one in soon] == ["占2026-1"]
        with pytest.raises(Swapped):
            find_permits(session, county, LAT, LON, dt.date(2026, 6, 6))


def test_story_12_a_full_place_is_offered_last(database: Database, town: str) -> None:
    now = dt.datetime.now(dt.UTC).replace(hour=2)  # 10:00 in Shanghai
    if now > dt.datetime.now(dt.UTC):
        now -= dt.timedelta(days=1)
    with database.begin(town) as session:
        slots = text("UPDATE vendor_point SET slots = 5 WHERE tenant = :t AND name LIKE '%疏导点' RETURNING id, name")
        ids = {row.name: row.id for row in session.execute(slots, {"t": town})}
        count_stalls(session, town, uuid7(), ids["墙后疏导点"], 5, now, "li")
        count_stalls(session, town, uuid7(), ids["桥头疏导点"], 2, now - dt.timedelta(hours=1), "li")
        asked = (session, town, LON, LAT + 250 * METRE_NORTH)
        found = find_nearest(*asked, now + dt.timedelta(hours=1), 1_500)
        later = find_nearest(*asked, now + dt.timedelta(days=1), 1_500)
    told = [(one.market.name, one.free) for one in found]
    assert told == [("桥头疏导点", 3), ("墙后疏导点", 0)]
    assert [(one.market.name, one.free) for one in later] == [("墙后疏导点", None), ("桥头疏导点", None)]


def test_a_posture_suspends_trade_or_lets_it_be_and_only_in_its_hours(database: Database, town: str) -> None:
    ring = ((-100, -100), (200, -100), (200, 100), (-100, 100), (-100, -100))
    corners = ",".join(f"{LON + x * METRE_EAST} {LAT + y * METRE_NORTH}" for x, y in ring)
    area = f"SRID=4490;MULTIPOLYGON((({corners})))"
    approved = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    def posture(code: str, opening: str, target: str, word: str) -> None:
        number = add(
            database, town, "posture", code=code, name=code, kind="exam", status="approved", opening=opening,
            first_on=dt.date(2026, 6, 7), last_on=dt.date(2026, 6, 9), approved_at=approved, geom=area,
        )  # fmt: skip
        with database.begin(town) as session:
            rule = Base.metadata.tables["posture_rule"]
            values = {"tenant": town, "posture_id": number, "kind": "trade", "target": target, "word": word}
            session.execute(insert(rule).values(**values))

    posture("LK26", "08:00-12:00", "*", "off")
    posture("JR26", "08:00-23:30", "seasonal_market", "on")

    def judged(day: int, hour: int, x_m: float = 50) -> tuple[str, str | None]:
        with database.begin(town) as session:
            here = judge_stall(session, town, LON + x_m * METRE_EAST, LAT + 30 * METRE_NORTH, on(day, hour))
        return here.verdict, here.posture

    assert judged(8, 9) == ("suspended", "LK26")  # of two that differ the stricter
    assert judged(8, 23) == ("open", "JR26")  # beyond its own hours, which end at 22
    assert judged(8, 13) == ("open", "JR26") and judged(10, 9) == ("open", None)
    assert judged(8, 9, x_m=5_000) == ("outside", None)
    with database.begin(town) as session:
        places = find_nearest(session, town, LON, LAT, on(8, 9))
        after = find_nearest(session, town, LON, LAT, on(8, 13))
    assert [one.market.name for one in places] == ["桥头疏导点", "墙后疏导点"]  # both lie outside the posture
    assert after[0].market.name == "杨梅市场"

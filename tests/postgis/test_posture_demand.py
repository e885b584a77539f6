"""What a shift is asked to do changes with the postures in force, by their hours, and only inside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from sqlalchemy import text

from geo.cases.postures.actions import PostureDraft, approve_posture, draft_posture
from geo.cases.postures.rules import Rule
from geo.crs import STORAGE, transformer
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.patrol.demand.actions import demand_of_shift
from geo.patrol.demand.book.posts import PostDraft, save_post
from geo.patrol.demand.load import Demand
from geo.patrol.people.actions import load_problem
from tests.bureaus import EXTENT, MONDAY, found_county
from tests.towns import ORIGIN, SRID

LONG_AGO = dt.datetime(2026, 1, 5, 2, tzinfo=dt.UTC)
TUESDAY = MONDAY + dt.timedelta(1)


@pytest.fixture
def town(database: Database, make_county: Callable[..., str]) -> str:
    tenant = make_county(EXTENT)
    found_county(database, tenant, zones=4)
    lon, lat = transformer(SRID, STORAGE).transform(ORIGIN[0] + 400, ORIGIN[1])
    post = PostDraft("G02", "考点岗", ("A04",), "Su 11:30-12:20", shapely.Point(lon, lat), "值守考点", "无噪声", "P01")
    with database.begin(tenant) as session:
        save_post(session, tenant, post)
    return tenant


def asked(database: Database, tenant: str, on: dt.date = MONDAY) -> Demand:
    with database.begin(tenant) as session:
        return demand_of_shift(session, tenant, on, "day")


def zone_rows(database: Database, tenant: str) -> list[Any]:
    query = text("SELECT id, kind, opening, ST_AsBinary(geom) FROM hotspot_zone WHERE tenant = :t ORDER BY id")
    with database.begin(tenant) as session:
        return list(session.execute(query, {"t": tenant}))


def begin(database: Database, tenant: str, ground: bytes, rules: tuple[Rule, ...], opening: str | None) -> None:
    draft = PostureDraft("BZ1", "保障", "event", MONDAY, MONDAY, ground, opening, None, rules)
    with database.begin(tenant) as session:
        draft_posture(session, tenant, draft, actor="p", at=LONG_AGO)
        approve_posture(session, tenant, "BZ1", at=LONG_AGO, actor="chief")


def test_zones_inside_are_watched_or_left_in_its_hours_and_others_stay(database: Database, town: str) -> None:
    before = {wish.key: wish for wish in asked(database, town).wishes if wish.key.startswith("zone:")}
    (first, kind, *_, ground), (second, *_, far), *_ = zone_rows(database, town)
    inside = shapely.from_wkb(bytes(ground)).buffer(1e-5)
    assert not inside.intersects(shapely.from_wkb(bytes(far)))
    begin(database, town, inside.wkb, (Rule("zone", kind, "on", 200), Rule("roster", "*", "值守", 40)), "09:00-17:00")
    demand = asked(database, town)
    now = {wish.key: wish for wish in demand.wishes if wish.key.startswith("zone:")}
    here, there = f"zone:{first}", f"zone:{second}"
    assert now[here].weight == pytest.approx(2 * before[here].weight) and now[there] == before[there]
    hours = sum(high - low for low, high in now[here].windows)
    assert hours >= sum(high - low for low, high in before[here].windows) and hours >= 7 * 3600
    told = demand.facts["postures"][0]
    assert (told["code"], told["hours"], told["zones_on"], told["zones_off"]) == ("BZ1", "09:00-16:00", [first], [])
    assert told["roster"][0]["people"] == 40 and told["roster"][0]["short"] > 0
    after = {wish.key: wish for wish in asked(database, town, TUESDAY).wishes if wish.key == here}
    assert after[here].focus == 1.0


def test_zones_left_have_no_hours_while_it_lasts(database: Database, town: str) -> None:
    (first, _, _, ground), *_ = zone_rows(database, town)
    begin(database, town, shapely.from_wkb(bytes(ground)).wkb, (Rule("zone", "*", "off"),), None)
    demand = asked(database, town)
    left = next(wish for wish in demand.wishes if wish.key == f"zone:{first}")
    assert left.windows == () and left.hours == "off"
    assert demand.facts["postures"][0]["zones_off"] == [first]


def test_streets_get_passes_and_posts_stand_on_its_day_only(database: Database, town: str) -> None:
    query = (
        "SELECT ST_AsBinary(ST_Multi(ST_Buffer(geom, 1e-5))), id FROM road WHERE tenant = :t AND tier = 'lane' LIMIT 1"
    )
    with database.begin(town) as session:
        ground, lane = session.execute(text(query), {"t": town}).one()

    def count(on: dt.date) -> tuple[int, int]:
        wishes = asked(database, town, on).wishes
        lanes = [wish for wish in wishes if wish.kind == "pass" and lane in wish.feature_ids]
        return len(lanes), sum(wish.kind == "post" for wish in wishes)

    assert count(MONDAY) == (0, 0)
    begin(database, town, bytes(ground), (Rule("passes", "lane", value=3), Rule("post", "G02")), None)
    assert count(MONDAY) == (3, 1) and count(TUESDAY) == (0, 0)


def test_a_roster_needs_the_people_a_posture_asks_for(database: Database, town: str) -> None:
    (_, _, _, ground), *_ = zone_rows(database, town)
    begin(database, town, shapely.from_wkb(bytes(ground)).wkb, (Rule("roster", "day", "值守", 9),), None)
    with database.begin(town) as session:
        problem = load_problem(session, get_county(session, town), MONDAY, 2)
    needs = [{shift.code: need.people for shift, need in problem.held(day)} for day in (0, 1)]
    assert needs[0]["day"] == 9 > needs[1]["day"]


def test_a_building_announced_is_pulled_down_only_where_its_papers_allow_it(database: Database, town: str) -> None:
    (_, _, _, ground), *_ = zone_rows(database, town)
    insert = """INSERT INTO illegal_building (tenant, source, source_key, code, status, status_since_on, geom)
        VALUES (:t, 'test', 'x', 'WJ1', 'announced', :on, ST_Multi(ST_GeomFromWKB(:g, 4490)))"""
    with database.begin(town) as session:
        session.execute(text(insert), {"t": town, "on": MONDAY - dt.timedelta(7), "g": bytes(ground)})
    demand = asked(database, town)
    (refused,) = demand.facts["demolitions_refused"]
    assert refused["name"] == "WJ1"
    assert [code for code, _ in refused["why"]] == ["buildings.no_order", "buildings.no_announcement", "risks.none"]
    assert not [wish for wish in demand.wishes if wish.key.startswith("demolition:")]

"""Ads, kitchens, bays, noise and feasts in a county of two 片区, as a bureau keeps them over a year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geo.cases.ads.actions import (
    NotAnAdsHazard,
    count_ads,
    link_hazard,
    list_ads,
    list_before_storm,
    raise_hazard,
    show_as,
)
from geo.cases.ads.orders import (
    BadOrder,
    NoProof,
    OrderDraft,
    RemovalRefused,
    StepDoesNotFit,
    UnknownOrder,
    import_orders,
    list_orders,
    open_order,
    show_order,
    take_step,
)
from geo.cases.books import export_table, import_table
from geo.cases.dues.queries import list_due
from geo.cases.evidence.actions import Given, add_picture
from geo.cases.fireworks.actions import Feast, VisitedAlready, allowed_at, list_visits, note_feast, record_visit
from geo.cases.noise.actions import list_places
from geo.cases.parking.actions import BadCount, UnknownBay, count_bay, list_bays, note_tickets, sum_gaps, sum_tickets
from geo.cases.restaurants.actions import (
    BadDay,
    Survey,
    VerdictTooMild,
    list_restaurants,
    record_cleaning,
    record_survey,
    show_restaurant,
    take_names,
)
from geo.cases.sheets import write_sheet
from geo.cases.workflow import StepNotOpen
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.patrol.demand.book.kitchens import propose_checks
from geo.uids import uuid7
from tests.api import county as scene
from tests.cases import picture, prepare

WEST, EAST = (117.99, 28.29), (118.01, 28.29)
TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
DAY = dt.timedelta(days=1)


def point(place: tuple[float, float], east_m: float = 0) -> str:
    return scene.point(place[0] + east_m / 98_000, place[1])


def monday_before(on: dt.date) -> dt.date:
    """An ordinary Monday at least eight days ago."""
    day = on - 8 * DAY
    while day.weekday() != 0 or not working(day):
        day -= DAY
    return day


def working(day: dt.date) -> bool:
    from geo.calendars import is_workday

    return is_workday(day)


@pytest.fixture(scope="module")
def tenant(database: Database) -> str:
    return prepare(database)


@pytest.fixture(scope="module")
def ads(database: Database, tenant: str) -> str:
    """Six ads, two permits, and what each kind may be."""
    year = TODAY - 200 * DAY
    permits: list[dict[str, Any]] = [
        {"number": "G-1", "valid_to_on": TODAY + 90 * DAY, "area_m2": 20.0},
        {"number": "G-2", "valid_to_on": TODAY - DAY, "area_m2": 20.0},
    ]
    rows: list[dict[str, Any]] = [
        {"code": "A1", "kind": "billboard", "permit_number": "G-1", "width_m": 5.0, "height_m": 4.0},
        {"code": "A2", "kind": "rooftop", "permit_number": "G-1", "width_m": 5.0, "height_m": 4.2},
        {"code": "A3", "kind": "signboard", "permit_number": "G-2", "valid_to_on": TODAY + 900 * DAY},
        {"code": "A4", "kind": "banner"},
        {"code": "A5", "kind": "pole", "valid_to_on": TODAY, "inspected_on": TODAY - 400 * DAY, "width_m": 18.0,
         "height_m": 6.0},
        {"code": "A6", "kind": "signboard", "valid_to_on": TODAY, "name": "王小二饭店", "owner": "王小二"},
    ]  # fmt: skip
    with database.begin(tenant) as session:
        for one in permits:
            row = {**one, "kind": "signboard", "valid_from_on": year, "geom": point(WEST)}
            scene.add(session, tenant, "permit", [row])
        for n, one in enumerate(rows):
            spot = point(EAST if one["code"] == "A5" else WEST, 40 * n)
            scene.add(session, tenant, "ad", [{"registered_on": TODAY - 100 * DAY, **one, "geom": spot}])
        rules = "类别,面积上限平方分米,检测间隔天数\n高立柱广告,,365\n楼顶广告,,\n"
        assert import_table(session, tenant, "ad_rules", rules.encode()) == 2
    return tenant


def test_ads_are_listed_by_what_is_wrong_with_them(database: Database, ads: str) -> None:
    with database.begin(ads) as session:
        found = {one.code: one for one in list_ads(session, ads, TODAY)}
        assert {code: one.faults for code, one in found.items()} == {
            "A1": (), "A2": ("oversize",), "A3": ("expired",), "A4": ("unpermitted",), "A5": ("uninspected",), "A6": (),
        }  # fmt: skip
        assert found["A2"].area_dm2 == 2_100 and found["A5"].district_code == "E"
        assert [one.code for one in list_ads(session, ads, TODAY + DAY, fault="expired")] == ["A3", "A5", "A6"]
        assert [one.code for one in list_ads(session, ads, TODAY, area=["E"])] == ["A5"]
        assert "pole" in export_table(session, ads, "ad_rules")


def test_before_a_storm_open_hazards_come_first_and_each_is_due_for_the_planner(database: Database, ads: str) -> None:
    with database.begin(ads) as session:
        now = dt.datetime.now(dt.UTC)
        uid = uuid7()
        general = raise_hazard(session, ads, "A3", uid, "general", now, "螺栓锈蚀", actor="li")
        assert raise_hazard(session, ads, "A3", uid, "general", now, "螺栓锈蚀", actor="li") == general
        major = raise_hazard(session, ads, "A1", uuid7(), "major", now, "面板松脱", actor="li")
        found = list_before_storm(session, ads, TODAY)
        assert [(one.code, one.hazard_level) for one in found] == [("A1", "major"), ("A3", "general"), ("A5", None)]
        assert [one.code for one in list_ads(session, ads, TODAY, fault="hazard")] == ["A1", "A3"]
        session.execute(text("UPDATE hazard SET status = 'open' WHERE tenant = :t"), {"t": ads})
        srid = get_county(session, ads).metric_srid
        due = list_due(session, ads, srid, now - DAY, now + 60 * DAY)
        assert {general, major} <= {row["id"] for row in due if row["register"] == "hazard"}
        with pytest.raises(NotAnAdsHazard):
            link_hazard(session, ads, "A1", 1 << 40, actor="li")


def test_an_order_to_remove_ends_with_proof_and_takes_the_ad_down(database: Database, ads: str, tmp_path: Path) -> None:
    ordered = monday_before(TODAY)
    at = dt.datetime.combine(ordered + DAY, dt.time(10), dt.timezone(dt.timedelta(hours=8)))
    with database.begin(ads) as session:
        draft = OrderDraft(
            uuid7(), "remove", ordered, "A4", quantity=3, unit="条", due_on=ordered + 3 * DAY, notice="责1"
        )
        order = open_order(session, ads, draft, actor="li")
        assert open_order(session, ads, draft, actor="li") == order
        assert show_order(session, ads, order)["open_steps"] == ["remove_self", "remove", "extend", "withdraw"]
        with pytest.raises(StepDoesNotFit):
            take_step(session, ads, order, "conform", at=at, actor="li", paper="x")
        with pytest.raises(RemovalRefused) as refused:
            take_step(session, ads, order, "remove", at=at, actor="li", paper="x")
        assert refused.value.code == "ads.removal_not_due"
        with pytest.raises(NoProof):
            take_step(session, ads, order, "remove_self", at=at, actor="li")
        for kind, shade in (("before", 10), ("after", 200)):
            given = Given(uuid7(), "ad_order", order, kind, at)
            add_picture(session, ads, tmp_path, given, picture(shade))
        assert take_step(session, ads, order, "remove_self", at=at, actor="li") == "removed_by_owner"
        gone = {one.code: one for one in list_ads(session, ads, TODAY, status="removed")}["A4"]
        assert (gone.removed_on, gone.faults) == (ordered + DAY, ())
        with pytest.raises(StepNotOpen):
            take_step(session, ads, order, "withdraw", at=at, actor="li")
        with pytest.raises(UnknownOrder):
            show_order(session, ads, order, ["E"])


def test_what_hangs_loose_is_removed_at_once_and_guidance_removes_nothing(database: Database, ads: str) -> None:
    with database.begin(ads) as session:
        draft = OrderDraft(uuid7(), "remove", TODAY, kind="billboard", lon=EAST[0], lat=EAST[1], place="桥头")
        order = open_order(session, ads, draft, actor="li")
        now = dt.datetime.now(dt.UTC)
        with pytest.raises(RemovalRefused) as refused:
            take_step(session, ads, order, "remove", at=now, actor="li", paper="案卷1")
        assert refused.value.code == "ads.removal_no_notice"
        done = take_step(session, ads, order, "remove", at=now, actor="li", paper="案卷1", urgent="台风")
        assert done == "removed_by_bureau"
        assert show_order(session, ads, order)["history"][-1]["facts"] == {"urgent": "台风", "paper": "案卷1"}
        with pytest.raises(BadOrder):
            open_order(session, ads, OrderDraft(uuid7(), "remove", TODAY, kind="billboard"), actor="li")


def test_a_ledger_comes_in_once_and_its_figures_keep_units_apart(database: Database, ads: str, tmp_path: Path) -> None:
    header = ["序号", "措施", "类别", "责令日期", "数量", "单位", "经度", "纬度", "完成日期", "完成方式", "广告编号"]
    rows = [
        [n, "规范指导", "门头招牌", "2025.3.4", 1, "处", WEST[0], WEST[1], "2025年3月9日", "已规范", ""]
        for n in range(1, 8)
    ]
    rows += [
        [8, "拆除", "条幅", "2025-03-04", 12, "条", EAST[0], EAST[1], "2025-03-04", "自拆", ""],
        [9, "拆除", "条幅", "2025-03-04", 2, "处", EAST[0], EAST[1], "2025-03-08", "组织拆除", ""],
        [10, "拆除", "条幅", "2025-03-04", 1, "处", EAST[0], EAST[1], "", "", ""],
        [11, "拆除", "门头招牌", "2025-03-04", 1, "处", "", "", "", "", "没有"],
        [12, "拆除", "门头招牌", "三月", 1, "处", WEST[0], WEST[1], "", "", ""],
    ]
    write_sheet(tmp_path / "台账.xlsx", header, rows)
    with database.begin(ads) as session:
        for wanted in ((12, 10, 0), (12, 0, 10)):
            told = import_orders(session, ads, tmp_path / "台账.xlsx", actor="cli")
            assert (told.rows, told.added, told.unchanged) == wanted
            assert [(one["row"], one["code"]) for one in told.rejects] == [(12, "ads.unknown"), (13, "ads.bad_order")]
        year = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
        figures = {(one.name, one.unit): one for one in count_ads(session, ads, *year)}
        assert figures["guide/signboard/conformed", "处"].quantity == 7
        assert figures["remove/banner/removed_by_owner", "条"].quantity == 12
        assert figures["remove/banner/removed_by_bureau", "处"].quantity == 2
        guided = figures["guide/signboard/conformed", "处"].ids
        lines = list_orders(session, ads, TODAY, first=year[0], last=year[1])
        assert set(guided) == {one["id"] for one in lines if one["state"] == "conformed"} and len(guided) == 7
        west = {(one.name, one.unit) for one in count_ads(session, ads, *year, area=["W"])}
        assert ("guide/signboard/conformed", "处") in west and ("remove/banner/removed_by_owner", "条") not in west


def test_large_ads_are_counted_on_the_last_day_and_drill_to_ads(database: Database, ads: str) -> None:
    with database.begin(ads) as session:
        now = {one.name: one for one in count_ads(session, ads, TODAY - 150 * DAY, TODAY)}
        assert (now["large_registered"].quantity, now["large_new"].quantity) == (3, 3)
        before = {one.name: one for one in count_ads(session, ads, TODAY - 300 * DAY, TODAY - 101 * DAY)}
        assert (before["large_registered"].quantity, before["large_new"].ids) == (0, ())
        codes = {one.id: one.code for one in list_ads(session, ads, TODAY)}
        assert [codes[one] for one in now["large_registered"].ids] == ["A1", "A2", "A5"]


def test_what_a_sign_says_is_told_outside_once_somebody_has_cleared_it(database: Database, ads: str) -> None:
    with database.begin(ads) as session:
        show_as(session, ads, "A6", "**饭店", actor="li")
        shown = text("SELECT outside_name FROM ad WHERE tenant = :t AND code = 'A6'")
        assert session.execute(shown, {"t": ads}).scalar_one() == "**饭店"


@pytest.fixture(scope="module")
def kitchens(database: Database, tenant: str) -> str:
    """Five restaurants, one shop front known to be nobody's name, and how often devices are cleaned."""
    rows: list[dict[str, Any]] = [
        {"code": "R1", "name": "好再来", "trade": "热炒", "device": "wet", "cleaned_on": TODAY - 60 * DAY},
        {"code": "R2", "name": "老街烧烤", "trade": "烧烤", "device": "wet", "cleaned_on": TODAY - 60 * DAY,
         "frontage_code": "F1"},
        {"code": "R3", "name": "小二面馆", "device": "none", "opened_on": TODAY - 30 * DAY},
        {"code": "R4", "name": "新店", "device": "electrostatic", "opened_on": TODAY - 10 * DAY,
         "device_on": TODAY - 12 * DAY},
        {"code": "R5", "name": "歇业", "device": "none", "closed_on": TODAY},
    ]  # fmt: skip
    with database.begin(tenant) as session:
        for n, one in enumerate(rows):
            scene.add(session, tenant, "restaurant", [{**one, "geom": point(EAST, 60 * n)}])
        front = {"code": "F1", "name": "老街烧烤", "geom": "SRID=4490;LINESTRING(118.01 28.29, 118.0101 28.29)"}
        (shop,) = scene.add(session, tenant, "frontage", [front])
        update = text("UPDATE frontage SET outside_name = name WHERE tenant = :t AND id = :id")
        session.execute(update, {"t": tenant, "id": shop})
        rules = "业态,清洗间隔天数,依据\n,60,\n烧烤,30,县级规定\n"
        assert import_table(session, tenant, "cleaning_rules", rules.encode()) == 2
    return tenant


def faults(session: Any, tenant: str) -> dict[str, tuple[str, ...]]:
    return {one.code: one.faults for one in list_restaurants(session, tenant, TODAY)}


def test_kitchens_are_due_by_their_rule_and_surveyed_before_they_open(database: Database, kitchens: str) -> None:
    with database.begin(kitchens) as session:
        assert faults(session, kitchens) == {
            "R1": (), "R2": ("overdue",), "R3": ("no_device", "unsurveyed"), "R4": ("unsurveyed",),
        }  # fmt: skip
        uid = uuid7()
        for new in (True, False):
            assert record_cleaning(session, kitchens, uid, "R2", TODAY - DAY, actor="li", seen=True) is new
        early = Survey(uuid7(), "R4", TODAY - 12 * DAY, True, "mixed", True)
        assert record_survey(session, kitchens, early, actor="li") == "fit"
        with pytest.raises(VerdictTooMild):
            record_survey(session, kitchens, Survey(uuid7(), "R3", TODAY, True, "beside", True, "fit"), actor="li")
        assert faults(session, kitchens) == {"R1": (), "R2": (), "R3": ("no_device", "unsurveyed"), "R4": ()}
        with pytest.raises(BadDay):
            record_cleaning(session, kitchens, uuid7(), "R2", TODAY + 2 * DAY, actor="li")
        assert show_restaurant(session, kitchens, "R2", TODAY)["cleanings"][0]["seen"] is True


def test_overdue_kitchens_become_entries_under_the_cap_once(database: Database, kitchens: str) -> None:
    with database.begin(kitchens) as session:
        span = TODAY, TODAY + 20 * DAY
        made = propose_checks(session, kitchens, "对餐饮油烟排放的检查", *span, actor="li")
        assert list(made.added) == ["R3"] and made.left_out == {}
        again = propose_checks(session, kitchens, "对餐饮油烟排放的检查", *span, actor="li")
        assert (again.added, again.left_out) == ({}, {"R3": "open"})
        close = text("UPDATE enterprise_check SET status = 'done', done_on = :on WHERE tenant = :t")
        session.execute(close, {"t": kitchens, "on": TODAY})
        cap = text("UPDATE enterprise SET cap_per_year = 1 WHERE tenant = :t AND code = 'CY-R3'")
        session.execute(cap, {"t": kitchens})
        capped = propose_checks(session, kitchens, "对餐饮油烟排放的检查", *span, actor="li")
        assert (capped.added, capped.left_out) == ({}, {"R3": "cap"})


def test_a_kitchen_is_named_outside_as_its_shop_front_is(database: Database, kitchens: str) -> None:
    with database.begin(kitchens) as session:
        assert take_names(session, kitchens, actor="li") == 1
        assert take_names(session, kitchens, actor="li") == 0
        shown = text("SELECT code, outside_name FROM restaurant WHERE tenant = :t AND outside_name IS NOT NULL")
        assert session.execute(shown, {"t": kitchens}).all() == [("R2", "老街烧烤")]


def test_bays_lack_room_at_their_peak_and_tickets_are_counted_in_their_unit(database: Database, tenant: str) -> None:
    now = dt.datetime.now(dt.UTC)
    with database.begin(tenant) as session:
        for code, kind, room, place in (("P1", "bike_bay", 40, WEST), ("P2", "bike_bay", 30, WEST),
                                        ("P3", "car_bay", None, EAST), ("P4", "shared_bike", 10, EAST)):  # fmt: skip
            row = {"code": code, "kind": kind, "capacity": room, "geom": point(place, 30 * int(code[1]))}
            scene.add(session, tenant, "parking", [row])
        uid = uuid7()
        for _ in range(2):
            assert count_bay(session, tenant, uid, "P1", 40, 12, now, actor="li") == 12
        assert count_bay(session, tenant, uuid7(), "P1", 20, 0, now, actor="li") == 0
        assert count_bay(session, tenant, uuid7(), "P2", 5, 0, now, actor="li") == 0
        assert count_bay(session, tenant, uuid7(), "P3", 7, 1, now, actor="li") is None
        lines = list_bays(session, tenant, TODAY - DAY, TODAY)
        assert [(one.code, one.counts, one.gap) for one in lines] == [
            ("P1", 2, 12), ("P2", 1, -25), ("P3", 1, None), ("P4", 0, None),
        ]  # fmt: skip
        told = {(one.district_code, one.kind): (one.bays, one.capacity, one.lacking) for one in sum_gaps(lines)}
        assert told == {("W", "bike_bay"): (2, 70, 12), ("E", "car_bay"): (1, 0, 0), ("E", "shared_bike"): (1, 10, 0)}
        assert [one.code for one in list_bays(session, tenant, TODAY, TODAY, lacking=True)] == ["P1"]
        with pytest.raises(UnknownBay):
            count_bay(session, tenant, uuid7(), "P1", 1, 0, now, actor="li", area=["E"])
        for n in (3, 4):
            assert note_tickets(session, tenant, uuid7(), TODAY, "car", n, *WEST, actor="li")
        with pytest.raises(BadCount):
            note_tickets(session, tenant, uuid7(), TODAY + 2 * DAY, "car", 1, *WEST, actor="li")
        (row,) = sum_tickets(session, tenant, TODAY, TODAY)
        assert (row["district_code"], row["tickets"], row["records"], len(row["ids"])) == ("W", 7, 2, 2)


def test_one_noisy_place_with_many_callers_is_one_place_and_nothing_counts_twice(
    database: Database, tenant: str
) -> None:
    late = dt.datetime(2026, 6, 5, 14, 30, tzinfo=dt.UTC)  # a Friday, 22:30 in Shanghai
    with database.begin(tenant) as session:
        for n, caller in enumerate(("a", "b", "b", None)):
            add = text("""
                INSERT INTO complaint (tenant, uid, channel, source, received_at, code, content, place_text, geom,
                                       placed_by)
                VALUES (:t, :uid, '12345', 'test', :at, '01-28', '太吵', '金街KTV', CAST(:geom AS geometry), 'given')
                RETURNING id""")
            facts = {"t": tenant, "uid": uuid7(), "at": late, "geom": point(WEST, 5 * n)}
            number = session.execute(add, facts).scalar_one()
            call = text("INSERT INTO complaint_caller (tenant, complaint_id, caller_hash) VALUES (:t, :id, :hash)")
            session.execute(call, {"t": tenant, "id": number, "hash": caller})
        events = [
            {"uid": uuid7(), "code": "01-28", "occurred_at": late + dt.timedelta(hours=1), "geom": point(WEST, 9)},
            {"uid": uuid7(), "code": "03-01", "occurred_at": late, "geom": point(EAST)},
            {"uid": uuid7(), "code": "04-06", "occurred_at": late, "geom": point(WEST)},
        ]
        scene.add(session, tenant, "event", [{**one, "received_at": late} for one in events])
        (place,) = list_places(session, tenant, dt.date(2026, 6, 1), dt.date(2026, 6, 30))
        assert (place.name, place.complaints, place.events, place.callers) == ("金街KTV", 4, 1, 2)
        assert (place.hours[4][22], place.hours[4][23], sum(map(sum, place.hours))) == (4, 1, 5)
        assert list_places(session, tenant, dt.date(2026, 6, 1), dt.date(2026, 6, 30), area=["E"]) == []
        one = list_places(session, tenant, dt.date(2026, 6, 1), dt.date(2026, 6, 30), least=1, area=["E"])
        assert [(found.kinds, found.district_code) for found in one] == [({"works": 1}, "E")]
        import_table(session, tenant, "noise_codes", "代码,类别\n04-06,广场文娱\n".encode())
        square = list_places(session, tenant, dt.date(2026, 6, 1), dt.date(2026, 6, 30), least=1)
        assert [found.kinds for found in square] == [{"square": 1}]


def test_a_feast_in_a_zone_is_visited_before_its_day(database: Database, tenant: str) -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    with database.begin(tenant) as session:
        box = scene.box(117.985, 28.285, 117.995, 28.295, "MULTI")
        limited = scene.box(118.005, 28.285, 118.015, 28.295, "MULTI")
        scene.add(session, tenant, "firework_zone", [{"name": "老城", "rule": "banned", "geom": box, "code": "1"}])
        rule = {"name": "新区", "rule": "limited", "allowed": "Mo-Su 08:00-20:00", "geom": limited, "code": "2"}
        scene.add(session, tenant, "firework_zone", [rule])
        noon, night = (dt.datetime(2026, 6, 10, hour, tzinfo=shanghai) for hour in (12, 21))
        assert not allowed_at(session, tenant, *WEST, noon)
        assert allowed_at(session, tenant, *EAST, noon) and not allowed_at(session, tenant, *EAST, night)
        assert allowed_at(session, tenant, 118.0, 28.31, night)
        wedding = Feast(uuid7(), "wedding", TODAY + 3 * DAY, *WEST, "金街12号")
        for _ in range(2):
            assert [one.name for one in note_feast(session, tenant, wedding, actor="li")] == ["老城"]
        assert (
            note_feast(session, tenant, Feast(uuid7(), "funeral", TODAY + DAY, 118.0, 28.31, "城外"), actor="li") == []
        )
        (visit,) = list_visits(session, tenant, TODAY)
        assert (visit["due_on"], visit["late"], visit["zones"]) == (TODAY + 2 * DAY, False, ["老城"])
        srid, now = get_county(session, tenant).metric_srid, dt.datetime.now(dt.UTC)
        due = [row for row in list_due(session, tenant, srid, now, now + 9 * DAY) if row["register"] == "feast"]
        assert [row["name"] for row in due] == ["金街12号"]
        record_visit(session, tenant, visit["id"], now, actor="li")
        assert list_visits(session, tenant, TODAY) == []
        with pytest.raises(VisitedAlready):
            record_visit(session, tenant, visit["id"], now, actor="li")

"""What the bureau writes down, in a real database: refused whole, dated, sealed, and read into a shift's demand."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
import shapely
from sqlalchemy import insert, text

from geo.db.engine import Database
from geo.patrol.demand.actions import demand_of_shift
from geo.patrol.demand.book import breaks, checks, posts, rules
from geo.patrol.demand.book.due import list_due
from geo.patrol.demand.checks import CapReached
from geo.patrol.demand.posts import PostIncomplete
from geo.patrol.demand.queries import load_rules
from geo.patrol.demand.rests import BreakRule
from geo.patrol.problem import DUTIES
from geo.tables.base import Base

ON = dt.date(2026, 11, 23)
SPOT = shapely.Point(118.0, 28.3)


def add(session, table, **values):
    """Insert a row; its id."""
    known = Base.metadata.tables[table]
    return int(session.execute(insert(known).values(**values).returning(known.c.id)).scalar_one())


@pytest.fixture
def staffed(database: Database, county: str) -> str:
    """A county with three licensed officers and an auxiliary, all on the day shift of a Monday."""
    with database.begin(county) as session:
        add(session, "shift_kind", tenant=county, code="day", name="日班", start_time=dt.time(8), end_time=dt.time(16))
        for number in range(4):
            licence = {"licence_no": f"L{number}", "licence_to_on": dt.date(2030, 1, 1)} if number < 3 else {}
            kind = "regular" if number < 3 else "auxiliary"
            one = add(session, "staff", tenant=county, code=f"S{number}", name=f"员{number}", kind=kind, **licence)
            add(session, "duty", tenant=county, on_date=ON, shift_code="day", staff_id=one, role="member")
    return county


def draft(**more):
    """A whole post."""
    usual = {
        "code": "G01", "name": "校门岗", "people": ("S3", "S0"), "opening": "Mo-Fr 11:30-12:20", "place": SPOT,
        "duty": "劝离", "effect": "不超过一处",
    }  # fmt: skip
    return posts.PostDraft(**{**usual, **more})


def test_a_post_is_written_anew_under_its_code_and_put_away(database, staffed):
    with database.begin(staffed) as session:
        first = posts.save_post(session, staffed, draft())
        assert posts.save_post(session, staffed, draft(people=("S3",), place=SPOT.buffer(0.001))) == first
        (kept,) = posts.list_posts(session)
        assert (kept["people"], kept["geometry"]["type"]) == (["S3"], "MultiPolygon")
        posts.end_post(session, staffed, "G01")
        assert posts.list_posts(session) == []
        with pytest.raises(posts.UnknownPost):
            posts.end_post(session, staffed, "G01")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("people", ("S3", "S9")),
        ("place", shapely.Point(28.3, 118.0)),
        ("people_needed", 3),
        ("buffer_m", 9_999),
        ("code", " "),
    ],
)
def test_a_post_that_cannot_be_is_refused_naming_the_field(database, staffed, field, value):
    with database.begin(staffed) as session, pytest.raises(posts.BadPost) as refused:
        posts.save_post(session, staffed, draft(**{field: value}))
    assert refused.value.facts["field"] == field


def test_the_database_itself_refuses_a_post_without_duty(database, staffed):
    row = {"name": "岗", "opening": "24/7", "duty": " ", "effect": "好", "geom": "SRID=4490;POINT(118 28.3)"}
    with pytest.raises(Exception, match="ck_post_five"), database.begin(staffed) as session:
        add(session, "post", tenant=staffed, code="G02", **row)


def test_a_table_with_one_bad_post_writes_none_and_names_the_row(database, staffed, tmp_path: Path):
    heading = "岗位编号,定人,定时,定责,定效,经度,纬度\n"
    good, bad = "G01,S3,07:00-08:10,劝离,不回潮,118.0,28.3\n", "G02,S3,07:00-08:10,,不回潮,118.0,28.3\n"
    file = tmp_path / "posts.csv"
    file.write_text(heading + good + bad, encoding="utf-8")
    taken, refused = posts.import_posts(database, staffed, file)
    assert (taken, [one.row for one in refused]) == (0, [3])
    assert isinstance(refused[0].error, PostIncomplete)
    assert refused[0].error.facts["missing"] == "duty"
    file.write_text(heading + good, encoding="utf-8")
    assert posts.import_posts(database, staffed, file) == (1, [])


def test_rules_hold_from_their_day_on_and_older_ones_stay(database, staffed):
    with database.begin(staffed) as session:
        assert rules.prefill_rules(session, staffed, ON)
        assert not rules.prefill_rules(session, staffed, ON)
        rules.set_passes(session, staffed, "main", 4, 60, ON + dt.timedelta(7), actor="li")
        kept = [(one["passes"], one["set_by"]) for one in rules.list_rules(session)["passes"] if one["tier"] == "main"]
        assert kept == [(2, "prefilled"), (4, "li")]
        with pytest.raises(rules.BadRule):
            rules.set_order(session, staffed, DUTIES[1:], ON)
        rules.set_order(session, staffed, DUTIES[::-1], ON, actor="li")
        with pytest.raises(rules.BadRule):
            rules.set_centre(session, staffed, "中心", ON, area=shapely.box(10, 10, 11, 11))


def test_a_rest_is_set_in_the_bureaus_words_and_one_that_cannot_be_is_refused(database, staffed, tmp_path: Path):
    noon = (dt.time(11), dt.time(13))
    with database.begin(staffed) as session:
        assert breaks.set_break(session, staffed, breaks.BreakDraft("日班", "午餐", 30, *noon), ON) == "day"
        breaks.set_break(
            session, staffed, breaks.BreakDraft("day", "午餐", 45, *noon), ON + dt.timedelta(7), actor="li"
        )
        kept = [(one["minutes"], one["set_by"]) for one in rules.list_rules(session)["breaks"]]
        assert kept == [(30, "system"), (45, "li")]
        held = load_rules(session, ON, "day", 4548).breaks
        assert held == (BreakRule("午餐", 30, 11 * 3600, 13 * 3600),)
        for field, wrong in (
            ("shift", ("夜班", "午餐", 30, *noon)),
            ("name", ("日班", " ", 30, *noon)),
            ("minutes", ("日班", "午餐", 300, *noon)),
            ("between", ("日班", "午餐", 30, dt.time(13), dt.time(11))),
            ("between", ("日班", "晚餐", 30, dt.time(15), dt.time(15, 45))),
        ):
            with pytest.raises(rules.BadRule) as refused:
                breaks.set_break(session, staffed, breaks.BreakDraft(*wrong), ON)
            assert refused.value.facts["field"] == field
        breaks.set_break(session, staffed, breaks.BreakDraft("day", "午餐", 0, *noon), ON + dt.timedelta(9))
        assert load_rules(session, ON + dt.timedelta(9), "day", 4548).breaks == ()
    file = tmp_path / "rests.csv"
    heading, good = "班次,休息名称,分钟,最早开始,最晚开始\n", "日班,茶歇,15,15:00,15：30\n"
    file.write_text(heading + good + "日班,晚餐,30,18:00,19:00\n日班,茶歇,x,15:00,15:30\n", encoding="gb18030")
    taken, bad = breaks.import_breaks(database, staffed, file, ON)
    assert (taken, [(one.row, one.error.facts["field"]) for one in bad]) == (0, [(3, "between"), (4, "minutes")])
    file.write_text(heading + good, encoding="utf-8")
    assert breaks.import_breaks(database, staffed, file, ON) == (1, [])
    file.write_text("班次,分钟\n", encoding="utf-8")
    with pytest.raises(breaks.BreaksUnreadable):
        breaks.import_breaks(database, staffed, file, ON)


def test_a_focus_has_a_name_behind_it_and_is_never_rewritten(database, staffed):
    area, last = shapely.box(117.99, 28.29, 118.01, 28.31), ON + dt.timedelta(7)
    with database.begin(staffed) as session:
        for wrong in ({"ordered_by": " "}, {"last_on": ON - dt.timedelta(1)}, {"factor_percent": 5}, {"area": None}):
            given = {
                "ordered_by": "王局",
                "first_on": ON,
                "last_on": last,
                "factor_percent": 150,
                "area": area,
                **wrong,
            }
            with pytest.raises(rules.BadFocus):
                rules.add_focus(session, staffed, "F1", "", **given)
        rules.add_focus(session, staffed, "F1", "市场", "王局", ON, last, 150, area=area)
        with pytest.raises(rules.FocusExists):
            rules.add_focus(session, staffed, "F1", "市场", "王局", ON, last, 200, area=area)
        assert rules.end_focus(session, staffed, "F1", ON - dt.timedelta(9)) == ON


@pytest.fixture
def register(database, staffed):
    """Four enterprises, one of which nobody may enter."""
    made = [
        checks.Enterprise(f"Q{n}", f"工地{n}", "site", 118.0 + n / 1000, 28.3, None, 1, 0 if n == 3 else 1)
        for n in range(4)
    ]
    with database.begin(staffed) as session:
        assert checks.save_enterprises(session, staffed, made) == 4
    return staffed


def test_a_draw_is_sealed_before_the_lists_are_read_and_can_be_repeated(database, register):
    last = ON + dt.timedelta(10)
    made = checks.draw_checks(database, register, 9, "扬尘检查", ON, last, covert=True, seed=bytes(32))
    assert made["pool"] == 3
    assert {one["enterprise"] for one in made["checks"]} == {"Q0", "Q1", "Q2"}
    with database.begin(register) as session:
        told = session.execute(text("SELECT kind, facts ->> 'seed_sha256' FROM change ORDER BY id")).all()
        draws = [row for row in told if row[0].startswith("check_draw")]
        assert draws == [
            (kind, hashlib.sha256(bytes(32)).hexdigest()) for kind in ("check_draw.sealed", "check_draw.made")
        ]
        found = checks.repeat_draw(session, made["draw"])
        assert (found["seed_as_sealed"], found["checks_as_drawn"]) == (True, True)
    again = checks.draw_checks(database, register, 9, "扬尘检查", ON, last)
    assert again["checks"] == [], "all of them are at their cap now"


def test_the_cap_holds_and_complaints_are_exempt(database, register):
    last = ON + dt.timedelta(10)
    with database.begin(register) as session:
        first = checks.add_check(session, register, "Q0", "planned", "扬尘检查", ON, last)
        with pytest.raises(CapReached):
            checks.add_check(session, register, "Q0", "planned", "扬尘检查", ON, last)
        checks.finish_check(session, register, first, None)
        checks.add_check(session, register, "Q0", "planned", "扬尘检查", ON, last)
        with pytest.raises(checks.BadCheck):
            checks.add_check(session, register, "Q0", "complaint", "扬尘检查", ON, last)
        checks.add_check(session, register, "Q0", "complaint", "扬尘检查", ON, last, reference="12345-1")
        with pytest.raises(checks.CheckClosed):
            checks.finish_check(session, register, first, ON)
        assert len(checks.list_checks(session, every=True)) == 3


def test_a_shift_is_asked_for_all_that_is_written_down(database, register):
    tenant = register
    square = shapely.box(117.99, 28.29, 118.01, 28.31)
    with database.begin(tenant) as session:
        add(
            session, "patrol_district", tenant=tenant, source="t", source_key="1", code="P1", name="片区",
            geom=f"SRID=4490;{shapely.MultiPolygon([square]).wkt}",
        )  # fmt: skip
        for number, (tier, line) in enumerate(
            [("main", [(117.992, 28.3), (118.008, 28.3)]), ("lane", [(118.0, 28.3), (118.0, 28.305)])]
        ):
            cut = [line[0], (118.0, 28.3), line[1]] if tier == "main" else line
            add(
                session, "road", tenant=tenant, source="t", source_key=str(number), name=f"街{number}",
                road_class="x", tier=tier, geom=f"SRID=4490;{shapely.LineString(cut).wkt}",
            )  # fmt: skip
        zone = add(
            session, "hotspot_zone", tenant=tenant, source="t", source_key="z", name="市场", kind="market",
            geom=f"SRID=4490;{shapely.MultiPolygon([SPOT.buffer(0.0005)]).wkt}",
        )  # fmt: skip
        event = add(
            session, "event", tenant=tenant, source="t", source_key="e", uid="00000000-0000-7000-8000-000000000001",
            code="04-06", origin="complaint", occurred_at=dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC),
            geom="SRID=4490;POINT(118.001 28.3)",
        )  # fmt: skip
        posts.save_post(session, tenant, draft())
        rules.set_centre(session, tenant, "中心", ON, districts=["P1"])
        rules.set_order(session, tenant, DUTIES[::-1], ON)
        rules.add_focus(session, tenant, "F1", "市场", "王局", ON, ON, 150, area=square)
        checks.add_check(session, tenant, "Q0", "complaint", "扬尘检查", ON, ON, reference="12345-1")
        demand = demand_of_shift(session, tenant, ON, "day")
        due = list_due(session, dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC), dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    assert demand.facts["sources"] == {
        "acts": 0, "posts": 1, "deadlines": 1, "passes": 2, "coverage": 1, "gates": 4, "entries": 1, "lamps": 0,
        "audits": 0, "markets": 0, "zones": 1,
    }  # fmt: skip
    by_key = {wish.key: wish for wish in demand.wishes}
    assert demand.rules.order == DUTIES[::-1]
    assert by_key[f"zone:{zone}"].focus == 1.5
    assert by_key[f"zone:{zone}"].recurrence.per_minute[0] == round(1.5 * demand.rates[zone].per_minute[0])
    assert demand.facts["rates"] == {"study": 0, "mixed": 0, "start": 1}
    assert demand.facts["emphases"] == [{"key": "focus:F1", "name": "市场", "factor_percent": 150, "zones": [zone]}]
    assert by_key[f"event:{event}"].windows == ((0, 4 * 3600),)
    assert [(one["key"], one["district_code"], one["late"]) for one in due] == [(f"event:{event}", "P1", False)]
    assert {wish.district_code for wish in demand.wishes if wish.geometry is not None} == {"P1"}
    (trail,) = [wish.stretch for wish in demand.wishes if wish.kind == "coverage"]
    assert trail.name == "街1"
    json.dumps(demand.facts)


def test_enterprises_are_read_from_a_table_and_refused_by_row(database, staffed, tmp_path: Path):
    file = tmp_path / "q.csv"
    file.write_text("编号,名称,类别,经度,纬度\nQ1,工地,在建工地,118.0,28.3\nQ2,店,茶馆,118.0,28.3\n", encoding="utf-8")
    read = checks.read_enterprises(file)
    assert (read[0].kind, read[0].cap_per_year) == ("site", checks.USUAL_CAP)
    with database.begin(staffed) as session, pytest.raises(checks.BadEnterprise) as refused:
        checks.save_enterprises(session, staffed, read)
    assert (refused.value.facts["row"], refused.value.facts["field"]) == (2, "kind")

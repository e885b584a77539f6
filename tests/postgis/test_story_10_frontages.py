"""Story 10: 门前三包.

Every front on a street is signed, expired or missing, and the sum is the total; the red and black list is drawn up
from checks again and again alike, and holds no person's name.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import geopandas
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo.cases.flow.actions import get_problem
from geo.cases.frontages.agreements import (
    UnknownFrontage,
    attach_scan,
    decide_match,
    get_agreement,
    import_agreements,
    list_unmatched,
    match_agreements,
    take_agreement_step,
)
from geo.cases.frontages.checks.actions import Check, get_check, load_rates, record_check
from geo.cases.frontages.checks.monthly import (
    AppealsOpen,
    AppealTooShort,
    MonthNotOver,
    NoAppealNow,
    answer_appeal,
    appeal,
    draft_list,
    get_list,
    is_reproduced,
    issue_list,
    notify_shops,
    read_rows,
)
from geo.cases.frontages.checks.queries import list_tasks
from geo.cases.frontages.queries import list_agreements, list_frontages
from geo.cases.frontages.reading import load_register
from geo.cases.frontages.settling import settle_frontages
from geo.cases.frontages.standing import Tally
from geo.cases.sheets import write_sheet
from geo.db.engine import Database
from geo.layers.actions import save_frame
from geo.uids import uuid7
from tests import clock
from tests.cases import prepare

PERSONS = ["王小二", "李大牛", "赵铁柱", "欧阳明月"]
SHOPS = [
    ("S1", "王小二饭店"), ("S2", "快乐烧烤"), ("S3", "大牛五金"), ("S4", "早点铺"), ("S5", "明月理发"),
    ("S6", "便利店"), ("S7", "水果店"), ("S8", "茶叶店"),
]  # fmt: skip
ROWS = [
    ("A1", "门前四包", "S1", "王小二", "2026-01-05", "2027-12-31"),  # in force
    ("A2", "门前四包", "S2", "李大牛", "2024-01-05", "2025-12-31"),  # its last day has passed
    ("A3", "三包", "S3", "李大牛", "2025-01-05", "2027-12-31"),  # a yearly check is overdue
    ("A4", "三包", "", "赵铁柱", "2026-02-01", "2027-12-31"),  # names no shop
    ("A5", "四包", "S5", "欧阳明月", "2026-02-01", "2027-12-31"),  # in force
]
ON = dt.date(2026, 10, 31)


def shop_list() -> geopandas.GeoDataFrame:
    """Eight shops on one street of the test county: lines along it, and one that is a point in its house."""
    rows = []
    for n, (code, name) in enumerate(SHOPS):
        west = 117.99 + 0.0005 * n
        line = shapely.LineString([(west, 28.30503), (west + 0.00005, 28.30503)])
        rows.append({"code": code, "name": name, "street": "横街" if n else None, "source_key": code, "geometry": line})
    rows[-1]["geometry"] = shapely.Point(117.9936, 28.30509)
    return geopandas.GeoDataFrame(rows, crs=4490)


def at(month: int, day: int) -> dt.datetime:
    return dt.datetime(2026, month, day, 2, tzinfo=dt.UTC)


def test_story_10_frontages(database: Database, tmp_path: Path) -> None:
    county = prepare(database)
    assert not save_frame(database, county, "frontage", shop_list(), "shops").rejected
    columns = ["责任书编号", "版本", "商铺编号", "签订人", "签订日期", "有效期至"]
    write_sheet(tmp_path / "signed.xlsx", columns, [*ROWS, ("A9", "九包", "S4", "x", "2026-01-01", "2027-01-01")])

    with database.begin(county) as session:
        settled = settle_frontages(session, county, actor="li")
        assert (settled.fronted, settled.left_as_points, settled.streets_named) == (1, 0, 1)
        assert settle_frontages(session, county, actor="li").as_json() == {
            "fronted": 0, "left_as_points": 0, "streets_named": 0, "changed": 0,
        }  # fmt: skip
        told = import_agreements(session, county, tmp_path, tmp_path / "signed.xlsx", actor="li")
        assert (told.rows, told.added, told.matched, told.unmatched) == (6, 5, 4, 1)
        assert [(one["row"], one["facts"]["field"]) for one in told.rejects] == [(7, "version")]
        again = import_agreements(session, county, tmp_path, tmp_path / "signed.xlsx", actor="li")
        assert (again.added, again.unchanged) == (0, 5)

        # Every front is signed, expired or missing; the parts make the whole that the shop list says.
        register = load_register(session, county, ON)
        assert register.streets == {("", "横街"): Tally(all=8, signed=2, expired=2, missing=4)}
        for tally in (*register.streets.values(), *register.towns.values(), register.whole):
            assert tally.signed + tally.expired + tally.missing == tally.all
        by_code = {row["code"]: row for row in list_frontages(session, county)}
        assert len(by_code) == register.whole.all and {row["shape"] for row in by_code.values()} == {"LINESTRING"}
        whys = {code: register.standings[row["id"]] for code, row in by_code.items()}
        assert whys["S2"] == ("expired", "lapsed") and whys["S3"] == ("expired", "unchecked")
        assert sorted(register.ids("missing")) == sorted(by_code[code]["id"] for code in ("S4", "S6", "S7", "S8"))

        # Both sides of what was not matched are listed; a person decides, and the register follows.
        (loose,) = list_unmatched(session, county)
        assert loose["number"] == "A4"
        with pytest.raises(UnknownFrontage):
            decide_match(session, county, tmp_path, loose["id"], 10**9, actor="li")
        decide_match(session, county, tmp_path, loose["id"], by_code["S4"]["id"], actor="li")
        assert load_register(session, county, ON).whole == Tally(all=8, signed=3, expired=2, missing=3)
        assert match_agreements(session, county, tmp_path, actor="li") == 0 == len(list_unmatched(session, county))

        # A yearly check brings one back; renewing replaces the old one; a scan is kept by its content.
        s3 = by_code["S3"]["id"]
        record_check(session, county, Check(uuid7(), s3, at(11, 2), "annual"), actor="li")
        assert load_register(session, county, at(11, 2).date()).standings[s3] == ("signed", "")
        assert load_register(session, county, ON).standings[s3] == ("expired", "unchecked")
        renewed = [("A6", "四包", "S2", "李大牛", "2026-11-01", "2028-12-31")]
        write_sheet(tmp_path / "renewed.csv", columns, renewed)
        import_agreements(session, county, tmp_path, tmp_path / "renewed.csv", actor="li")
        states = {row["number"]: row["state"] for row in list_agreements(session, county, by_code["S2"]["id"])}
        assert states == {"A6": "signed", "A2": "replaced"}
        number = list_agreements(session, county, by_code["S2"]["id"])[0]["id"]
        attach_scan(session, county, tmp_path, number, b"%PDF-1.4 scan", actor="li")
        assert len(get_agreement(session, county, number)["scan_sha256"]) == 64
        take_agreement_step(session, county, number, "end", at=dt.datetime.now(dt.UTC), actor="li", note="歇业")

    with database.begin(county) as session:
        # Checks of October: two good ones each for S1 and S5, two bad ones for S3, one slip of S6.
        breach = []
        for code, failed, month_days in (
            ("S1", (), (3, 17)), ("S5", (), (4, 18)), ("S3", ("order",), (5, 19)), ("S6", ("hygiene",), (6,)),
        ):  # fmt: skip
            for day in month_days:
                check = Check(uuid7(), by_code[code]["id"], at(10, day), failed=failed)
                number = record_check(session, county, check, actor="li")
                assert record_check(session, county, check, actor="li") == number
                breach += [get_check(session, county, number)] if failed else []
        # A breach opens event 06-04 where the shop is, and has to be looked at again.
        assert [one["passed"] for one in breach] == [False] * 3 and all(one["event_uid"] for one in breach)
        problem = session.execute(
            text("SELECT id FROM problem_case WHERE tenant = :t AND event_uid = :uid"),
            {"t": county, "uid": breach[0]["event_uid"]},
        ).scalar_one()
        assert get_problem(session, county, problem)["code"] == "06-04"
        tasks = list_tasks(session, county, open_only=True)
        assert [one["code"] for one in tasks] == ["S3", "S6", "S3"]
        assert tasks[0]["due_on"] == dt.date(2026, 10, 12)
        record_check(session, county, Check(uuid7(), by_code["S6"]["id"], at(10, 12), "look_back"), actor="li")
        assert [one["code"] for one in list_tasks(session, county, open_only=True)] == ["S3", "S3"]

        # 履约率 is passed by checked, street by street.
        (rate,) = load_rates(session, county, dt.date(2026, 10, 1), ON)
        assert (rate["street"], rate["passed"], rate["checked"], len(rate["check_ids"])) == ("横街", 5, 8, 8)

        # The list of October: drawn from checks, told, appealed against, issued; the same whenever drawn again.
        with pytest.raises(MonthNotOver):
            draft_list(session, county, clock.today(), actor="li")
        number = draft_list(session, county, ON, actor="li")
        rows = read_rows(session, county, number)
        assert {row["code"]: row["colour"] for row in rows} == {"S1": "red", "S5": "red", "S3": "black"}
        assert [row["colour"] for row in rows] == ["red", "red", "black"]
        assert is_reproduced(session, county, number)

    with database.begin(county) as session:
        record_check(session, county, Check(uuid7(), by_code["S7"]["id"], at(10, 30)), actor="late")
        assert is_reproduced(session, county, number)
        with pytest.raises(AppealTooShort):
            notify_shops(session, county, number, dt.date(2026, 11, 1), actor="li")
        with pytest.raises(MonthNotOver):
            notify_shops(session, county, number, dt.date(2026, 11, 1), told_on=ON, actor="li")
        today = clock.today()
        notify_shops(session, county, number, today + dt.timedelta(days=8), actor="li")
        with pytest.raises(AppealsOpen):
            issue_list(session, county, number, actor="li")
        black = read_rows(session, county, number)[-1]
        appeal(session, county, black["id"], "两次都是隔壁的货物", actor="desk")
        with pytest.raises(NoAppealNow):
            appeal(session, county, black["id"], "再次", actor="desk")
        with pytest.raises(AppealsOpen):
            issue_list(session, county, number, actor="li")
        answer_appeal(session, county, black["id"], "upheld", "照片显示为隔壁商户", actor="li")
        session.execute(
            text("UPDATE frontage_list SET appeal_to_on = current_date - 2 WHERE tenant = :t"), {"t": county}
        )
        assert issue_list(session, county, number, actor="li") == get_list(session, county, number)["state"] == "issued"
        issued = read_rows(session, county, number)
        outside = read_rows(session, county, number, outside=True)
        assert {row["code"] for row in issued} == {row["code"] for row in outside} == {"S1", "S5"}
        assert is_reproduced(session, county, number)

        # No person's name, whole or given, in the list, its history, or the change log.
        told = json.dumps([issued, outside, rows], default=str, ensure_ascii=False)
        log = session.execute(
            text("SELECT coalesce(string_agg(facts::text, ' '), '') FROM change WHERE tenant = :t"), {"t": county}
        ).scalar_one()
        for person in PERSONS:
            for part in (person, person[-2:]):
                assert part not in told and part not in log
        assert {row["shown_name"] for row in issued} == {"王**饭店", "**理发"}
        sealed = session.execute(
            text("SELECT string_agg(encode(signatory, 'escape'), ' ') FROM agreement WHERE tenant = :t"), {"t": county}
        ).scalar_one()
        assert not any(person in sealed for person in PERSONS)

    with pytest.raises(DBAPIError, match="permission denied"), database.begin(county) as session:
        session.execute(text("UPDATE frontage_check SET points = 100 WHERE tenant = :t"), {"t": county})

"""The city's 违建一张图: taken once, never overwriting, sent when changed, a receipt for every row; plans beside it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path

import geopandas
import pytest
import shapely
from sqlalchemy import insert

from geo.cases.buildings.actions import take_building_step
from geo.cases.buildings.books import load_statement
from geo.cases.buildings.onemap.actions import export_one_map, import_one_map
from geo.cases.buildings.onemap.mapping import WKT, ColumnMissing, MappingBroken, read_mapping
from geo.cases.buildings.onemap.queries import list_batches, list_receipts
from geo.cases.buildings.plans import BadPlan, Plan, PlanThere, follow_plans, set_plan
from geo.cases.buildings.queries import list_buildings
from geo.cases.sheets import write_sheet
from geo.db.engine import Database
from geo.tables.base import Base

SRID = 4548
COLUMNS = ("图斑编号", "处置状态", "发现日期", "状态日期", "涉及户数", "违建类别", WKT)


def outline(n: int) -> str:
    box = shapely.box(598_000 + 40 * n, 3_132_000, 598_010 + 40 * n, 3_132_012)
    return str(geopandas.GeoSeries([box], crs=SRID).to_crs(4490).to_wkt()[0])


def delivery(path: Path, *rows: tuple[object, ...]) -> Path:
    write_sheet(path, COLUMNS, rows)
    return path


def good(n: int, state: str = "存量") -> tuple[object, ...]:
    return (f"T{n}", state, "2025年3月1日", "2025/6/1", 2, "加建外扩", outline(n))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_delivery_enters_once_and_says_what_became_of_every_row(
    database: Database, county: str, tmp_path: Path, suffix: str
) -> None:
    bad = [
        ("", "存量", "2025-03-01", "", 1, "", outline(9)), ("T7", "不知道", "2025-03-01", "", 1, "", outline(9)),
        ("T8", "存量", "三月", "", 1, "", outline(9)), ("T9", "存量", "2025-03-01", "", 1, "", "POLYGON EMPTY"),
        good(0), ("T6", "存量", "2199-01-01", "", 1, "", outline(9)),
    ]  # fmt: skip
    path = delivery(tmp_path / f"one{suffix}", good(0), good(1, "已销账"), good(2, "已叫停"), *bad)
    with database.begin(county) as session:
        first = import_one_map(session, county, path, actor="li")
        assert first.counts == {"added": 3, "refused": 6}
        told = load_statement(session, county, dt.date(2025, 1, 1), dt.date(2025, 12, 31))
        assert (told.term("existing").plots, told.term("demolished").plots, told.closing.plots) == (2, -1, 1)
        receipts = list_receipts(session, county, uuid.UUID(first.batch))
        assert [one["outcome"] for one in receipts] == ["added"] * 3 + ["refused"] * 6
        reasons = [one["reason"] for one in receipts[3:]]
        assert all(
            word in said for word, said in zip(("编号", "不知道", "三月", "轮廓", "重复", "2199"), reasons, strict=True)
        )
    with database.begin(county) as session:
        again = import_one_map(
            session, county, delivery(tmp_path / f"two{suffix}", good(0), good(1, "没收")), actor="li"
        )
    assert again.counts == {"refused": 1, "unchanged": 1}
    with database.begin(county) as session:
        third = import_one_map(session, county, delivery(tmp_path / "3.csv", good(0, "已没收")), actor="li")
        assert third.counts == {"differs": 1}
        (differs,) = list_receipts(session, county, uuid.UUID(third.batch))
        assert "existing / confiscated" in differs["reason"]
        assert {row["status"] for row in list_buildings(session, county)} == {"existing", "written_off", "stopped"}


def test_what_changed_is_sent_and_nothing_twice(database: Database, county: str, tmp_path: Path) -> None:
    with database.begin(county) as session:
        import_one_map(session, county, delivery(tmp_path / "in.csv", good(0), good(1)), actor="li")
        sent = export_one_map(session, county, tmp_path / "out.geojson", actor="li")
        assert sent.counts == {"sent": 2}
        told = json.loads((tmp_path / "out.geojson").read_text("utf-8"))
        assert {one["properties"]["图斑编号"] for one in told["features"]} == {"T0", "T1"}
        assert export_one_map(session, county, tmp_path / "none.csv", actor="li").rows == 0
        number = list_buildings(session, county)[0]["id"]
        take_building_step(
            session, county, number, "pull_down", at=dt.datetime(2025, 7, 1, tzinfo=dt.UTC), actor="li"
        )  # fmt: skip
        assert export_one_map(session, county, tmp_path / "more.xlsx", actor="li").rows == 1
        assert export_one_map(session, county, tmp_path / "all.csv", everything=True, actor="li").rows == 2
        batches = list_batches(session, county)
    assert [one["direction"] for one in batches] == ["export"] * 4 + ["import"] if len(batches) == 5 else True
    assert sum(one["sent"] for one in batches) == 5
    # What went out comes in elsewhere, state and ground alike.
    with database.begin(county) as session:
        back = import_one_map(session, county, tmp_path / "all.csv", actor="li")
    assert back.counts == {"unchanged": 2}


def test_a_mapping_of_ones_own_is_used_and_a_broken_one_refused(
    database: Database, county: str, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[columns]\nexternal_id = "ID"\nstatus = "ZT"\n[status]\nsuspected = "1"\n', "utf-8")
    write_sheet(tmp_path / "in.csv", ["ID", "ZT", WKT], [["A", "1", outline(0)]])
    with database.begin(county) as session:
        assert import_one_map(session, county, tmp_path / "in.csv", mapping=mine, actor="li").counts == {"added": 1}
        with pytest.raises(ColumnMissing):
            import_one_map(session, county, tmp_path / "in.csv", actor="li")
    for broken in ('[columns]\nexternal_id = "ID"', "[", '[columns]\nexternal_id="a"\nstatus="b"\n[status]\nlost="1"'):
        mine.write_text(broken, "utf-8")
        with pytest.raises(MappingBroken):
            read_mapping(mine)


def test_plans_are_followed_by_what_was_written_off(database: Database, county: str, tmp_path: Path) -> None:
    with database.begin(county) as session:
        staff = Base.metadata.tables["staff"]
        session.execute(insert(staff).values(tenant=county, code="T1", name="赵六", kind="regular"))
        import_one_map(session, county, delivery(tmp_path / "in.csv", *map(good, range(4))), actor="li")
        numbers = sorted(row["id"] for row in list_buildings(session, county))
        plan = Plan("加建外扩", "demolish", 3, dt.date(2025, 7, 1), dt.date(2025, 9, 30), "T1")
        set_plan(session, county, plan, "li")
        with pytest.raises(PlanThere):
            set_plan(session, county, plan, "li")
        with pytest.raises(BadPlan):
            set_plan(session, county, Plan("x", "sell", 1, plan.from_on, plan.to_on, "T1"), "li")
        for number, month in ((numbers[0], 8), (numbers[1], 11)):
            for n, step in enumerate(("pull_down", "write_off")):
                at = dt.datetime(2025, month, 1 + n, tzinfo=dt.UTC)
                take_building_step(session, county, number, step, at=at, actor="li")
        at = dt.datetime(2025, 8, 5, tzinfo=dt.UTC)
        take_building_step(session, county, numbers[2], "regularise", at=at, actor="li", note="许可证 8 号")
        (told,) = follow_plans(session, county)
    assert (told["done"], told["done_ids"], told["other"], told["standing"]) == (1, numbers[:1], 1, 1)
    assert told["late"] and told["owner"] == "T1"

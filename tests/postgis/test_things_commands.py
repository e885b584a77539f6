"""``pianqu repairs``, ``outages``, ``hazards``, ``gas`` and ``supplies``, typed as an operator types them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import text

from api.commands import cases, checks, hazards, outages, repairs, supplies
from geo.cases.outages.actions import UnknownLamps
from geo.cases.supplies.actions import NotEnough
from geo.db.engine import Database
from geo.settings import Settings
from tests.commands import Line, told
from tests.registers import photograph, prepare

UID = "0190e3a1-0000-7000-8000-00000000aaaa"


@pytest.fixture(scope="module")
def tenant(database: Database) -> str:
    return prepare(database)


@pytest.fixture
def run(settings: Settings, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line in the county."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    return Line(settings, tenant, repairs, outages, hazards, supplies, cases, checks)


def test_a_repair_from_order_to_the_totals_of_its_year(
    run: Line, database: Database, tenant: str, tmp_path: Path
) -> None:
    made = told(run, "repairs", "order", "replace", "3", "--component", f"{tenant}0101000001")
    number = str(made["id"])
    assert "Repair" in run("repairs", "step", number, "start")
    with database.begin(tenant) as session:
        for shade, kind in enumerate(("before", "after")):
            photograph(session, tenant, tmp_path, "repair", made["id"], kind, shade)
    run("repairs", "step", number, "finish", "--quantity", "2", "--cost-fen", "9900")
    assert told(run, "repairs", "step", number, "accept", "--actor", "wang")["state"] == "accepted"
    (total,) = told(run, "repairs", "totals")["totals"]
    assert (total["quantity"], total["unit"], total["cost_fen"]) == ("2.00", "个", 9900)
    run("repairs", "totals", "--out", str(tmp_path / "t.csv"))
    assert next(csv.DictReader((tmp_path / "t.csv").open(encoding="utf-8-sig")))["class_code"] == "C01-01"
    assert "accept" in run("repairs", "show", number)
    assert len(told(run, "repairs", "list")["repairs"]) == 1 and run("repairs", "list", "--open") == ""
    assert "C01-01  intact  1" in run("repairs", "components")
    assert "quantity" in run("repairs", "order", "replace", "many", "--class", "C01-01")


def test_dark_lamps_and_the_hours_of_a_plan(run: Line, tmp_path: Path) -> None:
    plan = tmp_path / "plans.csv"
    plan.write_text("亮灯方案,起始月日,终止月日\n全夜,1-1,12-31\n", encoding="utf-8")
    run("cases", "import", "lighting_plans", str(plan))
    assert "全夜  2026-06-10 19:0" in run("outages", "lighting", "--on", "2026-06-10")
    made = told(run, "outages", "report", "L001", "--found", "2026-06-10T22:00", "--uid", UID)
    number = str(made["outage"])
    run("outages", "step", number, "find_cause", "--cause", "cable", "--note", "短路")
    assert "put_off" in run("outages", "step", number, "put_off", "--note", "待料", "--look-again", "2099-01-01")
    assert "put_off" in run("outages", "show", number)
    (row,) = told(run, "outages", "list", "--breached")["outages"]
    assert row["id"] == made["outage"] and row["look_again_on"] == "2099-01-01"
    with pytest.raises(UnknownLamps):
        run("outages", "report", "no such lamp")
    assert told(run, "outages", "adopt")["count"] == 0  # lamps at fault have no time of theirs in this county


def test_a_hazard_and_the_inspection_that_finds_one(run: Line, tmp_path: Path) -> None:
    made = told(run, "hazards", "report", "river_rail", "general", "117.99", "28.29", "--found", "2026-06-10")
    number = str(made["id"])
    run("hazards", "step", number, "confirm", "--holder", "S01")
    run("hazards", "step", number, "extend", "--due", "2099-01-01", "--note", "汛期")
    assert "staff: S01" in run("hazards", "show", number)
    done = told(
        run, "gas", "inspect", "R1", "6", "--general", "软管老化", "--major", "无报警器", "--at", "2026-06-10T10:00"
    )
    assert len(done["hazards"]) == 2
    assert "6 turnouts" in run("gas", "figures", "2026-06-01", "2026-06-30")
    run("hazards", "list", "--level", "major", "--out", str(tmp_path / "h.xlsx"))
    assert (tmp_path / "h.xlsx").stat().st_size > 1000
    assert [one["category"] for one in told(run, "hazards", "list", "--overdue")["hazards"]] == ["gas", "gas"]
    assert run("gas", "due") == ""  # nobody set how often


def test_supplies_in_and_out_and_who_is_on_call(run: Line, tmp_path: Path) -> None:
    for name, rows in (
        ("supply_items", "物资编码,物资名称,单位,最低储备\nSALT,融雪剂,袋,100\n"),
        ("on_call", "日期,岗位,工号\n2026-12-01,带班领导,B01\n"),
    ):
        (tmp_path / "t.csv").write_text(rows, encoding="utf-8")
        run("cases", "import", name, str(tmp_path / "t.csv"))
    more = ("--lot", "A", "--expires", "2099-01-01", "--at", "2026-06-01")
    assert told(run, "supplies", "move", "receive", "K1", "SALT", "60", *more)["left"] == 60
    out = told(run, "supplies", "move", "hand_out", "K1", "SALT", "20", "--at", "2026-06-02", "--staff", "S01")
    back = run("supplies", "move", "give_back", "K1", "SALT", "5", "--of", str(out["move"]), "--at", "2026-06-03")
    assert "45 left" in back
    with pytest.raises(NotEnough):
        run("supplies", "move", "write_off", "K1", "SALT", "46", "--lot", "A")
    assert "K1  SALT  融雪剂  A  2099-01-01  45  袋" in run("supplies", "stock")
    assert run("supplies", "stock", "--expiring", "30") == ""
    assert "SALT  融雪剂  100  45  袋" in run("supplies", "stock", "--low")
    (lot,) = told(run, "supplies", "equation", "2026-06-02", "2026-06-30")["equations"]
    assert (lot["opening"], lot["closing"], lot["holds"]) == (60, 45, True)
    assert len(told(run, "supplies", "book")["moves"]) == 3
    assert told(run, "supplies", "near", "118.0", "28.304", "SALT", "40")["points"][0]["point"] == "K1"
    assert "2026-12-01  leader  B01" in run("supplies", "on-call", "--on", "2026-12-01")


def test_gas_users_are_planned_for_by_how_often_they_are_looked_at(run: Line, database: Database, tenant: str) -> None:
    span = ("--item", "对燃气使用的检查", "--from", "2026-09-14", "--to", "2026-09-20")
    assert told(run, "checks", "gas", *span)["added"] == {}  # nobody set how often
    with database.begin(tenant) as session:
        session.execute(text("UPDATE gas_user SET check_every_days = 30 WHERE tenant = :t"), {"t": tenant})
    users = {user["code"] for user in told(run, "gas", "due", "--on", "2026-09-20")["users"]}
    assert users and {*told(run, "checks", "gas", *span)["added"]} == users
    again = told(run, "checks", "gas", *span)
    assert (again["added"], again["left_out"]) == ({}, dict.fromkeys(users, "open"))

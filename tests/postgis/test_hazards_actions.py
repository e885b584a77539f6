"""Hazards with level, date and a named person; gas inspections that find them; what falls due for those who plan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geo.cases.books import export_table, import_table
from geo.cases.components.actions import RepairDraft, order_repair
from geo.cases.dues.queries import SOURCES, WORDS, list_due
from geo.cases.gas.actions import BadInspection, Found, InspectionDraft, UnknownGasUser, load_figures, record_inspection
from geo.cases.gas.queries import list_due as list_users_due
from geo.cases.hazards import queries
from geo.cases.hazards.actions import (
    BadHazard,
    HazardDraft,
    ProofMissing,
    SamePerson,
    UnknownHazard,
    get_hazard,
    report_hazard,
    take_hazard_step,
)
from geo.cases.resolution.actions import draw_audit, list_items, record_check
from geo.cases.resolution.items import Mark
from geo.cases.supplies.actions import MoveDraft, record_move
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.layers.actions import NotFromFiles, import_layer
from geo.layers.register import get_kind
from geo.patrol.demand.book import due as book
from geo.patrol.demand.book.checks import BadCheck, list_checks, list_enterprises
from geo.patrol.demand.book.gas import follow_gas_users, inspect, propose_gas_checks
from geo.patrol.demand.checks import CapReached
from geo.uids import uuid7
from tests.api.county import point
from tests.registers import NIGHT, photograph, prepare

DAY = dt.timedelta(days=1)
USERS = [
    {"code": "R1", "name": "早点铺", "kind": "restaurant", "check_every_days": 30, "geom": point(117.99, 28.304)},
    {"code": "R2", "name": "宾馆", "kind": "business", "check_every_days": 30, "geom": point(118.004, 28.304)},
]


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database, gas_user=USERS)


def report(session: Any, town: str, level: str = "general", category: str = "river_rail", **more: Any) -> int:
    given = {"lon": 117.99, "lat": 28.29, "found_at": NIGHT, **more}
    return report_hazard(session, town, HazardDraft(uuid7(), category, level, **given))


def step(session: Any, town: str, hazard: int, what: str, actor: str, days: int = 1, **more: Any) -> str:
    return take_hazard_step(session, town, hazard, what, at=NIGHT + days * DAY, actor=actor, **more)


def test_a_hazard_has_a_date_and_a_named_person_and_a_proof(database: Database, town: str, tmp_path: Path) -> None:
    with database.begin(town) as session:
        hazard = report(session, town)
        row = get_hazard(session, town, hazard, now=NIGHT + 16 * DAY)
        assert (row["due_at"], row["staff"], row["overdue"]) == (NIGHT + 15 * DAY, "B01", True)
        assert row["district_code"] == "W" and row["number"] == f"YH20260914-{hazard}"
        overdue = queries.list_hazards(session, town, NIGHT + 16 * DAY, overdue_only=True, staff="B01")
        assert [one["id"] for one in overdue] == [hazard]
        step(session, town, hazard, "confirm", "li")
        with pytest.raises(ProofMissing):
            step(session, town, hazard, "fix", "li", 2)
        with pytest.raises(SamePerson):
            step(session, town, hazard, "dismiss", "li", 2, note="不属实")
        photograph(session, town, tmp_path, "hazard", hazard, "after")
        assert step(session, town, hazard, "fix", "li", 2) == "fixed"
        with pytest.raises(SamePerson):
            step(session, town, hazard, "check", "li", 3)
        step(session, town, hazard, "check", "wang", 3)
        assert step(session, town, hazard, "close", "wang", 3) == "closed"  # a general one needs no third hand
        assert not get_hazard(session, town, hazard, now=NIGHT + 99 * DAY)["overdue"]
        (item,) = list_items(session, town, dt.date(2026, 9, 14), dt.date(2026, 9, 14), sources=("hazard",))
        assert (item.row, item.owner, item.marks.assigned, item.marks.written_off) == (
            hazard, "B01", Mark(NIGHT + DAY, "li"), Mark(NIGHT + 3 * DAY, "wang"),
        )  # fmt: skip
        span = dt.date(2026, 9, 14), dt.date(2026, 9, 30)
        audit = draw_audit(session, town, "hazard", *span, 1, actor="jia")
        assert record_check(session, town, audit["id"], hazard, passed=False, note="仍松动", actor="jia")
        assert get_hazard(session, town, hazard)["status"] == "open"  # a spot check opens it again
        session.rollback()


def test_a_major_hazard_is_signed_off_by_another_person_even_if_it_was_regraded(
    database: Database, town: str, tmp_path: Path
) -> None:
    with database.begin(town) as session:
        for lowered in (False, True):
            hazard = report(session, town, "major", "bridge")
            assert get_hazard(session, town, hazard)["due_at"] == NIGHT + 3 * DAY
            step(session, town, hazard, "confirm", "li")
            if lowered:
                with pytest.raises(BadHazard):
                    step(session, town, hazard, "regrade", "li", 1, level="general")
                step(session, town, hazard, "regrade", "li", 1, level="general", note="已加固", holder="S01")
                row = get_hazard(session, town, hazard)
                assert (row["due_at"], row["staff"]) == (NIGHT + 16 * DAY, "S01")
            photograph(session, town, tmp_path, "hazard", hazard, "after", 7)
            step(session, town, hazard, "fix", "li", 2)
            step(session, town, hazard, "check", "wang", 3)
            for one in ("li", "wang"):
                with pytest.raises(SamePerson):
                    step(session, town, hazard, "close", one, 4)
            step(session, town, hazard, "send_back", "zhao", 4, note="栏杆松动")
            step(session, town, hazard, "fix", "wang", 5)
            step(session, town, hazard, "check", "li", 6)
            assert step(session, town, hazard, "close", "zhao", 7) == "closed"
        session.rollback()


def test_tables_are_given_back_as_they_were_taken(database: Database, town: str) -> None:
    survey = "街路,路段,普查日期,箱体,立面,城市家具\n横街,东侧,2026-03-01,4,2,7\n"
    with database.begin(town) as session:
        for name, text, rows in (
            ("street_surveys", survey, 1),
            ("hazard_rules", "类别,等级,整改天数\n,一般,10\n", 2),  # the default of major ones is given as well
        ):
            import_table(session, town, name, text.encode())
            written = export_table(session, town, name)
            assert import_table(session, town, name, written.encode()) == rows
            assert export_table(session, town, name) == written
        session.rollback()


def test_days_come_from_the_bureaus_table(database: Database, town: str) -> None:
    with database.begin(town) as session:
        import_table(session, town, "hazard_rules", "类别,等级,整改天数,依据\n燃气,重大,1,县办法\n".encode())
        assert get_hazard(session, town, report(session, town, "major", "gas"))["due_at"] == NIGHT + DAY
        assert get_hazard(session, town, report(session, town, "major", "works"))["due_at"] == NIGHT + 3 * DAY
        session.rollback()


@pytest.mark.parametrize(
    "changed",
    [{"category": "storm"}, {"level": "huge"}, {"found_at": dt.datetime(2090, 1, 1, tzinfo=dt.UTC)},
     {"due_at": NIGHT - DAY}, {"lon": 117.81, "lat": 20.0}],
)  # fmt: skip
def test_a_hazard_that_cannot_be_is_refused(database: Database, town: str, changed: dict[str, Any]) -> None:
    with database.begin(town) as session, pytest.raises(BadHazard):
        report(session, town, **changed)
    with database.begin(town) as session, pytest.raises(UnknownHazard):
        get_hazard(session, town, 10**9)


def test_an_inspection_counts_people_and_its_hazards_by_level_once(database: Database, town: str) -> None:
    found = (Found("general", "软管老化"), Found("major", "气瓶间无报警器"), Found("general", "通风不良"))
    with database.begin(town) as session:
        draft = InspectionDraft(uuid7(), "R1", NIGHT, 6, found, staff="S02")
        first = record_inspection(session, town, draft)
        assert record_inspection(session, town, draft) == first and len(first[1]) == 3
        record_inspection(session, town, InspectionDraft(uuid7(), "R1", NIGHT + DAY, 4))
        record_inspection(session, town, InspectionDraft(uuid7(), "R2", NIGHT + 40 * DAY, 9))
        told = load_figures(session, town, dt.date(2026, 9, 14), dt.date(2026, 9, 30))
        assert (told.inspections, told.turnouts, told.users, told.general, told.major) == (2, 10, 1, 2, 1)
        assert sorted((*told.ids["general"], *told.ids["major"])) == sorted(first[1])
        row = get_hazard(session, town, first[1][1])
        assert (row["staff"], row["body"], row["category"]) == ("S02", "早点铺", "gas")
        assert [one["code"] for one in list_users_due(session, town, dt.date(2026, 10, 15))] == ["R1"]
        with pytest.raises(UnknownGasUser):
            record_inspection(session, town, InspectionDraft(uuid7(), "R9", NIGHT, 1))
        with pytest.raises(BadInspection):
            record_inspection(session, town, InspectionDraft(uuid7(), "R1", NIGHT, 0))
        with pytest.raises(BadInspection):
            record_inspection(session, town, InspectionDraft(uuid7(), "R1", NIGHT, 1, (Found("huge", ""),)))
        session.rollback()


def test_what_falls_due_in_any_register_stands_in_one_list(database: Database, town: str) -> None:
    from decimal import Decimal

    with database.begin(town) as session:
        hazard = report(session, town)
        step(session, town, hazard, "confirm", "li")
        order_repair(
            session, town,
            RepairDraft(uuid7(), "repair", Decimal(1), class_code="C01-01", lon=117.99, lat=28.29, ordered_at=NIGHT),
        )  # fmt: skip
        record_inspection(session, town, InspectionDraft(uuid7(), "R1", NIGHT, 2))
        import_table(session, town, "supply_items", "物资编码,物资名称,单位\nSALT,融雪剂,袋\n".encode())
        move = MoveDraft(uuid7(), "K1", "SALT", "receive", 5, NIGHT, lot="A", expires_on=dt.date(2026, 9, 25))
        record_move(session, town, move)
        srid = get_county(session, town).metric_srid
        rows = list_due(session, town, srid, NIGHT, NIGHT + 40 * DAY)
        assert [row["register"] for row in rows] == ["repair", "supply_point", "hazard", "gas_user"]
        assert set(SOURCES) == set(WORDS) >= {row["register"] for row in rows}
        assert {row["register"]: row["licences"] for row in rows}["gas_user"] == 2
        told = book.list_due(session, NIGHT + 40 * DAY, NIGHT)
        assert {one["key"] for one in told} >= {f"{row['register']}:{row['id']}" for row in rows}
        assert list_due(session, town, srid, NIGHT, NIGHT + DAY) == []
        session.rollback()


def test_gas_supplies_and_hazards_are_never_public_and_no_file_writes_a_hazard(
    database: Database, town: str, tmp_path: Path
) -> None:
    assert not any(get_kind(name).public for name in ("gas_user", "supply_point", "hazard", "component"))
    (tmp_path / "x.csv").write_text("lon,lat\n118,28.3\n", encoding="utf-8")
    with pytest.raises(NotFromFiles):
        import_layer(database, town, tmp_path / "x.csv", "hazard")


def test_a_gas_inspection_is_an_entry_planned_or_under_the_cap(database: Database, town: str) -> None:
    with database.begin(town) as session:
        county = get_county(session, town)
        on = NIGHT.astimezone(county.zone).date()

        def gas_due() -> list[str]:
            found = list_due(session, town, county.metric_srid, NIGHT, NIGHT + 100 * DAY)
            return [row["name"] for row in found if row["register"] == "gas_user"]

        planned = propose_gas_checks(session, town, "对燃气使用的检查", on, on + 9 * DAY, actor="li")
        assert list(planned.added) == ["R1", "R2"] and planned.left_out == {}
        again = propose_gas_checks(session, town, "对燃气使用的检查", on, on + 9 * DAY, actor="li")
        assert (again.added, again.left_out) == ({}, {"R1": "open", "R2": "open"})
        draft = InspectionDraft(uuid7(), "R1", NIGHT, 4, (Found("general", "软管老化"),))
        first = inspect(session, town, draft)
        assert first.check == planned.added["R1"] and len(first.hazards) == 1
        sent_again = inspect(session, town, draft)
        assert (sent_again.inspection, sent_again.hazards, sent_again.check) == (first.inspection, first.hazards, None)
        assert [one["enterprise"] for one in list_checks(session)] == ["RQ-R2"]
        assert gas_due() == ["R1"]
        inspect(session, town, InspectionDraft(uuid7(), "R1", NIGHT + 30 * DAY, 4))
        assert gas_due() == []  # entered twice this year, as often as it may be
        with pytest.raises(CapReached):
            inspect(session, town, InspectionDraft(uuid7(), "R1", NIGHT + 60 * DAY, 4))
        with pytest.raises(BadCheck):
            inspect(session, town, InspectionDraft(uuid7(), "R1", NIGHT + 60 * DAY, 4), reason="complaint")
        told = InspectionDraft(uuid7(), "R1", NIGHT + 60 * DAY, 4)
        assert inspect(session, town, told, reason="complaint", reference="12345-7").check is not None
        session.execute(
            text("UPDATE enterprise SET cap_per_year = 5 WHERE tenant = :t AND code = 'RQ-R1'"), {"t": town}
        )
        assert follow_gas_users(session) == 2
        assert {one["code"]: one["cap_per_year"] for one in list_enterprises(session)} == {"RQ-R1": 5, "RQ-R2": 2}
        session.rollback()

"""已审批? is asked by whatever files an event: checks of sites and of shop fronts, deviations of lorries."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from geo.cases.books import import_table
from geo.cases.frontages.checks import actions as fronts
from geo.cases.history import begin
from geo.cases.permits.asking import PermitStands
from geo.cases.waste.deviations.actions import judge_deviation
from geo.cases.waste.deviations.states import DEVIATION
from geo.cases.worksites.checks import Finding, SiteCheck, record_check
from geo.db.engine import Database
from geo.uids import uuid7
from tests import cases, haulage
from tests.haulage import DAY, add, clock, line, point, square

TABLE = "许可类别,代码\n占道审批,03-07\n占道审批,06-04\n占道审批,01-14\n"
AT = clock(9)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    """Sites and ways of :mod:`tests.haulage`, all on ground of a permit to occupy; three codes are asked of."""
    tenant = cases.prepare(database)
    haulage.fill(database, tenant)
    with database.begin(tenant) as session:
        import_table(session, tenant, "permit_codes", TABLE.encode())
        add(session, tenant, "permit", number="占-77", kind="occupation", holder="甲", status="valid",
            valid_from_on=DAY, valid_to_on=DAY, geom=square(-5_000, -5_000, 10_000))  # fmt: skip
    return tenant


def kept(session: object, tenant: str) -> list[list[str]]:
    """Numbers that stand with the problems there are."""
    sql = "SELECT facts -> 'permits' FROM step_log WHERE tenant = :t AND workflow = 'problem' AND step = 'open'"
    return list(session.execute(text(sql), {"t": tenant}).scalars())  # type: ignore[attr-defined]


def test_a_check_of_a_site_asks_first(database: Database, town: str) -> None:
    given = {"uid": uuid7(), "site": "G1", "at": AT, "gate": "G1-1", "staff": "A01", "findings": (Finding("hoarding"),)}
    with database.begin(town) as session:
        with pytest.raises(PermitStands) as asked:
            record_check(session, town, SiteCheck(**given), actor="li")
        assert asked.value.facts["number"] == "占-77"
        session.rollback()
    with database.begin(town) as session:
        assert kept(session, town) == []
        record_check(session, town, SiteCheck(**given, permit_checked=True), actor="li")
        assert kept(session, town) == [["占-77"]]
        session.rollback()


def test_a_check_of_a_shop_front_asks_first(database: Database, town: str) -> None:
    with database.begin(town) as session:
        front = add(session, town, "frontage", code="MQ1", name="便民小吃", geom=line((10, 10), (20, 10)))
        given = {"uid": uuid7(), "frontage_id": front, "at": AT, "failed": ("order",)}
        with session.begin_nested() as held:
            with pytest.raises(PermitStands):
                fronts.record_check(session, town, fronts.Check(**given), actor="li")
            held.rollback()
        fronts.record_check(session, town, fronts.Check(**given, permit_checked=True), actor="li")
        assert kept(session, town) == [["占-77"]]
        session.rollback()


def test_a_deviation_that_becomes_a_problem_asks_first(database: Database, town: str) -> None:
    with database.begin(town) as session:
        number = session.execute(text(
            "INSERT INTO haul_deviation (tenant, vehicle_id, kind, site_code, left_at, from_at, to_at, amount, geom)"
            " SELECT :t, id, 'stopped', 'G1', :at, :at, :to, 1200, CAST(:geom AS geometry) FROM haul_vehicle"
            " WHERE tenant = :t LIMIT 1 RETURNING id"),
            {"t": town, "at": AT, "to": AT + dt.timedelta(minutes=20), "geom": point(50, 50)}).scalar_one()  # fmt: skip
        begin(session, town, DEVIATION, number, at=AT, actor="trace")
        with session.begin_nested() as held:
            with pytest.raises(PermitStands):
                judge_deviation(session, town, number, "confirm", code="01-14", actor="li")
            held.rollback()
        told = judge_deviation(session, town, number, "confirm", code="01-14", permit_checked=True, actor="li")
        assert told["problem_id"] is not None and kept(session, town) == [["占-77"]]
        session.rollback()

"""工地: checks from the gate open problems by the checklist, filings say who works without, gates reach the planner."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert, text

from geo.cases.books import export_table, import_table
from geo.cases.flow.actions import get_problem
from geo.cases.receipts.actions import UidTaken
from geo.cases.worksites.checks import (
    BadSiteCheck,
    Finding,
    SiteCheck,
    UnknownSite,
    list_checks,
    record_check,
)
from geo.cases.worksites.counts import BadPeriod, count_period
from geo.cases.worksites.filings import list_ended, list_filings
from geo.cases.worksites.gates import list_day, settle_sites
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.patrol.demand.checks import gate_wishes
from geo.patrol.demand.queries import load_gates
from geo.patrol.demand.span import ShiftSpan
from geo.tables.base import Base
from geo.uids import uuid7
from tests import cases, haulage
from tests.haulage import DAY, add, clock, point

AT = clock(9)


@pytest.fixture
def town(database: Database) -> str:
    """A county with people who can answer, and the sites and papers of :mod:`tests.haulage`."""
    tenant = cases.prepare(database)
    haulage.fill(database, tenant)
    return tenant


def check(**given: Any) -> SiteCheck:
    return SiteCheck(**{"uid": uuid7(), "site": "G1", "at": AT, "gate": "G1-1", "staff": "A01", **given})


def test_what_is_out_of_order_opens_a_problem_once_under_its_own_code(database: Database, town: str) -> None:
    made = check(findings=(Finding("wash", "corrected", 3), Finding("dust"), Finding("cover", "source_fixed", 2)))
    with database.begin(town) as session:
        first = record_check(session, town, made, actor="li")
        assert record_check(session, town, made, actor="li") == first
        [told] = list_checks(session, town, DAY, DAY)
        found = {one["item"]: one for one in told["findings"]}
        codes = {name: get_problem(session, town, one["problem_id"])["code"] for name, one in found.items()}
    assert codes == {"wash": "03-12", "dust": "03-04", "cover": "03-11"}
    assert told["items"] == ["dust", "wet", "wash", "cover", "hoarding", "paving"]
    with database.begin(town) as session:
        counts = {one.name: (one.count, one.unit) for one in count_period(session, town, DAY, DAY)}
        nothing = count_period(session, town, DAY, DAY, area=["elsewhere"])
        with pytest.raises(BadPeriod):
            count_period(session, town, DAY, DAY - dt.timedelta(1))
    assert counts["corrected"] == (3, "次") and counts["source_fixed"] == (2, "次") and counts["dust"] == (1, "处")
    assert counts["notices"] == (0, "份") and all(one.count == 0 for one in nothing)


def test_a_check_sent_again_while_the_first_is_under_way_is_the_same_check(database: Database, town: str) -> None:
    made = check()

    def send() -> int:
        with database.begin(town) as session:
            return record_check(session, town, made, actor="li")

    with ThreadPoolExecutor(1) as other:
        with database.begin(town) as session:
            first = record_check(session, town, made, actor="li")
            again = other.submit(send)
            time.sleep(0.3)
            assert not again.done()
        assert again.result(30) == first


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"site": "G9"}, UnknownSite, None),
        ({"gate": "G2-1"}, BadSiteCheck, "gate"),
        ({"findings": (Finding("smoke"),)}, BadSiteCheck, "item"),
        ({"findings": (Finding("dust"), Finding("dust"))}, BadSiteCheck, "findings"),
        ({"findings": (Finding("dust", "punished"),)}, BadSiteCheck, "outcome"),
        ({"findings": (Finding("dust", "open", 0),)}, BadSiteCheck, "quantity"),
        ({"staff": "nobody"}, BadSiteCheck, "staff"),
        ({"at": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)}, BadSiteCheck, "at"),
    ],
)
def test_a_check_that_cannot_be_is_refused_and_says_why(
    database: Database, town: str, given: dict[str, Any], error: type[Exception], field: str | None
) -> None:
    with database.begin(town) as session, pytest.raises(error) as caught:
        record_check(session, town, check(**given), actor="li")
    assert field is None or caught.value.facts["field"] == field  # type: ignore[attr-defined]
    with database.begin(town) as session:
        assert list_checks(session, town, DAY, DAY) == []


def test_a_uid_of_something_else_and_a_site_elsewhere_are_refused(database: Database, town: str) -> None:
    with database.begin(town) as session:
        uid = uuid7()
        session.execute(insert(Base.metadata.tables["receipt"]).values(tenant=town, uid=uid, kind="event", row_id=1))
        with pytest.raises(UidTaken):
            record_check(session, town, check(uid=uid), actor="li")
        with pytest.raises(UnknownSite):
            record_check(session, town, check(), actor="li", area=["nowhere"])


def test_the_bureaus_own_checklist_replaces_ours_for_its_type_only(database: Database, town: str) -> None:
    csv = "工地类型,条目,中文,英文,事件代码,次序\n在建,noise,夜间无扰民,No noise at night,03-01,1\n"
    with database.begin(town) as session:
        import_table(session, town, "site_items", csv.encode())
        rows = export_table(session, town, "site_items")
        number = record_check(session, town, check(findings=(Finding("noise"),)), actor="li")
        [told] = list_checks(session, town, DAY, DAY)
    assert told["id"] == number and told["findings"][0]["event_code"] == "03-01"
    assert "拆迁" not in rows and "demolition,dust" in rows and "site,dust" not in rows


def test_who_works_without_a_filing_is_listed_first(database: Database, town: str) -> None:
    last = DAY + dt.timedelta(10)
    with database.begin(town) as session:
        add(session, town, "worksite", code="G4", name="自拌点", site_type="batching", geom=point(-900, 0))
        add(session, town, "permit", number="拌2026-1", kind="batching", holder="自拌点", geom=point(-905, 0),
            valid_from_on=DAY - dt.timedelta(90), valid_to_on=DAY - dt.timedelta(1))  # fmt: skip
        standings = {
            on: [(row["code"], row["standing"], row["by"]) for row in list_filings(session, town, on, soon_days=5)]
            for on in (DAY, last - dt.timedelta(5), last, last + dt.timedelta(1))
        }
        ended = [one.number for one in list_ended(session, town, DAY, 30)]
        add(session, town, "permit", number="拌2026-2", kind="batching", holder="自拌点", geom=point(-905, 0),
            valid_from_on=DAY, valid_to_on=DAY + dt.timedelta(90))  # fmt: skip
        renewed = [one.number for one in list_ended(session, town, DAY, 30)]
    assert standings[DAY] == [("G2", "unfiled", None), ("G4", "expired", "ground"), ("G1", "filed", "grant")]
    assert standings[last - dt.timedelta(5)][-1] == standings[last][-1] == ("G1", "expiring", "grant")
    assert ("G1", "expired", "grant") in standings[last + dt.timedelta(1)]
    assert (ended, renewed) == (["拌2026-1"], [])


def test_gates_become_the_planners_demand_at_dawn_and_after_dark_and_stay_one_register(
    database: Database, town: str
) -> None:
    with database.begin(town) as session:
        before = insert(Base.metadata.tables["enterprise"]).values(
            tenant=town, code="G1", name="旧名", kind="site", cap_per_year=2, gate_every_days=2, opening="06:00-18:00",
            geom=point(50, 50),
        )  # fmt: skip
        session.execute(before)
        done = settle_sites(session, town)
        again = settle_sites(session, town)
        rows = session.execute(text(
            "SELECT code, name, kind, cap_per_year, gate_every_days, active, round(ST_X(geom)::numeric, 6) AS lon"
            "  FROM enterprise WHERE tenant = :t ORDER BY code"), {"t": town}).all()  # fmt: skip
        gates = load_gates(session, get_county(session, town).metric_srid)
    assert (again.sites, again.gates) == (0, 0) and done.gates == 5
    told = {row.code: row for row in rows}
    assert sorted(told) == ["G1", "G2", "G3", "X1", "X2"]
    assert (told["G1"].name, told["G1"].cap_per_year, told["G1"].gate_every_days) == ("锦龙城二期", 2, 2)
    assert float(told["G1"].lon) == pytest.approx(118.0, abs=1e-5)
    assert (told["X1"].kind, told["G3"].active, told["G2"].active) == ("dump", False, True)
    gates["district_code"] = "W"
    found = {
        name: {wish.name for on in range(2) for wish in gate_wishes(gates, shift(DAY + dt.timedelta(on), hour), ())}
        for name, hour in (("dawn", 5), ("noon", 12), ("night", 19))
    }
    sites = {"锦龙城二期", "老粮站拆迁"}
    assert found == {"dawn": {*sites, "东郊消纳场", "北坡堆放点"}, "noon": sites, "night": found["dawn"]}


def shift(on: dt.date, hour: int) -> ShiftSpan:
    """Four hours from an hour on."""
    return ShiftSpan(on, hour * 3600, (hour + 4) * 3600, dt.datetime.combine(on, dt.time(hour), haulage.SHANGHAI))


def test_the_day_lists_whom_nobody_has_checked(database: Database, town: str) -> None:
    with database.begin(town) as session:
        record_check(session, town, check(), actor="li")
        rows = list_day(session, town, DAY)
    assert [(row["code"], row["checks"]) for row in rows] == [("G2", 0), ("G1", 1)]

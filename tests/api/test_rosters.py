"""Rosters and the daily log over HTTP, and a roster from draft to duty."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text

from geo.db.counties import get_county
from geo.db.engine import Database
from geo.organisation.actions import save_organisation
from geo.organisation.roster import make_shift_kinds
from geo.patrol.people.actions import (
    RosterDecided,
    UnknownPerson,
    adopt_roster,
    get_roster,
    load_problem,
    note_leave,
    propose_roster,
    set_muster,
)
from geo.patrol.people.book import BadPeopleRule, RulesChange, needs_on, set_need, set_rest, show_rules
from geo.patrol.people.checker import check_roster
from geo.patrol.people.rules import Duty, Need, RestRules
from geo.patrol.people.why import NoSuchShift, ask_why
from tests.api.conftest import Served


@pytest.fixture
def bureau(database: Database, make_county: Callable[..., str]) -> str:
    """A county with 6 regulars, 4 of them licensed, 12 auxiliaries and the usual shifts."""
    import pandas

    tenant = make_county((117.9, 28.2, 118.1, 28.4))
    valid = {"licence_from_on": dt.date(2020, 1, 1), "licence_to_on": dt.date(2035, 1, 1)}
    rows = [
        {"code": f"R{i}", "name": f"甲{i}", "kind": "regular", "org": "S1", "active": True}
        | ({"licence_no": f"L{i}", **valid} if i < 4 else dict.fromkeys(["licence_no", *valid]))
        for i in range(6)
    ]
    rows += [
        {"code": f"A{i:02d}", "name": f"乙{i}", "kind": "auxiliary", "org": "S1", "active": True}
        | dict.fromkeys(["licence_no", *valid])
        for i in range(12)
    ]
    units = pandas.DataFrame([{"code": "S1", "name": "一中队", "kind": "squadron", "parent": None, "area": None}])
    cars = pandas.DataFrame([{"code": "C1", "kind": "car", "seats": 5, "org": "S1", "active": True}])
    with database.begin(tenant) as session:
        save_organisation(session, tenant, units, pandas.DataFrame(rows), cars, make_shift_kinds())
    return tenant


def test_a_roster_is_drafted_adopted_and_then_is_the_duty(database: Database, bureau: str) -> None:
    with database.begin(bureau) as session:
        today = get_county(session, bureau).today()
        note_leave(session, bureau, "A00", today, today + dt.timedelta(3), "training")
        with pytest.raises(UnknownPerson):
            note_leave(session, bureau, "X", today, today, "leave")
        set_muster(session, bureau, "S1", 118.0, 28.3)
        problem = load_problem(session, get_county(session, bureau), today, 7)
    made = propose_roster(database, bureau, today, 7, effort=0.1)
    with database.begin(bureau) as session:
        draft = get_roster(session, bureau, made["id"])
        assert session.execute(text("SELECT count(*) FROM duty WHERE tenant = :t"), {"t": bureau}).scalar_one() == 0
        assert session.execute(text("SELECT ST_X(muster) FROM org_unit WHERE tenant = :t"), {"t": bureau}).scalar_one()
    proposed = [Duty(d["on_date"], d["shift_code"], d["staff_id"], d["role"]) for d in draft["duties"]]
    assert check_roster(problem, proposed) == []
    assert not [d for d in draft["duties"] if d["staff"] == "A00" and d["on_date"] <= today + dt.timedelta(3)]
    one = draft["duties"][0]
    with database.begin(bureau) as session:
        away = ask_why(session, bureau, made["id"], "A00", one["on_date"], one["shift_code"])
        there = ask_why(session, bureau, made["id"], one["staff"], one["on_date"], one["shift_code"])
        for staff, shift, error in (("X", one["shift_code"], UnknownPerson), ("A00", "nothing", NoSuchShift)):
            with pytest.raises(error):
                ask_why(session, bureau, made["id"], staff, one["on_date"], shift)
    assert one["on_date"] <= today + dt.timedelta(3)
    assert "leave" in away["rules"] and not away["possible"]
    assert there == {"possible": True, "there": True, "rules": []}
    assert adopt_roster(database, bureau, made["id"]) == made["duties"] > 0
    with database.begin(bureau) as session:
        rows = session.execute(
            text("SELECT on_date, shift_code, staff_id, role FROM duty WHERE tenant = :t"), {"t": bureau}
        ).all()
    assert sorted(map(tuple, rows)) == sorted(map(tuple, proposed))
    with pytest.raises(RosterDecided):
        adopt_roster(database, bureau, made["id"])


def test_rules_hold_from_their_day_and_one_roster_keeps_one_set_of_them(database: Database, bureau: str) -> None:
    with database.begin(bureau) as session:
        county = get_county(session, bureau)
        today = county.today()
        later = today + dt.timedelta(10)
        before = needs_on(session, bureau, today)
        assert show_rules(session, bureau, today)["rest"]["set_by"] is None, "the usual"
        assert set_rest(session, bureau, {"days_off_week": 1}, later, "甲") == RestRules(days_off_week=1)
        assert set_rest(session, bureau, {"pair_gap_days": 7}, later, "乙") == RestRules(
            days_off_week=1, pair_gap_days=7
        )
        set_need(session, bureau, "day", "workday", Need(5, licensed=2, regular=3), later)
        set_need(session, bureau, "night", "restday", Need(0, leader=False), later)
        held = needs_on(session, bureau, later)
        assert held["day"]["workday"] == Need(5, licensed=2, regular=3)
        assert "restday" in before["night"] and "restday" not in held["night"], "not held"
        assert held["morning"] == before["morning"], "what nobody spoke of stays usual"
        assert needs_on(session, bureau, later - dt.timedelta(1)) == before
        assert show_rules(session, bureau, today)["changes"] == [later]
        assert load_problem(session, county, later, 7).rules.days_off_week == 1
        assert load_problem(session, county, today, 10).rules == RestRules()
        with pytest.raises(RulesChange) as refused:
            load_problem(session, county, today, 11)
        assert refused.value.facts == {"on": later.isoformat(), "days": 10}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, "-"),
        ({"days": 1}, "days"),
        ({"days_off_week": 7}, "days_off_week"),
        ({"most_week_min": 300}, "most_week_min"),
    ],
)
def test_rest_rules_that_cannot_be_are_refused_by_name(
    database: Database, bureau: str, changed: dict[str, int], field: str
) -> None:
    with database.begin(bureau) as session, pytest.raises(BadPeopleRule) as refused:
        set_rest(session, bureau, changed, dt.date(2026, 11, 23))
    assert refused.value.facts["field"] == field


@pytest.mark.parametrize(
    ("shift", "need", "field"),
    [("no", Need(2), "shift"), ("day", Need(2, licensed=3), "licensed"), ("day", Need(0), "leader"),
     ("day", Need(-1), "people")],
)  # fmt: skip
def test_needs_that_contradict_themselves_are_refused_by_name(
    database: Database, bureau: str, shift: str, need: Need, field: str
) -> None:
    with database.begin(bureau) as session, pytest.raises(BadPeopleRule) as refused:
        set_need(session, bureau, shift, "workday", need, dt.date(2026, 11, 23))
    assert refused.value.facts["field"] == field


def test_rules_leave_and_musters_are_written_and_read_over_http(
    signed_in: dict[str, httpx.Client], served: Served, database: Database
) -> None:
    with database.begin(served.tenant) as session:
        session.execute(
            text("INSERT INTO staff (tenant, code, name, kind) VALUES (:t, 'AWAY', '某', 'auxiliary')"),
            {"t": served.tenant},
        )
    planner = signed_in["planner"]
    order = {"valid_from_on": "2031-01-01", "days_off_week": 1}
    assert planner.put("/people/rules/rest", json=order).status_code == 204
    rest = planner.get("/people/rules", params={"on": "2031-01-05"}).json()["rest"]
    assert (rest["days_off_week"], rest["valid_from_on"], rest["set_by"]) == (1, "2031-01-01", "planner")
    assert "2031-01-01" in planner.get("/people/rules", params={"on": "2030-12-31"}).json()["changes"]
    bad = {**order, "days_off_week": 9}
    for language, words in (
        ("zh-CN", "days_off_week 不能是“9”;可用:0-6"),
        ("en", "days_off_week cannot be 9; allowed: 0-6"),
    ):
        refused = planner.put("/people/rules/rest", json=bad, headers={"Accept-Language": language})
        assert refused.status_code == 422 and words in refused.json()["detail"]
    away = {"staff": "AWAY", "from_on": "2031-02-01", "to_on": "2031-02-03", "kind": "training"}
    assert planner.post("/people/leave", json=away).status_code == 204
    days = {"first": "2031-02-03", "days": 1}
    assert planner.get("/people/leave", params=days).json()["leave"] == [{**away, "name": "某"}]
    assert (
        planner.post("/people/leave", json={**away, "to_on": "2031-01-01"}).json()["code"] == "people.leave_backwards"
    )
    assert planner.delete("/people/leave/AWAY/2031-02-01").status_code == 204
    assert planner.delete("/people/leave/AWAY/2031-02-01").json()["code"] == "people.unknown_leave"
    assert planner.get("/people/leave", params=days).json()["leave"] == []
    assert planner.put("/people/musters/S1", json={"lon": 118.001, "lat": 28.3}).status_code == 204
    (muster,) = planner.get("/people/musters").json()["musters"]
    assert (muster["code"], muster["lon"], muster["lat"]) == ("S1", 118.001, 28.3)
    assert planner.put("/people/musters/S1", json={"lon": 28.3, "lat": 80}).json()["code"] == "people.muster_outside"


def test_only_planners_ask_for_rosters(signed_in: dict[str, httpx.Client]) -> None:
    order = {"first_on": "2026-11-23", "days": 7}
    before = signed_in["planner"].get("/rosters").json()["rosters"]
    asked = signed_in["planner"].post("/rosters", json=order)
    assert asked.status_code == 202, asked.text
    assert signed_in["leader"].post("/rosters", json=order).status_code == 403
    assert signed_in["planner"].get("/rosters").json()["rosters"] == before  # asked for, not made yet
    assert signed_in["planner"].get("/rosters/999999999").json()["code"] == "people.unknown_roster"


def test_the_log_takes_each_line_once_and_corrects_by_another(
    signed_in: dict[str, httpx.Client], served: Served, database: Database
) -> None:
    with database.begin(served.tenant) as session:
        session.execute(
            text(
                "INSERT INTO shift_kind (tenant, code, name, start_time, end_time) "
                "VALUES (:t, 'day', '日班', '08:30', '17:30') ON CONFLICT DO NOTHING"
            ),
            {"t": served.tenant},
        )
        for code in ("LOG1", "LOG2"):
            session.execute(
                text("INSERT INTO staff (tenant, code, name, kind) VALUES (:t, :c, '某', 'auxiliary')"),
                {"t": served.tenant, "c": code},
            )
    line = {
        "uid": str(uuid.uuid4()), "kind": "roll_call", "step": "absent", "at": "2026-11-23T08:25:00+08:00",
        "on_date": "2026-11-23", "shift": "day", "staff": "LOG1",
    }  # fmt: skip
    leader = signed_in["leader"]
    assert leader.post("/duty-log", json={"lines": [line]}).json() == {"added": 1}
    assert leader.post("/duty-log", json={"lines": [line]}).json() == {"added": 0}
    mend = line | {"uid": str(uuid.uuid4()), "step": "late", "corrects": line["uid"], "note": "堵车"}
    assert leader.post("/duty-log", json={"lines": [mend]}).status_code == 201
    lines = leader.get("/duty-log", params={"on": "2026-11-23", "kind": "roll_call"}).json()["lines"]
    assert [(one["step"], one["corrected"]) for one in lines] == [("absent", True), ("late", False)]
    trip = line | {"uid": str(uuid.uuid4()), "kind": "trip", "step": "out"}
    assert leader.post("/duty-log", json={"lines": [trip]}).json()["code"] == "people.log_lacks"
    handover = line | {"uid": str(uuid.uuid4()), "kind": "handover", "step": "handed_over", "other_staff": "nobody"}
    assert leader.post("/duty-log", json={"lines": [handover]}).json()["code"] == "people.log_unknown"
    assert signed_in["auxiliary"].get("/duty-log", params={"on": "2026-11-23"}).status_code == 403

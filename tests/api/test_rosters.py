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
from geo.patrol.people.checker import check_roster
from geo.patrol.people.rules import Duty
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
    assert adopt_roster(database, bureau, made["id"]) == made["duties"] > 0
    with database.begin(bureau) as session:
        rows = session.execute(
            text("SELECT on_date, shift_code, staff_id, role FROM duty WHERE tenant = :t"), {"t": bureau}
        ).all()
    assert sorted(map(tuple, rows)) == sorted(map(tuple, proposed))
    with pytest.raises(RosterDecided):
        adopt_roster(database, bureau, made["id"])


def test_only_planners_ask_for_rosters(signed_in: dict[str, httpx.Client]) -> None:
    order = {"first_on": "2026-11-23", "days": 7}
    asked = signed_in["planner"].post("/rosters", json=order)
    assert asked.status_code == 202, asked.text
    assert signed_in["leader"].post("/rosters", json=order).status_code == 403
    assert signed_in["planner"].get("/rosters").json()["rosters"] == []
    assert signed_in["planner"].get("/rosters/1").json()["code"] == "people.unknown_roster"


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

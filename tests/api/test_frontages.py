"""门前 over HTTP: the register and its drill-down, agreements, checks, and the monthly list inside the bureau."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, text

from geo.cases.frontages.settling import settle_frontages
from geo.db.counts import count_step
from geo.db.engine import Database
from geo.tables.base import Base
from geo.uids import uuid7
from tests import clock
from tests.api import county as scene
from tests.api.conftest import Callers, Served

PATH = "/frontages"
LISTS = "/frontage-lists"


def front(code: str, lon: float, name: str) -> dict[str, object]:
    line = f"SRID=4490;LINESTRING({lon} 28.30504, {lon + 0.00005} 28.30504)"
    return {"code": code, "name": name, "street": "横街", "geom": line}


@pytest.fixture(scope="module")
def shops(database: Database, served: Served) -> dict[str, int]:
    """Three fronts in 片区 W, one in E, by code; and somebody who answers for problems."""
    rows = [
        ("F1", 117.985, "王小二饭店"),
        ("F2", 117.987, "快乐烧烤"),
        ("F3", 117.989, "茶叶店"),
        ("F4", 118.01, "水果店"),
    ]
    with database.begin(served.tenant) as session:
        staff = Base.metadata.tables["staff"]
        session.execute(insert(staff).values(tenant=served.tenant, code="F-B", name="钱七", kind="regular"))
        ids = scene.add(session, served.tenant, "frontage", [front(*row) for row in rows])
        settle_frontages(session, served.tenant, actor="test")
    return dict(zip((row[0] for row in rows), ids, strict=True))


def signed(number: str, code: str, **changed: Any) -> dict[str, Any]:
    body = {"number": number, "version": "four", "signed_on": "2026-01-05", "valid_to_on": "2027-12-31"}
    return {**body, "signatory": "王小二", "shop_code": code, **changed}


def test_the_register_drills_to_its_fronts(signed_in: dict[str, httpx.Client], shops: dict[str, int]) -> None:
    desk = signed_in["desk"]
    made = desk.post(f"{PATH}/agreements", json=signed("H1", "F1"))
    assert made.status_code == 201 and made.json()["frontage_id"] == shops["F1"], made.text
    assert "王小二" not in made.text and made.json()["has_signatory"]
    assert desk.post(f"{PATH}/agreements", json=signed("H1", "F1")).json()["id"] == made.json()["id"]
    assert desk.post(f"{PATH}/agreements", json=signed("H1", "F2")).json()["id"] == made.json()["id"]
    assert desk.post(f"{PATH}/agreements", json=signed("H1", "F1", version="three")).status_code == 409
    assert desk.post(f"{PATH}/agreements", json=signed("H2", "F2", valid_to_on="2025-01-01")).status_code == 422
    told = desk.get(f"{PATH}/register", params={"on": "2026-10-01"}).json()
    assert sum(told["whole"][name] for name in ("signed", "expired", "missing")) == told["whole"]["all"]
    for standing in ("signed", "expired", "missing"):
        drilled = desk.get(PATH, params={"on": "2026-10-01", "standing": standing, "limit": 1000}).json()["frontages"]
        assert len(drilled) == told["whole"][standing]
    found = desk.get(f"{PATH}/{shops['F1']}").json()
    assert (found["standing"], found["shown_name"], found["check_due_on"]) == ("signed", "王**饭店", "2027-01-05")


def test_a_shop_on_a_border_street_belongs_to_the_one_who_answers_for_it(
    database: Database, served: Served, shops: dict[str, int]
) -> None:
    ten_metres = 1e-4
    with database.begin(served.tenant) as session:
        sides = {"F8": scene.BORDER - ten_metres, "F9": scene.BORDER - 4 * ten_metres}
        rows = [front(code, lon - 0.000025, f"{code}店") for code, lon in sides.items()]
        scene.add(session, served.tenant, "frontage", rows)
        settle_frontages(session, served.tenant, actor="test")
        found = session.execute(
            text("SELECT code, district_code FROM frontage WHERE tenant = :t AND code IN ('F8', 'F9') ORDER BY code"),
            {"t": served.tenant},
        ).all()
        session.execute(text("DELETE FROM frontage WHERE tenant = :t AND code IN ('F8', 'F9')"), {"t": served.tenant})
        count_step(session, served.tenant, "frontage", -2)
    assert [tuple(row) for row in found] == [("F8", "E"), ("F9", "W")]


def test_what_finds_no_shop_is_listed_and_matched_by_a_person(
    signed_in: dict[str, httpx.Client], shops: dict[str, int]
) -> None:
    desk = signed_in["desk"]
    loose = desk.post(f"{PATH}/agreements", json=signed("H7", "nowhere", shop_name="茶叶行", street="横街")).json()
    told = desk.get(f"{PATH}/unmatched").json()
    mine = next(one for one in told["agreements"] if one["id"] == loose["id"])
    assert mine["suggested"] == [shops["F3"]] and shops["F3"] in {one["id"] for one in told["frontages"]}
    matched = desk.post(f"{PATH}/agreements/{loose['id']}/match", json={"frontage_id": shops["F3"]}).json()
    assert (matched["frontage_id"], matched["matched_by"]) == (shops["F3"], "desk")
    scanned = desk.put(f"{PATH}/agreements/{loose['id']}/scan", content=b"%PDF-1.4 x")
    assert scanned.status_code == 200 and len(scanned.json()["scan_sha256"]) == 64
    assert desk.put(f"{PATH}/agreements/{loose['id']}/scan", content=b"MZ").status_code == 422
    order = {"step": "end", "at": "2026-03-01T10:00:00+08:00"}
    assert desk.post(f"{PATH}/agreements/{loose['id']}/steps", json=order).json()["state"] == "ended"
    assert desk.post(f"{PATH}/agreements/{loose['id']}/steps", json=order).status_code == 409


def test_officers_check_in_their_own_area(
    served: Served, signed_in: dict[str, httpx.Client], callers: Callers, shops: dict[str, int]
) -> None:
    officer = signed_in["officer"]
    body = {"uid": str(uuid7()), "frontage_id": shops["F2"], "at": "2026-10-05T10:00:00+08:00", "failed": ["order"]}
    made = officer.post(f"{PATH}/checks", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["points"], made.json()["passed"]) == (60, False) and made.json()["event_uid"]
    assert officer.post(f"{PATH}/checks", json=body).json()["id"] == made.json()["id"]
    assert officer.post(f"{PATH}/checks", json={**body, "uid": str(uuid7()), "failed": ["x"]}).status_code == 422
    away = {**body, "uid": str(uuid7()), "frontage_id": shops["F4"]}
    assert officer.post(f"{PATH}/checks", json=away).status_code == 404
    assert officer.get(f"{PATH}/{shops['F4']}").status_code == 404
    assert {one["id"] for one in officer.get(PATH, params={"limit": 1000}).json()["frontages"]}.isdisjoint(
        {shops["F4"]}
    )
    (task,) = officer.get(f"{PATH}/tasks").json()["tasks"]
    assert (task["frontage_id"], task["due_on"]) == (shops["F2"], "2026-10-12")
    told = officer.get(f"{PATH}/rates", params={"first": "2026-10-01", "last": "2026-10-31"}).json()
    assert [(one["street"], one["passed"], one["checked"]) for one in told["rates"]] == [("横街", 0, 1)]
    elsewhere = signed_in["planner"].post(f"{PATH}/checks", json=away).json()["id"]
    both = {"id": [*told["rates"][0]["check_ids"], elsewhere]}
    drilled = officer.get(f"{PATH}/checks", params=both).json()["checks"]
    assert [(one["frontage_id"], one["failed"], one["passed"]) for one in drilled] == [(shops["F2"], ["order"], False)]
    everywhere = signed_in["planner"].get(f"{PATH}/checks", params=both).json()["checks"]
    assert {one["frontage_id"] for one in everywhere} == {shops["F2"], shops["F4"]}
    assert officer.post(f"{PATH}/agreements", json=signed("H9", "F1")).status_code == 403
    assert officer.post(LISTS, json={"month_on": "2026-10-01"}).status_code == 403
    with served.client() as nobody:
        assert {nobody.get(path).status_code for path in (PATH, LISTS, f"{PATH}/register")} == {401}
    with served.client(callers.neighbour) as neighbour:
        assert neighbour.get(f"{PATH}/{shops['F1']}").status_code in (403, 404)


def test_a_list_is_issued_after_its_appeals_only(
    signed_in: dict[str, httpx.Client], database: Database, served: Served, shops: dict[str, int]
) -> None:
    desk = signed_in["desk"]
    assert desk.post(f"{PATH}/agreements", json=signed("H1", "F1")).status_code == 201
    for day, failed in ((7, ["hygiene"]), (8, ["order"])):
        at = f"2026-09-{day:02d}T10:00:00+08:00"
        body = {"uid": str(uuid7()), "frontage_id": shops["F1"], "at": at, "failed": failed}
        assert desk.post(f"{PATH}/checks", json=body).status_code == 201
    drawn = desk.post(LISTS, json={"month_on": "2026-09-15"}).json()
    assert [(row["shown_name"], row["colour"]) for row in drawn["rows"]] == [("王**饭店", "black")]
    assert drawn["reproduced"] and drawn["state"] == "draft"
    path = f"{LISTS}/{drawn['id']}"
    assert desk.post(f"{path}/steps", json={"step": "issue"}).status_code == 409
    assert desk.post(f"{path}/steps", json={"step": "notify"}).status_code == 422
    until = clock.today() + dt.timedelta(days=8)
    told = desk.post(f"{path}/steps", json={"step": "notify", "appeal_to_on": until.isoformat()})
    assert told.json()["state"] == "notified", told.text
    row = drawn["rows"][0]["id"]
    assert desk.post(f"{LISTS}/rows/{row}/appeal", json={"said": "不是我家"}).status_code == 204
    assert (
        desk.post(f"{LISTS}/rows/{row}/answer", json={"verdict": "rejected", "answer": "照片属实"}).status_code == 204
    )
    assert desk.post(f"{path}/steps", json={"step": "issue"}).status_code == 409
    with database.begin(served.tenant) as session:  # as if the days had passed
        session.execute(
            text("UPDATE frontage_list SET appeal_to_on = current_date - 2 WHERE tenant = :t"), {"t": served.tenant}
        )
    issued = desk.post(f"{path}/steps", json={"step": "issue"}).json()
    assert issued["state"] == "issued" and issued["rows"][0]["appeal"] == "rejected"
    assert signed_in["officer"].get(path).json()["rows"][0]["code"] == "F1"
    assert desk.post(f"{path}/steps", json={"step": "withdraw", "note": "重新核对"}).json()["state"] == "withdrawn"

"""The ledger of illegal buildings over HTTP: who may do what where, and that every figure drills to its lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from geo.db.engine import Database
from geo.tables.base import Base
from geo.uids import uuid7
from tests.api.conftest import Callers, Served

PATH = "/buildings"
WEST, EAST = 117.992, 118.015


def square(lon: float, lat: float = 28.29, size: float = 0.0001) -> dict[str, Any]:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def draft(lon: float = WEST, **changed: Any) -> dict[str, Any]:
    return {"uid": str(uuid7()), "geometry": square(lon), "found_on": "2026-02-02", "households": 1, **changed}


def entered(client: httpx.Client, lon: float = WEST, **changed: Any) -> dict[str, Any]:
    answer = client.post(PATH, json=draft(lon, **changed))
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def step(client: httpx.Client, number: int, name: str, day: str, **more: Any) -> httpx.Response:
    return client.post(f"{PATH}/{number}/steps", json={"step": name, "at": f"{day}T10:00:00+08:00", **more})


@pytest.fixture(scope="module")
def person(database: Database, served: Served) -> str:
    with database.begin(served.tenant) as session:
        staff = Base.metadata.tables["staff"]
        session.execute(insert(staff).values(tenant=served.tenant, code="B1", name="赵六", kind="regular"))
    return "B1"


def test_a_building_goes_through_the_books(signed_in: dict[str, httpx.Client]) -> None:
    desk = signed_in["desk"]
    body = draft(category="加建外扩")
    made = desk.post(PATH, json=body).json()
    assert desk.post(PATH, json=body).json()["id"] == made["id"]
    assert (made["status"], made["district_code"], made["open_steps"]) == ("suspected", "W", ["verify", "dismiss"])
    number = made["id"]
    assert step(desk, number, "register", "2026-02-03").status_code == 409
    assert step(desk, number, "verify", "2026-02-03").json()["status"] == "verified"
    assert step(desk, number, "register", "2026-02-04", facts={"households": 2}).status_code == 200
    refused = step(desk, number, "regularise", "2026-02-10")
    assert refused.status_code == 422 and "理由" in refused.json()["detail"]
    done = step(desk, number, "regularise", "2026-02-10", note="许可证 12 号").json()
    assert [one["step"] for one in done["history"]] == ["open", "verify", "register", "regularise"]
    assert done["open_steps"] == []
    told = desk.get(f"{PATH}/stock", params={"first": "2026-02-01", "last": "2026-02-28", "district": "W"}).json()
    mine = [line for line in told["lines"] if line["building_id"] == number]
    assert [(line["term"], line["amounts"]["plots"], line["late"]) for line in mine] == [
        ("existing", 1, True), ("regularised", -1, True),
    ]  # fmt: skip
    assert told["difference"] == {"plots": 0, "households": 0, "area_m2": 0}
    assert [len(told[f"{edge}_ids"]) for edge in ("opening", "closing")] == [
        told[edge]["plots"] for edge in ("opening", "closing")
    ]
    halfway = desk.get(f"{PATH}/stock", params={"first": "2026-02-05", "last": "2026-02-28", "district": "W"}).json()
    assert number in halfway["opening_ids"] and number not in halfway["closing_ids"]
    listed = desk.get(PATH, params={"id": number}).json()["buildings"]
    assert [one["id"] for one in listed] == [number] and listed[0]["households"] == 2
    ground, day = listed[0]["area_m2"], dt.date.fromisoformat(listed[0]["built_on"] or listed[0]["found_on"])
    for more, there in (
        ({"stood_before": str(day)}, False), ({"stood_before": str(day + dt.timedelta(days=1))}, True),
        ({"least_m2": ground}, True), ({"least_m2": ground + 0.01}, False), ({"most_m2": ground}, False),
        ({"most_m2": ground + 0.01}, True),
    ):  # fmt: skip
        assert bool(desk.get(PATH, params={"id": number, **more}).json()["buildings"]) is there, more


def test_officers_see_and_touch_their_own_area_only(
    served: Served, signed_in: dict[str, httpx.Client], callers: Callers
) -> None:
    there, here = entered(signed_in["planner"], EAST)["id"], entered(signed_in["officer"])["id"]
    officer = signed_in["officer"]
    assert officer.get(f"{PATH}/{here}").status_code == 200
    assert officer.get(f"{PATH}/{there}").status_code == step(officer, there, "verify", "2026-02-03").status_code == 404
    assert officer.post(PATH, json=draft(EAST)).status_code == 404
    listed = {one["id"] for one in officer.get(PATH, params={"limit": 1000}).json()["buildings"]}
    assert here in listed and there not in listed
    stock = officer.get(f"{PATH}/stock", params={"first": "2026-01-01", "last": "2026-12-31", "district": "E"}).json()
    assert stock["lines"] == [] and stock["closing"]["plots"] == 0
    for path in ("/rules", "/plans"):
        assert officer.post(f"{PATH}{path}", json={}).status_code in (403, 422)
    assert officer.post(f"{PATH}/rules", json={"base_on": "2026-01-01", "staff": "B1"}).status_code == 403
    with served.client() as nobody:
        assert nobody.get(PATH).status_code == 401
    with served.client(callers.neighbour) as neighbour:
        assert neighbour.get(f"{PATH}/{here}").status_code in (403, 404)


def test_what_is_no_area_is_refused(signed_in: dict[str, httpx.Client]) -> None:
    planner = signed_in["planner"]
    for geometry in (
        {"type": "Point", "coordinates": [WEST, 28.29]}, {"type": "Polygon", "coordinates": "no"}, square(100.0),
        {"type": "Polygon", "coordinates": []},
    ):  # fmt: skip
        assert planner.post(PATH, json=draft(geometry=geometry)).status_code == 422, geometry


def test_alarms_corrections_plans_and_the_day_of_an_act(signed_in: dict[str, httpx.Client], person: str) -> None:
    planner = signed_in["planner"]
    assert planner.post(f"{PATH}/rules", json={"base_on": "2026-01-31", "staff": "nobody"}).status_code == 404
    rule = {"base_on": "2026-01-31", "staff": person, "district": "E"}
    assert planner.post(f"{PATH}/rules", json=rule).status_code == 201
    number = entered(planner, 118.0162, category="占用绿地")["id"]
    (alarm,) = [one for one in planner.get(f"{PATH}/alarms").json()["alarms"] if one["building_id"] == number]
    assert alarm["staff"] == person and alarm["answered_at"] is None
    answered = planner.post(f"{PATH}/alarms/{alarm['id']}/answer", json={"answer": "立即叫停"})
    assert answered.status_code == 200, answered.text
    assert planner.post(f"{PATH}/alarms/{alarm['id']}/answer", json={"answer": "再次"}).status_code == 404
    step(planner, number, "verify", "2026-02-03")
    step(planner, number, "register_new", "2026-02-04")
    correction = {"at": "2026-02-05T10:00:00+08:00", "area_m2_more": -2.5, "reason": "重测"}
    corrected = planner.post(f"{PATH}/{number}/corrections", json=correction)
    assert corrected.status_code == 201, corrected.text
    assert corrected.json()["corrections"][0]["area_m2_more"] == -2.5
    plan = {"category": "占用绿地", "way": "demolish", "goal": 1, "owner": person, "from_on": "2026-02-01"}
    followed = planner.post(f"{PATH}/plans", json={**plan, "to_on": "2026-03-01"})
    assert followed.status_code == 201, followed.text
    (here,) = [one for one in followed.json()["plans"] if one["category"] == "占用绿地"]
    assert (here["standing"], here["standing_ids"]) == (1, [number])
    hours = {"start": "2026-11-08T09:00:00+08:00", "end": "2026-11-08T11:00:00+08:00"}
    told = planner.get(f"{PATH}/{number}/demolition", params=hours, headers={"Accept-Language": "en"}).json()
    assert not told["allowed"] and len(told["reasons"]) == 4 and "rest day" in told["reasons"][-1]


def test_an_estate_is_awarded_and_lost(signed_in: dict[str, httpx.Client], person: str) -> None:
    planner = signed_in["planner"]
    (estate,) = planner.get(f"{PATH}/estates").json()["estates"]
    order = {"step": "award", "at": "2026-02-01T09:00:00+08:00", "keeper": person}
    held = planner.post(f"{PATH}/estates/{estate['id']}/steps", json=order)
    assert held.json()["estates"][0]["status"] == "held", held.text
    assert signed_in["officer"].post(f"{PATH}/estates/{estate['id']}/steps", json=order).status_code == 403
    number = entered(planner, geometry=square(117.992, 28.307))["id"]
    step(planner, number, "verify", "2026-02-03")
    step(planner, number, "stop", "2026-02-03")
    assert planner.get(f"{PATH}/estates").json()["estates"][0]["status"] == "lost"


def test_a_confirmed_suspicion_has_its_history(signed_in: dict[str, httpx.Client], database: Database) -> None:
    planner = signed_in["planner"]
    waiting = planner.get("/suspicions", params={"status": "waiting"}).json()["suspicions"][-1]["id"]
    done = planner.post(f"/suspicions/{waiting}/decision", json={"verdict": "confirmed"}).json()
    found = planner.get(f"{PATH}/{done['illegal_building']}").json()
    assert [one["step"] for one in found["history"]] == ["open"] and found["status"] == "suspected"
    today = dt.datetime.now(dt.UTC)
    verified = planner.post(
        f"{PATH}/{found['id']}/steps", json={"step": "verify", "at": today.isoformat()}
    )  # fmt: skip
    assert verified.json()["status"] == "verified", verified.text

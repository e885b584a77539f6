"""Registers of things and dangers over HTTP: what a squad writes down on its own ground, and nobody outside sees."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.uids import uuid7
from tests import cases
from tests.api import county
from tests.api.conftest import Served

WEST: dict[str, Any] = {"lon": 117.99, "lat": 28.29}
EAST: dict[str, Any] = {"lon": 118.01, "lat": 28.29}
FOUND = "2026-06-10T14:00:00Z"
PICTURE = {"kind": "after", "taken_at": FOUND}


@pytest.fixture(scope="module", autouse=True)
def people(database: Database, served: Served) -> None:
    """Somebody must answer for what is found."""
    with database.begin(served.tenant) as session:
        if session.execute(text("SELECT 1 FROM staff WHERE tenant = :t"), {"t": served.tenant}).first() is None:
            cases.people(session, served.tenant)


def post(client: httpx.Client, path: str, status: int = 201, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_hazard_goes_from_report_to_a_third_hand_with_its_picture(signed_in: dict[str, httpx.Client]) -> None:
    squad, desk, planner = signed_in["leader"], signed_in["desk"], signed_in["planner"]
    body: dict[str, Any] = {"uid": str(uuid7()), "category": "bridge", "level": "major", "found_at": FOUND}
    assert post(squad, "/hazards", 404, **body, **EAST)["code"] == "hazards.unknown"  # not its ground
    made = post(squad, "/hazards", **body, **WEST)
    assert made["open_steps"] == ["confirm", "dismiss"] and made["staff"] and made["overdue"]
    assert post(squad, "/hazards", **body, **WEST)["id"] == made["id"]
    path = f"/hazards/{made['id']}"
    post(squad, f"{path}/steps", 200, step="confirm", uid=str(uuid7()))
    assert post(squad, f"{path}/steps", 409, step="fix")["code"] == "hazards.proof"
    picture = f"/proofs/hazard/{made['id']}/{uuid7()}"
    for _ in range(2):
        assert squad.put(picture, params=PICTURE, content=cases.picture(3)).status_code == 200
    assert squad.get(picture).headers["content-type"] == "image/jpeg"
    assert squad.get(picture.replace("hazard", "repair")).status_code == 404
    assert post(squad, f"{path}/steps", 200, step="fix")["status"] == "fixed"
    assert post(squad, f"{path}/steps", 409, step="check")["code"] == "hazards.same_person"
    post(desk, f"{path}/steps", 200, step="check")
    assert post(desk, f"{path}/steps", 409, step="close")["code"] == "hazards.same_person"
    done = post(planner, f"{path}/steps", 200, step="close")
    assert done["status"] == "closed" and len(done["history"]) == 5 and len(done["pictures"]) == 1
    assert post(planner, f"{path}/steps", 409, step="close")["code"] == "case.step_not_open"
    listed = planner.get("/hazards", params={"category": "bridge"}).json()["hazards"]
    assert made["id"] in [one["id"] for one in listed]
    assert squad.get("/hazards", params={"open": True}).json()["hazards"] == []


def test_a_proof_keeps_who_took_it(signed_in: dict[str, httpx.Client], database: Database, served: Served) -> None:
    with database.begin(served.tenant) as session:
        link = "INSERT INTO account_staff (tenant, account_id, staff_id, linked_by) SELECT :t, a.id, s.id, 'test' FROM "
        both = "account a, staff s WHERE a.tenant = :t AND s.tenant = :t AND a.login = 'officer' AND s.code = 'S02'"
        session.execute(text(link + both), {"t": served.tenant})
    officer = signed_in["officer"]
    made = post(officer, "/hazards", uid=str(uuid7()), category="bridge", level="general", found_at=FOUND, **WEST)
    picture = uuid7()
    sent = officer.put(f"/proofs/hazard/{made['id']}/{picture}", params=PICTURE, content=cases.picture(9))
    assert sent.status_code == 200, sent.text
    with database.begin(served.tenant) as session:
        who = "SELECT s.code FROM evidence e JOIN staff s ON s.id = e.staff_id WHERE e.tenant = :t AND e.uid = :u"
        assert session.scalars(text(who), {"t": served.tenant, "u": picture}).all() == ["S02"]


def test_a_repair_is_ordered_by_class_and_point_and_totalled_by_unit(signed_in: dict[str, httpx.Client]) -> None:
    squad, desk = signed_in["leader"], signed_in["desk"]
    ordered: dict[str, Any] = {"work": "replace", "class_code": "C02-17", "ordered_at": FOUND, **WEST}
    made = post(squad, "/repairs", uid=str(uuid7()), quantity="2.50", **ordered)
    assert (made["unit"], made["quantity"]) == ("米", "2.50")
    path = f"/repairs/{made['id']}"
    for kind, shade in (("before", 1), ("after", 2)):
        proof = f"/proofs/repair/{made['id']}/{uuid7()}"
        assert squad.put(proof, params={**PICTURE, "kind": kind}, content=cases.picture(shade)).status_code == 200
    for step in ("start", "finish"):
        post(squad, f"{path}/steps", 200, step=step)
    assert post(desk, f"{path}/steps", 200, step="accept")["state"] == "accepted"
    year = dt.datetime.now(dt.UTC).year
    (total,) = squad.get("/repairs/totals", params={"year": year}).json()["totals"]
    assert (total["class_code"], total["unit"], total["quantity"], total["ids"]) == (
        "C02-17", "米", "2.50", [made["id"]],
    )  # fmt: skip
    for bad in ({"quantity": "0"}, {"quantity": "1.001"}, {"class_code": "C2"}, {"colour": 1}):
        answer = squad.post("/repairs", json={"uid": str(uuid7()), "quantity": 1, **ordered, **bad})
        assert answer.status_code in (400, 422), answer.text
    figures = desk.get("/components/figures").json()["figures"]
    assert {"class_code": "C01-01", "status": "intact", "components": 1} in figures


def test_a_dark_lamp_has_a_clock_and_one_off_by_plan_is_no_outage(
    signed_in: dict[str, httpx.Client], database: Database, served: Served
) -> None:
    planner, squad = signed_in["planner"], signed_in["auxiliary"]
    rows: list[dict[str, object]] = [
        {"code": f"H{n}", "circuit": "H", "night_part": "half", "geom": county.point(117.985 + n / 1000, 28.3101)}
        for n in range(4)
    ]
    with database.begin(served.tenant) as session:
        county.add(session, served.tenant, "streetlight", rows)
    plan = "亮灯方案,起始月日,终止月日,节能方式,半夜灯关灯时刻\nH,01-01,12-31,半夜关灯,23:00\n"
    for name, csv in (("lighting_plans", plan), ("lamp_circuits", "回路,亮灯方案\nH,H\n")):
        assert planner.put(f"/cases/tables/{name}", json={"csv": csv}).status_code == 200
    (night,) = squad.get("/outages/lighting", params={"on": "2026-06-10"}).json()["nights"]
    assert night["on_at"].startswith("2026-06-10T11:0") and night["half_off_at"] == "2026-06-10T15:00:00Z"
    late: dict[str, Any] = {"lamps": ["H0"], "found_at": "2026-06-10T16:00:00Z"}
    assert post(squad, "/outages", 409, uid=str(uuid7()), **late)["code"] == "outages.off_by_plan"
    made = post(squad, "/outages", uid=str(uuid7()), lamps=["H0"], found_at=FOUND)
    assert made["due_at"] == "2026-06-11T14:00:00Z" and made["breached"] and not made["joined"]
    path = f"/outages/{made['id']}"
    assert post(squad, f"{path}/steps", 409, step="put_off", note="x")["code"] == "outages.not_cable"
    post(squad, f"{path}/steps", 200, step="find_cause", cause="cable", note="短路")
    assert post(squad, f"{path}/steps", 200, step="put_off", note="待开挖")["state"] == "put_off"
    listed = squad.get("/outages", params={"breached": True}).json()["outages"]
    assert made["id"] in [one["id"] for one in listed]
    assert squad.get("/outages/999999999").status_code == 404


def test_gas_is_for_those_who_see_the_whole_county(signed_in: dict[str, httpx.Client], served: Served) -> None:
    body: dict[str, Any] = {
        "uid": str(uuid7()), "gas_user": "R1", "inspected_at": FOUND, "people": 5,
        "found": [{"level": "general", "description": "软管老化"}],
    }  # fmt: skip
    assert signed_in["auxiliary"].post("/gas/inspections", json=body).status_code == 403
    made = post(signed_in["desk"], "/gas/inspections", **body)
    assert post(signed_in["desk"], "/gas/inspections", **body) == made
    span = {"first": "2026-06-10", "last": "2026-06-10"}
    told = signed_in["planner"].get("/gas/inspections", params=span).json()
    assert {**told["figures"], "ids": None} == {
        "inspections": 1, "turnouts": 5, "users": 1, "general": 1, "major": 0, "closed": 0, "ids": None,
    }  # fmt: skip
    assert told["inspections"][0]["hazards"] == made["hazards"]
    with served.client() as nobody:
        for name in ("gas_user", "supply_point", "hazard"):
            assert nobody.get(f"/collections/{name}/items").status_code == 404
            assert name not in nobody.get("/collections").text


def test_supplies_are_moved_by_whole_units_and_never_short(signed_in: dict[str, httpx.Client]) -> None:
    planner, squad = signed_in["planner"], signed_in["officer"]
    items = {"csv": "物资编码,物资名称,单位,最低储备\nSAND,沙袋,袋,50\n"}
    assert planner.put("/cases/tables/supply_items", json=items).status_code == 200
    moved: dict[str, Any] = {"point": "K1", "item": "SAND", "moved_at": FOUND}
    body: dict[str, Any] = {"uid": str(uuid7()), "kind": "receive", "quantity": 40, **moved}
    assert squad.post("/supplies/moves", json=body).status_code == 403
    assert post(planner, "/supplies/moves", **body)["left"] == 40
    assert post(planner, "/supplies/moves", **body)["left"] == 40
    out = post(planner, "/supplies/moves", uid=str(uuid7()), kind="hand_out", quantity=15, **moved)
    refused = post(planner, "/supplies/moves", 409, uid=str(uuid7()), kind="hand_out", quantity=26, **moved)
    assert refused["code"] == "supplies.short" and "25" in refused["detail"]
    back: dict[str, Any] = {"uid": str(uuid7()), "kind": "give_back", "quantity": 5, "of_move": out["move"], **moved}
    assert post(planner, "/supplies/moves", **back)["left"] == 30
    (lot,) = squad.get("/supplies/equations", params={"first": "2026-06-10", "last": "2026-06-10"}).json()["equations"]
    assert lot["holds"] and (lot["opening"], lot["receive"], lot["closing"]) == (0, 40, 30)
    told = squad.get("/supplies/stock").json()
    assert told["stock"][0]["quantity"] == 30 and told["low"][0]["least"] == 50
    assert len(squad.get("/supplies/moves").json()["moves"]) == 3
    near = squad.get("/supplies/near", params={"item": "SAND", "quantity": 30, "lon": 118.0, "lat": 28.304}).json()
    assert near["points"][0]["point"] == "K1"
    swapped = squad.get("/supplies/near", params={"item": "SAND", "lon": 28.3, "lat": 118.0})
    assert swapped.status_code == 422 and swapped.json()["code"] == "locate.swapped"
    assert squad.get("/supplies/on-call").json() == {"on_call": []}

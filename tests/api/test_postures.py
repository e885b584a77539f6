"""Postures, campaigns and risk assessments over HTTP: who may, what is refused, and in whose words."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.uids import uuid7
from tests import clock

EAST: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[118.006, 28.29], [118.01, 28.29], [118.01, 28.294], [118.006, 28.294], [118.006, 28.29]]],
}
NOW = "2026-03-01T09:00:00+08:00"
POINT: dict[str, Any] = {"lon": 118.008, "lat": 28.292}


def posture(code: str, **changed: Any) -> dict[str, Any]:
    body = {
        "code": code, "name": f"保障{code}", "kind": "exam", "first_on": "2027-06-07", "last_on": "2027-06-09",
        "opening": "07:00-18:30", "geometry": EAST,
    }  # fmt: skip
    return {**body, **changed}


def made(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def today() -> str:
    return dt.datetime.now(dt.UTC).isoformat()


@pytest.fixture(scope="module")
def person(database: Database, signed_in: dict[str, httpx.Client]) -> str:
    """Somebody of the first squad of the county of tests."""
    tenant = signed_in["planner"].get("/session").json()["tenant"]
    with database.begin(tenant) as session:
        session.execute(
            text(
                "INSERT INTO staff (tenant, code, name, kind, org_unit_id) SELECT :t, 'LX01', '员', 'regular', id"
                " FROM org_unit WHERE tenant = :t AND code = 'S1' ON CONFLICT DO NOTHING"
            ),
            {"t": tenant},
        )
    return "LX01"


def test_a_posture_is_drafted_approved_and_asked_for_by_place_and_time(signed_in: dict[str, httpx.Client]) -> None:
    planner, officer = signed_in["planner"], signed_in["officer"]
    drafted = made(planner.post("/postures", json=posture("A1")), 201)
    assert drafted["status"] == "draft" and {one["code"] for one in drafted["checks"]} == {"noise", "stalls", "parking"}
    assert planner.post("/postures", json=posture("A1")).status_code == 409
    step = made(planner.post("/postures/A1/steps", json={"step": "approve", "at": today()}))
    assert step["status"] == "approved" and not step["in_force"] and step["open_steps"] == ["withdraw"]
    inside: dict[str, Any] = {**POINT, "at": "2027-06-07T10:00:00+08:00", "code": "04-05"}
    assert [one["code"] for one in made(officer.get("/postures/here", params=inside))["postures"]] == ["A1"]
    for other in ({"at": "2027-06-07T19:00:00+08:00"}, {"lat": 28.296}):
        assert made(officer.get("/postures/here", params={**inside, **other}))["postures"] == []
    listed = made(officer.get("/postures", params={"first": "2027-06-09", "days": 1}))["postures"]
    assert [one["code"] for one in listed] == ["A1"]
    drawn = made(officer.get("/collections/posture/items", params={"code": "A1"}))
    assert drawn["features"][0]["properties"]["status"] == "approved"
    suggested = made(officer.get("/postures/suggestions", params={"days": 400}))["suggestions"]
    assert "2027-06-07" not in {one["first_on"] for one in suggested}
    assert "2027-06-14" in {one["first_on"] for one in suggested}
    assert planner.put("/postures/A1/rules", json={"rules": []}).status_code == 409
    assert officer.get("/postures/A1/report").status_code == 409


def test_a_contradiction_is_said_in_the_callers_language(signed_in: dict[str, httpx.Client]) -> None:
    planner = signed_in["planner"]
    days = {"first_on": "2027-10-01", "last_on": "2027-10-02"}
    made(planner.post("/postures", json=posture("B1", **days)), 201)
    made(planner.post("/postures/B1/steps", json={"step": "approve", "at": today()}))
    allow = [{"kind": "allow", "target": "04-05", "value": 60}]
    told = made(planner.post("/postures", json=posture("B2", kind="festival", rules=allow, **days)), 201)
    assert [(one["other"], one["rule"]["kind"]) for one in told["clashes"]] == [("B1", "allow")]
    for language, words in (("zh", "相互矛盾"), ("en", "contradicts")):
        order = {"step": "approve", "at": today()}
        refused = planner.post("/postures/B2/steps", json=order, headers={"Accept-Language": language})
        assert refused.status_code == 409 and words in refused.json()["detail"] and "保障B1" in refused.json()["detail"]
    assert made(planner.post("/postures/B2/steps", json={"step": "approve", "at": today(), "note": "另一侧"}))
    called_off = made(planner.post("/postures/B2/steps", json={"step": "withdraw", "at": today(), "note": "取消"}))
    assert called_off["status"] == "withdrawn"


def test_the_sweep_is_noted_in_ones_own_area_and_the_route_is_previewed(signed_in: dict[str, httpx.Client]) -> None:
    planner = signed_in["planner"]
    made(planner.post("/postures", json=posture("C1", kind="inspection")), 201)
    body = {"item": "ads", "result": "hazard", "hazards": 2, "at": NOW}
    assert signed_in["auxiliary"].post("/postures/C1/checks", json=body).status_code == 404  # of 片区 W, this is E
    checks = made(planner.post("/postures/C1/checks", json=body))["checks"]
    assert [(one["code"], one["hazards"]) for one in checks if one["result"]] == [("ads", 2)]
    assert planner.post("/postures/C1/checks", json={**body, "hazards": 0}).status_code == 422
    route = made(planner.get("/postures/C1/route", params={"tier": ["main", "lane"]}))
    assert route["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    "changed",
    [
        {"geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 2]]]}}, {"opening": "sometimes"},
        {"last_on": "2027-06-01"}, {"rules": [{"kind": "zone", "target": "shop", "word": "on"}]},
        {"geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}},
    ],
)  # fmt: skip
def test_a_posture_that_cannot_be_is_refused(signed_in: dict[str, httpx.Client], changed: dict[str, Any]) -> None:
    assert signed_in["planner"].post("/postures", json=posture("X1", **changed)).status_code == 422


def test_a_campaign_waits_for_an_assessment_that_somebody_else_approved(
    signed_in: dict[str, httpx.Client], person: str
) -> None:
    planner, administrator = signed_in["planner"], signed_in["administrator"]
    body = {
        "code": "K1", "name": "占道整治", "goal": "主街不占道", "codes": ["04-05"], "first_on": "2026-03-02",
        "last_on": "2026-03-15", "geometry": EAST, "teams": [{"unit": "S1", "leader": person, "people": 4}],
    }  # fmt: skip
    drafted = made(planner.post("/campaigns", json=body), 201)
    assert drafted["districts"] == ["E"] and [one["code"] for one in drafted["lacks"]] == ["risks.none"]
    refused = planner.post("/campaigns/K1/steps", json={"step": "assess", "at": today()})
    assert refused.status_code == 409 and "风险评估" in refused.json()["detail"]
    risk = {"number": "R1", "about": "campaign", "title": "评估", "campaign": "K1"}
    made(planner.post("/risks", json={**risk, "valid_from_on": "2026-01-01", "valid_to_on": "2099-12-31"}), 201)
    point = {"point": "聚集", "source": "商户多", "measure": "分批", "level": "low"}
    content = {"points": [point], "level": "low", "plan": "预案", "budget_yuan": 0, "conclusion": "go_ahead"}
    assert made(planner.put("/risks/R1", json=content))["missing"] == []
    made(planner.post("/risks/R1/steps", json={"step": "submit", "at": today()}))
    assert planner.post("/risks/R1/steps", json={"step": "approve", "at": today()}).status_code == 403
    assert made(administrator.post("/risks/R1/steps", json={"step": "approve", "at": today()}))["state"] == "approved"
    for name in ("assess", "approve", "start"):
        state = made(planner.post("/campaigns/K1/steps", json={"step": name, "at": today()}))["state"]
    assert state == "running"
    effort = {
        "uid": str(uuid7()),
        "on_date": dt.datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat(),
        "people": 5,
    }
    assert signed_in["auxiliary"].post("/campaigns/K1/efforts", json=effort).status_code == 404
    assert planner.post("/campaigns/K1/efforts", json=effort).status_code == 204
    assert signed_in["auxiliary"].get("/campaigns/K1").status_code == 404
    figures = made(planner.get("/campaigns/K1/figures"))
    assert figures["half_life"] == {"days": None, "verdict": "not_tested"} and not figures["complete"]
    assert len(made(planner.get("/campaigns/weeks", params={"first": "2026-03-02", "weeks": 3}))["weeks"]) == 3
    assert [one["code"] for one in made(planner.get("/campaigns"))["campaigns"]] == ["K1"]
    assert made(signed_in["auxiliary"].get("/campaigns"))["campaigns"] == []
    assert [one["number"] for one in made(planner.get("/risks", params={"state": "approved"}))["risks"]] == ["R1"]


def test_a_report_is_the_same_bytes_whenever_it_is_asked(signed_in: dict[str, httpx.Client]) -> None:
    planner = signed_in["planner"]
    on = clock.today()
    days = {"first_on": (on - dt.timedelta(days=1)).isoformat(), "last_on": (on + dt.timedelta(days=1)).isoformat()}
    made(planner.post("/postures", json=posture("D1", opening=None, **days)), 201)
    made(planner.post("/postures/D1/steps", json={"step": "approve", "at": today()}))
    assert made(planner.get("/postures/D1"))["in_force"]
    off = {"step": "withdraw", "at": today(), "note": "结束"}
    made(planner.post("/postures/D1/steps", json=off))
    first, second = (planner.get("/postures/D1/report").content for _ in range(2))
    assert first == second and json.loads(first)["checks"] == {"hazards": 0, "items": 3, "looked_at": 0}

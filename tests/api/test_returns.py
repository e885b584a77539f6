"""Returns over HTTP: who reads them, who asks for a study, what an operation must say."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from geo.db.engine import Database
from geo.hotspots.recurrence import queries
from tests.api.conftest import Callers, Served

OPERATION = {
    "key": "op-1", "name": "校门口整治", "kind": "campaign", "from_at": "2026-03-02T08:00:00+08:00",
    "to_at": "2026-03-04T18:00:00+08:00", "point": [118.0, 28.3], "radius_m": 80, "codes": ["0201"],
}  # fmt: skip


@pytest.fixture(scope="module")
def study(database: Database, served: Served) -> int:
    """A study with a curve, a rate, a zone, and a chance with its reason."""
    facts = {
        "record_from_at": "2026-03-01T00:00:00Z", "record_to_at": "2026-03-10T00:00:00Z", "radius_m": 50,
        "within_s": 86_400, "events": 10, "closings": 10, "links": 1, "made_by": "planner",
    }  # fmt: skip
    point: dict[str, list[Any]] = {
        "code": ["*"], "place_class": ["school"], "t_min": [60], "p": [0.3], "lower": [0.2], "upper": [0.4],
        "seen": [0.35], "by_chance": [0.07], "n": [120],
    }  # fmt: skip
    rate = {
        "level": "district", "key": "W", "name": "西片区", "closings": 40, "followed": 20, "expected": 10.0,
        "ratio": 2.0, "lower": 1.5, "upper": 2.7, "verdict": "more",
    }  # fmt: skip
    from pandas import DataFrame
    from sqlalchemy import text

    with database.begin(served.tenant) as session:
        number = queries.insert_study(session, facts, {}, {})
        queries.insert_curves(session, number, point)
        queries.insert_rates(session, number, [rate])
        event = session.execute(text("SELECT min(id) FROM event")).scalar_one()
        row = {
            "event_id": event, "closed_s": 1.77e9, "place_class": "school", "district_code": "W", "p": 0.7,
            "expected": 0.2, "listed": True, "followed": None, "r1": "here", "r2": "history", "r3": "", "e1": 1.2,
            "e2": -0.4, "e3": 0.0, "here": 7, "closings": 6, "returned": 1, "open": 0, "around": 9, "last_h": 3.0,
            "handling_h": 0.4,
        }  # fmt: skip
        queries.insert_chances(session, number, DataFrame([row]))
        zone = session.execute(text("SELECT min(id) FROM hotspot_zone")).scalar_one()
        hazard = {"zone_id": zone, "kind": "school", "events": 9, "returns": 3.0, "active_min": None, "p_return": 0.3}
        hazard |= {name: [0.1] * 168 for name in ("per_hour", "per_hour_lower", "per_hour_upper")}
        hazard |= {"rho_min": 20.0, "rho_lower_min": 15.0, "rho_upper_min": 27.0}
        queries.insert_hazards(session, number, [hazard])
    return number


def test_staff_read_the_study_and_the_reasons_in_their_language(signed_in: dict[str, httpx.Client], study: int) -> None:
    client = signed_in["auxiliary"]
    assert client.get("/returns").json()["id"] == study
    assert client.get("/returns/curves").json()["points"][0]["p"] == 0.3
    (rate,) = client.get("/returns/rates").json()["rates"]
    assert (rate["rate"], rate["expected"], rate["lower"], rate["upper"]) == (0.5, 0.25, 0.375, 0.675)
    (zone,) = client.get("/returns/zones").json()["zones"]
    assert len(zone["per_hour"]) == 168 and zone["rho_min"] == 20.0
    (again,) = client.get("/returns/reinspections", headers={"Accept-Language": "en"}).json()
    assert [reason["sentence"] for reason in again["reasons"]] == [
        "▲ 7 here within a year", "▼ 6 closings of the kind here, 1 of them followed",
    ]  # fmt: skip
    told = client.get(f"/returns/chances/{again['event']}").json()
    assert told["reasons"][0]["sentence"] == "▲ 此处一年内已有 7 件" and told["p"] == pytest.approx(0.7)
    assert client.get("/returns/chances/999999999").status_code == 404


def test_nobody_else_reads_returns(served: Served, callers: Callers, signed_in: dict[str, httpx.Client]) -> None:
    for path in ("/returns", "/returns/curves", "/returns/rates", "/returns/zones", "/returns/reinspections"):
        with served.client() as public:
            assert public.get(path).status_code == 401, path
        with served.client(callers.nothing) as stranger:
            assert stranger.get(path).status_code == 403, path


def test_planners_ask_for_studies_and_note_operations(signed_in: dict[str, httpx.Client]) -> None:
    answer = signed_in["planner"].post("/returns", json={"within_hours": 24})
    assert answer.status_code == 202, answer.text
    assert answer.json()["arguments"] == {"within_s": 86_400, "radius_m": 30.0}
    signed_in["planner"].post(f"/jobs/{answer.json()['id']}/cancel")
    assert signed_in["officer"].post("/returns", json={}).status_code == 403
    noted = signed_in["planner"].post("/displacement", json=OPERATION)
    assert noted.status_code == 201, noted.text
    assert signed_in["planner"].post("/displacement", json=OPERATION).json() == noted.json()
    assert signed_in["leader"].post("/displacement", json=OPERATION).status_code == 403
    assert signed_in["leader"].get("/displacement").json() == {"tests": []}


@pytest.mark.parametrize(
    "change",
    [{"kind": "party"}, {"from_at": "2026-03-02T08:00:00"}, {"to_at": OPERATION["from_at"]}, {"radius_m": 0}, {"x": 1},
     {"ring": [[118, 28], [118, 29], [119, 29], [118, 28]]}, {"key": ""}, {"point": [200, 28]}],
)  # fmt: skip
def test_operations_that_make_no_sense_are_refused(signed_in: dict[str, httpx.Client], change: dict[str, Any]) -> None:
    answer = signed_in["planner"].post("/displacement", json={**OPERATION, **change})
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json", answer.text

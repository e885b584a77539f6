"""Values that no route can use: refused at the door, named, in the caller's language, never an internal error."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from api.app import create_app
from geo.settings import Settings
from geo.uids import uuid7
from tests.api.conftest import Served

GIVEN: dict[str, Any] = {
    "lon": 117.99, "lat": 28.29, "first": "2026-06-01", "last": "2026-06-30", "from": "2026-06-01", "to": "2026-06-30",
    "on": "2026-06-01", "purpose": "复核", "year": 2026, "item": "SAND",
    "kind": "day",
}  # fmt: skip
FAR = ("0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00")


@pytest.fixture(scope="module")
def asked(settings: Settings) -> list[tuple[str, str, dict[str, Any]]]:
    """Path, name and other parameters of each parameter of a GET route that is a day or moment."""
    found = []
    for path, operations in create_app(settings).openapi()["paths"].items():
        parameters = operations.get("get", {}).get("parameters", [])
        names = [one["name"] for one in parameters if one["in"] == "query"]
        other = {name: value for name, value in GIVEN.items() if name in names}
        days = [one["name"] for one in parameters if one["in"] == "query" and '"date' in json.dumps(one["schema"])]
        found += [(path, name, other) for name in days if "{" not in path]
    return found


def test_no_day_is_past_what_the_calendar_can_count(
    asked: list[tuple[str, str, dict[str, Any]]], signed_in: dict[str, httpx.Client]
) -> None:
    assert len(asked) > 40
    for path, name, other in asked:
        for value in FAR:
            answer = signed_in["administrator"].get(path, params={**other, name: value})
            assert answer.status_code == 400, (path, name, value, answer.text)
            facts = answer.json()["facts"]
            assert facts["name"] == name and facts["why"], answer.text


def test_the_refusal_says_the_bound_in_the_callers_language(signed_in: dict[str, httpx.Client]) -> None:
    asked = {"first": "9999-12-31", "last": "9999-12-31"}
    client = signed_in["planner"]
    said = client.get("/worksites/checks", params=asked).json()
    assert said["facts"] == {"name": "first", "why": "应不大于 2200-12-31"}
    said = client.get("/worksites/checks", params=asked, headers={"Accept-Language": "en"}).json()
    assert said["facts"]["why"] == "it should be at most 2200-12-31"


@pytest.mark.parametrize(
    "path", ["/ads/%00/hazards", "/restaurants/a%00b/cleanings", "/parking/%00/counts", "/restaurants/%00"]
)
def test_a_number_with_a_nul_is_no_number(path: str, signed_in: dict[str, httpx.Client]) -> None:
    method = "GET" if path.count("/") == 2 else "POST"
    answer = signed_in["planner"].request(method, path, json=None if method == "GET" else {})
    assert (answer.status_code, answer.json()["code"]) == (400, "query.invalid"), answer.text
    assert "NUL" in answer.json()["detail"]


def test_a_list_of_words_may_hold_no_nul(signed_in: dict[str, httpx.Client]) -> None:
    answer = signed_in["planner"].get("/complaints?state=received&state=%00")
    assert (answer.status_code, answer.json()["facts"]["name"]) == (400, "state"), answer.text


def test_a_time_without_a_zone_is_asked_again(signed_in: dict[str, httpx.Client]) -> None:
    answer = signed_in["planner"].get("/complaints", params={"due_before": "2026-06-10T14:00:00"})
    assert answer.status_code == 400 and answer.json()["facts"]["name"] == "due_before", answer.text


def test_a_body_with_an_endless_day_is_refused(served: Served, signed_in: dict[str, httpx.Client]) -> None:
    body = {
        "uid": str(uuid7()), "category": "bridge", "level": "major", "found_at": "0001-01-01T00:00:00+14:00",
        "lon": 117.99, "lat": 28.29,
    }  # fmt: skip
    answer = signed_in["leader"].post("/hazards", json=body)
    assert answer.status_code == 422 and answer.json()["code"] == "query.invalid", answer.text
    assert "年份" in answer.json()["detail"]
    del body["found_at"]
    late = signed_in["leader"].post("/hazards", json={**body, "found_at": "9999-12-31T23:59:59Z"})
    assert late.status_code == 422, late.text

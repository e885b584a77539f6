"""Choices of sites over HTTP: asked for, read with the sentence, adopted; only by those who plan."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from api.jobs.proposals import plan_sites
from geo.db.engine import Database
from tests.api.conftest import Callers, Served

PATH = "/sites/plans"
ORDER = {
    "purpose": "vendor_relief", "p": 1, "radius_m": 150, "codes": ["0201"], "rules": ["hotspot_zone:kind=school<150"],
    "candidates": [{"lon": 118.0, "lat": 28.3, "name": "空地", "capacity": 4}, {"lon": 118.0095, "lat": 28.2995}],
}  # fmt: skip


@pytest.fixture(scope="module")
def plan(database: Database, served: Served, signed_in: dict[str, httpx.Client]) -> int:
    """A choice made by the worker's task from what a planner asked."""
    answer = signed_in["planner"].post(PATH, json=ORDER)
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    plan_sites(SimpleNamespace(additional_context={"database": database}), served.tenant, job)  # type: ignore[arg-type]
    done = signed_in["planner"].get(f"/jobs/{job}").json()
    assert done["state"] == "done", done
    return int(done["result"]["plan"])


def test_a_choice_is_read_with_its_sentence_and_every_candidate(signed_in: dict[str, httpx.Client], plan: int) -> None:
    planner, path = signed_in["planner"], f"{PATH}/{plan}"
    told = planner.get(path).json()
    assert [site["name"] for site in told["sites"]] == ["空地"] and told["summary"]["proven"]
    assert "已证明最优" in told["sentence"]
    assert "proven" in planner.get(path, headers={"Accept-Language": "en"}).json()["sentence"]
    features = planner.get(f"{path}/candidates").json()["features"]
    assert [feature["properties"]["rank"] for feature in features] == [1, None]
    assert features[1]["properties"]["reasons"][0]["name"] == "实验小学"
    assert plan in [row["id"] for row in planner.get(PATH).json()["plans"]]
    asked = planner.post(f"{path}/adopt")
    assert asked.status_code == 202 and asked.json()["kind"] == "adopt_sites"
    assert planner.post(f"/jobs/{asked.json()['id']}/cancel").status_code == 200


def test_staff_look_and_do_not_touch_and_others_see_nothing(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client], plan: int
) -> None:
    officer, path = signed_in["officer"], f"{PATH}/{plan}"
    assert officer.get(path).status_code == 200
    assert officer.post(PATH, json=ORDER).status_code == officer.post(f"{path}/adopt").status_code == 403
    with served.client() as nobody, served.client(callers.neighbour) as neighbour:
        assert nobody.get(path).status_code == 401 and neighbour.get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "parking"},
        {"p": 0},
        {"rules": ["school"]},
        {"walk_min": 0},
        {"candidates": [{"lon": 999, "lat": 0}]},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(signed_in: dict[str, httpx.Client], change: dict[str, Any]) -> None:
    answer = signed_in["planner"].post(PATH, json={**ORDER, **change})
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"

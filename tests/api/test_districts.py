"""Proposals of 片区 over HTTP: asked for, looked at, edited, adopted; only by those who plan, only in their county."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from api.jobs.proposals import recut_districts
from geo.db.engine import Database
from tests.api.conftest import Callers, Served

PATH = "/districts/proposals"


@pytest.fixture(scope="module")
def proposal(database: Database, served: Served, signed_in: dict[str, httpx.Client]) -> int:
    """A proposal made by the worker's task from what a planner asked."""
    order = {"load": "streets", "units": "unit_grid", "walls": {"main_road": "off"}, "goal": 2.0, "n": 2}
    answer = signed_in["planner"].post(PATH, json=order)
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    recut_districts(SimpleNamespace(additional_context={"database": database}), served.tenant, job)  # type: ignore[arg-type]
    done = signed_in["planner"].get(f"/jobs/{job}").json()
    assert done["state"] == "done", done
    return int(done["result"]["proposal"])


def read(client: httpx.Client, path: str) -> Any:
    """JSON of an allowed answer."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_planner_moves_units_and_sees_loads_and_pieces(signed_in: dict[str, httpx.Client], proposal: int) -> None:
    planner, path = signed_in["planner"], f"{PATH}/{proposal}"
    told = read(planner, path)
    assert {row["code"] for row in told["districts"]} == {"W", "E"} and told["whole"] and told["status"] == "draft"
    units = read(planner, f"{path}/units")["features"]
    assert len(units) == 4 and {unit["properties"]["code"] for unit in units} == {"W", "E"}
    first = next(unit["properties"] for unit in units if unit["properties"]["code"] == "W")
    order = {"units": [first["key"]], "to": "E", "revision": told["revision"]}
    moved = planner.post(f"{path}/moves", json=order)
    assert moved.status_code == 200 and moved.json()["edited_units"] == 1
    assert planner.post(f"{path}/moves", json=order).status_code == 409, "somebody else's revision"
    back = planner.post(f"{path}/moves", json={**order, "to": "W", "revision": None}).json()
    assert back["edited_units"] == 0 and back["districts"] == told["districts"]
    assert planner.post(f"{path}/moves", json={**order, "to": "Z", "revision": None}).status_code == 422
    assert planner.put(f"{path}/districts/W", json={"name": "西"}).status_code == 422, "W exists already"


def test_adopting_is_a_job_and_the_list_names_the_proposal(signed_in: dict[str, httpx.Client], proposal: int) -> None:
    planner = signed_in["planner"]
    assert proposal in [row["id"] for row in read(planner, PATH)["proposals"]]
    assert read(planner, f"{PATH}?before={proposal}")["proposals"] == []
    asked = planner.post(f"{PATH}/{proposal}/adopt")
    assert asked.status_code == 202 and asked.json()["kind"] == "adopt_districts"
    assert planner.post(f"/jobs/{asked.json()['id']}/cancel").status_code == 200
    assert planner.post(f"{PATH}/{1 << 40}/adopt").status_code == 404


def test_staff_look_and_do_not_touch_and_others_see_nothing(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client], proposal: int
) -> None:
    officer, path = signed_in["officer"], f"{PATH}/{proposal}"
    assert read(officer, path)["id"] == proposal
    for answer in (
        officer.post(PATH, json={}),
        officer.post(f"{path}/moves", json={"units": ["U00"], "to": "E"}),
        officer.post(f"{path}/adopt"),
    ):
        assert answer.status_code == 403
    with served.client() as nobody, served.client(callers.neighbour) as neighbour:
        assert nobody.get(path).status_code == 401
        assert neighbour.get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    "body",
    [
        {"n": 0},
        {"units": "village"},
        {"walls": {"railway": "hard"}},
        {"goal": 0.5},
        {"days": 1},
        {"lock_units": ["a\x00b"]},
        {"m": 3},
        [],
    ],
)
def test_an_order_that_makes_no_sense_is_refused(signed_in: dict[str, httpx.Client], body: Any) -> None:
    answer = signed_in["planner"].post(PATH, json=body)
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"

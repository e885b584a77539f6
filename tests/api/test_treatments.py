"""片区治理方案 over HTTP: from a suggestion to its evaluation, who may do what, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, text

from geo.db.engine import Database
from geo.patrol.treatment.actions import advance_treatments, get_treatment, take_step
from geo.tables.base import Base
from tests import clock
from tests.api.conftest import Callers, Served

PATH = "/patrol/treatments"


@pytest.fixture(scope="module")
def staffed(database: Database, served: Served) -> str:
    """The served county with an officer in the squad of 片区 W, a kind of shift and a post."""
    known = Base.metadata.tables
    with database.begin(served.tenant) as session:
        squad = session.execute(
            text("SELECT org_unit_id FROM patrol_district WHERE tenant = :t AND code = 'W'"), {"t": served.tenant}
        ).scalar_one()
        for table, row in (
            ("staff", {"code": "T1", "name": "赵六", "kind": "regular", "org_unit_id": squad}),
            ("shift_kind", {"code": "treat", "name": "白班", "start_time": dt.time(8), "end_time": dt.time(16)}),
            (
                "post",
                {
                    "code": "P-W", "name": "校门岗", "district_code": "W", "opening": "Mo-Fr 07:00-09:00",
                    "duty": "劝离", "effect": "占道减少", "geom": "SRID=4490;POINT(117.99 28.3)",
                },
            ),
        ):  # fmt: skip
            session.execute(insert(known[table]).values(tenant=served.tenant, **row))
    return served.tenant


def suggestion(client: httpx.Client, **changed: Any) -> dict[str, Any]:
    answer = client.get(f"{PATH}/suggestion?district=W")
    assert answer.status_code == 200, answer.text
    return {"district_code": "W", **answer.json(), **changed}


def test_a_plan_lives_from_suggestion_to_evaluation(
    signed_in: dict[str, httpx.Client], database: Database, staffed: str
) -> None:
    planner = signed_in["planner"]
    today = clock.today()
    body = suggestion(planner)
    with database.begin(staffed) as session:
        squad = session.execute(
            text("SELECT s.code FROM staff s JOIN patrol_district d ON d.tenant = s.tenant "
                 "AND d.org_unit_id = s.org_unit_id WHERE s.tenant = :t AND d.code = 'W'"), {"t": staffed},
        ).scalars().all()  # fmt: skip
    assert body["owner"] in squad and "P-W" in body["posts"]
    body |= {"owner": "T1", "posts": ["P-W"]}
    assert {target["measure"] for target in body["targets"]} >= {"posts_on_time"}
    body |= {"problems": [{"name": "占道", "codes": ["0201"]}], "targets": [{"measure": "events", "goal": 3}]}
    body |= {"from_on": str(today - dt.timedelta(days=9)), "to_on": str(today - dt.timedelta(days=3))}
    made = planner.post(PATH, json=body)
    assert made.status_code == 201, made.text
    plan = made.json()
    assert (plan["status"], plan["open_steps"]) == ("draft", ["approve", "withdraw"])
    number = plan["id"]

    def step(name: str) -> httpx.Response:
        return planner.post(f"{PATH}/{number}/steps", json={"step": name})

    assert step("start").status_code == 409
    approved = step("approve").json()
    assert approved["status"] == "approved" and approved["baseline"]["days"] == 7
    assert planner.put(f"{PATH}/{number}", json={**_content(body), "revision": 1}).status_code == 409
    assert step("start").json()["status"] == "running"
    assert step("end").json()["status"] == "ended"
    told = step("evaluate").json()
    assert told["status"] == "evaluated" and told["open_steps"] == []
    assert told["evaluation"]["verdicts"] == ["met"]
    assert [one["step"] for one in told["history"]] == ["draft", "approve", "start", "end", "evaluate"]
    assert signed_in["leader"].get(f"{PATH}/{number}").json()["title"] == body["title"]


def _content(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "district_code"}


def test_two_who_edit_one_draft_do_not_overwrite_each_other(signed_in: dict[str, httpx.Client], staffed: str) -> None:
    planner = signed_in["planner"]
    body = suggestion(planner)
    number = planner.post(PATH, json=body).json()["id"]
    first = planner.put(f"{PATH}/{number}", json={**_content(body), "title": "一", "revision": 1})
    second = planner.put(f"{PATH}/{number}", json={**_content(body), "title": "二", "revision": 1})
    assert (first.status_code, second.status_code) == (200, 409)
    assert planner.get(f"{PATH}/{number}").json()["title"] == "一"


def test_what_is_wrong_is_named(signed_in: dict[str, httpx.Client], staffed: str) -> None:
    planner = signed_in["planner"]
    for changed, word in (
        ({"owner": "nobody"}, "nobody"),
        ({"posts": ["P-none"]}, "P-none"),
        ({"district_code": "none"}, "none"),
        ({"streets": [{"name": "x", "road_ids": [10**12], "passes": 1}]}, str(10**12)),
        ({"frequency": [{"shift_code": "dusk", "weekdays": ["Mo"]}]}, "dusk"),
        ({"mistyped": 1}, "mistyped"),
    ):
        answer = planner.post(PATH, json=suggestion(planner, **changed))
        assert answer.status_code in (400, 404, 422), answer.text
        assert word in answer.text
    bare = planner.post(PATH, json=suggestion(planner, problems=[], targets=[])).json()["id"]
    refused = planner.post(f"{PATH}/{bare}/steps", json={"step": "approve"})
    assert refused.status_code == 422 and "problems" in refused.text


def test_who_walks_reads_and_only_people_who_plan_write(
    served: Served, signed_in: dict[str, httpx.Client], callers: Callers, staffed: str
) -> None:
    body = suggestion(signed_in["planner"])
    number = signed_in["planner"].post(PATH, json=body).json()["id"]
    for role in ("officer", "desk"):
        assert signed_in[role].get(f"{PATH}/{number}").status_code == 200
        assert signed_in[role].post(PATH, json=body).status_code == 403
        assert signed_in[role].post(f"{PATH}/{number}/steps", json={"step": "approve"}).status_code == 403
    with served.client(callers.neighbour) as neighbour:
        assert neighbour.get(f"{PATH}/{number}").status_code == 404
    with served.client(callers.nothing) as nobody:
        assert nobody.get(PATH).status_code == 403


def test_the_clock_starts_what_is_due_and_ends_what_ran_before(
    signed_in: dict[str, httpx.Client], database: Database, staffed: str
) -> None:
    planner = signed_in["planner"]
    today = clock.today()
    numbers = []
    for days in (1, 3):
        first = today + dt.timedelta(days=days)
        body = suggestion(planner, from_on=str(first), to_on=str(first + dt.timedelta(days=10)))
        body |= {"problems": [{"name": "占道"}], "targets": [{"measure": "events", "goal": 3}]}
        numbers.append(planner.post(PATH, json=body).json()["id"])
        assert planner.post(f"{PATH}/{numbers[-1]}/steps", json={"step": "approve"}).status_code == 200
    early = planner.post(f"{PATH}/{numbers[0]}/steps", json={"step": "start"})
    assert early.status_code == 409
    with database.begin(staffed) as session:  # as if those days had come
        session.execute(
            text("UPDATE treatment SET from_on = from_on - 5 WHERE tenant = :t AND status = 'approved'"), {"t": staffed}
        )
        assert advance_treatments(session, staffed, today) == numbers
        states = [get_treatment(session, staffed, number)["status"] for number in numbers]
        assert states == ["ended", "running"]
        take_step(session, staffed, numbers[1], "end", "test")

"""A focus's price and ways of patrolling as jobs: asked over HTTP, watched, stopped, begun again after a death."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import text

from api.jobs import trials
from api.jobs.actions import Run, cancel_job, get_job, request_job
from api.schemas.trials import Policy
from geo.db.counties import create_county, get_county
from geo.db.engine import Database
from geo.errors import Unavailable
from geo.patrol.demand.book.rules import add_focus
from geo.patrol.simulate.policies import POLICIES
from tests.api.conftest import Served
from tests.postgis.test_patrol_actions import EXTENT, MONDAY
from tests.postgis.test_simulate_actions import lay_out

SHORT = {"days": 2, "seed": 1, "seeds": 2, "iterations": 5, "error": 0.5, "planted": False}


@pytest.fixture(scope="module")
def place(database: Database) -> str:
    """A county of four markets with people on duty, one of them under a focus."""
    tenant = create_county(database, f"7{secrets.randbelow(100_000):05d}", "测试县", EXTENT).code
    lay_out(database, tenant, 4)
    with database.begin(tenant) as session:
        zone = session.execute(
            text("SELECT source_key FROM hotspot_zone WHERE tenant = :t ORDER BY id LIMIT 1"), {"t": tenant}
        ).scalar_one()
        day = dt.timedelta(1)
        add_focus(session, tenant, "F1", "创卫", "局长", MONDAY, MONDAY + day, 300, zone=zone, area=None)
    return tenant


def asked(database: Database, tenant: str, kind: str, **arguments: Any) -> int:
    """A job that waits."""
    with database.begin(tenant) as session:
        return int(request_job(session, tenant, kind, {"date": MONDAY.isoformat(), **arguments}, "planner").id)


def run(database: Database, tenant: str, job: int, task: Callable[..., None]) -> tuple[str, float, Any]:
    """Let a worker do it: state, progress, result."""
    task(type("Context", (), {"additional_context": {"database": database}})(), tenant, job)
    return seen(database, tenant, job)


def seen(database: Database, tenant: str, job: int) -> tuple[str, float, Any]:
    """State, progress, result of a job."""
    with database.begin(tenant) as session:
        row = get_job(session, tenant, job)
        return row.state, row.progress, row.result


def test_ways_of_patrolling_are_lived_by_a_job_which_a_dead_worker_leaves_to_the_next(
    database: Database, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = {"shift": "day", "policies": ["static_rota", "myopic_greedy"], **SHORT}
    job = asked(database, place, "simulate_shift", **order)
    report, told = Run.report, []

    def dies(self: Run, progress: float) -> None:
        self._next_report = 0.0
        report(self, progress)
        told.append(progress)
        if progress >= 0.5:
            raise Unavailable("db.away")

    with monkeypatch.context() as patched, pytest.raises(Unavailable):
        patched.setattr(Run, "report", dies)
        run(database, place, job, trials.simulate_shift)
    assert told == sorted(told) and told[-1] == 0.5
    assert seen(database, place, job)[:2] == ("running", 0.5)
    state, progress, found = run(database, place, job, trials.simulate_shift)
    assert (state, progress, sorted(found)) == ("done", 1.0, ["about", "myopic_greedy", "static_rota"])
    again = asked(database, place, "simulate_shift", **order)
    assert json.dumps(run(database, place, again, trials.simulate_shift)[2]) == json.dumps(found)
    assert found["about"]["seeds"] == [1, 2] and 0 < found["myopic_greedy"]["suppressed"] < 1


def test_a_trial_stops_at_its_next_step_when_somebody_asks(
    database: Database, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, task, more in (
        ("simulate_shift", trials.simulate_shift, {"policies": ["static_rota", "ours"], **SHORT}),
        ("price_focus", trials.price_focus, {"focus": "F1", "seed": 1, "iterations": 5}),
    ):
        job = asked(database, place, kind, shift="day", **more)
        report, told = Run.report, []

        def cancels(self: Run, progress: float, job: int = job, report: Any = report, told: Any = told) -> None:
            if told and told[-1] < progress:
                with database.begin(place) as session:
                    if not get_job(session, place, job).cancel_asked:
                        cancel_job(session, place, job, "planner")
            told.append(progress)
            self._next_report = 0.0
            report(self, progress)

        with monkeypatch.context() as patched:
            patched.setattr(Run, "report", cancels)
            assert run(database, place, job, task)[0] == "cancelled", kind
        assert len({one for one in told if one}) == 1, "nothing was done after the word"


def test_a_focus_is_priced_by_a_job_and_the_price_is_the_same_again(database: Database, place: str) -> None:
    order = {"focus": "F1", "shift": "day", "seed": 1, "iterations": 5}
    state, progress, found = run(database, place, asked(database, place, "price_focus", **order), trials.price_focus)
    assert (state, progress) == ("done", 1.0)
    assert found["gained"] >= 0 and found["lost"] >= 0 and set(found) == {"gained", "lost", "dropped", "added"}
    assert run(database, place, asked(database, place, "price_focus", **order), trials.price_focus)[2] == found
    late = {**order, "date": (MONDAY + dt.timedelta(3)).isoformat()}
    job = asked(database, place, "price_focus", **late)
    assert run(database, place, job, trials.price_focus)[0] == "failed"
    with database.begin(place) as session:
        assert (get_job(session, place, job).problem or {})["code"] == "demand.focus_not_in_force"


def test_trials_are_asked_for_over_http_by_those_who_plan(
    signed_in: dict[str, httpx.Client], served: Served, database: Database
) -> None:
    planner = signed_in["planner"]
    with database.begin(served.tenant) as session:
        today = get_county(session, served.tenant).today()
        session.execute(
            text(
                "INSERT INTO shift_kind (tenant, code, name, start_time, end_time) "
                "VALUES (:t, 'trial', '试班', '08:00', '16:00')"
            ),
            {"t": served.tenant},
        )
        zone = session.execute(
            text("SELECT source_key FROM hotspot_zone WHERE tenant = :t LIMIT 1"), {"t": served.tenant}
        ).scalar_one()
        add_focus(session, served.tenant, "TRIAL", "创卫", "局长", today, today, 200, zone=zone, area=None)
    shift = {"date": today.isoformat(), "shift": "trial"}
    price = planner.post("/patrol/focuses/TRIAL/price", json=shift)
    lived = planner.post("/patrol/simulations", json={**shift, "policies": ["ours"], "days": 3})
    for answer, kind in ((price, "price_focus"), (lived, "simulate_shift")):
        assert (answer.status_code, answer.json()["kind"]) == (202, kind), answer.text
        listed = planner.get("/jobs", params={"kind": kind, "limit": 1}).json()["jobs"]
        assert [one["id"] for one in listed] == [answer.json()["id"]]
        assert planner.post(f"/jobs/{answer.json()['id']}/cancel").json()["state"] == "cancelled"
    assert price.json()["arguments"] == {"focus": "TRIAL", **shift, "seed": 1, "iterations": 300}
    tomorrow = {**shift, "date": (today + dt.timedelta(1)).isoformat()}
    assert planner.post("/patrol/focuses/TRIAL/price", json=tomorrow).json()["code"] == "demand.focus_not_in_force"
    for body in ({**shift, "policies": ["best"]}, {**shift, "days": 401}, {**shift, "policies": []}):
        assert planner.post("/patrol/simulations", json=body).status_code == 422, body
    assert signed_in["leader"].post("/patrol/simulations", json=shift).status_code == 403


def test_every_policy_there_is_can_be_asked_for() -> None:
    assert get_args(Policy) == tuple(POLICIES)

"""What one more buys in a county's shift: asked over HTTP, computed by the job, stopped when asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text

from api.jobs import rosters
from api.jobs.actions import request_job
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.errors import Cancelled
from geo.patrol.people.weigh import weigh_staff
from tests.api.county import fill

VALID = (dt.date(2020, 1, 1), dt.date(2035, 1, 1))


@pytest.fixture
def manned(database: Database, make_county: Callable[..., str]) -> tuple[str, dt.date]:
    """The county of the API's tests with three regulars, one licensed, and one auxiliary on a shift of today."""
    tenant = make_county((117.9, 28.2, 118.1, 28.4))
    fill(database, tenant)
    with database.begin(tenant) as session:
        today = get_county(session, tenant).today()
        session.execute(
            text(
                "INSERT INTO shift_kind (tenant, code, name, start_time, end_time) "
                "VALUES (:t, 'day', '日班', '08:30', '12:30')"
            ),
            {"t": tenant},
        )
        for number, kind in enumerate(["regular", "regular", "regular", "auxiliary"]):
            held = dict(zip(("first", "last"), VALID if not number else (None, None), strict=True))
            session.execute(
                text(
                    "WITH one AS (INSERT INTO staff (tenant, code, name, kind, licence_no, licence_from_on, "
                    "licence_to_on) VALUES (:t, :code, '某', :kind, :licence, :first, :last) RETURNING id) "
                    "INSERT INTO duty (tenant, on_date, shift_code, staff_id, role) "
                    "SELECT :t, :on, 'day', id, 'member' FROM one"
                ),
                {
                    "t": tenant,
                    "code": f"W{number}",
                    "kind": kind,
                    "on": today,
                    "licence": None if number else "L",
                    **held,
                },
            )
    return tenant, today


def test_the_job_says_what_one_more_of_each_buys_and_its_progress(
    database: Database, manned: tuple[str, dt.date]
) -> None:
    tenant, today = manned
    arguments = {"date": today.isoformat(), "shift": "day", "iterations": 2, "seeds": [1]}
    with database.begin(tenant) as session:
        job = request_job(session, tenant, "weigh_staff", arguments, "planner").id
    context = type("Context", (), {"additional_context": {"database": database}})()
    rosters.weigh_staff(context, tenant, job)
    with database.begin(tenant) as session:
        state, found = session.execute(
            text("SELECT state, result FROM job WHERE tenant = :t AND id = :j"), {"t": tenant, "j": job}
        ).one()
    assert state == "done"
    assert [one["what"] for one in found["gains"]] == ["auxiliary", "regular", "licensed", "licence", "ebike", "car"]
    assert (found["people"], found["licences"], found["seeds"]) == (4, 1, [1])
    assert found["now"]["served"] > 0
    told: list[tuple[int, int]] = []
    again = weigh_staff(
        database, tenant, today, "day", iterations=2, seeds=(1,), progress=lambda done, of: told.append((done, of))
    )
    assert again == found, "the same figures another time"
    assert told == sorted(told) and told[0] == (0, 7) and all(done <= of for done, of in told)


def test_weighing_stops_when_somebody_asks(database: Database, manned: tuple[str, dt.date]) -> None:
    def stop(done: int, _: int) -> None:
        if done == 1:
            raise Cancelled("jobs.cancelled")

    with pytest.raises(Cancelled):
        weigh_staff(database, *manned, "day", iterations=2, seeds=(1,), progress=stop)


def test_a_shift_nobody_knows_and_a_budget_without_end_are_refused(signed_in: dict[str, httpx.Client]) -> None:
    planner = signed_in["planner"]
    order = {"date": "2026-11-23", "shift": "no such"}
    assert planner.post("/patrol/worth", json=order).json()["code"] == "patrol.unknown_shift"
    assert planner.post("/patrol/worth", json={**order, "iterations": 1_000_000}).status_code == 422

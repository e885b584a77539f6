"""Plans over HTTP: who sees which part of them, and in which form."""

from __future__ import annotations

import datetime as dt
from typing import Any

import defusedxml.ElementTree
import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from geo.db.engine import Database
from geo.patrol.mixture.actions import label_of
from geo.patrol.mixture.seal import draw, seal_of
from geo.tables.base import Base
from tests import clock
from tests.api.conftest import Callers, Served

TODAY = clock.today().isoformat()
STARTS = dt.datetime(2026, 3, 1, 0, tzinfo=dt.UTC)


def add(session: Session, table: str, **values: Any) -> int:
    """Insert a row and return its id."""
    known = Base.metadata.tables[table]
    return int(session.execute(insert(known).values(**values).returning(known.c.id)).scalar_one())


@pytest.fixture(scope="module")
def plans(database: Database, served: Served) -> dict[str, int]:
    """A draft and a published plan with a local team in each 片区 and a roaming one."""
    tenant = served.tenant
    with database.begin(tenant) as session:
        add(session, "shift_kind", tenant=tenant, code="day", name="日班", start_time=dt.time(8), end_time=dt.time(16))
        staff = [
            add(session, "staff", tenant=tenant, code=f"S{n}", name=f"张三{n}", kind="auxiliary") for n in range(3)
        ]
        car = add(session, "vehicle", tenant=tenant, code="赣E0001", kind="car", seats=5)
        made = {}
        for version, status in enumerate(("draft", "published"), start=1):
            plan = made[status] = add(
                session, "shift_plan", tenant=tenant, on_date=dt.date(2026, 3, 1), shift_code="day", version=version,
                status=status, starts_at=STARTS, ends_at=STARTS + dt.timedelta(hours=8), seed=1, iterations=10,
                input_digest="x", weight_served=2, weight_total=3,
                published_at=STARTS if status == "published" else None,
            )  # fmt: skip
            for number, (code, district) in enumerate((("L-W", "W"), ("L-E", "E"), ("R-1", None))):
                fill_team(session, tenant, plan, code, district, staff[number], car if district is None else None)
            stop(session, tenant, plan, None, "W", 9, "unserved", reason_code="query.busy")
    return made


def fill_team(
    session: Session, tenant: str, plan: int, code: str, district: str | None, staff: int, car: int | None
) -> None:
    """A team with one member, a leg and a stop; the roaming one stops in both 片区."""
    team = add(
        session, "plan_team", tenant=tenant, plan_id=plan, code=code, name=f"{code}组",
        kind="local" if district else "roaming", mode="foot", district_code=district, licences=0, color_index=1,
        start="SRID=4490;POINT(118 28.3)",
        duration_s=600, distance_m=900,
    )  # fmt: skip
    add(session, "plan_member", tenant=tenant, plan_id=plan, team_id=team, staff_id=staff)
    if car is not None:
        add(session, "plan_vehicle", tenant=tenant, plan_id=plan, team_id=team, vehicle_id=car)
    for seq, line in enumerate(("LINESTRING(118 28.3, 118.001 28.3)", "LINESTRING(118.001 28.3, 118.002 28.301)")):
        add(
            session, "plan_leg", tenant=tenant, plan_id=plan, team_id=team, seq=seq, kind="travel", duration_s=60,
            distance_m=100, geom=f"SRID=4490;{line}",
        )  # fmt: skip
    for seq, where in enumerate([district] if district else ["W", "E"]):
        stop(session, tenant, plan, team, where, seq, f"{code}-{seq} <校门> & 后街")


def stop(
    session: Session, tenant: str, plan: int, team: int | None, district: str | None, seq: int, name: str,
    reason_code: str | None = None,
) -> None:  # fmt: skip
    """A stop, served at a time or not at all."""
    at = STARTS + dt.timedelta(minutes=10 * seq) if team else None
    add(
        session, "plan_stop", tenant=tenant, plan_id=plan, key=f"zone:{name}:{seq}", team_id=team,
        seq=seq if team else None, kind="zone", name=name, layer="hotspot_zone", district_code=district, weight=1,
        licences_needed=0, service_s=300, arrive_at=at, leave_at=at and at + dt.timedelta(minutes=5),
        reason_code=reason_code, geom="SRID=4490;POINT(118.001 28.3)",
    )  # fmt: skip


def read(client: httpx.Client, path: str) -> Any:
    """JSON of an allowed answer."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_who_plans_sees_drafts_and_who_leads_sees_what_is_published(
    signed_in: dict[str, httpx.Client], plans: dict[str, int]
) -> None:
    for role, seen in (
        ("planner", set(plans.values())),
        ("desk", {plans["published"]}),
        ("leader", {plans["published"]}),
    ):
        listed = {plan["id"] for plan in read(signed_in[role], "/patrol/plans?on_date=2026-03-01")["plans"]}
        assert listed == seen, role
    assert signed_in["leader"].get(f"/patrol/plans/{plans['draft']}").status_code == 404
    assert read(signed_in["planner"], "/patrol/plans?on_date=2026-03-02") == {"plans": []}


def test_a_planner_sees_all_teams_and_a_squad_its_own_and_who_comes_to_it(
    signed_in: dict[str, httpx.Client], plans: dict[str, int]
) -> None:
    path = f"/patrol/plans/{plans['published']}"
    whole, own = read(signed_in["planner"], path), read(signed_in["leader"], path)
    assert [team["code"] for team in whole["teams"]] == ["L-E", "L-W", "R-1"]
    assert [team["code"] for team in own["teams"]] == ["L-W", "R-1"]
    assert {stop["district_code"] for stop in own["stops"]} == {"W"}
    assert [stop["reason_code"] for stop in whole["stops"]].count(None) == len(whole["stops"]) - 1
    routes = read(signed_in["leader"], f"{path}/routes")["features"]
    assert [route["id"] for route in routes] == ["L-W", "R-1"]
    assert len(read(signed_in["planner"], f"{path}/routes")["features"]) == 3


def test_the_second_of_two_joint_districts_sees_team_route_and_track(
    signed_in: dict[str, httpx.Client], database: Database, served: Served, plans: dict[str, int]
) -> None:
    with database.begin(served.tenant) as session:
        values = {"tenant": served.tenant, "id": plans["published"]}
        joint = "UPDATE plan_team SET district_codes = '{}' WHERE tenant = :tenant AND plan_id = :id AND code = 'L-E'"
        session.execute(text(joint.format('["E", "W"]')), values)
    path = f"/patrol/plans/{plans['published']}"
    try:
        teams = {team["code"] for team in read(signed_in["leader"], path)["teams"]}
        routes = {route["id"] for route in read(signed_in["leader"], f"{path}/routes")["features"]}
        tracks = signed_in["leader"].get(f"{path}/routes.gpx").text
    finally:
        with database.begin(served.tenant) as session:
            session.execute(text(joint.format('["E"]')), values)
    assert teams == routes == {"L-E", "L-W", "R-1"} and "L-E" in tracks


def test_names_are_for_people_who_signed_in_and_not_for_keys(
    served: Served, signed_in: dict[str, httpx.Client], callers: Callers, plans: dict[str, int]
) -> None:
    path = f"/patrol/plans/{plans['published']}"
    with served.client(callers.everything) as system:
        assert "张三" in signed_in["planner"].get(path).text
        answer = system.get(path)
        assert answer.status_code == 200 and "张三" not in answer.text


def test_routes_follow_the_legs_in_order_as_geojson_and_gpx(
    signed_in: dict[str, httpx.Client], plans: dict[str, int]
) -> None:
    path = f"/patrol/plans/{plans['published']}"
    route = read(signed_in["planner"], f"{path}/routes")["features"][0]
    assert route["geometry"] == {"type": "LineString", "coordinates": [[118, 28.3], [118.001, 28.3], [118.002, 28.301]]}
    answer = signed_in["planner"].get(f"{path}/routes.gpx")
    assert answer.headers["content-type"] == "application/gpx+xml"
    document = defusedxml.ElementTree.fromstring(answer.content)
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    assert len(document.findall("g:trk", space)) == 3
    names = [node.text for node in document.findall("g:wpt/g:name", space)]
    assert len(names) == 4 and any("<校门> & 后街" in (name or "") for name in names)


def test_plans_are_never_kept_by_a_shared_cache(signed_in: dict[str, httpx.Client], plans: dict[str, int]) -> None:
    answer = signed_in["planner"].get(f"/patrol/plans/{plans['published']}/routes")
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_neighbour_finds_neither_plan_nor_job(
    served: Served, callers: Callers, database: Database, plans: dict[str, int], signed_in: dict[str, httpx.Client]
) -> None:
    job = signed_in["planner"].post("/patrol/plans", json={"date": TODAY, "shift": "day"}).json()["id"]
    with served.client(callers.neighbour) as client:
        for plan in plans.values():
            for suffix in ("", "/routes", "/routes.gpx"):
                assert client.get(f"/patrol/plans/{plan}{suffix}").status_code == 404
        assert client.get(f"/jobs/{job}").status_code == 404
        assert read(client, "/jobs")["jobs"] == [] or job not in {one["id"] for one in read(client, "/jobs")["jobs"]}
    signed_in["planner"].post(f"/jobs/{job}/cancel")
    with database.begin(served.tenant) as session:
        state = text("SELECT state FROM job WHERE tenant = :t AND id = :id")
        assert session.execute(state, {"t": served.tenant, "id": job}).scalar_one() == "cancelled"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"date": TODAY},
        {"date": "soon", "shift": "day"},
        {"date": TODAY, "shift": ""},
        {"date": TODAY, "shift": "x" * 41},
        {"date": TODAY, "shift": "no such shift"},
        {"date": TODAY, "shift": "a\x00b"},
        {"date": TODAY, "shift": "day", "seed": -1},
        {"date": TODAY, "shift": "day", "seed": 1 << 40},
        {"date": TODAY, "shift": "day", "budget": 1},
        {"date": None, "shift": None},
    ],
)
def test_a_request_for_a_plan_that_makes_no_sense_is_refused(signed_in: dict[str, httpx.Client], body: Any) -> None:
    answer = signed_in["planner"].post("/patrol/plans", json=body)
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json", answer.text


def test_a_plan_is_asked_for_within_a_year_of_today(signed_in: dict[str, httpx.Client]) -> None:
    far = [dt.date.fromisoformat(TODAY) + dt.timedelta(days) for days in (-370, 370)]
    for day in (dt.date.min, dt.date.max, *far):
        answer = signed_in["planner"].post("/patrol/plans", json={"date": day.isoformat(), "shift": "day"})
        assert (answer.status_code, answer.json()["code"]) == (422, "patrol.day_too_far"), answer.text
        assert answer.json()["facts"]["first"] < TODAY < answer.json()["facts"]["last"]


def test_one_person_s_shifts_leave_as_a_calendar_for_people_who_see_the_county(
    served: Served, signed_in: dict[str, httpx.Client], callers: Callers, plans: dict[str, int]
) -> None:
    path = "/patrol/people/S0/shifts.ics?first=2026-03-01&days=7"
    answer = signed_in["planner"].get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["日班 L-W组"]
    assert events[0]["DTSTART"].dt == STARTS
    assert signed_in["planner"].get("/patrol/people/nobody/shifts.ics").status_code == 404
    assert signed_in["planner"].get("/patrol/people/S0/shifts.ics?first=9999-12-31&days=300").status_code == 400
    assert signed_in["leader"].get(path).status_code == 403
    with served.client(callers.everything) as system:
        assert system.get(path).status_code == 403


def test_a_span_of_plans_tells_how_people_and_pairs_turn_to_those_who_plan(
    signed_in: dict[str, httpx.Client], plans: dict[str, int]
) -> None:
    found = read(signed_in["planner"], "/patrol/horizons?first=2026-02-27&days=4")
    assert [one["plan"] for one in found["plans"]] == [plans["published"]]
    assert [(one["staff"], one["shifts"], one["minutes"], one["weekend_shifts"]) for one in found["people"]] == [
        ("S0", 1, 480, 1), ("S1", 1, 480, 1), ("S2", 1, 480, 1)
    ]  # fmt: skip
    assert signed_in["officer"].get("/patrol/horizons?first=2026-02-27").status_code == 403


def test_days_in_a_row_are_planned_by_a_job_and_slips_are_refused(
    signed_in: dict[str, httpx.Client], plans: dict[str, int]
) -> None:
    planner = signed_in["planner"]
    asked = planner.post("/patrol/horizons", json={"date": TODAY, "days": 2})
    assert asked.status_code == 202 and asked.json()["kind"] == "plan_horizon"
    assert planner.post(f"/jobs/{asked.json()['id']}/cancel").status_code < 300
    for body in ({"date": "2099-01-01"}, {"date": TODAY, "days": 43}, {"date": TODAY, "day": 3}):
        assert planner.post("/patrol/horizons", json=body).status_code in (400, 422), body


def test_news_becomes_a_job_that_knows_from_when_to_plan(
    signed_in: dict[str, httpx.Client], plans: dict[str, int]
) -> None:
    planner, path = signed_in["planner"], f"/patrol/plans/{plans['published']}/again"
    case = {"lon": 118.0, "lat": 28.3, "name": "井盖", "work_min": 10, "due_min": 40}
    asked = planner.post(path, json={"urgent": [case], "absent": ["S1"], "late": {"L-W": 20}})
    assert asked.status_code == 202 and asked.json()["kind"] == "replan_shift", asked.text
    told = asked.json()["arguments"]
    assert (told["date"], told["shift"], told["urgent"]) == ("2026-03-01", "day", [{**case, "licences": 0}])
    assert abs((dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(told["now"])).total_seconds()) < 60
    assert planner.post(f"/jobs/{asked.json()['id']}/cancel").status_code < 300
    assert planner.post("/patrol/plans/999999/again", json={}).status_code == 404
    for body in ({"urgent": [{**case, "lat": 91}]}, {"now": "2026-03-01T10:00:00"}, {"late": {"L-W": 0}}):
        assert planner.post(path, json=body).status_code in (400, 422), body


def test_the_seed_of_a_draw_is_told_only_once_the_shift_is_over(
    signed_in: dict[str, httpx.Client], database: Database, served: Served, plans: dict[str, int]
) -> None:
    """The same seal for a shift that is over and one to come: its seed is in no answer about the second."""
    tenant, seed, days = served.tenant, bytes(range(32)), (dt.date(2026, 3, 1), dt.date(2099, 1, 5))
    begins = dt.datetime(2099, 1, 5, tzinfo=dt.UTC)
    with database.begin(tenant) as session:
        to_come = add(
            session, "shift_plan", tenant=tenant, on_date=days[1], shift_code="day", version=1, status="draft",
            starts_at=begins, ends_at=begins + dt.timedelta(hours=8), seed=1, iterations=10, input_digest="x",
            weight_served=2, weight_total=3,
        )  # fmt: skip
        for day, plan in zip(days, (plans["published"], to_come), strict=True):
            seal = seal_of(seed, label_of(tenant, day, "day"))
            row = add(session, "shift_seal", tenant=tenant, on_date=day, shift_code="day", seed=seed, seal=seal)
            add(
                session, "plan_mixture", tenant=tenant, seal_id=row, attempt=1, digest="d", days=[], worths=[2, 1],
                weights_ppm=[600_000, 400_000], drawn=draw(seed, "d", 1, [600_000, 400_000]), plan_id=plan,
            )  # fmt: skip
    planner = signed_in["planner"]
    over, secret = (planner.get(f"/patrol/draws?date={day}&shift=day") for day in days)
    assert over.json()["seed"] == seed.hex() and over.json()["fair"] and over.json()["draws"][0]["fair"]
    assert secret.status_code == 200 and secret.json()["seed"] is None and secret.json()["fair"] is None
    assert seed.hex() not in secret.text
    for path in (f"/patrol/plans?on_date={days[1]}", f"/patrol/plans/{to_come}", "/jobs"):
        assert seed.hex() not in planner.get(path).text
    asked = planner.post("/patrol/plans", json={"date": TODAY, "shift": "day", "draws": 12, "why": "换人"})
    assert asked.status_code == 202 and asked.json()["arguments"]["draws"] == 12
    assert planner.post(f"/jobs/{asked.json()['id']}/cancel").status_code < 300
    assert planner.post("/patrol/plans", json={"date": TODAY, "shift": "day", "draws": 1}).status_code in (400, 422)

"""Posts, rules, focuses and checks over HTTP: refused by name, and shown only to those who plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.patrol.demand.book.checks import Enterprise, save_enterprises
from tests.api.conftest import Callers, Served

POST = {
    "code": "G90", "name": "校门岗", "people": ["P90"], "opening": "Mo-Fr 07:00-08:10; SH,PH off",
    "place": {"type": "Point", "coordinates": [118.0, 28.3]}, "duty": "劝离流动摊贩", "effect": "占道不超过一处",
}  # fmt: skip
DAYS = {"first_on": "2026-03-02", "last_on": "2026-03-20"}


@pytest.fixture(scope="module", autouse=True)
def bureau(database: Database, served: Served) -> None:
    """An auxiliary, three licensed officers, two enterprises."""
    with database.begin(served.tenant) as session:
        for number in range(4):
            licence = f"'L{number}', '2030-01-01'" if number else "NULL, NULL"
            kind = "regular" if number else "auxiliary"
            statement = (
                "INSERT INTO staff (tenant, code, name, kind, licence_no, licence_to_on) "
                f"VALUES (:tenant, 'P9{number}', '员', '{kind}', {licence})"
            )
            session.execute(text(statement), {"tenant": served.tenant})
        some = [Enterprise(f"Q9{n}", f"工地{n}", "site", 118.0, 28.3, None, None, 1) for n in range(2)]
        save_enterprises(session, served.tenant, some)


@pytest.mark.parametrize(
    ("change", "missing"),
    [({"people": []}, "people"), ({"opening": ""}, "opening"), ({"place": None}, "place"), ({"duty": ""}, "duty"),
     ({"effect": " "}, "effect")],
)  # fmt: skip
def test_a_post_lacking_one_of_the_five_is_refused_naming_it(
    signed_in: dict[str, httpx.Client], change: dict[str, Any], missing: str
) -> None:
    answer = signed_in["planner"].post("/patrol/posts", json={**POST, **change})
    assert (answer.status_code, answer.json()["facts"]["missing"]) == (422, missing)
    assert missing in answer.json()["detail"]


def test_a_whole_post_is_written_read_and_put_away(signed_in: dict[str, httpx.Client]) -> None:
    client = signed_in["planner"]
    made = client.post("/patrol/posts", json=POST)
    assert made.status_code == 201, made.text
    assert client.post("/patrol/posts", json={**POST, "buffer_m": 80}).json() == made.json()
    (kept,) = [post for post in client.get("/patrol/posts").json()["posts"] if post["code"] == "G90"]
    assert (kept["people"], kept["buffer_m"], kept["geometry"]["coordinates"]) == (["P90"], 80, [118.0, 28.3])
    assert client.delete("/patrol/posts/G90").status_code == 204
    assert client.delete("/patrol/posts/G90").status_code == 404
    assert "G90" not in client.get("/patrol/posts").text


@pytest.mark.parametrize(
    "change",
    [{"people": ["nobody"]}, {"opening": "放学时"}, {"place": {"type": "Point", "coordinates": [28.3, 118.0]}},
     {"place": {"type": "Point", "coordinates": ["x"]}}, {"place": {"type": "Point", "coordinates": []}},
     {"buffer_m": -1}, {"people_needed": 5}],
)  # fmt: skip
def test_posts_that_make_no_sense_are_refused(signed_in: dict[str, httpx.Client], change: dict[str, Any]) -> None:
    answer = signed_in["planner"].post("/patrol/posts", json={**POST, **change})
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json", answer.text


def test_rules_are_dated_and_the_order_names_every_duty(signed_in: dict[str, httpx.Client]) -> None:
    client = signed_in["planner"]
    rule = {"tier": "main", "passes": 3, "spacing_min": 90, "valid_from_on": "2026-03-02"}
    assert client.put("/patrol/rules/passes", json=rule).status_code == 204
    duties = ["law", "deadline", "post", "pass", "coverage", "hotspot"]
    order = {"duties": duties, "valid_from_on": "2026-03-02"}
    assert client.put("/patrol/rules/order", json=order).status_code == 204
    assert client.put("/patrol/rules/order", json={**order, "duties": duties[:5]}).status_code == 422
    told = signed_in["auxiliary"].get("/patrol/rules").json()
    assert [(one["passes"], one["set_by"]) for one in told["passes"] if one["tier"] == "main"] == [(3, "planner")]
    assert told["orders"][0]["duties"] == duties


def test_a_shift_gets_its_rest(signed_in: dict[str, httpx.Client], served: Served, database: Database) -> None:
    with database.begin(served.tenant) as session:
        session.execute(
            text(
                "INSERT INTO shift_kind (tenant, code, name, start_time, end_time)"
                " VALUES (:tenant, 'rests', '休息班', '08:00', '16:00')"
            ),
            {"tenant": served.tenant},
        )
    rest = {"shift": "休息班", "name": "午餐", "minutes": 30, "from_time": "11:00", "to_time": "13:00"}
    client, dated = signed_in["planner"], {"valid_from_on": "2026-03-02"}
    assert client.put("/patrol/rules/breaks", json={**rest, **dated}).status_code == 204
    answer = client.put("/patrol/rules/breaks", json={**rest, **dated, "to_time": "15:45"})
    assert (answer.status_code, answer.json()["facts"]["field"]) == (422, "between")
    (kept,) = [one for one in client.get("/patrol/rules").json()["breaks"] if one["shift_code"] == "rests"]
    assert (kept["name"], kept["minutes"], kept["from_time"]) == ("午餐", 30, "11:00:00")


def test_a_focus_carries_a_name_and_ends(signed_in: dict[str, httpx.Client]) -> None:
    ring = [[118.0, 28.3], [118.01, 28.3], [118.01, 28.31], [118.0, 28.3]]
    focus = {"code": "F90", "ordered_by": "王局", "area": {"type": "Polygon", "coordinates": [ring]}, **DAYS}
    client = signed_in["planner"]
    assert client.post("/patrol/focuses", json=focus).status_code == 201
    assert client.post("/patrol/focuses", json=focus).status_code == 409
    ended = client.post("/patrol/focuses/F90/end", json={"last_on": "2026-03-05"})
    assert ended.json() == {"last_on": "2026-03-05"}
    (kept,) = signed_in["leader"].get("/patrol/focuses").json()["focuses"]
    assert (kept["ordered_by"], kept["last_on"]) == ("王局", "2026-03-05")


def test_checks_stay_with_those_who_plan(served: Served, callers: Callers, signed_in: dict[str, httpx.Client]) -> None:
    made = signed_in["planner"].post(
        "/patrol/checks/draws", json={"number": 1, "power_item": "扬尘检查", "kinds": ["site"], "covert": True, **DAYS}
    )
    assert made.status_code == 201, made.text
    (drawn,) = made.json()["checks"]
    assert len(set(drawn["officers"])) == 2
    (check,) = signed_in["planner"].get("/patrol/checks").json()["checks"]
    assert (check["enterprise"], check["covert"], check["reason"]) == (drawn["enterprise"], True, "draw")
    # 明察暗访: neither the street's own accounts nor any key or feed says who is to be checked.
    for role in ("leader", "officer", "auxiliary", "desk"):
        for path in ("/patrol/checks", "/patrol/enterprises"):
            assert signed_in[role].get(path).status_code == 403, (role, path)
    with served.client(callers.everything) as reader:
        assert reader.get("/patrol/checks").status_code == 403
        told = [layer["id"] for layer in reader.get("/collections").json()["collections"]]
        assert not {"enterprise", "enterprise_check", "check_draw", "post", "focus"} & set(told)
    over = {"enterprise": drawn["enterprise"], "power_item": "扬尘检查", **DAYS}
    assert signed_in["planner"].post("/patrol/checks", json=over).status_code == 409
    exempt = {**over, "reason": "complaint", "reference": "12345-7"}
    assert signed_in["planner"].post("/patrol/checks", json=exempt).status_code == 201
    end = f"/patrol/checks/{check['id']}/end"
    assert signed_in["planner"].post(end, json={"done_on": "2026-03-05"}).status_code == 204
    assert signed_in["planner"].post(end, json={}).status_code == 409


def test_an_entry_in_a_plan_is_told_to_the_team_and_to_no_key(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client], database: Database
) -> None:
    starts = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
    with database.begin(served.tenant) as session:
        values = {"tenant": served.tenant, "at": starts}
        session.execute(text(SHIFT), values)
        plan = session.execute(text(PLAN), values).scalar_one()
        for key, layer in (("check:1", "enterprise_check"), ("zone:1", "hotspot_zone")):
            session.execute(text(STOP), {**values, "plan": plan, "key": key, "layer": layer})
    with served.client(callers.everything) as feed:
        assert [stop["key"] for stop in feed.get(f"/patrol/plans/{plan}").json()["stops"]] == ["zone:1"]
        assert "check:1" not in feed.get(f"/patrol/plans/{plan}/routes.gpx").text
    told = [stop["key"] for stop in signed_in["leader"].get(f"/patrol/plans/{plan}").json()["stops"]]
    assert told == ["check:1", "zone:1"]


SHIFT = """
INSERT INTO shift_kind (tenant, code, name, start_time, end_time)
VALUES (:tenant, 'checks', '日班', '08:00', '16:00')"""
PLAN = """
INSERT INTO shift_plan (tenant, on_date, shift_code, version, status, starts_at, ends_at, seed, iterations,
                        input_digest, weight_served, weight_total, published_at)
VALUES (:tenant, '2026-03-05', 'checks', 1, 'published', :at, :at + interval '8 hours', 1, 1, 'x', 0, 0, :at)
RETURNING id"""
STOP = """
INSERT INTO plan_stop (tenant, plan_id, key, kind, name, layer, district_code, weight, licences_needed, service_s,
                       reason_code, geom)
VALUES (:tenant, :plan, :key, 'zone', '某处', :layer, 'W', 1, 0, 60, 'query.busy', 'SRID=4490;POINT(118 28.3)')"""


def test_what_is_due_is_told_to_staff(signed_in: dict[str, httpx.Client], database: Database, served: Served) -> None:
    with database.begin(served.tenant) as session:
        now = dt.datetime.now(dt.UTC) - dt.timedelta(hours=20)
        statement = (
            "INSERT INTO event (tenant, source, source_key, uid, code, origin, occurred_at, geom) "
            "VALUES (:tenant, 'due', '1', gen_random_uuid(), '04-06', 'complaint', :at, 'SRID=4490;POINT(118 28.3)')"
        )
        session.execute(text(statement), {"tenant": served.tenant, "at": now})
    try:
        told = signed_in["auxiliary"].get("/patrol/due").json()["due"]
        soon = signed_in["auxiliary"].get("/patrol/due?hours=1").text
    finally:  # other tests know every event of the county
        with database.begin(served.tenant) as session:
            session.execute(
                text("DELETE FROM event WHERE tenant = :tenant AND source = 'due'"), {"tenant": served.tenant}
            )
    (due,) = [one for one in told if (one["name"], one["lon"], one["lat"]) == ("占道经营", 118.0, 28.3)]
    assert (due["late"], due["layer"]) == (False, "event")
    assert due["key"] not in soon

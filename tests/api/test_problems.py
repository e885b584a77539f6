"""Problems over HTTP: sent twice, taken once; seen by whose ground it is; refusals in words."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import httpx
import pytest

from geo.db.engine import Database
from geo.uids import uuid7
from tests.api.conftest import Callers, Served
from tests.cases import MATRIX, people, picture

WEST, EAST = (117.99, 28.29), (118.015, 28.31)
FOUND = dt.datetime(2026, 9, 14, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def desk(served: Served, database: Database, signed_in: dict[str, httpx.Client]) -> httpx.Client:
    with database.begin(served.tenant) as session:
        people(session, served.tenant)
    answer = signed_in["planner"].put("/cases/tables/matrix", json={"csv": MATRIX})
    assert (answer.status_code, answer.json()) == (200, {"rows": 2}), answer.text
    return signed_in["desk"]


def report(client: httpx.Client, place: tuple[float, float] = WEST, **more: Any) -> httpx.Response:
    body = {"uid": str(uuid7()), "code": "04-06", "origin": "patrol", "found_at": FOUND.isoformat(),
            "lon": place[0], "lat": place[1], **more}  # fmt: skip
    return client.post("/problems", json=body)


def step(client: httpx.Client, problem: str, name: str, **more: Any) -> httpx.Response:
    return client.post(f"/problems/{problem}/steps", json={"step": name, **more})


def test_a_report_goes_all_the_way(desk: httpx.Client, signed_in: dict[str, httpx.Client]) -> None:
    answer = report(signed_in["auxiliary"], staff="A01")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["district_code"], made["staff_code"]) == ("reported", "W", "B01")
    assert made["open_steps"][0] == "register"
    for name in ("register", "dispatch"):
        assert step(desk, made["uid"], name).status_code == 200
    handled = step(signed_in["officer"], made["uid"], "feed_back", staff="S01")
    assert handled.json()["state"] == "handled", handled.text
    checked = step(signed_in["leader"], made["uid"], "check_before_closing", staff="S02")
    assert checked.json()["state"] == "checked", checked.text
    closed = step(desk, made["uid"], "close").json()
    assert [one["step"] for one in closed["history"]] == [
        "open", "register", "dispatch", "feed_back", "check_before_closing", "close",
    ]  # fmt: skip
    assert closed["history"][3]["actor"] == "officer" and closed["due_at"] is None


def test_every_turn_a_problem_can_take_is_taken_over_http(
    desk: httpx.Client, signed_in: dict[str, httpx.Client]
) -> None:
    """回退, 职责争议, 延期, 挂账, 返工, 申诉, 评价, 作废, 并案."""
    officer, leader = signed_in["officer"], signed_in["leader"]
    meeting = {"kind": "joint_meeting", "held_on": "2026-09-15", "decision": "由一中队负责", "bodies": ["水利局"]}
    turns: tuple[tuple[httpx.Client, str, str, dict[str, Any]], ...] = (
        (desk, "ask_verification", "verifying", {}),
        (officer, "verify_before_registration", "verified", {"staff": "S01"}),
        (desk, "register", "registered", {}), (desk, "dispatch", "dispatched", {}),
        (officer, "send_back", "registered", {"note": "不在本中队"}),
        (officer, "dispute", "disputed", {"note": "河道归水利"}),
        (desk, "settle", "dispatched", {"meeting": meeting, "unit": "S1"}),
        (officer, "ask_extension", "extension_asked", {"note": "缺料", "amount": 2}),
        (leader, "refuse_extension", "dispatched", {"note": "不准"}),
        (officer, "ask_extension", "extension_asked", {"note": "缺料", "amount": 2}),
        (leader, "grant_extension", "dispatched", {"amount": 1}),
        (leader, "suspend", "suspended", {"note": "待经费", "amount": 30}),
        (leader, "review", "suspended", {"note": "仍待", "amount": 15}), (leader, "resume", "dispatched", {}),
        (officer, "hand_over", "dispatched", {"holder": "S02"}), (officer, "feed_back", "handled", {"staff": "S02"}),
        (desk, "rework", "dispatched", {"note": "未清完", "staff": "B02"}),
        (officer, "feed_back", "handled", {"staff": "S02"}), (desk, "ask_check", "checking", {}),
        (officer, "check_before_closing", "checked", {"staff": "S01"}), (desk, "close", "closed", {}),
        (officer, "appeal", "appealed", {"note": "超期不实"}), (desk, "dismiss_appeal", "closed", {"note": "属实"}),
        (officer, "appeal", "appealed", {"note": "补证"}), (desk, "accept_appeal", "closed", {"note": "成立"}),
        (desk, "rate", "rated", {"rating": 5}),
    )  # fmt: skip
    uid = report(desk).json()["uid"]
    last: dict[str, Any] = {}
    for who, name, state, more in turns:
        if more.get("note"):
            assert step(who, uid, name, **{**more, "note": " "}).status_code == 422, name
        answer = step(who, uid, name, **more)
        assert (answer.status_code, answer.json().get("state")) == (200, state), answer.text
        last = answer.json()
        assert (last["due_at"] is None) == (state in ("closed", "rated")) and last["staff_code"]
    history = last["history"]
    assert [one["step"] for one in history[1:]] == [name for _, name, _, _ in turns]
    assert all(one["at"] and one["actor"] for one in history)
    assert [one["decision"] for one in last["meetings"]] == ["由一中队负责"]
    voided, kept, other = (report(desk).json()["uid"] for _ in range(3))
    assert step(officer, voided, "void", note="误报").status_code == 403
    assert step(desk, voided, "void", note="误报").json()["state"] == "voided"
    assert step(desk, other, "merge", into=kept).json()["state"] == "merged"
    assert step(desk, other, "split", note="两处").json()["state"] == "reported"


def test_sent_again_nothing_changes(desk: httpx.Client) -> None:
    uid, again = str(uuid7()), str(uuid7())
    first, second = (report(desk, uid=uid).json() for _ in range(2))
    assert (first["number"], len(second["history"])) == (second["number"], 1)
    for _ in range(2):
        taken = step(desk, uid, "register", uid=again)
        assert (taken.status_code, len(taken.json()["history"])) == (200, 2)


def test_a_step_that_is_not_open_is_a_conflict_that_names_those_that_are(desk: httpx.Client) -> None:
    uid = report(desk).json()["uid"]
    answer = step(desk, uid, "close")
    assert answer.status_code == 409
    assert answer.json()["facts"]["open"] == "register, ask_verification, settle_on_spot, merge, void"


def test_those_of_the_street_see_and_touch_their_own_ground_alone(
    desk: httpx.Client, signed_in: dict[str, httpx.Client]
) -> None:
    officer, leader = signed_in["officer"], signed_in["leader"]
    east = report(desk, EAST).json()
    west = report(desk, WEST).json()
    assert officer.get(f"/problems/{east['uid']}").status_code == 404
    assert step(officer, east["uid"], "feed_back").status_code == 404
    assert report(officer, EAST).status_code == 404
    seen = {one["uid"] for one in officer.get("/problems?limit=1000").json()["problems"]}
    assert west["uid"] in seen and east["uid"] not in seen
    assert {one["district_code"] for one in officer.get("/problems/open").json()["counts"]} <= {"W"}
    assert step(officer, west["uid"], "register").status_code == 403
    assert step(leader, west["uid"], "register").status_code == 200
    assert step(leader, west["uid"], "merge", into=east["uid"]).status_code == 404


def test_pictures_come_in_raw_and_go_out_without_metadata(
    desk: httpx.Client, signed_in: dict[str, httpx.Client]
) -> None:
    uid = report(desk).json()["uid"]
    when = {"taken_at": FOUND.isoformat(), "lon": 117.99, "lat": 28.29, "device": "记录仪1"}
    for kind, shade in (("before", 20), ("after", 220)):
        name = uuid7()
        for _ in range(2):
            answer = desk.put(f"/problems/{uid}/pictures/{name}", params={**when, "kind": kind}, content=picture(shade))
            assert answer.status_code == 200, answer.text
    assert answer.json()["media_type"] == "image/jpeg" and answer.json()["width_px"] == 64
    other = desk.put(f"/problems/{uid}/pictures/{name}", params={**when, "kind": kind}, content=picture(9))
    assert other.status_code == 409
    shown = desk.get(f"/problems/{uid}/pictures/{name}")
    assert (shown.status_code, shown.headers["content-type"], shown.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    original = f"/problems/{uid}/pictures/{name}/original"
    assert desk.get(original).status_code == 403
    assert signed_in["auxiliary"].get(original).status_code == 403
    assert signed_in["administrator"].get(original).content == picture(220)
    assert signed_in["officer"].get(original).status_code == 200
    assert len(desk.get(f"/problems/{uid}").json()["pictures"]) == 2
    settled = step(signed_in["officer"], uid, "settle_on_spot", staff="S01")
    assert settled.json()["state"] == "closed", settled.text
    bad = desk.put(f"/problems/{uid}/pictures/{uuid7()}", params={**when, "kind": "scene"}, content=b"<script>")
    assert bad.status_code == 422
    large = desk.put(f"/problems/{uid}/pictures/{uuid7()}", params={**when, "kind": "scene"}, content=bytes(13 << 20))
    assert large.status_code == 413
    assert desk.get(f"/problems/{report(desk).json()['uid']}/pictures/{name}").status_code == 404


def test_a_county_sees_nothing_of_another(served: Served, callers: Callers, desk: httpx.Client) -> None:
    uid = report(desk).json()["uid"]
    with served.client(callers.neighbour) as other, served.client() as nobody:
        assert other.get(f"/problems/{uid}").status_code == 403
        assert nobody.get(f"/problems/{uid}").status_code == 401


def test_a_matrix_with_a_gap_is_refused_with_its_rows(signed_in: dict[str, httpx.Client], desk: httpx.Client) -> None:
    planner = signed_in["planner"]
    answer = planner.put("/cases/tables/matrix", json={"csv": "地点类别,地点,责任单位\n片区,W,S1\n片区,W,B\n"})
    assert answer.status_code == 422
    facts = answer.json()["facts"]
    assert facts["overlaps"][0]["rows"] == [2, 3] and "E" in facts["gaps"][0]["places"]
    assert desk.put("/cases/tables/matrix", json={"csv": MATRIX}).status_code == 403
    assert planner.get("/cases/matrix/report").json() == {"overlaps": [], "gaps": [], "gap_count": 0}
    assert "S1" in planner.get("/cases/matrix/proposal").text


@pytest.mark.parametrize("name", ["codes", "crosswalk", "limits", "matrix", "hours", "days", "regimes"])
def test_every_table_goes_out_and_comes_back(signed_in: dict[str, httpx.Client], desk: httpx.Client, name: str) -> None:
    planner = signed_in["planner"]
    out = planner.get(f"/cases/tables/{name}")
    assert out.headers["content-type"].startswith("text/csv")
    back = planner.put(f"/cases/tables/{name}", json={"csv": out.text})
    assert back.status_code == 200, back.text
    assert planner.get(f"/cases/tables/{name}").text == out.text


def test_who_answers_at_a_point_under_which_regime(signed_in: dict[str, httpx.Client], desk: httpx.Client) -> None:
    border = {"lon": 118.0, "lat": 28.285, "code": "04-06"}
    order = {"regime": "strict", "from_on": "2026-01-01", "street": "界路"}
    assert signed_in["planner"].put("/cases/regimes/streets", json=order).json() == {"rows": 1}
    assert desk.put("/cases/regimes/streets", json=order).status_code == 403
    found = desk.get("/cases/owner", params=border).json()
    assert (found["district_code"], found["unit"], found["regime"], found["permille"]) == ("E", "B", "strict", 500)
    streets = desk.get("/cases/regimes/streets?on=2026-02-01").json()["streets"]
    assert [(one["name"], one["regime"]) for one in streets] == [("界路", "strict")]
    assert desk.get("/cases/owner", params={**border, "code": "99-99"}).status_code == 404
    codes = desk.get("/cases/codes").json()["codes"]
    assert {"GB/T 30428.2-2013", "ext-sample-2026"} <= {one["code_system"] for one in codes}


def test_dates_are_worked_out_anew_and_the_desk_is_named(
    signed_in: dict[str, httpx.Client], desk: httpx.Client
) -> None:
    report(desk)
    assert signed_in["planner"].post("/cases/dates").json()["changed"] == 0
    assert signed_in["planner"].put("/cases/desk", json={"staff": "B02"}).status_code == 204
    assert report(desk).json()["staff_code"] == "B02"
    assert signed_in["planner"].put("/cases/desk", json={"staff": "Z9"}).status_code == 404
    assert desk.get(f"/problems/{uuid.uuid4()}").status_code == 404

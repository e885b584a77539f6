"""Positions and check-ins over HTTP: who may send whose, what retries do, who sees where somebody was."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.jobs.tracks import import_tracks, score_tracks
from geo.db.engine import Database
from geo.uids import uuid7
from tests.api.conftest import Callers, Served
from tests.tracked import add

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
BEGUN = NOW - dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def shift(database: Database, served: Served) -> dict[str, int]:
    """A shift that runs now: T-W of squad S1 (片区 W) with two licences, T-E of nobody's squad, both published."""
    tenant = served.tenant
    local = BEGUN + dt.timedelta(hours=8)
    with database.begin(tenant) as session:
        add(
            session, "shift_kind", tenant=tenant, code="live", name="在岗", start_time=local.time(),
            end_time=(local + dt.timedelta(hours=8)).time(),
        )  # fmt: skip
        unit = session.execute(
            text("SELECT id FROM org_unit WHERE tenant = :t AND code = 'S1'"), {"t": tenant}
        ).scalar_one()
        valid = {"licence_no": "L", "licence_from_on": dt.date(2020, 1, 1), "licence_to_on": dt.date(2040, 1, 1)}
        ids = {
            "W": add(session, "staff", tenant=tenant, code="TW", name="王", kind="regular", org_unit_id=unit, **valid),
            "E": add(session, "staff", tenant=tenant, code="TE", name="李", kind="auxiliary"),
        }
        for staff in ids.values():
            add(session, "duty", tenant=tenant, on_date=local.date(), shift_code="live", staff_id=staff, role="member")
        plan = add(
            session, "shift_plan", tenant=tenant, on_date=local.date(), shift_code="live", version=1,
            status="published", starts_at=BEGUN, ends_at=BEGUN + dt.timedelta(hours=8), seed=1, iterations=1,
            input_digest="x", weight_served=1,
            weight_total=1, published_at=BEGUN,
        )  # fmt: skip
        for number, (code, district) in enumerate((("T-W", "W"), ("T-E", "E"))):
            team = add(
                session, "plan_team", tenant=tenant, plan_id=plan, code=code, name=code, kind="local", mode="foot",
                district_code=district, licences=2 if district == "W" else 0, color_index=number,
                start="SRID=4490;POINT(118 28.3)", duration_s=8 * 3600, distance_m=0,
            )  # fmt: skip
            add(session, "plan_member", tenant=tenant, plan_id=plan, team_id=team, staff_id=ids[district])
            add(
                session, "plan_stop", tenant=tenant, plan_id=plan, key=f"zone:{code}:1", team_id=team, seq=1,
                kind="zone", name="市场", layer="hotspot_zone", feature_ids=[], district_code=district,
                weight=1, licences_needed=0, service_s=1800, arrive_at=BEGUN + dt.timedelta(minutes=10),
                leave_at=BEGUN + dt.timedelta(minutes=40),
                geom="SRID=4490;POINT(118 28.3)",
            )  # fmt: skip
    return {**ids, "plan": plan}


def body(staff: str = "TW", count: int = 60, **more: Any) -> dict[str, Any]:
    """Positions along the border street northwards, every ten seconds from the shift's 10th minute."""
    points = [
        {
            "at": (BEGUN + dt.timedelta(minutes=10, seconds=10 * n)).isoformat(), "lon": 118.0, "lat": 28.3 + n * 1e-4,
            "accuracy_m": 6,
        }
        for n in range(count)
    ]  # fmt: skip
    return {"uid": str(uuid7()), "source": "phone", "staff": staff, "points": points, **more}


def run(task: Any, database: Database, served: Served, job: int) -> None:
    task(SimpleNamespace(additional_context={"database": database}), served.tenant, job)


def test_a_retry_gets_the_same_answer_and_changes_nothing(signed_in: dict[str, httpx.Client], shift: Any) -> None:
    sent = body(points=[*body()["points"], {"at": "soon"}, {"at": "2020-01-01T00:00:00Z", "lon": 118, "lat": 28.3}])
    first = signed_in["officer"].post("/patrol/tracks", json=sent)
    assert first.status_code == 200, first.text
    told = first.json()
    assert (told["given"], told["kept"], told["refused"]) == (62, 60, {"time": 1, "too_old": 1})
    assert [(row["first"], row["reason"]) for row in told["rows"]] == [(61, "time"), (62, "too_old")]
    assert all(row["sentence"] for row in told["rows"])
    again = signed_in["officer"].post("/patrol/tracks", json=sent).json()
    assert again == {**told, "again": True}
    listed = signed_in["planner"].get("/patrol/tracks?limit=1").json()["tracks"][0]
    assert (listed["owner"], listed["kept"]) == ("TW", 60) and "points" not in listed


def test_nobody_sends_for_somebody_of_another_squad(signed_in: dict[str, httpx.Client], shift: Any) -> None:
    assert signed_in["officer"].post("/patrol/tracks", json=body("TE")).status_code == 403
    assert signed_in["planner"].post("/patrol/tracks", json=body("TE")).status_code == 200
    assert signed_in["desk"].post("/patrol/tracks", json=body()).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"uid": "x"},
        {"staff": None},
        {"vehicle": "x"},
        {"points": []},
        {"offset": "mars"},
        {"source": "drone"},
        {"x": 1},
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(
    signed_in: dict[str, httpx.Client], shift: Any, wrong: dict[str, Any]
) -> None:
    assert signed_in["planner"].post("/patrol/tracks", json={**body(), **wrong}).status_code == 422


def test_a_key_of_a_recorder_station_may_send_and_not_read(served: Served, callers: Callers, shift: Any) -> None:
    with served.client(callers.everything) as station:
        assert station.post("/patrol/tracks", json=body(source="recorder")).status_code == 200
        assert station.get("/patrol/tracks").status_code == 403


def test_a_file_is_taken_by_a_job(
    signed_in: dict[str, httpx.Client], served: Served, database: Database, shift: Any
) -> None:
    rows = "工号,定位时间,经度,纬度\n" + "".join(
        f"{who},{one['at']},{one['lon']},{one['lat']}\n" for who in ("TW", "TE") for one in body(count=5)["points"]
    )
    files = {"file": ("记录仪.csv", rows.encode("gbk"))}
    answer = signed_in["planner"].post("/patrol/tracks/files", params={"source": "recorder"}, files=files)
    assert answer.status_code == 202, answer.text
    run(import_tracks, database, served, answer.json()["id"])
    done = signed_in["planner"].get(f"/jobs/{answer.json()['id']}").json()
    assert done["state"] == "done" and done["result"]["kept"] == 10
    assert signed_in["officer"].post("/patrol/tracks/files", files=files).status_code == 422
    own = signed_in["officer"].post("/patrol/tracks/files", params={"staff": "TW", "source": "phone"}, files=files)
    assert own.status_code == 202, own.text
    run(import_tracks, database, served, own.json()["id"])
    done = signed_in["planner"].get(f"/jobs/{own.json()['id']}").json()
    assert done["result"]["kept"] == 5 and done["result"]["batches"][-1]["refused"] == {"no_owner": 5}


def test_a_check_in_is_kept_once_and_marked(signed_in: dict[str, httpx.Client], shift: Any) -> None:
    local = (BEGUN + dt.timedelta(hours=8)).date().isoformat()
    told = {
        "uid": str(uuid7()), "on_date": local, "shift": "live", "team": "T-W", "stop": "zone:T-W:1", "staff": "TW",
        "at": (BEGUN + dt.timedelta(minutes=11)).isoformat(), "lon": 118.0, "lat": 28.302, "accuracy_m": 10,
    }  # fmt: skip
    first = signed_in["auxiliary"].post("/patrol/checkins", json=told)
    assert first.status_code == 200, first.text
    assert first.json()["place"] == "outside" and first.json()["distance_m"] == 172
    assert signed_in["auxiliary"].post("/patrol/checkins", json=told).json() == {**first.json(), "again": True}
    missing = {**told, "uid": str(uuid7()), "stop": "zone:x:1"}
    assert signed_in["auxiliary"].post("/patrol/checkins", json=missing).status_code == 404
    half = {**told, "uid": str(uuid7()), "lon": None}
    assert signed_in["auxiliary"].post("/patrol/checkins", json=half).status_code == 422


def test_where_teams_went_is_for_those_who_answer_for_them(
    signed_in: dict[str, httpx.Client], served: Served, database: Database, shift: Any
) -> None:
    signed_in["planner"].post("/patrol/tracks", json=body())
    local = (BEGUN + dt.timedelta(hours=8)).date().isoformat()
    asked = signed_in["leader"].post("/patrol/scores", json={"date": local, "shift": "live"})
    assert asked.status_code == 202, asked.text
    run(score_tracks, database, served, asked.json()["id"])
    result = signed_in["planner"].get(f"/jobs/{asked.json()['id']}").json()
    assert result["state"] == "done", result
    (score,) = signed_in["desk"].get(f"/patrol/scores?on_date={local}").json()["scores"]
    assert score["figures"]["positions"]["n"] > 0
    path = f"/patrol/scores/{score['id']}/items"
    whole = signed_in["planner"].get(f"{path}?kind=team").json()["features"]
    own = signed_in["leader"].get(f"{path}?kind=team").json()["features"]
    assert {one["properties"]["key"] for one in whole} == {"T-W", "T-E"} and any(one["geometry"] for one in whole)
    assert {one["properties"]["key"] for one in own} == {"T-W"} and not any(one["geometry"] for one in own)
    open_streets = signed_in["leader"].get(f"{path}?kind=street&undone=true").json()["features"]
    assert open_streets and all(one["properties"]["district"] == "W" for one in open_streets)
    assert signed_in["planner"].get("/patrol/scores/999999").status_code == 404


def test_the_nearest_pair_is_told_without_its_place_to_those_of_the_street(
    signed_in: dict[str, httpx.Client], shift: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the API process builds no network")

    monkeypatch.setattr("geo.roads.actions.load_network", refuse)
    monkeypatch.setattr("geo.patrol.queries.load_plan_frames", refuse)
    signed_in["planner"].post("/patrol/tracks", json=body(points=[
        {"at": (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)).isoformat(), "lon": 118.0, "lat": 28.31,
         "accuracy_m": 5}]))  # fmt: skip
    ask = "/patrol/nearest?lon=118.0&lat=28.305"
    (seen,) = signed_in["desk"].get(ask).json()["pairs"]
    assert seen["team"] == "T-W" and seen["seen_at"] and seen["lat"] == pytest.approx(28.31)
    # 556 m as the crow flies, on foot at 4.8 km/h: no ride is quicker, and this one is along one street.
    assert seen["eta_by"] == "legs"
    assert seen["eta_low_s"] <= 554 / 4.8 * 3.6 * 1.02 <= seen["eta_s"] * 1.1 <= seen["eta_high_s"] * 1.1
    (told,) = signed_in["auxiliary"].get(ask).json()["pairs"]
    assert told["eta_s"] == seen["eta_s"] and told["lon"] is None and told["lat"] is None
    assert json.dumps(told).find("王") < 0

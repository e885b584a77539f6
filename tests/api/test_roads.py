"""Closed streets over HTTP and for the network of a span of time."""

from __future__ import annotations

import datetime as dt
import uuid

import httpx
from sqlalchemy import text

from geo.db.counties import get_county
from geo.db.engine import Database
from geo.roads.actions import load_network
from tests.api.conftest import Served

ORDER = {"starts_at": "2026-11-23T08:00:00+08:00", "ends_at": "2026-11-23T12:00:00+08:00", "reason": "管网抢修"}


def car_pieces(database: Database, tenant: str, hour: int) -> set[int]:
    """Streets a car may use in an hour of that day."""
    begin = dt.datetime(2026, 11, 23, hour, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with database.begin(tenant) as session:
        network = load_network(session, get_county(session, tenant), begin, begin + dt.timedelta(hours=1))
    return set(network.road_ids[network.road[network.graphs["car"].piece]].tolist())


def test_a_street_closed_for_a_morning_is_out_of_the_network_then_and_back_after_it(
    signed_in: dict[str, httpx.Client], served: Served, database: Database
) -> None:
    planner = signed_in["planner"]
    with database.begin(served.tenant) as session:
        road = session.execute(text("SELECT min(id) FROM road WHERE car")).scalar_one()
    order = ORDER | {"uid": str(uuid.uuid4()), "road_ids": [road]}
    first = planner.post("/roads/closures", json=order)
    assert first.status_code == 201, first.text
    (closure,) = first.json()["closures"]
    assert planner.post("/roads/closures", json=order).json()["closures"] == [], "a repeat closes nothing twice"
    span = {"from_at": "2026-11-23T00:00:00Z", "to_at": "2026-11-23T23:00:00Z"}
    listed = signed_in["desk"].get("/roads/closures", params=span).json()["closures"]
    assert [(one["id"], one["road_id"], one["modes"]) for one in listed] == [(closure, road, ["ebike", "car"])]
    assert [road in car_pieces(database, served.tenant, hour) for hour in (7, 8, 11, 12)] == [True, False, False, True]
    early = database.begin(served.tenant)
    with early as session:
        session.execute(
            text("UPDATE road_closure SET starts_at = now() - interval '1 hour', ends_at = NULL WHERE id = :c"),
            {"c": closure},
        )
    assert planner.post(f"/roads/closures/{closure}/open").status_code == 204
    gone = planner.post(f"/roads/closures/{closure}/open")
    assert (gone.status_code, gone.json()["code"]) == (404, "roads.no_closure")


def test_closing_takes_a_street_that_is_there_a_reason_and_the_right_to_plan(
    signed_in: dict[str, httpx.Client],
) -> None:
    order = ORDER | {"uid": str(uuid.uuid4()), "names": ["没有的路"]}
    assert signed_in["planner"].post("/roads/closures", json=order).json()["code"] == "roads.unknown_street"
    assert signed_in["planner"].post("/roads/closures", json=order | {"reason": " "}).status_code == 422
    backwards = order | {"ends_at": "2026-11-23T07:00:00+08:00"}
    assert signed_in["planner"].post("/roads/closures", json=backwards).json()["code"] == "roads.closed_backwards"
    assert signed_in["officer"].post("/roads/closures", json=order).status_code == 403

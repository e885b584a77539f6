"""Forecasts over HTTP: for the bureau's people only; and callers' hashes nowhere, in no answer of any kind."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest
from sqlalchemy import insert, text

from geo.db.engine import Database
from geo.tables.base import Base
from tests.api.conftest import Served

SignedIn = dict[str, httpx.Client]

HASH = "5ec7e7ca11e7000000000000000000aa"
FROM = dt.date(2026, 3, 2)


@pytest.fixture(scope="module")
def forecast(database: Database, served: Served) -> int:
    """A forecast of two places, and a caller's hash on every event."""
    known = Base.metadata.tables
    with database.begin(served.tenant) as session:

        def add(table: str, **values: object) -> int:
            row = insert(known[table]).values(tenant=served.tenant, **values).returning(known[table].c.id)
            return int(session.execute(row).scalar_one())

        place_set = add("place_set", kind="district", digest="d", size=2)
        for ordinal, (key, west) in enumerate((("W", 117.98), ("E", 118.0))):
            box = f"SRID=4490;POLYGON(({west} 28.28,{west + 0.02} 28.28,{west + 0.02} 28.32,{west} 28.28))"
            add(
                "forecast_place",
                place_set_id=place_set,
                ordinal=ordinal,
                key=key,
                name=key,
                district_code=key,
                geom=box,
            )
        arrays = {name: [3.0, 1.0] for name in ("shape", "rate", "mean", "lower_each", "upper_each", "last_year")}
        made = add(
            "forecast", place_set_id=place_set, place_kind="district", code_group="", shift_code="", from_on=FROM,
            to_on=FROM + dt.timedelta(6), version=1, origin_at=dt.datetime(2026, 3, 1, 16, tzinfo=dt.UTC), model="m",
            training="exposure", code_version="1", seed=1, input_digest="i", digest="o", list_size=1, expected=3,
            lower=1, upper=5, nominal=0.8, audit_share=0.125, audit=[1], listed=[0], cls=[2, 0], p_in_list=[0.9, 0.1],
            facts={"callers_capped": 1}, **arrays,
        )  # fmt: skip
        session.execute(
            text("UPDATE event SET reporter_hash = :hash WHERE tenant = :t"), {"hash": HASH, "t": served.tenant}
        )
    return made


def test_forecasts_are_for_the_bureaus_people(served: Served, signed_in: SignedIn, forecast: int) -> None:
    paths = ["", "/scores", "/leaderboard", f"/{forecast}", f"/{forecast}/places", f"/{forecast}/attention"]
    for path in paths:
        assert served.client().get(f"/forecasts{path}").status_code == 401
        assert signed_in["auxiliary"].get(f"/forecasts{path}").status_code == 200, path
    assert signed_in["planner"].get("/forecasts/999999").status_code == 404


def test_a_forecast_says_its_list_its_interval_and_three_classes(signed_in: SignedIn, forecast: int) -> None:
    planner = signed_in["planner"]
    (head,) = planner.get("/forecasts").json()["forecasts"]
    assert (head["id"], head["expected"], head["lower"], head["upper"]) == (forecast, 3.0, 1.0, 5.0)
    listed = planner.get(f"/forecasts/{forecast}/places").json()["features"]
    every = planner.get(f"/forecasts/{forecast}/places", params={"listed": False}).json()["features"]
    assert [f["properties"]["cls"] for f in every] == ["firm", "not"]
    assert len(listed) == 2 and listed[1]["properties"]["audit"]
    watch = planner.get(f"/forecasts/{forecast}/attention").json()
    assert watch["weeks"] == 1 and {row["code"] for row in watch["by_district"]} == {"W", "E"}


def test_only_planners_ask_for_forecasts(signed_in: SignedIn, forecast: int) -> None:
    del forecast
    assert signed_in["officer"].post("/forecasts", json={}).status_code == 403
    job = signed_in["planner"].post("/forecasts", json={"from_on": "2026-03-09"})
    assert (job.status_code, job.json()["kind"]) == (202, "make_forecasts")
    assert signed_in["planner"].post("/forecasts", json={"days": 99}).status_code == 422


def test_a_callers_hash_is_in_no_answer(served: Served, signed_in: SignedIn, forecast: int) -> None:
    client = signed_in["administrator"]
    answers: list[httpx.Response] = [
        client.get("/collections/event/items", params={"limit": 100, "code": "0201"}),
        client.get("/collections/event/queryables"),
        client.get("/collections/event/schema"),
        client.get("/collections/event/items", params={"limit": 1, "f": "csv"}),
        client.get("/collections/event/tiles/WebMercatorQuad/15/13696/27124"),
        client.get(f"/forecasts/{forecast}"),
        client.get(f"/forecasts/{forecast}/places"),
    ]
    first = answers[0].json()["features"]
    assert len(first) == 10
    answers.append(client.get(f"/collections/event/items/{first[0]['id']}"))
    assert answers[4].status_code == 200 and b"complaint" in answers[4].content
    for answer in answers:
        assert HASH.encode() not in answer.content and b"reporter" not in answer.content, answer.url
    refused = client.get("/collections/event/items", params={"filter": f"reporter_hash = '{HASH}'"})
    assert refused.status_code == 400
    assert client.get("/collections/event/items", params={"reporter_hash": HASH}).status_code == 400

"""Which ground a point belongs to: one 片区 or none, whatever lies along the border."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.db.counties import get_county
from geo.db.engine import Database
from geo.features.locate import district_at, districts_at
from geo.uids import uuid7
from tests import clock
from tests.api import county
from tests.api.conftest import Callers, Served
from tests.cases import people

METRE = 1 / 98_000
"""Degrees of longitude a metre, near 28° N."""


def ask(client: httpx.Client, lon: float, lat: float, radius_m: float = 200) -> dict[str, object]:
    """The place of a point."""
    answer = client.get("/locate", params={"lon": lon, "lat": lat, "radius_m": radius_m})
    assert answer.status_code == 200, answer.text
    place: dict[str, object] = answer.json()
    return place


@pytest.mark.parametrize(
    ("lon", "lat", "code", "by"),
    [
        (county.BORDER - 100 * METRE, 28.29, "W", "area"),
        (county.BORDER + 100 * METRE, 28.29, "E", "area"),
        (county.BORDER - 10 * METRE, 28.29, "E", "border_street"),
        (county.BORDER, 28.29, "E", "border_street"),
        (county.BORDER + 10 * METRE, 28.29, "E", "border_street"),
        (county.BORDER - 20 * METRE, 28.29, "W", "area"),
        # On the lane that W owns and that ends 50 m inside E: the lane crosses the border, it does not run along it.
        (county.BORDER + 40 * METRE, 28.305, "E", "area"),
        (county.BORDER - 40 * METRE, 28.305, "W", "area"),
    ],
)
def test_the_owner_answers_for_a_border_street_and_the_area_for_the_rest(
    served: Served, callers: Callers, database: Database, lon: float, lat: float, code: str, by: str
) -> None:
    with served.client(callers.reader) as client:
        place = ask(client, lon, lat)
    assert place["in_county"] is True
    assert {key: place["district"][key] for key in ("code", "by")} == {"code": code, "by": by}  # type: ignore[index]
    assert place["responsibility_grid"]["code"] == f"G-{code}"  # type: ignore[index]
    with database.begin(served.tenant) as session:  # and so for whatever is written down there
        town = get_county(session, served.tenant)
        assert district_at(session, town, lon, lat) == code
        outside = (county.EAST + 0.1, lat)
        assert districts_at(session, town, [(lon, lat), outside]) == {(lon, lat): code, outside: None}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(117.9, 118.1), st.floats(28.2, 28.4))
def test_a_point_has_one_district_exactly_when_it_lies_in_the_town_for_any_point(
    served: Served, callers: Callers, lon: float, lat: float
) -> None:
    with served.client(callers.reader) as client:
        place = ask(client, lon, lat)
    inside = county.WEST <= lon <= county.EAST and county.SOUTH <= lat <= county.NORTH
    edge = min(abs(lon - county.WEST), abs(lon - county.EAST), abs(lat - county.SOUTH), abs(lat - county.NORTH)) < 4e-4
    assert edge or (place["district"] is not None) is inside
    assert edge or place["in_county"] is inside


def test_zones_come_nearest_first_with_their_distance(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        (inside,) = ask(client, 118.0095, 28.2995, 0)["zones"]  # type: ignore[misc,attr-defined]
        assert (inside["kind"], inside["distance_m"]) == ("school", 0)
        (near,) = ask(client, 118.010 + 100 * METRE, 28.2995, 120)["zones"]  # type: ignore[misc,attr-defined]
        assert near["distance_m"] == pytest.approx(100, abs=2)
        assert ask(client, 118.010 + 100 * METRE, 28.2995, 90)["zones"] == []


def test_the_public_is_told_the_district_and_nothing_else(served: Served) -> None:
    with served.client() as client:
        place = ask(client, 117.99, 28.29)
    assert place["district"]["code"] == "W"  # type: ignore[index]
    assert place["squad"] is place["responsibility_grid"] is place["unit_grid"] is None and place["zones"] == []


def test_the_squad_in_charge_is_named_to_those_who_may_know(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        assert ask(client, 117.99, 28.29)["squad"] == {"code": "S1", "name": "一中队", "kind": "squadron"}
        assert ask(client, 118.01, 28.29)["squad"] is None


def test_a_swapped_pair_is_recognised_and_put_right(served: Served) -> None:
    with served.client() as client:
        answer = client.get("/locate?lon=28.29&lat=117.99")
    assert answer.status_code == 422 and answer.json()["code"] == "locate.swapped"
    assert answer.json()["facts"] == {"lon": 117.99, "lat": 28.29}


@pytest.mark.parametrize(
    "query",
    [
        "lon=200&lat=0",
        "lon=0&lat=95",
        "lon=nan&lat=0",
        "lon=inf&lat=0",
        "lon=1",
        "lat=1",
        "lon=x&lat=1",
        "lon=118&lat=28.3&radius_m=-1",
        "lon=118&lat=28.3&radius_m=1e9",
    ],
)
def test_what_is_no_point_is_a_bad_request(served: Served, query: str) -> None:
    with served.client() as client:
        assert client.get(f"/locate?{query}").status_code == 400


def test_a_point_far_away_is_outside_the_county(served: Served) -> None:
    with served.client() as client:
        for lon, lat in ((0, 0), (-180, 90), (117.0, 28.3), (117.85, 28.15)):
            place = ask(client, lon, lat)
            assert place["in_county"] is False and place["district"] is None


def test_a_permit_in_force_is_told_and_asked_about_before_anything_is_filed(
    served: Served, callers: Callers, database: Database, signed_in: dict[str, httpx.Client]
) -> None:
    lon, lat = 118.0131, 28.2851
    today = clock.today()
    span = {"valid_from_on": today - dt.timedelta(9), "valid_to_on": today + dt.timedelta(9)}
    permit = {"number": "占道K04", "kind": "occupation", "purpose": "展销", "geom": county.point(lon, lat), **span}
    with database.begin(served.tenant) as session:
        county.add(session, served.tenant, "permit", [permit])
        people(session, served.tenant)
    told = {"number": "占道K04", "kind": "occupation", "purpose": "展销", "valid_to_on": str(span["valid_to_on"])}
    with served.client(callers.reader) as client, served.client() as nobody:
        assert ask(client, lon, lat)["permits"] == [told]
        assert ask(client, lon, lat + 20 / 110_825)["permits"] == []
        assert ask(nobody, lon, lat)["permits"] == []
    now = dt.datetime.now(dt.UTC).isoformat()
    body = {"uid": str(uuid7()), "code": "04-06", "origin": "patrol", "found_at": now, "lon": lon, "lat": lat}
    asked = signed_in["desk"].post("/problems", json=body)
    assert asked.status_code == 409 and asked.json()["facts"]["number"] == "占道K04", asked.text
    other = {**body, "uid": str(uuid7()), "code": "01-14"}  # no permit makes a spill legal
    assert signed_in["desk"].post("/problems", json=other).status_code == 201
    filed = signed_in["desk"].post("/problems", json={**body, "permit_checked": True})
    assert filed.status_code == 201, filed.text
    assert filed.json()["history"][0]["facts"]["permits"] == ["占道K04"]
    assert signed_in["desk"].post("/problems", json=body).status_code == 201  # sent again: taken already

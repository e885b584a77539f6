"""Ads, restaurants, bays, noise and feasts over HTTP: own ground, once each, refusals in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.auth.actions import add_account, link_account
from geo.db.engine import Database
from geo.uids import uuid7
from tests.api import county
from tests.api.conftest import PASSWORD, Callers, Served
from tests.cases import picture

TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
WEST, EAST = (117.9872, 28.2872), (118.0151, 28.2951)


@pytest.fixture(scope="module")
def street(served: Served, database: Database) -> None:
    """An ad, a restaurant and a bay on either side of the border."""
    with database.begin(served.tenant) as session:
        for side, place in (("W", WEST), ("E", EAST)):
            ad = {
                "code": f"AD-{side}",
                "kind": "rooftop",
                "width_m": 4.0,
                "height_m": 2.5,
                "geom": county.point(*place),
            }
            county.add(session, served.tenant, "ad", [ad])
            kitchen = {"code": f"CF-{side}", "name": f"{side}家菜", "device": "wet", "geom": county.point(*place)}
            county.add(session, served.tenant, "restaurant", [kitchen])
            bay = {"code": f"PK-{side}", "kind": "bike_bay", "capacity": 10, "geom": county.point(*place)}
            county.add(session, served.tenant, "parking", [bay])


def codes(client: httpx.Client, path: str, key: str, **params: Any) -> set[str]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return {one["code"] for one in answer.json()[key]}


def test_those_of_the_street_read_their_own_ground_alone(street: None, signed_in: dict[str, httpx.Client]) -> None:
    span = {"from": str(TODAY), "to": str(TODAY)}
    for path, key, prefix, params in (
        ("/ads", "ads", "AD", {}), ("/restaurants", "restaurants", "CF", {}), ("/parking", "bays", "PK", span),
    ):  # fmt: skip
        assert f"{prefix}-W" in codes(signed_in["officer"], path, key, **params)
        assert f"{prefix}-E" not in codes(signed_in["officer"], path, key, **params)
        assert {f"{prefix}-W", f"{prefix}-E"} <= codes(signed_in["planner"], path, key, **params)
    assert "AD-W" in codes(signed_in["desk"], "/ads", "ads", fault="unpermitted")


def test_an_order_goes_its_way_with_pictures(street: None, signed_in: dict[str, httpx.Client]) -> None:
    officer, now = signed_in["officer"], dt.datetime.now(dt.UTC)
    body = {"uid": str(uuid7()), "measure": "guide", "ordered_on": str(TODAY), "ad": "AD-W", "unit": "块"}
    first, again = (officer.post("/ads/orders", json=body) for _ in range(2))
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"]), first.text
    order = first.json()["id"]
    assert first.json()["open_steps"] == ["conform", "extend", "withdraw"]
    step = {"step": "conform"}
    refused = officer.post(f"/ads/orders/{order}/steps", json=step)
    assert (refused.status_code, refused.json()["code"]) == (409, "ads.no_proof")
    assert officer.post(f"/ads/orders/{order}/steps", json={"step": "remove"}).status_code == 409
    for kind, shade in (("before", 20), ("after", 160)):
        sent = officer.put(
            f"/proofs/ad_order/{order}/{uuid7()}", params={"kind": kind, "taken_at": now.isoformat()},
            content=picture(shade), headers={"Content-Type": "image/jpeg"},
        )  # fmt: skip
        assert sent.status_code == 200, sent.text
    done = officer.post(f"/ads/orders/{order}/steps", json=step)
    assert (done.status_code, done.json()["state"]) == (200, "conformed"), done.text
    figures = officer.get("/ads/figures", params={"from": str(TODAY), "to": str(TODAY)}).json()["figures"]
    assert {
        "name": "guide/rooftop/conformed",
        "quantity": 1.0,
        "unit": "块",
        "of": "ad_order",
        "ids": [order],
    } in figures
    elsewhere = {**body, "uid": str(uuid7()), "ad": "AD-E"}
    assert officer.post("/ads/orders", json=elsewhere).status_code == 422


def test_cleanings_surveys_and_counts_are_kept_once(street: None, signed_in: dict[str, httpx.Client]) -> None:
    officer, uid = signed_in["officer"], str(uuid7())
    cleaning = {"uid": uid, "cleaned_on": str(TODAY)}
    told = [officer.post("/restaurants/CF-W/cleanings", json=cleaning).json() for _ in range(2)]
    assert told == [{"new": True}, {"new": False}]
    assert officer.post("/restaurants/CF-E/cleanings", json=cleaning).status_code == 404
    survey = {"uid": str(uuid7()), "surveyed_on": str(TODAY), "flue": False, "housing": "mixed", "device_planned": True}
    mild = officer.post("/restaurants/CF-W/surveys", json={**survey, "verdict": "fit"})
    assert (mild.status_code, mild.json()["code"]) == (409, "restaurants.too_mild")
    assert officer.post("/restaurants/CF-W/surveys", json=survey).json() == {"verdict": "unfit"}
    seen = officer.get("/restaurants/CF-W").json()
    assert (seen["cleaned_on"], len(seen["surveys"])) == (str(TODAY), 1)
    count = {"uid": str(uuid7()), "parked": 10, "strays": 4, "counted_at": dt.datetime.now(dt.UTC).isoformat()}
    assert officer.post("/parking/PK-W/counts", json=count).json() == {"lacking": 4}
    assert officer.post("/parking/PK-E/counts", json=count).status_code == 404
    tickets = {"uid": str(uuid7()), "on": str(TODAY), "vehicle": "car", "tickets": 5, "lon": WEST[0], "lat": WEST[1]}
    assert [officer.post("/parking/tickets", json=tickets).json()["new"] for _ in range(2)] == [True, False]
    (row,) = officer.get("/parking/tickets", params={"from": str(TODAY), "to": str(TODAY)}).json()["tickets"]
    assert (row["district_code"], row["tickets"]) == ("W", 5)


def test_fireworks_are_asked_about_and_feasts_visited(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client]
) -> None:
    spot = {"lon": WEST[0], "lat": WEST[1]}
    with served.client(callers.reader) as key:
        told = key.get("/fireworks", params=spot).json()
    assert (told["allowed"], [one["rule"] for one in told["zones"]]) == (False, ["banned"])
    officer = signed_in["officer"]
    feast = {"uid": str(uuid7()), "kind": "wedding", "held_on": str(TODAY + dt.timedelta(3)), "place": "村口", **spot}
    assert len(officer.post("/fireworks/feasts", json=feast).json()["zones"]) == 1
    (visit,) = officer.get("/fireworks/visits").json()["visits"]
    for status in (204, 409):
        assert officer.post(f"/fireworks/feasts/{visit['id']}/visit", json={}).status_code == status


def test_case_tables_of_the_street_are_taken_and_given(signed_in: dict[str, httpx.Client]) -> None:
    planner = signed_in["planner"]
    for name, csv in (
        ("ad_rules", "类别,面积上限平方分米\n楼顶广告,5000\n"), ("cleaning_rules", "业态,清洗间隔天数\n烧烤,30\n"),
        ("noise_codes", "代码,类别\n01-28,商业\n"), ("permit_codes", "许可类别,代码\n占道审批,04-06\n"),
    ):  # fmt: skip
        taken = planner.put(f"/cases/tables/{name}", json={"csv": csv})
        assert taken.status_code == 200, taken.text
        assert planner.get(f"/cases/tables/{name}").status_code == 200


def test_a_visit_of_a_contact_point_is_kept_once_by_who_was_there(
    served: Served, database: Database, signed_in: dict[str, httpx.Client]
) -> None:
    with database.begin(served.tenant) as session:
        session.execute(
            text("INSERT INTO staff (tenant, code, name, kind) VALUES (:t, 'VISITOR', '甲', 'regular')"),
            {"t": served.tenant},
        )
        add_account(session, served.tenant, "visitor", PASSWORD, "leader")
        link_account(session, served.tenant, "visitor", "VISITOR")
    visitor = served.client()
    answer = visitor.post("/session", json={"login": "visitor", "password": PASSWORD})
    visitor.headers["X-CSRF-Token"] = answer.json()["csrf"]
    officer, span = signed_in["officer"], {"from": str(TODAY), "to": str(TODAY)}
    (point,) = signed_in["desk"].get("/contacts", params=span).json()["contacts"]
    address = f"/contacts/{point['id']}/visits"
    at = dt.datetime.now(dt.UTC).isoformat()
    visit = {"uid": str(uuid7()), "at": at, "people": 12, "topic": "消防宣传"}
    assert signed_in["desk"].post(address, json=visit).status_code == 404  # nobody stands behind that account
    assert officer.post(address, json=visit).status_code == 404  # the point lies in E
    once, again = (visitor.post(address, json=visit) for _ in range(2))
    assert once.status_code == 201 and once.json() == again.json(), once.text
    (told,) = visitor.get(address).json()["visits"]
    assert (told["people"], told["topic"]) == (12, "消防宣传")
    (after,) = signed_in["desk"].get("/contacts", params=span).json()["contacts"]
    assert (after["visits"], after["people"]) == (1, 12)
    late = {**visit, "uid": str(uuid7()), "at": "2090-01-01T00:00:00Z"}
    assert visitor.post(address, json=late).status_code == 422

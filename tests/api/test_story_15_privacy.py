"""Story 15: who sees what of persons: an auxiliary, officers of two 片区, the public, and time.

There is no map of counts for the public: without a 审图号 the public map is off, and what anybody may ask are streets,
areas and buildings. The story's "no cell with fewer than five" is kept by there being no cells at all, and this test
fails as soon as a layer that is drawn as counts becomes public.
"""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from api.auth.actions import add_account, link_account
from geo.cases.retention.actions import digest_of, expire_files
from geo.db.engine import Database
from geo.layers.register import KINDS
from geo.uids import uuid7
from tests.api.conftest import PASSWORD, Served
from tests.lawful import SYSTEM, found, local, yesterday

ON = yesterday()
WHY = {"purpose": "ladder", "reference": "现场 1"}
LOGINS = {
    "l1": ("officer", "SQ1"),
    "l3": ("officer", "SQ2"),
    "aux": ("auxiliary", "SQ1"),
    "law": ("administrator", None),
}
TILE = "/tiles/WebMercatorQuad/14/6848/13562"


@pytest.fixture(scope="module")
def bureau(served: Served, database: Database, make_module_county: str) -> tuple[str, dict[str, httpx.Client]]:
    """A county with two squads, and its people signed in."""
    tenant = make_module_county
    with database.begin(tenant) as session:
        found(session, tenant, [ON])
        for login, (role, unit) in LOGINS.items():
            add_account(session, tenant, login, PASSWORD, role, unit)
            link_account(session, tenant, login, login.upper())
    clients = {}
    for login in LOGINS:
        client = served.client()
        answer = client.post("/session", json={"login": login, "password": PASSWORD, "tenant": tenant})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        clients[login] = client
    return tenant, clients


def test_story_15_persons_are_seen_by_who_must_for_a_purpose_and_forgotten_in_time(bureau, database: Database) -> None:
    tenant, people = bureau
    uid = str(uuid7())
    body = {"uid": uid, "district_code": "W", "identity": {"kind": "shop", "name": "王小二烧烤", "owner": "王小二"}}
    made = people["l1"].post("/subjects", json=body)
    assert made.status_code == 201, made.text
    number = made.json()["id"]
    assert people["l1"].post(f"/subjects/{number}/confirmation").status_code == 204
    incident = {"uid": str(uuid7()), "code_system": SYSTEM, "code": "04-05", "at": local(ON, 3).isoformat(),
                "lon": 117.99, "lat": 28.3, "subject_id": number}  # fmt: skip
    assert people["l1"].post("/ladder/incidents", json=incident).status_code == 201

    # An auxiliary reads no file, of whatever 片区; an officer of the other 片区 is told that there is none.
    asked = {**WHY, "identity": {"kind": "shop", "name": "王小二烧烤"}}
    for path in ("/subjects", f"/subjects/{number}"):
        assert people["aux"].get(path, params=WHY).status_code == 403, path
    assert people["aux"].get(f"/subjects/{number}/looks").status_code == 403
    assert people["aux"].post("/subjects/matches", json=asked).status_code == 403
    assert people["l3"].get(f"/subjects/{number}", params=WHY).status_code == 404
    assert people["l3"].get("/subjects", params=WHY).json()["subjects"] == []

    # No map carries files: nobody finds them among layers, pages of features or tiles.
    for client in people.values():
        there = {one["id"] for one in client.get("/collections").json()["collections"]}
        assert there <= {kind.name for kind in KINDS}
        for table in ("subject", "ladder_incident", "penalty", "complaint_caller"):
            assert table not in there
            assert client.get(f"/collections/{table}/items").status_code == 404
            assert client.get(f"/collections/{table}{TILE}").status_code == 404
        listed = client.get("/collections/event/items").text + client.get("/collections/frontage/items").text
        assert "王小二" not in listed

    # Every look is written down, refused ones apart, with who and what for; the log outlives the file.
    for whole in (False, True):
        assert people["l1"].get(f"/subjects/{number}", params={**WHY, "whole": whole}).status_code == 200
    looks = people["law"].get(f"/subjects/{number}/looks").json()["looks"]
    assert [(one["actor"], one["purpose"], one["whole"]) for one in looks] == [
        ("l1", "ladder", True), ("l1", "ladder", False),
    ]  # fmt: skip

    # What expires is deleted and proved: the digest is that of the ids, and nothing is left.
    later = ON + dt.timedelta(days=366 * 6)
    with database.begin(tenant) as session:
        done = {one.what: one.gone for one in expire_files(session, tenant, later)}
    assert done == {"ladder_incident": 1, "subject": 1}
    assert people["l1"].get(f"/subjects/{number}", params=WHY).status_code == 404
    proofs = {one["what"]: one for one in people["law"].get("/subjects/deletions").json()["deletions"]}
    assert proofs["subject"]["ids_sha256"] == digest_of([uid])
    assert (proofs["subject"]["gone"], proofs["subject"]["left_over"]) == (1, 0)
    assert len(people["law"].get(f"/subjects/{number}/looks").json()["looks"]) == 2


def test_story_15_the_public_is_shown_no_counts_of_anything(served: Served) -> None:
    assert not [kind.name for kind in KINDS if kind.public and kind.thin]
    nobody = served.client()
    there = {one["id"] for one in nobody.get("/collections").json()["collections"]}
    assert there == {kind.name for kind in KINDS if kind.public}
    for kind in KINDS:
        for path in (f"/collections/{kind.name}/items", f"/collections/{kind.name}{TILE}"):
            answer = nobody.get(path)
            assert (answer.status_code in (200, 204)) == kind.public, f"{path}: {answer.status_code}"
    for path in ("/statistics/figures", "/complaints", "/findings", "/forecasts", "/subjects"):
        assert nobody.get(path, params=WHY if path == "/subjects" else {}).status_code in (401, 403, 404), path

"""The change feed: nothing missed, nothing twice, nobody named, no layer the caller may not read."""

from __future__ import annotations

import json

import httpx

from api.commands import changes
from geo.db.changes import write_change
from geo.db.engine import Database
from geo.db.sequencer import sequence_changes
from geo.layers.register import KINDS
from geo.settings import Settings
from tests.api.conftest import Served
from tests.commands import Line, told

BOX = (118.0, 28.2, 118.1, 28.3)


def happen(database: Database, tenant: str) -> None:
    """Two lamps changed, an account signed in, a whole layer came in with a box, a road without one."""
    with database.begin(tenant) as session:
        write_change(
            session, tenant, "streetlight.changed", layer="streetlight", feature_ids=[7, 9], facts={"why": "x"},
            actor="zhangsan",
        )  # fmt: skip
        write_change(session, tenant, "account.signed_in", facts={"login": "zhangsan"}, actor="zhangsan")
        write_change(session, tenant, "layer.imported", layer="gas_user", box=BOX, actor="zhangsan")
        write_change(session, tenant, "regime.set", layer="road", actor="zhangsan")
    while sequence_changes(database):
        pass


def test_who_follows_the_numbers_sees_each_change_once(
    signed_in: dict[str, httpx.Client], database: Database, served: Served
) -> None:
    desk = signed_in["desk"]
    start = desk.get("/changes", params={"limit": 1000}).json()["head"]
    happen(database, served.tenant)
    whole = desk.get("/changes", params={"after": start}).json()
    assert whole["complete"] and whole["next"] == whole["head"] >= start + 4
    ours = [one for one in whole["changes"] if one["kind"] in ("streetlight.changed", "layer.imported", "regime.set")]
    assert [(one["layer"], one["features"], one["box"]) for one in ours][-3:] == [
        ("streetlight", [7, 9], None), ("gas_user", None, list(BOX)), ("road", None, None),
    ]  # fmt: skip
    assert "zhangsan" not in json.dumps(whole) and {"actor", "facts"}.isdisjoint(ours[0])
    one_by_one, after = [], start
    while not (page := desk.get("/changes", params={"after": after, "limit": 1}).json())["complete"]:
        one_by_one += page["changes"]
        after = page["next"]
    assert one_by_one + page["changes"] == whole["changes"] and page["next"] == whole["head"]
    lamps = desk.get("/changes", params={"after": start, "layer": "streetlight"}).json()
    assert {one["layer"] for one in lamps["changes"]} == {"streetlight"} and lamps["next"] == whole["head"]
    assert desk.get("/changes", params={"after": whole["head"] + 9}).json()["next"] == whole["head"] + 9


def test_only_who_reads_layers_reads_the_feed(signed_in: dict[str, httpx.Client], served: Served) -> None:
    with served.client() as anybody:
        assert anybody.get("/changes").status_code == 401
    refused = signed_in["desk"].get("/changes", params={"layer": "subject"})
    assert refused.status_code == 404 and "subject" in refused.json()["detail"]
    layers = {one["layer"] for one in signed_in["auxiliary"].get("/changes", params={"limit": 1000}).json()["changes"]}
    assert layers <= {kind.name for kind in KINDS}


def test_the_command_line_tells_the_same(settings: Settings, database: Database, county: str) -> None:
    happen(database, county)
    run = Line(settings, county, changes)
    page = told(run, "--layer", "streetlight")
    assert [one["features"] for one in page["changes"]] == [[7, 9]] and page["complete"]
    assert "7,9" in run() and run("--after", str(page["head"])) == f"→ {page['head']}\n"

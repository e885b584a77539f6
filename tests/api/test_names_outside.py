"""D05: a shop's name that may hold its owner's goes masked to keys, by every way a feature leaves the bureau."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.layers.actions import export_layer
from geo.layers.register import KINDS, get_kind
from geo.tables.base import About
from tests.api import county
from tests.api.conftest import Callers, Served

MASKED = [(kind.name, field.name) for kind in KINDS for field in kind.fields if field.about.outside]


@pytest.fixture(scope="module")
def shops(database: Database, served: Served) -> dict[str, int]:
    """Three fronts: one named after its owner, one that is known to be nobody's name, one nobody has looked at."""
    spot = "SRID=4490;LINESTRING(117.991 28.3051, 117.9911 28.3051)"
    rows = [{"code": code, "name": name, "geom": spot} for code, name in NAMES.items()]
    with database.begin(served.tenant) as session:
        ids = county.add(session, served.tenant, "frontage", rows)
        for shown, one in zip(("刘**饭店", "好再来饭店", None), ids, strict=True):
            update = text("UPDATE frontage SET outside_name = :shown WHERE tenant = :t AND id = :id")
            session.execute(update, {"shown": shown, "t": served.tenant, "id": one})
        permit = text("UPDATE permit SET holder = '刘德昌' WHERE tenant = :t")
        session.execute(permit, {"t": served.tenant})
    return dict(zip(NAMES, ids, strict=True))


NAMES = {"D051": "刘德昌饭店", "D052": "好再来饭店", "D053": "德昌烧烤"}


def told(client: httpx.Client, layer: str, number: int) -> dict[str, Any]:
    answer = client.get(f"/collections/{layer}/items/{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()["properties"]  # type: ignore[no-any-return]


def test_a_key_reads_masked_names_and_the_bureau_reads_them_whole(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client], shops: dict[str, int]
) -> None:
    with served.client(callers.reader) as key:
        assert [told(key, "frontage", shops[code])["name"] for code in NAMES] == ["刘**饭店", "好再来饭店", None]
        page = key.get("/collections/frontage/items", params={"limit": 1000})
        assert "德昌" not in page.text and "刘**饭店" in page.text
    assert told(signed_in["auxiliary"], "frontage", shops["D051"])["name"] == "刘德昌饭店"


def test_no_filter_tells_a_key_what_is_masked(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client], shops: dict[str, int]
) -> None:
    asked = {"name": "刘德昌饭店"}
    with served.client(callers.everything) as key:
        page = key.get("/collections/frontage/items", params=asked).json()
        assert (page["numberMatched"], page["features"]) == (0, [])
        assert key.get("/collections/frontage/items", params={"name": "刘**饭店"}).json()["numberMatched"] == 1
    assert signed_in["desk"].get("/collections/frontage/items", params=asked).json()["numberMatched"] == 1


def test_holders_of_permits_and_owners_of_ads_never_reach_a_key(
    served: Served, callers: Callers, signed_in: dict[str, httpx.Client], shops: dict[str, int]
) -> None:
    spot = {"lon": 118.004, "lat": 28.3, "at": "2026-06-10T10:00:00+08:00"}
    with served.client(callers.reader) as key:
        for path, params in (
            ("/collections/permit/items", {}), ("/markets/judge", spot), ("/markets/permits/ending", {"days": 366}),
            ("/places", {"text": "刘德昌饭店"}), ("/collections/ad/items", {}), ("/collections/restaurant/items", {}),
        ):  # fmt: skip
            answer = key.get(path, params=params)
            assert answer.status_code == 200, answer.text
            assert "德昌" not in answer.text and "小二" not in answer.text, path
    assert "刘德昌" in signed_in["officer"].get("/markets/judge", params=spot).text
    assert "王小二" in signed_in["officer"].get("/collections/ad/items").text


def test_a_file_that_leaves_is_masked_and_the_bureaus_own_is_not(
    database: Database, served: Served, shops: dict[str, int], tmp_path: Path
) -> None:
    for outside, wanted in ((True, ["刘**饭店", "好再来饭店", ""]), (False, list(NAMES.values()))):
        export_layer(database, served.tenant, "frontage", tmp_path / "out.csv", outside=outside)
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = {row["code"]: row["name"] for row in csv.DictReader(file)}
        assert [rows[code] for code in NAMES] == wanted


@pytest.mark.parametrize(("layer", "name"), MASKED)
def test_what_is_masked_rides_in_no_tile_and_labels_no_area(layer: str, name: str) -> None:
    kind = get_kind(layer)
    about: About = kind.table.c[name].info["about"]
    assert name not in kind.tile_fields and not kind.labelled
    assert kind.shown(name, outside=True) == about.outside != kind.shown(name, outside=False)

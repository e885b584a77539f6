"""待上图 over HTTP: what waits, what its words may mean, and what a person decides, once."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from geo.cases.places.actions import OwnName, import_names
from geo.db.engine import Database
from geo.layers.actions import import_layer
from geo.layers.reports import ImportOptions
from geo.layers.sources.actions import save_source
from tests.api.conftest import Served

ROWS = "灯杆号,经度,纬度,地址,功率,联系电话\n" + "".join(
    f"{code},,,{words},{power},13800000000\n"
    for code, words, power in (
        ("Z1", "老王烧烤门口", 60), ("Z2", "不知道哪里", 60), ("Z3", "老王烧烤对面", "很亮"), ("Z4", "老王烧烤旁", 60),
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def rows(database: Database, served: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Rows that wait: lamp → number."""
    file = Path(tmp_path_factory.mktemp("waiting")) / "灯.csv"
    file.write_text(ROWS, encoding="utf-8")
    options = ImportOptions(mapping={"address": "地址"}, key="灯杆号", source="夜巡")
    with database.begin(served.tenant) as session:
        import_names(session, served.tenant, [OwnName("shop", "老王烧烤", 118.001, 28.301, 15)])
        save_source(session, served.tenant, "streetlight", "夜巡", options, ROWS.splitlines()[0].split(","))
    assert import_layer(database, served.tenant, file, "streetlight", options).waiting == 4
    with served.client() as nobody:
        assert nobody.get("/imports/waiting").status_code == 401
    from geo.layers.waiting.queries import list_waiting

    with database.begin(served.tenant) as session:
        return {one["row_key"]: one["id"] for one in list_waiting(session, served.tenant)}


@pytest.fixture
def planner(signed_in: dict[str, httpx.Client]) -> httpx.Client:
    return signed_in["planner"]


def test_what_waits_is_listed_without_what_is_about_persons(planner: httpx.Client, rows: dict[str, int]) -> None:
    told = planner.get("/imports/waiting").json()["rows"]
    assert [(one["id"], one["row"]) for one in told] == [(number, at) for at, number in enumerate(rows.values(), 1)]
    assert {one["place_text"] for one in told} >= {"老王烧烤门口", "不知道哪里"}
    assert "13800000000" not in planner.get("/imports/waiting").text
    assert len(planner.get("/imports/waiting", params={"limit": 1}).json()["rows"]) == 1
    later = planner.get("/imports/waiting", params={"after": rows["Z2"]}).json()["rows"]
    assert [one["id"] for one in later] == [rows["Z3"], rows["Z4"]]
    for nothing in ({"layer": "road"}, {"source": "x"}, {"state": "placed", "after": rows["Z4"]}):
        assert planner.get("/imports/waiting", params=nothing).json() == {"rows": []}
    [source] = planner.get("/imports/sources").json()["sources"]
    assert (source["name"], source["options"]["mapping"]) == ("夜巡", {"address": "地址"})


def test_a_place_is_proposed_and_a_person_takes_it_once(planner: httpx.Client, rows: dict[str, int]) -> None:
    path = f"/imports/waiting/{rows['Z1']}"
    best = planner.get(f"{path}/proposals").json()["proposals"][0]
    assert (best["name"], best["lon"], best["lat"]) == ("老王烧烤", 118.001, 28.301)
    spot = {"lon": best["lon"], "lat": best["lat"]}
    assert planner.post(f"{path}/place", json=spot).status_code == 204
    for again in (planner.post(f"{path}/place", json=spot), planner.post(f"{path}/refuse", json={"note": "x"})):
        assert (again.status_code, again.json()["facts"]["state"]) == (409, "placed")
    [row] = [one for one in planner.get("/imports/waiting?state=placed").json()["rows"] if one["id"] == rows["Z1"]]
    assert (row["lon"], row["lat"], row["decided_by"]) == (118.001, 28.301, "planner")
    lamps = planner.get("/collections/streetlight/items", params={"bbox": "118.0009,28.3009,118.0011,28.3011"}).json()
    assert "Z1" in {one["properties"]["code"] for one in lamps["features"]}


def test_what_has_no_place_is_set_aside_with_the_reason(planner: httpx.Client, rows: dict[str, int]) -> None:
    path = f"/imports/waiting/{rows['Z2']}"
    assert planner.get(f"{path}/proposals").json() == {"proposals": []}
    assert planner.post(f"{path}/refuse", json={"note": "现场无此灯"}).status_code == 204
    [row] = planner.get("/imports/waiting?state=refused").json()["rows"]
    assert (row["id"], row["note"], row["lon"]) == (rows["Z2"], "现场无此灯", None)
    late = planner.post(f"{path}/place", json={"lon": 118.001, "lat": 28.301})
    assert (late.status_code, late.json()["facts"]["state"]) == (409, "refused")


@pytest.mark.parametrize(
    ("lamp", "step", "body", "status", "zh", "en"),
    [
        ("Z4", "place", {"lon": 28.301, "lat": 118.001}, 422, "lat", "lat"),
        ("Z4", "place", {"lon": 28.301, "lat": 80}, 422, "本县范围之外", "outside the county"),
        ("Z4", "place", {"lon": 118.001}, 422, "lat", "lat"),
        ("Z4", "refuse", {"note": " "}, 422, "须写明理由", "Say why"),
        ("Z4", "refuse", {}, 422, "note", "note"),
        ("Z3", "place", {"lon": 118.001, "lat": 28.301}, 422, "很亮", "很亮"),
        (None, "place", {"lon": 118.001, "lat": 28.301}, 404, "待上图队列里没有编号", "waits to be put on the map"),
        (None, "refuse", {"note": "x"}, 404, "待上图队列里没有编号", "waits to be put on the map"),
    ],
)
def test_what_cannot_be_done_is_told_in_both_languages_and_the_row_waits_on(
    planner: httpx.Client, rows: dict[str, int], lamp: str | None, step: str, body: object, status: int, zh: str,
    en: str,
) -> None:  # fmt: skip
    number = rows[lamp] if lamp else 10**9
    for language, said in (("zh-CN", zh), ("en", en)):
        answer = planner.post(f"/imports/waiting/{number}/{step}", json=body, headers={"Accept-Language": language})
        assert answer.status_code == status and said in answer.text, answer.text
    assert lamp is None or number in {one["id"] for one in planner.get("/imports/waiting").json()["rows"]}


def test_rows_without_a_place_have_no_district_so_only_who_keeps_the_map_sees_them(
    signed_in: dict[str, httpx.Client], rows: dict[str, int]
) -> None:
    for role in ("leader", "officer", "auxiliary", "desk"):
        for answer in (
            signed_in[role].get("/imports/waiting"),
            signed_in[role].get(f"/imports/waiting/{rows['Z4']}/proposals"),
            signed_in[role].post(f"/imports/waiting/{rows['Z4']}/refuse", json={"note": "x"}),
        ):
            assert answer.status_code == 403, (role, answer.text)

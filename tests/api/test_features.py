"""Collections and items over HTTP, against what SQL says."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.layers.register import KINDS
from tests.api import county
from tests.api.conftest import Callers, Served

ROWS = {name: len(rows) for name, rows in county.layers("000000").items()}


def follow(client: httpx.Client, url: str) -> list[dict[str, Any]]:
    """Every page from ``url`` on."""
    pages = []
    while True:
        page = client.get(url).json()
        pages.append(page)
        links = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not links:
            return pages
        url = links[0]


def test_a_key_lists_every_layer_with_its_exact_number_of_rows(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        listed = client.get("/collections").json()["collections"]
    counts = {entry["id"]: entry["itemCount"] for entry in listed}
    assert list(counts) == [kind.name for kind in KINDS]
    assert all(counts[name] >= rows for name, rows in ROWS.items())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_pages_hold_every_row_once_in_order_and_the_same_values_as_sql(
    served: Served, callers: Callers, database: Database, kind: Any
) -> None:
    with served.client(callers.reader) as client:
        pages = follow(client, f"/collections/{kind.name}/items?limit=3")
    features = [feature for page in pages for feature in page["features"]]
    with database.begin(served.tenant) as session:
        rows = session.execute(
            text(f"SELECT id, ST_AsText(geom, 7) AS shape, t.* FROM {kind.name} t WHERE tenant = :t ORDER BY id"),
            {"t": served.tenant},
        ).mappings()
        expected = {row["id"]: row for row in rows}
    assert [feature["id"] for feature in features] == list(expected)
    assert all(page["numberReturned"] == len(page["features"]) for page in pages)
    assert {page["numberMatched"] for page in pages} == {len(expected)}
    for feature in features:
        row = expected[feature["id"]]
        assert set(feature["properties"]) == {field.name for field in kind.fields}
        for field in kind.fields:
            # To a key: what stands for it outside is a column, or nothing at all.
            told = kind.shown(field.name, outside=True).removeprefix("t.")
            value = row.get(told) if field.about.outside else row[field.name]
            if value is None or isinstance(value, (str, bool, int)):
                assert feature["properties"][field.name] == value


def test_paging_neither_repeats_nor_hides_rows_while_others_are_written(
    served: Served, callers: Callers, database: Database
) -> None:
    with served.client(callers.reader) as client:
        first = client.get("/collections/vendor_point/items?limit=1").json()
        with database.begin(served.tenant) as session:
            session.execute(
                text("DELETE FROM vendor_point WHERE tenant = :t AND id = :id"),
                {"t": served.tenant, "id": first["features"][0]["id"]},
            )
            rows = county.layers(served.tenant)["vendor_point"]
            added = county.add(session, served.tenant, "vendor_point", [rows[0]])
            session.execute(
                text("INSERT INTO layer_count (tenant, layer, step) VALUES (:t, 'vendor_point', -1)"),
                {"t": served.tenant},
            )
        (following,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
        rest = [feature["id"] for page in follow(client, following) for feature in page["features"]]
    assert len(rest) == len(set(rest)) and first["features"][0]["id"] not in rest and added[0] in rest


@pytest.mark.parametrize(
    "box",
    [
        (county.WEST, county.SOUTH, county.BORDER, county.NORTH),
        (118.005, 28.29, 118.012, 28.3),
        (118.0, 28.3, 118.0, 28.3),
        (-180, -85, 180, 85),
        (0, 0, 1, 1),
        (170, 28, -170, 29),
    ],
)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_box_finds_what_postgis_finds(
    served: Served, callers: Callers, database: Database, kind: Any, box: tuple[float, ...]
) -> None:
    with served.client(callers.reader) as client:
        plain = client.get(f"/collections/{kind.name}/items?limit=1000&bbox={','.join(map(str, box))}").json()
        west, south, east, north = box
        flipped = f"{south},{west},{north},{east}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490"
        other = client.get(f"/collections/{kind.name}/items?limit=1000&bbox={flipped}").json()
    with database.begin(served.tenant) as session:
        area = "ST_MakeEnvelope(:w, :s, :e, :n, 4490)"
        if west > east:
            area = "ST_Union(ST_MakeEnvelope(:w, :s, 180, :n, 4490), ST_MakeEnvelope(-180, :s, :e, :n, 4490))"
        found = session.execute(
            text(f"SELECT id FROM {kind.name} WHERE tenant = :t AND ST_Intersects(geom, {area}) ORDER BY id"),
            {"t": served.tenant, "w": west, "s": south, "e": east, "n": north},
        )
        expected = list(found.scalars())
    assert [feature["id"] for feature in plain["features"]] == expected
    assert plain["numberMatched"] == len(expected)
    assert other["features"] == plain["features"]


def test_a_period_and_attributes_narrow_a_layer(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:

        def count(query: str) -> int:
            answer = client.get(f"/collections/event/items?{query}")
            assert answer.status_code == 200, answer.text
            return int(answer.json()["numberMatched"])

        assert count("code=0201&datetime=2026-03-03") == 1
        assert count("code=0201&datetime=2026-03-03/..") == county.EVENTS - 2
        assert count("code=0201&datetime=../2026-03-03") == 3
        assert count("code=0201&datetime=2026-03-02T00:00:00Z/2026-03-04T00:00:00Z") == 2
        assert count(f"code=0201&datetime={quote('2026-03-03T12:00:00+08:00')}") == 1
        assert count("code=0201&origin=complaint") == county.EVENTS // 2
        assert count("code=0201&origin=complaint&datetime=2026-03-03/..") == county.EVENTS // 2 - 1
        assert count("code=0201&quantity=1") == county.EVENTS
        assert count("code=nothing") == 0


def test_coordinates_come_in_the_order_the_asked_system_has(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        path = "/collections/streetlight/items"
        plain = client.get(f"{path}?limit=1")
        flipped = client.get(f"{path}?limit=1&crs=http://www.opengis.net/def/crs/EPSG/0/4490")
        one = client.get(f"{path}/{plain.json()['features'][0]['id']}?crs=http://www.opengis.net/def/crs/EPSG/0/4326")
    lon, lat = plain.json()["features"][0]["geometry"]["coordinates"]
    assert lon > 100 > lat
    assert flipped.json()["features"][0]["geometry"]["coordinates"] == [lat, lon]
    assert one.json()["geometry"]["coordinates"] == [lat, lon]
    assert flipped.headers["content-crs"] == "<http://www.opengis.net/def/crs/EPSG/0/4490>"


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=",
        "bbox=nan,0,1,1",
        "bbox=0,2,1,1",
        "bbox=0,0,400,1",
        "bbox-crs=EPSG:4326&bbox=0,0,1,1",
        "crs=EPSG:4326",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=99999999999999999999",
        "after=-1",
        "after=x",
        "datetime=",
        "datetime=tomorrow",
        "datetime=2026-02-30",
        "datetime=2026-01-02/2026-01-01",
        "colour=red",
        "status=broken",
        "power_w=heavy",
        "limit=1&limit=2",
        "bbox=0,0,1,1&bbox=0,0,1,1",
        "code=%00",
        "status_since_at=x",
        "geom=x",
        "tenant=990101",
        "id=1",
        "extra=1",
        "power_w=nan%00",
        "bbox=" + "1," * 5000,
    ],
)
def test_a_question_that_cannot_be_read_is_a_bad_request(served: Served, callers: Callers, query: str) -> None:
    with served.client(callers.reader) as client:
        answer = client.get(f"/collections/streetlight/items?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(answer.json())


@pytest.mark.parametrize("fid", ["x", "-1", "1.5", "9" * 30, "1;drop", "%00", "1%27--"])
def test_an_id_that_is_none_is_refused(served: Served, callers: Callers, fid: str) -> None:
    with served.client(callers.reader) as client:
        assert client.get(f"/collections/streetlight/items/{fid}").status_code in (400, 404)


def test_a_limit_past_the_most_is_taken_as_the_most(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        page = client.get("/collections/streetlight/items?limit=1000000").json()
    assert page["numberReturned"] == page["numberMatched"]


def test_the_landing_page_leads_to_everything_it_names(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        waiting = ["/"]
        seen: set[str] = set()
        while waiting:
            url = waiting.pop()
            if url in seen or "{" in url or "/items" in url:
                continue
            seen.add(url)
            answer = client.get(url)
            assert answer.status_code == 200, url
            waiting += links_of(answer.json())
    assert len(seen) > 40


def links_of(document: Any) -> list[str]:
    """Every href of our own in a document, except templates."""
    if isinstance(document, dict):
        href = document.get("href")  # the description has a schema of that name
        own = [href] if isinstance(href, str) and not document.get("templated") else []
        return own + [href for value in document.values() for href in links_of(value)]
    if isinstance(document, list):
        return [href for value in document for href in links_of(value)]
    return []


def test_the_front_door_is_a_page_for_a_browser_in_its_language(served: Served) -> None:
    with served.client() as client:
        page = client.get("/", headers={"Accept": "text/html,*/*", "Accept-Language": "en"})
        assert page.headers["content-type"].startswith("text/html") and "Sign in" in page.text
        assert client.get("/", headers={"Accept": "application/json"}).json()["links"]


def test_a_refusal_speaks_the_callers_language(served: Served) -> None:
    with served.client() as client:
        said = {
            tag: client.get("/collections/nothing", headers={"Accept-Language": tag}).json()["detail"]
            for tag in ("zh-CN", "en", "fr", "en;q=0.1, zh;q=0.9", "zh;q=0, en;q=0.5", "*;;,q")
        }
    assert said["zh-CN"] == said["fr"] == said["en;q=0.1, zh;q=0.9"] == said["*;;,q"]
    assert said["en"] == said["zh;q=0, en;q=0.5"] != said["zh-CN"]


@pytest.mark.parametrize(
    "path", ["/conformance?x=1", "/collections?limit=1", "/tiles?y", "/locate?lon=1&lat=2&z=3", "/ready?a=b"]
)
def test_a_parameter_a_route_does_not_know_is_refused(served: Served, path: str) -> None:
    with served.client() as client:
        answer = client.get(path)
    assert answer.status_code == 400 and answer.json()["code"] == "query.unknown"


@pytest.mark.parametrize(
    "path", ["/", "/health", "/collections", "/collections/road/items", "/locate?lon=118&lat=28.3"]
)
def test_head_answers_like_get_without_the_body(served: Served, path: str) -> None:
    with served.client() as client:
        full, short = client.get(path), client.head(path)
    assert (short.status_code, short.content) == (full.status_code, b"")
    assert short.headers["content-type"] == full.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/collections/road/items?limit=0", "/collections/road/items?limit=x", "/locate", "/locate?lon=nan&lat=1"]
)
def test_a_wrong_value_is_refused_in_one_language(served: Served, path: str) -> None:
    with served.client() as client:
        chinese = client.get(path).json()["detail"]
        english = client.get(path, headers={"Accept-Language": "en"}).json()["detail"]
    assert english.isascii() and not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", chinese)


def test_a_method_a_route_does_not_take_is_refused_as_a_problem(served: Served) -> None:
    with served.client() as client:
        answer = client.put("/collections")
    assert answer.status_code == 405 and answer.json()["code"] == "http.method" and "allow" in answer.headers


def test_every_answer_carries_an_id_and_the_security_headers(served: Served) -> None:
    with served.client() as client:
        answers = [client.get(path) for path in ("/", "/login", "/collections/none", "/nowhere", "/health")]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]

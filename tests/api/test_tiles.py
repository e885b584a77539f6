"""Tiles: what is in them, how large they get, and who has to draw them."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from typing import Any

import httpx
import mapbox_vector_tile
import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.layers.register import KINDS, get_kind
from geo.tiles.boxes import TileAddress, tile_at
from geo.tiles.rules import CELLS, MARGIN, MAX_TILE_BYTES, draws_cells, draws_nothing
from tests.api import county
from tests.api.conftest import Callers, Served

MIDDLE = (118.0065, 28.2995)


def get(client: httpx.Client, place: TileAddress, layers: str, **headers: str) -> httpx.Response:
    """Ask for a tile."""
    path = f"/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}?collections={layers}"
    answer = client.get(path, headers=headers)
    assert answer.status_code in (200, 204, 304), answer.text
    return answer


def decode(answer: httpx.Response) -> dict[str, list[dict[str, Any]]]:
    """Features by tile layer; none for an empty tile."""
    if answer.status_code == 204:
        return {}
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(answer.content).items()}


def ids_in(database: Database, tenant: str, layer: str, place: TileAddress) -> set[int]:
    """Ids whose box meets the tile with its margin, by SQL of another form than the server's."""
    with database.begin(tenant) as session:
        found = session.execute(
            text(
                f"SELECT id FROM {layer} WHERE tenant = :tenant"
                " AND ST_Intersects(ST_Transform(geom, 3857), ST_TileEnvelope(:z, :x, :y, margin => :margin))"
            ),
            {"tenant": tenant, "z": place.z, "x": place.x, "y": place.y, "margin": MARGIN},
        )
        return set(found.scalars())


@pytest.mark.parametrize("zoom", [14, 15, 16, 18])
def test_a_tile_holds_exactly_the_features_sql_finds_in_it_and_its_margin(
    served: Served, callers: Callers, database: Database, zoom: int
) -> None:
    place = tile_at(*MIDDLE, zoom)
    shown = [kind for kind in KINDS if not draws_cells(kind, zoom) and not draws_nothing(kind, zoom)]
    with served.client(callers.reader) as client:
        drawn = decode(get(client, place, ",".join(kind.name for kind in shown)))
    for kind in shown:
        wanted = ids_in(database, served.tenant, kind.name, place)
        if kind.name == "building" and zoom < 17:
            wanted = {identity for identity in wanted if not too_small(database, served.tenant, identity, place)}
        found = [feature["id"] for feature in drawn.get(kind.name, [])]
        assert sorted(found) == sorted(wanted), kind.name


def too_small(database: Database, tenant: str, identity: int, place: TileAddress) -> bool:
    """Whether a building is under two pixels both ways."""
    with database.begin(tenant) as session:
        size = text(
            "SELECT greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857))"
            " FROM building WHERE tenant = :tenant AND id = :id"
        )
        side: float = session.execute(size, {"tenant": tenant, "id": identity}).scalar_one()
    return side <= 2 * place.size_m / 512


def test_a_feature_carries_its_tile_attributes_and_the_id_of_its_item(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        drawn = decode(get(client, tile_at(*MIDDLE, 16), "streetlight,road,hotspot_zone"))
        for lamp in drawn["streetlight"]:
            assert set(lamp["properties"]) == set(get_kind("streetlight").tile_fields)
            item = client.get(f"/collections/streetlight/items/{lamp['id']}").json()
            assert item["properties"]["status"] == lamp["properties"]["status"]


def test_a_street_says_the_regime_it_is_kept_under_today(served: Served, callers: Callers, database: Database) -> None:
    forget_regimes(database, served.tenant)
    with served.client(callers.reader) as client:
        place = tile_at(county.BORDER, 28.305, 17)
        before = decode(get(client, place, "road"))["road"]
        assert all("regime" not in street["properties"] for street in before)
        with database.begin(served.tenant) as session:
            session.execute(
                text(
                    "INSERT INTO road_regime (tenant, road_id, regime, valid_from_on, valid_to_on, set_by) VALUES"
                    " (:tenant, :id, 'strict', '2020-01-01', NULL, 'test'),"
                    " (:tenant, :id, 'standard', '2099-01-01', NULL, 'test')"
                ),
                {"tenant": served.tenant, "id": before[0]["id"]},
            )
        # A layer asked along makes another tile, which is not in the cache.
        after = {street["id"]: street["properties"] for street in decode(get(client, place, "road,water"))["road"]}
        assert after[before[0]["id"]]["regime"] == "strict"
    forget_regimes(database, served.tenant)


def forget_regimes(database: Database, tenant: str) -> None:
    """Other tests keep streets of the same county under regimes too."""
    with database.begin(tenant) as session:
        session.execute(text("DELETE FROM road_regime WHERE tenant = :tenant"), {"tenant": tenant})


@pytest.mark.parametrize("zoom", [0, 5, 9, 12, 13, 14])
def test_counts_in_cells_sum_to_the_number_of_rows_at_every_zoom(
    served: Served, callers: Callers, database: Database, zoom: int
) -> None:
    low, high = tile_at(county.WEST, county.NORTH, zoom), tile_at(county.EAST, county.SOUTH, zoom)
    places = [TileAddress(zoom, x, y) for x in range(low.x, high.x + 1) for y in range(low.y, high.y + 1)]
    total: Counter[str] = Counter()
    with served.client(callers.reader) as client:
        for place in places:
            for cell in decode(get(client, place, "streetlight")).get("streetlight", []):
                total.update(cell["properties"])
    with database.begin(served.tenant) as session:
        rows = session.execute(
            text("SELECT status, count(*) FROM streetlight WHERE tenant = :t GROUP BY 1"), {"t": served.tenant}
        )
        by_status = {row[0]: row[1] for row in rows}
    assert total["n"] == sum(by_status.values())
    assert {status: total[f"status_{status}"] for status in by_status} == by_status


def test_an_area_is_labelled_in_one_tile_of_a_zoom(served: Served, callers: Callers) -> None:
    for zoom in (13, 14, 15):
        low, high = tile_at(county.WEST, county.NORTH, zoom), tile_at(county.EAST, county.SOUTH, zoom)
        names: Counter[str] = Counter()
        with served.client(callers.reader) as client:
            for x in range(low.x, high.x + 1):
                for y in range(low.y, high.y + 1):
                    layers = decode(get(client, TileAddress(zoom, x, y), "patrol_district"))
                    names.update(label["properties"]["name"] for label in layers.get("patrol_district_label", []))
        assert names == {"西片区": 1, "东片区": 1}


def test_the_tag_stays_while_nothing_changes_and_spares_the_bytes(served: Served, callers: Callers) -> None:
    place = tile_at(*MIDDLE, 15)
    with served.client(callers.reader) as client:
        first, second = get(client, place, "streetlight"), get(client, place, "streetlight")
        assert first.headers["etag"] == second.headers["etag"] and first.content == second.content
        again = get(client, place, "streetlight", **{"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and not again.content and again.headers["etag"] == first.headers["etag"]
        assert get(client, place, "streetlight", **{"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_tile_of_a_closed_layer_is_private_and_of_a_public_one_is_not(served: Served, callers: Callers) -> None:
    place = tile_at(*MIDDLE, 15)
    with served.client(callers.reader) as client:
        assert get(client, place, "streetlight").headers["cache-control"].startswith("private")
        assert get(client, place, "road").headers["cache-control"].startswith("public")


def test_an_empty_tile_has_no_content_and_one_outside_the_grid_is_not_found(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        assert get(client, tile_at(-100, 40, 14), "streetlight").status_code == 204
        for path in ("3/8/0", "3/0/8", "23/0/0", "99999/0/0"):
            assert client.get(f"/tiles/WebMercatorQuad/{path}?collections=road").status_code == 404
        for path in ("-1/0/0", "a/0/0", "1.5/0/0"):
            assert client.get(f"/tiles/WebMercatorQuad/{path}").status_code == 404


def test_a_client_that_takes_no_gzip_gets_plain_bytes(served: Served, callers: Callers) -> None:
    place = tile_at(*MIDDLE, 15)
    with served.client(callers.reader) as client:
        packed = get(client, place, "streetlight")
        for refusing in ("identity", "gzip;q=0", ""):
            plain = get(client, place, "streetlight", **{"Accept-Encoding": refusing})
            assert "content-encoding" not in plain.headers
            assert mapbox_vector_tile.decode(plain.content) == mapbox_vector_tile.decode(packed.content)
        assert packed.headers["content-encoding"] == "gzip"


def test_the_single_layer_tile_is_the_tile_of_that_one_layer(served: Served, callers: Callers) -> None:
    with served.client(callers.reader) as client:
        for kind in KINDS:
            place = tile_at(*MIDDLE, 15)
            one = client.get(f"/collections/{kind.name}/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}")
            assert one.headers["etag"] == get(client, place, kind.name).headers["etag"]


@pytest.fixture(scope="module")
def crowded(database: Database, make_module_county: str) -> str:
    """A county with more in one small place than a tile can hold."""
    tenant = make_module_county
    with database.begin(tenant) as session:
        session.execute(
            text(
                "INSERT INTO streetlight (tenant, source, source_key, status, geom)"
                " SELECT :t, 'crowd', i::text, CASE WHEN i % 10 = 0 THEN 'fault' ELSE 'on' END,"
                "  ST_SetSRID(ST_Point(118.001 + 0.008 * random(), 28.301 + 0.006 * random()), 4490)"
                " FROM generate_series(1, 60000) i"
            ),
            {"t": tenant},
        )
        session.execute(
            text(
                "INSERT INTO building (tenant, source, source_key, kind, geom)"
                " SELECT :t, 'crowd', i::text, 'house',"
                "  ST_SetSRID(ST_Multi(ST_MakeEnvelope(x, y, x + 5e-5, y + 5e-5)), 4490)"
                " FROM (SELECT i, 118.0 + 0.01 * random() AS x, 28.3 + 0.008 * random() AS y"
                "  FROM generate_series(1, 30000) i) s"
            ),
            {"t": tenant},
        )
    return tenant


@pytest.mark.parametrize("zoom", [11, 13, 14, 15, 16])
def test_no_tile_is_larger_than_the_limit_and_lamps_are_counted_rather_than_left_out(
    served: Served, crowded: str, database: Database, zoom: int
) -> None:
    from api.auth.actions import create_key

    with database.begin(crowded) as session:
        key = str(create_key(session, crowded, f"crowd-{zoom}-{random.random()}", ["layers:read"]))
    place = tile_at(118.005, 28.304, zoom)
    with served.client(key) as client:
        answer = get(client, place, "building,streetlight")
        assert 0 < len(answer.content) <= MAX_TILE_BYTES
        drawn = decode(answer)
    assert drawn["streetlight"]
    counted = sum(lamp["properties"].get("n", 1) for lamp in drawn["streetlight"])
    if all("n" in lamp["properties"] for lamp in drawn["streetlight"]):
        assert len(drawn["streetlight"]) <= CELLS * CELLS
        west, south, east, north = place.box_lonlat()
        with database.begin(crowded) as session:
            inside = text(
                "SELECT count(*) FROM streetlight WHERE tenant = :t AND ST_X(geom) >= :w AND ST_X(geom) < :e"
                " AND ST_Y(geom) > :s AND ST_Y(geom) <= :n"
            )
            values = {"t": crowded, "w": west, "s": south, "e": east, "n": north}
            assert counted == session.execute(inside, values).scalar_one()


def test_tiles_are_packed_only_once(served: Served, callers: Callers) -> None:
    place = tile_at(*MIDDLE, 15)
    path = f"/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}"
    with served.client(callers.reader) as client, client.stream("GET", path) as answer:
        raw = b"".join(answer.iter_raw())
    assert mapbox_vector_tile.decode(gzip.decompress(raw))

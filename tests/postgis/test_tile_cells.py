"""Cells that are kept for tiles: the same as counting all rows, whatever changed since, for one county only."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import text

from api.jobs.worker import _count_cells
from geo.db.changes import write_change
from geo.db.counts import count_step
from geo.db.engine import Database
from geo.db.reader import open_reader_pool, reading
from geo.db.sequencer import sequence_changes
from geo.layers.register import LayerKind, get_kind
from geo.tiles.actions import draw_tile, find_kept
from geo.tiles.boxes import HALF_M, TileAddress, tile_at
from geo.tiles.cells import actions, queries
from geo.tiles.cells.actions import LARGE, follow
from geo.tiles.cells.grid import cell_side_m, patch_of
from geo.tiles.rules import CELLS

LAMP, EVENT = get_kind("streetlight"), get_kind("event")
WEST, SOUTH, SIDE = 118.0, 28.3, 0.05
ROWS = 1_500
ON = dt.date(2026, 3, 1)

Spot = tuple[int, str, float, float]
"""Id, choice, degrees."""
FROM = (
    " FROM unnest(CAST(:keys AS text[]), CAST(:choices AS text[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]))"
    " AS g (key, choice, lon, lat)"
)
INSERT = {
    "streetlight": "INSERT INTO streetlight (tenant, source, source_key, status, geom)"
    " SELECT :t, 'cells', key, choice, ST_SetSRID(ST_Point(lon, lat), 4490)",
    "event": "INSERT INTO event (tenant, uid, source, source_key, code, origin, occurred_at, geom)"
    " SELECT :t, gen_random_uuid(), 'cells', key, '01-01', choice, now(), ST_SetSRID(ST_Point(lon, lat), 4490)",
}
CHOICE = {"streetlight": "status", "event": "origin"}


@pytest.fixture
def town(database: Database, county: str) -> str:
    """A county with so many lamps and events, half of them on a few spots, and nothing kept yet."""
    draw = random.Random(5)
    with database.begin(county) as session:
        for kind in (LAMP, EVENT):
            rows = [
                (str(n), draw.choice(choices(kind)), WEST + side * draw.random(), SOUTH + side * draw.random())
                for n, side in enumerate((SIDE, 0.001) * (ROWS // 2))
            ]
            add(session, county, kind, *rows)
            count_step(session, county, kind.name, ROWS)
    return county


def choices(kind: LayerKind) -> tuple[str, ...]:
    """What is counted apart on a layer."""
    return next(field.about.choices for field in kind.fields if field.name == CHOICE[kind.name])


def add(session: Any, tenant: str, kind: LayerKind, *rows: tuple[str, str, float, float]) -> None:
    """More rows: key, choice, degrees."""
    columns = zip(("keys", "choices", "lon", "lat"), zip(*rows, strict=True), strict=True)
    session.execute(text(INSERT[kind.name] + FROM), {"t": tenant, **{name: list(values) for name, values in columns}})


def spots(database: Database, tenant: str, kind: LayerKind) -> list[Spot]:
    """All rows there are."""
    with database.begin(tenant) as session:
        sql = f"SELECT id, {CHOICE[kind.name]}, ST_X(geom), ST_Y(geom) FROM {kind.name} WHERE tenant = :t"
        return [tuple(row) for row in session.execute(text(sql), {"t": tenant})]


def by_hand(rows: list[Spot], zoom: int) -> Counter[tuple[int, int, str]]:
    """How many rows each cell of each tile of a zoom holds, by choice: arithmetic of its own."""
    found: Counter[tuple[int, int, str]] = Counter()
    world = CELLS * 2**zoom
    for _, choice, lon, lat in rows:
        column = math.floor((lon + 180) / 360 * world)
        row = math.floor(
            (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2 * world
        )
        found[row, column, choice] += 1
        found[row, column, "n"] += 1
    return found


def places(zoom: int) -> list[TileAddress]:
    """The tiles of a zoom around the town."""
    low, high = tile_at(WEST - 0.01, SOUTH + SIDE + 0.01, zoom), tile_at(WEST + SIDE + 0.01, SOUTH - 0.01, zoom)
    return [TileAddress(zoom, x, y) for x in range(low.x, high.x + 1) for y in range(low.y, high.y + 1)]


def ask(database: Database, tenant: str, work: Callable[[Any], Any]) -> Any:
    """What ``work`` makes of a connection of the reader."""

    async def run() -> Any:
        pool = await open_reader_pool(database, 1)
        try:
            async with reading(pool, tenant) as connection:
                return await work(connection)
        finally:
            pool.terminate()

    return asyncio.run(run())


def drawn(database: Database, tenant: str, kind: LayerKind, zoom: int) -> Counter[tuple[int, int, str]]:
    """The same as :func:`by_hand`, out of the tiles."""

    async def draw(connection: Any) -> list[tuple[TileAddress, bytes]]:
        return [(place, await draw_tile(connection, tenant, (kind,), place, ON)) for place in places(zoom)]

    found: Counter[tuple[int, int, str]] = Counter()
    for place, data in ask(database, tenant, draw):
        options = {"y_coord_down": True}
        layers = mapbox_vector_tile.decode(data, default_options=options) if data else {}
        for cell in layers.get(kind.name, {"features": []})["features"]:
            x, y = cell["geometry"]["coordinates"]
            row, column = place.y * CELLS + y * CELLS // 4096, place.x * CELLS + x * CELLS // 4096
            for name, n in cell["properties"].items():
                if n:
                    found[row, column, name.removeprefix(f"{CHOICE[kind.name]}_")] += n
    return found


def kept(database: Database, tenant: str, kind: LayerKind, zoom: int) -> list[Any]:
    """What each tile of the town finds kept."""

    async def find(connection: Any) -> list[Any]:
        return [await find_kept(connection, tenant, (kind,), place) for place in places(zoom)]

    found: list[Any] = ask(database, tenant, find)
    return found


def follow_now(database: Database, tenant: str) -> bool:
    """Number the changes and follow them without waiting for quiet."""
    while sequence_changes(database):
        pass
    with database.begin(tenant) as session:
        return follow(session, tenant, large=1_000, quiet_s=0)


@pytest.mark.parametrize("kind", [LAMP, EVENT], ids=lambda kind: kind.name)
def test_kept_cells_are_what_counting_by_hand_finds_at_every_zoom(
    database: Database, town: str, kind: LayerKind
) -> None:
    assert kept(database, town, kind, 12) == [{}] * len(places(12))
    assert follow_now(database, town) is False
    rows = spots(database, town, kind)
    for zoom in range(kind.minzoom):
        assert all(found == {kind.name: []} for found in kept(database, town, kind, zoom))
        assert drawn(database, town, kind, zoom) == by_hand(rows, zoom), zoom


def test_a_small_layer_is_counted_and_not_kept(database: Database, town: str) -> None:
    with database.begin(town) as session:
        assert follow(session, town, quiet_s=0) is False
    assert kept(database, town, EVENT, 9) == [{}] * len(places(9))
    assert drawn(database, town, EVENT, 9) == by_hand(spots(database, town, EVENT), 9)


def changed(session: Any, tenant: str, kind: LayerKind, box: tuple[float, float, float, float] | None) -> None:
    """Say in the change log that a layer changed."""
    write_change(session, tenant, "layer.imported", layer=kind.name, box=box)


def test_what_changed_since_is_in_the_tile_before_and_after_it_is_followed(database: Database, town: str) -> None:
    follow_now(database, town)
    there = spots(database, town, EVENT)
    (moved, _, lon, lat), (gone, _, gone_lon, gone_lat) = there[0], there[1]
    with database.begin(town) as session:
        add(session, town, EVENT, ("new", "camera", WEST + 0.03, SOUTH + 0.03))
        changed(session, town, EVENT, (WEST + 0.03, SOUTH + 0.03, WEST + 0.03, SOUTH + 0.03))
        away = "UPDATE event SET geom = ST_Translate(geom, 0.002, 0), origin = 'transfer' WHERE id = :id"
        session.execute(text(away), {"id": moved})
        changed(session, town, EVENT, (lon, lat, lon + 0.002, lat))
        session.execute(text("DELETE FROM event WHERE id = :id"), {"id": gone})
        changed(session, town, EVENT, (gone_lon, gone_lat, gone_lon, gone_lat))
    rows = spots(database, town, EVENT)
    assert rows != there
    for zoom in (0, 8, 11, 13, 14):
        cells = [cell for found in kept(database, town, EVENT, zoom) for cell in found["event"]]
        assert 3 <= len(cells) <= 8
        assert drawn(database, town, EVENT, zoom) == by_hand(rows, zoom), zoom
    assert follow_now(database, town) is False
    for zoom in range(15):
        assert all(found == {"event": []} for found in kept(database, town, EVENT, zoom))
        assert drawn(database, town, EVENT, zoom) == by_hand(rows, zoom), zoom


def test_where_a_whole_layer_may_have_changed_all_is_counted_until_it_is_followed(
    database: Database, town: str
) -> None:
    follow_now(database, town)
    with database.begin(town) as session:
        session.execute(text("UPDATE event SET origin = 'camera' WHERE tenant = :t"), {"t": town})
        changed(session, town, EVENT, None)
    assert kept(database, town, EVENT, 9) == [{}] * len(places(9))
    rows = spots(database, town, EVENT)
    assert {choice for _, choice, _, _ in rows} == {"camera"}
    assert drawn(database, town, EVENT, 9) == by_hand(rows, 9)
    follow_now(database, town)
    assert kept(database, town, EVENT, 9) == [{"event": []}] * len(places(9))
    assert drawn(database, town, EVENT, 9) == by_hand(rows, 9)


def test_a_tile_elsewhere_does_not_mind_a_change(database: Database, town: str) -> None:
    follow_now(database, town)
    with database.begin(town) as session:
        changed(session, town, LAMP, (118.09, 28.5, 118.12, 29.0))
    assert kept(database, town, LAMP, 13) == [{"streetlight": []}] * len(places(13))
    assert kept(database, town, LAMP, 7)[0] == {}  # this one holds all of it: too much to count apart


def test_a_writer_who_is_not_done_is_waited_for_but_not_for_ever(database: Database, town: str) -> None:
    follow_now(database, town)
    with database.begin(town) as session:
        add(session, town, EVENT, ("late", "camera", WEST + 0.01, SOUTH + 0.01))
        changed(session, town, EVENT, None)
    with database.begin(town) as session:
        assert follow(session, town, large=1_000, quiet_s=3_600) is True
        session.execute(text("UPDATE tile_mark SET counted_at = now() - interval '2 minutes'"))
        assert follow(session, town, large=1_000, quiet_s=3_600) is False
    assert drawn(database, town, EVENT, 9) == by_hand(spots(database, town, EVENT), 9)


def test_cells_made_for_other_choices_are_not_read_and_made_anew(database: Database, town: str) -> None:
    follow_now(database, town)
    with database.begin(town) as session:
        session.execute(text("UPDATE tile_mark SET parts = ARRAY['origin_nobody'] WHERE layer = 'event'"))
        session.execute(text("UPDATE tile_cell SET n = 7, parts = ARRAY[7] WHERE layer = 'event'"))
    rows = spots(database, town, EVENT)
    assert drawn(database, town, EVENT, 10) == by_hand(rows, 10)
    follow_now(database, town)
    assert kept(database, town, EVENT, 10)[0] == {"event": []}
    assert drawn(database, town, EVENT, 10) == by_hand(rows, 10)


def test_two_who_follow_at_once_do_not_count_twice(database: Database, town: str) -> None:
    with database.begin(town) as first, database.begin(town) as second:
        assert follow(first, town, large=1_000, quiet_s=0) is False
        assert follow(second, town, large=1_000, quiet_s=0) is True
    assert drawn(database, town, LAMP, 12) == by_hand(spots(database, town, LAMP), 12)


def test_no_county_reads_the_cells_of_another(database: Database, town: str, make_county: Callable[..., str]) -> None:
    follow_now(database, town)
    other = make_county()
    assert kept(database, other, EVENT, 9) == [{}] * len(places(9))
    assert drawn(database, other, EVENT, 9) == Counter()
    rows = ask(database, other, lambda connection: connection.fetch("SELECT * FROM tile_cell"))
    assert rows == []


def test_a_mark_moves_on_while_other_things_change(
    database: Database, town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BEHIND", 2)
    follow_now(database, town)
    with database.begin(town) as session:
        before = queries.find_marks(session, town, ["event"])["event"].seq
        for _ in range(4):
            write_change(session, town, "people.changed")
    follow_now(database, town)
    with database.begin(town) as session:
        assert queries.find_marks(session, town, ["event"])["event"].seq == before + 4


def test_the_worker_keeps_the_cells_of_a_large_layer(database: Database, county: str) -> None:
    many = (
        "INSERT INTO streetlight (tenant, source, source_key, geom) SELECT :t, 'many', i::text,"
        " ST_SetSRID(ST_Point(118 + i % 250 * 1e-4, 28.3 + i / 250 * 1e-4), 4490) FROM generate_series(1, :n) i"
    )
    with database.begin(county) as session:
        session.execute(text(many), {"t": county, "n": LARGE})
        count_step(session, county, "streetlight", LARGE)

    async def work() -> None:
        task = asyncio.create_task(_count_cells(database, asyncio.Event()))
        for _ in range(600):
            await asyncio.sleep(0.1)
            if await asyncio.to_thread(marked):
                break
        task.cancel()

    def marked() -> bool:
        with database.begin(county) as session:
            return bool(queries.find_marks(session, county, ["streetlight"]))

    asyncio.run(work())
    assert kept(database, county, LAMP, 9) == [{"streetlight": []}] * len(places(9))
    assert drawn(database, county, LAMP, 9) == by_hand(spots(database, county, LAMP), 9)


def test_a_point_on_the_edge_of_cells_is_in_the_patch_of_its_box(database: Database, county: str) -> None:
    """The stored coordinates and the arithmetic of boxes agree, also where a cell begins."""
    side = cell_side_m(14)
    draw = random.Random(3)
    with database.begin(county) as session:
        for _ in range(200):
            row, column = draw.randrange(200_000, 240_000), draw.randrange(400_000, 440_000)
            x, y = column * side - HALF_M, HALF_M - row * side
            lon, lat, back_x, back_y = session.execute(
                text("SELECT ST_X(g), ST_Y(g), ST_X(ST_Transform(g, 3857)), ST_Y(ST_Transform(g, 3857))"
                     " FROM (SELECT ST_Transform(ST_SetSRID(ST_Point(:x, :y), 3857), 4490) AS g) s"),
                {"x": x, "y": y},
            ).one()  # fmt: skip
            patch = patch_of((lon, lat, lon, lat), 14)
            stored = (math.floor((HALF_M - back_y) / side), math.floor((back_x + HALF_M) / side))
            assert stored in patch.cells() and patch.size == 4

"""The tile cache: one drawing for many, nothing stale kept, nobody's tile for somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.tiles.boxes import MAX_ZOOM, TileAddress, tile_at
from geo.tiles.cache import Dropped, Tile, TileCache, TileKey

HERE = tile_at(118.0, 28.3, 14)
KEY = TileKey("990101", ("road", "water"), HERE, "2026-03-01")
INSIDE = (118.0, 28.3, 118.001, 28.301)


def drawing(log: list[str], data: bytes = b"tile", seconds: float = 0.01) -> Callable[[], Awaitable[bytes]]:
    async def draw() -> bytes:
        log.append("began")
        await asyncio.sleep(seconds)
        log.append("ended")
        return data

    return draw


def listening() -> TileCache:
    cache = TileCache()
    cache.set_hearing(True)
    return cache


def test_a_hundred_askers_at_once_make_one_drawing() -> None:
    async def ask() -> list[Tile]:
        cache = listening()
        return list(await asyncio.gather(*(cache.get(KEY, drawing(log)) for _ in range(100))))

    log: list[str] = []
    tiles = asyncio.run(ask())
    assert log == ["began", "ended"]
    assert {tile.unpacked() for tile in tiles} == {b"tile"}


def test_a_kept_tile_is_drawn_once_and_again_after_a_change_inside_it() -> None:
    async def ask() -> None:
        cache = listening()
        await cache.get(KEY, drawing(log))
        await cache.get(KEY, drawing(log))
        assert log.count("began") == 1
        assert cache.drop(Dropped("990101", "road", INSIDE)) == 1
        await cache.get(KEY, drawing(log))
        assert log.count("began") == 2

    log: list[str] = []
    asyncio.run(ask())


@pytest.mark.parametrize(
    "elsewhere",
    [
        Dropped("990101", "road", (119.0, 28.3, 119.1, 28.4)),
        Dropped("990101", "building", None),
        Dropped("990102", "road", None),
    ],
)
def test_a_change_elsewhere_in_another_layer_or_county_keeps_the_tile(elsewhere: Dropped) -> None:
    async def ask() -> None:
        cache = listening()
        await cache.get(KEY, drawing([]))
        assert cache.drop(elsewhere) == 0
        assert cache.find(KEY) is not None

    asyncio.run(ask())


@pytest.mark.parametrize("box", [INSIDE, None])
def test_a_drawing_that_began_before_a_change_is_neither_kept_nor_given_to_late_askers(
    box: tuple[float, float, float, float] | None,
) -> None:
    async def ask() -> None:
        cache = listening()
        old = asyncio.create_task(cache.get(KEY, drawing([], b"old", 0.05)))
        await asyncio.sleep(0.01)
        cache.drop(Dropped("990101", "road", box))
        new = await cache.get(KEY, drawing([], b"new", 0.0))
        assert new.unpacked() == b"new"
        assert (await old).unpacked() == b"old"
        kept = cache.find(KEY)
        assert kept is not None and kept.unpacked() == b"new"

    asyncio.run(ask())


def test_more_changes_than_are_remembered_keep_nothing_that_began_before_them() -> None:
    async def ask() -> None:
        cache = TileCache(memory=4)
        cache.set_hearing(True)
        old = asyncio.create_task(cache.get(KEY, drawing([], seconds=0.02)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        cache.drop(Dropped("990101", "road", INSIDE))
        for _ in range(10):
            cache.drop(Dropped("990101", "building", None))
        await old
        assert cache.find(KEY) is None

    asyncio.run(ask())


def test_a_deaf_cache_keeps_nothing() -> None:
    async def ask() -> None:
        cache = listening()
        await cache.get(KEY, drawing([]))
        cache.set_hearing(False)
        assert cache.find(KEY) is None
        await cache.get(KEY, drawing([]))
        assert cache.find(KEY) is None and len(cache) == 0

    asyncio.run(ask())


def test_a_drawing_is_cancelled_when_the_last_asker_leaves_and_not_before() -> None:
    async def ask() -> None:
        cache = listening()
        askers = [asyncio.create_task(cache.get(KEY, drawing(log, seconds=0.05))) for _ in range(2)]
        await asyncio.sleep(0.01)
        askers[0].cancel()
        assert (await askers[1]).unpacked() == b"tile"
        assert log == ["began", "ended"]
        alone = asyncio.create_task(cache.get(TileKey("1", (), HERE, ""), drawing(log, seconds=0.05)))
        await asyncio.sleep(0.01)
        alone.cancel()
        await asyncio.sleep(0.1)
        assert log == ["began", "ended", "began"]

    log: list[str] = []
    asyncio.run(ask())


def test_a_failed_drawing_reaches_every_asker_and_is_tried_again() -> None:
    async def fail() -> bytes:
        await asyncio.sleep(0.01)
        raise ValueError("database")

    async def ask() -> None:
        cache = listening()
        answers = await asyncio.gather(*(cache.get(KEY, fail) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(answer, ValueError) for answer in answers)
        assert (await cache.get(KEY, drawing([]))).unpacked() == b"tile"

    asyncio.run(ask())


def test_the_oldest_tiles_go_when_the_room_is_used_up() -> None:
    async def ask() -> None:
        cache = TileCache(limit_bytes=4_000)
        cache.set_hearing(True)
        keys = [TileKey("990101", ("road",), TileAddress(10, x, 0), "") for x in range(20)]
        for key in keys:
            await cache.get(key, drawing([], seconds=0))
        assert 0 < len(cache) < 20
        assert cache.find(keys[-1]) is not None and cache.find(keys[0]) is None

    asyncio.run(ask())


def test_the_same_bytes_have_the_same_tag_and_others_another() -> None:
    assert Tile.of(b"a") == Tile.of(b"a")
    assert Tile.of(b"a").etag != Tile.of(b"b").etag
    assert Tile.of(b"").packed == b"" and Tile.of(b"").unpacked() == b""


@given(st.floats(-180, 179.999), st.floats(-85, 85), st.integers(0, MAX_ZOOM))
def test_a_point_lies_in_the_box_of_its_tile_for_any_place_and_zoom(lon: float, lat: float, zoom: int) -> None:
    tile = tile_at(lon, lat, zoom)
    west, south, east, north = tile.box_lonlat(1e-6)
    assert tile.exists
    assert west <= lon <= east and south <= lat <= north


@given(st.integers(0, MAX_ZOOM), st.data())
def test_four_tiles_share_their_parents_edges_exactly_for_any_tile(zoom: int, data: st.DataObject) -> None:
    x, y = (data.draw(st.integers(0, (1 << zoom) - 1)) for _ in "xy")
    west, south, east, north = TileAddress(zoom, x, y).box_3857()
    corner = [TileAddress(zoom + 1, 2 * x + i, 2 * y + j).box_3857() for i in (0, 1) for j in (0, 1)]
    assert min(box[0] for box in corner) == west and max(box[2] for box in corner) == east
    assert min(box[1] for box in corner) == south and max(box[3] for box in corner) == north
    assert corner[0][2] == corner[2][0] and corner[0][1] == corner[1][3]

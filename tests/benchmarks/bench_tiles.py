"""Uncached tiles through HTTP against the same statements straight from the database.

Both sides draw the same tiles of a county of one's own with ``lamps`` lamps and ``buildings`` buildings,
over the same number of connections, in turn, round by round. The ratio is the throughput of HTTP over that
of the bare loop; the noise is the spread of the rounds' ratios. Sizes are of the largest tile found at each zoom.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geo.db.engine import Database
from geo.db.reader import open_reader_pool, reading
from geo.layers.register import get_kind
from geo.settings import Settings
from geo.tiles.actions import draw_tile
from geo.tiles.boxes import TileAddress, tile_at
from geo.tiles.rules import MAX_TILE_BYTES

TENANT = "990199"
WEST, SOUTH, SIDE = 118.0, 28.2, 0.1
LAYERS = ("building", "streetlight")
ZOOMS = (8, 10, 12, 13, 14, 15, 16)
CONNECTIONS = 4
ROUNDS = 3
TILES_A_ROUND = 12

Draw = Callable[[TileAddress], Awaitable[bytes]]


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Measure; ``arguments`` are numbers of lamps and buildings (default 1,000,000 and 200,000).

    Returns
    -------
    dict
        Per zoom: ``ratio``, ``noise``, tiles a second on both sides, ``largest_bytes``; ``ratio`` over all zooms
        is the geometric mean.
    """
    lamps, buildings = (int(value) for value in (arguments + ["1000000", "200000"][len(arguments) :])[:2])
    database = Database.open(settings, migrate=True)
    fill(database, lamps, buildings)
    key = make_key(database)
    port = free_port()
    server = serve(settings, port)
    try:
        return asyncio.run(measure(database, key, port, lamps, buildings))
    finally:
        server.terminate()
        server.wait(timeout=20)
        database.close()


async def measure(database: Database, key: str, port: int, lamps: int, buildings: int) -> dict[str, Any]:
    """Every zoom in turn."""
    pool = await open_reader_pool(database, CONNECTIONS)
    kinds = tuple(get_kind(name) for name in LAYERS)
    on = dt.date(2026, 3, 1)

    async def bare(place: TileAddress) -> bytes:
        async with reading(pool, TENANT) as connection:
            return await draw_tile(connection, TENANT, kinds, place, on)

    http = Http(port, key)
    await http.wait_until_ready()
    zooms: dict[str, Any] = {}
    say(f"{'zoom':>5} {'http/s':>8} {'sql/s':>8} {'ratio':>6} {'noise':>6} {'largest':>8}")
    for zoom in ZOOMS:
        zooms[str(zoom)] = figures = await measure_zoom(zoom, bare, http)
        say(
            f"{zoom:>5} {figures['http_per_s']:>8.1f} {figures['sql_per_s']:>8.1f} {figures['ratio']:>6.2f}"
            f" {figures['noise']:>6.2f} {figures['largest_bytes']:>8}"
        )
    pool.terminate()
    ratio = statistics.geometric_mean(figures["ratio"] for figures in zooms.values())
    largest = max(figures["largest_bytes"] for figures in zooms.values())
    return {
        "name": "tiles", "ratio": round(ratio, 3), "zooms": zooms, "largest_bytes": largest,
        "within_limit": largest <= MAX_TILE_BYTES, "data": {"lamps": lamps, "buildings": buildings},
        "connections": CONNECTIONS, "rounds": ROUNDS, "load": os.getloadavg()[0],
    }  # fmt: skip


async def measure_zoom(zoom: int, bare: Draw, http: Http) -> dict[str, Any]:
    """One zoom: the two sides in turn on the same tiles."""
    places = tiles_of(zoom)
    largest = 0
    ratios, rates = [], ([], [])
    for number in range(ROUNDS):
        chosen = [
            places[(number * TILES_A_ROUND + step) % len(places)] for step in range(min(TILES_A_ROUND, len(places)))
        ]
        taken = []
        for side in (bare, http.draw) if number % 2 else (http.draw, bare):
            began = time.perf_counter()
            sizes = await spread(side, chosen)
            taken.append((side is bare, len(chosen) / (time.perf_counter() - began)))
            largest = max([largest, *sizes]) if side is bare else largest
        by_side = dict(taken)
        rates[0].append(by_side[False])
        rates[1].append(by_side[True])
        ratios.append(by_side[False] / by_side[True])
    return {
        "ratio": round(statistics.median(ratios), 3),
        "noise": round(max(ratios) - min(ratios), 3),
        "http_per_s": round(statistics.median(rates[0]), 1),
        "sql_per_s": round(statistics.median(rates[1]), 1),
        "largest_bytes": largest,
    }


async def spread(draw: Draw, places: list[TileAddress]) -> list[int]:
    """Draw tiles over ``CONNECTIONS`` at once; returns their sizes."""
    waiting = list(places)
    sizes: list[int] = []

    async def one() -> None:
        while waiting:
            sizes.append(len(await draw(waiting.pop())))

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return sizes


class Http:
    """A bare HTTP client, so that its own cost does not count as the server's."""

    def __init__(self, port: int, key: str) -> None:
        self.port = port
        self.key = key
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def draw(self, place: TileAddress) -> bytes:
        """A tile, drawn anew: the server's cache keeps nothing."""
        layers = ",".join(LAYERS)
        return await self.get(f"/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}?collections={layers}")

    async def get(self, path: str) -> bytes:
        """The body of an answer."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\nAccept-Encoding: gzip\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        length = next(
            (int(line[15:]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        body = await reader.readexactly(length) if length else b""
        self._idle.append((reader, writer))
        if status not in (200, 204):
            raise RuntimeError(f"{path}: {status} {body[:200]!r}")
        return body

    async def wait_until_ready(self) -> None:
        """Ask until the server answers."""
        for _ in range(300):
            try:
                await self.get("/ready")
            except (OSError, RuntimeError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.1)
            else:
                return
        raise RuntimeError("the server did not start")


def tiles_of(zoom: int) -> list[TileAddress]:
    """The county's tiles of a zoom in a random order that is always the same."""
    low, high = tile_at(WEST, SOUTH + SIDE, zoom), tile_at(WEST + SIDE, SOUTH, zoom)
    places = [TileAddress(zoom, x, y) for x in range(low.x, high.x + 1) for y in range(low.y, high.y + 1)]
    random.Random(zoom).shuffle(places)
    return places


def fill(database: Database, lamps: int, buildings: int) -> None:
    """A square town of 10 km with lamps and buildings spread evenly, unless it is there already."""
    from geo.db.counties import CountyExists, create_county
    from geo.db.counts import count_of, count_step

    with contextlib.suppress(CountyExists):
        create_county(database, TENANT, "测速县", (WEST - 0.1, SOUTH - 0.1, WEST + SIDE + 0.1, SOUTH + SIDE + 0.1))
    rows = {"streetlight": lamps, "building": buildings}
    with database.begin(TENANT) as session:
        if all(count_of(session, TENANT, name) == wanted for name, wanted in rows.items()):
            return
        say(f"making {lamps} lamps and {buildings} buildings")
        spot = "118.0 + 0.1 * random() AS x, 28.2 + 0.1 * random() AS y"
        for name, shape, column, value in (
            ("streetlight", "ST_Point(x, y)", "status", "CASE WHEN i % 20 = 0 THEN 'fault' ELSE 'on' END"),
            ("building", "ST_Multi(ST_MakeEnvelope(x, y, x + 1.2e-4, y + 1e-4))", "kind", "'house'"),
        ):
            count_step(session, TENANT, name, rows[name] - count_of(session, TENANT, name))
            session.execute(text(f"DELETE FROM {name} WHERE tenant = :t"), {"t": TENANT})
            session.execute(
                text(
                    f"INSERT INTO {name} (tenant, source, source_key, {column}, geom)"
                    f" SELECT :t, 'bench', i::text, {value}, ST_SetSRID({shape}, 4490)"
                    f" FROM (SELECT i, {spot} FROM generate_series(1, :rows) i) s"
                ),
                {"t": TENANT, "rows": rows[name]},
            )
    with database.begin_as_owner() as session:
        for name in rows:
            session.execute(text(f"ANALYZE {name}"))


def make_key(database: Database) -> str:
    """A key that reads the county's layers."""
    from api.auth.actions import create_key

    with database.begin(TENANT) as session:
        return str(create_key(session, TENANT, f"bench {time.time_ns()}", ["layers:read"]))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(settings: Settings, port: int, tenant: str = TENANT, *, kept: bool = False) -> subprocess.Popen[bytes]:
    """The server in a process of its own, with a cache that keeps nothing unless ``kept``."""
    root = Path(__file__).resolve().parents[2]
    code = (
        "import uvicorn, api.service as s; from geo.tiles.cache import TileCache; from api.app import create_app;"
        f"{'' if kept else 's.TileCache = lambda: TileCache(limit_bytes=0);'}"
        f"uvicorn.run(create_app(), port={port}, access_log=False, log_level='error', timeout_keep_alive=300)"
    )
    environment = {**os.environ, "PIANQU_HOME": str(settings.home), "PIANQU_TENANT": tenant}
    return subprocess.Popen([sys.executable, "-c", code], cwd=root, env=environment, stdout=subprocess.DEVNULL)


def say(line: str) -> None:
    """Progress and the table go to stderr; stdout is for the result."""
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    print(json.dumps(run(dataclasses.replace(Settings.load()), sys.argv[1:])))

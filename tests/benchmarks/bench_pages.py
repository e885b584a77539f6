"""Lists, maps and statistics over a million events, asked of the real server as a planner's pages ask for them.

``./pianqu bench pages [--events N] [--asks N] [--kept 1]``. The county is that of ``bench statistics``. Maps are asked
of a server that keeps no tile (cold) and of one that does (warm), by single tile and by screen: all tiles under a
window of 1,600 × 900 at once. ``changed`` is a cold map while some sixty events were reported and nobody has followed.
``first`` are the very first requests of a server, in this order. Beside them stand what the same tiles cost where
nothing is kept (``counted``), and the plain statements of ``pages_peers``, straight from the database; ``ratio`` is
ours over the plain one by the clock. ``p50_ms`` and ``p95_ms`` are by the clock and one caller; ``cpu_ms`` is what a
question costs on the mean in all processes of the database and the server, ``cpu_p95_ms`` what 95 of 100 cost at most,
in steps of 10 ms: a busy machine changes neither much. ``all`` is over every ask of ours but ``first``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import text

from geo.db.changes import write_change
from geo.db.engine import Database
from geo.db.sequencer import sequence_changes
from geo.layers.register import get_kind
from geo.settings import Settings
from geo.tiles.boxes import TileAddress, tile_at
from geo.tiles.cells.actions import recount
from tests.benchmarks.bench_statistics import (
    ASKS,
    EVENTS,
    SIDE,
    SOUTH,
    TENANT,
    WEST,
    cpu_s,
    fill,
    number,
    period,
    server_of,
    show,
    summary,
)
from tests.benchmarks.bench_tiles import free_port, say, serve
from tests.benchmarks.pages_peers import measure_peers

ZOOMS = (6, 8, 9, 10, 11, 12, 13, 14, 15, 16)
SCREENS = (9, 10, 11, 12, 13, 14, 15)
WINDOW = (1_600 / 512, 900 / 512)
"""Tiles of 512 pixels that a window is wide and high."""

FEW = 4
"""How often what takes seconds is asked."""

CHANGED = 60
LAYERS = "event,patrol_district,hotspot_zone,road"

OURS = ("lists", "statistics", "cold", "warm", "changed")
FIRST = {
    "list": "/collections/event/items?limit=100",
    "tile": "/tiles/WebMercatorQuad/12/1712/3390?collections=event,patrol_district,hotspot_zone,road",
    "figures": "/statistics?first=2022-03-03&last=2024-05-06",
    "workbook": "/statistics/files/xlsx?first=2022-03-03&last=2024-05-06",
}

Ask = Callable[[httpx.AsyncClient, random.Random], Awaitable[None]]


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Measure.

    Returns
    -------
    dict
        ``cells`` (seconds and CPU seconds of counting all cells anew); ``first`` (``ms``, ``cpu_ms``); ``lists``,
        ``statistics``, ``cold``, ``warm``, ``changed``, ``counted``, ``plain``: per question ``p50_ms p95_ms cpu_ms
        asks`` and, but for ``plain``, ``cpu_p95_ms``; ``ratio`` where there is a plain statement; ``all``: the same
        over everything; ``over_ms`` names each of ours whose p95 by the clock is more than 300 ms, ``over_cpu_ms`` each
        that costs more; ``seconds`` of the whole.
    """
    rows, asks = number(arguments, "--events", EVENTS), number(arguments, "--asks", ASKS)
    began = time.perf_counter()
    database = Database.open(settings, migrate=True)
    try:
        fill(database, rows, bool(number(arguments, "--kept", 0)))
        figures: dict[str, Any] = {"name": "pages", "events": rows, "cells": count_cells(database)}
        figures |= asyncio.run(measure(settings, database, asks))
    finally:
        database.close()
    for over, which in (("over_ms", "p95_ms"), ("over_cpu_ms", "cpu_p95_ms")):
        figures[over] = [
            f"{part}: {name}" for part in OURS for name, told in figures[part].items() if told[which] > 300
        ]
    figures["seconds"] = round(time.perf_counter() - began)
    return figures


async def measure(settings: Settings, database: Database, asks: int) -> dict[str, Any]:
    """All questions, one after the other."""
    found: dict[str, Any] = {}
    maps = {f"z{zoom}": tile(zoom) for zoom in ZOOMS}
    screens = {f"screen z{zoom}": screen(zoom) for zoom in SCREENS}
    login = sign_in(database)
    async with Server(settings, database, login, kept=False) as server:
        found["first"] = await server.ask_first(FIRST)
        found["lists"] = await server.ask_all(lists(database), asks)
        found["statistics"] = await server.ask_all(STATISTICS, asks)
        found["cold"] = await server.ask_all(maps, asks) | await server.ask_all(screens, max(FEW, asks // 4))
        ids = report_events(database)
        found["changed"] = await server.ask_all({name: maps[name] for name in ("z6", "z9", "z12", "z14")}, asks)
        take_back(database, ids)
        forget_cells(database)
        found["counted"] = await server.ask_all({name: maps[name] for name in ("z9", "z12", "z14")}, FEW)
    count_cells(database)
    async with Server(settings, database, login, kept=True) as server:
        warm = maps | screens
        for work in warm.values():
            await work(server.client, random.Random(1))
        found["warm"] = await server.ask_all(warm, asks, same=True)
    found["plain"] = measure_peers(database)
    for part in ("lists", "statistics", "cold"):
        for name, told in found[part].items():
            if name in found["plain"]:
                told["ratio"] = round(told["p50_ms"] / found["plain"][name]["p50_ms"], 2)
                say(f"{name:>24} ours / plain {told['ratio']:>8.2f} by the clock")
    found["all"] = over_all(found)
    show("all", found["all"])
    say(f"{'':>24} of 100 asks 95 cost no more than {found['all']['cpu_p95_ms']:.0f} ms of CPU")
    return found


def over_all(found: dict[str, Any]) -> dict[str, Any]:
    """Every ask of ours as one list; takes the single measurements out of the rows."""
    rows = [told for part in OURS for told in found[part].values()]
    taken = [one for told in rows for one in told.pop("taken")]
    costs = [one for told in rows for one in told.pop("costs")]
    for told in found["counted"].values():
        del told["taken"], told["costs"]
    return {**summary(taken, sum(costs)), "cpu_p95_ms": summary(costs, 0.0)["p95_ms"]}


class Server:
    """The server in a process of its own, and a signed-in client of it."""

    def __init__(self, settings: Settings, database: Database, login: tuple[str, str], *, kept: bool) -> None:
        self.port = free_port()
        self.login = login
        self.process = serve(settings, self.port, TENANT, kept=kept)
        self.roots = [server_of(database), self.process.pid]
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=120)

    async def __aenter__(self) -> Server:
        for _ in range(1_200):
            try:
                if (await self.client.get("/ready")).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
        answer = await self.client.post("/session", json=dict(zip(("login", "password"), self.login, strict=True)))
        assert answer.status_code == 200, answer.text
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self.client.aclose()
        self.process.terminate()
        self.process.wait(timeout=20)

    async def ask_first(self, questions: dict[str, str]) -> dict[str, Any]:
        """Each address once, of a server that was asked nothing but its health and to sign in."""
        found = {}
        for name, path in questions.items():
            spent, began = -cpu_s(self.roots), time.perf_counter()
            await get(self.client, path)
            found[name] = {"ms": round(1000 * (time.perf_counter() - began), 1)}
            found[name]["cpu_ms"] = round(1000 * (spent + cpu_s(self.roots)))
            say(f"{'first ' + name:>24} {found[name]['ms']:>8.1f} ms  cpu {found[name]['cpu_ms']} ms")
        return found

    async def ask_all(self, questions: dict[str, Ask], asks: int, *, same: bool = False) -> dict[str, Any]:
        """Each question ``asks`` times, at places and in periods drawn from its name (``same``: always the same)."""
        found = {}
        for name, work in questions.items():
            draw = random.Random(name)
            taken, costs = [], []
            for _ in range(asks):
                chosen = random.Random(1) if same else draw
                spent = -cpu_s(self.roots)
                began = time.perf_counter()
                await work(self.client, chosen)
                taken.append(time.perf_counter() - began)
                costs.append(spent + cpu_s(self.roots))
            found[name] = {**summary(taken, sum(costs)), "cpu_p95_ms": summary(costs, 0.0)["p95_ms"]}
            found[name] |= {"taken": taken, "costs": costs}
            show(name, found[name])
            say(f"{'':>24} of 100 asks 95 cost no more than {found[name]['cpu_p95_ms']:.0f} ms of CPU")
        return found


def address(path: Callable[[random.Random], str]) -> Ask:
    """Ask for one address."""

    async def ask(client: httpx.AsyncClient, draw: random.Random) -> None:
        await get(client, path(draw))

    return ask


async def get(client: httpx.AsyncClient, path: str) -> None:
    """One answer, which must be a good one."""
    answer = await client.get(path)
    assert answer.status_code in (200, 204), (path, answer.status_code, answer.text[:300])


def spot(draw: random.Random, zoom: int) -> TileAddress:
    """A tile over the town."""
    return tile_at(WEST + draw.random() * SIDE, SOUTH + draw.random() * SIDE, zoom)


def path_of(place: TileAddress, layers: str) -> str:
    """Where a tile is asked for."""
    return f"/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}?collections={layers}"


def tile(zoom: int) -> Ask:
    """One tile of events."""
    return address(lambda draw: path_of(spot(draw, zoom), "event"))


def screen(zoom: int) -> Ask:
    """All tiles under a window somewhere over the town, with the other layers a page opens with."""

    async def ask(client: httpx.AsyncClient, draw: random.Random) -> None:
        at, right, down = spot(draw, zoom), draw.random(), draw.random()
        wide, high = int(WINDOW[0] + right) + 1, int(WINDOW[1] + down) + 1
        places = [
            TileAddress(zoom, at.x - wide // 2 + x, at.y - high // 2 + y) for x in range(wide) for y in range(high)
        ]
        await asyncio.gather(*(get(client, path_of(place, LAYERS)) for place in places))

    return ask


def box(draw: random.Random, side: float) -> str:
    """A square somewhere in the town."""
    west, south = WEST + draw.random() * (SIDE - side), SOUTH + draw.random() * (SIDE - side)
    return f"{west:.5f},{south:.5f},{west + side:.5f},{south + side:.5f}"


def dates(draw: random.Random) -> str:
    """A period as parameters."""
    first, last = period(draw)
    return f"first={first}&last={last}"


def days(draw: random.Random) -> str:
    """A period as an interval."""
    return "/".join(f"{day}T00:00:00Z" for day in period(draw))


def lists(database: Database) -> dict[str, Ask]:
    """Pages of a hundred events; codes by how many have them."""
    with database.begin(TENANT) as session:
        first, last = session.execute(text("SELECT min(id), max(id) FROM event WHERE tenant = :t"), {"t": TENANT}).one()
        codes = session.execute(
            text("SELECT code FROM event WHERE tenant = :t GROUP BY 1 ORDER BY count(*), 1"), {"t": TENANT}
        )
        ordered = list(codes.scalars())
    page = "/collections/event/items?limit=100"
    rare, common, half = ordered[0], ordered[-1], (first + last) // 2

    def deep(draw: random.Random) -> int:
        return draw.randrange(first, last)

    def some(draw: random.Random) -> str:
        return str(draw.choice(ordered))

    paths: dict[str, Callable[[random.Random], str]] = {
        "first page": lambda draw: page,
        "deep": lambda draw: f"{page}&after={deep(draw)}",
        "box": lambda draw: f"{page}&bbox={box(draw, 0.01)}",
        "days": lambda draw: f"{page}&datetime={days(draw)}",
        "one day": lambda draw: f"{page}&datetime={period(draw)[0]}",
        "rare code": lambda draw: f"{page}&code={rare}",
        "common code": lambda draw: f"{page}&code={common}",
        "any code, deep": lambda draw: f"{page}&code={some(draw)}&after={deep(draw)}",
        "any code in days": lambda draw: f"{page}&code={some(draw)}&datetime={days(draw)}",
        "rare code, second half": lambda draw: f"{page}&code={rare}&after={half}",
        "any code in a box": lambda draw: f"{page}&code={some(draw)}&bbox={box(draw, 0.02)}",
        "void ones": lambda draw: f"{page}&duplicate_of=void",
        "who noticed": lambda draw: f"{page}&origin=camera&after={deep(draw)}",
        "one 片区": lambda draw: f"{records(draw)}&district=D{1 + draw.randrange(11):02d}",
    }
    return {name: address(path) for name, path in paths.items()}


def records(draw: random.Random) -> str:
    """Records behind a figure."""
    return f"/statistics/figures/occupation/records?{dates(draw)}&limit=100"


STATISTICS: dict[str, Ask] = {
    "all figures": address(lambda draw: f"/statistics?{dates(draw)}"),
    "as a workbook": address(lambda draw: f"/statistics/files/xlsx?{dates(draw)}"),
    "by 片区 and code": address(lambda draw: f"/statistics/events?{dates(draw)}&by=district&by=code"),
    "by who noticed": address(lambda draw: f"/statistics/events?{dates(draw)}&by=origin"),
    "records": address(records),
    "evaluation": address(lambda draw: f"/statistics/evaluation?{dates(draw)}"),
    "底数表": address(lambda draw: "/statistics/baseline"),
    "721": address(lambda draw: f"/statistics/classes?{dates(draw)}"),
}


def count_cells(database: Database) -> dict[str, float]:
    """Count all cells anew, once all changes have their number: no worker runs that would give them."""
    while sequence_changes(database):
        pass
    roots = [server_of(database)]
    began, spent = time.perf_counter(), -cpu_s(roots) - time.process_time()
    with database.begin(TENANT) as session:
        recount(session, TENANT, get_kind("event"))
    seconds, spent = time.perf_counter() - began, spent + cpu_s(roots) + time.process_time()
    with database.begin_as_owner() as session:
        session.execute(text("ANALYZE tile_cell"))
    say(f"counted all cells in {seconds:.1f} s, {spent:.1f} CPU s")
    return {"seconds": round(seconds, 2), "cpu_s": round(spent, 2)}


def forget_cells(database: Database) -> None:
    """As if nothing were kept."""
    with database.begin(TENANT) as session:
        session.execute(text("DELETE FROM tile_mark WHERE tenant = :t"), {"t": TENANT})


def report_events(database: Database) -> list[int]:
    """Events seen just now, each in a change of its own, which nobody follows since no worker runs."""
    draw = random.Random(2)
    ids: list[int] = []
    with database.begin(TENANT) as session:
        for n in range(CHANGED):
            lon, lat = WEST + draw.random() * SIDE, SOUTH + draw.random() * SIDE
            facts = {"t": TENANT, "key": f"new {time.time_ns()} {n}", "at": dt.datetime.now(dt.UTC), "x": lon, "y": lat}
            made = text(
                "INSERT INTO event (tenant, uid, source, source_key, code, occurred_at, geom) VALUES"
                " (:t, gen_random_uuid(), 'bench', :key, '01-01', :at, ST_SetSRID(ST_Point(:x, :y), 4490)) RETURNING id"
            )
            ids.append(session.execute(made, facts).scalar_one())
            write_change(
                session, TENANT, "event.recorded", layer="event", feature_ids=ids[-1:], box=(lon, lat, lon, lat)
            )
    return ids


def take_back(database: Database, ids: list[int]) -> None:
    """The county as it was."""
    with database.begin(TENANT) as session:
        session.execute(text("DELETE FROM event WHERE tenant = :t AND id = ANY(:ids)"), {"t": TENANT, "ids": ids})


def sign_in(database: Database) -> tuple[str, str]:
    """An account that sees the whole county; a new one each time."""
    from api.auth.actions import add_account

    login, password = f"bench{time.time_ns()}", "not-a-secret-here"
    with database.begin(TENANT) as session:
        add_account(session, TENANT, login, password, "planner", None)
    return login, password

"""What the HTTP process holds while it runs: the database, the read-only pool, the tiles, the ear for changes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar

import asyncpg
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.auth.actions import SignedIn, sign_in
from api.auth.recognition import Recognition
from geo.db.counties import County
from geo.db.engine import Database
from geo.db.reader import open_reader_pool, reading
from geo.db.sequencer import CHANNEL
from geo.errors import PianquError, Unavailable
from geo.features.actions import get_county
from geo.layers.register import LayerKind
from geo.settings import Settings
from geo.tiles.actions import draw_tile
from geo.tiles.boxes import TileAddress
from geo.tiles.cache import Dropped, Tile, TileCache, TileKey
from geo.tiles.queries import CHANGES

POOL_SIZE = 8
WAITING = 256
"""Drawings that may wait for a connection; past it the answer is 503, since a longer queue only answers nobody."""

SIGN_INS = 4
"""Passwords hashed at once: each takes 64 MB, and more would not be faster."""

COUNTY_TTL_S = 30.0
FIRST_TRY_S = 1.0
"""How long the first request is held back for the database; a later one is told to come again."""

AGAIN_S = 1.0
"""Pause before the database is tried again."""

T = TypeVar("T")
log = structlog.get_logger()


class Busy(Unavailable):
    """More work waits than can be done soon."""


class Starting(Unavailable):
    """The database was not reached yet."""


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class Service:
    """The long-lived parts of one HTTP process.

    Parameters
    ----------
    settings
        Home, county answered to callers without a key, database.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tiles = TileCache()
        self.keys, self.sessions = Recognition(), Recognition()
        self._database: Database | None = None
        self._pool: asyncpg.Pool[Any] | None = None
        self._opened = asyncio.Event()
        self._waiting = 0
        self._sign_ins, self._signing_in = asyncio.Semaphore(SIGN_INS), 0
        self._counties: dict[str, tuple[float, County]] = {}

    @property
    def database(self) -> Database:
        """The open database.

        Raises
        ------
        Starting
            While it has not been reached since the process began; later outages heal by themselves.
        """
        if self._database is None:
            raise Starting("http.starting")
        return self._database

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open what there is to open, keep trying for what is away, close everything at the end."""
        task = asyncio.create_task(self._run())
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._opened.wait(), FIRST_TRY_S)
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if self._pool is not None:
                self._pool.terminate()
            if self._database is not None:
                self._database.close()

    @contextlib.asynccontextmanager
    async def reading(self, tenant: str) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A read-only connection that sees one county.

        Raises
        ------
        Starting, Busy, DatabaseAway
            If the database was never reached, too many wait, or it went away.
        """
        if self._pool is None:
            raise Starting("http.starting")
        if self._waiting >= WAITING:
            raise Busy("query.busy")
        self._waiting += 1
        try:
            async with reading(self._pool, tenant) as connection:
                yield connection
        finally:
            self._waiting -= 1

    async def sign_in(self, tenant: str, login: str, password: str) -> SignedIn:
        """Sign in as :func:`api.auth.actions.sign_in` does, a few at a time; the others wait without a thread.

        Raises
        ------
        Starting, Busy
            If the database was never reached, or too many wait.
        """
        if self._signing_in >= WAITING:
            raise Busy("query.busy")
        self._signing_in += 1
        try:
            async with self._sign_ins:
                return await run_in_threadpool(sign_in, self.database, tenant, login, password)
        finally:
            self._signing_in -= 1

    async def county(self, tenant: str) -> County:
        """The county's facts, at most ``COUNTY_TTL_S`` old."""
        kept = self._counties.get(tenant)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        async with self.reading(tenant) as connection:
            facts = await get_county(connection, tenant)
        self._counties[tenant] = (time.monotonic() + COUNTY_TTL_S, facts)
        return facts

    async def tile(self, tenant: str, kinds: tuple[LayerKind, ...], address: TileAddress) -> Tile:
        """A tile with the given layers, from the cache or drawn once."""
        on = (await self.county(tenant)).today()
        key = TileKey(tenant, tuple(kind.name for kind in kinds), address, on.isoformat())

        async def draw() -> bytes:
            async with self.reading(tenant) as connection:
                return await draw_tile(connection, tenant, kinds, address, on)

        return await self.tiles.get(key, draw)

    async def _run(self) -> None:
        """Reach the database, then listen for changes for as long as the process runs."""
        while self._pool is None:
            try:
                if self._database is None:
                    self._database = await run_in_threadpool(Database.open, self.settings)
                self._pool = await open_reader_pool(self._database, POOL_SIZE)
            except (PianquError, OSError, asyncpg.PostgresError) as error:
                log.warning("database.not_reached", error=str(error))
                await asyncio.sleep(AGAIN_S)
            except Exception as error:  # this task must not end: nobody would start another
                log.error("database.not_opened", exc_info=error)
                await asyncio.sleep(AGAIN_S)
        self._opened.set()
        while True:
            try:
                await self._listen(self.database)
            except (PianquError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("changes.not_heard", error=type(error).__name__)
            except Exception as error:
                log.error("changes.not_understood", exc_info=error)
            await asyncio.sleep(0.5)

    async def _listen(self, database: Database) -> None:
        """Hear of changes until the connection is lost; the cache keeps tiles only meanwhile."""
        connection = await asyncpg.connect(database.reader_dsn(), timeout=10)
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        connection.add_termination_listener(lambda _: heard.put_nowait(None))
        try:
            await connection.add_listener(CHANNEL, lambda *event: heard.put_nowait(str(event[3])))
            self.tiles.set_hearing(True)
            while (payload := await heard.get()) is not None:
                await self._hear(payload)
        finally:
            self.tiles.set_hearing(False)
            connection.terminate()

    async def _hear(self, payload: str) -> None:
        """Drop the tiles that the numbered changes of a county touch."""
        said = json.loads(payload)
        values = {"tenant": said["tenant"], "first": said["seq_from"], "last": said["seq_to"]}
        async with self.reading(said["tenant"]) as connection:
            rows = await connection.fetch(CHANGES.sql, *CHANGES.arguments(values))
        for row in rows:
            box = None if row["west"] is None else (row["west"], row["south"], row["east"], row["north"])
            self.tiles.drop(Dropped(said["tenant"], row["layer"], box))
        self._counties.pop(said["tenant"], None)


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled, its query with it, when the client leaves.

    Raises
    ------
    ClientGone
        If the client left first.
    """
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        watch.cancel()
        task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

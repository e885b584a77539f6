"""The worker process: runs jobs, and numbers what happened.

It ends whenever its database goes away, with whatever code; the supervisor starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib

import procrastinate
import structlog

from api.jobs.clock import watch_the_clock
from api.jobs.tasks import STALLED_S, retry_stalled, worker_app
from geo.db.engine import Database
from geo.db.sequencer import sequence_changes
from geo.errors import PianquError
from geo.settings import Settings
from geo.tiles.cells.actions import follow_everywhere

CONCURRENCY = 2
HEARTBEAT_S = 2.0
RESCUE_EVERY_S = 2.0
NUMBER_EVERY_S = 0.5
COUNT_EVERY_S = 1.0
COUNT_AT_LEAST_EVERY_S = 60.0
"""Cells of tiles are looked after when something was numbered or put off, and now and then whatever was heard."""

log = structlog.get_logger()


def run_worker(settings: Settings) -> None:
    """Work until told to stop.

    Raises
    ------
    DatabaseAway, SchemaBehind
        If there is no database to work on.
    """
    with Database.open(settings) as database:
        asyncio.run(_work(database, settings))


async def _work(database: Database, settings: Settings) -> None:
    numbered = asyncio.Event()
    beside = [asyncio.create_task(_number(database, numbered)), asyncio.create_task(_count_cells(database, numbered))]
    try:
        async with worker_app(database).open_async() as app:
            beside += [asyncio.create_task(_rescue(app)), asyncio.create_task(watch_the_clock(database))]
            await app.run_worker_async(
                name="pianqu",
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                shutdown_graceful_timeout=5.0,
                additional_context={"database": database, "settings": settings},
            )
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _number(database: Database, some: asyncio.Event) -> None:
    """Number committed changes, at once again while there are many; ``some`` is set when there were any."""
    while True:
        numbered = 0
        try:
            numbered = await asyncio.to_thread(sequence_changes, database)
            if numbered:
                some.set()
        except PianquError as error:
            log.warning("changes.not_numbered", error=error.code)
        except Exception as error:  # this task must not end while the worker lives: pages and tiles would stand still
            log.error("changes.not_numbered", exc_info=error)
        await asyncio.sleep(NUMBER_EVERY_S if numbered == 0 else 0.02)


async def _count_cells(database: Database, some: asyncio.Event) -> None:
    """Keep the counts that tiles of large layers are drawn from, beside the numbering, which never waits for them."""
    while True:
        waits = True
        some.clear()
        try:
            waits = await asyncio.to_thread(follow_everywhere, database)
        except PianquError as error:
            log.warning("cells.not_counted", error=error.code)
        except Exception as error:  # tiles are right without, but slow
            log.error("cells.not_counted", exc_info=error)
        await asyncio.sleep(COUNT_EVERY_S)
        if not waits:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(some.wait(), COUNT_AT_LEAST_EVERY_S)


async def _rescue(app: procrastinate.App) -> None:
    """Look for what killed workers left behind, at once and then every few seconds."""
    while True:
        try:
            if found := await retry_stalled(app):
                log.warning("jobs.rescued", jobs=found)
        except procrastinate.exceptions.ConnectorException as error:
            log.warning("jobs.not_rescued", error=type(error).__name__)
        except Exception as error:
            log.error("jobs.not_rescued", exc_info=error)
        await asyncio.sleep(RESCUE_EVERY_S)

"""The worker process: runs jobs, and numbers what happened.

It ends whenever its database goes away, with whatever code; the supervisor starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from api.jobs.tasks import worker_app
from geo.db.engine import Database
from geo.db.sequencer import sequence_changes
from geo.errors import PianquError
from geo.settings import Settings

CONCURRENCY = 2
HEARTBEAT_S = 5.0
NUMBER_EVERY_S = 0.5
log = structlog.get_logger()


def run_worker(settings: Settings) -> None:
    """Work until told to stop.

    Raises
    ------
    DatabaseAway, SchemaBehind
        If there is no database to work on.
    """
    database = Database.open(settings)
    try:
        asyncio.run(_work(database, settings))
    finally:
        database.close()


async def _work(database: Database, settings: Settings) -> None:
    numbering = asyncio.create_task(_number(database))
    try:
        async with worker_app(database).open_async() as app:
            await app.run_worker_async(
                name="pianqu",
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=6 * HEARTBEAT_S,
                shutdown_graceful_timeout=5.0,
                additional_context={"database": database, "settings": settings},
            )
    finally:
        numbering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await numbering


async def _number(database: Database) -> None:
    """Number committed changes, at once again while there are many."""
    while True:
        numbered = 0
        try:
            numbered = await asyncio.to_thread(sequence_changes, database)
        except PianquError as error:
            log.warning("changes.not_numbered", error=error.code)
        await asyncio.sleep(NUMBER_EVERY_S if numbered == 0 else 0.02)

"""The read-only hot path: raw asyncpg connections as ``pianqu_reader``, bytes built in PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import asyncpg

from geo.db.errors import DatabaseAway
from geo.settings import check_tenant

if TYPE_CHECKING:
    from geo.db.engine import Database

LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError, OSError)


async def open_reader_pool(database: Database, size: int = 8) -> asyncpg.Pool[Any]:
    """A pool of at most ``size`` connections; they are made when needed, also after the server came back."""
    return await asyncpg.create_pool(
        database.reader_dsn(), min_size=0, max_size=size, timeout=10, command_timeout=30, reset=_nothing_to_reset
    )


@contextlib.asynccontextmanager
async def reading(pool: asyncpg.Pool[Any], tenant: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection in a read-only transaction that sees one county.

    Raises
    ------
    BadSetting
        If ``tenant`` is not six digits.
    DatabaseAway
        If the server cannot be reached or went away.

    Notes
    -----
    Two round trips besides the caller's own: begin with the county in one message, and the end.
    """
    begin = f"BEGIN READ ONLY; SET LOCAL pianqu.tenant = '{check_tenant(tenant)}'"
    try:
        async with pool.acquire() as connection:
            try:  # the beginning too: cancelled in it, the connection would go back with a transaction open
                await connection.execute(begin)
                yield connection
            except BaseException:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")
    except asyncpg.QueryCanceledError:
        raise
    except LOST as error:
        raise DatabaseAway("db.away") from error


async def _nothing_to_reset(connection: asyncpg.Connection[Any]) -> None:
    """Spare the round trip: whatever :func:`reading` sets ends with its transaction."""

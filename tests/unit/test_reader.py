"""A connection of the hot path goes back to the pool without a transaction, whatever happened."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from geo.db.reader import reading


class Connection:
    """Notes what is executed; cancelled in the statement that begins with ``breaks``."""

    def __init__(self, breaks: str) -> None:
        self.breaks = breaks
        self.said: list[str] = []

    async def execute(self, statement: str) -> None:
        self.said.append(statement.partition(" ")[0])
        if statement.startswith(self.breaks):
            raise asyncio.CancelledError

    def is_closed(self) -> bool:
        return False


class Pool:
    """Hands out one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @contextlib.asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        yield self.connection


@pytest.mark.parametrize(
    ("breaks", "said"), [("BEGIN", ["BEGIN", "ROLLBACK"]), ("SELECT", ["BEGIN", "SELECT", "ROLLBACK"])]
)
def test_a_reader_that_is_cancelled_rolls_back_wherever_it_stands(breaks: str, said: list[str]) -> None:
    connection = Connection(breaks)
    pool: Any = Pool(connection)

    async def read() -> None:
        async with reading(pool, "990101") as one:
            await one.execute("SELECT 1")

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(read())
    assert connection.said == said

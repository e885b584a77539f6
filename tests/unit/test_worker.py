"""What goes on beside the jobs goes on whatever happens."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

from api.jobs import clock, worker


@pytest.mark.parametrize(
    ("task", "work"),
    [
        (lambda some: worker._number(None, some), "sequence_changes"),  # type: ignore[arg-type]
        (lambda some: worker._count_cells(None, some), "follow_everywhere"),  # type: ignore[arg-type]
        (lambda _: worker._rescue(None), "retry_stalled"),  # type: ignore[arg-type]
    ],
    ids=["number", "count cells", "rescue"],
)
def test_an_error_nobody_foresaw_does_not_end_what_runs_beside_the_jobs(
    monkeypatch: pytest.MonkeyPatch, task: Any, work: str
) -> None:
    tries = 0

    def fail(_: object) -> int:
        nonlocal tries
        tries += 1
        raise ZeroDivisionError

    monkeypatch.setattr(worker, work, fail)
    monkeypatch.setattr(worker, "NUMBER_EVERY_S", 0.0)
    monkeypatch.setattr(worker, "COUNT_EVERY_S", 0.0)
    monkeypatch.setattr(worker, "RESCUE_EVERY_S", 0.0)

    async def watch() -> None:
        running = asyncio.create_task(task(asyncio.Event()))
        while tries < 2:
            assert not running.done()
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(asyncio.wait_for(watch(), 10))


def test_whatever_follows_from_the_date_is_looked_at() -> None:
    looks = {
        look
        for _, look in inspect.getmembers(clock, inspect.isfunction)
        if look.__module__ == clock.__name__ and list(inspect.signature(look).parameters) == ["database"]
    } - {clock.watch_the_clock}
    assert len(looks) >= 8
    assert looks <= {look for _, look in (*clock.OFTEN, *clock.HOURLY)}

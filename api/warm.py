"""What is made once a process, made before anybody asks for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

DESCRIBED_AFTER_S = 20.0
"""So long after its start a process describes its API: some seconds of one core, which a server that has just begun
needs for those who wait, and one that ends soon never."""


def build_routes(app: FastAPI) -> int:
    """Build what every route needs to be matched and called, which the framework leaves to the first request.

    Returns
    -------
    int
        How many routes there are.

    Notes
    -----
    400 routes take 0.5 to 0.9 s of CPU.
    """
    return sum(1 for _ in iter_route_contexts(app.routes))


@contextlib.contextmanager
def describing(app: FastAPI, after_s: float = DESCRIBED_AFTER_S) -> Iterator[None]:
    """Meanwhile make the OpenAPI document, in a thread of its own; who asks earlier has it made at once."""
    timer = threading.Timer(after_s, app.openapi)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

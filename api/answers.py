"""Answers whose bytes are made already: JSON text from PostgreSQL, packed tiles."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

PACK_FROM = 100_000
"""Bytes from which packing is left to a thread, so that a large page does not hold up every tile."""


class Json(JSONResponse):
    """JSON by orjson; dates as ISO 8601."""

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def takes_gzip(request: Request) -> bool:
    """Whether the caller unpacks gzip (``q=0`` refuses it)."""
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


async def text_answer(request: Request, text: str, media: str, headers: dict[str, str] | None = None) -> Response:
    """Text as it is; a large one is packed outside the event loop."""
    body = text.encode()
    kept = dict(headers or {})
    if len(body) >= PACK_FROM and takes_gzip(request):
        body = await run_in_threadpool(gzip.compress, body, 4)
        kept |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(body, 200, kept, media)

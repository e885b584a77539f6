"""PNG tiles for browsers without WebGL, drawn in processes of their own from the vector tiles."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import Caller, Holder
from api.problems import responses
from api.routes.tiles import Number, chosen_kinds, find_tile
from geo.errors import Unavailable
from geo.tiles.boxes import TileAddress
from maps.pictures import draw

PROCESSES = 2
MOST_KEPT = 2000
"""Pictures kept, of 1 to 30 kB each."""

MOST_WAITING = 200


class TooManyPictures(Unavailable):
    """More pictures wait to be drawn than can be soon."""


class Painter:
    """A small pool of drawing processes, started at the first picture and again after one died."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._kept: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._waiting = 0

    async def picture(self, etag: str, data: bytes, kinds: tuple[str, ...], z: int, roads: str) -> bytes:
        """The PNG of a vector tile, from memory if the very same tile was drawn before.

        Raises
        ------
        TooManyPictures
            If the queue is full.
        """
        key = (etag, ",".join(kinds), str(z), roads)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if self._waiting >= MOST_WAITING:
            raise TooManyPictures("query.busy")
        self._waiting += 1
        try:
            png = await self._draw(data, kinds, z, roads)
        finally:
            self._waiting -= 1
        self._kept[key] = png
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return png

    async def _draw(self, data: bytes, kinds: tuple[str, ...], z: int, roads: str) -> bytes:
        loop = asyncio.get_running_loop()
        for attempt in (1, 2):
            pool = self._pool or self._start()
            try:
                return await loop.run_in_executor(pool, draw, data, kinds, z, roads)
            except BrokenProcessPool:
                if self._pool is pool:
                    self._pool = None
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def _start(self) -> ProcessPoolExecutor:
        # spawn: a fork of a process with threads and open connections may hang
        self._pool = ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn"))
        return self._pool

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """The painter lives as long as the application."""
    app.state.painter = Painter()
    try:
        yield
    finally:
        app.state.painter.close()


router = APIRouter(tags=["tiles"], lifespan=lifespan)


@router.get(
    "/tiles/WebMercatorQuad/{z:int}/{y:int}/{x:int}.png",
    summary="A picture of several layers",
    response_class=Response,
    responses={200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}, **responses(404)},
)
async def get_picture(
    request: Request,
    service: Holder,
    caller: Caller,
    z: Number,
    y: Number,
    x: Number,
    collections: Annotated[str, Query(description="Layers, comma-separated; opaque with `landuse` among them.")],
    roads: Annotated[
        Literal["", "tier", "regime"], Query(description="Colour streets by this instead of as base map.")
    ] = "",
) -> Response:
    """256 px PNG for maps without WebGL."""
    kinds = chosen_kinds(caller, collections)
    tile = await find_tile(request, service, caller, kinds, TileAddress(z, x, y))
    tag = f'{tile.etag[:-1]}-{roads or "png"}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, max-age=0, must-revalidate",
        "Vary": "Authorization, Cookie, X-API-Key",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    painter: Painter = request.app.state.painter
    names = tuple(kind.name for kind in kinds)
    png = await painter.picture(tile.etag, tile.unpacked(), names, z, roads)
    return Response(png, 200, headers, "image/png")

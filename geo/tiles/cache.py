"""Tiles kept in memory, each until something inside it changes.

One cache a process. A tile is drawn once however many ask for it at the same time; a change drops only
the tiles it touches; while changes cannot be heard nothing is kept.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from geo.tiles.boxes import TileAddress
from geo.tiles.rules import MARGIN

Box = tuple[float, float, float, float]

PACKING = 4
"""Level of gzip: of a tile of 166 kB 6 ms and 77 kB, where 5 takes 9 ms for as much and 1 takes 4 ms for 81 kB."""

LARGE = 50_000
"""Bytes from which a tile is packed in a thread, so that the others of the same screen need not wait for it."""


@dataclass(frozen=True, slots=True)
class TileKey:
    """What a tile's bytes depend on. ``layers`` is what the caller may see, so no scope gets another's bytes."""

    tenant: str
    layers: tuple[str, ...]
    address: TileAddress
    on: str


@dataclass(frozen=True, slots=True)
class Tile:
    """Bytes as they go out, and the tag by which a client knows them again; empty is an empty tile."""

    packed: bytes
    etag: str

    @classmethod
    def of(cls, data: bytes) -> Tile:
        """Pack a drawn tile; the same drawing always gives the same bytes and tag."""
        tag = hashlib.blake2b(data, digest_size=12).hexdigest()
        return cls(gzip.compress(data, compresslevel=PACKING, mtime=0) if data else b"", f'W/"{tag}"')

    def unpacked(self) -> bytes:
        """The uncompressed tile."""
        return gzip.decompress(self.packed) if self.packed else b""


@dataclass(frozen=True, slots=True)
class Dropped:
    """That a layer of a county changed, inside a box of degrees (or anywhere)."""

    tenant: str
    layer: str
    box: Box | None

    def touches(self, key: TileKey) -> bool:
        """Whether the tile may show the change."""
        if key.tenant != self.tenant or self.layer not in key.layers:
            return False
        if self.box is None:
            return True
        west, south, east, north = key.address.box_lonlat(MARGIN)
        return self.box[0] <= east and self.box[2] >= west and self.box[1] <= north and self.box[3] >= south


class TileCache:
    """Least recently used tiles up to a number of bytes.

    Parameters
    ----------
    limit_bytes
        Packed bytes kept at most.
    memory
        How many past changes are remembered, to recognise a drawing that began before one of them.
    """

    def __init__(self, limit_bytes: int = 128 << 20, memory: int = 1024) -> None:
        self.limit_bytes = limit_bytes
        self.hits = self.misses = 0
        self._tiles: OrderedDict[TileKey, Tile] = OrderedDict()
        self._bytes = 0
        self._drawing: dict[TileKey, _Drawing] = {}
        self._clock = 0
        self._flushed_at = 0
        self._changes: deque[tuple[int, Dropped]] = deque(maxlen=memory)
        self._hearing = False

    def __len__(self) -> int:
        return len(self._tiles)

    def find(self, key: TileKey) -> Tile | None:
        """The kept tile, if there is one."""
        tile = self._tiles.get(key)
        if tile is None:
            self.misses += 1
            return None
        self.hits += 1
        self._tiles.move_to_end(key)
        return tile

    async def get(self, key: TileKey, draw: Callable[[], Awaitable[bytes]]) -> Tile:
        """The tile, drawn by ``draw`` if it is not kept; who asks meanwhile waits for the same drawing.

        A caller that is cancelled leaves; the drawing is cancelled when the last one has left.
        """
        if (tile := self.find(key)) is not None:
            return tile
        drawing = self._drawing.get(key)
        if drawing is None or drawing.stale:
            drawing = self._drawing[key] = _Drawing(asyncio.ensure_future(self._draw(key, draw)))
        drawing.waiting += 1
        try:
            return await asyncio.shield(drawing.task)
        finally:
            drawing.waiting -= 1
            if drawing.waiting == 0:
                drawing.task.cancel()
                if self._drawing.get(key) is drawing:
                    del self._drawing[key]

    async def _draw(self, key: TileKey, draw: Callable[[], Awaitable[bytes]]) -> Tile:
        began = self._clock
        data = await draw()
        tile = await asyncio.to_thread(Tile.of, data) if len(data) >= LARGE else Tile.of(data)
        if self._may_keep(key, began):
            self._keep(key, tile)
        return tile

    def _may_keep(self, key: TileKey, began: int) -> bool:
        """Whether nothing that touches the tile was heard of since its drawing began."""
        if not self._hearing or began < self._flushed_at:
            return False
        if self._changes and began < self._changes[0][0] - 1:
            return False  # more happened than is remembered
        return not any(at > began and change.touches(key) for at, change in self._changes)

    def _keep(self, key: TileKey, tile: Tile) -> None:
        self._tiles[key] = tile
        self._bytes += _cost(tile)
        while self._bytes > self.limit_bytes:
            self._bytes -= _cost(self._tiles.popitem(last=False)[1])

    def drop(self, change: Dropped) -> int:
        """Forget the tiles a change touches, and do not keep those being drawn; returns how many were kept."""
        self._clock += 1
        self._changes.append((self._clock, change))
        for key, drawing in self._drawing.items():
            drawing.stale = drawing.stale or change.touches(key)
        touched = [key for key in self._tiles if change.touches(key)]
        for key in touched:
            self._bytes -= _cost(self._tiles.pop(key))
        return len(touched)

    def flush(self) -> None:
        """Forget everything, drawings under way included."""
        self._clock += 1
        self._flushed_at = self._clock
        self._tiles.clear()
        self._bytes = 0
        for drawing in self._drawing.values():
            drawing.stale = True

    def set_hearing(self, hearing: bool) -> None:
        """Whether changes are heard of; a cache that is deaf forgets everything and keeps nothing."""
        self._hearing = hearing
        self.flush()


@dataclass(slots=True)
class _Drawing:
    task: asyncio.Future[Tile]
    waiting: int = 0
    stale: bool = False
    """Began before a change that touches it: late askers must not get it."""


def _cost(tile: Tile) -> int:
    return len(tile.packed) + 400

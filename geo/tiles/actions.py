"""Draw one tile, and see to it that it is never too large."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from geo.features.queries import PLAN_FOR_THESE_VALUES
from geo.layers.register import LayerKind
from geo.tiles.boxes import TileAddress
from geo.tiles.queries import tile_statement
from geo.tiles.rules import CAP, MAX_TILE_BYTES, draws_cells


class Connection(Protocol):
    """What drawing needs of an asyncpg connection inside ``geo.db.reader.reading``."""

    async def fetchval(self, query: str, *args: object) -> bytes | None:
        """The first value of the first row."""
        ...

    async def execute(self, query: str) -> str:
        """Run a statement without a result."""
        ...


async def draw_tile(
    connection: Connection, tenant: str, kinds: tuple[LayerKind, ...], address: TileAddress, on: dt.date
) -> bytes:
    """One Mapbox vector tile with a layer for every kind (and ``<kind>_label``, see the register).

    Parameters
    ----------
    connection
        In a read-only transaction of ``tenant``.
    kinds
        Layers in drawing order; those the zoom leaves out add nothing.
    address
        An existing tile of WebMercatorQuad.
    on
        Local date for what is dated (the regime of a street).

    Returns
    -------
    bytes
        Uncompressed, at most ``MAX_TILE_BYTES``: a tile that would be larger counts its points in
        cells, then drops its smallest shapes. Empty if there is nothing to draw.
    """
    west, south, east, north = address.box_3857()
    cap, cells_only = CAP, False
    if any(draws_cells(kind, address.z) for kind in kinds):
        # The plan for any tile takes it for a small one and walks a million rows by the index: 1 s becomes 10.
        await connection.execute(PLAN_FOR_THESE_VALUES)
    while True:
        statement = tile_statement(kinds, address.z, cells_only)
        if statement is None:
            return b""
        values = {
            "tenant": tenant, "xmin": west, "ymin": south, "xmax": east, "ymax": north, "on": on, "cap": cap
        }  # fmt: skip
        data = await connection.fetchval(statement.sql, *statement.arguments(values)) or b""
        if len(data) <= MAX_TILE_BYTES or cap == 1:
            return data
        if not cells_only and any(kind.thin for kind in kinds):
            cells_only = True
            continue
        cap = max(1, min(cap - 1, int(cap * MAX_TILE_BYTES * 0.9 / len(data))))

"""Draw one tile, and see to it that it is never too large."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from geo.features.queries import PLAN_FOR_THESE_VALUES
from geo.layers.register import LayerKind
from geo.tiles.boxes import TileAddress
from geo.tiles.cells.grid import Cell, finest, patch_of
from geo.tiles.cells.queries import parts_of
from geo.tiles.queries import KEPT, MOST_CHANGES, tile_statement
from geo.tiles.rules import CAP, MAX_TILE_BYTES, draws_cells

MOST_CELLS = 256
"""Changed cells that are counted anew for a tile; where more changed, all its rows are counted."""


class Connection(Protocol):
    """What drawing needs of an asyncpg connection inside ``geo.db.reader.reading``."""

    async def fetch(self, query: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """All rows."""
        ...

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
    in_cells = tuple(kind for kind in kinds if draws_cells(kind, address.z))
    kept = await find_kept(connection, tenant, in_cells, address) if in_cells else {}
    if len(kept) < len(in_cells):
        # The plan for any tile takes it for a small one and walks a million rows by the index: 1 s becomes 10.
        await connection.execute(PLAN_FOR_THESE_VALUES)
    values: dict[str, object] = {
        "tenant": tenant, "xmin": west, "ymin": south, "xmax": east, "ymax": north, "on": on,
        "z": address.z, "ty": address.y, "tx": address.x,
        **{f"r_{name}": [row for row, _ in cells] for name, cells in kept.items()},
        **{f"c_{name}": [column for _, column in cells] for name, cells in kept.items()},
    }  # fmt: skip
    while True:
        statement = tile_statement(kinds, address.z, cells_only, frozenset(kept))
        if statement is None:
            return b""
        data = await connection.fetchval(statement.sql, *statement.arguments({**values, "cap": cap})) or b""
        if len(data) <= MAX_TILE_BYTES or cap == 1:
            return data
        if not cells_only and any(kind.thin for kind in kinds):
            cells_only = True
            continue
        cap = max(1, min(cap - 1, int(cap * MAX_TILE_BYTES * 0.9 / len(data))))


async def find_kept(
    connection: Connection, tenant: str, kinds: tuple[LayerKind, ...], address: TileAddress
) -> dict[str, list[Cell]]:
    """Layers that a tile reads from kept cells, each with its finest cells in the tile that changed since.

    A layer is left out, and its rows are counted, where nothing is kept, other things than the register's are
    counted apart, or too much changed.
    """
    rows = await connection.fetch(KEPT.sql, *KEPT.arguments({"tenant": tenant, "layers": [k.name for k in kinds]}))
    found: dict[str, list[Cell]] = {}
    for kind in kinds:
        mine = [row for row in rows if row["layer"] == kind.name]
        if not mine or tuple(mine[0]["parts"]) != parts_of(kind):
            continue
        changed = [row for row in mine if row["changed"]]
        if len(changed) > MOST_CHANGES or any(row["west"] is None for row in changed):
            continue
        zoom = finest(kind.minzoom)
        boxes = {(row["west"], row["south"], row["east"], row["north"]) for row in changed}
        patches = [part for box in boxes if (part := patch_of(box, zoom).within(address, zoom)) is not None]
        if sum(part.size for part in patches) <= MOST_CELLS:
            found[kind.name] = sorted({cell for part in patches for cell in part.cells()})
    return found

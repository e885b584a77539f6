"""SQL of kept cells: counted from the rows, added up zoom by zoom, and how far the change log was followed.

Names of layers and fields come from the register, never from a request; values are bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.layers.register import LayerKind
from geo.tiles.boxes import HALF_M
from geo.tiles.cells.grid import Box, Cell, cell_side_m
from geo.tiles.rules import CELLS, counted, middle

LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
HEAD = text("SELECT coalesce(max(seq), 0) FROM change WHERE tenant = :tenant AND seq IS NOT NULL")
SIZES = text("""
SELECT layer, sum(step)::bigint AS rows FROM layer_count
 WHERE tenant = :tenant AND visibility = 'all' AND layer = ANY(CAST(:layers AS text[])) GROUP BY layer""")
MARKS = text("""
SELECT layer, seq, parts, now() - counted_at AS age FROM tile_mark
 WHERE tenant = :tenant AND layer = ANY(CAST(:layers AS text[]))""")
SET_MARK = text("""
INSERT INTO tile_mark (tenant, layer, seq, parts, counted_at)
VALUES (:tenant, :layer, :seq, CAST(:parts AS text[]), now())
ON CONFLICT (tenant, layer) DO UPDATE
  SET seq = excluded.seq, parts = excluded.parts, counted_at = excluded.counted_at""")

CHANGED = """
SELECT ST_XMin(box) AS west, ST_YMin(box) AS south, ST_XMax(box) AS east, ST_YMax(box) AS north,
       now() - made_at AS age
  FROM change WHERE tenant = :tenant AND {which} AND layer = :layer LIMIT :most"""
SINCE = text(CHANGED.format(which="seq > :seq"))
WAITING = text(CHANGED.format(which="seq IS NULL"))
"""Two statements: each has an index of its own."""

CLEAR_ALL = text("DELETE FROM tile_cell WHERE tenant = :tenant AND layer = :layer")
CLEAR = text("""
DELETE FROM tile_cell c USING unnest(CAST(:y AS int[]), CAST(:x AS int[]), CAST(:cell AS int[])) AS g (y, x, cell)
 WHERE c.tenant = :tenant AND c.layer = :layer AND c.z = :z AND c.y = g.y AND c.x = g.x AND c.cell = g.cell""")

INSERT = "INSERT INTO tile_cell (tenant, layer, z, y, x, cell, n, parts)"
PLACED = f"r / {CELLS}, c / {CELLS}, r % {CELLS} * {CELLS} + c % {CELLS}"
"""Tile row, tile column and cell of a cell's row ``r`` and column ``c`` of the world."""


@dataclass(frozen=True, slots=True)
class Change:
    """That a layer changed inside a box of degrees (None: anywhere), so many seconds ago."""

    box: Box | None
    age_s: float


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a layer's cells follow the change log, for which parts, and how long ago they were counted."""

    seq: int
    parts: tuple[str, ...]
    age_s: float


def parts_of(kind: LayerKind) -> tuple[str, ...]:
    """``<field>_<choice>`` of all that is counted apart in a cell, in the register's order."""
    return tuple(f"{field.name}_{choice}" for field in counted(kind) for choice in field.about.choices)


def try_lock(session: Session, tenant: str) -> bool:
    """Whether this session alone may write the county's cells now; until its transaction ends."""
    return bool(session.execute(LOCK, {"name": f"pianqu/tiles/{tenant}"}).scalar())


def head(session: Session, tenant: str) -> int:
    """Number of the newest change that has one; 0 for none."""
    found: int = session.execute(HEAD, {"tenant": tenant}).scalar_one()
    return found


def find_sizes(session: Session, tenant: str, layers: Sequence[str]) -> dict[str, int]:
    """Rows of layers, without counting; layers never written are left out."""
    rows = session.execute(SIZES, {"tenant": tenant, "layers": list(layers)})
    return {row.layer: row.rows for row in rows}


def find_marks(session: Session, tenant: str, layers: Sequence[str]) -> dict[str, Mark]:
    """Marks of the layers whose cells are kept."""
    rows = session.execute(MARKS, {"tenant": tenant, "layers": list(layers)})
    return {row.layer: Mark(row.seq, tuple(row.parts), row.age.total_seconds()) for row in rows}


def set_mark(session: Session, tenant: str, kind: LayerKind, seq: int) -> None:
    """Note that the layer's cells follow the change log up to ``seq``."""
    facts = {"tenant": tenant, "layer": kind.name, "seq": seq, "parts": list(parts_of(kind))}
    session.execute(SET_MARK, facts)


def list_changes(session: Session, tenant: str, layer: str, seq: int, most: int) -> list[Change]:
    """Changes of a layer past ``seq`` and those without a number yet, no more than ``most`` of each."""
    facts = {"tenant": tenant, "layer": layer, "seq": seq, "most": most}
    rows = [*session.execute(SINCE, facts), *session.execute(WAITING, facts)]
    return [
        Change(None if row.west is None else (row.west, row.south, row.east, row.north), row.age.total_seconds())
        for row in rows
    ]


def forget(session: Session, tenant: str, layer: str) -> None:
    """Drop all cells of a layer."""
    session.execute(CLEAR_ALL, {"tenant": tenant, "layer": layer})


def clear(session: Session, tenant: str, layer: str, z: int, cells: Sequence[Cell]) -> None:
    """Drop some cells of a zoom."""
    session.execute(CLEAR, {"tenant": tenant, "layer": layer, "z": z, **_keys(cells)})


def count_rows(session: Session, tenant: str, kind: LayerKind, z: int, cells: Sequence[Cell] | None) -> None:
    """Write the cells of a zoom, counted from the rows; None for all, else those, which must have been cleared."""
    side = cell_side_m(z)
    facts: dict[str, Any] = {"tenant": tenant, "layer": kind.name, "z": z, "half": HALF_M, "side": side}
    facts |= {"last": (CELLS << z) - 1}
    head, source, kept = "", f"FROM {kind.name} t WHERE t.tenant = :tenant", ""
    if cells is not None:
        facts |= {"rows": [row for row, _ in cells], "columns": [column for _, column in cells]}
        head, source = dirty("CAST(:rows AS int[])", "CAST(:columns AS int[])", ":half", ":side"), (
            f"FROM dirty d JOIN {kind.name} t ON t.tenant = :tenant AND t.geom_3857 && d.box"
        )  # fmt: skip
        kept = "WHERE r = dr AND c = dc"
    session.execute(
        text(f"""
{head}{INSERT}
SELECT :tenant, :layer, :z, {PLACED}, count(*), {parts_array(kind)}
  FROM ({cells_of(kind, source, ":half", ":side", ":last", cells is not None)}) s {kept} GROUP BY r, c"""),
        facts,
    )


def add_up(session: Session, tenant: str, kind: LayerKind, z: int, cells: Sequence[Cell] | None) -> None:
    """Write the cells of a zoom as the sums of the next higher one; None for all, else those, which must be cleared."""
    sums = ", ".join(f"sum(f.parts[{n}])" for n in range(1, len(parts_of(kind)) + 1))
    facts: dict[str, Any] = {"tenant": tenant, "layer": kind.name, "z": z}
    some = ""
    if cells is not None:
        below = [(2 * row + down, 2 * column + right) for row, column in cells for down in (0, 1) for right in (0, 1)]
        facts |= _keys(below)
        some = """JOIN unnest(CAST(:y AS int[]), CAST(:x AS int[]), CAST(:cell AS int[])) AS g (y, x, cell)
      ON f.y = g.y AND f.x = g.x AND f.cell = g.cell"""
    session.execute(
        text(f"""{INSERT}
SELECT :tenant, :layer, :z, {PLACED}, sum(f.n), CAST(ARRAY[{sums}] AS int[])
  FROM tile_cell f {some},
       LATERAL (SELECT (f.y * {CELLS} + f.cell / {CELLS}) / 2 AS r, (f.x * {CELLS} + f.cell % {CELLS}) / 2 AS c) g2
 WHERE f.tenant = :tenant AND f.layer = :layer AND f.z = :z + 1 GROUP BY r, c"""),
        facts,
    )


def dirty(rows: str, columns: str, half: str, side: str) -> str:
    """The cells to be counted as ``dirty (dr, dc, box)``, boxes made before they are looked up (row security)."""
    return f"""WITH dirty AS MATERIALIZED (
  SELECT dr, dc, ST_MakeEnvelope(dc * {side} - {half}, {half} - (dr + 1) * {side},
                                 (dc + 1) * {side} - {half}, {half} - dr * {side}, 3857) AS box
    FROM unnest({rows}, {columns}) AS g (dr, dc))
"""


def cells_of(kind: LayerKind, source: str, half: str, side: str, last: str, some: bool) -> str:
    """Rows with the row ``r`` and column ``c`` of the cell each lies in, and what is counted apart.

    A cell holds its western and northern edge. ``OFFSET 0`` keeps the point from being made once for each use.
    """
    columns = "".join(f", t.{field.name}" for field in counted(kind))
    names = "".join(f", {field.name}" for field in counted(kind))
    asked, named = (", d.dr, d.dc", ", dr, dc") if some else ("", "")
    at = middle(kind)

    def number(metres: str) -> str:
        return f"least({last}, greatest(0, floor(({metres}) / {side})))::int"

    return f"""SELECT {number(f"{half} - py")} AS r, {number(f"px + {half}")} AS c{names}{named}
    FROM (SELECT ST_X({at}) AS px, ST_Y({at}) AS py{columns}{asked} {source} OFFSET 0) p OFFSET 0"""


def parts_array(kind: LayerKind) -> str:
    """How many rows of a cell have each choice, as an array."""
    counts = ", ".join(
        f"count(*) FILTER (WHERE {field.name} = '{choice}')"
        for field in counted(kind)
        for choice in field.about.choices
    )
    return f"CAST(ARRAY[{counts}] AS int[])"


def _keys(cells: Sequence[Cell]) -> dict[str, list[int]]:
    """Tile rows, tile columns and cells within the tile."""
    return {
        "y": [row // CELLS for row, _ in cells],
        "x": [column // CELLS for _, column in cells],
        "cell": [row % CELLS * CELLS + column % CELLS for row, column in cells],
    }

"""Control points from a table: name, local x and y, and the same point in degrees or in a projected CRS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.layers.columns import plain
from geo.layers.plain_columns import as_text, to_number
from geo.layers.reports import ImportOptions

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("点名", "点号", "名称", "point"),
    "local_x": ("独立东坐标", "本地东坐标", "local_east", "源东坐标"),
    "local_y": ("独立北坐标", "本地北坐标", "local_north", "源北坐标"),
    "x": ("东坐标", "east", "easting", "经度", "lon"),
    "y": ("北坐标", "north", "northing", "纬度", "lat"),
}
"""Surveyors write x north and y east: the names say east and north, so that nothing is mixed up."""


class PairsBroken(Invalid):
    """A table of control points lacks a column, or a cell is no number; the facts name row, field and value."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Control points in the order of their table; shapes (n, 2), east before north."""

    names: tuple[str, ...]
    local: NDArray[np.float64]
    given: NDArray[np.float64]


def read_pairs(path: Path) -> Pairs:
    """Read a CSV or Excel table of control points.

    Raises
    ------
    PairsBroken
        If a column is missing or a cell holds no number.
    FileRefused
        If it is no table.
    """
    import pyarrow as pa

    from geo.layers.readers.parent import open_file
    from geo.layers.readers.points import NO_PLACE

    with open_file(path, ImportOptions(mapping={"address": NO_PLACE})) as raw:
        tables = [batch.columns for batch in raw.batches()]
    table = pa.concat_tables(tables) if tables else pa.table({})
    there = {plain(name): name for name in table.column_names}
    found: dict[str, pa.Array] = {}
    for field, names in COLUMNS.items():
        column = next((there[plain(name)] for name in (field, *names) if plain(name) in there), None)
        if column is None:
            raise PairsBroken("control.column", field=field, names=", ".join(names), columns=", ".join(there.values()))
        found[field] = table.column(column).combine_chunks()
    numbers = {field: _numbers(field, found[field]) for field in COLUMNS if field != "name"}
    names = tuple(name or str(at) for at, name in enumerate(as_text(found["name"]).to_pylist(), 1))
    local, given = (np.column_stack([numbers[x], numbers[y]]) for x, y in (("local_x", "local_y"), ("x", "y")))
    return Pairs(names, local, given)


def _numbers(field: str, column: object) -> NDArray[np.float64]:
    number, _ = to_number(column)
    values: NDArray[np.float64] = number.to_numpy(zero_copy_only=False).astype(float)
    for row in np.flatnonzero(np.isnan(values)):
        raise PairsBroken("control.number", row=int(row) + 1, field=field, value=str(column[int(row)])[:40])  # type: ignore[index]
    return values

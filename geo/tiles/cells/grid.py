"""Which cells there are and which of them a change touches: arithmetic of one grid under all tiles.

A tile of zoom ``z`` has 32 × 32 cells, which are the tiles of zoom ``z + 5``. So a cell has a column and a row that
count from the north-western corner of the world, and the cell of the next lower zoom that holds it is half of both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from geo.tiles.boxes import HALF_M, MAX_ZOOM, TileAddress
from geo.tiles.rules import CELLS

STEP = CELLS.bit_length() - 1
"""Zooms between a tile and its cells."""

ROUNDING_M = 0.01
"""A box of degrees and the stored Web Mercator coordinates round differently by far less."""

Box = tuple[float, float, float, float]
Cell = tuple[int, int]
"""Row from the north and column from the west, of the whole world."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Rows and columns of cells at a zoom, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def size(self) -> int:
        """How many cells."""
        return (self.last_row - self.first_row + 1) * (self.last_column - self.first_column + 1)

    def cells(self) -> list[Cell]:
        """All of them, row by row."""
        return [
            (row, column)
            for row in range(self.first_row, self.last_row + 1)
            for column in range(self.first_column, self.last_column + 1)
        ]

    def within(self, place: TileAddress, zoom: int) -> Patch | None:
        """The part that lies in a tile of this or a lower zoom than the patch's ``zoom``; None if none does.

        Examples
        --------
        >>> Patch(30, 33, 40, 40).within(TileAddress(9, 1, 1), 9)
        Patch(first_row=32, last_row=33, first_column=40, last_column=40)
        """
        side = CELLS << (zoom - place.z)
        cut = Patch(
            max(self.first_row, place.y * side), min(self.last_row, (place.y + 1) * side - 1),
            max(self.first_column, place.x * side), min(self.last_column, (place.x + 1) * side - 1),
        )  # fmt: skip
        return cut if cut.first_row <= cut.last_row and cut.first_column <= cut.last_column else None


def cell_side_m(zoom: int) -> float:
    """Side of a cell of a tile of ``zoom``, in metres of Web Mercator."""
    return 2 * HALF_M / (CELLS << zoom)


def patch_of(box: Box, zoom: int) -> Patch:
    """The cells of tiles of ``zoom`` that a box of degrees (west, south, east, north) may touch.

    Examples
    --------
    >>> patch_of((117.2, 28.2, 117.2, 28.2), 14)  # the cells of zoom 14 are the tiles of zoom 19
    Patch(first_row=219308, last_row=219308, first_column=432828, last_column=432828)
    >>> patch_of((-180.0, -90.0, 180.0, 90.0), 0).size == CELLS * CELLS
    True
    """
    west, south, east, north = box
    side, last = cell_side_m(zoom), (CELLS << zoom) - 1

    def number(metres: float) -> int:
        return min(last, max(0, math.floor(metres / side)))

    return Patch(
        number(HALF_M - _y(north) - ROUNDING_M), number(HALF_M - _y(south) + ROUNDING_M),
        number(HALF_M + _x(west) - ROUNDING_M), number(HALF_M + _x(east) + ROUNDING_M),
    )  # fmt: skip


def above(cells: Iterable[Cell]) -> list[Cell]:
    """The cells of the next lower zoom that hold these, each once, in order.

    Examples
    --------
    >>> above([(6, 9), (7, 8), (1, 0)])
    [(0, 0), (3, 4)]
    """
    return sorted({(row // 2, column // 2) for row, column in cells})


def finest(minzoom: int) -> int:
    """The zoom whose cells a layer drawn singly from ``minzoom`` is counted in; lower ones are added up from it."""
    return min(minzoom - 1, MAX_ZOOM)


def _x(lon: float) -> float:
    return lon / 180.0 * HALF_M


def _y(lat: float) -> float:
    bounded = max(-85.06, min(85.06, lat))
    return math.log(math.tan(math.pi / 4 + math.radians(bounded) / 2)) / math.pi * HALF_M

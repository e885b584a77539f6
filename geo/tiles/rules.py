"""What a tile carries at which zoom; the figures that keep every tile small."""

from __future__ import annotations

from sqlalchemy import Boolean, Numeric
from sqlalchemy.types import Integer

from geo.layers.register import Field, LayerKind

EXTENT = 4096
BUFFER = 64
MARGIN = BUFFER / EXTENT
"""Share of a tile's side drawn past its edge, so that strokes and symbols meet across it."""

MAX_TILE_BYTES = 500_000
"""No tile is larger before compression; what does not fit is thinned, smallest first."""

TOO_MANY = 50_000
"""So many points are more than a tile may hold: none takes fewer than 11 bytes (id, tags, place, their lengths)."""

CELLS = 32
"""Cells along a tile's side in which points are counted below their kind's first zoom."""

CAP = 8_000
"""Areas or lines of one kind in one tile to begin with, largest first."""

SMALLEST_PX = 2.0
"""Areas with both sides under this many pixels (of 512 a tile) are left out."""

LABEL_PX = 24.0
"""An area gets its name once its longer side passes this many pixels."""

TEXT_ZOOM = 12
"""First zoom with free text (names) on kinds that do not start at zoom 0; choices are carried always."""

ROAD_TIER_ZOOM = {"main": 0, "secondary": 10, "branch": 12, "lane": 13}
"""First zoom of each tier of street."""


def is_area(kind: LayerKind) -> bool:
    """Whether the kind's usual geometry is an area."""
    return kind.geometry_types[0].endswith("Polygon")


def is_point(kind: LayerKind) -> bool:
    """Whether the kind's usual geometry is a point."""
    return kind.geometry_types[0] == "Point"


def middle(kind: LayerKind) -> str:
    """SQL of the point of a row of the table ``t`` by which it is counted in a cell, in Web Mercator."""
    return "t.geom_3857" if kind.geometry_types == ("Point",) else "ST_Centroid(t.geom_3857)"


def draws_cells(kind: LayerKind, zoom: int) -> bool:
    """Whether the kind is drawn as counts per cell at this zoom."""
    return kind.thin and zoom < kind.minzoom


def draws_nothing(kind: LayerKind, zoom: int) -> bool:
    """Whether the kind is left out of tiles at this zoom."""
    return zoom < kind.minzoom and not kind.thin


def carried(kind: LayerKind, zoom: int) -> tuple[Field, ...]:
    """The attributes single features carry at this zoom."""
    fields = tuple(field for field in kind.fields if field.name in kind.tile_fields)
    if zoom >= TEXT_ZOOM or kind.minzoom == 0:
        return fields
    return tuple(field for field in fields if field.about.choices or is_number(field))


def counted(kind: LayerKind) -> tuple[Field, ...]:
    """The attributes whose choices are counted in each cell."""
    return tuple(field for field in kind.fields if field.name in kind.tile_fields and field.about.choices)


def is_number(field: Field) -> bool:
    """Whether the attribute is a number or a truth value, not text."""
    return isinstance(field.kind, (Integer, Numeric, Boolean))

"""Where a tile lies: WebMercatorQuad arithmetic, so that no grid library is needed per request."""

from __future__ import annotations

import math
from dataclasses import dataclass

HALF_M = 20037508.342789244
"""Half the width of the Web Mercator square, in its metres."""

MAX_ZOOM = 22


@dataclass(frozen=True, slots=True, order=True)
class TileAddress:
    """Zoom, column (from the west) and row (from the north) of one tile."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the grid has such a tile.

        Examples
        --------
        >>> TileAddress(1, 1, 1).exists, TileAddress(1, 2, 0).exists, TileAddress(23, 0, 0).exists
        (True, False, False)
        """
        return 0 <= self.z <= MAX_ZOOM and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    @property
    def size_m(self) -> float:
        """Side in Web Mercator metres."""
        return 2 * HALF_M / (1 << self.z)

    def box_3857(self) -> tuple[float, float, float, float]:
        """West, south, east, north in EPSG:3857; neighbours share the very same edge numbers.

        Examples
        --------
        >>> TileAddress(1, 0, 0).box_3857()[2] == TileAddress(1, 1, 0).box_3857()[0] == 0.0
        True
        """
        size = self.size_m
        return (
            -HALF_M + self.x * size,
            HALF_M - (self.y + 1) * size,
            -HALF_M + (self.x + 1) * size,
            HALF_M - self.y * size,
        )

    def box_lonlat(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees, grown by ``margin`` of the tile's side on every edge."""
        west, south, east, north = self.box_3857()
        grow = margin * self.size_m
        return (_lon(west - grow), _lat(south - grow), _lon(east + grow), _lat(north + grow))


def tile_at(lon: float, lat: float, z: int) -> TileAddress:
    """The tile that holds a point.

    Parameters
    ----------
    lon, lat
        Degrees; latitudes past the end of Web Mercator fall into the last row.

    Examples
    --------
    >>> tile_at(117.21, 28.28, 14)
    TileAddress(z=14, x=13526, y=6849)
    """
    count = 1 << z
    column = (lon + 180.0) / 360.0 * count
    row = (1.0 - math.asinh(math.tan(math.radians(max(-85.05, min(85.05, lat))))) / math.pi) / 2.0 * count
    return TileAddress(z, min(count - 1, max(0, int(column))), min(count - 1, max(0, int(row))))


def _lon(x: float) -> float:
    return x / HALF_M * 180.0


def _lat(y: float) -> float:
    return math.degrees(math.atan(math.sinh(y / HALF_M * math.pi)))

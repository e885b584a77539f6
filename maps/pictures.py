"""The door to :mod:`maps.raster` for processes that must not load it before they draw."""

from __future__ import annotations


def draw(data: bytes, kinds: tuple[str, ...], z: int, roads: str) -> bytes:
    """One PNG tile; see :func:`maps.raster.draw_picture`."""
    from maps.raster import draw_picture

    return draw_picture(data, kinds, z, roads)

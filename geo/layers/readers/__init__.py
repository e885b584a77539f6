"""Reading foreign files, in a child process that may be killed."""

from __future__ import annotations

from pathlib import Path


def extent_of(path: Path | str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees of what a file holds; see :func:`.parent.read_extent`."""
    from geo.layers.readers.parent import read_extent

    return read_extent(Path(path))

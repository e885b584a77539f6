"""A sample anybody can draw again: rows in the order of SHA-256 of seed and row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def draw(rows: Iterable[int], seed: str, size: int) -> list[int]:
    """So many rows by chance, in the order of the draw.

    Parameters
    ----------
    rows
        Ids in any order; the order does not matter.
    seed
        Any text.
    size
        At most so many; all of them if there are fewer.

    Examples
    --------
    >>> draw(range(1, 8), "2026-11", 3) == draw(reversed(range(1, 8)), "2026-11", 3)
    True
    >>> draw([5], "x", 3), draw([], "x", 3)
    ([5], [])
    """
    return sorted(rows, key=lambda row: hashlib.sha256(f"{seed}\x00{row}".encode()).digest())[:size]

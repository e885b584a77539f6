"""Remembering which keys and geometries an import has met, in 16 bytes a row."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


def short_hashes(values: Iterable[bytes]) -> NDArray[np.uint64]:
    """A 64-bit hash of each value; two different values meet once in 4·10⁶ million-row files."""
    return np.frombuffer(b"".join(blake2b(value, digest_size=8).digest() for value in values), np.uint64)


def point_hashes(xy: NDArray[np.float64]) -> NDArray[np.uint64]:
    """A 64-bit hash of each coordinate pair, shape (n, 2), without a Python loop.

    Examples
    --------
    >>> a, b, c = point_hashes(np.array([[118.0, 28.3], [28.3, 118.0], [118.0, 28.3]]))
    >>> bool(a == c), bool(a == b)
    (True, False)
    """
    bits = np.ascontiguousarray(xy + 0.0).view(np.uint64).reshape(-1, 2)
    with np.errstate(over="ignore"):
        return _mix(_mix(bits[:, 0]) + np.uint64(0x9E3779B97F4A7C15) + bits[:, 1])


class SeenRows:
    """First row of every value met so far in this import."""

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.uint64)
        self._rows = np.empty(0, np.int64)

    def meet(self, hashes: NDArray[np.uint64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each value the row that had it first, or 0 for one met for the first time.

        Parameters
        ----------
        hashes, rows
            Shape (n,), in the file's order; empty is fine.

        Examples
        --------
        >>> seen = SeenRows()
        >>> seen.meet(np.array([7, 8, 7], np.uint64), np.array([1, 2, 3])).tolist()
        [0, 0, 1]
        >>> seen.meet(np.array([8, 9], np.uint64), np.array([4, 5])).tolist()
        [2, 0]
        """
        first = np.zeros(len(hashes), np.int64)
        if not len(hashes):
            return first
        values, where, back = np.unique(hashes, return_index=True, return_inverse=True)
        own_first = rows[where]
        at = np.searchsorted(self._hashes, values)
        known = np.zeros(len(values), bool)
        inside = at < len(self._hashes)
        known[inside] = self._hashes[at[inside]] == values[inside]
        earliest = np.where(
            known, self._rows[np.minimum(at, max(len(self._rows) - 1, 0))] if len(self._rows) else 0, own_first
        )
        first = earliest[back]
        first[np.isin(np.arange(len(hashes)), where[~known])] = 0
        self._rows = np.insert(self._rows, at[~known], own_first[~known])
        self._hashes = np.insert(self._hashes, at[~known], values[~known])
        return first


def _mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = bits ^ (bits >> np.uint64(31))
    return mixed

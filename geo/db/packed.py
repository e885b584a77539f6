"""Whole numbers by the hundred thousand to and from the database, as the bytes it keeps arrays in."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD: Final = struct.Struct(">5i")
"""Dimensions, whether there are NULLs, type of the elements, how many, number of the first."""

INT8, INT8_ARRAY, INSTANT = 20, 1016, 1184
WIDTH: Final = 8
ELEMENT: Final = [("bytes", ">i4"), ("value", ">i8")]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A parameter of type ``bigint[]`` as it is sent; see :func:`pack`."""

    sent: bytes


class _Dumper(Dumper):
    format = Format.BINARY
    oid = INT8_ARRAY

    def dump(self, obj: Numbers) -> bytes:
        return obj.sent


def teach_driver() -> None:
    """Let psycopg send :class:`Numbers`, on connections opened from now on."""
    psycopg.adapters.register_dumper(Numbers, _Dumper)


def pack(values: NDArray[np.int64]) -> Numbers:
    """A ``bigint[]`` of numbers, as a parameter of a statement.

    Parameters
    ----------
    values
        Shape (n,), int64; may be empty.

    Examples
    --------
    >>> import numpy as np
    >>> unpack(pack(np.array([7, -1, 2**40])).sent).tolist()
    [7, -1, 1099511627776]
    """
    import numpy as np

    if not len(values):
        return Numbers(HEAD.pack(0, 0, INT8, 0, 0)[:12])
    body = np.empty(len(values), ELEMENT)
    body["bytes"], body["value"] = WIDTH, values
    return Numbers(HEAD.pack(1, 0, INT8, len(values), 1) + body.tobytes())


def unpack(sent: bytes | None) -> NDArray[np.int64]:
    """The numbers of ``array_send(bigint[])``, or of ``timestamptz[]``, in order; none for NULL or an empty array.

    Returns
    -------
    NDArray[np.int64]
        Shape (n,); of instants microseconds since 2000-01-01 UTC.

    Raises
    ------
    ValueError
        If an element is NULL or the array is of another type.

    Notes
    -----
    Half a million numbers are one value of some 6 MB, read without a loop in Python; format of ``array_send`` in
    PostgreSQL's ``arrayfuncs.c``.

    Examples
    --------
    >>> unpack(None).tolist(), unpack(bytes(12)).tolist()
    ([], [])
    """
    import numpy as np

    if sent is None or len(sent) < HEAD.size:
        return np.empty(0, np.int64)
    _, nulls, kind, _, _ = HEAD.unpack_from(sent)
    if nulls or kind not in (INT8, INSTANT):
        raise ValueError("expected an array of bigint or timestamptz without NULLs")
    return np.frombuffer(sent, ELEMENT, offset=HEAD.size)["value"].astype(np.int64)

"""UUID version 7: made by whoever makes the record, sorted by when.

Records born offline carry one as their only public id, so that a retry is recognised as the same record.
"""

from __future__ import annotations

import os
import time
import uuid
from typing import Final

RANDOM_BYTES: Final = 8
VARIANT: Final = {f"{digit:x}": "89ab"[digit % 4] for digit in range(16)}
"""A random digit → one that begins with the two bits of the variant."""


def uuid7(at_ns: int | None = None) -> uuid.UUID:
    """A new identifier whose text sorts by time to about a quarter of a microsecond.

    Parameters
    ----------
    at_ns
        Nanoseconds since 1970 UTC; now by default.

    Returns
    -------
    uuid.UUID
        48 bits of milliseconds, 12 bits of the fraction of that millisecond, 62 random bits.

    Notes
    -----
    Source: RFC 9562 section 5.7, fraction by method 3 of section 6.2.

    Examples
    --------
    >>> uuid7(1_645_557_742_000_000_000).hex[:13]
    '017f22e279b07'
    >>> uuid7(1_000_000_000) < uuid7(2_000_000_000)
    True
    """
    return _made(time.time_ns() if at_ns is None else at_ns, os.urandom(RANDOM_BYTES))


def uuid7s(count: int) -> list[uuid.UUID]:
    """Many new identifiers at once; randomness is asked for once.

    Examples
    --------
    >>> len(set(uuid7s(1000)))
    1000
    """
    noise = os.urandom(RANDOM_BYTES * count)
    return [_made(time.time_ns(), noise[at : at + RANDOM_BYTES]) for at in range(0, len(noise), RANDOM_BYTES)]


def uuid7_texts(count: int) -> list[str]:
    """As :func:`uuid7s`, all of one moment, as 32 hexadecimal digits each: a fifth of the time.

    Examples
    --------
    >>> made = uuid7_texts(1000)
    >>> len(set(made)), {uuid.UUID(one).version for one in made}, {uuid.UUID(one).variant for one in made}
    (1000, {7}, {'specified in RFC 4122'})
    """
    noise, size = os.urandom(RANDOM_BYTES * count).hex(), 2 * RANDOM_BYTES
    head = _made(time.time_ns(), bytes(RANDOM_BYTES)).hex[:size]
    return [
        f"{head}{VARIANT[noise[at]]}{noise[at + 1 : at + size]}" for at in range(0, size * count, size)
    ]  # fmt: skip


def _made(at_ns: int, noise: bytes) -> uuid.UUID:
    milliseconds, rest_ns = divmod(at_ns, 1_000_000)
    fraction = rest_ns * 4096 // 1_000_000
    random = int.from_bytes(noise, "big") >> 2
    return uuid.UUID(int=(milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)

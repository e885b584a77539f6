"""The sealed seed: made before anybody plans, known by its hash alone until the plan is drawn.

The hash goes into the audit chain when the seed is made. After the draw the seed is told, and anybody can check that it
has the hash, that the draw follows from it and from the mixture's digest, and how often a shift was drawn.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from geo.patrol.mixture.weights import PPM

SEED_BYTES = 32


def new_seed() -> bytes:
    """32 random bytes from the operating system."""
    return secrets.token_bytes(SEED_BYTES)


def seal_of(seed: bytes, label: str) -> str:
    """The hash that is told beforehand; ``label`` names county, day and shift, so that a seed serves one shift only.

    Examples
    --------
    >>> seal_of(bytes(32), "530000/2026-11-30/day")[:16]
    'bd11db5b465d72f9'
    """
    return hashlib.sha256(label.encode() + b"\0" + seed).hexdigest()


def draw(seed: bytes, digest: str, attempt: int, weights_ppm: Sequence[int]) -> int:
    """Which plan is drawn.

    Parameters
    ----------
    seed
        The sealed one.
    digest
        Of the mixture: other plans or weights are another draw.
    attempt
        1 for the first draw of the shift; every further one is counted and told.
    weights_ppm
        Millionths, sum 1,000,000.

    Returns
    -------
    int
        Number of the plan, from 0.

    Examples
    --------
    >>> picks = [draw(bytes(32), "made-up", n, [500_000, 0, 500_000]) for n in range(1, 9)]
    >>> sorted(set(picks))
    [0, 2]
    """
    word = hashlib.sha256(seed + digest.encode() + attempt.to_bytes(4, "big")).digest()
    mark = int.from_bytes(word, "big") * PPM >> 256
    reached = 0
    for number, weight in enumerate(weights_ppm):
        reached += weight
        if mark < reached:
            return number
    raise ValueError("the weights do not sum to a million")

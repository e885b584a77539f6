"""Where to look again: of what was closed lately and may yet come back, the tenth that clearing left likeliest to.

A busy market has a new stall within the day whether one was cleared or not, and patrols go there anyway. What is worth
going back for is the chance beyond that: told chance less that of the same place, hour and weekday in the weeks before.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SHARE: Final = 0.1


def reinspect(
    p: NDArray[np.float64], expected: NDArray[np.float64], running: NDArray[np.bool_], share: float = SHARE,
    seed: int = 1,
) -> NDArray[np.bool_]:  # fmt: skip
    """Which closings to look at again.

    Parameters
    ----------
    p, expected
        Shape (n,), chance of return, and what the place has anyway (nan: not known, taken as the middle of the known).
    running
        Shape (n,): closings whose time is not over, and nothing new has come yet.
    share
        Of the running ones; at least one if there is any. Only those with more chance than the place has anyway.
    seed
        Puts equal ones in a random order.

    Examples
    --------
    >>> p, expected = np.array([0.9, 0.2, 0.99, 0.8]), np.array([0.1, 0.1, 0.95, 0.2])
    >>> reinspect(p, expected, np.array([False, True, True, True])).tolist()
    [False, False, False, True]
    """
    listed = np.zeros(len(p), dtype=bool)
    rows = np.flatnonzero(running)
    if len(rows):
        known = expected[np.isfinite(expected)]
        beyond = p - np.where(np.isfinite(expected), expected, np.median(known) if len(known) else 0.0)
        rows = np.random.default_rng(seed).permutation(rows)
        first = rows[np.argsort(-beyond[rows], kind="stable")[: max(int(len(rows) * share), 1)]]
        listed[first[beyond[first] > 0]] = True
    return listed

"""Where to look again: of what was closed lately and may yet come back, the likeliest tenth."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SHARE: Final = 0.1


def reinspect(
    p: NDArray[np.float64], running: NDArray[np.bool_], share: float = SHARE, seed: int = 1
) -> NDArray[np.bool_]:
    """Which closings to look at again.

    Parameters
    ----------
    p
        Shape (n,), chance of return.
    running
        Shape (n,): closings whose time is not over, and nothing new has come yet.
    share
        Of the running ones; at least one if there is any.
    seed
        Puts equal chances in a random order.

    Examples
    --------
    >>> reinspect(np.array([0.9, 0.2, 0.8]), np.array([False, True, True])).tolist()
    [False, False, True]
    """
    listed = np.zeros(len(p), dtype=bool)
    rows = np.flatnonzero(running)
    if len(rows):
        rows = np.random.default_rng(seed).permutation(rows)
        listed[rows[np.argsort(-p[rows], kind="stable")[: max(int(len(rows) * share), 1)]]] = True
    return listed

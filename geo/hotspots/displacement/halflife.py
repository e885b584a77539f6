"""How long the calm of an operation lasts: days until half of what it suppressed is back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_EXPECTED: Final = 10.0
LIKELY: Final = 1.3528
"""Half the 90 % point of chi-squared with one degree of freedom: what a half-life may cost in likelihood."""

SHORTEST_DAYS, LONGEST_DAYS = 0.5, 730.0


@dataclass(frozen=True, slots=True)
class HalfLife:
    """Days until half of the effect is gone, with 90 % bounds; ``upper_days`` is None if it may last for good."""

    days: float
    lower_days: float
    upper_days: float | None


def half_life(day: Floats, found: Floats, expected: Floats, effect: float) -> HalfLife | None:
    """The half-life that fits what came after the end of an operation.

    Parameters
    ----------
    day
        Shape (k,), days from the end to the middle of each stretch after.
    found, expected
        Shape (k,): events, and those expected without an operation.
    effect
        Share suppressed while it lasted, 0 to 1.

    Returns
    -------
    HalfLife or None
        None if nothing was suppressed, or too little is expected to say.

    Notes
    -----
    found ~ Poisson(expected * (1 - effect * 2 ** (-day / half-life))), by the profile of its likelihood over a grid.
    Source: decay of crackdown effects, Sherman (1990), Crime and Justice 12.

    Examples
    --------
    >>> day = np.arange(3.5, 84, 7)
    >>> told = half_life(day, 50 * (1 - 0.8 * 2 ** (-day / 14)), np.full(12, 50.0), 0.8)
    >>> round(told.days)
    14
    """
    if not 0 < effect <= 1 or expected.sum() < LEAST_EXPECTED:
        return None
    days = np.geomspace(SHORTEST_DAYS, LONGEST_DAYS, 400)
    hoped = expected * np.maximum(1 - effect * np.exp2(-day / days[:, None]), 1e-6)
    likelihood = (found * np.log(np.maximum(hoped, 1e-12)) - hoped).sum(axis=1)
    likely = days[likelihood >= likelihood.max() - LIKELY]
    upper = None if likely[-1] == days[-1] else float(likely[-1])
    return HalfLife(float(days[int(likelihood.argmax())]), float(likely[0]), upper)

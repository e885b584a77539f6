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
    """Days until half of the effect is gone, with 90 % bounds.

    ``days`` is None if no fading was seen, ``upper_days`` if it may last for good.
    """

    days: float | None
    lower_days: float
    upper_days: float | None


def half_life(day: Floats, found: Floats, expected: Floats, effect: float, error: float = 0.0) -> HalfLife | None:
    """The half-life that fits what came after the end of an operation.

    Parameters
    ----------
    day
        Shape (k,), days from the end to the middle of each stretch after.
    found, expected
        Shape (k,): events, and those expected without an operation.
    effect
        Share suppressed while it lasted, 0 to 1.
    error
        Relative standard error of ``expected`` as a whole.

    Returns
    -------
    HalfLife or None
        None if nothing was suppressed, or too little is expected to say.

    Notes
    -----
    found ~ Poisson(level * expected * (1 - effect * 2 ** (-day / half-life))), log level ~ Normal(0, error), by the
    profile of the likelihood over a grid of half-lives and levels.
    Source: decay of crackdown effects, Sherman (1990), Crime and Justice 12.

    Examples
    --------
    >>> day = np.arange(3.5, 84, 7)
    >>> told = half_life(day, 50 * (1 - 0.8 * 2 ** (-day / 14)), np.full(12, 50.0), 0.8)
    >>> round(told.days or 0)
    14
    """
    if not 0 < effect <= 1 or expected.sum() < LEAST_EXPECTED:
        return None
    days = np.geomspace(SHORTEST_DAYS, LONGEST_DAYS, 400)
    left = np.maximum(1 - effect * np.exp2(-day / days[:, None]), 1e-6)
    deviations = np.linspace(-3.0, 3.0, 25) if error > 0 else np.zeros(1)
    hoped = np.maximum(np.exp(error * deviations)[:, None, None] * expected * left, 1e-12)
    likelihood = ((found * np.log(hoped) - hoped).sum(axis=2) - deviations[:, None] ** 2 / 2).max(axis=0)
    likely = days[likelihood >= likelihood.max() - LIKELY]
    best = int(likelihood.argmax())
    upper = None if likely[-1] == days[-1] else float(likely[-1])
    return HalfLife(None if best == len(days) - 1 else float(days[best]), float(likely[0]), upper)

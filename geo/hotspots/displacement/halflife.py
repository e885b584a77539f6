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


def half_life(
    day: Floats, found: Floats, expected: Floats, effect: float, error: float = 0.0, *, effect_error: float = 0.0,
    scatter: float = 1.0,
) -> HalfLife | None:  # fmt: skip
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
    effect_error
        Standard error of the logarithm of what was left, ``log(1 - effect)``.
    scatter
        Variance to mean of the counts, at least 1.

    Returns
    -------
    HalfLife or None
        None if nothing was suppressed, or too little is expected to say.

    Notes
    -----
    found ~ Poisson(level * expected * (1 - effect * 2 ** (-day / half-life))), log level ~ Normal(0, error),
    log(1 - effect) ~ Normal(as given, effect_error), by the profile of the likelihood over a grid of half-lives,
    levels and effects; divided by ``scatter``, since counts that come in bunches say less.
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
    days = np.geomspace(SHORTEST_DAYS, LONGEST_DAYS, 200)
    level = np.linspace(-3.0, 3.0, 25) if error > 0 else np.zeros(1)
    doubt = np.linspace(-2.5, 2.5, 11) if effect_error > 0 else np.zeros(1)
    held = np.clip(1 - (1 - effect + 1e-9) * np.exp(effect_error * doubt), 0.0, 1.0)
    # Shape (effects, half-lives, stretches); the level enters as a factor of all stretches at once.
    left = np.maximum(1 - held[:, None, None] * np.exp2(-day / days[:, None]), 1e-6)
    hoped = np.maximum(expected * left, 1e-12)
    fits, total = (found * np.log(hoped)).sum(axis=2), hoped.sum(axis=2)
    moved = found.sum() * error * level - total[..., None] * np.exp(error * level)
    told = (fits[..., None] + moved) / scatter - level**2 / 2 - doubt[:, None, None] ** 2 / 2
    likelihood = told.max(axis=(0, 2))
    likely = days[likelihood >= likelihood.max() - LIKELY]
    best = int(likelihood.argmax())
    upper = None if likely[-1] == days[-1] else float(likely[-1])
    return HalfLife(None if best == len(days) - 1 else float(days[best]), float(likely[0]), upper)

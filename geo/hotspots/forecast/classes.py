"""Firmly in the list, maybe, or not: what a planner may read off a forecast without reading too much into it."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.forecast.gamma_poisson import Posterior

Floats = NDArray[np.float64]
PlaceClass = Literal["firm", "maybe", "not"]

FIRM: Final = 0.8
MAYBE: Final = 0.2
DRAWS: Final = 400
FAR: Final = 4.0
"""Standard deviations by which a place must miss the list's edge before it is not drawn at all."""


def list_probability(posterior: Posterior, length: int, draws: int = DRAWS, seed: int = 0) -> Floats:
    """Probability that each place is among the ``length`` places with the highest expected counts.

    Parameters
    ----------
    posterior
        Of n places.
    length
        0 to n.

    Returns
    -------
    NDArray[np.float64]
        Shape (n,), multiples of 1 / draws; adds up to ``length``.

    Notes
    -----
    Drawn from the posterior with a fixed seed. Places whose upper reach stays under the lower reach of the list's
    last are 0 without being drawn: with 10,000 places that saves nine tenths of the work. The level moves all places
    alike and changes no order.

    Examples
    --------
    >>> from geo.hotspots.forecast.level import Level
    >>> posterior = Posterior(np.array([400.0, 4.0, 4.0]), np.array([100.0, 4.0, 4.0]), Level(6.0, 0.1))
    >>> list_probability(posterior, 1).round(1).tolist()
    [1.0, 0.0, 0.0]
    """
    n = len(posterior.shape)
    if length <= 0 or n == 0:
        return np.zeros(n)
    if length >= n:
        return np.ones(n)
    rng = np.random.default_rng(seed)
    mean, spread = posterior.mean, np.sqrt(posterior.shape) / posterior.rate
    edge = np.partition(mean - FAR * spread, n - length)[n - length]
    near = np.flatnonzero(mean + FAR * spread >= max(float(edge), 0.0))
    if edge <= 0:
        # The bounds of a skew gamma say little near zero: three list lengths and all that reach the last of the list.
        last = np.partition(mean, n - length)[n - length]
        near = np.flatnonzero(mean + FAR * spread >= last)
    times = np.zeros(n)
    for _ in range(draws):
        drawn = rng.gamma(posterior.shape[near]) / posterior.rate[near]
        times[near[np.argpartition(drawn, len(near) - length)[len(near) - length :]]] += 1
    return times / draws


def place_classes(probability: Floats) -> NDArray[np.str_]:
    """``firm``, ``maybe`` or ``not`` for each probability of being in the list.

    Examples
    --------
    >>> place_classes(np.array([0.95, 0.5, 0.05])).tolist()
    ['firm', 'maybe', 'not']
    """
    return np.where(probability >= FIRM, "firm", np.where(probability >= MAYBE, "maybe", "not"))

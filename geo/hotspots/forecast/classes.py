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
DRAWS: Final = 40
PILOT: Final = 5
"""Draws of all places from which the list's edge is known well enough to leave the hopeless out."""
HOPELESS: Final = 1e-3


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
        Shape (n,); adds up to about ``length``.

    Notes
    -----
    Every draw of all expected counts sets the edge a place has to pass, given the others; the chance that it does is
    exact, and averaged over draws (conditional Monte Carlo: as sure as hundreds of draws that only count). A few
    draws beforehand show which places have next to no chance; they are 0. The level moves all places alike and
    changes no order.

    Examples
    --------
    >>> from geo.hotspots.forecast.level import Level
    >>> posterior = Posterior(np.array([400.0, 4.0, 4.0]), np.array([100.0, 4.0, 4.0]), Level(6.0, 0.1))
    >>> list_probability(posterior, 1).round(1).tolist()
    [1.0, 0.0, 0.0]
    """
    from scipy.special import gammaincc

    n = len(posterior.shape)
    if length <= 0 or n == 0:
        return np.zeros(n)
    if length >= n:
        return np.ones(n)
    rng = np.random.default_rng(seed)
    shape, rate = posterior.shape, posterior.rate
    pilot = rng.gamma(shape, size=(PILOT, n)) / rate
    edge = 0.9 * float(np.partition(pilot, n - length, axis=1)[:, n - length].min())
    reach = gammaincc(shape, rate * edge)
    enough = float(np.partition(reach, n - length - 1)[n - length - 1])
    near = np.flatnonzero(reach >= min(HOPELESS, enough))
    drawn = rng.gamma(shape[near], size=(draws, len(near))) / rate[near]
    last = len(near) - length
    ordered = np.partition(drawn, (last - 1, last), axis=1)
    behind, edges = ordered[:, [last - 1]], ordered[:, [last]]
    # The edge among the others: for a place in the list, the first one that is not.
    to_pass = np.where(drawn >= edges, behind, edges)
    found = np.zeros(n)
    # Where next to nothing is expected the edge is 0, and passing it takes an expected count all the same.
    found[near] = gammaincc(shape[near], np.maximum(rate[near] * to_pass, 1e-9)).mean(axis=0)
    return found


def place_classes(probability: Floats) -> NDArray[np.str_]:
    """``firm``, ``maybe`` or ``not`` for each probability of being in the list.

    Examples
    --------
    >>> place_classes(np.array([0.95, 0.5, 0.05])).tolist()
    ['firm', 'maybe', 'not']
    """
    return np.where(probability >= FIRM, "firm", np.where(probability >= MAYBE, "maybe", "not"))

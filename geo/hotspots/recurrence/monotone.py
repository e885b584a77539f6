"""A rising curve through estimates that hang together, with no rise that chance would make."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WORTH: Final = 2.0
"""What a rise must gain in chi-squared to be kept (Akaike 1974: one number more)."""

RIDGE: Final = 1e-3


def rise(values: Floats, covariance: Floats) -> Floats:
    """The rising steps closest to the values.

    Parameters
    ----------
    values
        Shape (g,), estimates of something that begins at 0 and cannot fall.
    covariance
        Shape (g, g), of the estimates; later ones hold the errors of earlier ones and more.

    Returns
    -------
    Floats
        Shape (g,), >= 0 and rising; nothing for nothing.

    Notes
    -----
    Generalised least squares over steps >= 0 (Lawson and Hanson 1974), after which steps whose loss costs less than
    two units of chi-squared are given up one by one, the cheapest first. A plateau is then told by its earliest, surest
    part and not pulled about by what the noise of later estimates adds.

    Examples
    --------
    >>> sure, later = 0.01 ** 2, 0.1 ** 2
    >>> rise(np.array([0.3, 0.38]), np.array([[sure, sure], [sure, sure + later]])).round(2).tolist()
    [0.3, 0.3]
    >>> rise(np.array([0.3, 0.5]), np.array([[sure, sure], [sure, sure * 2]])).round(2).tolist()
    [0.3, 0.5]
    """
    from scipy.optimize import nnls

    g = len(values)
    if g == 0:
        return values
    scale = np.diag(np.diag(covariance) * RIDGE + 1e-10)
    whiten = np.linalg.inv(np.linalg.cholesky(covariance + scale))
    steps = whiten @ np.tril(np.ones((g, g)))
    wanted = whiten @ values

    def fit(columns: list[int]) -> tuple[Floats, float]:
        found = np.zeros(g)
        if not columns:
            return found, float(wanted @ wanted)
        found[columns], left = nnls(steps[:, columns], wanted)
        return found, float(left**2)

    found, cost = fit(list(range(g)))
    while True:
        kept = np.flatnonzero(found > 0).tolist()
        tried = [fit([one for one in kept if one != gone]) for gone in kept]
        if not tried or min(price for _, price in tried) > cost + WORTH:
            return np.asarray(np.cumsum(found))
        found, cost = min(tried, key=lambda one: one[1])

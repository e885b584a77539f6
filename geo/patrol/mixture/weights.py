"""How often each of several good plans is to be drawn, so that nobody can tell when a patrol comes.

The weights solve a concave programme: the entropy of the visits under a floor for the expected value.
Source: the randomised patrol schedules of Pita et al. 2008 (ARMOR) and Shieh et al. 2012 (PROTECT).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WORTH_SHARE: Final = 0.95
"""The mixture is worth at least this share of its best plan, on average over the days."""

PPM: Final = 1_000_000


def visit_entropy_bits(visits: NDArray[np.bool_], weights: Floats) -> float:
    """How uncertain a visit is, in bits, summed over the slots of a shift and averaged over zones.

    Parameters
    ----------
    visits
        Shape (plans, zones, slots): whether a visit begins there.
    weights
        Shape (plans,), ≥ 0, sum 1.

    Returns
    -------
    float
        0 for a plan that is the same every day, and for no zones.

    Examples
    --------
    >>> visits = np.array([[[True, False]], [[False, True]]])
    >>> visit_entropy_bits(visits, np.array([0.5, 0.5])), visit_entropy_bits(visits, np.array([1.0, 0.0]))
    (2.0, 0.0)
    """
    if visits.shape[1] == 0:
        return 0.0
    chance = np.clip(np.tensordot(weights, visits, axes=1), 0.0, 1.0)
    return float(_bits(chance).sum() / visits.shape[1]) + 0.0


def blend(values: Ints, visits: NDArray[np.bool_], share: float = WORTH_SHARE) -> Ints:
    """Weights of greatest entropy of the visits whose expected value is at least ``share`` of the best plan's.

    Parameters
    ----------
    values
        Shape (plans,): what each plan is worth, ≥ 0.
    visits
        Shape (plans, zones, slots).

    Returns
    -------
    ndarray of int, shape (plans,)
        Millionths, sum 1,000,000. A plan far below the floor gets little or nothing; equal plans with equal visits
        share equally.

    Raises
    ------
    ValueError
        If there is no plan.

    Examples
    --------
    >>> visits = np.array([[[True, False]], [[False, True]]])
    >>> blend(np.array([100, 100]), visits).tolist()
    [500000, 500000]
    >>> blend(np.array([100, 80]), visits).tolist()
    [750000, 250000]
    """
    from scipy.optimize import minimize

    if len(values) == 0:
        raise ValueError("there is no plan to blend")
    worth = np.asarray(values, dtype=float) / max(float(np.max(values)), 1.0)
    floor = share * float(worth.max())
    start = _gibbs(worth, floor)
    flat = visits.reshape(len(values), -1)
    kinds: Floats = flat[:, flat.any(axis=0) & ~flat.all(axis=0)].astype(np.float64)  # the rest is certain
    found = minimize(
        lambda w: -float(_bits(_chance(w, kinds)).sum()),
        start,
        jac=lambda w: -kinds @ _bits_slope(_chance(w, kinds)),
        method="SLSQP",
        bounds=[(0.0, 1.0)] * len(values),
        constraints=[
            {"type": "eq", "fun": lambda w: float(w.sum() - 1.0), "jac": lambda w: np.ones_like(w)},
            {"type": "ineq", "fun": lambda w: float(w @ worth - floor), "jac": lambda _: worth},
        ],
        options={"maxiter": 300, "ftol": 1e-10},
    )
    weights = np.clip(found.x, 0.0, None)
    weights /= weights.sum()
    if weights @ worth < floor - 1e-7:
        weights = start
    return _whole(weights, worth, floor)


def _gibbs(worth: Floats, floor: float) -> Floats:
    """Weights ∝ exp(β × worth) with the smallest β ≥ 0 that meets the floor: most even over plans, not over visits."""
    low, high = 0.0, 1.0

    def weights(beta: float) -> Floats:
        raised = np.exp(beta * (worth - worth.max()))
        return np.asarray(raised / raised.sum())

    while weights(high) @ worth < floor and high < 1e6:
        high *= 2
    if weights(0.0) @ worth >= floor:
        return weights(0.0)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if weights(middle) @ worth < floor else (low, middle)
    return weights(high)


def _whole(weights: Floats, worth: Floats, floor: float) -> Ints:
    """Millionths that sum to a million and still meet the floor: what is left goes to the best plan."""
    parts = np.floor(weights * PPM + 1e-6).astype(np.int64)
    best = int(worth.argmax())
    parts[best] += PPM - parts.sum()
    while parts @ worth < floor * PPM - 1e-3:  # rounding down elsewhere costs at most a millionth a plan
        other = int(np.where(parts > 0, worth, np.inf).argmin())
        if other == best:
            break
        parts[other] -= 1
        parts[best] += 1
    return parts


def _chance(weights: Floats, kinds: Floats) -> Floats:
    return np.asarray(np.clip(weights @ kinds, 1e-12, 1.0 - 1e-12))


def _bits(chance: Floats) -> Floats:
    inside = (chance > 0.0) & (chance < 1.0)
    p = np.where(inside, chance, 0.5)
    return np.where(inside, -(p * np.log2(p) + (1.0 - p) * np.log2(1.0 - p)), 0.0)


def _bits_slope(chance: Floats) -> Floats:
    return np.log2((1.0 - chance) / chance)

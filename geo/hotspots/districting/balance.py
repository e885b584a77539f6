"""Shares of equal load around moving centres: k-means whose assignment is a transport problem solved exactly."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.hotspots.districting.units import Flags, Floats, Ints

ROUNDS: Final = 6
STILL: Final = 0.02
"""Centres that move less than this share of the ground's width have settled."""

SLACK: Final = 0.004
"""Shares may differ from the mean by this before units are made whole; exact equality only costs time."""

NEAR: Final = 6
"""A unit is offered to this many nearest centres before it is offered to all."""

FEATHER: Final = 0.01
"""A unit without load counts for this share of the mean one, so that it too goes to a near centre."""


def seed_centres(xy: Floats, load: Floats, k: int, rng: np.random.Generator) -> Floats:
    """``k`` starting centres, far apart and where load is (k-means++).

    Parameters
    ----------
    xy, load
        Shapes (n, 2), metres, and (n,).

    Returns
    -------
    Floats
        Shape (k, 2), each the place of a unit.

    Notes
    -----
    Arthur & Vassilvitskii 2007.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [1.0, 0.0], [900.0, 0.0]])
    >>> sorted(seed_centres(xy, np.ones(3), 2, np.random.default_rng(0))[:, 0] > 500)
    [np.False_, np.True_]
    """
    weight = load + FEATHER * load.mean()
    chosen = [int(rng.choice(len(xy), p=weight / weight.sum()))]
    away = ((xy - xy[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        chance = weight * away
        total = chance.sum()
        pick = int(rng.choice(len(xy), p=chance / total)) if total > 0 else int(rng.integers(len(xy)))
        chosen.append(pick)
        away = np.minimum(away, ((xy - xy[pick]) ** 2).sum(axis=1))
    return np.asarray(xy[chosen])


def balanced_shares(
    xy: Floats, load: Floats, centres: Floats, fixed: Ints, stay: Ints | None = None, stay_m2: float = 0.0
) -> tuple[Ints, Floats]:
    """Give each unit to a centre so that all shares hold the same load and the load is near its centre.

    Parameters
    ----------
    xy, load
        Shapes (n, 2), metres, and (n,); load ≥ 0.
    centres
        Shape (k, 2), where to start.
    fixed
        Shape (n,), the share a unit must belong to, −1 for any.
    stay, stay_m2
        The share each unit is in now (−1: none), and how many square metres of distance it is worth to leave it there.

    Returns
    -------
    tuple
        Share of each unit, shape (n,), and the centres the loads ended around. Shares differ from the mean by about
        half a unit's load, as units are not split; they need not be in one piece.

    Notes
    -----
    Alternates between the transport problem (linear programme, HiGHS) and the centres of load. Bradley, Bennett &
    Demiriz 2000, constrained k-means.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [9.0, 0.0]])
    >>> share, _ = balanced_shares(xy, np.ones(4), np.array([[0.0, 0.0], [9.0, 0.0]]), np.full(4, -1))
    >>> share
    array([0, 0, 1, 1])
    """
    k = len(centres)
    weight = load + FEATHER * load.mean()
    width = float(np.ptp(xy, axis=0).max()) or 1.0
    share = np.zeros(len(xy), dtype=np.int64)
    for _ in range(ROUNDS):
        away = ((xy[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        if stay is not None and stay_m2 > 0:
            settled = np.flatnonzero(stay >= 0)
            away = away + stay_m2
            away[settled, stay[settled]] -= stay_m2
        share = _transport(away, load, weight, fixed, k)
        total = np.maximum(np.bincount(share, weight, k), 1e-12)
        moved = np.column_stack([np.bincount(share, weight * xy[:, axis], k) / total for axis in (0, 1)])
        moved[np.bincount(share, minlength=k) == 0] = centres[np.bincount(share, minlength=k) == 0]
        step = float(np.hypot(*(moved - centres).T).max())
        centres = moved
        if step < STILL * width:
            break
    return share, centres


def _transport(away: Floats, load: Floats, weight: Floats, fixed: Ints, k: int) -> Ints:
    """The cheapest way to give all load to ``k`` equal shares; each unit then goes where most of it went."""
    for near in (min(NEAR, k), k):
        allowed = np.zeros(away.shape, dtype=bool)
        np.put_along_axis(allowed, np.argpartition(away, near - 1, axis=1)[:, :near], True, axis=1)
        tied = np.flatnonzero(fixed >= 0)
        allowed[tied] = False
        allowed[tied, fixed[tied]] = True
        found = _solve(away, load, weight, allowed, k)
        if found is not None:
            return found
    share = np.where(fixed >= 0, fixed, away.argmin(axis=1))
    return np.asarray(share, dtype=np.int64)


def _solve(away: Floats, load: Floats, weight: Floats, allowed: Flags, k: int) -> Ints | None:
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, vstack

    unit, share = np.nonzero(allowed)
    count = len(unit)
    column = np.arange(count)
    scale = float(away.mean()) * float(weight.mean()) or 1.0
    cost = away[unit, share] * weight[unit] / scale
    whole = csr_matrix((np.ones(count), (unit, column)), shape=(len(load), count))
    mean = load.sum() / k
    held = csr_matrix((load[unit] / mean, (share, column)), shape=(k, count))
    limits = np.concatenate([np.full(k, 1 + SLACK), np.full(k, -(1 - SLACK))])
    answer = linprog(
        cost, A_ub=vstack([held, -held]), b_ub=limits, A_eq=whole, b_eq=np.ones(len(load)), bounds=(0, None),
        method="highs-ds",
    )  # fmt: skip
    if answer.status != 0:
        return None
    part = np.full(away.shape, -1.0)
    part[unit, share] = answer.x
    return np.asarray(part.argmax(axis=1), dtype=np.int64)

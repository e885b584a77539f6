"""The worst case: vendors who know the mixture by heart and come when it suits them.

A vendor who has watched for months knows how likely the street is held at each minute, not which plan was drawn today.
Such a one keeps to the part of the opening hours that is held least. What is left of a plan then is its worst case; the
best weights against it solve a linear programme (the value of a zero-sum game, von Neumann 1928), here only to say how
far a mixture of entropy stays from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SESSION_MIN: Final = 60
"""Minutes a vendor trades at a stretch before moving on: setting up for less does not pay."""


@dataclass(frozen=True, slots=True)
class WorstCase:
    """Shares of the violation-minutes suppressed, 0 to 1.

    ``usual`` if vendors come as ever; ``known`` if all of them know the mixture; ``same_daily`` if all know the best
    plan and it is walked every day; ``best`` the most that any weights of the same plans reach against those who know.
    """

    usual: float
    known: float
    same_daily: float
    best: float


def worst_case(
    demand: Floats, held: Floats, weights: Floats, best_plan: int, session_min: int = SESSION_MIN
) -> WorstCase:
    """What the mixture suppresses of vendors who know it.

    Parameters
    ----------
    demand
        Shape (zones, minutes): violations expected if nobody comes, ≥ 0.
    held
        Shape (plans, zones, minutes): the share suppressed at each minute under each plan, 0 to 1.
    weights
        Shape (plans,), sum 1.
    best_plan
        The plan that would be walked daily without a mixture.

    Returns
    -------
    WorstCase
        All 0 if there is no demand. In each zone those who know choose the ``session_min`` minutes inside its hours
        that are held least; a zone open for less is taken whole.

    Examples
    --------
    >>> demand = np.ones((1, 4))
    >>> held = np.array([[[1.0, 1, 0, 0]], [[0.0, 0, 1, 1]]])
    >>> case = worst_case(demand, held, np.array([0.5, 0.5]), 0, session_min=2)
    >>> case.usual, case.known, case.same_daily, round(case.best, 6)
    (0.5, 0.5, 0.0, 0.5)
    """
    total = float(demand.sum())
    if total <= 0:
        return WorstCase(0.0, 0.0, 0.0, 0.0)
    share = demand.sum(axis=1) / total
    choices = [_sessions(demand[zone], held[:, zone], session_min) for zone in range(len(demand))]
    usual = float(np.einsum("p,zt,pzt->", weights, demand, held) / total)
    known = _met(choices, share, weights)
    alone = np.zeros_like(weights)
    alone[best_plan] = 1.0
    return WorstCase(usual, known, _met(choices, share, alone), _game_value(choices, share, len(weights)))


def _sessions(demand: Floats, held: Floats, session_min: int) -> Floats:
    """Share suppressed of each session that can be chosen, shape (plans, sessions); none in a zone without demand."""
    active = np.flatnonzero(demand > 0)
    if len(active) == 0:
        return np.zeros((len(held), 0))
    length = min(session_min, len(active))
    summed = np.concatenate([np.zeros((len(held), 1)), np.cumsum(held[:, active], axis=1)], axis=1)
    return np.asarray((summed[:, length:] - summed[:, :-length]) / length)


def _met(choices: list[Floats], share: Floats, weights: Floats) -> float:
    return float(sum(part * (weights @ one).min() for part, one in zip(share, choices, strict=True) if one.shape[1]))


def _game_value(choices: list[Floats], share: Floats, plans: int) -> float:
    """Most that weights reach against the best choice in every zone: max Σ share·v with v ≤ w·choice for each."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, hstack, vstack

    kept = [(part, one) for part, one in zip(share.tolist(), choices, strict=True) if one.shape[1]]
    rows = []
    for number, (_, one) in enumerate(kept):
        floor = csr_matrix(
            (np.ones(one.shape[1]), (np.arange(one.shape[1]), [number] * one.shape[1])), shape=(one.shape[1], len(kept))
        )
        rows.append(hstack([csr_matrix(-one.T), floor]))
    cost = np.concatenate([np.zeros(plans), [-part for part, _ in kept]])
    sum_one = np.concatenate([np.ones(plans), np.zeros(len(kept))])[None]
    limits = [(0.0, 1.0)] * (plans + len(kept))
    left = vstack(rows)
    found = linprog(cost, A_ub=left, b_ub=np.zeros(left.shape[0]), A_eq=sum_one, b_eq=[1.0], bounds=limits)
    return float(-found.fun)

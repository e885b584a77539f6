"""Choose sites: a quick good choice, and the best one with its proof.

The maximal covering location problem with spacing (Church & ReVelle 1974): serve as much demand as ``p`` sites can.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import Invalid
from geo.hotspots.siting.coverage import Floats, Ints, Siting
from geo.hotspots.siting.model import Model, neighbours, with_capacity, without_capacity
from geo.hotspots.siting.reduce import rule_out

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

GAP: Final = 1e-6
"""A choice is proven when nothing can be better by more than this share."""

SECONDS: Final = 30.0
"""Longest search for the proof; then the best choice and what could still be gained are told."""


class TooManySites(Invalid):
    """More sites are asked for than candidates are left."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Sites chosen, the one that adds most first.

    Parameters
    ----------
    chosen
        Numbers of the candidates.
    adds
        Demand each one adds to those before it.
    covered
        Demand served, with what stands already.
    bound
        No choice serves more; all demand if that was not asked.
    proven
        Whether the bound is reached.
    seconds
        What the search took.
    """

    chosen: Ints
    adds: Floats
    covered: float
    bound: float
    proven: bool
    seconds: float


def choose_quickly(siting: Siting, p: int) -> Choice:
    """Take the candidate that adds most, again and again; then exchange one for another while that helps.

    Parameters
    ----------
    p
        How many, ≥ 1; fewer are chosen when nothing is left that keeps the spacing and adds demand.

    Returns
    -------
    Choice
        Not proven. Without capacities within 1 − 1/e of the best if there is no spacing (Nemhauser, Wolsey & Fisher
        1978); in practice within a few per cent.

    Raises
    ------
    TooManySites
        If there are fewer candidates than ``p``.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> covers = csr_matrix(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], dtype=bool))
    >>> nothing = np.zeros(0, dtype=np.int64)
    >>> siting = Siting(np.array([1.0, 3.0, 3.0, 1.0]), covers, (nothing, nothing), np.zeros(4, dtype=bool))
    >>> sorted(choose_quickly(siting, 2).chosen.tolist()), choose_quickly(siting, 2).covered
    ([0, 2], 8.0)
    """
    begun = time.perf_counter()
    _check_count(siting, p)
    apart = neighbours(siting.covers.shape[0], siting.near)
    covers = siting.covers.astype(np.float64)
    open_weight = np.where(siting.served, 0.0, siting.weight)
    chosen = _greedy(siting, covers, apart, open_weight, p)
    if siting.capacity is None:
        chosen = _exchange(covers, apart, open_weight, chosen)
    return _ranked(siting, chosen, siting.total, False, begun)


def choose_best(siting: Siting, p: int, *, seconds: float = SECONDS) -> Choice:
    """The choice that serves most, with proof, or the best found in time with what could still be gained.

    Parameters
    ----------
    p
        How many at most, ≥ 1.
    seconds
        Longest search, > 0.

    Returns
    -------
    Choice
        ``proven`` when no choice of ``p`` sites under the spacing serves more.

    Raises
    ------
    TooManySites
        If there are fewer candidates than ``p``.

    Notes
    -----
    Candidates that no better choice contains are ruled out first (Lagrangian bound), the rest is a mixed-integer
    programme for HiGHS. Demand served by the same candidates is one row; pairs that are too near are
    gathered into cliques of which one may be chosen, which is both smaller and tighter. With capacities demand can be
    split between sites.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> covers = csr_matrix(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], dtype=bool))
    >>> near = (np.array([0]), np.array([2]))
    >>> siting = Siting(np.array([1.0, 3.0, 3.0, 1.0]), covers, near, np.zeros(4, dtype=bool))
    >>> best = choose_best(siting, 2)
    >>> best.covered, best.proven
    (7.0, True)
    """
    begun = time.perf_counter()
    quick = choose_quickly(siting, p)
    if siting.capacity is not None:
        model = with_capacity(siting, p)
        bound = siting.total
    else:
        weight = np.where(siting.served, 0.0, siting.weight)
        found = rule_out(siting.covers.astype(np.float64), weight, p, quick.covered - siting.served_before)
        bound = siting.served_before + found.bound
        if bound - quick.covered <= GAP * quick.covered:
            return _ranked(siting, quick.chosen, bound, True, begun)
        model = without_capacity(siting, p, found.kept)
    if model is None:
        return _ranked(siting, quick.chosen, quick.covered, True, begun)
    chosen, limit = _solve(model, siting, quick, max(seconds - (time.perf_counter() - begun), 0.1))
    # What was ruled out is in no choice better than the quick one.
    return _ranked(siting, chosen, min(bound, max(limit, quick.covered)), None, begun)


def covered_by(siting: Siting, chosen: Ints) -> float:
    """Demand that these candidates serve together with what stands already.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> nothing = np.zeros(0, dtype=np.int64)
    >>> covers = csr_matrix(np.ones((1, 2), dtype=bool))
    >>> full = Siting(np.array([3.0, 4.0]), covers, (nothing, nothing), np.zeros(2, dtype=bool), np.array([5.0]))
    >>> covered_by(full, np.array([0])), covered_by(full, nothing)
    (5.0, 0.0)
    """
    if siting.capacity is not None:
        return _flow(siting, chosen)
    hit = (
        np.asarray(siting.covers[chosen].sum(axis=0)).ravel() > 0 if len(chosen) else np.zeros(len(siting.weight), bool)
    )
    return float(siting.weight[hit | siting.served].sum())


def _check_count(siting: Siting, p: int) -> None:
    if not 1 <= p <= siting.covers.shape[0]:
        raise TooManySites("sites.too_many", wanted=p, candidates=siting.covers.shape[0])


def _greedy(siting: Siting, covers: csr_matrix, apart: list[Ints], weight: Floats, p: int) -> list[int]:
    left, free = weight.copy(), np.ones(covers.shape[0], dtype=bool)
    chosen: list[int] = []
    while len(chosen) < p:
        gain = covers @ left
        if siting.capacity is not None:
            gain = np.minimum(gain, siting.capacity)
        gain[~free] = -1.0
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen.append(best)
        free[best], free[apart[best]] = False, False
        row = covers.indices[covers.indptr[best] : covers.indptr[best + 1]]
        taken = 1.0 if siting.capacity is None else min(1.0, siting.capacity[best] / float(left[row].sum()))
        left[row] *= 1.0 - taken
    return chosen


def _exchange(covers: csr_matrix, apart: list[Ints], weight: Floats, chosen: list[int]) -> list[int]:
    """Give up one site for a better one, first improvement in the order of choice, until none is found."""
    n = covers.shape[0]
    times = np.asarray(covers[chosen].sum(axis=0)).ravel() if chosen else np.zeros(len(weight))
    blocked = np.zeros(n, dtype=np.int64)
    for one in chosen:
        blocked[apart[one]] += 1
        blocked[one] += 1
    improved = True
    while improved:
        improved = False
        for place, old in enumerate(chosen):
            row = covers.indices[covers.indptr[old] : covers.indptr[old + 1]]
            times[row] -= 1
            blocked[apart[old]] -= 1
            blocked[old] -= 1
            gain = covers @ np.where(times > 0, 0.0, weight)
            gain[blocked > 0] = -1.0
            best = int(np.argmax(gain))
            new = best if gain[best] > gain[old] * (1 + 1e-12) else old
            improved |= new != old
            chosen[place] = new
            times[covers.indices[covers.indptr[new] : covers.indptr[new + 1]]] += 1
            blocked[apart[new]] += 1
            blocked[new] += 1
    return chosen


def _solve(model: Model, siting: Siting, quick: Choice, seconds: float) -> tuple[Ints, float]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    scale = float(model.gain.max())
    answer = milp(
        -model.gain / scale,
        integrality=model.integral.astype(np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(model.rows, -np.inf, model.upper),
        options={"time_limit": seconds, "mip_rel_gap": GAP / 2},
    )
    bound = siting.total
    if answer.mip_dual_bound is not None:
        bound = min(bound, siting.served_before - float(answer.mip_dual_bound) * scale)
    if answer.x is None:
        return quick.chosen, bound
    chosen = model.sites[np.flatnonzero(answer.x[: len(model.sites)] > 0.5)]
    better = covered_by(siting, chosen) > quick.covered
    return (chosen if better else quick.chosen), bound


def _ranked(siting: Siting, chosen: Any, bound: float, proven: bool | None, begun: float) -> Choice:
    """The choice in the order of what each site adds."""
    order, adds = _in_order(siting, [int(i) for i in chosen])
    had = siting.served_before + float(sum(adds))
    bound = max(bound, had)
    is_proven = bound - had <= GAP * max(had, 1e-12) if proven is None else proven
    return Choice(
        np.array(order, dtype=np.int64), np.array(adds), had, had if is_proven else bound, is_proven,
        time.perf_counter() - begun,
    )  # fmt: skip


def _in_order(siting: Siting, chosen: list[int]) -> tuple[list[int], list[float]]:
    """The sites by what each adds to those before it, and how much that is."""
    rows = siting.covers[chosen].astype(np.float64)
    left = np.where(siting.served, 0.0, siting.weight)
    room = siting.capacity[chosen] if siting.capacity is not None else np.full(len(chosen), np.inf)
    order: list[int] = []
    adds: list[float] = []
    had = siting.served_before
    for _ in chosen:
        gain = np.minimum(rows @ left, room)
        gain[order] = -1.0
        best = int(np.argmax(gain))
        mine = rows.indices[rows.indptr[best] : rows.indptr[best + 1]]
        taken = 1.0 if gain[best] <= 0 else float(gain[best]) / float(left[mine].sum())
        left[mine] *= 1.0 - taken
        order.append(best)
        if siting.capacity is None:
            adds.append(max(float(gain[best]), 0.0))
        else:
            total = _flow(siting, np.array([chosen[i] for i in order]))
            adds.append(total - had)
            had = total
    return [chosen[i] for i in order], adds


def _flow(siting: Siting, chosen: Ints) -> float:
    """Most demand that sites with capacities can take, each place's demand split as it suits."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, vstack

    assert siting.capacity is not None
    pairs = siting.covers[chosen].tocoo()
    keep = ~siting.served[pairs.col] & (siting.weight[pairs.col] > 0)
    site, demand = pairs.row[keep], pairs.col[keep]
    if len(site) == 0:
        return siting.served_before
    count = np.arange(len(site))
    once = csr_matrix((np.ones(len(site)), (demand, count)), shape=(len(siting.weight), len(site)))
    room = csr_matrix((np.ones(len(site)), (site, count)), shape=(len(chosen), len(site)))
    limits = np.concatenate([siting.weight, siting.capacity[chosen]])
    answer = linprog(-np.ones(len(site)), A_ub=vstack([once, room]), b_ub=limits, bounds=(0, None), method="highs")
    return siting.served_before - float(answer.fun)

"""Rule out, with proof, candidates that no better choice can contain: of thousands a few hundred are left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.hotspots.siting.coverage import Flags, Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STEPS: Final = 600
PATIENCE: Final = 20
"""Steps without a better bound after which the step is halved."""

SMALLEST: Final = 1e-4
SAFETY: Final = 1e-9
"""Room for rounding: a candidate that could add this share to the known choice stays."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """What is left to search.

    Parameters
    ----------
    bound
        No choice covers more of the weight than this.
    kept
        Shape (n,), candidates of which any choice better than the known one is made.
    """

    bound: float
    kept: Flags


def rule_out(covers: csr_matrix, weight: Floats, p: int, known: float) -> Reduced:
    """Bound the best choice and drop candidates that are in none better than a known one.

    Parameters
    ----------
    covers
        Shape (n, m), 1 where candidate i serves demand j.
    weight
        Shape (m,), ≥ 0.
    p
        How many may be chosen; spacing is left out of account, which only makes the bound weaker.
    known
        Weight that a known choice covers.

    Returns
    -------
    Reduced
        ``bound ≥ known``; if they are equal, the known choice is proven best.

    Notes
    -----
    Lagrangian relaxation of "demand is covered only by chosen sites" with prices in [0, weight]: for given prices the
    best sites are those with most priced demand, so a bound costs two sparse products. A candidate is dropped when even
    with it the bound stays below the known choice. Subgradient steps after Polyak. Galvão & ReVelle 1996.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> covers = csr_matrix(np.array([[1.0, 1, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0]]))
    >>> found = rule_out(covers, np.array([2.0, 3.0, 2.0, 2.0]), 2, 9.0)
    >>> found.bound, found.kept.tolist()
    (9.0, [True, True, False])
    """
    n = covers.shape[0]
    total, known = float(weight.sum()), max(known, 0.0)
    if p >= n:
        return Reduced(total, np.ones(n, dtype=bool))
    turned = covers.T.tocsr()
    reached = np.asarray(covers.sum(axis=0)).ravel()
    price = np.where(reached > 0, weight / np.maximum(reached, 1.0), 0.0)
    left_out = float(weight[reached == 0].sum())
    best, theta, since = np.inf, 1.5, 0
    kept = np.ones(n, dtype=bool)
    room = SAFETY * max(known, 1.0)
    for _ in range(STEPS):
        priced = covers @ price
        top = np.argpartition(priced, n - p)[n - p :]
        last = float(priced[top].min())
        bound = total - left_out - float(price.sum()) + float(priced[top].sum())
        out = priced < last - (bound - known) - room
        kept &= ~out
        if bound < best - 1e-9 * max(best if np.isfinite(best) else 1.0, 1.0):
            best, since = bound, 0
        else:
            since += 1
        if since >= PATIENCE:
            theta, since = theta / 2, 0
        if theta < SMALLEST or best - known <= room:
            break
        chosen = np.zeros(n)
        chosen[top] = 1.0
        slope = np.where(reached > 0, turned @ chosen - 1.0, 0.0)
        slope[(slope > 0) & (price <= 0)] = 0.0
        slope[(slope < 0) & (price >= weight)] = 0.0
        size = float(slope @ slope)
        if size == 0:
            break
        price = np.clip(price - theta * (bound - known) / size * slope, 0.0, weight)
    return Reduced(max(best, known), kept)

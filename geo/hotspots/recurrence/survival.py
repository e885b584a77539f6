"""Kaplan-Meier with weights, censoring, and bounds that stay honest when observations hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """The share still without a new one.

    Parameters
    ----------
    log_s
        Shape (g,): logarithm of the share at each time of the grid; 0 before the first event.
    pull
        Shape (n, g): how much each observation moves it; their squares sum to Greenwood's variance.
    """

    log_s: Floats
    pull: Floats


def kaplan_meier(
    duration: NDArray[np.number], seen: Flags, weight: Floats, grid: NDArray[np.number], lift: Floats | None = None
) -> Survival:
    """The product-limit estimate on a grid of times.

    Parameters
    ----------
    duration
        Shape (n,), >= 0: time to the event, or to where it was lost sight of (censored).
    seen
        Shape (n,): whether it ended in the event.
    weight
        Shape (n,), >= 0.
    grid
        Shape (g,), rising.
    lift
        Shape (n,), > 0: how many times as likely the event would have been where the estimate is wanted; 1 if None.

    Returns
    -------
    Survival
        For no observations a share of 1 throughout. An event at exactly a time of the grid has happened by then; one
        lost sight of at the moment of an event was still at risk.

    Notes
    -----
    Source: Kaplan and Meier (1958) JASA 53. ``pull`` is the influence of an observation on log S (martingale form);
    summed by clusters before squaring it is the robust variance of Williams (1995) Biometrics 51, and with every
    observation its own cluster that of Greenwood (1926).

    Examples
    --------
    >>> km = kaplan_meier(np.array([1, 2, 3, 4]), np.array([True, False, True, False]), np.ones(4), np.array([1, 3]))
    >>> np.exp(km.log_s).round(3).tolist()
    [0.75, 0.375]
    """
    grid = np.asarray(grid)
    kept = np.flatnonzero(weight > 0)
    pull = np.zeros((len(duration), len(grid)))
    times, moment = np.unique(duration[kept], return_inverse=True)
    if len(times) == 0:
        return Survival(np.zeros(len(grid)), pull)
    w, happened = weight[kept], seen[kept]
    counted = np.where(happened, 1.0 if lift is None else lift[kept], 0.0)
    events = np.bincount(moment, weights=w * counted, minlength=len(times))
    at_risk = np.cumsum(np.bincount(moment, weights=w, minlength=len(times))[::-1])[::-1]
    left = np.maximum(at_risk - events, 0.0)
    # After the last observation nothing is known: an estimate that falls to 0 stops just above it.
    whole = left > 1e-9 * at_risk
    step = np.where(whole, np.log(np.where(whole, left, 1.0) / at_risk), np.log(1e-9))
    log_s = np.concatenate([[0.0], np.cumsum(step)])
    shrink = np.concatenate([[0.0], np.cumsum(np.where(whole, events / (at_risk * np.where(whole, left, 1.0)), 0.0))])
    until = np.searchsorted(times, grid, side="right")
    for column, last in enumerate(until):
        gone = (moment < last) & whole[moment]
        own = np.where(gone, counted / np.where(whole[moment], left[moment], 1.0), 0.0)
        pull[kept, column] = w * (shrink[np.minimum(moment + 1, last)] - own)
    return Survival(log_s[until], pull)


def covariance(pull: Floats, cluster: Whole) -> Floats:
    """Covariance of what the pulls move, shape (g, g), when observations of one cluster move together.

    Parameters
    ----------
    pull
        Shape (n, g).
    cluster
        Shape (n,), any whole numbers.

    Examples
    --------
    >>> pull = np.array([[3.0], [4.0]])
    >>> covariance(pull, np.array([1, 2])).tolist(), covariance(pull, np.array([1, 1])).tolist()
    ([[25.0]], [[49.0]])
    """
    if not len(pull):
        return np.zeros((pull.shape[1], pull.shape[1]))
    _, group = np.unique(cluster, return_inverse=True)
    sums = np.stack([np.bincount(group, weights=column) for column in pull.T])
    return np.asarray(sums @ sums.T)

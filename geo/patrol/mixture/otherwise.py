"""What a further plan is sought for: the same demand, counted more where the plans so far seldom are.

Each further plan is nearly the best answer to the mean of those before it (fictitious play, Brown 1951), so that all
of them together are spread over the hours of each place, and each alone is still worth nearly as much as the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.passing.found import Passed
from geo.patrol.problem import Problem
from geo.patrol.value import stays_of

Floats = NDArray[np.float64]

ABOUT_MIN: Final = 15
"""Minutes before and after a visit that are known to be watched."""

SELDOM: Final = 0.1
"""Added to that share before its inverse is taken: what nobody watches counts eleven times what all of them do."""

AS_IT_IS: Final = 0.5
"""Part of the demand that counts as it is; with less, plans lose more to those who never learn and gain no more."""


def watched(plans: Sequence[Passed]) -> Floats:
    """Share of the plans that are at a place or were or will be within a quarter of an hour: shape (places, minutes).

    Parameters
    ----------
    plans
        Of the same shift, at least one; places are its stops that recur, in their order.
    """
    problem = plans[0].problem
    minutes = problem.shift_s // 60
    found = np.zeros((len(plans), sum(stop.recurrence is not None for stop in problem.stops), minutes))
    for number, one in enumerate(plans):
        for at, stays in enumerate(stays_of(one.problem, one.plan).values()):
            for begin_s, leave_s in stays:
                found[number, at, max(begin_s // 60 - ABOUT_MIN, 0) : -(-leave_s // 60) + ABOUT_MIN] = 1.0
    return np.asarray(found.mean(axis=0))


def counted_otherwise(demand: Floats, share: Floats) -> Floats:
    """What each minute of each place is to be multiplied by, so that all the demand together stays what it is.

    Parameters
    ----------
    demand, share
        Shape (places, minutes): violations expected, and the share of plans that watch.

    Examples
    --------
    >>> counted_otherwise(np.ones((1, 2)), np.array([[0.0, 0.9]])).round(2).tolist()
    [[1.41, 0.59]]
    >>> counted_otherwise(np.zeros((1, 2)), np.zeros((1, 2))).tolist()
    [[1.0, 1.0]]
    """
    seldom = 1.0 / (share + SELDOM)
    whole = float(demand.sum())
    if whole > 0:
        seldom *= whole / float((demand * seldom).sum())
        return np.asarray(AS_IT_IS + (1.0 - AS_IT_IS) * seldom)
    return np.ones_like(demand)


def seen_otherwise(problem: Problem, plans: Sequence[Passed]) -> Problem:
    """The problem in which minutes that the plans so far seldom watch count more, and others less."""
    places = [stop.recurrence.per_minute for stop in problem.stops if stop.recurrence]
    demand = np.array(places, dtype=np.float64).reshape(len(places), problem.shift_s // 60)
    counted = iter(np.floor(demand * counted_otherwise(demand, watched(plans)) + 0.5).astype(np.int64).tolist())
    stops = [
        replace(stop, recurrence=replace(stop.recurrence, per_minute=tuple(next(counted)))) if stop.recurrence else stop
        for stop in problem.stops
    ]
    return replace(problem, stops=tuple(stops))


def as_it_is(problem: Problem, found: Passed) -> Passed:
    """A plan that was sought under other demand, with the demand that there is."""
    told = {stop.key: stop.recurrence for stop in problem.stops}
    stops = [replace(stop, recurrence=told[stop.key]) if stop.recurrence else stop for stop in found.problem.stops]
    return replace(found, problem=replace(found.problem, stops=tuple(stops)))

"""Several good plans of one shift, each keeping every promise of the best, weighed against each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.mixture.adaptive import WorstCase, worst_case
from geo.patrol.mixture.otherwise import as_it_is, seen_otherwise
from geo.patrol.mixture.weights import PPM, blend, visit_entropy_bits
from geo.patrol.passing.found import Passed
from geo.patrol.problem import Problem
from geo.patrol.value import kept_away, plan_value, stays_of

Solver = Callable[[Problem, int, int], Passed]
"""A plan for (problem, seed, iterations), with the problem in which what teams ride along anyway is passed."""

Progress = Callable[[str, int, int], None]

PLANS: Final = 12
LEAST_SHARE: Final = 0.85
"""A plan worth less than this share of the best is left out of the mixture."""

SLOT_MIN: Final = 30


@dataclass(frozen=True)
class Mixture:
    """Plans with their worths (thousandths of a violation-minute) and weights (millionths, sum 1,000,000).

    Each has the problem it is of, since teams ride along other streets in each. The first is the best. ``entropy_bits``
    is of the visits, a zone's mean over the slots of the shift; ``left_out`` counts plans that were found and not
    taken, since they broke a promise the best keeps or were worth too little.
    """

    plans: tuple[Passed, ...]
    worths: tuple[int, ...]
    weights_ppm: tuple[int, ...]
    entropy_bits: float
    worst: WorstCase
    left_out: int


def make_mixture(
    problem: Problem,
    solver: Solver,
    seed: int,
    iterations: int,
    plans: int = PLANS,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Mixture:
    """Find plans and weigh them.

    Parameters
    ----------
    solver
        Finds one plan; its answers keep every hard rule.
    plans
        How many to look for, ≥ 1.
    cancelled
        Asked before each further plan; what is found by then is weighed.

    Returns
    -------
    Mixture
        Same arguments, same mixture. At least the best plan is in it.
    """
    found = [solver(problem, seed, iterations)]
    for number in range(1, plans):
        if cancelled and cancelled():
            break
        kept = [one for one in found if one.promises_left() <= found[0].promises_left()]
        seen = seen_otherwise(problem, kept)
        found.append(as_it_is(problem, solver(seen, seed + number, iterations)))
        if progress:
            progress("mixture", number + 1, plans)
    worths = [plan_value(one.problem, one.plan) for one in found]
    left = [one.promises_left() for one in found]
    best = max(range(len(found)), key=lambda i: (left[i] <= left[0], worths[i], -i))
    taken = [best] + [
        i for i in range(len(found)) if i != best and left[i] <= left[best] and worths[i] >= LEAST_SHARE * worths[best]
    ]
    chosen = [found[i] for i in taken]
    visits = begin_slots(chosen)
    weights = blend(np.array([worths[i] for i in taken], dtype=np.int64), visits)
    demand, held = presence(chosen)
    return Mixture(
        plans=tuple(chosen),
        worths=tuple(worths[i] for i in taken),
        weights_ppm=tuple(int(one) for one in weights),
        entropy_bits=visit_entropy_bits(visits, weights / PPM),
        worst=worst_case(demand, held, weights / PPM, 0),
        left_out=len(found) - len(taken),
    )


def begin_slots(plans: Sequence[Passed]) -> NDArray[np.bool_]:
    """Whether a visit of a recurring place begins in a half hour: shape (plans, places, slots)."""
    problem = plans[0].problem
    slots = max(-(-problem.shift_s // (60 * SLOT_MIN)), 1)
    found = np.zeros((len(plans), sum(stop.recurrence is not None for stop in problem.stops), slots), dtype=bool)
    for number, one in enumerate(plans):
        for at, stays in enumerate(stays_of(one.problem, one.plan).values()):
            for begin_s, _ in stays:
                found[number, at, min(begin_s // (60 * SLOT_MIN), slots - 1)] = True
    return found


def presence(plans: Sequence[Passed]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Demand, shape (places, minutes), and the share suppressed under each plan, shape (plans, places, minutes)."""
    places = [stop.recurrence for stop in plans[0].problem.stops if stop.recurrence]
    minutes = plans[0].problem.shift_s // 60
    demand = np.array([told.per_minute for told in places], dtype=np.float64).reshape(len(places), minutes)
    held = np.zeros((len(plans), len(places), minutes))
    for number, one in enumerate(plans):
        for at, (told, stays) in enumerate(zip(places, stays_of(one.problem, one.plan).values(), strict=True)):
            held[number, at] = np.array(kept_away(told, stays)) / PPM
    return demand, held


def plan_days(found: Passed) -> list[list[list[object]]]:
    """A plan as its teams' visits, ``[key, option, begin_s]``, small enough to keep dozens of."""
    stops = found.problem.stops
    return [[[stops[visit.stop].key, visit.option, visit.begin_s] for visit in day] for day in found.plan.days]


def digest_of(problem: Problem, mixture: Mixture) -> str:
    """SHA-256 of problem, plans and weights: the same mixture has the same digest in any process."""
    days = [plan_days(one) for one in mixture.plans]
    told = json.dumps([problem.digest(), days, mixture.weights_ppm], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()

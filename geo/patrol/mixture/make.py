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
from geo.patrol.mixture.weights import PPM, blend, visit_entropy_bits
from geo.patrol.problem import Plan, Problem
from geo.patrol.value import kept_away, plan_value, stays_of

Solver = Callable[[Problem, int, int, float], Plan]
"""A plan for (problem, seed, iterations, noise of the demand it is searched under)."""

Progress = Callable[[str, int, int], None]

PLANS: Final = 12
NOISE: Final = 0.3
"""Spread of the logarithm by which each further plan sees the demand differently; found good in simulation."""

LEAST_SHARE: Final = 0.85
"""A plan worth less than this share of the best is left out of the mixture."""

SLOT_MIN: Final = 30


@dataclass(frozen=True)
class Mixture:
    """Plans with their worths (thousandths of a violation-minute) and weights (millionths, sum 1,000,000).

    The first is the best. ``entropy_bits`` is of the visits, a zone's mean over the slots of the shift; ``left_out``
    counts plans that were found and not taken, since they broke a promise the best keeps or were worth too little.
    """

    plans: tuple[Plan, ...]
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
    found = [solver(problem, seed, iterations, 0.0)]
    for number in range(1, plans):
        if cancelled and cancelled():
            break
        found.append(solver(problem, seed + number, iterations, NOISE))
        if progress:
            progress("mixture", number + 1, plans)
    worths = [plan_value(problem, plan) for plan in found]
    promised = {stop for stop in found[0].unserved if problem.stops[stop].required}
    best = max(range(len(found)), key=lambda i: (not _breaks(problem, found[i], promised), worths[i], -i))
    promised = {stop for stop in found[best].unserved if problem.stops[stop].required}
    kept = [best] + [
        i
        for i in range(len(found))
        if i != best and not _breaks(problem, found[i], promised) and worths[i] >= LEAST_SHARE * worths[best]
    ]
    chosen = [found[i] for i in kept]
    visits = begin_slots(problem, chosen)
    weights = blend(np.array([worths[i] for i in kept], dtype=np.int64), visits)
    demand, held = presence(problem, chosen)
    return Mixture(
        plans=tuple(chosen),
        worths=tuple(worths[i] for i in kept),
        weights_ppm=tuple(int(one) for one in weights),
        entropy_bits=visit_entropy_bits(visits, weights / PPM),
        worst=worst_case(demand, held, weights / PPM, 0),
        left_out=len(found) - len(kept),
    )


def _breaks(problem: Problem, plan: Plan, promised: set[int]) -> bool:
    """Whether a plan leaves out a required stop that the best keeps."""
    return any(problem.stops[stop].required and stop not in promised for stop in plan.unserved)


def begin_slots(problem: Problem, plans: Sequence[Plan]) -> NDArray[np.bool_]:
    """Whether a visit of a recurring place begins in a half hour: shape (plans, places, slots)."""
    slots = max(-(-problem.shift_s // (60 * SLOT_MIN)), 1)
    places = [i for i, stop in enumerate(problem.stops) if stop.recurrence]
    found = np.zeros((len(plans), len(places), slots), dtype=bool)
    for number, plan in enumerate(plans):
        stays = stays_of(problem, plan)
        for at, place in enumerate(places):
            for begin_s, _ in stays[place]:
                found[number, at, min(begin_s // (60 * SLOT_MIN), slots - 1)] = True
    return found


def presence(problem: Problem, plans: Sequence[Plan]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Demand, shape (places, minutes), and the share suppressed under each plan, shape (plans, places, minutes)."""
    places = [(i, stop.recurrence) for i, stop in enumerate(problem.stops) if stop.recurrence]
    minutes = problem.shift_s // 60
    demand = np.array([told.per_minute for _, told in places], dtype=np.float64).reshape(len(places), minutes)
    held = np.zeros((len(plans), len(places), minutes))
    for number, plan in enumerate(plans):
        stays = stays_of(problem, plan)
        for at, (place, told) in enumerate(places):
            held[number, at] = np.array(kept_away(told, stays[place])) / PPM
    return demand, held


def plan_days(problem: Problem, plan: Plan) -> list[list[list[object]]]:
    """A plan as its teams' visits, ``[key, option, begin_s]``, small enough to keep dozens of."""
    return [[[problem.stops[visit.stop].key, visit.option, visit.begin_s] for visit in day] for day in plan.days]


def digest_of(problem: Problem, mixture: Mixture) -> str:
    """SHA-256 of problem, plans and weights: the same mixture has the same digest in any process."""
    days = [plan_days(problem, plan) for plan in mixture.plans]
    told = json.dumps([problem.digest(), days, mixture.weights_ppm], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()

"""The ways of patrolling that are compared, each as what it comes to in the long run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geo.patrol.problem import Plan, Problem
from geo.patrol.simulate.figures import Practice
from geo.patrol.simulate.rotas import TRIES, practised_rota, static_rota
from geo.patrol.simulate.rules import idleness_greedy, myopic_greedy, nearest_neighbour, uniform_random

RANDOM_DAYS: Final = 40
"""Days by which the long run of pure chance is stood for."""

MIXED: Final = 12
NOISE: Final = 0.3
"""Plans of a mixture are solved for levels that are off by a log-normal factor of this sigma."""

ITERATIONS: Final = 200_000

Solver = Callable[[Problem, int, int, float], Plan]
"""Problem, seed, iterations, noise on the levels → plan."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What a policy is told: the problem, when the shift begins after local midnight, seed, budget of our solver.

    ``tries`` is how long the practised rota was tuned, ``random_days`` stand for the long run of pure chance.
    """

    problem: Problem
    from_s: int
    seed: int
    iterations: int = ITERATIONS
    tries: int = TRIES
    random_days: int = RANDOM_DAYS


def solve_ours(problem: Problem, seed: int, iterations: int, noise: float) -> Plan:
    """Our own plan."""
    from geo.patrol.solve import solve_shift

    return solve_shift(blurred(problem, seed, noise) if noise > 0 else problem, seed, iterations)


def blurred(problem: Problem, seed: int, noise: float) -> Problem:
    """The problem with each zone's levels off by a log-normal factor of that sigma."""
    rng = np.random.default_rng([seed, 7])
    stops = []
    for stop in problem.stops:
        if stop.recurrence is not None:
            factor = float(rng.lognormal(0.0, noise))
            told = tuple(int(level * factor + 0.5) for level in stop.recurrence.per_minute)
            stop = replace(stop, recurrence=replace(stop.recurrence, per_minute=told))
        stops.append(stop)
    return replace(problem, stops=tuple(stops))


def mixed(shift: Shift, solver: Solver = solve_ours, plans: int = MIXED) -> Practice:
    """Several of our plans, each as likely, none foretold: other seeds, and levels a little off."""
    found = [solver(shift.problem, 1_000 * shift.seed + i, shift.iterations, NOISE) for i in range(plans)]
    return Practice.of(found)


POLICIES: Final[dict[str, Callable[[Shift], Practice]]] = {
    "static_rota": lambda shift: Practice.of([static_rota(shift.problem)]),
    "practised_rota": lambda shift: Practice.of([practised_rota(shift.problem, shift.from_s, shift.seed, shift.tries)]),
    "nearest_neighbour": lambda shift: Practice.of([nearest_neighbour(shift.problem)]),
    "uniform_random": lambda shift: Practice.of(
        [uniform_random(shift.problem, 1_000 * shift.seed + i) for i in range(shift.random_days)]
    ),
    "idleness_greedy": lambda shift: Practice.of([idleness_greedy(shift.problem)]),
    "myopic_greedy": lambda shift: Practice.of([myopic_greedy(shift.problem)]),
    "ours": lambda shift: Practice.of([solve_ours(shift.problem, shift.seed, shift.iterations, 0.0)]),
    "ours_mixture": mixed,
}
"""By name, in the order of the report. All have the same teams, hours, streets and posts."""

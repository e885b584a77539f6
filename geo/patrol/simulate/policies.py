"""The ways of patrolling that are compared, each as what it comes to in the long run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from geo.patrol.mixture.make import PLANS, Solver, make_mixture
from geo.patrol.problem import Plan, Problem
from geo.patrol.simulate.figures import Practice
from geo.patrol.simulate.rotas import TRIES, practised_rota, static_rota
from geo.patrol.simulate.rules import idleness_greedy, myopic_greedy, nearest_neighbour, uniform_random

RANDOM_DAYS: Final = 40
"""Days by which the long run of pure chance is stood for."""

ITERATIONS: Final = 1_500
"""Budget of our solver, as for a plan that is asked for without a word about it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What a policy is told: the problem, when the shift begins after local midnight, seed, budget of our solver.

    ``tries`` is how long the practised rota was tuned, ``random_days`` stand for the long run of pure chance,
    ``mixed`` plans are looked for to be drawn from. ``life`` is the seed of what happens; the same seed if not given.
    """

    problem: Problem
    from_s: int
    seed: int
    iterations: int = ITERATIONS
    tries: int = TRIES
    random_days: int = RANDOM_DAYS
    mixed: int = PLANS
    life: int | None = None

    @property
    def days_seed(self) -> int:
        """Seed of the days."""
        return self.seed if self.life is None else self.life


def solve_ours(problem: Problem, seed: int, iterations: int, noise: float) -> Plan:
    """Our own plan."""
    from geo.patrol.solve import solve_shift

    return solve_shift(problem, seed, iterations, lambda_noise=noise)


def mixed(shift: Shift, solver: Solver = solve_ours) -> Practice:
    """Plans that each keep every promise, drawn from by the weights of :mod:`geo.patrol.mixture`."""
    found = make_mixture(shift.problem, solver, shift.seed, shift.iterations, shift.mixed)
    return Practice.of(found.plans, found.weights_ppm)


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

"""The ways of patrolling that are compared, each as what it comes to in the long run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from geo.patrol.mixture.make import PLANS, make_mixture
from geo.patrol.passing.found import Passed
from geo.patrol.problem import Plan, Problem
from geo.patrol.simulate.figures import Practice
from geo.patrol.simulate.rotas import TRIES, practised_rota, static_rota
from geo.patrol.simulate.rules import idleness_greedy, myopic_greedy, nearest_neighbour, uniform_random

if TYPE_CHECKING:
    from geo.patrol.stretches import Stretch
    from geo.roads.network import Network

RANDOM_DAYS: Final = 40
"""Days by which the long run of pure chance is stood for."""

ITERATIONS: Final = 20_000
"""Budget of our solver, as for a plan that is asked for without a word about it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What a policy is told: the problem, when the shift begins after local midnight, seed, budget of our solver.

    ``tries`` is how long the practised rota was tuned, ``random_days`` stand for the long run of pure chance,
    ``mixed`` plans are looked for to be drawn from. ``life`` is the seed of what happens; the same seed if not given.
    With ``network`` and the ``stretches`` of its stops by key, what teams ride along on their way is passed, whatever
    the policy.
    """

    problem: Problem
    from_s: int
    seed: int
    iterations: int = ITERATIONS
    tries: int = TRIES
    random_days: int = RANDOM_DAYS
    mixed: int = PLANS
    life: int | None = None
    network: Network | None = None
    stretches: Mapping[str, Stretch] = field(default_factory=dict)

    @property
    def days_seed(self) -> int:
        """Seed of the days."""
        return self.seed if self.life is None else self.life


def solve_ours(shift: Shift, problem: Problem, seed: int, iterations: int) -> Passed:
    """Our own plan."""
    from geo.patrol.passing.plan import solve_passing
    from geo.patrol.solve import solve_shift

    if shift.network is None:
        return Passed(problem, solve_shift(problem, seed, iterations))
    return solve_passing(shift.network, problem, shift.stretches, seed, iterations)


def ours(shift: Shift) -> Practice:
    """Our plan, the same every day."""
    return Practice.of([solve_ours(shift, shift.problem, shift.seed, shift.iterations)])


def mixed(shift: Shift) -> Practice:
    """Plans that each keep every promise, drawn from by the weights of :mod:`geo.patrol.mixture`."""

    def solver(problem: Problem, seed: int, iterations: int) -> Passed:
        return solve_ours(shift, problem, seed, iterations)

    found = make_mixture(shift.problem, solver, shift.seed, shift.iterations, shift.mixed)
    return Practice.of(found.plans, found.weights_ppm)


def by_rule(shift: Shift, *plans: Plan) -> Practice:
    """Plans that a rule came to, with what they pass on the way where streets are known."""
    if shift.network is None:
        return Practice.of(plans)
    from geo.patrol.passing.plan import with_passed
    from geo.patrol.passing.rides import Rider

    rider = Rider(shift.network, shift.problem, shift.stretches)
    return Practice.of([with_passed(rider, plan) for plan in plans])


def chances(shift: Shift) -> Sequence[Plan]:
    """Days of pure chance."""
    return [uniform_random(shift.problem, 1_000 * shift.seed + i) for i in range(shift.random_days)]


POLICIES: Final[dict[str, Callable[[Shift], Practice]]] = {
    "static_rota": lambda shift: by_rule(shift, static_rota(shift.problem)),
    "practised_rota": lambda shift: by_rule(
        shift, practised_rota(shift.problem, shift.from_s, shift.seed, shift.tries)
    ),
    "nearest_neighbour": lambda shift: by_rule(shift, nearest_neighbour(shift.problem)),
    "uniform_random": lambda shift: by_rule(shift, *chances(shift)),
    "idleness_greedy": lambda shift: by_rule(shift, idleness_greedy(shift.problem)),
    "myopic_greedy": lambda shift: by_rule(shift, myopic_greedy(shift.problem)),
    "ours": ours,
    "ours_mixture": mixed,
}
"""By name, in the order of the report. All have the same teams, hours, streets and posts."""

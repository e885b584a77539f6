"""A shift planned so that what teams ride along anyway is not asked for again: the time goes into revisits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from geo.patrol.passing.credit import credit_passed
from geo.patrol.passing.cuts import carry_days, cut_trails, find_cuts
from geo.patrol.passing.found import Passed
from geo.patrol.passing.rides import Rider
from geo.patrol.problem import Plan, Problem
from geo.patrol.solve import solve_shift
from geo.patrol.stretches import Stretch
from geo.roads.network import Network

Progress = Callable[[str, int, int], None]


def solve_passing(
    network: Network,
    problem: Problem,
    stretches: Mapping[str, Stretch],
    seed: int,
    iterations: int,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Passed:
    """Plan a shift, and plan it on with what teams ride along at riding pace.

    Parameters
    ----------
    network, stretches
        The streets, and the stretches of the problem's stops by key.
    problem, seed, iterations, progress, cancelled
        As :func:`geo.patrol.solve.solve_shift` takes them. Half of the budget finds where teams ride; half goes on
        from there. What asks for no credit is planned with all of it at once.

    Returns
    -------
    Passed
        Every stop is in a day, passed on the way, or left out with its reason.

    Notes
    -----
    A street ridden along becomes a stop at riding pace. While it lies on somebody's way it costs nothing; where the
    search moves that way, it costs its detour, so no credit is ever lost. At last what still lies on its team's way is
    taken out of the day.
    """
    if not any(stop.ride_kmh and stop.windows and stop.key in stretches for stop in problem.stops):
        plan = solve_shift(problem, seed, iterations, progress=progress, cancelled=cancelled)
        return Passed(problem, plan)
    half = -(-iterations // 2)
    first = solve_shift(problem, seed, half, progress=progress, cancelled=cancelled)
    rider = Rider(network, problem, stretches)
    cuts = find_cuts(rider, first.days)
    cut = cut_trails(network, problem, stretches, cuts)
    start = Plan(carry_days(problem, cut, first.days), {})
    plan = solve_shift(cut.problem, seed, half, start=start, progress=progress, cancelled=cancelled)
    return Passed(cut.problem, with_passed(Rider(network, cut.problem, cut.stretches, rider), plan), cuts)


def with_passed(rider: Rider, plan: Plan, held: tuple[int, ...] = ()) -> Plan:
    """The plan, in which what is passed on the way stands in no day and is not left out.

    Parameters
    ----------
    held
        How many first visits of each team stay as they are.
    """
    credit = credit_passed(rider, plan.days, held)
    unserved = {number: reason for number, reason in plan.unserved.items() if number not in credit.passed}
    return replace(plan, days=credit.days, unserved=unserved, passed=dict(credit.passed))

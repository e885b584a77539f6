"""Find routes over streets: simulated annealing on ruin and recreate, cooled as the budget is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from geo.patrol.arcs.budget import Budget
from geo.patrol.arcs.directions import best_directions
from geo.patrol.arcs.kernel import Figures, State, anneal, begin
from geo.patrol.arcs.problem import NO_WAY, ArcPlan, ArcProblem, route_cost

Progress = Callable[[int], None]

HOT: Final = 0.1
"""Temperature at the beginning, in mean round trips from the start to a street."""

COLD: Final = 0.003
"""Temperature at the end."""

NEAR: Final = 300
"""Streets around each that are looked through for a string to take out."""


def route_streets(
    problem: ArcProblem,
    seed: int,
    budget: Budget,
    *,
    start: Sequence[Sequence[int]] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ArcPlan:
    """Share streets out among teams, with order and directions.

    Parameters
    ----------
    problem
        Streets and teams.
    seed
        Seed of the search, ≥ 0.
    budget
        How long to search. With a count of iterations the plan is the same on any machine.
    start
        Passages to begin with, one sequence a team; what they lack is added where it costs least.
    progress
        Called with the percentage of the budget used.
    cancelled
        Asked between slices; if it says yes, the best plan so far is returned.

    Returns
    -------
    ArcPlan
        Every street is in exactly one route, or left out because no team had room for it when the search ended.
        No day exceeds its limit or capacity.

    Notes
    -----
    Some 50,000 iterations a second for 100 streets. The first call in a new installation compiles for half a minute.
    """
    rest = ArcPlan(tuple(() for _ in range(problem.teams)), tuple(problem.busy.tolist()), tuple(range(problem.streets)))
    if not problem.streets or not problem.teams:
        return rest
    scale = _round_trip(problem)
    figures = _figures(problem, scale)
    state, kept, best = _state(problem, seed), _state(problem, seed), _state(problem, seed)
    _put_in(problem, state, start or ())
    best_worth, done, told = begin(figures, state, kept, best), 0, -1
    while (spent := budget.spent(done)) < 1 and not (cancelled and cancelled()):
        count = budget.slice(done)
        heat = scale * HOT * (COLD / HOT) ** spent
        best_worth = anneal(figures, state, kept, best, best_worth, count, heat)
        done += count
        if progress and int(100 * spent) > told:
            told = int(100 * spent)
            progress(told)
    return _plan(problem, best)


def _round_trip(problem: ArcProblem) -> float:
    """Mean cost of going to a street, along it and back, over the passages that exist."""
    whole = problem.out + problem.work[problem.mode] + problem.back
    there = whole[whole < NO_WAY]
    return max(float(there.mean()), 1.0) if there.size else 1.0


def _figures(problem: ArcProblem, scale: float) -> Figures:
    """The problem as the kernel wants it."""
    work = np.minimum(problem.work, NO_WAY)
    link = np.minimum(problem.link + work[:, None, :], NO_WAY).astype(np.int32)
    ride = problem.link[problem.mode[0]].reshape(problem.streets, 2, problem.streets, 2).min(axis=(1, 3))
    apart = ride + ride.T
    np.fill_diagonal(apart, -1)
    near = np.argsort(apart, axis=1, kind="stable")[:, :NEAR]
    whole = float(min(NO_WAY, int(problem.limit.max()))) + scale
    return Figures(
        link=link,
        knil=np.ascontiguousarray(link.transpose(0, 2, 1)),
        out=np.minimum(problem.out + work[problem.mode], NO_WAY).astype(np.int32),
        back=np.minimum(problem.back, NO_WAY).astype(np.int32),
        mode=problem.mode,
        load=problem.load,
        capacity=problem.capacity,
        may=problem.open_to,
        busy=problem.busy,
        limit=np.minimum(problem.limit, NO_WAY - 1),
        near=near.astype(np.int32),
        far=problem.out.reshape(problem.teams, problem.streets, 2).min(axis=(0, 2)).astype(np.float64),
        drop=np.full(problem.streets, whole * problem.teams),
    )


def _state(problem: ArcProblem, seed: int) -> State:
    """Empty routes, all streets left out."""
    teams, streets = problem.teams, problem.streets
    mixed = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % 2**64
    return State(
        route=np.zeros((teams, streets), np.int32),
        size=np.zeros(teams, np.int64),
        fore=np.zeros((teams, streets, 2), np.int64),
        aft=np.zeros((teams, streets, 2), np.int64),
        cost=problem.busy.copy(),
        loads=np.zeros(teams, np.int64),
        where=np.full(streets, -1, np.int64),
        at=np.zeros(streets, np.int64),
        out_of=np.arange(streets),
        waiting=np.array([streets]),
        random=np.array([mixed or 1], np.uint64),
    )


def _put_in(problem: ArcProblem, state: State, start: Sequence[Sequence[int]]) -> None:
    """Put the streets of a first plan into their routes; a route that breaks a limit is left empty.

    The streets of no route are put in by the first iteration.
    """
    for team, route in enumerate(start):
        streets = [passage // 2 for passage in route]
        if not streets or not problem.open_to[team, streets].all():
            continue
        cost = route_cost(problem, team, best_directions(problem, team, streets))
        if cost <= problem.limit[team] and problem.load[streets].sum() <= problem.capacity[team]:
            state.route[team, : len(streets)] = streets
            state.size[team] = len(streets)
            state.loads[team] = problem.load[streets].sum()
            state.where[streets] = team
    left = np.flatnonzero(state.where < 0)
    state.out_of[: len(left)] = left
    state.waiting[0] = len(left)


def _plan(problem: ArcProblem, best: State) -> ArcPlan:
    """The state's routes with their best directions, measured without the kernel."""
    routes = tuple(
        best_directions(problem, team, best.route[team, : best.size[team]].tolist()) for team in range(problem.teams)
    )
    costs = tuple(route_cost(problem, team, route) for team, route in enumerate(routes))
    return ArcPlan(routes, costs, tuple(sorted(best.out_of[: best.waiting[0]].tolist())))

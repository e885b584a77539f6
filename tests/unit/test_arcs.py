"""Streets shared out among teams: directions, order, and limits, against brute force on small towns."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.patrol.arcs.budget import CpuSeconds, Iterations
from geo.patrol.arcs.directions import best_directions
from geo.patrol.arcs.problem import ANY, NO_WAY, ArcPlan, ArcProblem, ArcsBroken, one_depot, route_cost
from geo.patrol.arcs.search import route_streets


def random_town(seed: int, streets: int, teams: int, **more: Any) -> ArcProblem:
    """Streets between random points; a third can be gone along one way only, costs differ by direction and mode."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 100, (streets + 2, 2))
    apart = np.abs(xy[:, None] - xy[None]).sum(axis=2)
    ends = rng.integers(0, len(xy), (streets, 2))
    begin, end = ends.reshape(-1), ends[:, ::-1].reshape(-1)
    modes = 2
    work = rng.integers(1, 40, (modes, 2 * streets))
    one_way = rng.random(streets) < 0.3
    work[:, 1::2][:, one_way] = NO_WAY
    pace = np.array([1, 3])
    mode = rng.integers(0, modes, teams)
    starts = rng.integers(0, len(xy), teams)
    usual: dict[str, Any] = {
        "link": pace[:, None, None] * apart[np.ix_(end, begin)][None],
        "work": work,
        "out": pace[mode][:, None] * apart[np.ix_(starts, begin)],
        "back": pace[mode][:, None] * apart[np.ix_(end, starts)].T,
        "mode": mode,
        "load": rng.integers(0, 5, streets),
        "capacity": np.full(teams, ANY),
        "may": np.ones((teams, streets), dtype=bool),
        "busy": np.zeros(teams, dtype=np.int64),
        "limit": np.full(teams, ANY),
    }
    return ArcProblem(**{**usual, **more})


def check(problem: ArcProblem, plan: ArcPlan) -> None:
    """Every street once or left out, and every limit, capacity, permission and one-way kept."""
    streets = [way // 2 for route in plan.routes for way in route]
    assert sorted([*streets, *plan.left_out]) == list(range(problem.streets))
    for team, route in enumerate(plan.routes):
        own = [way // 2 for way in route]
        assert plan.costs[team] == route_cost(problem, team, route)
        assert plan.costs[team] <= max(problem.limit[team], problem.busy[team])
        assert problem.load[own].sum() <= problem.capacity[team]
        assert problem.may[team, own].all()
        assert all(problem.work[problem.mode[team], way] < NO_WAY for way in route)


def least(problem: ArcProblem) -> int:
    """The best that any plan can reach, by trying all."""
    best = {}
    for team, size in itertools.product(range(problem.teams), range(problem.streets + 1)):
        for chosen in itertools.combinations(range(problem.streets), size):
            costs = [
                route_cost(problem, team, [2 * street + way for street, way in zip(order, ways, strict=True)])
                for order in itertools.permutations(chosen)
                for ways in itertools.product((0, 1), repeat=size)
            ]
            best[team, chosen] = min(costs)
    plans = itertools.product(range(problem.teams), repeat=problem.streets)
    return min(
        sum(best[t, tuple(s for s in range(problem.streets) if who[s] == t)] for t in range(problem.teams))
        for who in plans
    )


@given(st.integers(0, 10_000), st.integers(1, 7))
@settings(max_examples=25, deadline=None)
def test_directions_are_as_good_as_trying_all(seed: int, streets: int) -> None:
    problem = random_town(seed, streets, 1)
    order = np.random.default_rng(seed).permutation(streets).tolist()
    found = best_directions(problem, 0, order)
    every = [
        [2 * s + way for s, way in zip(order, ways, strict=True)] for ways in itertools.product((0, 1), repeat=streets)
    ]
    assert [way // 2 for way in found] == order
    assert route_cost(problem, 0, found) == min(route_cost(problem, 0, route) for route in every)


def test_no_streets_have_no_directions_and_a_closed_one_is_refused() -> None:
    problem = random_town(1, 2, 1, work=np.full((2, 4), NO_WAY))
    assert best_directions(problem, 0, []) == ()
    with pytest.raises(ValueError, match="cannot be gone along"):
        best_directions(problem, 0, [1, 0])


@given(st.data(), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
def test_any_town_gives_a_plan_that_keeps_every_rule(data: st.DataObject, seed: int) -> None:
    streets, teams = data.draw(st.integers(1, 14)), data.draw(st.integers(1, 4))
    rng = np.random.default_rng(seed)
    problem = random_town(
        seed,
        streets,
        teams,
        capacity=rng.integers(0, 20, teams),
        may=rng.random((teams, streets)) < 0.8,
        busy=rng.integers(0, 100, teams),
        limit=rng.integers(0, 900, teams),
    )
    check(problem, route_streets(problem, seed, Iterations(60)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_small_towns_are_solved_to_the_optimum(seed: int) -> None:
    problem = random_town(seed, 5, 2)
    assert route_streets(problem, 1, Iterations(400)).cost == least(problem)


def test_every_street_is_served_when_there_is_room_and_most_when_there_is_not() -> None:
    ample = route_streets(random_town(7, 30, 3), 1, Iterations(300))
    assert ample.left_out == ()
    half = [sum(ample.costs) // 6] * 3
    tight = random_town(7, 30, 3, limit=np.array(half))
    plan = route_streets(tight, 1, Iterations(2000))
    check(tight, plan)
    assert 0 < len(plan.left_out) < 30
    longer = random_town(7, 30, 3, limit=2 * np.array(half))
    assert len(route_streets(longer, 1, Iterations(2000)).left_out) < len(plan.left_out)


def test_full_long_routes_exchange_streets() -> None:
    """Two villages of 14 streets and two teams full with 14, each begun with half of both: only exchanges help."""
    distance = np.abs(np.subtract.outer([0, 100, -100], [0, 100, -100]))
    ends = [(1, 1)] * 14 + [(2, 2)] * 14
    problem = one_depot(distance, ends, [1] * 28, [1] * 28, teams=2, capacity=14)
    mixed = [range(0, 56, 4), range(2, 56, 4)]
    plan = route_streets(problem, 1, Iterations(500), start=mixed)
    check(problem, plan)
    assert plan.costs == (214, 214)


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem = random_town(5, 40, 4)
    assert route_streets(problem, 9, Iterations(500)) == route_streets(problem, 9, Iterations(500))
    assert route_streets(problem, 9, Iterations(50)) != route_streets(problem, 8, Iterations(50))


def test_a_first_plan_is_not_made_worse_and_one_that_breaks_a_limit_is_mended() -> None:
    problem = random_town(6, 30, 3)
    plan = route_streets(problem, 1, Iterations(3000))
    assert route_streets(problem, 2, Iterations(1), start=plan.routes).cost <= plan.cost
    capacity = problem.load.sum() // 2
    crowded = random_town(6, 30, 3, capacity=np.full(3, capacity))
    all_in_one = [tuple(range(0, 60, 2)), (), ()]
    mended = route_streets(crowded, 1, Iterations(50), start=all_in_one)
    check(crowded, mended)
    assert mended.left_out == ()


def test_a_search_tells_progress_and_can_be_cancelled() -> None:
    told: list[int] = []
    problem = random_town(5, 10, 2)
    route_streets(problem, 1, Iterations(400), progress=told.append)
    assert told == sorted(set(told))
    assert told[-1] >= 99
    asked = iter([False, False, True])
    plan = route_streets(problem, 1, Iterations(10**9), cancelled=lambda: next(asked))
    check(problem, plan)


def test_nobody_and_nothing_give_empty_plans() -> None:
    nothing = one_depot(np.zeros((1, 1)), [], [], [], teams=2)
    assert route_streets(nothing, 1, Iterations(10)) == ArcPlan(((), ()), (0, 0), ())
    nobody = one_depot(np.zeros((2, 2)), [(0, 1)], [1], [1], teams=0)
    assert route_streets(nobody, 1, Iterations(10)) == ArcPlan((), (), (0,))


@pytest.mark.parametrize(
    ("table", "value", "rule"), [("load", [1], "shape"), ("busy", [-1, 0], "range"), ("mode", [0, 2], "range")]
)
def test_contradicting_figures_are_refused(table: str, value: list[int], rule: str) -> None:
    with pytest.raises(ArcsBroken) as caught:
        random_town(1, 4, 2, **{table: np.array(value)})
    assert caught.value.facts == {"table": table, "rule": rule}


def test_budgets_end() -> None:
    seconds = CpuSeconds(1e-9)
    assert seconds.spent(0) >= 1
    assert seconds.slice(0) >= 1
    unmoved = CpuSeconds(1e12)
    assert unmoved.slice(1_000_000) <= 2_000
    count = Iterations(7)
    done = 0
    while count.spent(done) < 1:
        done += count.slice(done)
    assert done == 7

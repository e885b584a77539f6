"""Streets of a shift shared out evenly, and coverage credited for what is ridden along anyway."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely

from geo.patrol.arcs.cover import cover_streets
from geo.patrol.arcs.passed import credit_passed
from geo.patrol.baseline import nearest_neighbour
from geo.patrol.demand.coverage import coverage_wishes
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.problem import Problem
from geo.patrol.schedule import end_of_day, time_day
from geo.roads.network import Network
from tests.towns import ORIGIN, SPAN, grid, network_of, people, shift, streets, vehicles, zone


def town(seed: int) -> Network:
    """A chequerboard with main streets, lanes of which some are one-way, and holes."""
    rng = np.random.default_rng(seed)
    tiers = ["main" if row % 3 == 0 else "lane" for row in range(6) for _ in range(7)] + ["lane"] * (5 * 8)
    roads = grid(8, 6, tier=tiers)
    kept = (rng.random(len(roads)) < 0.85) | (roads["tier"] == "main").to_numpy()
    roads = roads[kept]
    return network_of(roads.assign(oneway=np.where(rng.random(len(roads)) < 0.2, 1, 0)))


def whole_shift(seed: int, length_s: int = 28_800) -> tuple[Network, Problem]:
    """Coverage of the whole town and two passes of its main streets, for four teams."""
    network = town(seed)
    box = shapely.box(*(network.node_xy.min(axis=0) - 50), *(network.node_xy.max(axis=0) + 50))
    wishes = [*coverage_wishes(network, box, SPAN).wishes, *pass_wishes(network, SPAN)]
    wishes = [dataclasses.replace(wish, district_code="P01") for wish in wishes]
    problem, _ = shift(network, wishes, people(4, 4), vehicles(0, 8), length_s=length_s)
    return network, problem


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_street_is_in_one_day_that_keeps_its_times(seed: int) -> None:
    _, problem = whole_shift(seed)
    found = cover_streets(problem, seed, 400)
    done = [stop for day in found.days for stop, _ in day]
    assert sorted([*done, *found.left_out]) == [i for i, stop in enumerate(problem.stops) if stop.windows]
    assert found.left_out == ()
    for team, day in zip(problem.teams, found.days, strict=True):
        visits = time_day(problem, team, day)
        assert visits is not None
        assert all(team.serves(problem.stops[stop]) for stop, _ in day)


def test_the_longest_day_is_shorter_than_the_nearest_streets_one_by_one() -> None:
    _, problem = whole_shift(1)
    ours, theirs = (
        max(
            end_of_day(problem, team, time_day(problem, team, day) or ())
            for team, day in zip(problem.teams, days, strict=True)
        )
        for days in (cover_streets(problem, 1, 400).days, nearest_neighbour(problem))
    )
    assert ours < theirs


def test_days_without_passes_are_even() -> None:
    _, problem = whole_shift(2)
    coverage = [i for i, stop in enumerate(problem.stops) if stop.kind == "coverage"]
    found = cover_streets(problem, 1, 2000, stops=coverage)
    ends = [
        end_of_day(problem, team, time_day(problem, team, day) or ())
        for team, day in zip(problem.teams, found.days, strict=True)
    ]
    assert max(ends) <= 1.25 * min(ends)


def test_teams_busy_with_other_work_get_less_and_absent_ones_nothing() -> None:
    _, problem = whole_shift(2)
    coverage = [i for i, stop in enumerate(problem.stops) if stop.kind == "coverage"]
    alike = cover_streets(problem, 1, 800, stops=coverage)
    busy = cover_streets(problem, 1, 800, stops=coverage, busy_s={0: 20_000})
    absent = cover_streets(problem, 1, 800, stops=coverage, teams=range(1, len(problem.teams)))
    work = [sum(problem.stops[stop].length_m for stop, _ in some.days[0]) for some in (alike, busy, absent)]
    assert work[0] > work[1] >= work[2] == 0
    assert absent.left_out == ()


def test_a_short_shift_leaves_streets_out_and_says_which() -> None:
    _, problem = whole_shift(3)
    short = dataclasses.replace(
        problem,
        shift_s=1_200,
        stops=tuple(dataclasses.replace(stop, windows=((0, 1_200),), after=None) for stop in problem.stops),
    )
    found = cover_streets(short, 1, 400)
    assert found.left_out
    for team, day in zip(short.teams, found.days, strict=True):
        assert day
        assert time_day(short, team, day) is not None


def test_no_streets_and_no_teams_give_no_days() -> None:
    _, problem = whole_shift(3)
    assert cover_streets(problem, 1, 10, stops=[]).days == ((),) * len(problem.teams)
    nobody = cover_streets(problem, 1, 10, teams=[])
    assert len(nobody.left_out) == sum(bool(stop.windows) for stop in problem.stops)


def line_town() -> tuple[Network, Problem, dict[str, int]]:
    """A street of four blocks with a zone at each end, a lane off its middle, and all of it to be covered.

    The team starts in the middle of the town, so it rides along every block to see both zones.
    """
    network = network_of(
        streets([[(i * 300.0, 0.0), ((i + 1) * 300.0, 0.0)] for i in range(4)] + [[(600.0, 0.0), (600.0, 500.0)]])
    )
    box = shapely.box(ORIGIN[0] - 50, ORIGIN[1] - 50, ORIGIN[0] + 1250, ORIGIN[1] + 550)
    wishes = [dataclasses.replace(wish, district_code="P01") for wish in coverage_wishes(network, box, SPAN).wishes]
    problem, _ = shift(network, [zone(1, 2, 0), zone(2, 1198, 0), *wishes], people(1, 1, 0), vehicles(0, 2))
    return network, problem, {stop.key: i for i, stop in enumerate(problem.stops)}


def test_a_street_ridden_on_the_way_is_credited_and_one_that_is_not_stays() -> None:
    network, problem, number = line_town()
    both = [number["zone:1:0"], number["zone:2:0"]]
    coverage = [i for i in range(len(problem.stops)) if i not in both]
    along = [i for i in coverage if problem.stops[i].length_m <= 600 and 5 not in problem.stops[i].feature_ids]
    day = (*((i, 0) for i in both), *((i, 0) for i in coverage))
    assert time_day(problem, problem.teams[0], day) is not None
    found = credit_passed(network, problem, [day])
    left = [stop for stop, _ in found.days[0]]
    assert set(both) <= set(left)
    assert set(left) | set(found.passed) == set(both) | set(coverage)
    assert all(5 not in problem.stops[i].feature_ids for i in found.passed)
    assert found.passed.keys() >= set(along)
    # Ridden between the zones, from one end of the street to the other.
    assert credit_passed(network, problem, [((both[0], 0), (both[1], 0))]).passed.keys() == found.passed.keys()


def test_nothing_ridden_credits_nothing() -> None:
    network, problem, _ = line_town()
    found = credit_passed(network, problem, [()])
    assert found.days == ((),)
    assert found.passed == {}


def test_a_ride_outside_the_window_is_no_credit() -> None:
    network, problem, number = line_town()
    both = [number["zone:1:0"], number["zone:2:0"]]
    late = dataclasses.replace(
        problem,
        stops=tuple(
            dataclasses.replace(stop, windows=((20_000, 28_800),)) if stop.kind == "coverage" else stop
            for stop in problem.stops
        ),
    )
    assert credit_passed(network, late, [tuple((i, 0) for i in both)]).passed == {}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_credited_is_ridden_by_the_days_that_remain(seed: int) -> None:
    network, problem = whole_shift(seed)
    days = cover_streets(problem, seed, 400).days
    found = credit_passed(network, problem, days)
    assert {stop for day in found.days for stop, _ in day} | set(found.passed) == {
        stop for day in days for stop, _ in day
    }
    again = credit_passed(network, problem, found.days)
    assert again.days == found.days
    assert again.passed.keys() == found.passed.keys()
    for before, after, team in zip(days, found.days, problem.teams, strict=True):
        first, then = time_day(problem, team, before), time_day(problem, team, after)
        assert first is not None
        assert then is not None
        assert end_of_day(problem, team, then) <= end_of_day(problem, team, first)

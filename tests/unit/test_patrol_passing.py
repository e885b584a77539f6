"""Streets ridden along on the way to something else: credited where it counts, proved from the legs, never lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.messages import say
from geo.patrol.demand.coverage import coverage_wishes
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.rules import PassRule
from geo.patrol.demand.trails import cut_trail
from geo.patrol.evaluate import score_plan
from geo.patrol.passing.credit import credit_passed
from geo.patrol.passing.cuts import cut_trails, find_cuts, ride_seconds
from geo.patrol.passing.plan import solve_passing, with_passed
from geo.patrol.passing.rides import Rider
from geo.patrol.problem import PASSED, Passing, Plan
from geo.patrol.rows import passed_words, summarise
from geo.patrol.schedule import time_day
from geo.patrol.solve import solve_shift
from geo.patrol.value import plan_value
from geo.roads.speeds import PATROL_KMH
from tests.towns import ORIGIN, SPAN, grid, network_of, people, shift, streets, vehicles, zone
from tests.unit.test_patrol_solver import place


def line_town(ride_kmh=20, covers="streets", window=None):
    """A street of four blocks with a zone at each end and a lane off its middle, all to be covered.

    The team starts in the middle of the town, so it rides along every block to see both zones.
    """
    blocks = [[(i * 300.0, 30.0), ((i + 1) * 300.0, 30.0)] for i in range(4)]
    network = network_of(streets([*blocks, [(600.0, 30.0), (600.0, 530.0)]]))
    box = shapely.box(ORIGIN[0] - 50, ORIGIN[1] - 50, ORIGIN[0] + 1250, ORIGIN[1] + 550)
    found = coverage_wishes(network, box, SPAN, ride_kmh=ride_kmh, covers=covers).wishes
    more = {"windows": (window,)} if window else {}
    wishes = [replace(wish, district_code="P01", **more) for wish in found]
    stretches = {wish.key: wish.stretch for wish in wishes}
    problem, register = shift(network, [zone(1, 2, 30), zone(2, 1198, 30), *wishes], people(1, 1, 0), vehicles(0, 2))
    return network, problem, register, stretches


def ends(problem):
    """The day that sees both zones and nothing else."""
    day = time_day(problem, problem.teams[0], ((0, 0), (1, 0)))
    assert day is not None
    return (day,)


def test_the_lane_that_is_not_ridden_stays_and_the_street_that_is_becomes_a_stop_at_riding_pace():
    network, problem, _, stretches = line_town()
    rider = Rider(network, problem, stretches)
    cuts = find_cuts(rider, ends(problem))
    cut = cut_trails(network, problem, stretches, cuts)
    rider = Rider(network, cut.problem, cut.stretches)
    credit = credit_passed(rider, ends(problem))
    lane = {n for n, piece in enumerate(network.road.tolist()) if network.road_ids[piece] == 5}
    passed = {piece for number in credit.passed for piece in rider.needs[number]}
    left = {piece for number, need in rider.needs.items() if number not in credit.passed for piece in need}
    assert lane <= left
    assert passed and not passed & lane
    for number in credit.passed:
        stop = cut.problem.stops[number]
        (way, *_) = stop.options["ebike"]
        assert way.service_s < stop.length_m * 3.6 / PATROL_KMH["ebike"]
        assert way.service_s >= stop.length_m * 3.6 / 20 - 1


@pytest.mark.parametrize(("ride_kmh", "window"), [(0, None), (5, None), (20, (20_000, 28_800))])
def test_no_ride_counts_where_the_bureau_says_so_or_it_is_too_fast_or_out_of_hours(ride_kmh, window):
    network, problem, _, stretches = line_town(ride_kmh, window=window)
    rider = Rider(network, problem, stretches)
    assert find_cuts(rider, ends(problem)) == {}
    assert credit_passed(rider, ends(problem)).passed == {}
    if not ride_kmh:
        found = solve_passing(network, problem, stretches, 1, 10)
        assert (found.plan.days, found.cuts) == (solve_shift(problem, 1, 10).days, {})


def test_a_cell_is_seen_by_riding_through_it():
    network, problem, _, stretches = line_town(covers="cells")
    assert all(stop.cells for stop in problem.stops[2:])
    passed = credit_passed(Rider(network, problem, stretches), ends(problem)).passed
    street = [n for n in range(2, len(problem.stops)) if 5 not in problem.stops[n].feature_ids]
    assert set(street) <= set(passed)
    far = {
        n
        for n in range(2, len(problem.stops))
        if any(row * 250 > ORIGIN[1] + 300 for _, row, _ in problem.stops[n].cells)
    }
    assert far and not far & set(passed)


def test_a_pass_is_one_ride_along_all_of_it_in_its_part_of_the_shift_and_far_from_the_other():
    network = network_of(
        streets([[(i * 300.0, 0.0), ((i + 1) * 300.0, 0.0)] for i in range(2)], tier="main", name="正街")
    )
    rules = [PassRule("main", 2, 7200, True, ride_kmh=20)]
    wishes = [replace(wish, district_code="P01") for wish in pass_wishes(network, SPAN, rules)]
    stretches = {wish.key: wish.stretch for wish in wishes}
    zones = [zone(n, x, 0, (low, 28_800)) for n, (x, low) in enumerate([(2, 0), (598, 0), (2, 14_500), (598, 0)])]
    problem, register = shift(network, [*zones, *wishes], people(1, 1, 0), vehicles(0, 2))
    day = time_day(problem, problem.teams[0], tuple((n, 0) for n in range(4)))
    assert day is not None
    passed = credit_passed(Rider(network, problem, stretches), (day,)).passed
    rounds = {problem.stops[n].key[-1]: ways for n, ways in passed.items()}
    assert set(rounds) == {"0", "1"}
    assert all(len(ways) == 1 for ways in rounds.values())
    assert rounds["1"][0].begin_s >= max(14_400, rounds["0"][0].end_s + 7200)
    plan = Plan((day,), {}, {}, passed)
    assert score_plan(network, problem, plan, register).breaches == ()
    strict = replace(problem, stops=tuple(replace(stop, ride_kmh=0) for stop in problem.stops))
    assert credit_passed(Rider(network, strict, stretches), (day,)).passed == {}
    assert {b.rule for b in score_plan(network, strict, plan, register).breaches} == {"passed"}


def test_the_checker_refuses_a_passing_that_is_not_on_the_legs():
    network, problem, register, stretches = line_town()
    cut = cut_trails(network, problem, stretches, find_cuts(Rider(network, problem, stretches), ends(problem)))
    rider = Rider(network, cut.problem, cut.stretches)
    credit = credit_passed(rider, ends(problem))
    others = {n: "x" for n in range(2, len(cut.problem.stops)) if n not in credit.passed}

    def rules(passed, of=cut.problem):
        plan = Plan(credit.days, {n: None for n in others if n not in passed}, {}, passed)
        return [breach.rule for breach in score_plan(network, of, plan, register).breaches]

    assert rules(credit.passed) == []
    number, ways = next(iter(credit.passed.items()))
    moved = Passing(0, ways[0].visit, ways[0].begin_s + 60, ways[0].end_s + 60)
    assert rules({**credit.passed, number: (moved,)}) == ["passed"]
    assert rules({**credit.passed, number: ()}) == ["passed"]
    (lane, *_) = others
    assert rules({**credit.passed, lane: ways}) == ["passed"]
    slow = replace(
        cut.problem, stops=tuple(replace(stop, ride_kmh=min(stop.ride_kmh, 9)) for stop in cut.problem.stops)
    )
    assert set(rules(credit.passed, slow)) == {"passed"}
    home = {n: w for n, w in credit.passed.items() if n != number}
    assert "no_reason" in rules(home)


def town(seed):
    """A chequerboard of lanes with holes and one-ways."""
    rng = np.random.default_rng(seed)
    roads = grid(7, 5, step_m=250.0)
    roads = roads[rng.random(len(roads)) < 0.9]
    return network_of(roads.assign(oneway=np.where(rng.random(len(roads)) < 0.15, 1, 0)))


def busy_shift(seed):
    """Coverage of the whole town between places that fill up again."""
    network = town(seed)
    draw = np.random.default_rng(seed)
    box = shapely.box(*(network.node_xy.min(axis=0) - 50), *(network.node_xy.max(axis=0) + 50))
    wishes = [replace(wish, district_code="P01") for wish in coverage_wishes(network, box, SPAN).wishes]
    zones = [place(n, *draw.uniform(0, 1200, 2), required=bool(n % 2)) for n in range(10)]
    problem, register = shift(network, [*zones, *wishes], people(4, 2), vehicles(1, 6))
    return network, problem, register, {wish.key: wish.stretch for wish in wishes}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_street_is_gone_along_ridden_or_named_and_the_checker_agrees(seed):
    network, problem, register, stretches = busy_shift(seed)
    found = solve_passing(network, problem, stretches, seed, 24)
    assert score_plan(network, found.problem, found.plan, register).breaches == ()
    assert found.plan.passed
    pieces = {piece for stretch in stretches.values() for piece, _ in stretch.pieces}
    cut = cut_trails(network, problem, stretches, found.cuts)
    asked = {piece for stop in cut.problem.stops for piece, _ in getattr(cut.stretches.get(stop.key), "pieces", ())}
    assert asked == pieces
    again = solve_passing(network, problem, stretches, seed, 24)
    assert (again.plan, again.cuts) == (found.plan, found.cuts)
    assert with_passed(Rider(network, found.problem, cut.stretches), found.plan) == found.plan


def test_the_time_goes_into_revisits():
    gains = []
    for seed in (1, 2, 3):
        network, problem, _, stretches = busy_shift(seed)
        found = solve_passing(network, problem, stretches, seed, 40)
        gains.append(plan_value(found.problem, found.plan) / plan_value(problem, solve_shift(problem, seed, 40)))
    assert np.mean(gains) > 1.0


def test_a_reader_is_told_who_passes_when_and_on_the_way_to_what():
    network, problem, register, stretches = busy_shift(1)
    found = solve_passing(network, problem, stretches, 1, 24)
    words = passed_words(found.problem, found.plan, SPAN.starts_at.tzinfo)
    assert words.keys() == found.plan.passed.keys()
    for reason in words.values():
        assert reason.code == PASSED
        assert say(reason.code, "zh", **reason.facts).startswith("顺路完成:")
        assert say(reason.code, "en", **reason.facts).startswith("done on the way: ")
        assert reason.facts["ways"]
    score = score_plan(network, found.problem, found.plan, register)
    told = summarise(network, found.problem, found.plan, score, {"P01": "片区"})
    assert told["served"] + len(told["unserved"]) == told["stops"]
    assert {row["key"] for row in told["passed"]}.isdisjoint(row["key"] for row in told["unserved"])


def test_riding_seconds_are_the_streets_own():
    network, _, _, stretches = line_town()
    stretch = max(stretches.values(), key=lambda one: one.length_m)
    whole = ride_seconds(network, "ebike", stretch.pieces)
    parts = cut_trail(network, stretch, [(0, 1), (1, len(stretch.pieces))])
    assert abs(whole - sum(ride_seconds(network, "ebike", part.pieces) for part in parts)) <= 1
    assert whole == pytest.approx(stretch.length_m * 3.6 / 16, abs=2)

"""One rule for what is passed on the way: drawn, weighed and simulated plans have it as the single plan has."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from geo.patrol.evaluate import score_plan
from geo.patrol.mixture.make import digest_of, make_mixture
from geo.patrol.mixture.otherwise import as_it_is, seen_otherwise, watched
from geo.patrol.passing.found import Passed
from geo.patrol.passing.plan import solve_passing
from geo.patrol.people.worth import figures_of
from geo.patrol.problem import Plan, Problem, Reason
from geo.patrol.simulate.compare import simulate
from geo.patrol.simulate.figures import Practice, learned, promises
from geo.patrol.simulate.policies import POLICIES, Shift
from geo.patrol.simulate.presence import zones_of
from geo.patrol.simulate.vendors import draw_crowd
from geo.patrol.solve import solve_shift
from geo.patrol.value import demand_value, plan_value
from tests.unit.test_patrol_passing import busy_shift


@cache
def town():
    return busy_shift(1)


@cache
def found():
    network, problem, _, stretches = town()
    return solve_passing(network, problem, stretches, 1, 20)


def shift(**more):
    network, problem, _, stretches = town()
    return Shift(problem, 8 * 3600, 1, 20, tries=2, random_days=2, network=network, stretches=stretches, **more)


def test_a_cut_trail_is_done_when_all_its_parts_are_and_goes_by_its_own_key():
    _, problem, _, _ = town()
    one = found()
    parts = {n: key for n, stop in enumerate(one.problem.stops) if (key := one.whole(n)) != stop.key}
    trails = set(parts.values())
    assert len(parts) > len(trails) > 0 and trails < {stop.key for stop in problem.stops}
    assert {one.whole(n) for n in range(len(one.problem.stops))} == {stop.key for stop in problem.stops}
    visited = {visit.stop for day in one.plan.days for visit in day}
    assert one.done() == {stop.key for stop in problem.stops} - {
        one.whole(n) for n in range(len(one.problem.stops)) if n not in visited | set(one.plan.passed)
    }
    first = min(parts)
    days = tuple(tuple(visit for visit in day if visit.stop != first) for day in one.plan.days)
    passed = {n: ways for n, ways in one.plan.passed.items() if n != first}
    less = replace(one, plan=replace(one.plan, days=days, passed=passed, unserved={first: Reason("made-up", {})}))
    assert parts[first] not in less.done()
    required = tuple(replace(stop, required=True) for stop in one.problem.stops)
    assert replace(less, problem=replace(one.problem, stops=required)).promises_left() == {parts[first]}


def test_what_is_passed_is_served_in_the_figures_of_what_one_more_buys():
    one = found()
    told = figures_of(one)
    assert told.value == plan_value(one.problem, one.plan)
    blind = figures_of(replace(one, plan=replace(one.plan, passed={})))
    whole = {one.whole(n) for n in one.plan.passed} & one.done()
    assert whole and told.served - blind.served == len(whole)


def test_every_drawn_plan_has_its_own_passings_and_the_checker_finds_them_true():
    network, problem, register, stretches = town()

    def solver(given, seed, iterations):
        return solve_passing(network, given, stretches, seed, iterations)

    mixture = make_mixture(problem, solver, 1, 8, 2)
    again = make_mixture(problem, solver, 1, 8, 2)
    assert digest_of(problem, mixture) == digest_of(problem, again)
    true = {stop.key: stop.recurrence for stop in problem.stops}
    for one, worth in zip(mixture.plans, mixture.worths, strict=True):
        assert one.plan.passed
        assert all(stop.recurrence == true[stop.key] for stop in one.problem.stops if stop.recurrence)
        assert worth == plan_value(one.problem, one.plan)
        assert not score_plan(network, one.problem, one.plan, register).breaches


def test_minutes_that_no_plan_watches_count_more_and_all_together_as_much():
    _, problem, _, _ = town()
    found = Passed(problem, solve_shift(problem, 1, 8))
    share = watched([found])
    assert 0 < share.mean() < 1
    seen = seen_otherwise(problem, [found])
    places = [(one.recurrence, other.recurrence) for one, other in zip(problem.stops, seen.stops, strict=True)]
    told = np.array([[one.per_minute, other.per_minute] for one, other in places if one], dtype=float)
    told /= np.maximum(told[:, :1], 1)
    often, seldom = told[:, 1][(share == 1) & (told[:, 0] == 1)], told[:, 1][(share == 0) & (told[:, 0] == 1)]
    assert often.max() < 1 < seldom.min()
    assert demand_value(seen) == pytest.approx(demand_value(problem), rel=0.001)
    assert seen_otherwise(problem, [found]).digest() == seen.digest()
    assert as_it_is(problem, Passed(seen, found.plan)).problem.digest() == problem.digest()


def test_further_plans_go_where_the_plans_before_were_not():
    _, problem, _, _ = town()

    def solver(asked: Problem, seed: int, iterations: int) -> Passed:
        return Passed(asked, solve_shift(asked, 1, iterations))

    together = watched(make_mixture(problem, solver, 1, 8, 4).plans)
    alone = watched([Passed(problem, solve_shift(problem, 1, 8))])
    assert (together > 0).mean() > 1.1 * (alone > 0).mean()


def test_a_simulated_plan_keeps_what_it_passes_and_so_does_a_rule():
    _, problem, _, _ = town()
    ours = POLICIES["ours"](shift())
    assert ours.plans[0].passed
    unseen = Practice.of([replace(one, plan=replace(one.plan, passed={})) for one in ours.cut])
    assert promises(problem, unseen).coverage < promises(problem, ours).coverage
    rule = POLICIES["myopic_greedy"](shift())
    plain = POLICIES["myopic_greedy"](replace(shift(), network=None))
    assert rule.plans[0].passed and not plain.plans[0].passed
    assert promises(problem, rule).coverage > promises(problem, plain).coverage
    halts, known = learned(problem, ours, 15.0)
    assert len(halts) == 1 and known.shape == (len(zones_of(problem)), problem.shift_s // 60)
    crowd = draw_crowd(problem, 1)
    assert simulate(shift(), ours, crowd, 2).row == simulate(shift(), ours, crowd, 2).row


def test_without_streets_nothing_is_passed():
    _, problem, _, _ = town()
    bare = POLICIES["ours"](replace(shift(), network=None))
    assert not bare.plans[0].passed
    assert bare.plans == (solve_shift(problem, 1, 20),)
    assert Practice.of([Plan(bare.plans[0].days, {})]).on(problem)[0].problem is problem

"""Rests: every team of a shift has its own in its hours, or is named with what truly keeps it from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.messages import say
from geo.patrol.build import build_problem
from geo.patrol.demand.rests import BreakRule, Rest, rests_of
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.evaluate import score_plan
from geo.patrol.problem import HERE, Plan, Problem
from geo.patrol.reasons import gives_way
from geo.patrol.replan.carry import planned_days
from geo.patrol.replan.search import replan
from geo.patrol.rows import plan_rows
from geo.patrol.schedule import cheapest_insertion
from geo.patrol.solve import solve_shift
from tests.towns import SPAN, people, shift, vehicles, zone
from tests.unit.test_patrol_plan import TOWN
from tests.unit.test_patrol_solver import place, wild_shift

LUNCH = BreakRule("午餐", 30, 11 * 3600, 13 * 3600)
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def with_rests(wishes, staff, rests):
    """A shift of the town in which every team takes these rests."""
    problem, register = shift(TOWN, wishes, staff)
    made = build_problem(
        TOWN, wishes, staff, vehicles(), {"P01": (spread(), None)}, problem.on_date, problem.starts_at,
        problem.shift_s, rests=rests,
    )  # fmt: skip
    return made, replace(register, rests=tuple(rests))


def spread():
    """All of the town."""
    import shapely

    return shapely.box(*(TOWN.node_xy.min(axis=0) - 100), *(TOWN.node_xy.max(axis=0) + 100))


def add_rests(problem: Problem, rests: tuple[Rest, ...]) -> Problem:
    """A made-up shift with rests."""
    from geo.patrol.build import _rest

    return replace(problem, stops=(*problem.stops, *(_rest(team, rest) for team in problem.teams for rest in rests)))


def test_a_rest_is_in_hours_of_the_clock_and_past_midnight_too():
    (lunch,) = rests_of([LUNCH], SPAN)
    assert (lunch.windows, lunch.service_s, lunch.hours) == (((10_800, 19_800),), 1800, "11:00-13:00")
    night = ShiftSpan(SPAN.on_date, 22 * 3600, 25 * 3600, dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC))
    assert rests_of([BreakRule("夜餐", 20, 23 * 3600 + 1800, 1800)], night)[0].windows == ((5400, 10_200),)
    assert rests_of([LUNCH], night)[0].windows == (), "a rest of other hours is none of this shift"


@FEW
@given(st.integers(0, 100_000))
def test_each_team_rests_in_its_hours_or_is_named_with_what_keeps_it(seed):
    problem, register = wild_shift(seed)
    draw = np.random.default_rng(seed)
    rules = [BreakRule("午餐", int(draw.integers(1, 60)), 11 * 3600, int(draw.integers(11 * 3600, 13 * 3600)))]
    if draw.random() < 0.4:
        rules.append(BreakRule("茶歇", 15, 14 * 3600, 15 * 3600))
    rests = rests_of(rules, SPAN)
    problem, register = add_rests(problem, rests), replace(register, rests=rests)
    plan = solve_shift(problem, seed, 12)
    assert score_plan(TOWN, problem, plan, register).breaches == ()
    numbers = {stop.key: number for number, stop in enumerate(problem.stops)}
    for at, team in enumerate(problem.teams):
        for rest in rests:
            stop = numbers[rest.key(team.code)]
            taken = [visit for visit in plan.days[at] if visit.stop == stop]
            if taken:
                (low, high), (visit,) = rest.windows[0], taken
                assert low <= visit.begin_s and visit.leave_s - visit.begin_s == rest.service_s
                assert visit.leave_s <= high
                continue
            reason = plan.unserved[stop]
            assert say(reason.code, "zh", **reason.facts) and say(reason.code, "en", **reason.facts)
            if reason.code == "patrol.reason_rest":
                held = [(v.stop, v.option) for v in plan.days[at] if not gives_way(problem, v.stop, stop)]
                named = str(reason.facts["stops_en"]).split(", ")
                assert cheapest_insertion(problem, at, held, stop) is None
                left = [step for step in held if problem.stops[step[0]].name not in named]
                assert cheapest_insertion(problem, at, left, stop) is not None


def test_a_post_through_all_the_hours_of_rest_keeps_its_people_and_the_plan_says_so():
    post = zone(9, 500, 400, (9000, 9120 + 14_400), key="post:1", name="广场岗", kind="post", duty="post",
                required=True, person_ids=(1,), service_s=14_400)  # fmt: skip
    rests = rests_of([LUNCH], SPAN)
    problem, register = with_rests([post, *(place(i, 100 * i, 200) for i in range(6))], people(2, 2, 0), rests)
    plan = solve_shift(problem, 1, 20)
    assert score_plan(TOWN, problem, plan, register).breaches == ()
    assert 0 not in plan.unserved
    ((number, reason),) = [(n, r) for n, r in plan.unserved.items() if problem.stops[n].kind == "break"]
    assert reason.code == "patrol.reason_rest"
    assert "广场岗" in say(reason.code, "zh", **reason.facts)
    assert 1 in problem.stops[number].person_ids


def test_hotspots_passes_and_coverage_give_way_to_a_rest():
    tasks = [zone(100 + i, 90 * i, 700, (9000, 19_800), key=f"task:{i}", kind="coverage", duty="coverage",
                  service_s=3600) for i in range(20)]  # fmt: skip
    problem, register = with_rests(tasks, people(2, 2, 0), rests_of([LUNCH], SPAN))
    plan = solve_shift(problem, 1, 10)
    assert score_plan(TOWN, problem, plan, register).breaches == ()
    assert {problem.stops[number].kind for number in plan.unserved} == {"coverage"}


def test_the_checker_finds_a_rest_that_is_missing_short_or_late():
    problem, register = with_rests([place(1, 500, 200)], people(2, 0, 0), rests_of([LUNCH], SPAN))
    plan = solve_shift(problem, 1, 10)
    rest = next(n for n, stop in enumerate(problem.stops) if stop.kind == "break")
    (day,) = plan.days
    at = next(i for i, visit in enumerate(day) if visit.stop == rest)

    def rules(visits):
        broken = score_plan(TOWN, problem, Plan((tuple(visits),), {}), register).breaches
        return {breach.rule for breach in broken}

    assert rules(day) == set()
    assert "rest" in rules(day[:at] + day[at + 1 :])
    short = replace(day[at], leave_s=day[at].leave_s - 60)
    assert {"rest", "work_too_short"} <= rules([*day[:at], short, *day[at + 1 :]])
    late = [replace(v, begin_s=v.begin_s + 14_000, leave_s=v.leave_s + 14_000) if v.stop == rest else v for v in day]
    assert "rest" in rules(late)
    without = replace(problem, stops=tuple(stop for stop in problem.stops if stop.kind != "break"))
    kept = tuple(visit for visit in day if visit.stop != rest)
    assert [b.rule for b in score_plan(TOWN, without, Plan((kept,), {}), register).breaches] == ["rest"]


def test_a_rest_is_shown_where_the_team_is_then():
    problem, register = with_rests([place(i, 150 * i, 600) for i in range(6)], people(2, 0, 0), rests_of([LUNCH], SPAN))
    plan = solve_shift(problem, 1, 20)
    rows = plan_rows("t", 1, problem, plan, score_plan(TOWN, problem, plan, register)).stops
    at = next(i for i, row in enumerate(rows) if row["kind"] == "break")
    assert (rows[at]["lon"], rows[at]["lat"]) == (rows[at - 1]["lon"], rows[at - 1]["lat"])
    assert rows[at]["name"] == "午餐"
    assert problem.stops[-1].options[problem.teams[-1].mode][0].entry == HERE


def test_a_new_plan_of_the_rest_of_the_shift_keeps_the_rests_to_come():
    rests = rests_of([LUNCH], SPAN)
    problem, _ = with_rests([place(i, 120 * i, 300) for i in range(9)], people(2, 2, 0), rests)
    plan = solve_shift(problem, 1, 20)
    found = replan(problem, planned_days(problem, plan), 9000, 1, 20).plan
    for at, team in enumerate(problem.teams):
        taken = [visit for visit in found.days[at] if problem.stops[visit.stop].key == rests[0].key(team.code)]
        assert [visit.begin_s >= 10_800 and visit.leave_s <= 19_800 for visit in taken] == [True]


@pytest.mark.parametrize("minutes", [0, 30])
def test_a_shift_without_a_rule_has_no_rests(minutes):
    problem, _ = with_rests([place(1, 500, 200)], people(2, 0, 0), rests_of([LUNCH], SPAN) if minutes else ())
    assert sum(stop.kind == "break" for stop in problem.stops) == (len(problem.teams) if minutes else 0)

"""The solver on random shifts: rules and the bureau's order hold, what is kept stays, figures agree with the scorer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.messages import say
from geo.patrol.evaluate import score_plan
from geo.patrol.problem import DUTIES, HERE, Option, Plan, Recurrence
from geo.patrol.reasons import gives_way, reason_for
from geo.patrol.schedule import cheapest_insertion
from geo.patrol.solve import solve_shift
from geo.patrol.solve.anneal import key_of
from geo.patrol.solve.desk import Desk
from geo.patrol.value import PPM, demand_value, plan_value, seconds_beyond
from tests.towns import people, shift, zone
from tests.unit.test_patrol_plan import TOWN

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BUDGET = 12


def place(number, x, y, level=2000, cap_s=None, rho_s=1200, **more):
    """A place that fills up again, evenly all day."""
    flow = (level,) * 480 if isinstance(level, int) else tuple(level)
    return zone(number, x, y, key=f"zone:{number}", recurrence=Recurrence(flow, rho_s, cap_s), **more)


def wild_shift(seed):
    """A shift with everything in it: places, tasks of all duties, named people, spacing, several windows."""
    draw = np.random.default_rng(seed)
    wishes = []
    for i in range(int(draw.integers(1, 14))):
        low = int(draw.integers(0, 20_000))
        windows = ((low, min(low + int(draw.integers(1800, 9000)), 28_800)),)
        if draw.random() < 0.4 and windows[0][1] < 26_000:
            windows += ((windows[0][1] + 600, 28_800),)
        wishes.append(
            place(
                i,
                *draw.uniform(-100, 1100, 2),
                level=[int(x) for x in draw.integers(0, 3000, 480)],
                cap_s=int(draw.integers(3600, 14_400)) if draw.random() < 0.5 else None,
                rho_s=int(draw.integers(300, 4000)),
                windows=windows,
                required=bool(draw.random() < 0.6),
                service_s=60 * int(draw.integers(3, 15)),
            )
        )
    for i in range(int(draw.integers(0, 14))):
        low = int(draw.integers(0, 24_000))
        wishes.append(
            zone(
                100 + i,
                *draw.uniform(-100, 1100, 2),
                (low, min(low + int(draw.integers(600, 14_000)), 28_800)),
                key=f"task:{i}",
                kind="check",
                duty=DUTIES[int(draw.integers(5))],
                required=bool(draw.random() < 0.5),
                weight=round(float(draw.uniform(0.2, 9)), 2),
                service_s=int(draw.integers(300, 5400)),
                licences_needed=2 if draw.random() < 0.2 else 0,
                person_ids=((101,) if draw.random() < 0.5 else (1,)) if draw.random() < 0.2 else (),
                after=f"task:{i - 1}" if i and draw.random() < 0.3 else None,
                gap_s=1800,
            )
        )
    staff = people(int(draw.integers(1, 5)), int(draw.integers(1, 7)), int(draw.integers(0, 3)))
    return shift(TOWN, wishes, staff)


@FEW
@given(st.integers(0, 100_000))
def test_any_shift_keeps_every_rule_or_says_why_not(seed):
    problem, register = wild_shift(seed)
    plan = solve_shift(problem, seed, BUDGET)
    score = score_plan(TOWN, problem, plan, register)
    assert score.breaches == ()
    assert 0 <= score.value <= score.value_total == demand_value(problem)
    for reason in (*plan.unserved.values(), *plan.broken.values()):
        assert say(reason.code, "zh", **reason.facts)
        assert say(reason.code, "en", **reason.facts)


@FEW
@given(st.integers(0, 100_000))
def test_nothing_is_left_out_of_a_day_for_what_is_lower_in_the_bureaus_order(seed):
    problem, _ = wild_shift(seed)
    plan = solve_shift(problem, seed, BUDGET)
    for number, reason in plan.unserved.items():
        if problem.stops[number].recurrence is not None or reason.code == "patrol.reason_spacing":
            continue
        for team, day in enumerate(plan.days):
            held = tuple((v.stop, v.option) for v in day if not gives_way(problem, v.stop, number))
            assert cheapest_insertion(problem, team, held, number) is None, reason


@FEW
@given(st.integers(0, 100_000))
def test_a_reason_is_lifted_by_what_it_says_would_help(seed):
    problem, _ = wild_shift(seed)
    plan = solve_shift(problem, seed, BUDGET)
    empty = [() for _ in problem.teams]
    for number, reason in plan.unserved.items():
        if "help_en" not in reason.facts:
            continue
        assert reason_for(problem, empty, number).code in ("patrol.reason_worth_less", "patrol.reason_window_taken")
        if "hour" in str(reason.facts["help_en"]):
            found = [
                cheapest_insertion(
                    problem,
                    team,
                    tuple((v.stop, v.option) for v in day if not gives_way(problem, v.stop, number)),
                    number,
                    3600,
                )
                for team, day in enumerate(plan.days)
            ]
            assert any(found)


@FEW
@given(st.integers(0, 100_000))
def test_the_search_and_the_scorer_agree_to_the_last_digit(seed):
    problem, _ = wild_shift(seed)
    plan = solve_shift(problem, seed, BUDGET)
    desk = Desk.open(problem, kept={team: day for team, day in enumerate(plan.days) if day})
    nothing = Desk.open(problem)
    _, beyond, worth, _ = (key_of(desk.g, desk.st) - key_of(nothing.g, nothing.st)).tolist()
    idle = Plan(tuple(() for _ in problem.teams), {})
    assert beyond == seconds_beyond(problem, plan) - seconds_beyond(problem, idle)
    assert worth // PPM == plan_value(problem, plan)


@FEW
@given(st.integers(0, 100_000), st.integers(0, 3))
def test_what_is_kept_stays_to_the_second(seed, count):
    problem, register = wild_shift(seed)
    before = solve_shift(problem, seed, BUDGET)
    keep = {team.code: count for team in problem.teams}
    after = solve_shift(problem, seed + 1, BUDGET, start=before, keep=keep)
    for old, new in zip(before.days, after.days, strict=True):
        assert new[: min(count, len(old))] == old[:count]
    assert score_plan(TOWN, problem, after, register).breaches == ()


def test_a_place_is_visited_again_as_it_fills_up_again():
    problem, _ = shift(TOWN, [place(1, 100, 100), place(2, 900, 700)], people(2, 0, 0))
    plan = solve_shift(problem, 1, 40)
    visits = [visit.stop for day in plan.days for visit in day]
    assert visits.count(0) > 3
    assert visits.count(1) > 3


def test_waiting_for_the_crowd_is_worth_more_than_coming_at_once():
    late = [0] * 240 + [3000] * 240
    problem, _ = shift(TOWN, [place(1, 500, 400, level=late)], people(2, 0, 0))
    visits = [visit for day in solve_shift(problem, 1, 30).days for visit in day]
    assert visits
    assert min(visit.leave_s for visit in visits) >= 240 * 60


@pytest.mark.parametrize("named", [(101,), (1, 101)])
def test_a_post_is_manned_by_the_people_it_names_or_says_who_is_missing(named):
    post = zone(9, 500, 400, (7200, 7320 + 5400), key="post:1", kind="post", duty="post", required=True,
                person_ids=named, service_s=5400)  # fmt: skip
    problem, _ = shift(TOWN, [post, *(place(i, 100 * i, 200) for i in range(9))], people(1, 1, 0))
    plan = solve_shift(problem, 1, 20)
    (day,) = (day for day in plan.days if any(v.stop == 0 for v in day))
    visit = next(v for v in day if v.stop == 0)
    assert 7200 <= visit.begin_s <= 7320
    apart, _ = shift(TOWN, [post], people(1, 1, 0)[:1])
    assert solve_shift(apart, 1, 5).unserved[0].code == "patrol.reason_person"


def test_a_cap_is_kept_where_it_can_be():
    wishes = [place(i, 150 * i, 200, cap_s=4 * 3600, level=50 if i else 9000, required=True) for i in range(7)]
    problem, register = shift(TOWN, wishes, people(2, 0, 0))
    plan = solve_shift(problem, 1, 60)
    assert not plan.unserved
    assert not plan.broken
    assert score_plan(TOWN, problem, plan, register).breaches == ()


def test_a_long_visit_that_was_promised_takes_the_place_of_several_short_ones():
    windows = [((900 * i, 900 * i + 1300),) for i in range(30)]
    busy = [place(i, 100 + 130 * (i % 7), 200 + 150 * (i % 3), 4000, rho_s=3000, windows=windows[i], service_s=840)
            for i in range(30)]  # fmt: skip
    level = [0] * 200 + [20] * 60 + [0] * 220
    slow = place(50, 900, 700, level, windows=((12_000, 15_600),), service_s=2700, required=True)
    problem, _ = shift(TOWN, [*busy, slow], people(2, 0, 0))
    for seed in range(1, 5):
        assert 30 not in solve_shift(problem, seed, BUDGET).unserved


def test_a_rest_is_taken_on_the_spot():
    rest = zone(8, 0, 0, (10_800, 18_000), key="break:1", kind="break", duty="law", required=True, service_s=1800)
    problem, register = shift(TOWN, [rest, *(place(i, 100 * i, 200) for i in range(9))], people(2, 0, 0))
    here = {mode: (Option(HERE, HERE, 1800),) for mode in problem.stops[0].options}
    problem = replace(problem, stops=(replace(problem.stops[0], options=here), *problem.stops[1:]))
    plan = solve_shift(problem, 1, 20)
    assert 0 not in plan.unserved
    assert score_plan(TOWN, problem, plan, register).breaches == ()


def test_a_cancelled_search_gives_the_best_it_has():
    problem, register = shift(TOWN, [place(i, 100 * i, 300) for i in range(8)], people(2, 2, 0))
    told = []
    plan = solve_shift(problem, 1, 10_000, progress=lambda *step: told.append(step), cancelled=lambda: len(told) > 3)
    assert score_plan(TOWN, problem, plan, register).breaches == ()
    assert plan_value(problem, plan) > 0
    assert told[-1][1] < told[-1][2]


def test_other_seeds_with_noise_give_other_plans_of_nearly_the_same_worth():
    problem, _ = shift(TOWN, [place(i, 120 * i, 300) for i in range(9)], people(2, 2, 0))
    plans = [solve_shift(problem, seed, 60, lambda_noise=0.3) for seed in (1, 2)]
    values = [plan_value(problem, plan) for plan in plans]
    assert plans[0].days != plans[1].days
    assert min(values) > 0.93 * max(values)


def test_a_warm_start_is_not_worse_than_what_it_starts_from():
    problem, _ = shift(TOWN, [place(i, 120 * i, 300) for i in range(9)], people(2, 2, 0))
    before = solve_shift(problem, 1, 20)
    assert plan_value(problem, solve_shift(problem, 2, 20, start=before)) >= plan_value(problem, before)
    assert (
        solve_shift(problem, 2, 20, start=Plan(before.days, {})).days == solve_shift(problem, 2, 20, start=before).days
    )


def test_what_the_bureau_puts_below_hotspots_gets_the_time_they_leave():
    tasks = [zone(100 + i, 90 * i, 700, key=f"task:{i}", kind="coverage", duty="coverage", service_s=3600)
             for i in range(12)]  # fmt: skip
    problem, register = shift(TOWN, [*tasks, *(place(i, 120 * i, 100) for i in range(9))], people(2, 0, 0))
    usual = solve_shift(problem, 1, 20)
    lowest = replace(problem, order=("law", "post", "deadline", "pass", "hotspot", "coverage"))
    turned = solve_shift(lowest, 1, 20)
    assert plan_value(problem, turned) > 2 * plan_value(problem, usual)
    assert score_plan(TOWN, lowest, turned, register).breaches == ()
    assert len(turned.unserved) > len(usual.unserved)

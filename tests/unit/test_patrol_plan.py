"""A planned shift: repeatable, never worse than nearest neighbour, every drop with a true reason."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.messages import say
from geo.patrol.baseline import nearest_neighbour, served_weight
from geo.patrol.build import NobodyOnDuty
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.evaluate import check_plan
from geo.patrol.reasons import reason_for
from geo.patrol.schedule import time_day
from geo.patrol.solve import solve_shift
from tests.towns import ORIGIN, SPAN, grid, network_of, people, shift, streets, vehicles, zone

TOWN = network_of(
    grid(6, 5, tier=["main"] * 5 + ["lane"] * 44, name=["人民路"] * 5 + [None] * 44, owner_district="P01")
)
BUSY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def random_wishes(seed, n):
    """Zones with random spots, windows, weights and needs, and the passes of the main street."""
    rng = np.random.default_rng(seed)
    wishes = []
    for i in range(n):
        low = int(rng.integers(0, 24_000))
        window = (low, min(low + int(rng.integers(300, 14_000)), 28_800))
        wishes.append(
            zone(
                i,
                *rng.uniform(-150, 1_150, 2),
                window=None if rng.random() < 0.1 else window,
                weight=round(float(rng.uniform(0.2, 9)), 3),
                licences_needed=2 if rng.random() < 0.2 else 0,
                service_s=int(rng.integers(60, 2_400)),
                hours="08:00-09:00",
            )
        )
    return [*wishes, *pass_wishes(TOWN, SPAN)]


def plan_of(wishes, iterations=60, seed=1, **staff):
    problem, register = shift(TOWN, wishes, **staff)
    plan = solve_shift(problem, seed, iterations)
    return problem, plan, check_plan(TOWN, problem, plan, register)


@BUSY
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(0, 6), st.integers(0, 3), st.integers(1, 6))
def test_any_shift_gets_a_plan_the_checker_accepts_with_a_reason_for_every_drop(seed, n, regular, licensed, auxiliary):
    problem, plan, score = plan_of(random_wishes(seed, n), staff=people(regular, auxiliary, licensed))
    served = {visit.stop for day in plan.days for visit in day}
    assert served.isdisjoint(plan.unserved)
    assert served | set(plan.unserved) == set(range(len(problem.stops)))
    for reason in plan.unserved.values():
        assert say(reason.code, "zh", **reason.facts)
        assert say(reason.code, "en", **reason.facts)
    nearest = served_weight(problem, nearest_neighbour(problem))
    assert score.weight_served >= nearest - 1e-6, "never less than going to the nearest place next"


@BUSY
@given(st.integers(0, 10_000))
def test_a_reason_goes_away_when_what_it_names_is_lifted_for_any_shift(seed):
    wishes = random_wishes(seed, 30)
    problem, plan, _ = plan_of(wishes, staff=people(2, 2, 0))
    days = [tuple((v.stop, v.option) for v in day) for day in plan.days]
    for number, reason in plan.unserved.items():
        stop = problem.stops[number]
        if reason.code == "patrol.reason_closed":
            assert not stop.windows
        elif reason.code == "patrol.reason_licences":
            licensed, _ = shift(TOWN, wishes, staff=people(2, 2, 2))
            assert reason_for(licensed, [() for _ in licensed.teams], number).code != reason.code
        elif reason.code == "patrol.reason_window_short":
            assert stop.windows[0][1] - stop.windows[0][0] < stop.shortest_s()
        elif reason.code == "patrol.reason_no_time":
            team = next(i for i, t in enumerate(problem.teams) if t.name == reason.facts["team"])
            ways = range(len(stop.options[problem.teams[team].mode]))
            alone = [time_day(problem, problem.teams[team], ((number, way),)) for way in ways]
            assert any(alone), "with nothing else to do that team could go"
            assert days[team], "it is busy"
            assert reason.facts["needed_min"] > reason.facts["spare_min"]
        else:
            assert reason.code in ("patrol.reason_window_taken", "patrol.reason_too_far", "patrol.reason_no_street")


def test_the_same_inputs_and_seed_give_the_same_plan_in_another_process():
    code = (
        "from tests.unit.test_patrol_plan import plan_of, random_wishes\n"
        "problem, plan, score = plan_of(random_wishes(5, 30))\n"
        "print(problem.digest(), plan, score.weight_served)"
    )
    problem, plan, score = plan_of(random_wishes(5, 30))
    other = {"PYTHONHASHSEED": "4711", "NUMBA_NUM_THREADS": "1"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=other)
    assert run.stdout == f"{problem.digest()} {plan} {score.weight_served}\n"
    assert "Visit(" in run.stdout


def test_another_day_of_work_is_another_digest():
    one, _ = shift(TOWN, random_wishes(5, 10))
    other, _ = shift(TOWN, random_wishes(6, 10))
    assert one.digest() != other.digest()
    assert one.digest() == shift(TOWN, random_wishes(5, 10))[0].digest()


def test_acts_that_need_two_licences_are_done_by_the_licensed_pair():
    problem, plan, _ = plan_of([zone(1, 300, 300, licences_needed=2, weight=14.0), zone(2, 500, 100)])
    by_team = {problem.teams[t].kind: {problem.stops[v.stop].key for v in day} for t, day in enumerate(plan.days)}
    assert "zone:1:0" in by_team["roaming"]


def test_without_two_licences_the_act_is_left_out_saying_so():
    _, plan, _ = plan_of([zone(1, 300, 300, licences_needed=2)], staff=people(4, 4, licensed=1))
    assert plan.unserved[0].code == "patrol.reason_licences"
    assert plan.unserved[0].facts == {"needed": 2, "most": 1}


def test_an_unreachable_zone_says_how_far_the_street_is():
    _, plan, _ = plan_of([zone(1, 300, 2_000)])
    assert plan.unserved[0].code == "patrol.reason_no_street"
    assert plan.unserved[0].facts["nearest_m"] == 1200


def test_a_zone_on_a_street_that_is_cut_off_names_the_street():
    roads = streets([[(0, 0), (900, 0)], [(900, 0), (900, 900)], [(3000, 0), (3300, 0)]], name=["东街", "南街", "孤巷"])
    network = network_of(roads)
    problem, _ = shift(network, [zone(1, 3100, 0)])
    plan = solve_shift(problem, 1, 20)
    assert plan.unserved[0].code == "patrol.reason_cut_off"
    assert plan.unserved[0].facts == {"street": "孤巷", "part_m": 300}


def test_a_local_team_stays_in_its_own_ground():
    west = shapely.box(ORIGIN[0] - 200, ORIGIN[1] - 200, ORIGIN[0] + 500, ORIGIN[1] + 1000)
    east = shapely.box(ORIGIN[0] + 500, ORIGIN[1] - 200, ORIGIN[0] + 1200, ORIGIN[1] + 1000)
    wishes = [zone(i, 100 * i, 200, district_code="P01" if i < 5 else "P02") for i in range(10)]
    grounds = {"P01": (west, None), "P02": (east, None)}
    problem, plan, _ = plan_of(wishes, grounds=grounds, staff=people(2, 2, 0))
    for team, day in zip(problem.teams, plan.days, strict=True):
        assert {problem.stops[v.stop].district_code for v in day} == set(team.districts)


def test_main_streets_are_passed_once_in_each_half_by_somebody():
    problem, plan, _ = plan_of(pass_wishes(TOWN, SPAN))
    assert not plan.unserved
    done = [(problem.stops[v.stop].windows[0], v) for day in plan.days for v in day]
    assert all(low <= visit.leave_s <= high for (low, high), visit in done)


def test_a_one_way_main_street_is_only_passed_along_its_line():
    ring = [[(0, 0), (800, 0)], [(800, 0), (800, 800)], [(800, 800), (0, 800)], [(0, 800), (0, 0)]]
    network = network_of(streets(ring, oneway=1, tier=["main", "lane", "lane", "lane"]))
    problem, _ = shift(network, pass_wishes(network, SPAN))
    for stop in problem.stops:
        assert [option.backward for option in stop.options["ebike"]] == [False]
        assert [option.backward for option in stop.options["foot"]] == [False, True]
    assert not solve_shift(problem, 1, 30).unserved


def test_a_tunnel_and_a_motorway_owe_no_pass():
    lines = [[(0, 0), (400, 0)], [(400, 0), (800, 0)], [(800, 0), (1200, 0)]]
    roads = streets(lines, tier="main", level=[0, -1, 0], foot=[True, True, False], ebike=[True, True, False])
    assert [wish.feature_ids for wish in pass_wishes(network_of(roads), SPAN)] == [(1,), (1,)]


def test_work_is_shared_between_the_teams_of_a_ground():
    wishes = [zone(i, 100 * i, 200, service_s=1200) for i in range(10)]
    _, plan, _ = plan_of(wishes, iterations=400, staff=people(4, 4, 0))
    assert max(len(day) for day in plan.days) <= 4


def test_a_shift_without_people_is_refused():
    with pytest.raises(NobodyOnDuty):
        shift(TOWN, [zone(1, 0, 0)], staff=[], fleet=vehicles())

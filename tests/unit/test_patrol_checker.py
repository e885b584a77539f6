"""The checker refuses every plan that breaks a rule, whoever made it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.patrol.evaluate import PlanRefused, check_plan, score_plan
from geo.patrol.problem import Plan, ProblemBroken, Reason
from geo.patrol.solve import solve_shift
from tests.towns import ON, ORIGIN, shift, zone
from tests.unit.test_patrol_plan import TOWN, random_wishes

HALVES = {
    "P01": (shapely.box(ORIGIN[0] - 200, ORIGIN[1] - 200, ORIGIN[0] + 500, ORIGIN[1] + 1000), None),
    "P02": (shapely.box(ORIGIN[0] + 500, ORIGIN[1] - 200, ORIGIN[0] + 1200, ORIGIN[1] + 1000), None),
}
WISHES = [replace(wish, district_code=f"P0{i % 2 + 1}") for i, wish in enumerate(random_wishes(3, 24))]
ACT = zone(99, 400, 400, licences_needed=2, weight=14.0)
PROBLEM, REGISTER = shift(TOWN, [*WISHES, ACT], grounds=HALVES)
PLAN = solve_shift(PROBLEM, 1, 120)
BUSY = [number for number, day in enumerate(PLAN.days) if len(day) > 1]
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rules(problem=PROBLEM, plan=PLAN, register=REGISTER):
    """The rules a plan breaks."""
    return {breach.rule for breach in score_plan(TOWN, problem, plan, register).breaches}


def with_day(number, day):
    days = list(PLAN.days)
    days[number] = tuple(day)
    return Plan(tuple(days), PLAN.unserved)


def with_team(number, **changes):
    teams = list(PROBLEM.teams)
    teams[number] = replace(teams[number], **changes)
    return replace(PROBLEM, teams=tuple(teams))


some_visit = st.sampled_from([(team, i) for team in BUSY for i in range(len(PLAN.days[team]))])


def test_the_plan_itself_holds():
    assert len(BUSY) >= 3
    assert rules() == set()
    score = check_plan(TOWN, PROBLEM, PLAN, REGISTER)
    assert score.weight_served > 0
    assert [len([leg for leg in legs if leg.kind == "travel"]) for legs in score.legs] == [
        len(day) + 1 if day else 0 for day in PLAN.days
    ]


@FEW
@given(some_visit, st.integers(1, 20_000))
def test_any_visit_moved_forward_is_refused(where, seconds):
    team, i = where
    visit = PLAN.days[team][i]
    day = list(PLAN.days[team])
    day[i] = replace(
        visit, arrive_s=visit.arrive_s - seconds, begin_s=visit.begin_s - seconds, leave_s=visit.leave_s - seconds
    )
    before = day[i - 1].leave_s if i else 0
    found = rules(plan=with_day(team, day))
    if day[i].arrive_s < before:
        assert "overlap" in found
    assert found or PROBLEM.stops[visit.stop].windows[0][0] <= day[i].leave_s


@FEW
@given(some_visit)
def test_leaving_any_stop_a_second_early_is_refused(where):
    team, i = where
    day = list(PLAN.days[team])
    visit = day[i]
    service = PROBLEM.stops[visit.stop].options[PROBLEM.teams[team].mode][visit.option].service_s
    day[i] = replace(visit, leave_s=visit.begin_s + service - 1)
    assert "work_too_short" in rules(plan=with_day(team, day))


@FEW
@given(some_visit)
def test_staying_anywhere_past_its_window_is_refused(where):
    team, i = where
    day = list(PLAN.days[team])
    late = PROBLEM.stops[day[i].stop].windows[-1][1] + 1
    day[i] = replace(day[i], leave_s=late)
    assert "window" in rules(plan=with_day(team, day))


@FEW
@given(some_visit)
def test_arriving_a_second_before_the_ride_allows_is_refused(where):
    team, i = where
    day = list(PLAN.days[team])
    free = day[i - 1].leave_s if i else 0
    option = PROBLEM.stops[day[i].stop].options[PROBLEM.teams[team].mode][day[i].option]
    start = PROBLEM.teams[team].start
    if i:
        last = PROBLEM.stops[day[i - 1].stop].options[PROBLEM.teams[team].mode][day[i - 1].option]
        start = last.exit
    ride = PROBLEM.travel_s(PROBLEM.teams[team].mode, start, option.entry)
    day[i] = replace(day[i], arrive_s=free + ride - 1)
    assert "overlap" in rules(plan=with_day(team, day))


@FEW
@given(some_visit)
def test_a_stop_served_twice_is_refused(where):
    team, i = where
    other = next(number for number in BUSY if number != team)
    assert "stop_twice" in rules(plan=with_day(other, [*PLAN.days[other], PLAN.days[team][i]]))


@FEW
@given(some_visit)
def test_a_stop_dropped_without_a_reason_is_refused(where):
    team, i = where
    day = [visit for number, visit in enumerate(PLAN.days[team]) if number != i]
    assert "no_reason" in rules(plan=with_day(team, day))
    excused = {**PLAN.unserved, PLAN.days[team][i].stop: Reason("patrol.reason_closed", {"hours": "-"})}
    assert "served_and_not" in rules(plan=Plan(PLAN.days, excused))


@FEW
@given(st.sampled_from(range(len(PROBLEM.teams))), st.data())
def test_any_person_in_two_teams_is_refused(team, data):
    other = data.draw(st.sampled_from([i for i in range(len(PROBLEM.teams)) if i != team]))
    person = data.draw(st.sampled_from(PROBLEM.teams[other].members))
    members = (*PROBLEM.teams[team].members[:1], person)
    assert "person_twice" in rules(problem=with_team(team, members=members))


@FEW
@given(st.sampled_from([i for i, t in enumerate(PROBLEM.teams) if t.vehicles]), st.data())
def test_any_vehicle_in_two_teams_is_refused(team, data):
    others = [i for i, t in enumerate(PROBLEM.teams) if i != team]
    other = data.draw(st.sampled_from(others))
    both = (*PROBLEM.teams[other].vehicles, PROBLEM.teams[team].vehicles[0])
    assert "vehicle_twice" in rules(problem=with_team(other, vehicles=both))


@FEW
@given(st.sampled_from([p for t in PROBLEM.teams for p in t.members]))
def test_anybody_off_duty_or_elsewhere_is_refused(person):
    left = {i: one for i, one in REGISTER.people.items() if i != person.id}
    assert "person_off_duty" in rules(register=replace(REGISTER, people=left))
    assert "person_taken" in rules(register=replace(REGISTER, taken_people=frozenset({person.id})))


@FEW
@given(st.sampled_from([v for t in PROBLEM.teams for v in t.vehicles]))
def test_any_vehicle_out_of_service_or_elsewhere_is_refused(vehicle):
    left = {i: one for i, one in REGISTER.vehicles.items() if i != vehicle.id}
    assert "vehicle_taken" in rules(register=replace(REGISTER, vehicles=left))
    assert "vehicle_taken" in rules(register=replace(REGISTER, taken_vehicles=frozenset({vehicle.id})))
    wrong = {**REGISTER.vehicles, vehicle.id: replace(vehicle, kind="car" if vehicle.kind == "ebike" else "ebike")}
    assert "vehicle_kind" in rules(register=replace(REGISTER, vehicles=wrong))
    narrow = {**REGISTER.vehicles, vehicle.id: replace(vehicle, seats=0)}
    assert "seats" in rules(register=replace(REGISTER, vehicles=narrow))


@FEW
@given(st.sampled_from([p for t in PROBLEM.teams if t.kind == "roaming" for p in t.members]))
def test_a_licence_that_expired_the_day_before_is_refused(person):
    expired = replace(person, licence_to_on=ON - dt.timedelta(days=1))
    register = replace(REGISTER, people={**REGISTER.people, person.id: expired})
    assert "licence" in rules(register=register)


def test_a_local_team_at_an_act_for_two_licences_is_refused():
    roaming = next(i for i, t in enumerate(PROBLEM.teams) if t.kind == "roaming")
    assert any(PROBLEM.stops[v.stop].licences_needed == 2 for v in PLAN.days[roaming])
    assert "stop_licence" in rules(problem=with_team(roaming, licences=1))


def test_a_team_outside_its_ground_is_refused():
    local = next(i for i in BUSY if PROBLEM.teams[i].kind == "local")
    assert "ground" in rules(problem=with_team(local, districts=("P09",)))


def test_coming_back_after_the_shift_is_refused():
    end = max(day[-1].leave_s for day in PLAN.days if day)
    open_to_the_end = tuple(
        replace(stop, windows=tuple((low, min(high, end)) for low, high in stop.windows if low < end))
        for stop in PROBLEM.stops
    )
    assert "shift_end" in rules(problem=replace(PROBLEM, shift_s=end, stops=open_to_the_end))


def test_a_plan_for_another_number_of_teams_is_refused():
    assert "days" in rules(plan=Plan(PLAN.days[:-1], PLAN.unserved))


def test_a_refused_plan_says_which_rules():
    with pytest.raises(PlanRefused) as refused:
        check_plan(TOWN, PROBLEM, with_day(BUSY[0], PLAN.days[BUSY[0]][1:]), REGISTER)
    assert "no_reason" in str(refused.value.facts["breaches"])


@pytest.mark.parametrize("window", [(-1, 10), (10, 5), (0, 28_801)])
def test_a_window_outside_the_shift_is_no_problem_at_all(window):
    stops = (replace(PROBLEM.stops[0], windows=(window,)), *PROBLEM.stops[1:])
    with pytest.raises(ProblemBroken):
        replace(PROBLEM, stops=stops)


def test_a_stop_named_twice_is_no_problem_at_all():
    with pytest.raises(ProblemBroken):
        replace(PROBLEM, stops=(*PROBLEM.stops, PROBLEM.stops[0]))

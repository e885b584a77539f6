"""Rosters: what people are due is kept whatever is asked, and what is lacking has a true reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import Cancelled
from geo.patrol.people.checker import check_roster, find_shortages
from geo.patrol.people.draft import burdens_of
from geo.patrol.people.rostering import make_roster
from geo.patrol.people.rules import Duty, Need, RestRules, RosterBroken, RosterProblem, Shift
from tests.towns import people

MONDAY = dt.date(2026, 11, 23)
WEEK = ("workday",) * 5 + ("restday",) * 2
BOTH = {"workday": Need(2), "restday": Need(2)}
DAY = Shift("day", 510, 1050, {"workday": Need(4, licensed=2, takes_rest=True), "restday": Need(2)})
DAWN = Shift("morning", 360, 540, {"workday": Need(2)})
LATE = Shift("night_market", 1050, 1320, BOTH)
NIGHT = Shift("night", 1320, 1500, BOTH)


def roster_problem(weeks=1, regular=8, auxiliary=10, licensed=5, **more):
    """Some weeks of a small bureau from a Monday on."""
    usual = {
        "first_on": MONDAY,
        "days": WEEK * weeks,
        "shifts": (DAWN, DAY, LATE, NIGHT),
        "people": tuple(people(regular, auxiliary, licensed)),
        "leave": {},
    }
    return RosterProblem(**{**usual, **more})


def test_two_weeks_of_a_small_bureau_lack_nothing_and_are_fair():
    problem = roster_problem(2)
    roster = make_roster(problem, effort=0.2)
    assert check_roster(problem, roster.duties) == []
    assert roster.obstacles == () and roster.proven
    leaders = {(duty.on_date, duty.shift) for duty in roster.duties if duty.role == "leader"}
    held = {(problem.date(day), shift.code) for day in range(14) for shift, _ in problem.held(day)}
    assert leaders == held, "every shift is led"
    after = replace(problem, first_on=MONDAY + dt.timedelta(14), before=roster.duties)
    for low, high in ((1, 8), (101, 110)):
        for counts in burdens_of(after, range(low, high + 1)).values():
            spread = [counts[person] for person in range(low, high + 1)]
            assert max(spread) - min(spread) <= 4


def test_the_same_input_seed_and_effort_give_the_same_roster():
    assert make_roster(roster_problem(), seed=3, effort=0.2) == make_roster(roster_problem(), seed=3, effort=0.2)


def test_nobody_is_on_duty_on_leave_and_the_weeks_before_count():
    leave = {101: frozenset(MONDAY + dt.timedelta(day) for day in range(7))}
    before = tuple(Duty(MONDAY - dt.timedelta(day), "day", 102) for day in range(1, 6))
    problem = roster_problem(leave=leave, before=before, rules=RestRules(most_days_running=6))
    duties = make_roster(problem, effort=0.2).duties
    assert check_roster(problem, duties) == []
    assert not [duty for duty in duties if duty.person_id == 101]
    first_days = {duty.on_date for duty in duties if duty.person_id == 102}
    assert not {MONDAY, MONDAY + dt.timedelta(1)} <= first_days, "five days before and two now would be seven"


def test_what_lacks_for_want_of_licences_names_no_rule_and_what_a_rule_forbids_names_it():
    nobody = roster_problem(licensed=1)
    (lack, *_) = make_roster(nobody, effort=0.2).obstacles
    assert (lack.shortage.lack, lack.shortage.short, lack.in_the_way) == ("licensed", 1, ())
    shifts = (Shift("day", 510, 1050, {"workday": Need(2, leader=False), "restday": Need(2, leader=False)}),)
    strict = roster_problem(
        regular=2, auxiliary=0, licensed=0, shifts=shifts,
        rules=RestRules(restday_people=0, most_week_min=9000, most_days_running=7),
    )  # fmt: skip
    found = make_roster(strict, effort=0.2)
    assert sum(one.shortage.short for one in found.obstacles) == 4, "two people, two days off each"
    assert {one.in_the_way for one in found.obstacles} == {("days_off",)}
    mended = replace(strict, rules=replace(strict.rules, days_off_week=0))
    assert make_roster(mended, effort=0.2).obstacles == (), "the reason is true"


def test_a_person_away_is_named_as_the_reason():
    leave = {1: frozenset({MONDAY})}
    shifts = (Shift("day", 510, 1050, {"workday": Need(2, licensed=2, leader=False)}),)
    found = make_roster(roster_problem(regular=2, auxiliary=3, licensed=2, shifts=shifts, leave=leave), effort=0.2)
    assert [(one.shortage.on_date, one.shortage.lack, one.in_the_way) for one in found.obstacles] == [
        (MONDAY, "licensed", ("leave",))
    ]


def test_a_roster_can_be_stopped_and_an_empty_one_is_refused():
    with pytest.raises(Cancelled):
        make_roster(roster_problem(), cancelled=lambda: True)
    with pytest.raises(RosterBroken):
        roster_problem(people=())


def test_the_checker_finds_every_kind_of_breach():
    problem = roster_problem(rules=RestRules(days_off_week=2, most_days_running=4))
    tuesday = MONDAY + dt.timedelta(1)
    bad = [
        Duty(MONDAY, "night", 1), Duty(tuesday, "morning", 1), Duty(tuesday, "day", 1), Duty(tuesday, "day", 999),
        Duty(MONDAY, "day", 101, "leader"), *(Duty(MONDAY + dt.timedelta(i), "day", 102) for i in range(6) if i < 5),
        Duty(MONDAY + dt.timedelta(5), "day", 102),
    ]  # fmt: skip
    assert {one.rule for one in check_roster(problem, bad)} == {
        "rest", "overlap", "day_minutes", "unknown", "leads", "running", "days_off", "week_minutes",
    }  # fmt: skip


@pytest.mark.long
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_bureau_gets_a_roster_that_the_checker_accepts_or_true_reasons(data):
    draw = data.draw
    regular, auxiliary = draw(st.integers(0, 4)), draw(st.integers(1, 5))
    staff = people(regular, auxiliary, draw(st.integers(0, regular)))
    leave = {
        person.id: frozenset(MONDAY + dt.timedelta(day) for day in draw(st.sets(st.integers(0, 6), max_size=3)))
        for person in staff
    }
    rules = RestRules(
        most_days_running=draw(st.integers(2, 7)), days_off_week=draw(st.integers(0, 4)),
        restday_people=draw(st.integers(0, 4)), least_rest_min=draw(st.sampled_from([0, 540, 840])),
    )  # fmt: skip
    problem = roster_problem(people=tuple(staff), leave=leave, rules=rules)
    roster = make_roster(problem, effort=0.2)
    assert check_roster(problem, roster.duties) == []
    assert [one.shortage for one in roster.obstacles] == find_shortages(problem, roster.duties)

"""Who goes with whom: the bureau before the 片区, nobody twice."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from geo.patrol.people.rotation import unease
from geo.patrol.people.teams import Ground, form_teams, share_ground
from geo.patrol.problem import Person
from tests.towns import ON, people, vehicles

GROUNDS = [Ground(f"P{i:02d}", 1000.0 * i, 0.0, 3600 * i) for i in range(1, 6)]


def test_licensed_pairs_roam_and_take_the_cars_first():
    teams = form_teams(people(9, 20, licensed=6), vehicles(cars=2, ebikes=30), GROUNDS, ON)
    roaming = [team for team in teams if team.kind == "roaming"]
    assert [(team.mode, team.licences) for team in roaming] == [("car", 2), ("car", 2), ("ebike", 2)]
    assert all(not team.districts for team in roaming)
    assert {team.mode for team in teams if team.kind == "local"} == {"ebike"}


def test_never_more_than_three_roaming_pairs():
    teams = form_teams(people(12, 0, licensed=12), vehicles(cars=9), GROUNDS, ON)
    assert sum(team.kind == "roaming" for team in teams) == 3


def test_an_expired_licence_does_not_count():
    expired = [Person(i, f"A{i}", "regular", dt.date(2020, 1, 1), ON - dt.timedelta(days=1)) for i in (1, 2)]
    assert all(team.licences == 0 for team in form_teams(expired, [], GROUNDS, ON))
    last_day = [Person(i, f"A{i}", "regular", dt.date(2020, 1, 1), ON) for i in (1, 2)]
    assert form_teams(last_day, [], GROUNDS, ON)[0].licences == 2


def test_the_leader_on_duty_goes_with_the_first_pair():
    staff = people(4, 2, licensed=4)
    leader = Person(9, "Z99", "regular", dt.date(2020, 1, 1), dt.date(2030, 1, 1), leads=True)
    assert form_teams([*staff, leader], vehicles(), GROUNDS, ON)[0].members[0] == leader


def test_a_local_pair_is_a_regular_and_an_auxiliary_of_the_grounds_own_squad():
    grounds = [Ground("P01", 0, 0, 100, squad_id=7), Ground("P02", 9, 0, 100, squad_id=8)]
    staff = [Person(1, "A1", "regular", squad_id=8), Person(2, "A2", "regular", squad_id=7)]
    staff += [Person(3, "B1", "auxiliary", squad_id=8), Person(4, "B2", "auxiliary", squad_id=7)]
    teams = form_teams(staff, [], grounds, ON)
    assert [(team.districts, [p.code for p in team.members]) for team in teams] == [
        (("P01",), ["A2", "B2"]),
        (("P02",), ["A1", "B1"]),
    ]


def pairs_of(teams):
    """Everybody who goes with somebody, as (lower id, higher id)."""
    return {pair for team in teams for pair in itertools.combinations(sorted(person.id for person in team.members), 2)}


def test_pairs_rotate_and_keep_licences_ground_and_seats():
    staff = [replace(person, squad_id=i % 2) for i, person in enumerate(people(8, 14, licensed=6))]
    grounds = [Ground(f"P{i:02d}", 1000.0 * i, 0.0, 3600 * i, squad_id=i % 2) for i in range(1, 5)]
    past: dict[tuple[int, int], dt.date] = {}
    for day in range(4):
        on = ON + dt.timedelta(day)
        teams = form_teams(staff, vehicles(2, 16), grounds, on, past)
        assert form_teams(staff, vehicles(2, 16), grounds, on, past) == teams, "the same every time"
        assert sorted(person.id for team in teams for person in team.members) == sorted(one.id for one in staff)
        assert all(team.licences == 2 for team in teams if team.kind == "roaming")
        assert not pairs_of(teams) & set(past), "nobody goes with the same partner again within the month"
        past |= dict.fromkeys(pairs_of(teams), on)


def test_after_the_gap_two_may_go_together_again():
    staff = people(2, 2, licensed=2)
    first = form_teams(staff, [], GROUNDS[:1], ON)
    past = dict.fromkeys(pairs_of(first), ON)
    later = ON + dt.timedelta(28)
    assert pairs_of(form_teams(staff, [], GROUNDS[:1], later, past)) == pairs_of(first)
    assert unease(first, GROUNDS[:1], set(past)) > 0


def test_without_people_there_are_no_teams():
    assert form_teams([], vehicles(), GROUNDS, ON) == []


def test_one_person_alone_still_makes_a_team():
    assert [len(team.members) for team in form_teams(people(1, 0, 0), [], GROUNDS, ON)] == [1]


@given(
    st.integers(0, 12),
    st.integers(0, 30),
    st.integers(0, 8),
    st.integers(0, 3),
    st.integers(0, 20),
    st.integers(1, 5),
)
def test_nobody_is_twice_and_everybody_has_a_seat_for_any_staff(regular, auxiliary, licensed, cars, ebikes, grounds):
    staff = people(regular, auxiliary, licensed)
    teams = form_teams(staff, vehicles(cars, ebikes), GROUNDS[:grounds], ON)
    members = [person.id for team in teams for person in team.members]
    used = [vehicle.id for team in teams for vehicle in team.vehicles]
    assert len(set(members)) == len(members)
    assert len(set(used)) == len(used)
    assert sorted(members) == sorted(person.id for person in staff), "everybody on duty goes"
    for team in teams:
        assert team.licences == sum(person.licensed(ON) for person in team.members)
        if team.mode != "foot":
            assert sum(vehicle.seats for vehicle in team.vehicles) >= len(team.members)
    local = [team for team in teams if team.kind == "local"]
    if local:
        assert {code for team in local for code in team.districts} == {ground.code for ground in GROUNDS[:grounds]}


@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=12), st.integers(1, 20))
def test_every_ground_is_in_exactly_one_share_for_any_work(work, count):
    grounds = [Ground(f"P{i:02d}", float(i % 4), float(i // 4), one) for i, one in enumerate(work)]
    shares = share_ground(grounds, count)
    assert sorted(code for codes, _ in shares for code in codes) == [ground.code for ground in grounds]
    assert sum(many for _, many in shares) == count
    assert all(many >= 1 for _, many in shares)

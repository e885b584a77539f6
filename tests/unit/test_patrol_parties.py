"""Who must go together does: the pair a check was drawn for, the people a post names."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrol.evaluate import check_plan
from geo.patrol.people.parties import MOST_JOINED, Party, parties_of
from geo.patrol.people.teams import Ground, form_teams
from geo.patrol.problem import Person, Stop
from geo.patrol.solve import solve_shift
from tests.towns import ON, grid, network_of, people, shift, vehicles, zone

GROUNDS = [Ground(f"P{i:02d}", 1000.0 * i, 0.0, 3600 * i) for i in range(1, 4)]
STAFF = people(8, 8, licensed=6)


def asks(number: int, *ids: int, duty: str = "coverage", licences: int = 2, district: str = "P01") -> Stop:
    """A stop that names people."""
    return Stop(
        f"check:{number}", "check", "店", "enterprise_check", (number,), district, (117.0, 28.0), 1.0, licences,
        ((0, 3600),), {}, {}, duty=duty, person_ids=ids,
    )  # fmt: skip


def together(teams, ids: Sequence[int]) -> bool:
    """Whether one team has all of them."""
    return any(set(ids) <= {person.id for person in team.members} for team in teams)


def test_pairs_of_drawn_checks_roam_and_further_ones_are_local_on_the_ground_of_their_check():
    stops = [asks(1, 3, 6), asks(2, 1, 5), asks(3, 2, 4, district="P03")]
    leader = Person(9, "Z99", "regular", dt.date(2020, 1, 1), dt.date(2030, 1, 1), leads=True)
    other = Person(10, "Z98", "regular", dt.date(2020, 1, 1), dt.date(2030, 1, 1))
    staff = [*STAFF, leader, other]
    teams = form_teams(staff, vehicles(), GROUNDS, ON, parties=parties_of(stops, staff))
    roaming = [{person.id for person in team.members} for team in teams if team.kind == "roaming"]
    assert roaming == [{9, 10}, {3, 6}, {1, 5}], "the leader keeps the first"
    (local,) = [team for team in teams if {person.id for person in team.members} == {2, 4}]
    assert (local.districts, local.licences) == (("P03",), 2)


def test_who_shares_an_officer_waits_but_a_promise_joins_while_few_enough_remain():
    stops = [asks(1, 1, 2), asks(2, 2, 3), asks(3, 3, 4), asks(4, 5, 6)]
    assert [party.ids for party in parties_of(stops, STAFF)] == [(1, 2), (3, 4), (5, 6)], "the second waits"
    assert [party.ids for party in parties_of(stops[1:], STAFF)] == [(2, 3), (5, 6)], "the first is done: its turn"
    promised = [replace(stop, required=True) for stop in stops]
    assert [party.ids for party in parties_of(promised, STAFF)] == [(1, 2, 3), (5, 6)]
    pressing = [*stops[:2], replace(stops[2], duty="deadline", required=True), stops[3]]
    assert [party.ids for party in parties_of(pressing, STAFF)] == [(3, 4), (1, 2), (5, 6)], (
        "who is pressing goes first"
    )
    assert parties_of([asks(1, 1, 99), asks(2, 4)], STAFF) == [], "one is not there, one needs nobody else"
    within = [asks(1, 1, 2, 3, duty="post"), asks(2, 2, 3)]
    assert [party.ids for party in parties_of(within, STAFF)] == [(1, 2, 3)], "they go together already"


def test_the_people_of_a_post_are_one_team_however_many_it_names():
    post = asks(1, 7, 101, 102, 103, duty="post", licences=0)
    teams = form_teams(STAFF, vehicles(), GROUNDS, ON, parties=parties_of([post], STAFF))
    assert together(teams, post.person_ids)
    assert [team.kind for team in teams if together([team], post.person_ids)] == ["local"]


def test_partners_rotate_around_those_who_must_go_together():
    parties = parties_of([asks(1, 1, 3), asks(2, 7, 101, licences=0)], STAFF)
    past = {pair: ON - dt.timedelta(1) for pair in itertools.combinations(sorted(one.id for one in STAFF), 2)}
    teams = form_teams(STAFF, vehicles(), GROUNDS, ON, past, parties=parties)
    assert together(teams, (1, 3)) and together(teams, (7, 101))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6), st.integers(0, 7), st.integers(0, 6), st.integers(1, 3), st.data())
def test_everybody_goes_once_and_each_party_is_in_one_team_for_any_staff(regular, auxiliary, licensed, grounds, data):
    staff = people(regular, auxiliary, licensed)
    ids = st.lists(st.sampled_from([one.id for one in staff] or [1]), min_size=1, max_size=4, unique=True)
    named = data.draw(st.lists(st.tuples(ids, st.sampled_from([0, 2]), st.booleans()), max_size=5))
    stops = [replace(asks(number, *who, licences=two), required=must) for number, (who, two, must) in enumerate(named)]
    parties = parties_of(stops, staff)
    members = [person for party in parties for person in party.ids]
    assert len(set(members)) == len(members), "parties are disjoint"
    assert all(len(party.ids) <= max(MOST_JOINED, 4) for party in parties)
    teams = form_teams(staff, vehicles(1, 6), GROUNDS[:grounds], ON, parties=parties)
    assert sorted(person.id for team in teams for person in team.members) == sorted(one.id for one in staff)
    assert all(together(teams, party.ids) for party in parties)
    for team in teams:
        assert team.licences == sum(person.licensed(ON) for person in team.members)
        assert team.mode == "foot" or sum(vehicle.seats for vehicle in team.vehicles) >= len(team.members)
        assert team.kind == "local" or team.licences == len(team.members) >= 2


def test_a_drawn_check_and_a_post_of_two_are_done_and_the_checker_accepts():
    network = network_of(grid(5, 4))
    wishes = [
        zone(1, 200, 200),
        zone(2, 600, 200, kind="check", key="check:2", person_ids=(1, 4), licences_needed=2, duty="coverage"),
        zone(3, 400, 400, kind="post", key="post:3:0800", person_ids=(5, 101), duty="post", required=True),
    ]
    problem, register = shift(network, wishes, people(5, 5, licensed=4))
    plan = solve_shift(problem, 1, 20)
    check_plan(network, problem, plan, register)
    assert {visit.stop for day in plan.days for visit in day} == {0, 1, 2} and not plan.unserved
    assert parties_of(problem.stops, people(5, 5, licensed=4)) == [
        Party((5, 101), False, frozenset({"P01"})), Party((1, 4), True, frozenset({"P01"})),
    ]  # fmt: skip

"""A re-plan begins with what teams were to pass on their way, where they were to pass it."""

from __future__ import annotations

import datetime as dt

import pytest

from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.rules import PassRule
from geo.patrol.replan.carry import Planned
from geo.patrol.replan.differences import pair_visits
from geo.patrol.replan.stored import on_the_way
from tests.towns import SPAN, grid, network_of, shift


@pytest.fixture(scope="module")
def problem():
    tiers = ["main" if row == 1 else "lane" for row in range(3) for _ in range(4)] + ["lane"] * 10
    network = network_of(grid(5, 3, tier=tiers, name=[f"街{n}" for n in range(22)]))
    return shift(network, pass_wishes(network, SPAN, (PassRule("main", 1, 0, True),)))[0]


def row(problem, number: int, *ways: tuple[str, int, int, int]):
    def at(second: int) -> str:
        return (problem.starts_at + dt.timedelta(seconds=second)).isoformat()

    told = [{"team": team, "seq": seq, "from_at": at(begin), "to_at": at(end)} for team, seq, begin, end in ways]
    return {"key": problem.stops[number].key, "reason_facts": {"ways": told}}


def test_a_street_to_be_passed_stands_between_the_visits_around_it(problem) -> None:
    one, two, three, four = (stop.key for stop in problem.stops[:4])
    team = problem.teams[0].code
    day = (Planned(one, 0, 50, 60, 100), Planned(three, 0, 300, 300, 400))
    found = on_the_way(problem, {team: day}, {team: 1}, [row(problem, 1, (team, 2, 150, 170), (team, 2, 180, 200))])
    assert [visit.key for visit in found[team]] == [one, two, three]
    assert (found[team][1].begin_s, found[team][1].leave_s) == (150, 200)
    behind = on_the_way(problem, {team: day}, {team: 2}, [row(problem, 3, (team, 2, 150, 170))])
    assert [visit.key for visit in behind[team]] == [one, three, four]  # what is under way stays first


def test_what_several_ways_pass_or_nobody_asks_for_is_left_to_the_search(problem) -> None:
    team, other = problem.teams[0].code, problem.teams[1].code
    shared = row(problem, 1, (team, 2, 150, 170), (other, 1, 180, 200))
    gone = row(problem, 1, ("nobody", 1, 150, 170))
    unknown = {**row(problem, 1, (team, 1, 150, 170)), "key": "pass:0:0:0"}
    assert on_the_way(problem, {team: ()}, {}, [shared, gone, unknown]) == {team: ()}


def test_a_visit_that_becomes_a_passing_is_not_gone() -> None:
    day = {"A": [Planned("x", 0, 10, 10, 20)]}
    assert [pair.what for pair in pair_visits(day, {}, 0)] == ["gone"]
    assert [pair.what for pair in pair_visits(day, {}, 0, {"x"})] == ["passed"]

"""What the search weighs a change by: all but the same as what a plan is worth to the last digit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.patrol.solve import solve_shift
from geo.patrol.solve.change import fits, sketch, weigh
from geo.patrol.solve.compiled import compiled
from geo.patrol.solve.desk import Desk
from geo.patrol.solve.tables import FROM, PLACE, REL, SEQ, SIZE, WHO, N
from geo.patrol.value import PPM
from tests.unit.test_patrol_solver import BUDGET, wild_shift


def planned(seed):
    """A desk with a plan on it, of a shift in which nothing waits for another."""
    problem, _ = wild_shift(seed)
    problem = replace(problem, stops=tuple(replace(stop, after=None) for stop in problem.stops))
    desk = Desk.open(problem)
    plan = solve_shift(problem, seed, BUDGET)
    desk.load_all([[(v.stop, v.option, v.begin_s if v.begin_s > v.arrive_s else 0) for v in day] for day in plan.days])
    return desk


def without(desk, team, at):
    """Draft a team's day without one visit."""
    n = int(desk.st.size[team, N]) - 1
    desk.d.head[0, [WHO, FROM, SIZE]] = team, at, n
    if at:
        desk.d.day[0, at - 1] = desk.st.day[team, at - 1]
    desk.d.day[0, at:n, [SEQ, REL]] = desk.st.day[team, at + 1 : n + 1, [SEQ, REL]]


def places(desk):
    """Each visit of a place, by team and position."""
    return [
        (team, at)
        for team, n in enumerate(desk.st.size[:, N].tolist())
        for at in range(n)
        if desk.g.stop[desk.g.stop_of[desk.st.day[team, at, SEQ]], PLACE] >= 0
    ]


@compiled
def sketched(g, st, d, count, by):
    """A sketch; only compiled code may ask for one."""
    for a in range(4):
        by[a] = 0
    return sketch(g, st, d, count, by)


@pytest.mark.parametrize("seed", range(4))
def test_a_sketch_is_worth_what_the_plan_would_be(seed):
    desk = planned(seed)
    by, other = np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int64)
    some = 0
    for team, at in places(desk):
        without(desk, team, at)
        fit = weigh(desk.g, desk.st, desk.d, 1, by)
        assert fit == sketched(desk.g, desk.st, desk.d, 1, other) == fits(desk.g, desk.st, desk.d, 1, np.zeros(4, int))
        if not fit:
            continue
        some += 1
        assert other[[0, 1, 3]].tolist() == by[[0, 1, 3]].tolist()
        assert abs(by[2] - other[2]) <= 10 * PPM  # a hundredth of a violation-minute
    assert some


@pytest.mark.parametrize("seed", range(4))
def test_a_day_fits_until_a_visit_is_reached_a_second_too_late(seed):
    desk = planned(seed)
    for team, day in enumerate(desk.turns()):
        for at, (stop, way, _) in enumerate(day):
            desk.load_all([day if k == team else [] for k in range(len(desk.problem.teams))])
            late = int(desk.st.late[team, at])
            assert not desk.load(team, [*day[:at], (stop, way, late + 1), *day[at + 1 :]])
            assert desk.load(team, [*day[:at], (stop, way, late), *day[at + 1 :]])

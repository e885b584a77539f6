"""The rest of a shift planned anew: few visits move, caps come before minutes, and the answer is the same each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.patrol.replan.carry import carry_over, planned_days
from geo.patrol.replan.differences import differences
from geo.patrol.replan.search import MOST_MOVED, replan
from geo.patrol.solve import solve_shift
from geo.patrol.value import plan_value, seconds_beyond
from tests.towns import people, shift
from tests.unit.test_patrol_plan import TOWN
from tests.unit.test_patrol_solver import place

NOW_S = 9_000


def without_a_team(seed):
    """Twelve places with caps that four teams can keep and three hardly can, the plan of four, and who is missing."""
    draw = np.random.default_rng(seed)
    wishes = [
        place(
            i, *draw.uniform(-100, 1100, 2), level=[int(x) for x in draw.integers(0, 4000, 480)], cap_s=5_400,
            rho_s=int(draw.integers(600, 3000)), required=True, service_s=600,
        )
        for i in range(12)
    ]  # fmt: skip
    problem, _ = shift(TOWN, wishes, people(4, 4, 0))
    before = planned_days(problem, solve_shift(problem, seed, 40))
    gone = problem.teams[-1]
    touched = frozenset(visit.key for visit in before[gone.code])
    return replace(problem, teams=problem.teams[:-1]), before, touched


@pytest.mark.parametrize("seed", range(3))
def test_few_visits_move_and_no_cap_is_passed_for_minutes(seed):
    problem, before, touched = without_a_team(seed)
    found = replan(problem, before, NOW_S, seed, 6, touched=touched)
    start, kept = carry_over(problem, before, NOW_S)
    least = solve_shift(problem, seed, 0, start=start, keep=kept, now_s=NOW_S, mend_only=True)
    moved = differences(before, planned_days(problem, least), NOW_S, touched).moved_permille
    assert moved <= MOST_MOVED, "the least repair of this town moves little"
    assert found.differences.moved_permille <= MOST_MOVED
    assert seconds_beyond(problem, found.plan) <= seconds_beyond(problem, least)
    assert plan_value(problem, found.plan) == found.value


def test_a_new_plan_is_the_same_on_another_run():
    problem, before, touched = without_a_team(7)
    one, other = (replan(problem, before, NOW_S, 3, 6, touched=touched) for _ in range(2))
    assert one == other


def test_the_limit_of_moves_is_kept_to_where_it_is_narrow():
    problem, before, _ = without_a_team(1)
    found = replan(problem, before, NOW_S, 1, 6, most_moved=50)
    wide = replan(problem, before, NOW_S, 1, 6, most_moved=900)
    assert found.differences.moved_permille <= max(50, wide.differences.moved_permille)
    assert (seconds_beyond(problem, wide.plan), -wide.value) <= (seconds_beyond(problem, found.plan), -found.value)

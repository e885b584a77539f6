"""The price of a focus: what the plan wins there and loses elsewhere, told in the same violation-minutes."""

from __future__ import annotations

import pytest

from geo.patrol.demand.price import price_of_focus, unfocused
from geo.patrol.problem import Plan, Recurrence, Visit
from tests.towns import grid, network_of, shift, zone

SIX_HOURS = tuple([1000] * 480)


@pytest.fixture(scope="module")
def problem():
    """Two places on a small town, the second with a focus of two."""
    wishes = [
        zone(1, 0, 0, key="zone:1", recurrence=Recurrence(SIX_HOURS, 1200)),
        zone(2, 400, 0, key="zone:2", recurrence=Recurrence(tuple([2000] * 480), 1200), weight=2.0, focus=2.0),
    ]
    return shift(network_of(grid(4, 3)), wishes)[0]


def visits(problem, stops):
    """A plan whose first team visits stops for ten minutes, one every half hour."""
    day = tuple(Visit(stop, 0, n * 1800, n * 1800, n * 1800 + 600) for n, stop in enumerate(stops))
    return Plan((day, *[()] * (len(problem.teams) - 1)), {})


def test_without_the_focus_everything_else_stays(problem):
    plain = unfocused(problem, {"zone:2": 2.0})
    assert plain.stops[0] == problem.stops[0]
    assert (plain.stops[1].weight, plain.stops[1].focus) == (1.0, 1.0)
    assert plain.stops[1].recurrence.per_minute == SIX_HOURS
    assert unfocused(problem, {}).digest() == problem.digest()


def test_the_price_is_what_moving_visits_wins_and_loses(problem):
    def solve(given, start):
        focused = given.stops[1].focus > 1
        return visits(given, [1, 1] if focused else [0, 1])

    price = price_of_focus(problem, {"zone:2": 2.0}, solve)
    assert price.gained > 0
    assert price.lost > price.gained, "a second visit to the same place is worth less than a first to another"
    assert (price.dropped, price.added) == (("zone:1",), ())


def test_a_focus_that_changes_nothing_costs_nothing(problem):
    price = price_of_focus(problem, {"zone:2": 2.0}, lambda given, start: visits(given, [0, 1]))
    assert (price.gained, price.lost, price.dropped, price.added) == (0, 0, (), ())


def test_the_better_plan_without_the_focus_counts(problem):
    asked = []

    def solve(given, start):
        asked.append(start)
        return visits(given, [0] if start is None else [0, 1])

    assert price_of_focus(problem, {"zone:2": 2.0}, solve).gained == 0
    assert asked[0] is None and asked[1] is not None and asked[2] is not None

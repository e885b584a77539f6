"""Ways on foot between a few points: along streets, over shared vertices, never through a wall or off a bridge."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import degree_m
from geo.roads.afoot import Street, walking_m

LAT = 28.0
EAST, NORTH = degree_m(LAT)


def at(x_m: float, y_m: float) -> tuple[float, float]:
    return round(118.0 + x_m / EAST, 9), round(LAT + y_m / NORTH, 9)


def street(*points: tuple[float, float], level: int = 0) -> Street:
    return Street(level, tuple(at(*point) for point in points))


def test_a_way_goes_around_the_block() -> None:
    around = [street((0, 0), (100, 0)), street((100, 0), (100, 300)), street((100, 300), (0, 300))]
    assert walking_m(around, at(0, 0), [at(0, 300), at(50, 10)]) == pytest.approx([500, 60], abs=0.5)


def test_a_street_met_in_its_middle_connects_only_at_a_shared_vertex() -> None:
    stem = street((50, 0), (50, 200))
    joined = [street((0, 0), (50, 0), (100, 0)), stem]
    crossed = [street((0, -10), (100, -10)), stem]
    assert walking_m(joined, at(0, 0), [at(50, 200)]) == pytest.approx([250], abs=0.5)
    assert walking_m(crossed, at(0, -10), [at(50, 200)]) == [None]


def test_nobody_steps_off_a_bridge_in_its_middle_and_everybody_leaves_it_at_its_end() -> None:
    below = street((0, 0), (50, 0), (100, 0))
    bridge = street((50, -100), (50, 0), (50, 100), level=1)
    ramp = street((50, 100), (100, 100), (100, 0))
    assert walking_m([below, bridge], at(50, -100), [at(0, 0)]) == [None]
    assert walking_m([below, bridge, ramp], at(50, -100), [at(0, 0)]) == pytest.approx([450], abs=0.5)


def test_a_point_far_from_every_street_is_on_none() -> None:
    assert walking_m([street((0, 0), (100, 0))], at(0, 250), [at(50, 0)]) == [None]
    assert walking_m([street((0, 0), (100, 0))], at(0, 0), [at(50, 250)]) == [None]


@given(st.floats(0, 400), st.floats(0, 400), st.floats(-50, 50), st.floats(-50, 50))
def test_a_way_is_the_same_both_ways_and_never_shorter_than_straight(
    a: float, b: float, up: float, down: float
) -> None:
    streets = [street((0, 0), (200, 0), (400, 0)), street((200, 0), (200, 100), (400, 100))]
    one, other = at(a, up), at(b, down)
    there, back = walking_m(streets, one, [other])[0], walking_m(streets, other, [one])[0]
    assert there is not None and there == pytest.approx(back, abs=0.5)
    straight = math.hypot((one[0] - other[0]) * EAST, (one[1] - other[1]) * NORTH)
    assert there >= straight - 0.5

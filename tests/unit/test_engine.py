"""The engine under skeletons and benchmarks: rounds, groups, prizes, starts, and what cannot be done."""

from __future__ import annotations

import numpy as np
import pytest

from geo.patrol.solve.engine import Crew, Model, Work, find_rounds, settled

LINE = np.abs(np.arange(5)[:, None] - np.arange(5)[None]).astype(np.int64)
"""Five places one apart; crews stand at 0."""


def model(
    *works: Work, crews: tuple[Crew, ...] = (Crew(0, 0, distance_cost=1),), groups: tuple[bool, ...] = ()
) -> Model:
    return Model(works, crews, (LINE,), (LINE,), groups)


def test_a_prize_smaller_than_its_ride_is_left_and_required_work_is_done() -> None:
    some = model(Work(1, prize=100), Work(2, required=True), Work(4, prize=3))
    found = find_rounds(some, 1, settled(50, 20))
    assert found is not None
    assert sorted(found[0][1]) == [0, 1]


def test_of_a_group_one_way_is_done() -> None:
    some = model(Work(1, prize=50, group=0), Work(4, prize=50, group=0), groups=(True,))
    assert find_rounds(some, 1, settled(50, 20)) == [(0, (0,))]


def test_windows_capacity_and_the_end_of_the_day_hold() -> None:
    crew = Crew(0, 0, high=8, capacity=(1,), count=2, distance_cost=1)
    both = (Work(2, low=5, high=6, load=(1,), required=True), Work(3, load=(1,), required=True))
    found = find_rounds(model(*both, crews=(crew,)), 1, settled(50, 20))
    assert found is not None
    assert sorted(found) == [(0, (0,)), (0, (1,))]
    alone = Crew(0, 0, high=8, capacity=(1,), distance_cost=1)
    assert find_rounds(model(*both, crews=(alone,)), 1, settled(50, 20)) is None


def test_a_search_goes_on_from_the_rounds_it_is_given() -> None:
    some = model(Work(1, required=True), Work(2, required=True))
    assert find_rounds(some, 1, settled(1, 1), [(0, [1, 0])]) is not None


@pytest.mark.parametrize(("groups", "answer"), [((), []), ((True,), None), ((False,), [])])
def test_nothing_to_do_is_an_answer_unless_something_was_promised(
    groups: tuple[bool, ...], answer: list[int] | None
) -> None:
    assert find_rounds(model(groups=groups), 1, settled(1, 1)) == answer

"""Rounds found part by part: never against the rules, never dearer than before, the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo.patrol.arcs.budget import Iterations
from geo.patrol.solve import parts
from geo.patrol.solve.engine import Crew, Model, Round, Work, find_rounds, rounds_cost, settled
from geo.patrol.solve.parts import fewest, find_rounds_by_parts


def town(seed: int, works: int, capacity: int = 12, count: int = 20, prizes: bool = False) -> Model:
    """Works at random places around a depot, each with a load of 1 to 5; every third has a prize if ``prizes``."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 1000, (works + 1, 2))
    ride = np.abs(xy[:, None] - xy[None]).sum(axis=2)
    loads = rng.integers(1, 6, works).tolist()
    return Model(
        tuple(
            Work(i + 1, load=(loads[i],), prize=300 if prizes and i % 3 == 0 else 0, required=not prizes or i % 3 > 0)
            for i in range(works)
        ),
        (Crew(0, 0, capacity=(capacity,), count=count, distance_cost=1),),
        (ride,),
        (ride,),
    )


def check(model: Model, rounds: list[Round]) -> None:
    """Required work once, other work at most once; crews, capacity and exclusion kept."""
    done = [work for _, route in rounds for work in route]
    assert len(done) == len(set(done))
    assert {i for i, work in enumerate(model.works) if work.required} <= set(done)
    for crew, route in rounds:
        assert sum(model.works[work].load[0] for work in route) <= model.crews[crew].capacity[0]
    for number, crew_ in enumerate(model.crews):
        assert sum(one == number for one, _ in rounds) <= crew_.count
    groups = [group for work in done if (group := model.works[work].group) is not None]
    assert len(groups) == len(set(groups))
    assert {i for i, needed in enumerate(model.groups) if needed} <= set(groups)


@pytest.mark.parametrize("prizes", [False, True])
def test_parts_make_a_short_search_better(prizes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "WHOLE", 0.05)
    monkeypatch.setattr(parts, "WORKS", 25)
    monkeypatch.setattr(parts, "ITERATIONS", 40)
    model = town(2, 60, count=30, prizes=prizes)
    found = find_rounds_by_parts(model, 7, Iterations(400))
    first = find_rounds(model, 7, settled(20, 20))
    assert found is not None
    assert first is not None
    check(model, found)
    assert rounds_cost(model, found) < rounds_cost(model, first)
    assert find_rounds_by_parts(model, 7, Iterations(400)) == found


def test_a_part_keeps_groups_crews_and_work_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "WORKS", 8)
    monkeypatch.setattr(parts, "ITERATIONS", 20)
    rng = np.random.default_rng(3)
    xy = rng.integers(0, 500, (42, 2))
    ride = np.abs(xy[:, None] - xy[None]).sum(axis=2)
    works = tuple(Work(2 + i, load=(1,), prize=120, group=i // 2) for i in range(40))
    crews = tuple(Crew(place, place, capacity=(4,), count=2, profile=place, distance_cost=1) for place in (0, 1))
    slow = ride * 2
    model = Model(works, crews, (ride, slow), (ride, slow), tuple(i < 8 for i in range(20)))
    found = find_rounds_by_parts(model, 2, Iterations(300))
    assert found is not None
    check(model, found)


def test_one_round_fewer_is_tried_where_the_loads_allow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    model = town(5, 6, capacity=30)
    answers: list[list[Round]] = [[(0, (0, 1, 2)), (0, (3, 4, 5))]]
    asked: list[int] = []

    def find(one: Model, seed: int, stop: Any) -> list[Round] | None:
        asked.append(one.crews[0].count)
        return answers.pop() if answers else find_rounds(one, seed, stop)

    monkeypatch.setattr(parts, "find_rounds", find)
    found = find_rounds_by_parts(model, 1, Iterations(100))
    assert fewest(model) == 1
    assert asked[:2] == [20, 1]
    assert found is not None
    assert len(found) == 1
    check(model, found)


def test_loads_need_no_rounds_where_work_may_be_left_out_or_crews_differ() -> None:
    assert fewest(town(5, 30)) > 1
    assert fewest(town(5, 30, prizes=True)) == 0
    assert fewest(Model(town(5, 3).works, (Crew(0, 0), Crew(0, 0)), (), ())) == 0


def test_what_cannot_be_done_has_no_answer_and_nothing_needs_none() -> None:
    assert find_rounds_by_parts(town(1, 10, count=1), 1, Iterations(60)) is None
    assert find_rounds_by_parts(Model((), (), (), ()), 1, Iterations(10)) == []

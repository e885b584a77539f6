"""Rounds found part by part: neighbouring rounds are found again from nothing, and kept where they cost less.

A search over everything settles where every way out leads through many worse answers; the same search over five rounds
and fifty works is through in half a second, and begun afresh it seldom settles in the same place twice.

Taillard & Voss (2002), POPMUSIC: partial optimization metaheuristic under special intensification conditions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Final

import numpy as np

from geo.patrol.arcs.budget import Budget
from geo.patrol.solve.engine import Ints, Model, Round, find_rounds, rounds_cost

WHOLE: Final = 0.25
"""Share of the budget for a search over everything, before parts are looked at."""

WORKS: Final = 60
"""Works in a part at most, unless two rounds hold more."""

LEFT: Final = 10
"""Works of no round that are offered to a part at most, the nearest ones."""

ITERATIONS: Final = 500
"""Of the search for a part; some longer ones do not find what many short ones do."""


def find_rounds_by_parts(model: Model, seed: int, budget: Budget) -> list[Round] | None:
    """Rounds of the least cost found; for tens of rounds better than one search of the same length.

    Parameters
    ----------
    model
        What to do and who may.
    seed
        Seed of the search, ≥ 0.
    budget
        How long to search. With a count of iterations the answer is the same on any machine.

    Returns
    -------
    list or None
        As :func:`geo.patrol.solve.engine.find_rounds`.

    Notes
    -----
    Where the rounds found are one more than the loads need, one fewer is tried as well: no small step empties a round.
    """
    clock = _Clock(budget)
    rounds = find_rounds(model, seed, clock.until(WHOLE))
    if not model.works or not model.crews:
        return rounds
    if rounds is None:
        return find_rounds(model, seed, clock.until(1.0))
    if len(rounds) == fewest(model) + 1:
        tight = replace(model, crews=(replace(model.crews[0], count=len(rounds) - 1),))
        fewer = find_rounds(tight, seed, clock.until(2 * WHOLE))
        if fewer is not None and rounds_cost(model, fewer) < rounds_cost(model, rounds):
            model, rounds = tight, fewer
    chance = random.Random(seed)
    apart = _apart(model)
    while clock.spent < 1:
        works, chosen = _part(model, rounds, apart, chance.randrange(len(model.works)))
        part, crews, now = _cut(model, rounds, works, chosen)
        found = find_rounds(part, chance.randrange(1 << 30), clock.after(ITERATIONS))
        if found is not None and rounds_cost(part, found) < rounds_cost(part, now):
            rounds = [one for number, one in enumerate(rounds) if number not in chosen]
            rounds += [(crews[crew], tuple(works[work] for work in route)) for crew, route in found]
    return rounds


def fewest(model: Model) -> int:
    """How many rounds the loads need; 0 if crews differ, work may be left out, or nothing is loaded.

    Examples
    --------
    >>> from geo.patrol.solve.engine import Crew, Work
    >>> three = tuple(Work(1, load=(4,), required=True) for _ in range(3))
    >>> fewest(Model(three, (Crew(0, 0, capacity=(10,), count=3),), (), ()))
    2
    """
    if len(model.crews) != 1 or not all(work.required for work in model.works):
        return 0
    loads = [sum(work.load[kind] for work in model.works) for kind in range(len(model.crews[0].capacity))]
    return max((-(-load // max(most, 1)) for load, most in zip(loads, model.crews[0].capacity, strict=True)), default=0)


class _Clock:
    """Counts the iterations of all searches and asks the budget after each."""

    def __init__(self, budget: Budget) -> None:
        self.budget, self.done, self.spent = budget, 0, budget.spent(0)

    def tick(self) -> int:
        """Count one iteration; returns how many there were."""
        self.done += 1
        self.spent = self.budget.spent(self.done)
        return self.done

    def until(self, share: float) -> _Stop:
        """Ends a search when that share of the budget is spent."""
        return _Stop(self, share, None)

    def after(self, iterations: int) -> _Stop:
        """Ends a search after so many iterations, or with the budget."""
        return _Stop(self, 1.0, self.done + iterations)


class _Stop:
    """Ends one search."""

    def __init__(self, clock: _Clock, share: float, last: int | None) -> None:
        self.clock, self.share, self.last = clock, share, last

    def __call__(self, best_cost: float) -> bool:
        """Asked once before each iteration."""
        del best_cost
        done = self.clock.tick()
        return self.clock.spent >= self.share or (self.last is not None and done > self.last)


def _apart(model: Model) -> Ints:
    """There and back between the locations, however one goes."""
    one_way = reduce(np.minimum, model.distance)
    return np.asarray(one_way + one_way.T)


def _part(model: Model, rounds: Sequence[Round], apart: Ints, middle: int) -> tuple[list[int], list[int]]:
    """Works around one in the middle, whole rounds and whole groups of them, and the numbers of those rounds."""
    places = np.array([work.location for work in model.works])
    near = np.argsort(apart[places[middle], places], kind="stable").tolist()
    round_of = {work: number for number, (_, route) in enumerate(rounds) for work in route}
    served = {model.works[work].group for work in round_of} - {None}
    count = 0
    chosen: list[int] = []
    left: list[int] = []
    for work in near:
        number = round_of.get(work)
        if number is None:
            if model.works[work].group not in served and len(left) < LEFT:
                left.append(work)
        elif number not in chosen:
            if len(chosen) > 1 and count + len(rounds[number][1]) > WORKS:
                break
            chosen.append(number)
            count += len(rounds[number][1])
    seeds = {*left, *(work for number in chosen for work in rounds[number][1])}
    groups = {model.works[work].group for work in seeds} - {None}
    works = [i for i, work in enumerate(model.works) if i in seeds or work.group in groups]
    return works, chosen


def _cut(
    model: Model, rounds: Sequence[Round], works: Sequence[int], chosen: Sequence[int]
) -> tuple[Model, list[int], list[Round]]:
    """The part as a model of its own, its crews' numbers in the whole model, and its rounds as they are."""
    busy = [0] * len(model.crews)
    for crew, _ in rounds:
        busy[crew] += 1
    counts = [min(1, crew.count - number) for crew, number in zip(model.crews, busy, strict=True)]
    for number in chosen:
        counts[rounds[number][0]] += 1
    crews = [crew for crew, count in enumerate(counts) if count > 0]
    ends = [place for crew in crews for place in (model.crews[crew].start, model.crews[crew].end)]
    places = sorted({*ends, *(model.works[work].location for work in works)})
    place_of = {place: number for number, place in enumerate(places)}
    groups = sorted({group for work in works if (group := model.works[work].group) is not None})
    group_of = {group: number for number, group in enumerate(groups)}
    part = Model(
        works=tuple(
            replace(one, location=place_of[one.location], group=None if one.group is None else group_of[one.group])
            for one in (model.works[work] for work in works)
        ),
        crews=tuple(
            replace(one, start=place_of[one.start], end=place_of[one.end], count=counts[crew])
            for crew, one in ((crew, model.crews[crew]) for crew in crews)
        ),
        distance=tuple(table[np.ix_(places, places)] for table in model.distance),
        duration=tuple(table[np.ix_(places, places)] for table in model.duration),
        groups=tuple(model.groups[group] for group in groups),
    )
    work_of = {work: number for number, work in enumerate(works)}
    now = [(crews.index(crew), tuple(work_of[work] for work in route)) for crew, route in (rounds[i] for i in chosen)]
    return part, crews, now

"""What one more officer, licence or vehicle buys, and who had better stand at a fixed post than move (D13).

Each answer is a plan made anew with the same seed and budget, so the gain is the plan's own figure and not a guess;
differences below what another seed changes are noise, which is why the spread over seeds is told beside them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from geo.patrol.passing.found import Passed
from geo.patrol.problem import Person, Plan, Problem, Stop, Vehicle
from geo.patrol.value import PPM, kept_away, minute_of, plan_value, stays_of

More = Literal["auxiliary", "regular", "licensed", "licence", "ebike", "car"]

MORE: Final[tuple[More, ...]] = ("auxiliary", "regular", "licensed", "licence", "ebike", "car")
NEW_ID: Final = 1 << 40
"""Ids of people and vehicles that do not exist lie above every row's."""

QUARTER_S: Final = 900
SEATS: Final = {"car": 5, "ebike": 1}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan comes to: violation-minutes suppressed (thousandths), promises kept, stops served."""

    value: int
    promises: int
    served: int


@dataclass(frozen=True, slots=True)
class Gain:
    """What one more (or one fewer at a post) changes in each figure; ``spread`` is the value's range over the seeds."""

    what: str
    value: int
    promises: int
    served: int
    spread: int


Build = Callable[[Sequence[Person], Sequence[Vehicle]], Problem]
"""A shift's problem for these people and vehicles, all else the same."""

Solve = Callable[[Problem, int], Passed]
"""A plan by a seed, with the problem in which what teams ride along anyway is passed."""


def figures_of(found: Passed) -> Figures:
    """A plan's figures, exact whole numbers; rests are not among them, since every team brings its own.

    What is passed on the way is served; a trail that is cut counts once, if all of it is.
    """
    done, stops = found.done(), found.problem.stops
    keys = {found.whole(number): number for number, stop in enumerate(stops) if stop.kind != "break"}
    broken = {found.whole(number) for number in found.plan.broken}
    served = [(key, number) for key, number in keys.items() if key in done]
    kept = sum(stops[number].required and key not in broken for key, number in served)
    return Figures(plan_value(found.problem, found.plan), kept, len(served))


def mean_figures(plans: Sequence[Passed]) -> Figures:
    """Means over one plan or more, each rounded half up."""
    found = [figures_of(one) for one in plans]
    names = ("value", "promises", "served")
    return Figures(*(_half_up(sum(getattr(one, name) for one in found), len(found)) for name in names))


def _half_up(total: int, count: int) -> int:
    return (2 * total + count) // (2 * count)


def worth_of_one_more(
    people: Sequence[Person],
    vehicles: Sequence[Vehicle],
    on: dt.date,
    build: Build,
    solve: Solve,
    *,
    more: Sequence[More] = MORE,
    seeds: Sequence[int] = (1, 2),
) -> list[Gain]:
    """What each kind of one more would add to the shift.

    Parameters
    ----------
    people, vehicles
        On duty and free.
    on
        The day, on which a new licence is valid.
    build, solve
        How the shift is put together and planned.
    more
        What to try: an auxiliary, a regular without a licence, one with, a licence for a regular who has none, an
        e-bike, a car.
    seeds
        Gains are means over them, rounded half up.

    Returns
    -------
    list of Gain
        In the order asked; a licence is left out where every regular has one.
    """
    before = [_solved(build(people, vehicles), solve, seed) for seed in seeds]
    gains = []
    for what in more:
        changed = _with_one_more(people, vehicles, on, what)
        if changed is not None:
            problem = build(*changed)
            gains.append(_gain(what, before, [_solved(problem, solve, seed) for seed in seeds]))
    return gains


def _with_one_more(
    people: Sequence[Person], vehicles: Sequence[Vehicle], on: dt.date, what: More
) -> tuple[Sequence[Person], Sequence[Vehicle]] | None:
    if what in ("ebike", "car"):
        return people, [*vehicles, Vehicle(NEW_ID, f"~{what}", what, SEATS[what])]
    if what in ("auxiliary", "regular"):
        return [*people, Person(NEW_ID, f"~{what}", what)], vehicles
    if what == "licensed":
        return [*people, Person(NEW_ID, f"~{what}", "regular", licence_from_on=on, licence_to_on=on)], vehicles
    without = [person for person in people if person.kind == "regular" and not person.licensed(on)]
    if not without:
        return None
    first = min(without, key=lambda person: person.code)
    licensed = replace(first, licence_from_on=on, licence_to_on=on)
    return [licensed if person.id == first.id else person for person in people], vehicles


def _solved(problem: Problem, solve: Solve, seed: int) -> Figures:
    return figures_of(solve(problem, seed))


def _gain(what: str, before: Sequence[Figures], after: Sequence[Figures]) -> Gain:
    def mean(name: str) -> int:
        total: int = sum(getattr(b, name) - getattr(a, name) for a, b in zip(before, after, strict=True))
        return _half_up(total, len(before))

    values = [b.value - a.value for a, b in zip(before, after, strict=True)]
    return Gain(what, mean("value"), mean("promises"), mean("served"), max(values) - min(values))


@dataclass(frozen=True, slots=True)
class PostAdvice:
    """A place that would rather be stood at than visited: from when to when, and what it gains and costs elsewhere.

    ``kept_away`` are the thousandth-violation-minutes that standing there suppresses, ``visited`` what the plan's
    visits suppress there now, ``given_up`` what the person's share of moving suppresses in the same minutes.
    """

    key: str
    name: str
    from_s: int
    to_s: int
    kept_away: int
    visited: int
    given_up: int

    @property
    def gain(self) -> int:
        """More than 0: the post is worth a person."""
        return self.kept_away - self.visited - self.given_up


def advise_posts(problem: Problem, plan: Plan, staff: int, shortest_s: int = 3600) -> list[PostAdvice]:
    """Which zones get a fixed post and when, one person each, and which stay mobile.

    Parameters
    ----------
    problem, plan
        The shift, and the plan by which everybody moves.
    staff
        People on duty.
    shortest_s
        A post shorter than this is none.

    Returns
    -------
    list of PostAdvice
        The best span of each zone, best gain first; only the first ``staff`` // 4 with a gain above 0 should be posts,
        since a person taken from movement costs the more the fewer are left. Empty without zones.

    Notes
    -----
    Standing at a place suppresses all that is active there (:mod:`geo.patrol.value`). Leaving a team costs its share of
    the plan's value in those minutes; both are first-order figures: plan the shift with the post to have the true one.
    """

    a_minute = plan_value(problem, plan) / max(1, problem.shift_s // 60) / max(1, staff)
    stays = stays_of(problem, plan)
    found = []
    for number, stop in enumerate(problem.stops):
        if stop.recurrence is not None:
            spans = _spans(stop.windows, shortest_s)
            active, away = stop.recurrence.per_minute, kept_away(stop.recurrence, stays[number])
            advices = [_advise(stop, active, away, low, high, a_minute) for low, high in spans]
            found += [max(advices, key=lambda one: (one.gain, -one.from_s, -one.to_s))] if advices else []
    return sorted(found, key=lambda one: (-one.gain, one.key))


def _spans(windows: Sequence[tuple[int, int]], shortest_s: int) -> list[tuple[int, int]]:
    """Spans within the windows, on quarter hours, at least so long."""
    return [
        (begin, end)
        for low, high in windows
        for begin in range(low, high - shortest_s + 1, QUARTER_S)
        for end in range(begin + shortest_s, high + 1, QUARTER_S)
    ]


def _advise(
    stop: Stop, active: Sequence[int], away: Sequence[int], from_s: int, to_s: int, a_minute: float
) -> PostAdvice:
    minutes = slice(minute_of(from_s), minute_of(to_s))
    visited = sum(share * one for share, one in zip(away[minutes], active[minutes], strict=True)) // PPM
    given_up = round(a_minute * (minutes.stop - minutes.start))
    return PostAdvice(stop.key, stop.name, from_s, to_s, sum(active[minutes]), visited, given_up)

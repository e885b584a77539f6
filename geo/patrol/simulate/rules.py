"""The rules that a dispatcher might follow, simplest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import Plan, Problem, Stop
from geo.patrol.simulate.dispatch import Chance, Field, roll_out
from geo.patrol.simulate.worth import Worth

AGAIN_S: Final = 1_800
"""The nearest neighbour is not gone back to sooner than this."""

BUSY: Final = 0.1
"""A zone is quiet while it has less than this of its busiest minute."""


def everything(stop: Stop) -> bool:
    """All stops."""
    del stop
    return True


def hotspots(stop: Stop) -> bool:
    """Only places where something comes back."""
    return stop.recurrence is not None


def sectors(problem: Problem) -> list[list[int]]:
    """Each team's share of the stops: its own 片区, divided among the teams that serve it by compass direction.

    Returns
    -------
    list
        One per team: stops in order of the angle around the middle of all teams' starts; each stop in exactly one,
        if any team serves it.
    """
    middle = np.mean([team.lonlat for team in problem.teams], axis=0)
    angle = [float(np.arctan2(*(np.array(stop.lonlat) - middle)[::-1])) for stop in problem.stops]
    groups: dict[tuple[int, ...], list[int]] = {}
    for number, stop in enumerate(problem.stops):
        able = tuple(i for i, team in enumerate(problem.teams) if stop.windows and team.serves(stop))
        local = tuple(i for i in able if problem.teams[i].kind == "local") if len(able) > 1 else able
        if able:
            groups.setdefault(able if _all_alike(problem) else (local or able), []).append(number)
    shares: list[list[int]] = [[] for _ in problem.teams]
    for able, stops in sorted(groups.items()):
        stops.sort(key=lambda i: (angle[i], problem.stops[i].key))
        for team, part in zip(able, np.array_split(stops, len(able)), strict=True):
            shares[team] += part.tolist()
    return shares


def _all_alike(problem: Problem) -> bool:
    """Whether every team's ground is the whole town, so that those who roam take a sector like the others."""
    return len({stop.district_code for stop in problem.stops if stop.recurrence}) <= 1


def busy_minutes(problem: Problem, share: float = BUSY) -> list[NDArray[np.bool_] | None]:
    """For each stop, in which minutes it has more than that share of its busiest one; None where nothing varies."""
    found: list[NDArray[np.bool_] | None] = []
    for stop in problem.stops:
        told = stop.recurrence
        level = np.array(told.per_minute) if told else np.zeros(0)
        found.append(level > share * level.max() if len(level) else None)
    return found


def nearest_neighbour(problem: Problem) -> Plan:
    """Always on to the nearest place of one's own sector that was not visited in the last half hour."""
    own = [set(share) for share in sectors(problem)]

    def rule(known: Field, team: int, chances: Sequence[Chance]) -> Chance | None:
        mine = [one for one in chances if one.stop in own[team] and one.begin_s - known.left_s[one.stop] >= AGAIN_S]
        return min(mine, key=lambda one: (one.begin_s - known.now_s[team], one.stop, one.option), default=None)

    return roll_out(problem, rule, everything)


def uniform_random(problem: Problem, seed: int) -> Plan:
    """On to any place, all alike likely."""
    rng = np.random.default_rng([seed, 2])

    def rule(known: Field, team: int, chances: Sequence[Chance]) -> Chance | None:
        del known, team
        return chances[int(rng.integers(len(chances)))]

    return roll_out(problem, rule, everything)


def idleness_greedy(problem: Problem) -> Plan:
    """On to the place that has waited longest for the way there (Machado et al. 2002, conscientious reactive)."""

    def rule(known: Field, team: int, chances: Sequence[Chance]) -> Chance | None:
        now = known.now_s[team]
        free = [one for one in chances if known.claimed_s[one.stop] < now]

        def waited(one: Chance) -> float:
            since = max(known.left_s[one.stop], 0.0)
            return (one.begin_s - since) / max(one.leave_s - now, 1)

        return max(free, key=lambda one: (waited(one), -one.stop), default=None)

    return roll_out(problem, rule, everything)


def myopic_greedy(problem: Problem) -> Plan:
    """On to where most is saved a minute, ride and stay counted; passes, caps and coverage are nobody's affair.

    The strongest rule here: it knows exactly what the planner was told, only not beyond the next visit.
    """
    worth = Worth(problem)

    def rule(known: Field, team: int, chances: Sequence[Chance]) -> Chance | None:
        now = known.now_s[team]
        number = {stop: i for i, stop in enumerate(known.zones)}
        free = [one for one in chances if known.claimed_s[one.stop] < one.arrive_s and one.stop in number]
        if not free:
            return None
        gain = worth.gain(
            np.array([number[one.stop] for one in free]),
            np.array([one.begin_s for one in free], dtype=float),
            np.array([one.leave_s for one in free], dtype=float),
            np.array([known.left_s[one.stop] for one in free]),
        )
        rate = gain / np.array([max(one.leave_s - now, 1) for one in free])
        return free[int(rate.argmax())] if rate.max() > 0 else None

    return roll_out(problem, rule, hotspots)

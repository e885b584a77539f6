"""Annealing that stays near a plan people already hold in hand, compiled. Import it inside functions only.

The moves, the rules and the objective are those of :mod:`geo.patrol.solve.anneal`; besides, no more visits may go to
another team or another time than a limit, and each that does costs a little. Which visits are where the squad expects
them is counted as :func:`geo.patrol.replan.differences.differences` counts it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from geo.patrol.problem import Problem
from geo.patrol.replan.carry import Planned
from geo.patrol.replan.differences import SAME_S
from geo.patrol.replan.full_days import propose
from geo.patrol.solve import moves
from geo.patrol.solve.anneal import A_SECOND, DEAREST, OFTEN_LOOKED, better, remember
from geo.patrol.solve.change import accept, weigh
from geo.patrol.solve.compiled import compiled, inner
from geo.patrol.solve.tables import BEG, FULLEST, SEQ, SIZE, WHO, Ints, N

TEAM_SAME, TEAM_OLD = 0, 1

CHANGED = 8
"""A change brings no more visits back to where they were than about so many; drafts that lose more are left at once."""


class Held(NamedTuple):
    """The plan in hand.

    ``old`` (k, l, 2): stop and begin of each team's visits to come that count, in order of begin. ``team`` (k, 2): how
    many of them are the same now, and how many there are. ``used`` (l,): room for counting. ``limit`` (2,): most that
    may be other, and how many are other now.
    """

    old: Ints
    team: Ints
    used: Ints
    limit: Ints


def hold(
    problem: Problem, before: Mapping[str, Sequence[Planned]], now_s: int, ignored: frozenset[str], most: int
) -> Held:
    """The visits to come of a plan, by team; ``most`` in thousandths of all of them, those of missing teams too."""
    numbers = {stop.key: number for number, stop in enumerate(problem.stops)}
    old = np.full((len(problem.teams), FULLEST, 2), -1, dtype=np.int64)
    team = np.zeros((len(problem.teams), 2), dtype=np.int64)
    coming = {
        code: sorted((v.begin_s, v.key) for v in day if v.begin_s >= now_s and v.key not in ignored)
        for code, day in before.items()
    }
    for number, one in enumerate(problem.teams):
        for at, (begin_s, key) in enumerate(coming.get(one.code, ())):
            old[number, at] = numbers.get(key, -1), begin_s
        team[number, TEAM_OLD] = len(coming.get(one.code, ()))
    total = sum(map(len, coming.values()))
    limit = np.array([(most * total + total - 1) // 1000, total], dtype=np.int64)
    return Held(old, team, np.zeros(FULLEST, dtype=np.int64), limit)


@inner
def _same(g: Any, held: Any, team: int, day: Any, n: int) -> int:
    """How many of a team's old visits are in a day within a quarter of an hour of their time."""
    for i in range(n):
        held.used[i] = 0
    same = 0
    for o in range(held.team[team, TEAM_OLD]):
        stop, begin = held.old[team, o, 0], held.old[team, o, 1]
        near, at = SAME_S + 1, -1
        for i in range(n):
            if day[i, BEG] > begin + SAME_S:
                break
            if held.used[i] == 0 and g.stop_of[day[i, SEQ]] == stop and abs(day[i, BEG] - begin) < near:
                near, at = abs(day[i, BEG] - begin), i
        if at >= 0:
            held.used[at] = 1
            same += 1
    return same


@compiled
def count_all(g: Any, st: Any, held: Any) -> None:
    """Count anew."""
    held.limit[1] += held.team[:, TEAM_SAME].sum()
    for team in range(len(st.size)):
        held.team[team, TEAM_SAME] = _same(g, held, team, st.day[team], st.size[team, N])
    held.limit[1] -= held.team[:, TEAM_SAME].sum()


@compiled
def anneal_nearby(
    g: Any,
    st: Any,
    d: Any,
    best: Any,
    rng: Any,
    key: Any,
    fines: Any,
    held: Any,
    begun: int,
    steps: int,
    of: int,
    heat: Any,
) -> None:
    """As :func:`geo.patrol.solve.anneal.anneal`, near a plan that is held.

    ``heat`` (3,): temperature at the beginning and the end, and what it costs that a visit is not where it was,
    thousandths of a violation-minute. A plan that is beyond the limit already may only come nearer.
    """
    hot, cold, price = heat[0], heat[1], heat[2]
    by = np.zeros(4, dtype=np.int64)
    ratio = math.log(cold / hot)
    now = np.zeros(2, dtype=np.int64)
    for step in range(begun, begun + steps):
        if step % OFTEN_LOOKED == 0:
            for f in range(2):
                broken = key[1] if f == 0 else key[0]
                fines[f] = (
                    min(fines[f] * 1.2, DEAREST * fines[f + 2]) if broken > 0 else max(fines[f] * 0.9, fines[f + 2])
                )
        count = propose(g, st, d, rng)
        if count == 0 or not weigh(g, st, d, count, by):
            continue
        gain = by[2] * 1e-6 - fines[0] * by[1] - fines[1] * by[0] - A_SECOND * by[3]
        least = hot * math.exp(ratio * step / of) * math.log(moves.unit(rng))
        if gain < least - price * CHANGED:
            continue
        other = 0
        for c in range(count):
            team = d.head[c, WHO]
            now[c] = _same(g, held, team, d.day[c], d.head[c, SIZE])
            other += held.team[team, TEAM_SAME] - now[c]
        if gain - price * other < least or (other > 0 and held.limit[1] + other > held.limit[0]):
            continue
        accept(g, st, d, count)
        held.limit[1] += other
        for c in range(count):
            held.team[d.head[c, WHO], TEAM_SAME] = now[c]
        for a in range(4):
            key[a] += by[a]
        if better(key, best.key):
            remember(st, best, key)

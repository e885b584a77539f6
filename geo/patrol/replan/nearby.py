"""Annealing that stays near a plan people already hold in hand, compiled. Import it inside functions only.

The rules and the objective are those of :mod:`geo.patrol.solve.anneal`; besides, no more visits may go to another team
or another time than a limit. Each that does costs something: more while the limit is passed, less while it is not, so
that the search goes to and fro across it (strategic oscillation, Glover 1986) and is not stuck with the first visits
that moved; only plans within the limit are remembered. Which visits are where the squad expects them is counted as
:func:`geo.patrol.replan.differences.differences` counts it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from geo.patrol.problem import Problem
from geo.patrol.replan.carry import Planned
from geo.patrol.replan.differences import SAME_S
from geo.patrol.solve import moves
from geo.patrol.solve.anneal import A_SECOND, DEAREST, OFTEN_LOOKED, better, propose, remember
from geo.patrol.solve.change import accept, sketch
from geo.patrol.solve.compiled import compiled, inner
from geo.patrol.solve.tables import BEG, FROM, FULLEST, READY, SEQ, SIZE, WHO, Ints, N

TEAM_SAME, TEAM_OLD = 0, 1

OFTEN_PRICED, PRICED = 500, 0.1
"""Steps between two looks at the limit, and by what share a move then costs more or less."""

CHANGED = 8
"""A change brings no more visits back to where they were than about so many; drafts that lose more are left at once."""


class Held(NamedTuple):
    """The plan in hand.

    ``old`` (k, l, 2): stop and begin of each team's visits to come that count, in order of begin. ``team`` (k, 2): how
    many of them are the same now, and how many there are. ``used`` (l,) and ``now`` (2,): room for counting. ``limit``
    (3,): most that may be other, how many are other now, and most that are in a plan worth remembering: the limit, or
    where even the least repair passes it, the fewest met.
    """

    old: Ints
    team: Ints
    used: Ints
    now: Ints
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
    limit = np.array([(most * total + total - 1) // 1000, total, total], dtype=np.int64)
    return Held(old, team, np.zeros(FULLEST, dtype=np.int64), np.zeros(2, dtype=np.int64), limit)


@inner
def _same(g: Any, st: Any, held: Any, team: int, day: Any, first: int, n: int) -> int:
    """How many of a team's old visits are in a day within a quarter of an hour of their time.

    Of the day only the rows from ``first`` on are given; those before are the team's.
    """
    low = 0
    while low < first and st.day[team, low, BEG] < g.team[team, READY]:
        low += 1
    for i in range(low, n):
        held.used[i] = 0
    same = 0
    for o in range(held.team[team, TEAM_OLD]):
        stop, begin = held.old[team, o, 0], held.old[team, o, 1]
        near, at = SAME_S + 1, -1
        for i in range(low, n):
            node, at_s = (st.day[team, i, SEQ], st.day[team, i, BEG]) if i < first else (day[i, SEQ], day[i, BEG])
            if at_s > begin + SAME_S:
                break
            if held.used[i] == 0 and g.stop_of[node] == stop and abs(at_s - begin) < near:
                near, at = abs(at_s - begin), i
        if at >= 0:
            held.used[at] = 1
            same += 1
    return same


@compiled
def count_all(g: Any, st: Any, held: Any) -> None:
    """Count anew."""
    for team in range(len(st.size)):
        held.limit[1] += held.team[team, TEAM_SAME]
        held.team[team, TEAM_SAME] = _same(g, st, held, team, st.day[team], 0, st.size[team, N])
        held.limit[1] -= held.team[team, TEAM_SAME]
    held.limit[2] = max(held.limit[0], held.limit[1])


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
    by: Any,
) -> None:
    """As :func:`geo.patrol.solve.anneal.anneal`, near a plan that is held.

    ``heat`` (5,): temperature at the beginning and the end; what it costs that a visit is not where it was, now
    (changed), at least and at most; thousandths of a violation-minute. ``by`` (4,): room.
    """
    hot, cold = heat[0], heat[1]
    ratio = math.log(cold / hot)
    for step in range(begun, begun + steps):
        if step % OFTEN_LOOKED == 0:
            for f in range(2):
                broken = key[1] if f == 0 else key[0]
                fines[f] = (
                    min(fines[f] * 1.2, DEAREST * fines[f + 2]) if broken > 0 else max(fines[f] * 0.9, fines[f + 2])
                )
        if step % OFTEN_PRICED == 0:
            if held.limit[1] > held.limit[0]:
                heat[2] = min(heat[2] * (1.0 + PRICED), heat[4])
            else:
                heat[2] = max(heat[2] * (1.0 - PRICED), heat[3])
        price = heat[2]
        count = propose(g, st, d, rng, key[0])
        if count == 0 or not sketch(g, st, d, count, by):
            continue
        gain = by[2] * 1e-6 - fines[0] * by[1] - fines[1] * by[0] - A_SECOND * by[3]
        least = hot * math.exp(ratio * step / of) * math.log(moves.unit(rng))
        if gain < least - price * CHANGED:
            continue
        other = 0
        for c in range(count):
            team = d.head[c, WHO]
            held.now[c] = _same(g, st, held, team, d.day[c], d.head[c, FROM], d.head[c, SIZE])
            other += held.team[team, TEAM_SAME] - held.now[c]
        if gain - price * other < least:
            continue
        accept(g, st, d, count)
        held.limit[1] += other
        for c in range(count):
            held.team[d.head[c, WHO], TEAM_SAME] = held.now[c]
        for a in range(4):
            key[a] += by[a]
        fewer = held.limit[1] < held.limit[2] and held.limit[0] < held.limit[2]
        if fewer or (held.limit[1] <= held.limit[2] and better(key, best.key)):
            held.limit[2] = max(held.limit[0], min(held.limit[1], held.limit[2]))
            remember(st, best, key)

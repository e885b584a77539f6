"""Simulated annealing on what a plan is worth, compiled. Import it inside functions only: numba is heavy.

It keeps every rule at every step (windows, licences, ground, people, spacing, the end of the shift) and never leaves
out what the skeleton holds. Caps of idleness and places that must be visited are worth more than any minute: what
breaks them is fined, ever more while it lasts, and of all plans met the one is kept that breaks least, then is worth
most, then rides least. Source: Kirkpatrick, Gelatt & Vecchi 1983; strategic oscillation of the fines: Glover 1986.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from geo.patrol.solve import moves
from geo.patrol.solve.change import accept, sketch
from geo.patrol.solve.compiled import compiled, inner
from geo.patrol.solve.tables import (
    BEYOND,
    COUNT,
    FIXED,
    FULLEST,
    NEED,
    REL,
    RIDE,
    SEQ,
    WORTH,
    Ground,
    Ints,
    N,
    State,
)  # fmt: skip

A_SECOND = 0.2
"""Thousandths of a violation-minute a second of riding costs: next to nothing, but less is better."""

OFTEN_LOOKED = 2_000
"""Steps between two looks at the fines."""

DEAREST = 1e4


class Best(NamedTuple):
    """The best plan met.

    ``day`` (k, l, 2): nodes and earliest begins; ``n`` (k,): visits; ``key`` (4,): places not visited that must be,
    seconds beyond caps, worth (thousandths times a million), riding.
    """

    day: Ints
    n: Ints
    key: Ints


def empty_best(g: Ground) -> Best:
    """None met yet."""
    worst = np.array([1 << 40, 1 << 60, -1, 0], dtype=np.int64)
    return Best(np.zeros((len(g.team), FULLEST, 2), dtype=np.int64), np.zeros(len(g.team), dtype=np.int64), worst)


def key_of(g: Ground, st: State) -> Ints:
    """The figures a plan is judged by, as in :class:`Best`."""
    missing = int(((g.zone[:, NEED] == 1) & (st.place[:, COUNT] == 0)).sum())
    return np.array(
        [missing, st.place[:, BEYOND].sum(), st.place[:, WORTH].sum(), st.size[:, RIDE].sum()], dtype=np.int64
    )


@inner
def better(one: Any, other: Any) -> bool:
    """Whether a plan of these figures is better."""
    if one[0] != other[0]:
        return one[0] < other[0]
    if one[1] != other[1]:
        return one[1] < other[1]
    if one[2] != other[2]:
        return one[2] > other[2]
    return one[3] < other[3]


@compiled
def remember(st: Any, best: Any, key: Any) -> None:
    """Remember a plan."""
    for a in range(4):
        best.key[a] = key[a]
    for team in range(len(st.size)):
        n = st.size[team, N]
        best.n[team] = n
        for i in range(n):
            best.day[team, i, 0], best.day[team, i, 1] = st.day[team, i, SEQ], st.day[team, i, REL]


@inner
def propose(g: Any, st: Any, d: Any, rng: Any, missing: int) -> int:
    """Draft some change; while places that must be visited are missing, one in eight is for them."""
    team = moves.below(rng, len(st.size))
    if missing > 0 and moves.below(rng, 8) == 0:
        return moves.call(g, st, d, rng, team)
    loose = st.size[team, N] - g.team[team, FIXED]
    what = moves.below(rng, 100)
    if what < 3 or loose == 0:
        return moves.insert(g, st, d, rng, team)
    at = g.team[team, FIXED] + moves.below(rng, loose)
    if what < 12:
        return moves.replace(g, st, d, rng, team, at)
    if what < 40:
        return moves.exchange(g, st, d, rng, team, at)
    if what < 42:
        return moves.remove(g, st, d, team, at)
    if what < 48:
        return moves.shift(st, d, rng, team, at)
    if what < 61:
        return moves.reverse(st, d, rng, team, at)
    if what < 71:
        return moves.move(g, st, d, rng, team, at)
    if what < 76:
        return moves.swap(g, st, d, team, at, g.team[team, FIXED] + moves.below(rng, loose))
    if what < 77:
        return moves.turn(g, st, d, rng, team, at)
    return moves.cross(g, st, d, rng, team, at, moves.below(rng, len(st.size)))


@compiled
def anneal(
    g: Any,
    st: Any,
    d: Any,
    best: Any,
    rng: Any,
    key: Any,
    fines: Any,
    begun: int,
    steps: int,
    of: int,
    hot: float,
    cold: float,
    by: Any,
) -> None:
    """Some steps of an annealing of ``of`` steps, ``begun`` of which are done.

    Parameters
    ----------
    g, st, d, best
        The ground, the plan (changed), room for a change, the best plan met (changed).
    rng
        Shape (1,), uint64, not 0.
    key
        Figures of the plan as in :class:`Best` (changed).
    fines
        Shape (4,): of a second beyond a cap and of a place not visited, now; and the least they may be.
    hot, cold
        Temperature at the beginning and the end, thousandths of a violation-minute.
    by
        Shape (4,): room to weigh in.
    """
    ratio = math.log(cold / hot)
    for step in range(begun, begun + steps):
        if step % OFTEN_LOOKED == 0:
            for f in range(2):
                broken = key[1] if f == 0 else key[0]
                fines[f] = (
                    min(fines[f] * 1.2, DEAREST * fines[f + 2]) if broken > 0 else max(fines[f] * 0.9, fines[f + 2])
                )
        count = propose(g, st, d, rng, key[0])
        if count == 0 or not sketch(g, st, d, count, by):
            continue
        gain = by[2] * 1e-6 - fines[0] * by[1] - fines[1] * by[0] - A_SECOND * by[3]
        if gain < 0.0 and gain < hot * math.exp(ratio * step / of) * math.log(moves.unit(rng)):
            continue
        accept(g, st, d, count)
        for a in range(4):
            key[a] += by[a]
        if better(key, best.key):
            remember(st, best, key)

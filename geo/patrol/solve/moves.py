"""The changes the annealer tries, compiled. Each drafts one or two days and says how many; 0 if it makes no sense.

Visits of places that fill up again come and go; a stop done once is only moved. Import it inside functions only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.patrol.solve.change import take
from geo.patrol.solve.compiled import inner
from geo.patrol.solve.tables import BEG, COUNT, FIRST, FIXED, NEED, PAST, PLACE, REL, SEQ, SIZE, STOP, N

SHIFTED_S = 2400
"""A visit is asked to begin at most so much later than it could."""

SEGMENT = 3
REVERSED = 8
CALLED = 3
"""Most visits that give way at once to a place that must be visited."""


@inner
def below(rng: Any, n: int) -> int:
    """A whole number from 0 to n - 1 (xorshift64*, Vigna 2016)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    drawn: Any = np.int64(((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % np.uint64(n))
    return drawn


@inner
def unit(rng: Any) -> float:
    """A number in (0, 1)."""
    return (below(rng, 1 << 30) + 0.5) / (1 << 30)


@inner
def put_in(d: Any, c: int, at: int, node: int, rel: int) -> None:
    """Put a visit into a drafted day."""
    for i in range(d.head[c, SIZE], at, -1):
        d.day[c, i, SEQ], d.day[c, i, REL] = d.day[c, i - 1, SEQ], d.day[c, i - 1, REL]
    d.day[c, at, SEQ], d.day[c, at, REL] = node, rel
    d.head[c, SIZE] += 1


@inner
def take_out(d: Any, c: int, at: int) -> None:
    """Take a visit out of a drafted day."""
    d.head[c, SIZE] -= 1
    for i in range(at, d.head[c, SIZE]):
        d.day[c, i, SEQ], d.day[c, i, REL] = d.day[c, i + 1, SEQ], d.day[c, i + 1, REL]


@inner
def _way(g: Any, rng: Any, stop: int) -> int:
    """A node of a stop."""
    low, high = g.stop[stop, FIRST], g.stop[stop, PAST]
    return low if high == low + 1 else low + below(rng, high - low)


@inner
def _place(g: Any, st: Any, rng: Any, team: int, at: int) -> int:
    """The node of a place to visit, mostly one near the visit before ``at``; -1 if the team may not."""
    if len(g.zone) == 0:
        return -1
    if below(rng, 4) == 0:
        z = below(rng, len(g.zone))
    else:
        here = g.stop_of[st.day[team, at - 1, SEQ]] if at > 0 else len(g.stop)
        z = g.near[here, below(rng, g.near.shape[1])]
    stop = g.zone[z, STOP]
    return _way(g, rng, stop) if g.may[team, stop] else -1


@inner
def _free(g: Any, st: Any, team: int, at: int) -> bool:
    """Whether the visit may be left out."""
    return g.stop[g.stop_of[st.day[team, at, SEQ]], PLACE] >= 0


@inner
def _begin(st: Any, d: Any, c: int, team: int, first: int) -> None:
    take(st, d, c, team, first)


@inner
def insert(g: Any, st: Any, d: Any, rng: Any, team: int) -> int:
    """One more visit of a place."""
    at = g.team[team, FIXED] + below(rng, st.size[team, N] - g.team[team, FIXED] + 1)
    node = _place(g, st, rng, team, at)
    if node < 0:
        return 0
    _begin(st, d, 0, team, at)
    put_in(d, 0, at, node, 0)
    return 1


@inner
def call(g: Any, st: Any, d: Any, rng: Any, team: int) -> int:
    """A place that must be visited and is not, in the place of none to three visits one after another."""
    zones = len(g.zone)
    first, stop = below(rng, zones), -1
    for z in range(first, first + zones):
        if g.zone[z % zones, NEED] == 1 and st.place[z % zones, COUNT] == 0:
            stop = g.zone[z % zones, STOP]
            break
    if stop < 0 or not g.may[team, stop]:
        return 0
    at = g.team[team, FIXED] + below(rng, st.size[team, N] - g.team[team, FIXED] + 1)
    less = below(rng, CALLED + 1)
    if at + less > st.size[team, N]:
        return 0
    for a in range(less):
        if not _free(g, st, team, at + a):
            return 0
    _begin(st, d, 0, team, at)
    for _ in range(less):
        take_out(d, 0, at)
    put_in(d, 0, at, _way(g, rng, stop), 0)
    return 1


@inner
def remove(g: Any, st: Any, d: Any, team: int, at: int) -> int:
    """One visit of a place less."""
    if not _free(g, st, team, at):
        return 0
    _begin(st, d, 0, team, at)
    take_out(d, 0, at)
    return 1


@inner
def replace(g: Any, st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """Another place instead of this one."""
    node = _place(g, st, rng, team, at)
    if node < 0 or not _free(g, st, team, at):
        return 0
    _begin(st, d, 0, team, at)
    d.day[0, at, SEQ], d.day[0, at, REL] = node, 0
    return 1


@inner
def swap(g: Any, st: Any, d: Any, team: int, at: int, other: int, there: int) -> int:
    """Two visits change places."""
    mine, theirs = g.stop_of[st.day[team, at, SEQ]], g.stop_of[st.day[other, there, SEQ]]
    if mine == theirs or not (g.may[team, theirs] and g.may[other, mine]):
        return 0
    _begin(st, d, 0, team, at if team != other else min(at, there))
    if team == other:
        d.day[0, at, SEQ], d.day[0, there, SEQ] = st.day[team, there, SEQ], st.day[team, at, SEQ]
        d.day[0, at, REL], d.day[0, there, REL] = 0, 0
        return 1
    _begin(st, d, 1, other, there)
    d.day[0, at, SEQ], d.day[0, at, REL] = st.day[other, there, SEQ], 0
    d.day[1, there, SEQ], d.day[1, there, REL] = st.day[team, at, SEQ], 0
    return 2


@inner
def reverse(st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """A stretch of a day the other way round."""
    last = min(at + 1 + below(rng, REVERSED), st.size[team, N] - 1)
    if last <= at:
        return 0
    _begin(st, d, 0, team, at)
    for i in range(at, last + 1):
        d.day[0, i, SEQ], d.day[0, i, REL] = st.day[team, last + at - i, SEQ], 0
    return 1


@inner
def tails(g: Any, st: Any, d: Any, rng: Any, team: int, other: int) -> int:
    """Two days change their ends."""
    if team == other:
        return 0
    i = g.team[team, FIXED] + below(rng, st.size[team, N] - g.team[team, FIXED] + 1)
    j = g.team[other, FIXED] + below(rng, st.size[other, N] - g.team[other, FIXED] + 1)
    mine, theirs = st.size[team, N] - i, st.size[other, N] - j
    if mine + theirs == 0 or i + theirs >= st.day.shape[1] or j + mine >= st.day.shape[1]:
        return 0
    for a in range(mine):
        if not g.may[other, g.stop_of[st.day[team, i + a, SEQ]]]:
            return 0
    for a in range(theirs):
        if not g.may[team, g.stop_of[st.day[other, j + a, SEQ]]]:
            return 0
    _begin(st, d, 0, team, i)
    _begin(st, d, 1, other, j)
    for a in range(theirs):
        d.day[0, i + a, SEQ], d.day[0, i + a, REL] = st.day[other, j + a, SEQ], st.day[other, j + a, REL]
    for a in range(mine):
        d.day[1, j + a, SEQ], d.day[1, j + a, REL] = st.day[team, i + a, SEQ], st.day[team, i + a, REL]
    d.head[0, SIZE], d.head[1, SIZE] = i + theirs, j + mine
    return 2


@inner
def move(g: Any, st: Any, d: Any, rng: Any, team: int, at: int, other: int) -> int:
    """Some visits one after another go elsewhere, in this or another day."""
    length = min(1 + below(rng, SEGMENT), st.size[team, N] - at)
    for a in range(length):
        if not g.may[other, g.stop_of[st.day[team, at + a, SEQ]]]:
            return 0
    keep = below(rng, 2) == 0
    if team == other:
        to = g.team[team, FIXED] + below(rng, st.size[team, N] - length - g.team[team, FIXED] + 1)
        if to == at:
            return 0
        _begin(st, d, 0, team, min(at, to))
        for _ in range(length):
            take_out(d, 0, at)
        for a in range(length):
            put_in(d, 0, to + a, st.day[team, at + a, SEQ], st.day[team, at + a, REL] if keep else 0)
        return 1
    to = g.team[other, FIXED] + below(rng, st.size[other, N] - g.team[other, FIXED] + 1)
    if st.size[other, N] + length >= st.day.shape[1]:
        return 0
    _begin(st, d, 0, team, at)
    for _ in range(length):
        take_out(d, 0, at)
    _begin(st, d, 1, other, to)
    for a in range(length):
        put_in(d, 1, to + a, st.day[team, at + a, SEQ], st.day[team, at + a, REL] if keep else 0)
    return 2


@inner
def elsewhere(g: Any, st: Any, d: Any, rng: Any, team: int, at: int, other: int) -> int:
    """One visit of a place less, and one of another place in another day."""
    if team == other or not _free(g, st, team, at):
        return 0
    to = g.team[other, FIXED] + below(rng, st.size[other, N] - g.team[other, FIXED] + 1)
    node = _place(g, st, rng, other, to)
    if node < 0:
        return 0
    _begin(st, d, 0, team, at)
    take_out(d, 0, at)
    _begin(st, d, 1, other, to)
    put_in(d, 1, to, node, 0)
    return 2


@inner
def shift(st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """A visit waits, less or more, before it begins."""
    _begin(st, d, 0, team, at)
    if st.day[team, at, REL] > 0 and below(rng, 3) == 0:
        d.day[0, at, REL] = 0
    else:
        d.day[0, at, REL] = max(st.day[team, at, BEG] + 60 * (below(rng, SHIFTED_S // 30) - SHIFTED_S // 120), 0)
    return 1


@inner
def turn(g: Any, st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """A stop is done another way."""
    stop = g.stop_of[st.day[team, at, SEQ]]
    if g.stop[stop, PAST] - g.stop[stop, FIRST] < 2:
        return 0
    _begin(st, d, 0, team, at)
    d.day[0, at, SEQ] = _way(g, rng, stop)
    return 1

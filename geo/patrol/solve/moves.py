"""The changes the annealer tries, compiled. Each drafts one or two days and says how many; 0 if it makes no sense.

Visits of places that fill up again come and go; a stop done once is only moved. Most days are full: a further visit
fits nowhere, and two ends of days cut at different hours do not either. So something goes for what comes, in the same
day or in another at the same hour. Import it inside functions only.
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
NEAR_AT = 5
"""Something that comes for what goes is put at most so many visits away from it."""

CALLED = 3
"""Most visits that give way at once to a place that must be visited."""


@inner
def below(rng: Any, n: int) -> int:
    """A whole number from 0 to n - 1, n < 2³¹ (xorshift64*, Vigna 2016; scaled as by Lemire 2019)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    drawn: Any = np.int64((((x * np.uint64(2685821657736338717)) >> np.uint64(33)) * np.uint64(n)) >> np.uint64(31))
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
def _near(g: Any, rng: Any, team: int, here: int) -> int:
    """A node of a place near a stop; -1 if the team may not."""
    stop = g.zone[g.near[here, below(rng, g.near.shape[1])], STOP]
    return _way(g, rng, stop) if g.may[team, stop] else -1


@inner
def _place(g: Any, st: Any, rng: Any, team: int, at: int) -> int:
    """The node of a place to visit, mostly one near the visit before ``at``; -1 if the team may not."""
    if len(g.zone) == 0:
        return -1
    if below(rng, 4) > 0:
        return _near(g, rng, team, g.stop_of[st.day[team, at - 1, SEQ]] if at > 0 else len(g.stop))
    stop = g.zone[below(rng, len(g.zone)), STOP]
    return _way(g, rng, stop) if g.may[team, stop] else -1


@inner
def _free(g: Any, st: Any, team: int, at: int) -> bool:
    """Whether the visit may be left out."""
    return g.stop[g.stop_of[st.day[team, at, SEQ]], PLACE] >= 0


@inner
def insert(g: Any, st: Any, d: Any, rng: Any, team: int) -> int:
    """One more visit of a place."""
    at = g.team[team, FIXED] + below(rng, st.size[team, N] - g.team[team, FIXED] + 1)
    node = _place(g, st, rng, team, at)
    if node < 0:
        return 0
    take(st, d, 0, team, at)
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
    take(st, d, 0, team, at)
    for _ in range(less):
        take_out(d, 0, at)
    put_in(d, 0, at, _way(g, rng, stop), 0)
    return 1


@inner
def remove(g: Any, st: Any, d: Any, team: int, at: int) -> int:
    """One visit of a place less."""
    if not _free(g, st, team, at):
        return 0
    take(st, d, 0, team, at)
    take_out(d, 0, at)
    return 1


@inner
def replace(g: Any, st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """Another place instead of this one."""
    node = _place(g, st, rng, team, at)
    if node < 0 or not _free(g, st, team, at):
        return 0
    take(st, d, 0, team, at)
    d.day[0, at, SEQ], d.day[0, at, REL] = node, 0
    return 1


@inner
def exchange(g: Any, st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """One visit of a place less, and one of another place a few visits before or after."""
    n, fixed = st.size[team, N], g.team[team, FIXED]
    if not _free(g, st, team, at):
        return 0
    to = min(max(at - NEAR_AT + below(rng, 2 * NEAR_AT + 1), fixed), n - 1)
    node = _near(g, rng, team, g.stop_of[st.day[team, to, SEQ]])
    if node < 0:
        return 0
    take(st, d, 0, team, min(at, to))
    take_out(d, 0, at)
    put_in(d, 0, to, node, 0)
    return 1


@inner
def swap(g: Any, st: Any, d: Any, team: int, at: int, there: int) -> int:
    """Two visits of a day change places."""
    if g.stop_of[st.day[team, at, SEQ]] == g.stop_of[st.day[team, there, SEQ]]:
        return 0
    take(st, d, 0, team, min(at, there))
    d.day[0, at, SEQ], d.day[0, there, SEQ] = st.day[team, there, SEQ], st.day[team, at, SEQ]
    d.day[0, at, REL], d.day[0, there, REL] = 0, 0
    return 1


@inner
def move(g: Any, st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """Some visits one after another come sooner or later in their day."""
    length = min(1 + below(rng, SEGMENT), st.size[team, N] - at)
    keep = below(rng, 2) == 0
    to = g.team[team, FIXED] + below(rng, st.size[team, N] - length - g.team[team, FIXED] + 1)
    if to == at:
        return 0
    take(st, d, 0, team, min(at, to))
    for _ in range(length):
        take_out(d, 0, at)
    for a in range(length):
        put_in(d, 0, to + a, st.day[team, at + a, SEQ], st.day[team, at + a, REL] if keep else 0)
    return 1


@inner
def reverse(st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """A stretch of a day the other way round."""
    last = min(at + 1 + below(rng, REVERSED), st.size[team, N] - 1)
    if last <= at:
        return 0
    take(st, d, 0, team, at)
    for i in range(at, last + 1):
        d.day[0, i, SEQ], d.day[0, i, REL] = st.day[team, last + at - i, SEQ], 0
    return 1


@inner
def shift(st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """A visit waits, less or more, before it begins."""
    take(st, d, 0, team, at)
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
    take(st, d, 0, team, at)
    d.day[0, at, SEQ] = _way(g, rng, stop)
    return 1


@inner
def cross(g: Any, st: Any, d: Any, rng: Any, team: int, at: int, other: int) -> int:
    """Two days change a few visits of the same hour, or all from then on."""
    if team == other or len(st.size) < 2:
        return 0
    there = _at_hour(g, st, rng, other, st.day[team, at, BEG])
    mine, theirs = st.size[team, N] - at, st.size[other, N] - there
    if below(rng, 4) > 0:
        mine, theirs = min(below(rng, SEGMENT) + 1, mine), min(below(rng, SEGMENT + 1), theirs)
    if mine + theirs == 0:
        return 0
    for a in range(mine):
        if not g.may[other, g.stop_of[st.day[team, at + a, SEQ]]]:
            return 0
    for a in range(theirs):
        if not g.may[team, g.stop_of[st.day[other, there + a, SEQ]]]:
            return 0
    if st.size[team, N] + theirs >= st.day.shape[1] or st.size[other, N] + mine >= st.day.shape[1]:
        return 0
    take(st, d, 0, team, at)
    take(st, d, 1, other, there)
    _put_for(st, d, 0, at, mine, other, there, theirs)
    _put_for(st, d, 1, there, theirs, team, at, mine)
    return 2


@inner
def _at_hour(g: Any, st: Any, rng: Any, other: int, begin: int) -> Any:
    """A position to come in a day near a second: there, or one before or after."""
    low, high = g.team[other, FIXED], st.size[other, N]
    while low < high:
        middle = (low + high) // 2
        if st.day[other, middle, BEG] < begin:
            low = middle + 1
        else:
            high = middle
    return min(max(low - 1 + below(rng, 3), g.team[other, FIXED]), st.size[other, N])


@inner
def _put_for(st: Any, d: Any, c: int, at: int, out: int, other: int, there: int, count: int) -> None:
    """In a drafted day, visits of another day for some of its own."""
    team_size = d.head[c, SIZE]
    by = count - out
    if by > 0:
        for i in range(team_size - 1, at + out - 1, -1):
            d.day[c, i + by, SEQ], d.day[c, i + by, REL] = d.day[c, i, SEQ], d.day[c, i, REL]
    elif by < 0:
        for i in range(at + out, team_size):
            d.day[c, i + by, SEQ], d.day[c, i + by, REL] = d.day[c, i, SEQ], d.day[c, i, REL]
    for a in range(count):
        d.day[c, at + a, SEQ], d.day[c, at + a, REL] = st.day[other, there + a, SEQ], 0
    d.head[c, SIZE] = team_size + by

"""Changes for days that are full, compiled: something goes for what comes, here or in a day at the same hour.

In a day without room a further visit fits nowhere, and two ends of days cut at different hours do not either: nearly
all such drafts break a rule. Each of these drafts one or two days and says how many, 0 if it makes no sense, as in
:mod:`geo.patrol.solve.moves`. Import it inside functions only.
"""

from __future__ import annotations

from typing import Any

from geo.patrol.solve import moves
from geo.patrol.solve.change import take
from geo.patrol.solve.compiled import inner
from geo.patrol.solve.moves import below, put_in, take_out
from geo.patrol.solve.tables import BEG, FIRST, FIXED, PAST, PLACE, REL, SEQ, SIZE, STOP, N

NEAR_AT = 5
"""Something that comes for what goes is put at most so many visits away from it."""

SEGMENT = 3


@inner
def _begin(st: Any, d: Any, c: int, team: int, first: int) -> None:
    take(st, d, c, team, first)


@inner
def _node(g: Any, rng: Any, stop: int) -> Any:
    low, high = g.stop[stop, FIRST], g.stop[stop, PAST]
    return low if high == low + 1 else low + below(rng, high - low)


@inner
def _near(g: Any, st: Any, rng: Any, team: int, at: int) -> int:
    """A way of a place near the visit at a position, that the team may do; -1 without."""
    z = g.near[g.stop_of[st.day[team, at, SEQ]], below(rng, g.near.shape[1])]
    stop = g.zone[z, STOP]
    return _node(g, rng, stop) if g.may[team, stop] else -1


@inner
def _free(g: Any, st: Any, team: int, at: int) -> Any:
    return g.stop[g.stop_of[st.day[team, at, SEQ]], PLACE] >= 0


@inner
def exchange(g: Any, st: Any, d: Any, rng: Any, team: int, at: int) -> int:
    """One visit of a place less, and one of another place a few visits before or after."""
    n, fixed = st.size[team, N], g.team[team, FIXED]
    if not _free(g, st, team, at) or len(g.zone) == 0:
        return 0
    to = min(max(at - NEAR_AT + below(rng, 2 * NEAR_AT + 1), fixed), n - 1)
    node = _near(g, st, rng, team, to)
    if node < 0:
        return 0
    _begin(st, d, 0, team, min(at, to))
    take_out(d, 0, at)
    put_in(d, 0, to, node, 0)
    return 1


@inner
def at_hour(g: Any, st: Any, rng: Any, other: int, begin: int) -> Any:
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
def cross(g: Any, st: Any, d: Any, rng: Any, team: int, at: int, other: int) -> int:
    """Two days change a few visits of the same hour, or all from then on."""
    if team == other or len(st.size) < 2:
        return 0
    there = at_hour(g, st, rng, other, st.day[team, at, BEG])
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
    _begin(st, d, 0, team, at)
    _begin(st, d, 1, other, there)
    _put_for(st, d, 0, at, mine, other, there, theirs)
    _put_for(st, d, 1, there, theirs, team, at, mine)
    return 2


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


@inner
def propose(g: Any, st: Any, d: Any, rng: Any) -> int:
    """Draft some change."""
    team = below(rng, len(st.size))
    loose = st.size[team, N] - g.team[team, FIXED]
    what = below(rng, 100)
    if what < 1 or loose == 0:
        return moves.insert(g, st, d, rng, team)
    at = g.team[team, FIXED] + below(rng, loose)
    if what < 18:
        return moves.replace(g, st, d, rng, team, at)
    if what < 51:
        return exchange(g, st, d, rng, team, at)
    if what < 52:
        return moves.remove(g, st, d, team, at)
    if what < 55:
        return moves.shift(st, d, rng, team, at)
    if what < 71:
        return moves.reverse(st, d, rng, team, at)
    if what < 83:
        return moves.move(g, st, d, rng, team, at, team)
    if what < 89:
        return moves.swap(g, st, d, team, at, team, g.team[team, FIXED] + below(rng, loose))
    if what < 90:
        return moves.turn(g, st, d, rng, team, at)
    return cross(g, st, d, rng, team, at, below(rng, len(st.size)))

"""A change of one or two days of a plan: timed, weighed, and taken over; compiled.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from geo.patrol.solve.clock import beyond_cap, latest, place_worth, rough_worth, time_route, too_long
from geo.patrol.solve.compiled import compiled, inner
from geo.patrol.solve.tables import (
    AFTER,
    BEG,
    BEGIN,
    BEYOND,
    COUNT,
    END,
    FROM,
    FULLEST,
    GAP,
    LEA,
    NEED,
    OFTEN,
    PLACE,
    REL,
    RIDDEN,
    RIDE,
    SEQ,
    SIZE,
    TEAM,
    WHO,
    WORTH,
    ZONE,
    Ground,
    Ints,
    N,
    State,
)  # fmt: skip

FAR_OFF = 1 << 40


class Draft(NamedTuple):
    """One or two days as they would be, and the places this touches; columns as in :mod:`geo.patrol.solve.tables`.

    ``head`` (2, 4): team, first changed position, visits, riding. ``day`` (2, l, 6) as in a state. ``touched`` (t, 4):
    place, and its visits, worth and seconds beyond the cap as they would be. ``stays`` (t, v, 3): those visits.
    ``mark`` (z, 2): for each touched place a stamp, and its row in ``touched``. ``done`` (s, 3): as in a state, where
    the stamp says so. ``told`` (2,): how many touched, the stamp. Rows of a day before the changed position are only
    in the state; of the one just before it there is a copy.
    """

    head: Ints
    day: Ints
    touched: Ints
    stays: Ints
    mark: Ints
    done: Ints
    told: Ints


def empty_state(g: Ground) -> State:
    """A plan in which nobody does anything."""
    teams, zones = len(g.team), len(g.zone)
    place = np.zeros((zones, 3), dtype=np.int64)
    stays = np.zeros((zones, OFTEN, 3), dtype=np.int64)
    for z in range(zones):
        place[z, BEYOND] = beyond_cap(g, z, stays[z], 0)
    return State(
        day=np.zeros((teams, FULLEST, 6), dtype=np.int64),
        size=np.zeros((teams, 2), dtype=np.int64),
        late=np.zeros((teams, FULLEST), dtype=np.int64),
        stays=stays,
        place=place,
        done=np.full((len(g.stop), 2), -1, dtype=np.int64),
    )


def empty_draft(g: Ground) -> Draft:
    """Room for a change."""
    zones, most = len(g.zone), min(2 * FULLEST, len(g.zone)) + 1
    return Draft(
        head=np.zeros((2, 4), dtype=np.int64),
        day=np.zeros((2, FULLEST, 6), dtype=np.int64),
        touched=np.zeros((most, 4), dtype=np.int64),
        stays=np.zeros((most, OFTEN, 3), dtype=np.int64),
        mark=np.zeros((zones, 2), dtype=np.int64),
        done=np.zeros((len(g.stop), 3), dtype=np.int64),
        told=np.zeros(2, dtype=np.int64),
    )


@inner
def take(st: Any, d: Any, c: int, team: int, first: int) -> None:
    """Begin a change of a team's day from a position on as draft ``c``."""
    n = st.size[team, N]
    d.head[c, WHO], d.head[c, FROM], d.head[c, SIZE] = team, first, n
    if first > 0:
        for a in range(6):
            d.day[c, first - 1, a] = st.day[team, first - 1, a]
    for i in range(first, n):
        d.day[c, i, SEQ], d.day[c, i, REL] = st.day[team, i, SEQ], st.day[team, i, REL]


@inner
def _when(st: Any, d: Any, stop: int, end: int) -> Any:
    """When a stop that is done once would begin, or end; below zero if it is not done."""
    return d.done[stop, end] if d.done[stop, 2] == d.told[1] else st.done[stop, end]


@inner
def _spaced(g: Any, st: Any, d: Any, count: int) -> bool:
    """Whether every stop still begins long enough after the one it follows."""
    for c in range(count):
        for i in range(d.head[c, FROM], d.head[c, SIZE]):
            stop = g.stop_of[d.day[c, i, SEQ]]
            if g.stop[stop, PLACE] < 0:
                d.done[stop, 0], d.done[stop, 1], d.done[stop, 2] = d.day[c, i, BEG], d.day[c, i, LEA], d.told[1]
    for c in range(count):
        for i in range(d.head[c, FROM], d.head[c, SIZE]):
            stop = g.stop_of[d.day[c, i, SEQ]]
            before = g.stop[stop, AFTER]
            if (
                before >= 0
                and _when(st, d, before, 0) >= 0
                and d.day[c, i, BEG] < _when(st, d, before, 1) + g.stop[stop, GAP]
            ):
                return False
            for f in range(g.follow.shape[1]):
                other = g.follow[stop, f]
                if other < 0:
                    break
                if 0 <= _when(st, d, other, 0) < d.day[c, i, LEA] + g.stop[other, GAP]:
                    return False
    return True


@inner
def _touch(g: Any, d: Any, node: int) -> None:
    z = g.stop[g.stop_of[node], PLACE]
    if z >= 0 and d.mark[z, 0] != d.told[1]:
        d.mark[z, 0], d.mark[z, 1] = d.told[1], d.told[0]
        d.touched[d.told[0], ZONE] = z
        d.told[0] += 1


@inner
def _touched(g: Any, st: Any, d: Any, count: int) -> None:
    """List the places whose visits change; a tail that keeps its times changes nothing."""
    d.told[0] = 0
    for c in range(count):
        team = d.head[c, WHO]
        old, new = st.size[team, N] - 1, d.head[c, SIZE] - 1
        while (
            old >= d.head[c, FROM]
            and new >= d.head[c, FROM]
            and st.day[team, old, SEQ] == d.day[c, new, SEQ]
            and st.day[team, old, BEG] == d.day[c, new, BEG]
        ):
            old -= 1
            new -= 1
        for i in range(d.head[c, FROM], old + 1):
            _touch(g, d, st.day[team, i, SEQ])
        for i in range(d.head[c, FROM], new + 1):
            _touch(g, d, d.day[c, i, SEQ])


@inner
def _put(g: Any, d: Any, node: int, begin: int, end: int, team: int) -> bool:
    """Add a visit, in order of begin, if its place is touched; False if there are too many."""
    z = g.stop[g.stop_of[node], PLACE]
    if z < 0 or d.mark[z, 0] != d.told[1]:
        return True
    t = d.mark[z, 1]
    j = d.touched[t, COUNT]
    if j >= OFTEN - 1:
        return False
    while j > 0 and d.stays[t, j - 1, BEGIN] > begin:
        for a in range(3):
            d.stays[t, j, a] = d.stays[t, j - 1, a]
        j -= 1
    d.stays[t, j, BEGIN], d.stays[t, j, END], d.stays[t, j, TEAM] = begin, end, team
    d.touched[t, COUNT] += 1
    return True


@inner
def _gather(g: Any, st: Any, d: Any, count: int) -> bool:
    """List the visits of the touched places as they would be; False if there are too many."""
    for t in range(d.told[0]):
        z, found = d.touched[t, ZONE], 0
        for i in range(st.place[z, COUNT]):
            team, stays = st.stays[z, i, TEAM], True
            for c in range(count):
                if team == d.head[c, WHO] and st.stays[z, i, BEGIN] >= _since(st, d, c):
                    stays = False
            if stays:
                for a in range(3):
                    d.stays[t, found, a] = st.stays[z, i, a]
                found += 1
        d.touched[t, COUNT] = found
    for c in range(count):
        team, since = d.head[c, WHO], _since(st, d, c)
        i = d.head[c, FROM] - 1
        while i >= 0 and st.day[team, i, BEG] >= since:
            if not _put(g, d, st.day[team, i, SEQ], st.day[team, i, BEG], st.day[team, i, LEA], team):
                return False
            i -= 1
        for i in range(d.head[c, FROM], d.head[c, SIZE]):
            if not _put(g, d, d.day[c, i, SEQ], d.day[c, i, BEG], d.day[c, i, LEA], team):
                return False
    return True


@inner
def _since(st: Any, d: Any, c: int) -> int:
    """When the first visit that a drafted day no longer holds as it was begins."""
    team, first = d.head[c, WHO], d.head[c, FROM]
    return st.day[team, first, BEG] if first < st.size[team, N] else FAR_OFF


@inner
def _tail(st: Any, d: Any, c: int) -> int:
    """How many last visits of a drafted day are as they were, but for their times."""
    team, first, n = d.head[c, WHO], d.head[c, FROM], d.head[c, SIZE]
    tail, most = 0, min(n, st.size[team, N]) - first
    new, old = n - 1, st.size[team, N] - 1
    while tail < most and st.day[team, old, SEQ] == d.day[c, new, SEQ] and st.day[team, old, REL] == d.day[c, new, REL]:
        tail, new, old = tail + 1, new - 1, old - 1
    return tail


@inner
def _timed(g: Any, st: Any, d: Any, count: int, by: Any) -> bool:
    """Time a change; False if it breaks a rule. Of ``by`` only the riding."""
    for a in range(4):
        by[a] = 0
    for c in range(count):
        if d.head[c, SIZE] >= FULLEST - 1:
            return False
        ride = time_route(
            g, d.head[c, WHO], d.day[c], d.head[c, SIZE], d.head[c, FROM], _tail(st, d, c),
            st.late[d.head[c, WHO]], st.size[d.head[c, WHO], N],
        )  # fmt: skip
        if ride < 0:
            return False
        d.head[c, RIDDEN] = ride
        by[3] += ride - st.size[d.head[c, WHO], RIDE]
    d.told[1] += 1
    return g.follow.shape[1] < 2 or _spaced(g, st, d, count)


@inner
def _drafted(g: Any, st: Any, d: Any, count: int, by: Any) -> bool:
    """Time a change and list what it touches; False if it breaks a rule. All of ``by`` but the worth."""
    if not _timed(g, st, d, count, by):
        return False
    _touched(g, st, d, count)
    if not _gather(g, st, d, count):
        return False
    for t in range(d.told[0]):
        z = d.touched[t, ZONE]
        d.touched[t, BEYOND] = too_long(g, z, d.stays[t], d.touched[t, COUNT])
        by[1] += d.touched[t, BEYOND] - st.place[z, BEYOND]
        if g.zone[z, NEED] == 1:
            by[0] += int(d.touched[t, COUNT] == 0) - int(st.place[z, COUNT] == 0)
    return True


@inner
def _worth(g: Any, st: Any, d: Any, by: Any) -> None:
    """What the places touched are worth."""
    by[2] = 0
    for t in range(d.told[0]):
        z = d.touched[t, ZONE]
        d.touched[t, WORTH] = place_worth(g, z, d.stays[t], d.touched[t, COUNT])
        by[2] += d.touched[t, WORTH] - st.place[z, WORTH]


@compiled
def fits(g: Any, st: Any, d: Any, count: int, by: Any) -> bool:
    """Time a change; False if it breaks a rule. Of ``by`` only the riding."""
    return _timed(g, st, d, count, by)


@compiled
def weigh(g: Any, st: Any, d: Any, count: int, by: Any) -> bool:
    """Time a change and say what it is worth; False if it breaks a rule.

    ``by`` (4,) receives the change in places that must be visited and are not, in seconds beyond caps, in worth
    (thousandths times a million) and in riding.
    """
    if not _drafted(g, st, d, count, by):
        return False
    _worth(g, st, d, by)
    return True


@inner
def sketch(g: Any, st: Any, d: Any, count: int, by: Any) -> bool:
    """As :func:`weigh`, sooner: off by next to nothing, since shares are not rounded minute by minute."""
    if not _drafted(g, st, d, count, by):
        return False
    for t in range(d.told[0]):
        z = d.touched[t, ZONE]
        d.touched[t, WORTH] = int(rough_worth(g, z, d.stays[t], d.touched[t, COUNT]))
        by[2] += d.touched[t, WORTH] - st.place[z, WORTH]
    return True


@compiled
def accept(g: Any, st: Any, d: Any, count: int) -> None:
    """Take a weighed change over."""
    for c in range(count):
        team, n, first = d.head[c, WHO], d.head[c, SIZE], d.head[c, FROM]
        st.size[team, N], st.size[team, RIDE] = n, d.head[c, RIDDEN]
        for i in range(first, n):
            for a in range(6):
                st.day[team, i, a] = d.day[c, i, a]
            stop = g.stop_of[d.day[c, i, SEQ]]
            if g.stop[stop, PLACE] < 0:
                st.done[stop, 0], st.done[stop, 1] = d.day[c, i, BEG], d.day[c, i, LEA]
        latest(g, team, st.day[team], n, st.late[team])
    for t in range(d.told[0]):
        z, found = d.touched[t, ZONE], d.touched[t, COUNT]
        st.place[z, COUNT], st.place[z, WORTH], st.place[z, BEYOND] = found, d.touched[t, WORTH], d.touched[t, BEYOND]
        for i in range(found):
            for a in range(3):
                st.stays[z, i, a] = d.stays[t, i, a]

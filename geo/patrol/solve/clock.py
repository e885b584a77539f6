"""When a team is where, and what visits of a place are worth, compiled; same whole numbers as :mod:`geo.patrol.value`.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from typing import Any

from geo.patrol.problem import HERE
from geo.patrol.solve.compiled import compiled, inner
from geo.patrol.solve.tables import (
    ACTIVE,
    BEG,
    BEGIN,
    CAP,
    DECAY,
    END,
    ENTRY,
    EXIT,
    FIXED,
    LEA,
    MODE,
    NO_WAY,
    PLC,
    READY,
    REL,
    RID,
    SECOND_CHOICE,
    SEQ,
    SERVICE,
    START,
    STOP,
    SUMMED,
    TAIL,
)  # fmt: skip
from geo.patrol.value import PPM

LOCAL_S = 1800
"""A stop that asks for a roaming team and gets a local one counts as so much more riding."""


@inner
def begin_at(windows: Any, stop: int, ready: int, service: int) -> int:
    """When work can begin, or -1; as :meth:`geo.patrol.problem.Stop.begin_from`."""
    for w in range(windows.shape[1]):
        high = windows[stop, w, 1]
        if high < 0:
            break
        begin = max(ready, windows[stop, w, 0])
        if begin + service <= high:
            return begin
    return -1


@inner
def time_route(g: Any, team: int, day: Any, n: int, first: int, tail: int, late: Any, was: int) -> int:
    """Time a day from a position on; riding in seconds with the way back, or -1 if it does not fit.

    Its last ``tail`` visits are those of a day of ``was`` visits that must be reached by ``late``.
    """
    mode = g.team[team, MODE]
    now, here, ride = 0, g.team[team, START], 0
    if first > 0:
        now, here, ride = day[first - 1, LEA], day[first - 1, PLC], day[first - 1, RID]
    if first <= g.team[team, FIXED]:
        now = max(now, g.team[team, READY])
    for i in range(first, n):
        node = day[i, SEQ]
        entry = g.node[mode, node, ENTRY]
        if entry == NO_WAY:
            return -1
        leg = 0 if entry == HERE else g.travel[mode, here, entry]
        if i >= n - tail and entry != HERE and now + leg > late[i - n + was]:
            return -1
        service = g.node[mode, node, SERVICE]
        stop = g.stop_of[node]
        begin = begin_at(g.windows, stop, max(now + leg, day[i, REL]), service)
        if begin < 0:
            return -1
        ride += leg
        if g.may[team, stop] == SECOND_CHOICE:
            ride += LOCAL_S
        now = begin + service
        if entry != HERE:
            here = g.node[mode, node, EXIT]
        day[i, BEG], day[i, LEA], day[i, PLC], day[i, RID] = begin, now, here, ride
    if n == 0:
        return 0
    back = g.travel[mode, here, g.team[team, START]]
    if now + back > g.shift_s:
        return -1
    return ride + back


@inner
def latest(g: Any, team: int, day: Any, n: int, late: Any) -> None:
    """By when each visit of a day that fits must be reached so that all from there on fit, as far as ways are known."""
    mode = g.team[team, MODE]
    if n == 0:
        return
    leave = g.shift_s - g.travel[mode, day[n - 1, PLC], g.team[team, START]]
    for i in range(n - 1, g.team[team, FIXED] - 1, -1):
        node = day[i, SEQ]
        stop, service, entry = g.stop_of[node], g.node[mode, node, SERVICE], g.node[mode, node, ENTRY]
        late[i] = -1
        for w in range(g.windows.shape[1]):
            low, high = g.windows[stop, w, 0], g.windows[stop, w, 1]
            if high < 0:
                break
            begin = min(high, leave) - service
            if begin >= max(low, day[i, REL]):
                late[i] = begin
        here = day[i - 1, PLC] if i > 0 else g.team[team, START]
        leave = late[i] - (0 if entry == HERE else g.travel[mode, here, entry])


@compiled
def place_worth(g: Any, z: int, stays: Any, count: int) -> int:
    """Thousandths of a violation-minute times a million that visits in order of begin suppress."""
    minutes = g.flow.shape[2] - 1
    worth, since = 0, -1
    for i in range(count):
        begin = min(-(-stays[i, BEGIN] // 60), minutes)
        end = min(-(-stays[i, END] // 60), minutes)
        if since >= 0:
            for m in range(begin - since):
                worth += g.flow[z, ACTIVE, since + m] * g.flow[z, DECAY, m]
        low = max(begin, since)
        if end > low:
            worth += PPM * (g.flow[z, SUMMED, end] - g.flow[z, SUMMED, low])
        since = max(since, end)
    if since >= 0:
        worth += g.flow[z, TAIL, since]
    return worth


@inner
def rough_worth(g: Any, z: int, stays: Any, count: int) -> float:
    """As :func:`place_worth` without going through the minutes; for each visit off by what is active at most.

    What stays away from one visit to the next is all that the first keeps away to the end of the shift less what fades
    of it after the next begins. Shares are rounded to millionths there and not here, by half of one each.
    """
    minutes = g.flow.shape[2] - 1
    worth, since = 0.0, -1
    for i in range(count):
        begin = min(-(-stays[i, BEGIN] // 60), minutes)
        end = min(-(-stays[i, END] // 60), minutes)
        if 0 <= since < begin:
            worth += g.flow[z, TAIL, since] - g.fade[z, begin - since] * g.flow[z, TAIL, begin]
        low = max(begin, since)
        if end > low:
            worth += PPM * (g.flow[z, SUMMED, end] - g.flow[z, SUMMED, low])
        since = max(since, end)
    if since >= 0:
        worth += g.flow[z, TAIL, since]
    return worth


@inner
def too_long(g: Any, z: int, stays: Any, count: int) -> int:
    """Seconds by which the gaps between visits, while the place is open, are longer than its cap, together."""
    stop, cap, beyond = g.zone[z, STOP], g.zone[z, CAP], 0
    if cap >= g.shift_s:
        return 0
    for w in range(g.windows.shape[1]):
        low, high = g.windows[stop, w, 0], g.windows[stop, w, 1]
        if high < 0:
            break
        since = low
        for i in range(count):
            beyond += max(min(stays[i, BEGIN], high) - since - cap, 0)
            since = max(since, min(stays[i, END], high))
        beyond += max(high - since - cap, 0)
    return beyond


@compiled
def beyond_cap(g: Any, z: int, stays: Any, count: int) -> int:
    """As :func:`too_long`, for Python."""
    beyond: int = too_long(g, z, stays, count)
    return beyond

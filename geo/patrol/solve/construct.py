"""A first plan, compiled: days as given, stops put where they cost least, places filled in by the best next visit.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from typing import Any

from geo.patrol.solve.change import accept, fits, take, weigh
from geo.patrol.solve.compiled import compiled
from geo.patrol.solve.moves import put_in, take_out
from geo.patrol.solve.tables import AFTER, BEG, FIRST, FIXED, GAP, LEA, NOT, PAST, PLACE, REL, SEQ, SIZE, STOP, N
from geo.patrol.value import PPM

FAR = 1 << 60
LEAST = 100 * PPM
"""A visit that saves less than a tenth of a violation-minute is not worth going for."""


@compiled
def load_day(g: Any, st: Any, d: Any, team: int, nodes: Any, begins: Any, by: Any) -> bool:
    """Give a team these visits after those that stay; False, and nothing changed, if they break a rule."""
    fixed = g.team[team, FIXED]
    take(st, d, 0, team, fixed)
    d.head[0, SIZE] = fixed + len(nodes)
    for i in range(len(nodes)):
        d.day[0, fixed + i, SEQ], d.day[0, fixed + i, REL] = nodes[i], begins[i]
    if not weigh(g, st, d, 1, by):
        return False
    for i in range(fixed, st.size[team, N]):
        stop = g.stop_of[st.day[team, i, SEQ]]
        st.done[stop, 0], st.done[stop, 1] = -1, -1
    accept(g, st, d, 1)
    return True


@compiled
def place_stop(g: Any, st: Any, d: Any, stop: int, by: Any) -> bool:
    """Put a stop that is done once where it adds least riding, then ends soonest; False if it fits nowhere."""
    before = g.stop[stop, AFTER]
    rel = st.done[before, 1] + g.stop[stop, GAP] if before >= 0 and st.done[before, 0] >= 0 else 0
    least, soonest, best_team, best_at, best_node = FAR, FAR, -1, 0, 0
    for team in range(len(st.size)):
        if g.may[team, stop] == NOT:
            continue
        for at in range(g.team[team, FIXED], st.size[team, N] + 1):
            for node in range(g.stop[stop, FIRST], g.stop[stop, PAST]):
                take(st, d, 0, team, at)
                put_in(d, 0, at, node, rel)
                if fits(g, st, d, 1, by):
                    end = d.day[0, d.head[0, SIZE] - 1, LEA]
                    if by[3] < least or (by[3] == least and end < soonest):
                        least, soonest, best_team, best_at, best_node = by[3], end, team, at, node
    if best_team < 0:
        return False
    take(st, d, 0, best_team, best_at)
    put_in(d, 0, best_at, best_node, rel)
    weigh(g, st, d, 1, by)
    accept(g, st, d, 1)
    return True


@compiled
def fill_in(g: Any, st: Any, d: Any, missing: float, beyond: float, by: Any, at: Any) -> None:
    """Let the team that is free first go, again and again, to the place worth most a second before its next promise.

    ``missing`` and ``beyond`` are the worth (thousandths of a violation-minute) of a place that must be visited, and of
    a second less beyond a cap; ``at`` (k,) is room. This is what a good dispatcher does who sees no further than the
    next visit.
    """
    teams = len(st.size)
    for team in range(teams):
        at[team] = g.team[team, FIXED]
    while True:
        team, soonest = -1, FAR
        for k in range(teams):
            if at[k] >= 0:
                free = st.day[k, at[k] - 1, LEA] if at[k] > 0 else 0
                if free < soonest:
                    team, soonest = k, free
        if team < 0:
            return
        best, chosen = 0.0, -1
        for z in range(len(g.zone)):
            stop = g.zone[z, STOP]
            if g.may[team, stop] == NOT:
                continue
            for node in range(g.stop[stop, FIRST], g.stop[stop, PAST]):
                take(st, d, 0, team, at[team])
                put_in(d, 0, at[team], node, 0)
                if not weigh(g, st, d, 1, by):
                    continue
                spent = max(d.day[0, at[team], LEA] - soonest, 1)
                rate = (by[2] * 1e-6 - beyond * by[1] - missing * by[0]) / spent
                if rate > best:
                    best, chosen = rate, node
        if chosen >= 0:
            take(st, d, 0, team, at[team])
            put_in(d, 0, at[team], chosen, 0)
            weigh(g, st, d, 1, by)
            accept(g, st, d, 1)
            at[team] += 1
        elif at[team] < st.size[team, N]:
            at[team] += 1
        else:
            at[team] = -1


@compiled
def drop_worthless(g: Any, st: Any, d: Any, by: Any) -> None:
    """Leave out visits of places that add next to nothing and whose absence breaks nothing."""
    for team in range(len(st.size)):
        at = g.team[team, FIXED]
        while at < st.size[team, N]:
            stop = g.stop_of[st.day[team, at, SEQ]]
            if g.stop[stop, PLACE] >= 0:
                take(st, d, 0, team, at)
                take_out(d, 0, at)
                if at < d.head[0, SIZE]:
                    d.day[0, at, REL] = st.day[team, at + 1, BEG]  # the next one waits instead
                if weigh(g, st, d, 1, by) and by[0] == 0 and by[1] <= 0 and by[2] > -LEAST and by[3] <= 0:
                    accept(g, st, d, 1)
                    continue
            at += 1

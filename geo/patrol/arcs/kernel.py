"""Ruin and recreate over streets, compiled: take strings of near streets out of routes, put each back where it is best.

Every route keeps, at each position and for both directions, the least cost from the team's start to there (``fore``)
and from there to its end (``aft``). Putting a street in anywhere is then weighed exactly, with the best directions of
the *whole* route before and after it, in a few additions.

Christiaens & Vanden Berghe (2020), Slack Induction by String Removals for Vehicle Routing Problems: strings, their
lengths, the orders of putting back and the blinks. The two states a street, teams, limits, streets left out and two
strings from routes however long are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from geo.compiling import njit

Ints = NDArray[np.int64]
SmallInts = NDArray[np.int32]
Floats = NDArray[np.float64]

REMOVED: Final = 7.0
"""Streets taken out at a time, on average."""

STRING: Final = 15.0
"""The longest string taken out of one route."""

SPLIT: Final = 0.5
"""How often a string is taken in two pieces that leave streets between them."""

STRETCH: Final = 0.9
"""How often the streets left between the two pieces become one more. So high, it is mostly the two ends of a route
that go, which short trials on egl-e found better than leaving one street."""

BLINK: Final = 0.01
"""How often a better position is overlooked."""

PAIR: Final = 2.0
"""At least half of all trials take strings out of two routes. Full routes change nothing with one string at a time:
what comes out fits only where it was, or into a team more."""


Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function, inside: bool = False) -> Function:
    """Compile a function and keep it on disk; one only called ``inside`` others without a way in from Python.

    The way in takes longer to compile than the work, and Python crashes when it calls a function without one.
    """
    bare = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True} if inside else {}
    return cast("Function", cast("Any", njit)(cache=True, **bare)(function))


def inner(function: Function) -> Function:
    """Compile a function that only compiled code calls."""
    return compiled(function, inside=True)


class Figures(NamedTuple):
    """What does not change; rides already hold the work of the passage they lead to.

    ``knil`` is ``link`` with from and to exchanged, so that one street's rides lie side by side in memory. ``near``
    lists the streets around each, nearest first; ``far`` is the ride to a street from where teams begin.
    ``drop`` is the price of leaving a street out.
    """

    link: SmallInts
    knil: SmallInts
    out: SmallInts
    back: SmallInts
    mode: Ints
    load: Ints
    capacity: Ints
    may: NDArray[np.bool_]
    busy: Ints
    limit: Ints
    near: SmallInts
    far: Floats
    drop: Floats


class State(NamedTuple):
    """Routes as they are: ``route[team, :size[team]]`` are streets; ``out_of[:waiting[0]]`` those in no route.

    ``where`` is −1 for a street in no route.
    """

    route: SmallInts
    size: Ints
    fore: Ints
    aft: Ints
    cost: Ints
    loads: Ints
    where: Ints
    at: Ints
    out_of: Ints
    waiting: Ints
    random: NDArray[np.uint64]


@inner
def _random(state: NDArray[np.uint64]) -> float:
    """A number in [0, 1): xorshift64, so that a seed means the same on every machine."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def walk(team: int, f: Figures, s: State) -> None:
    """Measure a route anew: ``fore``, ``aft``, its cost and the position of each street."""
    size = s.size[team]
    s.cost[team] = f.busy[team]
    if size == 0:
        return
    route, fore, aft = s.route[team], s.fore[team], s.aft[team]
    link, out, back = f.link[f.mode[team]], f.out[team], f.back[team]
    last = 2 * route[0]
    fore[0, 0], fore[0, 1] = out[last], out[last + 1]
    s.at[route[0]] = 0
    for p in range(1, size):
        here = 2 * route[p]
        s.at[route[p]] = p
        for d in range(2):
            fore[p, d] = min(fore[p - 1, 0] + link[last, here + d], fore[p - 1, 1] + link[last + 1, here + d])
        last = here
    s.cost[team] += min(fore[size - 1, 0] + back[last], fore[size - 1, 1] + back[last + 1])
    aft[size - 1, 0], aft[size - 1, 1] = back[last], back[last + 1]
    following = last
    for p in range(size - 2, -1, -1):
        here = 2 * route[p]
        for d in range(2):
            aft[p, d] = min(link[here + d, following] + aft[p + 1, 0], link[here + d, following + 1] + aft[p + 1, 1])
        following = here


@inner
def worth(f: Figures, s: State) -> float:
    """What the whole state counts; less is better."""
    total = float(s.cost.sum())
    for i in range(s.waiting[0]):
        total += f.drop[s.out_of[i]]
    return float(total)


@inner
def _ruin(f: Figures, s: State, touched: Ints, is_touched: NDArray[np.bool_]) -> int:
    """Take strings around a random street out; returns how many routes were touched."""
    streets = len(f.load)
    used = 0
    for team in range(len(s.size)):
        if s.size[team] > 0:
            used += 1
    longest = min(STRING, streets / max(used, 1))
    strings = int(_random(s.random) * max(4.0 * REMOVED / (1.0 + longest) - 1.0, PAIR) + 1.0)
    middle = int(_random(s.random) * streets)
    done = 0
    for i in range(f.near.shape[1]):
        if done >= strings:
            break
        street = f.near[middle, i]
        team = s.where[street]
        if team < 0 or is_touched[team]:
            continue
        size = s.size[team]
        taken = min(int(_random(s.random) * min(size, longest) + 1.0), size)
        kept = 1 if 1 < taken < size and _random(s.random) < SPLIT else 0
        while kept and taken + kept < size and _random(s.random) < STRETCH:
            kept += 1
        span = taken + kept
        low = max(0, s.at[street] - span + 1)
        high = min(s.at[street], size - span)
        begin = low + int(_random(s.random) * (high - low + 1))
        first = begin + 1 + int(_random(s.random) * (taken - 1)) if kept else size
        write = begin
        for p in range(begin, size):
            one = s.route[team, p]
            if p < begin + span and not first <= p < first + kept:
                s.where[one] = -1
                s.out_of[s.waiting[0]] = one
                s.waiting[0] += 1
                s.loads[team] -= f.load[one]
            else:
                s.route[team, write] = one
                write += 1
        s.size[team] = write
        walk(team, f, s)
        is_touched[team] = True
        touched[done] = team
        done += 1
    return done


@inner
def _order(f: Figures, s: State, key: Floats) -> None:
    """Sort the streets to put back: by chance, the heaviest, the farthest or the nearest first."""
    draw = int(_random(s.random) * 11)
    for i in range(s.waiting[0]):
        street = s.out_of[i]
        if draw < 4:
            key[i] = _random(s.random)
        elif draw < 8:
            key[i] = -f.load[street]
        elif draw < 10:
            key[i] = -f.far[street]
        else:
            key[i] = f.far[street]
    for i in range(1, s.waiting[0]):
        k, street, j = key[i], s.out_of[i], i
        while j > 0 and key[j - 1] > k:
            key[j], s.out_of[j] = key[j - 1], s.out_of[j - 1]
            j -= 1
        key[j], s.out_of[j] = k, street


@inner
def _best_position(street: int, team: int, f: Figures, s: State) -> tuple[int, int]:
    """The least cost of a team's day with the street in it, and where it goes."""
    route, fore, aft = s.route[team], s.fore[team], s.aft[team]
    size, back = s.size[team], f.back[team]
    a, b = 2 * street, 2 * street + 1
    from_a, from_b = f.link[f.mode[team], a], f.link[f.mode[team], b]
    to_a, to_b = f.knil[f.mode[team], a], f.knil[f.mode[team], b]
    best, position = 1 << 60, 0
    before_a, before_b = np.int64(f.out[team, a]), np.int64(f.out[team, b])
    for p in range(size):
        here = 2 * route[p]
        there_0, there_1 = aft[p, 0], aft[p, 1]
        cost = min(
            before_a + min(from_a[here] + there_0, from_a[here + 1] + there_1),
            before_b + min(from_b[here] + there_0, from_b[here + 1] + there_1),
        )
        if cost < best and _random(s.random) >= BLINK:
            best, position = cost, p
        before_a = min(fore[p, 0] + to_a[here], fore[p, 1] + to_a[here + 1])
        before_b = min(fore[p, 0] + to_b[here], fore[p, 1] + to_b[here + 1])
    cost = min(before_a + back[a], before_b + back[b])
    if cost < best:
        best, position = cost, size
    return best + f.busy[team], position


@inner
def _recreate(f: Figures, s: State, touched: Ints, is_touched: NDArray[np.bool_], done: int) -> int:
    """Put each street where it costs least; what fits nowhere stays out. Returns how many routes were touched."""
    left = 0
    for i in range(s.waiting[0]):
        street = s.out_of[i]
        best, chosen, position = 1e300, -1, 0
        for team in range(len(s.size)):
            if not f.may[team, street] or s.loads[team] + f.load[street] > f.capacity[team]:
                continue
            cost, p = _best_position(street, team, f, s)
            if cost > f.limit[team]:
                continue
            added = cost - s.cost[team]
            if added < best:
                best, chosen, position = added, team, p
        if chosen < 0:
            s.out_of[left] = street
            left += 1
            continue
        for p in range(s.size[chosen], position, -1):
            s.route[chosen, p] = s.route[chosen, p - 1]
        s.route[chosen, position] = street
        s.where[street] = chosen
        s.size[chosen] += 1
        s.loads[chosen] += f.load[street]
        walk(chosen, f, s)
        if not is_touched[chosen]:
            is_touched[chosen] = True
            touched[done] = chosen
            done += 1
    s.waiting[0] = left
    return done


@inner
def copy_routes(teams: Ints, source: State, target: State) -> None:
    """Copy the routes of some teams, and the streets left out."""
    for team in teams:
        target.size[team] = source.size[team]
        target.cost[team] = source.cost[team]
        target.loads[team] = source.loads[team]
        for p in range(source.size[team]):
            target.route[team, p] = source.route[team, p]
    target.waiting[0] = source.waiting[0]
    for i in range(source.waiting[0]):
        target.out_of[i] = source.out_of[i]


@inner
def _restore(teams: Ints, source: State, s: State, f: Figures) -> None:
    """Go back to the routes kept."""
    copy_routes(teams, source, s)
    for i in range(s.waiting[0]):
        s.where[s.out_of[i]] = -1
    for team in teams:
        for p in range(s.size[team]):
            s.where[s.route[team, p]] = team
        walk(team, f, s)


@compiled
def begin(f: Figures, s: State, kept: State, best: State) -> float:
    """Measure the routes a search begins with and keep them; returns what they count."""
    for team in range(len(s.size)):
        walk(team, f, s)
    everyone = np.arange(len(s.size))
    copy_routes(everyone, s, kept)
    copy_routes(everyone, s, best)
    return worth(f, s)


@compiled
def anneal(f: Figures, s: State, kept: State, best: State, best_worth: float, iterations: int, heat: float) -> float:
    """Ruin and recreate so many times at one temperature; returns the worth of ``best``.

    ``kept`` holds the routes last accepted, the same as ``s`` between calls.
    """
    everyone = np.arange(len(s.size))
    touched = np.zeros(len(s.size), np.int64)
    is_touched = np.zeros(len(s.size), np.bool_)
    key = np.zeros(len(f.load))
    now = worth(f, s)
    for _ in range(iterations):
        done = _ruin(f, s, touched, is_touched)
        _order(f, s, key)
        done = _recreate(f, s, touched, is_touched, done)
        teams = touched[:done]
        new = now
        for team in teams:
            new += s.cost[team] - kept.cost[team]
            is_touched[team] = False
        for i in range(s.waiting[0]):
            new += f.drop[s.out_of[i]]
        for i in range(kept.waiting[0]):
            new -= f.drop[kept.out_of[i]]
        if new < now - heat * np.log(_random(s.random) + 1e-300):
            now = new
            copy_routes(teams, s, kept)
            if now < best_worth - 1e-6:
                best_worth = now
                copy_routes(everyone, s, best)
        else:
            _restore(teams, kept, s, f)
    return best_worth

"""A problem as arrays, for compiled code: nodes (a stop done one way), modes, teams, zones; and a plan being changed.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import Problem, Stop, Team, Visit
from geo.patrol.value import decay_ppm

Ints = NDArray[np.int64]
Short = NDArray[np.int32]
Real = NDArray[np.float64]

NO_WAY: Final = -2
"""Entry of a node in a mode that cannot do it."""

NO_CAP: Final = 1 << 40
NEAR: Final = 14
"""Recurring stops looked at around each stop."""

FULLEST: Final = 160
"""Visits a team's day can hold."""

OFTEN: Final = 96
"""Visits a place can get in a shift."""


MODE, START, READY, FIXED = 0, 1, 2, 3
"""Columns of a team: its mode, starting place, when it may first leave, how many of its first visits stay."""

ENTRY, EXIT, SERVICE = 0, 1, 2
FIRST, PAST, PLACE, AFTER, GAP = 0, 1, 2, 3, 4
"""Columns of a stop: its nodes run from ``FIRST`` to before ``PAST``;
its place that fills up and the stop it follows, or -1."""

ACTIVE, SUMMED, DECAY, TAIL = 0, 1, 2, 3
STOP, CAP, NEED = 0, 1, 2
NOT, YES, SECOND_CHOICE = 0, 1, 2
SEQ, REL, BEG, LEA, PLC, RID = 0, 1, 2, 3, 4, 5
N, RIDE = 0, 1
BEGIN, END, TEAM = 0, 1, 2
COUNT, WORTH, BEYOND, ZONE = 0, 1, 2, 3
WHO, FROM, SIZE, RIDDEN = 0, 1, 2, 3


class Ground(NamedTuple):
    """What does not change while a plan is sought; few arrays, since each makes compiling longer. Times in seconds.

    ``travel`` (modes, places, places). ``team`` (k, 4). ``node`` (modes, n, 3): entry, exit, seconds of work.
    ``stop_of`` (n,). ``stop`` (s, 5). ``windows`` (s, w, 2), padded with -1. ``may`` (k, s): whether a team may do a
    stop, or ought to leave it to one that roams. ``flow`` (z, 4, m + 1): active thousandths a minute, their sums before
    each, decay in millionths, and what leaving at a minute suppresses to the end of the shift. ``fade`` (z, m + 1): the
    share of what stays away that still does so many minutes later. ``zone`` (z, 3): stop, cap, whether it must be
    visited. ``follow`` (s, f): stops that follow it, padded with -1. ``near`` (s + 1, l): places by distance from a
    stop, the last row from where teams start.
    """

    shift_s: int
    travel: Short
    team: Ints
    node: Ints
    stop_of: Ints
    stop: Ints
    windows: Ints
    may: Ints
    flow: Ints
    fade: Real
    zone: Ints
    follow: Ints
    near: Ints


class State(NamedTuple):
    """A plan being changed.

    ``day`` (k, l, 6): node, earliest begin asked for, begin, end, place after, riding so far. ``size`` (k, 2): visits
    and riding. ``late`` (k, l): the latest second to arrive for a visit to come so that all from there on still fit.
    ``stays`` (z, v, 3): begin, end and team of a place's visits in order of begin. ``place`` (z, 3): how many, their
    worth (thousandths times a million), seconds beyond its cap. ``done`` (s, 2): when a stop that is done once begins
    and ends, or -1.
    """

    day: Ints
    size: Ints
    late: Ints
    stays: Ints
    place: Ints
    done: Ints


def build_ground(
    problem: Problem,
    factors: Mapping[int, float] | None = None,
    kept: Mapping[int, Sequence[Visit]] | None = None,
    now_s: int = 0,
) -> Ground:
    """The arrays of a problem.

    Parameters
    ----------
    problem
        A shift.
    factors
        By number of a recurring stop: what its violations are multiplied by while a plan is sought.
    kept
        By team: its first visits that stay as they are.
    now_s
        Nobody leaves for a visit that is not kept before this second.
    """
    stops, teams = problem.stops, problem.teams
    modes = sorted({team.mode for team in teams})
    kept = kept or {}
    size = max(len(problem.places[mode]) for mode in modes)
    travel = np.zeros((len(modes), size, size), dtype=np.int32)
    for number, mode in enumerate(modes):
        table = problem.travel[mode].duration_s
        travel[number, : len(table), : len(table)] = table
    counts = [max((len(stop.options.get(mode, ())) for mode in modes), default=0) for stop in stops]
    ways = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    node = np.zeros((len(modes), ways[-1], 3), dtype=np.int64)
    node[:, :, ENTRY] = NO_WAY
    for s, stop in enumerate(stops):
        for number, mode in enumerate(modes):
            for way, option in enumerate(stop.options.get(mode, ())):
                node[number, ways[s] + way] = option.entry, option.exit, option.service_s
    zones = [s for s, stop in enumerate(stops) if stop.recurrence and stop.windows and counts[s]]
    zone_of = np.full(len(stops), -1, dtype=np.int64)
    zone_of[zones] = np.arange(len(zones))
    numbers = {stop.key: s for s, stop in enumerate(stops)}
    after = [numbers[stop.after] if stop.after is not None else -1 for stop in stops]
    return Ground(
        shift_s=problem.shift_s,
        travel=travel,
        team=np.array(
            [[modes.index(t.mode), t.start, now_s, len(kept.get(k, ()))] for k, t in enumerate(teams)], dtype=np.int64
        ),
        node=node,
        stop_of=np.repeat(np.arange(len(stops)), counts),
        stop=np.column_stack([ways[:-1], ways[1:], zone_of, after, [stop.gap_s for stop in stops]]).astype(np.int64),
        windows=_windows(stops),
        may=np.array([[_may(team, stop) for stop in stops] for team in teams], dtype=np.int64),
        flow=_flow(problem, zones, factors or {}),
        fade=_fade(problem, zones),
        zone=np.array([[s, _cap(stops[s]), stops[s].required] for s in zones], dtype=np.int64).reshape(-1, 3),
        follow=_followers(after),
        near=_near(problem, zones),
    )


def _may(team: Team, stop: Stop) -> int:
    if not stop.windows or not team.serves(stop):
        return NOT
    return SECOND_CHOICE if stop.roaming_first and team.kind == "local" else YES


def _windows(stops: Sequence[Stop]) -> Ints:
    most = max((len(stop.windows) for stop in stops), default=0)
    table = np.full((len(stops), max(most, 1), 2), -1, dtype=np.int64)
    for s, stop in enumerate(stops):
        for w, window in enumerate(stop.windows):
            table[s, w] = window
    return table


def _flow(problem: Problem, zones: Sequence[int], factors: Mapping[int, float]) -> Ints:
    """What comes back at each place, by minute."""
    minutes = problem.shift_s // 60
    flow = np.zeros((len(zones), 4, minutes + 1), dtype=np.int64)
    for z, s in enumerate(zones):
        told = problem.stops[s].recurrence
        assert told is not None
        flow[z, ACTIVE, :minutes] = np.floor(np.array(told.per_minute) * factors.get(s, 1.0) + 0.5)
        flow[z, DECAY, :minutes] = decay_ppm(told.rho_s, minutes)
    flow[:, SUMMED, 1:] = flow[:, ACTIVE, :minutes].cumsum(axis=1)
    for minute in range(minutes):
        flow[:, TAIL, minute] = (flow[:, ACTIVE, minute:] * flow[:, DECAY, : minutes + 1 - minute]).sum(axis=1)
    return flow


def _fade(problem: Problem, zones: Sequence[int]) -> Real:
    """What share of what stays away at one minute still does so many minutes later, at each place."""
    told = [problem.stops[s].recurrence for s in zones]
    rho = np.array([one.rho_s for one in told if one is not None], dtype=np.float64).reshape(-1, 1)
    return np.exp(-60.0 * np.arange(problem.shift_s // 60 + 1) / rho)


def _cap(stop: Stop) -> int:
    assert stop.recurrence is not None
    return NO_CAP if stop.recurrence.cap_s is None else stop.recurrence.cap_s


def _followers(after: Sequence[int]) -> Ints:
    lists: list[list[int]] = [[] for _ in after]
    for s, before in enumerate(after):
        if before >= 0:
            lists[before].append(s)
    table = np.full((len(after), max(map(len, lists), default=0) + 1), -1, dtype=np.int64)
    for s, found in enumerate(lists):
        table[s, : len(found)] = found
    return table


def _near(problem: Problem, zones: Sequence[int]) -> Ints:
    """Zones by distance as the crow flies from each stop, itself last; the last row is for the starts."""
    width = max(min(NEAR, len(zones)), 1)
    near = np.zeros((len(problem.stops) + 1, width), dtype=np.int64)
    if not zones:
        return near
    middle = np.mean([team.lonlat for team in problem.teams], axis=0)
    spots = np.array([*(stop.lonlat for stop in problem.stops), middle], dtype=np.float64)
    spots[:, 0] *= np.cos(np.radians(middle[1]))
    for s, spot in enumerate(spots):
        away = np.hypot(*(spots[zones] - spot).T)
        if s < len(problem.stops) and s in zones:
            away[zones.index(s)] = np.inf
        near[s] = np.argsort(away, kind="stable")[:width]
    return near

"""Share a shift's streets out among its teams so that the longest day is as short as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.patrol.arcs.budget import Iterations
from geo.patrol.arcs.problem import ANY, NO_WAY, ArcPlan, ArcProblem, Ints
from geo.patrol.arcs.search import route_streets
from geo.patrol.problem import Problem
from geo.patrol.schedule import Step, time_day


@dataclass(frozen=True)
class Cover:
    """Each team's streets in order with their directions, and the streets for which no team had time."""

    days: tuple[tuple[Step, ...], ...]
    left_out: tuple[int, ...]


def cover_streets(
    problem: Problem,
    seed: int,
    iterations: int,
    *,
    stops: Sequence[int] | None = None,
    teams: Sequence[int] | None = None,
    busy_s: Mapping[int, int] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Cover:
    """Routes over the passes and coverage of a shift.

    Parameters
    ----------
    problem
        The whole shift.
    seed, iterations
        Of each search; the same three give the same answer anywhere.
    stops
        Streets to share out; all stops of kind ``pass`` and ``coverage`` that are open in the shift by default.
    teams
        Who takes part; all by default.
    busy_s
        What teams do besides, in seconds.
    cancelled
        Asked now and then; if it says yes the answer is what was found so far.

    Returns
    -------
    Cover
        Days in the order of the problem's teams; every day keeps its windows, its spacing and the end of the shift.
        A street is in exactly one day or left out.

    Notes
    -----
    A street owed k passes is k stops, each with its own part of the shift as its window. The parts are shared out one
    after the other, teams going on from where the part before left them. In each the longest day counts (a high power
    of the days' length is least); only if not everything fits, the sum of the rides, so that the most streets fit.
    """
    chosen = range(len(problem.stops)) if stops is None else stops
    streets = [i for i in chosen if problem.stops[i].windows and (stops is not None or _is_street(problem, i))]
    members = list(range(len(problem.teams)) if teams is None else teams)
    busy = busy_s or {}
    here = {team: problem.teams[team].start for team in members}
    free_s = dict.fromkeys(members, 0)
    days: dict[int, list[Step]] = {team: [] for team in members}
    slots = sorted({problem.stops[i].windows[0] for i in streets}) if members else []
    for number, slot in enumerate(slots):
        mine = [i for i in streets if problem.stops[i].windows[0] == slot]
        last = number == len(slots) - 1
        begin = {team: max(slot[0], free_s[team]) for team in members}
        arcs = _arcs(problem, mine, members, here, begin, busy if number == 0 else {}, slot[1], home=last)
        plan = route_streets(arcs, seed, Iterations(iterations), balance=True, cancelled=cancelled)
        if plan.left_out:
            plan = _better(
                plan, route_streets(arcs, seed, Iterations(iterations), start=plan.routes, cancelled=cancelled)
            )
        for at, team in enumerate(members):
            days[team] += [(mine[way // 2], way % 2) for way in plan.routes[at]]
            kept = _in_time(problem, team, days[team])
            days[team] = kept
            if kept:
                visits = time_day(problem, problem.teams[team], kept)
                assert visits is not None
                free_s[team] = visits[-1].leave_s + busy.get(team, 0)
                here[team] = problem.stops[kept[-1][0]].options[problem.teams[team].mode][kept[-1][1]].exit
    every = tuple(tuple(days.get(team, ())) for team in range(len(problem.teams)))
    done = {stop for day in every for stop, _ in day}
    return Cover(every, tuple(i for i in streets if i not in done))


def _is_street(problem: Problem, stop: int) -> bool:
    return problem.stops[stop].kind in ("pass", "coverage") and problem.stops[stop].length_m > 0


def _better(one: ArcPlan, other: ArcPlan) -> ArcPlan:
    """The plan that leaves less out."""
    return other if len(other.left_out) < len(one.left_out) else one


def _in_time(problem: Problem, team: int, day: Sequence[Step]) -> list[Step]:
    """The day, shortened from its end until its windows, spacing and the end of the shift are kept."""
    kept = list(day)
    while kept and time_day(problem, problem.teams[team], kept) is None:
        kept.pop()
    return kept


def _arcs(
    problem: Problem,
    stops: Sequence[int],
    teams: Sequence[int],
    here: Mapping[int, int],
    begin: Mapping[int, int],
    busy: Mapping[int, int],
    until_s: int,
    home: bool,
) -> ArcProblem:
    """One part of the shift; passage ``2 * i + option`` is a way of doing ``stops[i]``."""
    modes = sorted({problem.teams[team].mode for team in teams})
    entry = np.full((len(modes), 2 * len(stops)), -1)
    leave, work = entry.copy(), np.full(entry.shape, NO_WAY, dtype=np.int64)
    for row, mode in enumerate(modes):
        for i, stop in enumerate(stops):
            for number, way in enumerate(problem.stops[stop].options.get(mode, ())[:2]):
                entry[row, 2 * i + number], leave[row, 2 * i + number] = way.entry, way.exit
                work[row, 2 * i + number] = way.service_s
    ride = [problem.travel[mode].duration_s for mode in modes]
    of = np.array([modes.index(problem.teams[team].mode) for team in teams], dtype=np.int64)
    link = np.stack([_rides(ride[row], leave[row], entry[row]) for row in range(len(modes))])
    out = np.stack([_rides(ride[m], np.array([here[t]]), entry[m])[0] for t, m in zip(teams, of, strict=True)])
    back = np.zeros_like(out)
    if home:
        ends = [np.array([problem.teams[team].start]) for team in teams]
        back = np.stack([_rides(ride[m], leave[m], end)[:, 0] for end, m in zip(ends, of, strict=True)])
    limit = np.array([max(0, min(until_s, problem.shift_s) - begin[team]) for team in teams], dtype=np.int64)
    return ArcProblem(
        link=link,
        work=work,
        out=out,
        back=back,
        mode=of,
        load=np.zeros(len(stops), dtype=np.int64),
        capacity=np.full(len(teams), ANY),
        may=np.array([[problem.teams[t].serves(problem.stops[i]) for i in stops] for t in teams], dtype=bool),
        busy=np.array([busy.get(team, 0) for team in teams], dtype=np.int64),
        limit=limit,
    )


def _rides(ride: Ints, leave: Ints, entry: Ints) -> Ints:
    """Rides from places to places; none where a place is −1."""
    found = np.where((leave[:, None] >= 0) & (entry[None] >= 0), ride[np.ix_(leave, entry)], NO_WAY)
    return np.asarray(found, dtype=np.int64)

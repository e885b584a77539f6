"""Days for what is done once: posts, acts, passes, lamps.

What must not be left out goes in as required, what may as a prize; each team has its own matrix, in which a stop it may
not do is out of reach. Work is counted into the leg that follows it, so that it may differ by mode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import HERE, Problem, Stop
from geo.patrol.schedule import Step
from geo.patrol.solve.engine import Crew, Model, Work, find_rounds, settled

PRIZE_S: Final = 3_600
"""An hour of riding is spent for a stop of weight 1: weight decides, riding time breaks ties."""

NO_WAY_S: Final = 10_000_000
"""Stands for a leg that does not exist; no shift is that long."""

PATIENCE: Final = 250
"""Iterations without a better plan after which a problem is settled."""

FAIR_SHARE: Final = 1.15
"""A team's day may be this much longer than an even share of the work before every second more costs extra."""

OVER_SHARE: Final = 4
"""Cost of a second past the fair share, in seconds of riding."""

Days = list[list[Step]]


def fair_share(problem: Problem, stops: Sequence[int]) -> int:
    """Seconds of a day if the teams shared the work of these stops and the rides between evenly."""
    work = sum(problem.stops[stop].shortest_s() for stop in stops)
    rides = [float(np.median(problem.travel[team.mode].duration_s)) for team in problem.teams]
    share = (work + len(stops) * min(rides) / 2) / len(problem.teams)
    return int(min(max(share * FAIR_SHARE, 1.0), problem.shift_s))


def route(
    problem: Problem,
    required: Sequence[int],
    wanted: Sequence[int],
    days: Days,
    seed: int,
    iterations: int,
    starts: Mapping[int, tuple[int, int]] | None = None,
) -> Days | None:
    """Days that hold every required stop and of the wanted ones as much weight as fits, with little riding.

    Parameters
    ----------
    problem
        The shift.
    required, wanted
        Numbers of stops that are done at most once and not on the spot.
    days
        Where the search starts, per team; must hold the required stops.
    seed, iterations
        Of the solver; it ends earlier after 250 iterations without a better plan.
    starts
        By team: place and second from which its day goes on; the team's own start at 0 for others.

    Returns
    -------
    list or None
        A sequence per team; None if nothing feasible was found. Windows and the end of the shift hold; spacing is
        not looked at.
    """
    stops = [*required, *wanted]
    if not stops:
        return [[] for _ in problem.teams]
    works, groups, steps = _works(problem, required, wanted)
    begin = {k: (starts or {}).get(k, (team.start, 0)) for k, team in enumerate(problem.teams)}
    matrices = [_matrices(problem, number, begin, steps) for number in begin]
    fair_s = fair_share(problem, stops)
    crews = [
        Crew(
            start=k,
            end=len(begin) + k,
            low=begin[k][1],
            high=problem.shift_s,
            longest=problem.shift_s - _rests_s(problem, k, begin[k][1]),
            fair=fair_s,
            over=OVER_SHARE,
            distance_cost=1,
            duration_cost=0,
            profile=k,
        )
        for k in begin
    ]
    riding, lasting = tuple(one for one, _ in matrices), tuple(one for _, one in matrices)
    model = Model(tuple(works), tuple(crews), riding, lasting, tuple(groups))
    rounds = find_rounds(model, seed, settled(iterations, PATIENCE), _start(days, steps))
    if rounds is None:
        return None
    found: Days = [[] for _ in problem.teams]
    for team, ways in rounds:
        found[team] = [steps[way][:2] for way in ways]
    return found


def _rests_s(problem: Problem, team: int, from_s: int) -> int:
    """Seconds a team rests after a second of the shift: on the spot, so they are only kept free here."""
    return sum(
        stop.shortest_s()
        for stop in problem.stops
        if stop.kind == "break" and stop.windows and stop.windows[-1][1] > from_s and problem.teams[team].serves(stop)
    )


def _works(
    problem: Problem, required: Sequence[int], wanted: Sequence[int]
) -> tuple[list[Work], list[bool], list[tuple[int, int, int]]]:
    """A work for each way and window of a stop, whether each stop's group is required; (stop, way, window) of each."""
    works: list[Work] = []
    groups: list[bool] = []
    steps: list[tuple[int, int, int]] = []
    first = 2 * len(problem.teams)
    modes = {team.mode for team in problem.teams}
    for number, stop in enumerate([*required, *wanted]):
        one, before = problem.stops[stop], len(works)
        for way in range(max(len(one.options.get(mode, ())) for mode in modes)):
            for window, (low, high) in enumerate(one.windows):
                late = high - _shortest_s(one, way)
                if late < low:
                    continue
                prize = max(1, round(one.weight * PRIZE_S))
                works.append(Work(first + len(works), low, late, prize=prize, group=len(groups)))
                steps.append((stop, way, window))
        if len(works) > before:
            groups.append(number < len(required))
    return works, groups, steps


def _shortest_s(stop: Stop, way: int) -> int:
    """Seconds of work in the quickest mode; whoever is slower is caught when the days are timed."""
    return min(ways[way].service_s for ways in stop.options.values() if way < len(ways))


def _matrices(
    problem: Problem,
    number: int,
    begin: Mapping[int, tuple[int, int]],
    steps: Sequence[tuple[int, int, int]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Seconds of riding between locations for a team, and with the work before: starts, ends, then clients."""
    team, count = problem.teams[number], len(problem.teams)
    size = 2 * count + len(steps)
    entry, leave, work = np.full(size, HERE), np.full(size, HERE), np.zeros(size, dtype=np.int64)
    leave[number] = entry[number] = begin[number][0]
    entry[count + number] = leave[count + number] = team.start
    for i, (stop, way, _) in enumerate(steps):
        ways = problem.stops[stop].options.get(team.mode, ())
        if way < len(ways) and team.serves(problem.stops[stop]):
            entry[2 * count + i], leave[2 * count + i] = ways[way].entry, ways[way].exit
            work[2 * count + i] = ways[way].service_s
    riding = np.full((size, size), NO_WAY_S, dtype=np.int64)
    travel = problem.travel[team.mode].duration_s
    riding[np.ix_(leave >= 0, entry >= 0)] = travel[np.ix_(leave[leave >= 0], entry[entry >= 0])]
    lasting = np.where(riding < NO_WAY_S, riding + work[:, None], NO_WAY_S)
    np.fill_diagonal(riding, 0)
    np.fill_diagonal(lasting, 0)
    return riding, lasting


def _start(days: Days, steps: Sequence[tuple[int, int, int]]) -> list[tuple[int, list[int]]] | None:
    """The days as rounds to start from; the first window of each stop."""
    known: dict[Step, int] = {}
    for work, (stop, way, _) in enumerate(steps):
        known.setdefault((stop, way), work)
    rounds = [(number, [known[step] for step in day if step in known]) for number, day in enumerate(days)]
    return [one for one in rounds if one[1]] or None

"""Find a plan: the bureau's pairs first, then 片区 by 片区, then the bureau's pairs again. Alone in importing pyvrp.

The budget is iterations, so the same problem, seed and budget give the same plan on any machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxIterations, MultipleCriteria, NoImprovement

from geo.patrol.baseline import nearest_neighbour
from geo.patrol.problem import Plan, Problem, Stop, Team
from geo.patrol.reasons import give_reasons
from geo.patrol.schedule import Step, cheapest_insertion, time_day
from geo.roads.speeds import Mode

Progress = Callable[[str, int, int], None]

PRIZE_S: Final = 3_600
"""An hour of riding is spent for a stop of weight 1: weight decides, riding time breaks ties."""

NO_WAY_S: Final = 10_000_000
"""Stands for a leg that does not exist in a mode; no shift is that long."""

FAIR_SHARE: Final = 1.15
"""A team's day may be this much longer than an even share of its part's work before every second more costs extra."""

OVER_SHARE: Final = 4
"""Cost of a second past the fair share, in seconds of riding."""

PATIENCE: Final = 400
"""Iterations without a better plan after which a problem is settled."""


def solve_shift(problem: Problem, seed: int, iterations: int, progress: Progress | None = None) -> Plan:
    """Plan the shift.

    Parameters
    ----------
    problem
        The whole shift, all 片区.
    seed
        Seed of the solver, ≥ 0.
    iterations
        Budget of each part, ≥ 1; a part ends earlier after 400 iterations without a better plan.
    progress
        Called with (``"district"`` or ``"roaming"``, done, of).

    Returns
    -------
    Plan
        Never worse in served weight than nearest neighbour on the same staff: that plan is the other start, and the
        better of the two is kept. Every stop left out has a reason.
    """
    days: list[tuple[Step, ...]] = [() for _ in problem.teams]
    parts = _parts(problem)
    for at, (members, first) in enumerate(parts):
        elsewhere = {stop for team, day in enumerate(days) if team not in members for stop, _ in day}
        mine = [
            i
            for i, stop in enumerate(problem.stops)
            if stop.windows
            and i not in elsewhere
            and (not first or stop.roaming_first or stop.licences_needed > 1)
            and any(problem.teams[t].serves(stop) for t in members)
        ]
        found = {**dict.fromkeys(members, ()), **_solve_part(problem, members, mine, seed, iterations)}
        if served_weight(problem, list(found.values())) >= served_weight(problem, [days[t] for t in members]):
            for number, day in found.items():
                days[number] = day
        if progress:
            progress("district" if problem.teams[members[0]].districts else "roaming", at + 1, len(parts))
    ours = fill(problem, days)
    theirs = fill(problem, nearest_neighbour(problem))
    days = max(ours, theirs, key=lambda days: round(served_weight(problem, days), 9))
    visits = tuple(time_day(problem, team, day) or () for team, day in zip(problem.teams, days, strict=True))
    return Plan(visits, give_reasons(problem, days))


def _parts(problem: Problem) -> list[tuple[list[int], bool]]:
    """Which teams are planned together, in which order (D13), and whether only what is theirs first is on offer.

    The bureau's pairs take what only they may do and what they ought to; each 片区 the rest of its own; then the
    bureau's pairs are planned once more with all that is left.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, team in enumerate(problem.teams):
        groups.setdefault(team.districts, []).append(number)
    roaming = groups.pop((), [])
    local = [(members, False) for members in groups.values()]
    if not roaming:
        return local
    return [(roaming, True), *local, (roaming, False)] if local else [(roaming, False)]


def served_weight(problem: Problem, days: Sequence[Sequence[Step]]) -> float:
    """Sum of the weights of the stops in all days."""
    return float(sum(problem.stops[stop].weight for day in days for stop, _ in day))


def fill(problem: Problem, days: Sequence[Sequence[Step]]) -> list[tuple[Step, ...]]:
    """Put every stop that still fits into some day, heaviest first, where it costs least."""
    full = [tuple(day) for day in days]
    served = {stop for day in full for stop, _ in day}
    left = [i for i in range(len(problem.stops)) if i not in served and problem.stops[i].windows]
    left.sort(key=lambda i: (-problem.stops[i].weight, problem.stops[i].key))
    for stop in left:
        found = [cheapest_insertion(problem, team, full[team], stop) for team in range(len(problem.teams))]
        best = min((one for one in found if one is not None), key=lambda one: (one.added_s, one.team), default=None)
        if best is not None:
            full[best.team] = best.sequence
    return full


def _solve_part(
    problem: Problem, teams: Sequence[int], stops: Sequence[int], seed: int, iterations: int
) -> dict[int, tuple[Step, ...]]:
    """Days for some teams over some stops; a part without stops or without a feasible answer gives empty days."""
    if not stops or not teams:
        return {}
    data, steps = _data(problem, [problem.teams[t] for t in teams], stops)
    stop = MultipleCriteria([MaxIterations(iterations), NoImprovement(PATIENCE)])
    result = pyvrp.solve(data, stop, seed=seed, collect_stats=False, display=False)
    days: dict[int, tuple[Step, ...]] = {}
    if result.is_feasible():
        for route in result.best.routes():
            team = teams[route.vehicle_type()]
            days[team] = tuple(steps[activity.idx] for activity in route if activity.is_client())
    return {team: day for team, day in days.items() if time_day(problem, problem.teams[team], day) is not None}


def _data(problem: Problem, teams: Sequence[Team], stops: Sequence[int]) -> tuple[pyvrp.ProblemData, list[Step]]:
    """The part as pyvrp wants it: one location per way of doing a stop, work counted into the leg that follows it."""
    steps = [
        (stop, number)
        for stop in stops
        for number in range(max(len(ways) for ways in problem.stops[stop].options.values()))
    ]
    modes = sorted({team.mode for team in teams})
    matrices = [_matrices(problem, mode, teams, steps) for mode in modes]
    groups = [pyvrp.ClientGroup(required=False) for _ in range(len(stops))]
    group_of = {stop: number for number, stop in enumerate(stops)}
    clients = []
    for place, (stop, _) in enumerate(steps):
        one = problem.stops[stop]
        low, high = one.windows[0]
        clients.append(
            pyvrp.Client(
                location=len(teams) + place,
                delivery=[1 if one.licences_needed > 1 else 0],
                tw_early=low,
                tw_late=max(low, high - _longest_s(one, modes)),
                prize=max(1, round(one.weight * PRIZE_S)),
                required=False,
                group=group_of[stop],
            )
        )
        groups[group_of[stop]].add_client(place)
    fair_s = _fair_share(problem, teams, stops)
    vehicles = [
        pyvrp.VehicleType(
            num_available=1,
            capacity=[len(stops) if team.licences > 1 else 0],
            start_depot=number,
            end_depot=number,
            tw_early=0,
            tw_late=problem.shift_s,
            shift_duration=fair_s,
            max_overtime=problem.shift_s - fair_s,
            unit_overtime_cost=OVER_SHARE,
            unit_distance_cost=0,
            unit_duration_cost=1,
            profile=modes.index(team.mode),
        )
        for number, team in enumerate(teams)
    ]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(*_spot(problem, teams, steps, i)) for i in range(len(teams) + len(steps))],
        clients=clients,
        depots=[pyvrp.Depot(location=i) for i in range(len(teams))],
        vehicle_types=vehicles,
        distance_matrices=[distance for distance, _ in matrices],  # type: ignore[misc]  # its stubs predate NumPy 2
        duration_matrices=[duration for _, duration in matrices],  # type: ignore[misc]
        groups=groups,
    )
    return data, steps


def _longest_s(stop: Stop, modes: Sequence[Mode]) -> int:
    """Seconds of work in the slowest of these modes: whoever comes then is done before the window closes."""
    return max((option.service_s for mode in modes for option in stop.options.get(mode, ())), default=0)


def _fair_share(problem: Problem, teams: Sequence[Team], stops: Sequence[int]) -> int:
    """Seconds of a day if the part's teams shared its work and the rides between evenly."""
    work = sum(problem.stops[stop].shortest_s() for stop in stops)
    rides = [float(np.median(problem.travel[team.mode].duration_s)) for team in teams]
    share = (work + len(stops) * min(rides) / 2) / len(teams)
    return int(min(max(share * FAIR_SHARE, 1.0), problem.shift_s))


def _matrices(
    problem: Problem, mode: str, teams: Sequence[Team], steps: Sequence[Step]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distance and duration between a part's locations in a mode; work at a location is in its outgoing durations."""
    size = len(teams) + len(steps)
    entry, leave = np.full(size, -1), np.full(size, -1)
    work = np.zeros(size, dtype=np.int64)
    for i, team in enumerate(teams):
        if team.mode == mode:
            entry[i] = leave[i] = team.start
    for i, (stop, number) in enumerate(steps):
        ways = next((w for m, w in problem.stops[stop].options.items() if m == mode), ())
        if number < len(ways):
            entry[len(teams) + i], leave[len(teams) + i] = ways[number].entry, ways[number].exit
            work[len(teams) + i] = ways[number].service_s
    known = np.ix_(leave >= 0, entry >= 0)
    travel = next(matrix for m, matrix in problem.travel.items() if m == mode)
    duration = np.full((size, size), NO_WAY_S, dtype=np.int64)
    distance = np.full((size, size), NO_WAY_S, dtype=np.int64)
    pick = np.ix_(leave[leave >= 0], entry[entry >= 0])
    duration[known] = travel.duration_s[pick]
    distance[known] = travel.distance_m[pick]
    duration = np.where(duration < NO_WAY_S, duration + work[:, None], NO_WAY_S)
    np.fill_diagonal(duration, 0)
    np.fill_diagonal(distance, 0)
    return distance, duration


def _spot(problem: Problem, teams: Sequence[Team], steps: Sequence[Step], location: int) -> tuple[float, float]:
    if location < len(teams):
        return teams[location].lonlat
    return problem.stops[steps[location - len(teams)][0]].lonlat

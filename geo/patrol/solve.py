"""Find a plan: 片区 by 片区 for what any pair may do, then one roaming problem for the rest. Alone in importing pyvrp.

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
from geo.patrol.problem import Plan, Problem, Team
from geo.patrol.reasons import give_reasons
from geo.patrol.schedule import Step, cheapest_insertion, time_day

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
    open_stops = [i for i, stop in enumerate(problem.stops) if stop.window is not None]
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, team in enumerate(problem.teams):
        groups.setdefault(team.districts, []).append(number)
    roaming = groups.pop((), [])
    parts = [*groups.values(), *([roaming] if roaming else [])]
    days: list[tuple[Step, ...]] = [() for _ in problem.teams]
    done: set[int] = set()
    for at, members in enumerate(parts):
        mine = [
            i
            for i in open_stops
            if i not in done
            and any(problem.teams[t].serves(problem.stops[i]) for t in members)
            and not (problem.stops[i].roaming_first and roaming and members is not roaming)
        ]
        for number, day in _solve_part(problem, members, mine, seed, iterations).items():
            days[number] = day
            done.update(stop for stop, _ in day)
        if progress:
            progress("roaming" if members is roaming else "district", at + 1, len(parts))
    ours = fill(problem, days)
    theirs = fill(problem, nearest_neighbour(problem))
    days = max(ours, theirs, key=lambda days: round(served_weight(problem, days), 9))
    visits = tuple(time_day(problem, team, day) or () for team, day in zip(problem.teams, days, strict=True))
    return Plan(visits, give_reasons(problem, days))


def served_weight(problem: Problem, days: Sequence[Sequence[Step]]) -> float:
    """Sum of the weights of the stops in all days."""
    return float(sum(problem.stops[stop].weight for day in days for stop, _ in day))


def fill(problem: Problem, days: Sequence[Sequence[Step]]) -> list[tuple[Step, ...]]:
    """Put every stop that still fits into some day, heaviest first, where it costs least."""
    full = [tuple(day) for day in days]
    served = {stop for day in full for stop, _ in day}
    left = [i for i in range(len(problem.stops)) if i not in served and problem.stops[i].window is not None]
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
        assert one.window is not None
        low, high = one.window
        clients.append(
            pyvrp.Client(
                location=len(teams) + place,
                delivery=[1 if one.licences_needed > 1 else 0],
                tw_early=low,
                tw_late=max(low, high - one.shortest_s()),
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

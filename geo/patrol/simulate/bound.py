"""What no plan of a shift can exceed: a proven bound on the violation-minutes that its people can suppress.

Every place is given its best visits for a price per second of a team's time, and the price is moved until the time
there is costs most (Lagrangian relaxation, Geoffrion 1974). A visit costs its stay and the shortest way there from
anywhere; where visits follow each other at one place, waiting costs no more than coming back. A required place is
visited once at least. Which team goes, in which order, and caps are left out, so a real plan stays below.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import HERE, Problem, Stop
from geo.patrol.simulate.presence import zones_of
from geo.patrol.solve.compiled import making
from geo.patrol.value import PPM, decay_ppm, minute_of
from geo.roads.speeds import Mode

Ints = NDArray[np.int64]

PRICES: Final = 60
"""Prices tried; each narrows the interval to two thirds."""


def most_suppressed(problem: Problem) -> int:
    """Thousandths of violation-minutes above which no plan can come that does all that is required.

    Parameters
    ----------
    problem
        A shift; what of it recurs is weighed as by :func:`geo.patrol.value.plan_value`.

    Returns
    -------
    int
        At most what all its places demand; 0 if none recurs or nobody is there. Where not all that is required can
        be done, it may be less than what a plan that gives way suppresses.

    Notes
    -----
    One pass costs O(places × minutes²), some 0.2 ms a place for a shift of eight hours; there are 60 passes.
    """
    zones = [zone for zone in zones_of(problem) if _ways(problem, problem.stops[zone])]
    if not zones or not problem.teams:
        return 0
    budget_s = len(problem.teams) * problem.shift_s - sum(
        stop.shortest_s() for stop in problem.stops if stop.required and stop.recurrence is None and stop.windows
    )
    tables = [_table(problem, zone) for zone in zones]

    def bounded(price: float) -> float:
        return price * max(budget_s, 0) + sum(best_visits(*table, price) for table in tables)

    low, high = 0.0, float(max(table[0].max() for table in tables)) * PPM
    for _ in range(PRICES):
        third = (high - low) / 3
        if bounded(low + third) <= bounded(high - third):
            high -= third
        else:
            low += third
    all_of_it = sum(int(table[0].sum()) for table in tables)
    return min(int(np.ceil(bounded(high) / PPM)), all_of_it)


def _ways(problem: Problem, stop: Stop) -> list[tuple[Mode, int, int]]:
    """Mode, entry and seconds of work of each way in which some team may visit a place."""
    modes = {team.mode for team in problem.teams if team.serves(stop) and stop.windows}
    return [(mode, one.entry, one.service_s) for mode in sorted(modes) for one in stop.options.get(mode, ())]


def _table(problem: Problem, zone: int) -> tuple[Ints, Ints, NDArray[np.bool_], bool, int, int]:
    """Of a place: violations and decay by minute, when a visit may begin, whether one must, its stay and way there."""
    stop = problem.stops[zone]
    told = stop.recurrence
    assert told is not None
    minutes = len(told.per_minute)
    ways = _ways(problem, stop)
    stay_s = min(service for _, _, service in ways)
    begins = np.zeros(minutes, dtype=bool)
    for low, high in stop.windows:
        begins[minute_of(low) : minute_of(max(high - stay_s, 0)) + 1] = high - low >= stay_s
    there_s = min(0 if entry == HERE else _shortest_way(problem, mode, entry) for mode, entry, _ in ways)
    active = np.array(told.per_minute, dtype=np.int64)
    return active, np.array(decay_ppm(told.rho_s, minutes), dtype=np.int64), begins, stop.required, stay_s, there_s


def _shortest_way(problem: Problem, mode: Mode, entry: int) -> int:
    """Seconds to a place from the nearest other one."""
    column = problem.travel[mode].duration_s[:, entry]
    others = np.delete(column, entry)
    return int(others.min()) if len(others) else 0


@making
def best_visits(active: Any, decay: Any, begins: Any, must: bool, stay_s: int, there_s: int, price: float) -> float:
    """Most that visits of one place are worth, less what their time costs; millionths of thousandths.

    Parameters
    ----------
    active, decay, begins
        Shape (minutes,).
    must
        Whether there is a visit at least.
    stay_s, there_s
        Of a visit, and of the way to it.
    price
        Of a second.
    """
    minutes = len(active)
    stay = -(-stay_s // 60)
    best = np.full(minutes, -np.inf)
    most = -np.inf if must and begins.any() else 0.0
    for minute in range(minutes):
        if not begins[minute]:
            continue
        best[minute] = max(best[minute], -price * (stay_s + there_s))
        left = min(minute + stay, minutes)
        worth = best[minute]
        for m in range(minute, left):
            worth += PPM * active[m]
        for again in range(left, minutes):
            if begins[again]:
                between = min(60 * max(again - left - 1, 0), there_s)
                best[again] = max(best[again], worth - price * (stay_s + between))
            worth += active[again] * decay[again - left]
        most = max(most, worth)
    return most

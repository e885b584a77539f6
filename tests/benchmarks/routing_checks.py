"""What routes of a public instance cost and whether they keep its rules, worked out from the file alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from tests.benchmarks.routing_files import CarpFile, Floats, Ints, VisitFile

Routes = Sequence[tuple[int, Sequence[int]]]
"""Depot and rows of clients, vehicle by vehicle."""

ROUNDINGS = {"nearest": (1, False), "tenth": (10, True), "thousandth": (1000, False)}
"""How distances and times become whole numbers: the factor, and whether the rest is cut off instead of rounded.

``nearest`` is the habit of CVRPLIB, ``tenth`` that of the DIMACS challenge for time windows, ``thousandth`` PyVRP's
for several depots."""


def whole(values: Floats, rounding: str) -> Ints:
    """Figures as whole numbers.

    Examples
    --------
    >>> whole(np.array([1.27, 2.5]), "tenth").tolist(), whole(np.array([1.27]), "thousandth").tolist()
    ([12, 25], [1270])
    """
    factor, cut = ROUNDINGS[rounding]
    scaled = np.asarray(values) * factor
    return np.asarray((scaled if cut else np.floor(scaled + 0.5)).astype(np.int64))


def rounding_of(file: VisitFile, solution: tuple[list[list[int]], float, bool] | None) -> str:
    """The rounding under which the stored routes cost what their file says; without any, what the kind is used to.

    Without a stored solution: several depots thousandths, time windows tenths, otherwise the nearest whole number.
    """
    usual = "tenth" if file.windows is not None else "nearest"
    usual = "thousandth" if file.depots > 1 else usual
    for rounding in (usual, *ROUNDINGS) if solution else ():
        assert solution is not None
        ours = routes_cost(file, stored_routes(file, solution[0]), rounding)
        if abs(_stated(file, solution, rounding) - ours) < 1e-6:
            return rounding
    return usual


def best_known(file: VisitFile, solution: tuple[list[list[int]], float, bool], rounding: str) -> int:
    """The stored cost as a whole number of the rounded unit."""
    return round(_stated(file, solution, rounding))


def _stated(file: VisitFile, solution: tuple[list[list[int]], float, bool], rounding: str) -> float:
    """The stored cost in the rounded unit: one with a decimal point is in the file's own unit, and of a whole one it is
    told by what the routes cost."""
    routes, cost, pointed = solution
    factor = ROUNDINGS[rounding][0]
    if pointed:
        return cost * factor
    ours = routes_cost(file, stored_routes(file, routes), rounding)
    return min((cost, cost * factor), key=lambda value: abs(value - ours))


def routes_cost(file: VisitFile, routes: Routes, rounding: str) -> int:
    """Distance of the routes, and the prizes of clients in none of them."""
    distance, prizes = whole(file.distance, rounding), whole(file.prizes, rounding)
    cost = int(prizes.sum()) - sum(int(prizes[client]) for _, route in routes for client in route)
    for depot, route in routes:
        stops = [depot, *route, depot]
        cost += int(distance[stops[:-1], stops[1:]].sum())
    return cost


def stored_routes(file: VisitFile, routes: Sequence[Sequence[int]]) -> Routes:
    """Routes of a ``.sol``, one a vehicle in the order of the vehicles, with the depots they belong to."""
    return [(int(depot), route) for depot, route in zip(file.depot_of, routes, strict=False)]


def broken_rules(file: VisitFile, routes: Routes, rounding: str) -> list[str]:
    """Every rule that routes (depot, rows of clients) break; empty if they are a feasible answer."""
    distance, service = whole(file.distance, rounding), whole(file.service, rounding)
    windows = whole(file.windows, rounding) if file.windows is not None else None
    longest = int(whole(np.array([file.longest]), rounding)[0]) if file.longest is not None else None
    broken = []
    seen = [client for _, route in routes for client in route]
    required = set(np.flatnonzero(file.prizes[file.depots :] == 0) + file.depots)
    if len(seen) > len(set(seen)) or not required <= set(seen) or min(seen, default=file.depots) < file.depots:
        broken.append("each required client once")
    fleet, used = np.bincount(file.depot_of, minlength=file.depots), [depot for depot, route in routes if route]
    if (np.bincount(used, minlength=file.depots) > fleet).any():
        broken.append("no more vehicles than there are")
    for depot, route in routes:
        if file.demand[list(route)].sum() > file.capacity:
            broken.append("capacity")
        if windows is not None or longest is not None:
            broken += _late(distance, service, windows, longest, depot, route)
    return broken


def _late(
    distance: Ints, service: Ints, windows: Ints | None, longest: int | None, depot: int, route: Sequence[int]
) -> list[str]:
    """Windows and duration of one route: it starts as late as costs no time, so that waiting is least."""
    stops = [depot, *route, depot]
    now = begin = int(windows[depot, 0]) if windows is not None else 0
    waited, slack = 0, 1 << 60
    for before, here in itertools.pairwise(stops):
        now += int(service[before] if before != depot else 0) + int(distance[before, here])
        if windows is not None:
            if now > windows[here, 1]:
                return ["windows"]
            slack = min(slack, int(windows[here, 1]) - now + waited)
            waited += max(0, int(windows[here, 0]) - now)
            now = max(now, int(windows[here, 0]))
    over = longest is not None and now - begin - min(waited, slack) > longest
    return ["duration"] if over else []


def carp_broken(file: CarpFile, distance: Ints, routes: Sequence[Sequence[tuple[int, bool]]], cost: int) -> list[str]:
    """Every rule that routes over a CARP file's edges (row, against its line) break, their stated cost included."""
    broken = []
    seen = sorted(edge for route in routes for edge, _ in route)
    if seen != np.flatnonzero(file.edges[:, 3] > 0).tolist():
        broken.append("each required edge once")
    total = 0
    for route in routes:
        here = 0
        for edge, against in route:
            a, b, length, _ = file.edges[edge].tolist()
            begin, end = (b, a) if against else (a, b)
            total += int(distance[here, begin]) + length
            here = end
        total += int(distance[here, 0])
        if sum(int(file.edges[edge, 3]) for edge, _ in route) > file.capacity:
            broken.append("capacity")
    if total != cost:
        broken.append(f"cost {cost} is not {total}")
    return broken

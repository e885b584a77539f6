"""Public routing instances through our own solvers: cost over the best-known value, in CPU seconds of one thread.

``pianqu bench routing [FOLDER] [--seconds 5] [--seeds 1] [--round auto] [--made N] [--json FILE]``: every CARP, Solomon
and VRPLIB file below the folder, whatever it is called. Streets (CARP) go to :mod:`geo.patrol.arcs`, visits to the
engine of a shift's skeleton in :mod:`geo.patrol.solve`, part by part; every answer is then checked from the file alone.
The best-known value is the upper bound in a CARP file, and the cost in the ``.sol`` beside any other; without one a row
has a cost and no gap.

How figures become whole numbers is told by ``--round``, or found: the way in which the routes of the ``.sol`` cost
what it says; without one thousandths for several depots, tenths cut off for time windows, else the nearest number.
As many vehicles as an answer likes may serve streets, as in the papers the bounds are from; how many it took is told.

``--made N`` solves N sparse networks of 75 to 190 streets, made from seeds (:mod:`tests.benchmarks.routing_made`). No
best-known value of theirs exists: the gap is to the best of two of our own runs ``--longer`` times as long with other
seeds, which is no proof; the lower bound beside it is one, and ``bound_gap_pct`` says how far the answer is above it.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from geo.patrol.arcs.budget import CpuSeconds, Iterations
from geo.patrol.arcs.problem import one_depot
from geo.patrol.arcs.search import route_streets
from geo.settings import Settings
from tests.benchmarks.routing_checks import ROUNDINGS, best_known, broken_rules, carp_broken, rounding_of, routes_cost
from tests.benchmarks.routing_files import (
    BrokenFile,
    CarpFile,
    Ints,
    find_instances,
    read_carp,
    read_solomon,
    read_solution,
    read_vrplib,
)
from tests.benchmarks.routing_made import lower_bound, make_network
from tests.benchmarks.routing_visits import solve_visits

Row = dict[str, Any]


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Solve every instance of a folder; rows, means per set, and what could not be read."""
    del settings
    parser = argparse.ArgumentParser(prog="bench routing")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=5.0, help="processor seconds for each instance and seed")
    parser.add_argument("--seeds", type=int, default=1, help="seeds 1 to this")
    parser.add_argument("--made", type=int, default=0, help="solve so many made networks too")
    parser.add_argument("--longer", type=float, default=10.0, help="how many times as long their reference is sought")
    parser.add_argument("--round", choices=("auto", *ROUNDINGS), default="auto")
    options = parser.parse_args(arguments)
    if not options.folder and not options.made:
        parser.error("name a folder, or --made N")
    if options.folder and not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}")
    warm_up()
    rows, broken = [], []
    for kind, path in find_instances(options.folder) if options.folder else ():
        for seed in range(1, options.seeds + 1):
            try:
                row = solve_file(kind, path, options.seconds, seed, options.round)
            except BrokenFile as error:
                broken.append(error.facts)
                sys.stderr.write(f"{error}\n")
                break
            rows.append(_told({"set": set_of(kind, path), **row}))
    for number in range(1, options.made + 1):
        rows += solve_made(make_network(number), options.seconds, options.seeds, options.longer)
    return {"name": "routing", "seconds": options.seconds, "seeds": options.seeds, **summary(rows), "unread": broken}


def _told(row: Row) -> Row:
    sys.stderr.write("  ".join(f"{name} {value}" for name, value in row.items()) + "\n")
    return row


def set_of(kind: str, path: Path) -> str:
    """The set a row is counted in: of streets the letters a name begins with, otherwise the folder.

    Examples
    --------
    >>> set_of("carp", Path("carp/egl-e1-A.dat")), set_of("carp", Path("val10B.dat")), set_of("vrplib", Path("x/A.vrp"))
    ('egl-e', 'val', 'x')
    """
    found = re.match(r"[A-Za-z]+(-[A-Za-z]+)?", path.stem)
    return found[0] if kind == "carp" and found else path.parent.name


def summary(rows: list[Row]) -> dict[str, Any]:
    """Means over all rows with a best-known value, and per set; rows without a feasible answer count as infeasible."""
    sets: dict[str, list[Row]] = {}
    for row in rows:
        sets.setdefault(row["set"], []).append(row)
    return {
        "mean_gap_pct": _mean(rows),
        "infeasible": sum(not row["feasible"] for row in rows),
        "sets": {
            name: {
                "rows": len(some),
                "mean_gap_pct": _mean(some),
                "worst_gap_pct": max((row["gap_pct"] for row in some if row["gap_pct"] is not None), default=None),
                "infeasible": sum(not row["feasible"] for row in some),
                "cpu_s": round(statistics.mean(row["seconds"] for row in some), 2),
            }
            for name, some in sorted(sets.items())
        },
        "rows": rows,
    }


def _mean(rows: list[Row]) -> float | None:
    gaps = [row["gap_pct"] for row in rows if row["gap_pct"] is not None]
    return round(statistics.mean(gaps), 4) if gaps else None


def solve_file(kind: str, path: Path, seconds: float, seed: int, rounding: str) -> Row:
    """One instance, solved, checked and measured."""
    solver: Callable[..., Row] = _carp if kind == "carp" else _visits
    return solver(path, seconds, seed, rounding)


def solve_made(file: CarpFile, seconds: float, seeds: int, longer: float) -> list[Row]:
    """A row a seed for a network without a best-known value; its reference is the best answer of all runs."""
    bound = lower_bound(file, node_distances(file))
    runs = [solve_carp(file, seconds * longer, seed) for seed in (101, 102)]
    runs += [solve_carp(file, seconds, seed) for seed in range(1, seeds + 1)]
    best = min((row["cost"] for row in runs if row["feasible"]), default=0)
    rows = []
    for row in runs[2:]:
        gaps = (
            {"gap_pct": _gap(row["cost"], best), "bound_gap_pct": _gap(row["cost"], bound)} if row["feasible"] else {}
        )
        rows.append(_told({"set": "made", **row, "best_known": best, **gaps, "lower_bound": bound}))
    return rows


def _carp(path: Path, seconds: float, seed: int, rounding: str) -> Row:
    del rounding
    return solve_carp(read_carp(path), seconds, seed)


def solve_carp(file: CarpFile, seconds: float, seed: int) -> Row:
    """One network, solved, checked and measured."""
    begun = time.process_time()
    distance = node_distances(file)
    required = np.flatnonzero(file.edges[:, 3] > 0)
    ends, work, load = file.edges[required, :2], file.edges[required, 2], file.edges[required, 3]
    fleet = 2 * -(-int(load.sum()) // max(file.capacity, 1)) + 1
    problem = one_depot(distance, ends.tolist(), work.tolist(), load.tolist(), fleet, file.capacity)
    plan = route_streets(problem, seed, CpuSeconds(seconds, begun))
    spent = time.process_time() - begun
    routes = [[(int(required[way // 2]), way % 2 == 1) for way in route] for route in plan.routes if route]
    broken = carp_broken(file, distance, routes, plan.cost)
    row = _row(file.name, "CARP", len(required), seed, spent, plan.cost, file.upper or None, broken)
    return {**row, "lower_bound": file.lower, "vehicles": len(routes), "vehicles_in_file": file.vehicles}


def node_distances(file: CarpFile) -> Ints:
    """Shortest ways between a CARP file's nodes over its edges.

    Raises
    ------
    BrokenFile
        If a required edge cannot be reached from the depot.
    """
    from scipy.sparse.csgraph import shortest_path

    table = np.full((file.nodes, file.nodes), np.inf)
    for a, b, cost, _ in file.edges:
        table[a, b] = table[b, a] = min(table[a, b], cost)
    distance = shortest_path(np.ma.masked_invalid(table), directed=False)
    lost = np.flatnonzero((file.edges[:, 3] > 0) & ~np.isfinite(distance[0, file.edges[:, 0]]))
    if len(lost):
        raise BrokenFile(Path(file.name + ".dat"), 3 + int(lost[0]), "the edge cannot be reached from vertex 0")
    return np.where(np.isfinite(distance), distance, 0).astype(np.int64)


def _visits(path: Path, seconds: float, seed: int, rounding: str) -> Row:
    file = read_solomon(path) if path.suffix.lower() == ".txt" else read_vrplib(path)
    solution = read_solution(path.with_suffix(".sol"))
    rounding = rounding_of(file, solution) if rounding == "auto" else rounding
    best = best_known(file, solution, rounding) if solution else None
    begun = time.process_time()
    routes = solve_visits(file, rounding, seed, CpuSeconds(seconds, begun))
    spent = time.process_time() - begun
    broken = broken_rules(file, routes, rounding) if routes is not None else ["no answer"]
    cost = routes_cost(file, routes, rounding) if routes is not None else None
    row = _row(file.name, file.kind, len(file.demand) - file.depots, seed, spent, cost, best, broken)
    return {**row, "round": rounding, "vehicles": sum(bool(route) for _, route in routes or [])}


def _gap(cost: int, best: int) -> float:
    return round(100 * (cost / best - 1), 4)


def _row(
    name: str, kind: str, clients: int, seed: int, spent: float, cost: int | None, best: int | None, broken: list[str]
) -> Row:
    gap = _gap(cost, best) if cost is not None and best and not broken else None
    return {
        "name": name,
        "kind": kind,
        "clients": clients,
        "seed": seed,
        "seconds": round(spent, 2),
        "cost": cost,
        "best_known": best,
        "gap_pct": gap,
        "feasible": not broken,
        **({"broken": broken} if broken else {}),
    }


def warm_up() -> None:
    """Compile, or load what was compiled, before the clock runs: a worker does it once, not for each shift."""
    side = one_depot(np.array([[0, 1], [1, 0]]), [(0, 1), (0, 1)], [1, 1], [1, 1], teams=2, capacity=1)
    route_streets(side, 1, Iterations(1))

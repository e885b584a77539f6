"""A shift of the sample county's size: seconds to plan it, and what it suppresses against going to the nearest place.

``pianqu bench plan [--seeds N]`` makes a town of 80 zones with 15 teams in memory; no database is touched.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from typing import Any

import numpy as np
import shapely

from geo.hotspots.districting.first_cut import cut_districts
from geo.patrol.actions import DEFAULT_ITERATIONS
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.evaluate import Register, check_plan
from geo.patrol.problem import Plan, Problem, Recurrence
from geo.patrol.simulate.rules import nearest_neighbour
from geo.patrol.solve import solve_shift
from geo.patrol.value import plan_value
from geo.roads.network import Network
from geo.settings import Settings
from tests.towns import SPAN, SRID, grid, network_of, people, shift, vehicles, zone

ZONES = 80
ACTS = 12
DISTRICTS = 12
STAFF = {"15 teams": (9, 21, 6), "4 teams": (4, 4, 2)}
"""Regulars, auxiliaries, licensed: a full shift that can do everything, and a thin one that must choose."""


def make_shift(seed: int, staff: str) -> tuple[Network, Problem, Register]:
    """A random town of 5 × 4 km: 12 片区, 80 zones that fill up again, passes of main streets, acts of enforcement."""
    rng = np.random.default_rng(seed)
    tiers = ["main" if row % 5 == 0 else "lane" for row in range(20) for _ in range(25)] + ["lane"] * (19 * 26)
    names = [f"大街{row}" if row % 5 == 0 else None for row in range(20) for _ in range(25)] + [None] * (19 * 26)
    town = grid(26, 20, tier=tiers, name=names)
    kept = (rng.random(len(town)) < 0.8) | (town["tier"] == "main").to_numpy()
    town = town[kept].assign(oneway=np.where(rng.random(int(kept.sum())) < 0.1, 1, 0))
    network = network_of(town)
    boundary = shapely.box(*(network.node_xy.min(axis=0) - 50), *(network.node_xy.max(axis=0) + 50))
    cut = cut_districts(network, boundary, n=DISTRICTS)
    town["owner_district"] = [cut.owners[road] for road in town.index]
    network = network_of(town)
    areas = cut.districts.to_crs(SRID).set_index("code").geometry
    wishes = pass_wishes(network, SPAN)
    for i in range(ZONES + ACTS):
        x, y = rng.uniform(0, 5_000), rng.uniform(0, 3_800)
        place = zone(i, x, y).geometry
        more: dict[str, Any] = {
            "district_code": next((code for code, area in areas.items() if area.contains(place)), None)
        }
        window = (0, 28_800)
        if i < ZONES:
            begin = 0 if rng.random() < 0.5 else int(rng.integers(0, 20_000)) // 60 * 60
            window = (begin, 28_800 if begin == 0 else min(begin + int(rng.integers(60, 150)) * 60, 28_800))
            level = int(1_000 * rng.gamma(2.0, 0.6))
            told = tuple(level if window[0] <= 60 * minute < window[1] else 0 for minute in range(480))
            more |= {"key": f"zone:{i}", "recurrence": Recurrence(told, int(rng.uniform(900, 2_400))), "service_s": 720}
        else:
            more |= {"key": f"enforcement:{i}", "kind": "enforcement", "duty": "law", "licences_needed": 2}
            more |= {"weight": 120.0, "service_s": 1_200}
        wishes.append(zone(i, x, y, window, **more))
    grounds = {code: (area, None) for code, area in areas.items()}
    problem, register = shift(network, wishes, people(*STAFF[staff]), vehicles(2, 30), grounds)
    return network, problem, register


def done_once(problem: Problem, plan: Plan) -> int:
    """How many passes and acts a plan does."""
    return len({v.stop for day in plan.days for v in day if problem.stops[v.stop].recurrence is None})


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Plan some shifts and compare; CPU seconds of one thread, since the machine may be shared."""
    del settings
    parser = argparse.ArgumentParser(prog="bench plan")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=DEFAULT_ITERATIONS)
    options = parser.parse_args(arguments)
    solve_shift(make_shift(0, "4 teams")[1], 0, 1)  # what is compiled at first use is no part of planning
    rows = []
    for staff, seed in itertools.product(STAFF, range(1, options.seeds + 1)):
        network, problem, register = make_shift(seed, staff)
        cpu, wall = time.process_time(), time.perf_counter()
        plan = solve_shift(problem, seed, options.iterations)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        score = check_plan(network, problem, plan, register)
        nearest = nearest_neighbour(problem)
        row = {
            "seed": seed,
            "teams": len(problem.teams),
            "stops": len(problem.stops),
            "cpu_s": round(cpu, 2),
            "wall_s": round(wall, 2),
            "value": score.value,
            "value_total": score.value_total,
            "nearest_neighbour": plan_value(problem, nearest),
            "ratio": round(score.value / plan_value(problem, nearest), 4),
            "promises": done_once(problem, plan),
            "promises_nearest": done_once(problem, nearest),
            "promises_total": sum(bool(stop.windows) and stop.recurrence is None for stop in problem.stops),
        }
        rows.append(row)
        sys.stderr.write("  ".join(f"{name} {value}" for name, value in row.items()) + "\n")
    ratios = [row["ratio"] for row in rows]
    return {
        "name": "plan",
        "data": f"{ZONES} zones, {DISTRICTS} districts, made in memory, seeds 1–{options.seeds}",
        "rows": rows,
        "ratio": round(statistics.mean(ratios), 4),
        "spread": round(statistics.pstdev(ratios), 4),
        "cpu_s": max(row["cpu_s"] for row in rows),
    }

"""The day goes otherwise: seconds to plan its rest anew, against a long search that is free to change everything.

``pianqu bench replan [--seeds N] [--cold N]`` makes towns of 200 targets, 20 people and 5 片区 in memory, plans their
shift with the same long budget, and three hours into it has an urgent case come up, a main street closed, a team go
missing, or a team be half an hour late at what it is doing. The long search is given the same visits that are done or
under way, and may move all others.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import time
from typing import Any

import numpy as np
import shapely

from geo.hotspots.districting.first_cut import cut_districts
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.rules import PassRule
from geo.patrol.demand.wish import Wish
from geo.patrol.problem import Problem, Recurrence
from geo.patrol.replan.carry import planned_days
from geo.patrol.replan.search import replan
from geo.patrol.solve import solve_shift
from geo.patrol.value import plan_value, seconds_beyond
from geo.settings import Settings
from tests.towns import SPAN, SRID, grid, network_of, people, shift, vehicles, zone

NOW_S = 3 * 3600
LATE_S = 1800
PLACES, ONCE = 70, 90
ITERATIONS = 300


def make_town(seed: int, closed: bool = False, urgent: bool = False) -> Problem:
    """A shift of 200 targets: 60 places that fill up again, some 80 passes of main streets, 60 things done once."""
    rng = np.random.default_rng(seed)
    tiers = ["main" if row % 5 == 0 else "lane" for row in range(16) for _ in range(19)] + ["lane"] * (15 * 20)
    names = [f"大街{row}" if row % 5 == 0 else None for row in range(16) for _ in range(19)] + [None] * (15 * 20)
    town = grid(20, 16, tier=tiers, name=names)
    network = network_of(town)
    boundary = shapely.box(*(network.node_xy.min(axis=0) - 50), *(network.node_xy.max(axis=0) + 50))
    cut = cut_districts(network, boundary, n=5)
    town["owner_district"] = [cut.owners[road] for road in town.index]
    full = network_of(town)
    areas = cut.districts.to_crs(SRID).set_index("code").geometry
    wishes: list[Wish] = list(pass_wishes(full, SPAN, (PassRule("main", 2, 7200, True),)))
    for number in range(PLACES + ONCE):
        x, y = rng.uniform(0, 3_800), rng.uniform(0, 3_000)
        code = next((code for code, area in areas.items() if area.contains(zone(0, x, y).geometry)), None)
        begin = int(rng.integers(0, 5)) * 3_600
        more: dict[str, Any] = {"key": f"due:{number}", "kind": "deadline", "duty": "deadline", "required": True}
        window = (begin, min(begin + 14_400, 28_800))
        if number < PLACES:
            level = rng.gamma(2.0, 1.5) * np.exp(-(((np.arange(480) - rng.uniform(60, 420)) / 150.0) ** 2))
            told = tuple(int(1000 * one) for one in level)
            window = (0, 28_800)
            more = {
                "key": f"zone:{number}",
                "recurrence": Recurrence(told, int(rng.uniform(900, 2400)), 14_400),
                "required": True,
            }
        wishes.append(zone(number, x, y, window, district_code=code, service_s=600, **more))
    if urgent:
        x, y = rng.uniform(500, 3_300), rng.uniform(500, 2_500)
        wishes.append(
            zone(
                999, x, y, (NOW_S, NOW_S + 3_600), key="urgent:1", kind="deadline", duty="deadline", required=True,
                weight=50.0, district_code=None, service_s=900,
            )
        )  # fmt: skip
    if closed:
        middle = [road for road, one in zip(town.index, names, strict=True) if one == "大街5"]
        town = town.drop(middle[8:11])
        full = network_of(town)
        known = set(town.index)
        wishes = [wish for wish in wishes if wish.stretch is None or set(wish.stretch.road_ids) <= known]
        again = {w.key: w for w in pass_wishes(full, SPAN, (PassRule("main", 2, 7200, True),))}
        wishes = [again.get(wish.key, wish) if wish.stretch is not None else wish for wish in wishes]
    grounds = {code: (area, None) for code, area in areas.items()}
    return shift(full, wishes, people(8, 12, 6), vehicles(2, 18), grounds)[0]


def measure(seed: int, cold_iterations: int) -> list[dict[str, Any]]:
    """One town, four pieces of news."""
    base = make_town(seed)
    force = solve_shift(base, seed, cold_iterations)
    before = planned_days(base, force)
    missing = base.teams[len(base.teams) // 2]
    late = base.teams[3].code
    news = {
        "urgent_case": (make_town(seed, urgent=True), frozenset({"urgent:1"})),
        "closed_street": (make_town(seed, closed=True), frozenset[str]()),
        "late_team": (base, frozenset[str]()),
        "absent_team": (
            dataclasses.replace(base, teams=tuple(team for team in base.teams if team is not missing)),
            frozenset(visit.key for visit in before[missing.code]),
        ),
    }
    rows = []
    for name, (problem, touched) in news.items():
        known = {stop.key for stop in problem.stops}
        touched = touched | {visit.key for day in before.values() for visit in day if visit.key not in known}
        behind = {late: LATE_S} if name == "late_team" else {}
        begun, cpu = time.perf_counter(), time.process_time()
        found = replan(problem, before, NOW_S, seed, ITERATIONS, touched=touched, late=behind)
        wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
        cpu = time.process_time()
        cold = solve_shift(problem, seed, cold_iterations, keep=found.kept, now_s=NOW_S)
        cold_s = time.process_time() - cpu
        rows.append(
            {
                "town": seed,
                "news": name,
                "targets": len(problem.stops),
                "wall_s": round(wall_s, 2),
                "cpu_s": round(cpu_s, 2),
                "moved_permille": found.differences.moved_permille,
                "unserved": len(found.plan.unserved),
                "cold_unserved": len(cold.unserved),
                "beyond_s": seconds_beyond(problem, found.plan),
                "cold_beyond_s": seconds_beyond(problem, cold),
                "value": found.value,
                "cold_value": plan_value(problem, cold),
                "worse_pct": round(100 * (1 - found.value / max(plan_value(problem, cold), 1)), 2),
                "cold_cpu_s": round(cold_s, 1),
            }
        )
        sys.stderr.write(f"{rows[-1]}\n")
    return rows


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Plan, disturb, plan anew, and compare."""
    del settings
    parser = argparse.ArgumentParser(prog="bench replan")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cold", type=int, default=8_000, help="iterations of the long search (about 30 CPU seconds)")
    given = parser.parse_args(arguments)
    town = make_town(0)
    replan(town, planned_days(town, solve_shift(town, 0, 1)), NOW_S, 0, 1)  # compile
    rows = [row for seed in range(1, given.seeds + 1) for row in measure(seed, given.cold)]
    return {
        "rows": rows,
        "mean_worse_pct": round(statistics.mean(row["worse_pct"] for row in rows), 2),
        "most_moved_permille": max(row["moved_permille"] for row in rows),
        "most_wall_s": max(row["wall_s"] for row in rows),
    }

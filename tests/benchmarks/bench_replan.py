"""The day goes otherwise: seconds to plan its rest anew, against a long search that is free to change everything.

``pianqu bench replan [--seeds N] [--cold S]`` makes towns of 200 targets, 20 people and 5 片区 in memory, plans their
shift with the same long budget, and three hours into it has an urgent case come up, a main street closed, a team go
missing, or a team be half an hour late at what it is doing. The long search is given the same visits that are done or
under way, and may move all others. Where it stays more than half a percent ahead, a re-plan of as many CPU seconds
tells how much of that is the limit of moves and how much is time. Long searches run two at a time, re-plans with
nothing beside them.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
import shapely

from geo.hotspots.districting.first_cut import cut_districts
from geo.patrol.demand.passes import pass_wishes
from geo.patrol.demand.rules import PassRule
from geo.patrol.demand.wish import Wish
from geo.patrol.problem import Plan, Problem, Recurrence
from geo.patrol.replan.carry import Planned, planned_days
from geo.patrol.replan.search import Replanned, replan
from geo.patrol.solve import solve_shift
from geo.patrol.value import plan_value, seconds_beyond
from geo.settings import Settings
from tests.towns import SPAN, SRID, grid, network_of, people, shift, vehicles, zone

NOW_S = 3 * 3600
LATE_S = 1800
PLACES, ONCE = 70, 90
ITERATIONS = 300
PILOTS = 500, 2_000
AHEAD_PCT = 0.5
SIDE_BY_SIDE = 2

Given = TypeVar("Given")
Found = TypeVar("Found")


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


@dataclass(frozen=True)
class Case:
    """A town with a plan in force, and a piece of news."""

    town: int
    news: str
    problem: Problem
    before: Mapping[str, tuple[Planned, ...]]
    touched: frozenset[str]
    late: Mapping[str, int]

    def again(self, iterations: int) -> Replanned:
        """The rest of the shift planned anew."""
        return replan(self.problem, self.before, NOW_S, self.town, iterations, touched=self.touched, late=self.late)


def cases_of(town: int, base: Problem, plan: Plan) -> list[Case]:
    """One town, four pieces of news."""
    before = planned_days(base, plan)
    missing, late = base.teams[len(base.teams) // 2], base.teams[3].code
    left = tuple(team for team in base.teams if team is not missing)
    news = {
        "urgent_case": (make_town(town, urgent=True), frozenset({"urgent:1"})),
        "closed_street": (make_town(town, closed=True), frozenset[str]()),
        "late_team": (base, frozenset[str]()),
        "absent_team": (
            dataclasses.replace(base, teams=left),
            frozenset(visit.key for visit in before[missing.code]),
        ),
    }
    cases = []
    for name, (problem, touched) in news.items():
        known = {stop.key for stop in problem.stops}
        gone = {visit.key for day in before.values() for visit in day if visit.key not in known}
        behind = {late: LATE_S} if name == "late_team" else {}
        cases.append(Case(town, name, problem, before, frozenset({*touched, *gone}), behind))
    return cases


def timed(act: Callable[[], Found], clock: Callable[[], float]) -> tuple[Found, float]:
    """What an act gives, and what it took by a clock."""
    begun = clock()
    found = act()
    return found, clock() - begun


def side_by_side(act: Callable[[Given], Found], given: list[Given]) -> list[tuple[Found, float]]:
    """What an act gives for each, two at a time, with the CPU seconds of its own thread."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        return list(threads.map(lambda one: timed(lambda: act(one), time.thread_time), given))


def iterations_in(seconds: float, few: tuple[Plan, float], many: tuple[Plan, float]) -> int:
    """How many iterations a search takes that long for, by what two pilots took; the router's share is the same."""
    each = max(many[1] - few[1], 0.01) / (PILOTS[1] - PILOTS[0])
    return max(round(PILOTS[0] + (seconds - few[1]) / each), 1)


def told(case: Case, found: Replanned, cold: Plan) -> dict[str, Any]:
    """A re-plan beside the long search."""
    return {
        "town": case.town,
        "news": case.news,
        "targets": len(case.problem.stops),
        "moved_permille": found.differences.moved_permille,
        "unserved": len(found.plan.unserved),
        "cold_unserved": len(cold.unserved),
        "beyond_s": seconds_beyond(case.problem, found.plan),
        "cold_beyond_s": seconds_beyond(case.problem, cold),
        "value": found.value,
        "cold_value": plan_value(case.problem, cold),
        "worse_pct": below(found.value, plan_value(case.problem, cold)),
    }


def below(value: int, other: int) -> float:
    """By how many percent a value is below another.

    Examples
    --------
    >>> below(995, 1000), below(0, 0)
    (0.5, 0.0)
    """
    return round(100 * (other - value) / max(other, 1), 2)


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Plan, disturb, plan anew, and compare."""
    del settings
    parser = argparse.ArgumentParser(prog="bench replan")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cold", type=float, default=30.0, help="CPU seconds of one thread for each long search")
    given = parser.parse_args(arguments)
    town = make_town(0)
    replan(town, planned_days(town, solve_shift(town, 0, 1)), NOW_S, 0, 1)  # compile
    long = iterations_in(given.cold, *side_by_side(lambda many: solve_shift(town, 1, many), list(PILOTS)))
    say(f"{given.cold} CPU s: {long} iterations")
    towns = list(range(1, given.seeds + 1))
    bases = [make_town(seed) for seed in towns]
    forces = side_by_side(lambda seed: solve_shift(bases[seed - 1], seed, long), towns)
    cases = [
        case
        for seed, base, (force, _) in zip(towns, bases, forces, strict=True)
        for case in cases_of(seed, base, force)
    ]
    rows: list[dict[str, Any]] = []
    again: list[Replanned] = []
    for case in cases:
        cpu = time.process_time()
        found, wall_s = timed(partial(case.again, ITERATIONS), time.perf_counter)
        again.append(found)
        rows.append({"wall_s": round(wall_s, 2), "cpu_s": round(time.process_time() - cpu, 2)})
        say(f"{case.town} {case.news} {rows[-1]} moved {found.differences.moved_permille}")
    colds = side_by_side(
        lambda one: solve_shift(one[0].problem, one[0].town, long, keep=one[1].kept, now_s=NOW_S),
        list(zip(cases, again, strict=True)),
    )
    for case, found, row, (cold, cold_s) in zip(cases, again, rows, colds, strict=True):
        row.update(told(case, found, cold) | {"cold_cpu_s": round(cold_s, 1)})
        if row["worse_pct"] > AHEAD_PCT:
            most = ITERATIONS * max(round(given.cold / row["cpu_s"]), 1)
            limited, took = timed(partial(case.again, most), time.process_time)
            row |= {
                "limited_value": limited.value,
                "limited_beyond_s": seconds_beyond(case.problem, limited.plan),
                "limited_moved_permille": limited.differences.moved_permille,
                "limited_cpu_s": round(took, 1),
                "worse_than_limited_pct": below(found.value, limited.value),
                "limited_worse_pct": below(limited.value, row["cold_value"]),
            }
        say(str(row))
    return {
        "cold_iterations": long,
        "plan_cpu_s": [round(seconds, 1) for _, seconds in forces],
        "rows": rows,
        "mean_worse_pct": round(statistics.mean(row["worse_pct"] for row in rows), 2),
        "most_moved_permille": max(row["moved_permille"] for row in rows),
        "most_wall_s": max(row["wall_s"] for row in rows),
        "most_cpu_s": max(row["cpu_s"] for row in rows),
    }


def say(line: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"{line}\n")

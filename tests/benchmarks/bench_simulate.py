"""Ways of patrolling side by side, on the sample county and on real towns, over seeds, with intervals.

``pianqu bench simulate [--seeds N] [--days N] [--iterations N] [--places county,guixi,…] [--staff six,four]
[--hours afternoon,morning] [--policies all] [--learning]``. With ``--learning`` the gain of drawing a plan daily is
told for other ways to learn than the one stated, since it rests on them. ``most`` is what is proven that no plan can
exceed, by the planner's own figures: as a share of the demand, and over the static rota. Real towns are left out, and
named, where their extracts do not lie beside the project. The vendor model is that of
:mod:`geo.patrol.simulate.vendors`: none of it is told to the planner.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from geo.patrol.simulate.actions import check_policies
from geo.patrol.simulate.bound import most_suppressed
from geo.patrol.simulate.compare import compare, mean_row, ratio, ratios, simulate
from geo.patrol.simulate.policies import ITERATIONS, POLICIES, Shift
from geo.patrol.simulate.rotas import static_rota
from geo.patrol.simulate.scenes import Scene, Staff
from geo.patrol.simulate.towns import AFTERNOON, MORNING, make_town
from geo.patrol.simulate.vendors import ERROR, HABITS, Crowd, draw_crowd
from geo.patrol.value import demand_value, plan_value
from geo.settings import Settings
from tests.county_scene import county_scene
from tests.streets import real_network, there

TOWNS: Final = {
    "guixi": ("guixi", 0.0, 0.0),
    "nanjing": ("nanjing", 0.0, 0.0),
    "helsinki": ("helsinki", 0.0, 0.0),
    "shanghai": ("shanghai", 0.0, 0.0),
    "shanghai-west": ("shanghai", -3_500.0, -1_000.0),
}
"""File, and how far east and north of its middle the town is cut out."""

HOURS: Final = {"afternoon": AFTERNOON, "morning": MORNING}


def make_scene(place: str, seed: int, staff: Staff, hours: tuple[int, int]) -> tuple[Scene, Crowd]:
    """A shift at a place, and its truth."""
    if place == "county":
        return county_scene(seed, staff, hours)
    file, east_m, north_m = TOWNS[place]
    scene = make_town(real_network(file), place, seed, staff, hours, east_m, north_m)
    return scene, draw_crowd(scene.problem, seed)


LEARNING: Final = {
    "as stated": HABITS,
    "looks 5 min ahead": replace(HABITS, notice_min=5.0, cost=3 * HABITS.cost),
    "fears half as much": replace(HABITS, cost=HABITS.cost / 2),
    "fears twice as much": replace(HABITS, cost=HABITS.cost * 2),
    "comes back no sooner": replace(HABITS, quick=1.0),
}
"""Ways to learn. Who looks ahead a third as far weighs a third of the takings against the same cost."""


def learn_otherwise(shifts: Sequence[Shift], crowds: Sequence[Crowd], days: int) -> dict[str, Any]:
    """What a mixture suppresses against the same plan daily, half the vendors learning in each of the ways."""
    practices = [(POLICIES["ours"](shift), POLICIES["ours_mixture"](shift)) for shift in shifts]
    rows = {}
    for name, habits in LEARNING.items():
        same, mixed = (
            [
                simulate(shift, pair[which], crowd, days, habits, worst=False).suppressed_learning
                for shift, crowd, pair in zip(shifts, crowds, practices, strict=True)
            ]
            for which in (0, 1)
        )
        rows[name] = {"same": round(statistics.mean(same), 4), "mixed": round(statistics.mean(mixed), 4)}
        rows[name] |= ratio(mixed, same)
    return rows


def most(scenes: Sequence[Scene]) -> dict[str, float]:
    """What no plan can exceed, by the planner's figures: its share of the demand, and what it is to the static rota."""
    bounds = [most_suppressed(scene.problem) for scene in scenes]
    demand = [bound / demand_value(scene.problem) for bound, scene in zip(bounds, scenes, strict=True)]
    static = [
        bound / plan_value(scene.problem, static_rota(scene.problem))
        for bound, scene in zip(bounds, scenes, strict=True)
    ]
    return {"of_demand": round(statistics.mean(demand), 4), "over_static": round(statistics.mean(static), 3)}


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Simulate each instance over the seeds; CPU seconds of one thread."""
    del settings
    parser = argparse.ArgumentParser(prog="bench simulate")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--days", type=int, default=12)
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    parser.add_argument("--tries", type=int, default=24)
    parser.add_argument("--mixed", type=int, default=12)
    parser.add_argument("--places", default=",".join(["county", *TOWNS]))
    parser.add_argument("--staff", default="six,four")
    parser.add_argument("--hours", default="afternoon")
    parser.add_argument("--policies", default="all")
    parser.add_argument("--learning", action="store_true")
    options = parser.parse_args(arguments)
    names, rows = check_policies(options.policies), []
    for place in options.places.split(","):
        if place != "county" and not there(TOWNS[place][0]):
            rows.append({"place": place, "left_out": "no data"})
            continue
        for staff in options.staff.split(","):
            for when in options.hours.split(","):
                begun = time.process_time()
                made = [make_scene(place, seed, staff, HOURS[when]) for seed in range(1, options.seeds + 1)]
                shifts = [
                    Shift(scene.problem, scene.from_s, seed, options.iterations, options.tries, mixed=options.mixed)
                    for seed, (scene, _) in enumerate(made, start=1)
                ]
                found = compare(shifts, names, options.days, crowds=[crowd for _, crowd in made])
                row = {
                    "place": place, "staff": staff, "hours": when,
                    "policies": {name: mean_row(outcomes) for name, outcomes in found.items()},
                    "ratios": ratios(found), "most": most([scene for scene, _ in made]),
                    "cpu_s": round(time.process_time() - begun, 1),
                }  # fmt: skip
                if options.learning:
                    row["learning"] = learn_otherwise(shifts, [crowd for _, crowd in made], options.days)
                rows.append(row)
                tell(row)
    return {
        "name": "simulate",
        "seeds": options.seeds,
        "days": options.days,
        "iterations": options.iterations,
        "error": ERROR,
        "vendors": asdict(HABITS),
        "rows": rows,
    }


def tell(row: dict[str, Any]) -> None:
    """Progress to read while it runs."""
    sys.stderr.write(f"{row['place']} {row['staff']} {row['hours']}  {row['cpu_s']} CPU-s\n")
    for name, figures in row["policies"].items():
        sys.stderr.write(f"  {name:18}" + "  ".join(f"{key} {value:g}" for key, value in figures.items()) + "\n")
    for way, told in row.get("learning", {}).items():
        sys.stderr.write(f"  {way}: {told['mean']} ({told['lower']} to {told['upper']})\n")
    sys.stderr.write(f"  no plan exceeds {row['most']['of_demand']} of the demand, ")
    sys.stderr.write(f"{row['most']['over_static']} x the static rota\n")
    for pair, told in row["ratios"].items():
        sys.stderr.write(f"  {pair}: {told['mean']} ({told['lower']} to {told['upper']})\n")

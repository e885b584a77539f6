"""Tracks: a day of 20 units at 5 s (115,000 positions) matched and scored, and how much of it is right.

Walks are made on the sample county's streets and on those of real towns whose extracts lie beside the project, with
errors of 8 m along each axis, independent or drifting. CPU seconds of one thread, compiling left out.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
import time
from typing import Any

import numpy as np

from geo.crs import transformer
from geo.patrol.tracks.scoring.shift import Material, TeamDay, ZoneOpen, score_shift
from geo.patrol.tracks.scoring.stops import Planned
from geo.roads.matching.fixes import Fixes, order_fixes
from geo.roads.matching.match import Matcher
from geo.roads.network import Network, build_network
from geo.settings import Settings
from tests.real_towns import DATA, town_network
from tests.sample import sample_county
from tests.walks import Walk, right_share, seen, walk_about

UNITS = (("foot", 1.2, 10), ("ebike", 4.0, 8), ("car", 8.0, 2))
"""Mode, metres a second on the way, how many of the 20 units."""

SHIFT_S = 8 * 3600
STEP_S = 5.0


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Measure every town, then the score of a shift, then the bus."""
    parser = argparse.ArgumentParser(prog="bench tracks")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    rows = []
    for town in ("county", "guixi", "shanghai"):
        network = county_network() if town == "county" else town_network(town)
        if network is None:
            rows.append({"town": town, "note": "no extract beside the project"})
            continue
        for drift in (0.0, 0.8):
            rows.append(matched(town, network, options.seed, drift))
            sys.stderr.write(f"{rows[-1]}\n")
    scored = [scored_day(county_network(), options.seed)]
    if (shanghai := town_network("shanghai")) is not None:
        scored.append(scored_day(shanghai, options.seed))
    result = {"name": "tracks", "matched": rows, "scored": scored, "bus": bus()}
    sys.stderr.write(f"{scored}\n{result['bus']}\n")
    return result


def county_network() -> Network:
    """The sample county's streets."""
    return build_network(sample_county().layers["road"].assign(owner_district="P01"), 4548)


def units(network: Network, seed: int, drift: float) -> list[tuple[str, Walk, Fixes]]:
    """Twenty units' day: mode, walk, positions."""
    rng = np.random.default_rng(seed)
    found = []
    for mode, speed_ms, count in UNITS:
        for _ in range(count):
            walk = walk_about(network, mode, rng, speed_ms=speed_ms, lasting_s=SHIFT_S, step_s=STEP_S)  # type: ignore[arg-type]
            found.append((mode, walk, seen(walk, rng, drift=drift)))
    return found


def matched(town: str, network: Network, seed: int, drift: float) -> dict[str, Any]:
    """CPU seconds to match the day, and the least and the mean share of street length that is right by mode."""
    day = units(network, seed, drift)
    matchers = {mode: Matcher(network, mode) for mode, _, _ in UNITS}  # type: ignore[arg-type]
    matchers["foot"].match(day[0][2])
    begun = time.process_time()
    ways = [matchers[mode].match(fixes) for mode, _, fixes in day]
    spent = time.process_time() - begun
    by_mode: dict[str, list[float]] = {}
    for (mode, walk, _), way in zip(day, ways, strict=True):
        found, true, _ = right_share(network, walk, way)
        by_mode.setdefault(mode, []).append(min(found, true))
    return {
        "town": town, "drift": drift, "positions": sum(len(fixes) for _, _, fixes in day),
        "cpu_s": round(spent, 2),
        "right": {
            mode: {"least": round(min(shares), 4), "mean": round(float(np.mean(shares)), 4)}
            for mode, shares in by_mode.items()
        },
        "matched": sum(way.matched for way in ways), "counted": sum(way.counted for way in ways),
    }  # fmt: skip


def scored_day(network: Network, seed: int) -> dict[str, Any]:
    """CPU seconds to match and score a shift of 20 units with 40 stops each and 80 places, ready to be stored."""
    import shapely

    rng = np.random.default_rng(seed)
    teams = []
    for number, (mode, walk, fixes) in enumerate(units(network, seed, 0.0)):
        spots = rng.integers(0, len(walk.xy) - 1, 40)
        stops = tuple(
            Planned(
                f"stop:{number}:{k}", "zone", "", f"T{number}", k, None, int(walk.at_s[i]), int(walk.at_s[i]) + 600,
                (0, SHIFT_S), shapely.Point(*walk.xy[i]).buffer(50),
            )
            for k, i in enumerate(sorted(spots.tolist()))
        )  # fmt: skip
        teams.append(TeamDay(f"T{number}", "", mode, None, 0, SHIFT_S, stops, (fixes,)))  # type: ignore[arg-type]
    nodes = network.node_xy[rng.integers(0, network.node_count, 80)]
    zones = tuple(
        ZoneOpen(f"zone:{k}", "", None, shapely.Point(*spot).buffer(60), ((0, SHIFT_S),), 7200)
        for k, spot in enumerate(nodes)
    )
    material = Material(network, 0, SHIFT_S, SHIFT_S, tuple(teams), np.unique(network.graphs["ebike"].piece), zones)
    begun = time.process_time()
    scored = score_shift(material)
    spent = time.process_time() - begun
    figures = scored.figures
    return {
        "streets": len(network.road), "positions": sum(len(day.devices[0]) for day in teams), "cpu_s": round(spent, 2),
        "street_m": figures["street_m"], "stops": figures["stops"], "cells": figures["cells"],
        "positions_matched": figures["positions"],
    }  # fmt: skip


def bus() -> dict[str, Any]:
    """A real bus on streets that are not its own: what counts, what is seen, and what is a gap."""
    path = DATA / "liverpool-bus-gps/route14_outbound.csv"
    if not path.exists():
        return {"note": "no bus track beside the project"}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    network = county_network()
    matcher = Matcher(network, "car")
    told = {
        "positions": len(rows),
        "trips": 0,
        "counted": 0,
        "outliers": 0,
        "matched": 0,
        "gaps_over_5_min": 0,
        "spans": 0,
    }
    span_s = observed_s = 0
    for trip in sorted({row["trip_id"] for row in rows}):
        mine = [row for row in rows if row["trip_id"] == trip]
        at = np.array([dt.datetime.fromisoformat(f"{row['timestamp']}+00:00").timestamp() for row in mine])
        x, y = transformer(4326, 32630).transform(
            [float(row["longitude"]) for row in mine], [float(row["latitude"]) for row in mine]
        )
        xy = np.column_stack([x, y])
        fixes = order_fixes(at, xy - xy.mean(axis=0) + network.node_xy.mean(axis=0), np.full(len(at), np.nan))
        way = matcher.match(fixes)
        told["trips"] += 1
        told["counted"] += way.counted
        told["outliers"] += way.outliers
        told["matched"] += way.matched
        told["gaps_over_5_min"] += int((np.diff(fixes.at_s) > 300).sum())
        told["spans"] += len(way.observed)
        span_s += int(fixes.at_s[-1] - fixes.at_s[0])
        observed_s += int(sum(b - a for a, b in way.observed))
    return {**told, "span_s": span_s, "observed_s": observed_s}

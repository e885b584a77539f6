"""Forecasts against last year's counts, an exponential average, a kernel density and Gi*, on anybody's events.

With a file: weekly rolling origins. Without one: how long a weekly refresh and a refit take.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from geo.hotspots.forecast.backtest import run_backtest
from geo.hotspots.forecast.figures import figures_of
from geo.hotspots.forecast.files import Events, read_events
from geo.hotspots.forecast.outlook import Outlook
from geo.hotspots.forecast.profiles import choose_weight, local_profiles, profile_log_loss
from geo.hotspots.forecast.weeks import cell_side, first_origin, weekly_panel
from geo.hotspots.panel import Panel, count_panel
from geo.hotspots.places import Places, cell_places, place_of
from geo.settings import Settings

MOST_GROUPS = 10
GROUP_BEFORE, GROUP_AFTER = 300, 50
"""Events before and after the first origin from which a category is forecast on its own."""

REFRESH_CELLS, REFRESH_GROUPS = 10_000, 10


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Every figure, JSON-ready; a table on stderr."""
    parser = argparse.ArgumentParser(prog="bench forecast")
    parser.add_argument("events", nargs="?", type=Path)
    parser.add_argument("--lon", default="lon")
    parser.add_argument("--lat", default="lat")
    parser.add_argument("--time", default="time")
    parser.add_argument("--category", help="forecast its groups one by one, too")
    parser.add_argument("--duplicate", help="column that flags duplicates; they are counted and kept")
    parser.add_argument("--unit", default="cell:250")
    parser.add_argument("--origin", help="first day of the first week that is forecast; the last whole weeks if none")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--srid", type=int)
    parser.add_argument("--boosting", action="store_true", help="try LightGBM, too")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.events is None:
        return refresh_speed(options.seed)
    begun = time.process_time()
    side = cell_side(options.unit)
    say("reading events")
    events = read_events(
        options.events,
        lon=options.lon,
        lat=options.lat,
        time=options.time,
        category=options.category,
        duplicate=options.duplicate,
        srid=options.srid,
    )
    origin, weeks = first_origin(events.on, options.origin, options.weeks)
    known = events.on < origin
    places = cell_places(events.x[known], events.y[known], side, crs=events.srid)
    place = place_of(places, events.x, events.y)
    panel, first_test = weekly_panel(place, events.on, len(places), origin, weeks)
    tested = (events.on >= origin) & (events.on < origin + 7 * weeks)
    result: dict[str, Any] = {
        "name": "forecast",
        "file": options.events.name,
        "data": events.report,
        "unit": options.unit,
        "origin": str(origin),
        "weeks": weeks,
        "history_weeks": first_test,
        "cells": len(places),
        "events_outside_the_cells": int((tested & (place < 0)).sum()),
        "blind_weeks": [str(day) for day in panel.starts[panel.seen.min(axis=1) < 0.5]]
        if panel.exposure is not None
        else [],
    }
    result |= backtest(events, place, places, panel, first_test, np.ones(len(place), dtype=bool), options)
    if options.category:
        result["groups"] = {}
        for name in groups_of(events, origin, tested):
            say(f"group {name}")
            mine = events.category == name
            part = replace(panel, counts=count_of(events, place, mine, panel, len(places)))
            result["groups"][name] = backtest(events, place, places, part, first_test, mine, options)
        result["set_intervals_of_all_groups"] = pooled([result, *result["groups"].values()])
    if events.has_clock:
        result["week_profile"] = profile_figures(events, place, places, known, tested)
    result["cpu_s"] = round(time.process_time() - begun, 1)
    table(result)
    return result


def say(text: str) -> None:
    """Progress on stderr."""
    sys.stderr.write(f"{text}\n")


def count_of(events: Events, place: Any, mine: Any, panel: Panel, n: int) -> Any:
    """Counts of some of the events in the panel's weeks."""
    return count_panel(place[mine], events.on[mine], None, n, panel.starts[0], panel.periods).counts


def groups_of(events: Events, origin: np.datetime64, tested: Any) -> list[str]:
    """Categories with enough events, most first."""
    assert events.category is not None
    names = np.unique(events.category)
    before = {str(name): int(((events.category == name) & (events.on < origin)).sum()) for name in names if name}
    after = {name: int(((events.category == name) & tested).sum()) for name in before}
    enough = [name for name in before if before[name] >= GROUP_BEFORE and after[name] >= GROUP_AFTER]
    return sorted(enough, key=lambda name: -before[name])[:MOST_GROUPS]


def backtest(
    events: Events, place: Any, places: Places, panel: Panel, first_test: int, mine: Any, options: argparse.Namespace
) -> dict[str, Any]:
    """Figures of one group."""
    begun = time.process_time()
    week = (events.on - panel.starts[0]).astype(np.int64) // 7
    use = mine & (week >= 0)
    middle = places.geometry.centroid
    xy = middle.x.to_numpy(), middle.y.to_numpy()
    done = run_backtest(
        panel,
        places,
        first_test,
        (events.x[use], events.y[use], week[use]),
        boosting=options.boosting,
        seed=options.seed,
        say=say,
    )
    figures = figures_of(done, xy, options.seed)
    figures["backtest_cpu_s"] = round(time.process_time() - begun, 1)
    return figures


def pooled(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Coverage of set intervals over all groups together."""
    from geo.hotspots.forecast.scores import binomial_band

    scores = sum(part["set_intervals"]["scores"] for part in parts)
    inside = sum(part["set_intervals"]["scores"] * (part["set_intervals"]["coverage"] or 0) for part in parts)
    band = binomial_band(scores) if scores else (0.0, 1.0)
    return {"coverage": round(inside / max(scores, 1), 4), "scores": scores, "band": [round(edge, 4) for edge in band]}


def profile_figures(events: Events, place: Any, places: Places, known: Any, tested: Any) -> dict[str, Any]:
    """Surprise at weekday and hour of the test events: a flat week, one for the whole area, one per neighbourhood."""
    weekday = (events.on.astype(np.int64) + 3) % 7
    hour = (events.at - events.on).astype("timedelta64[s]").astype(np.int64) / 3600
    past = place[known], weekday[known], hour[known], places.smoothing
    coming = place[tested], weekday[tested], hour[tested]
    flat = float(np.log(42))
    shared = profile_log_loss(local_profiles(*past, weight=np.inf), *coming)
    order = np.argsort(events.at[known], kind="stable")
    weight = choose_weight(past[0][order], past[1][order], past[2][order], places.smoothing)
    local = profile_log_loss(local_profiles(*past, weight=weight), *coming)
    stands_for = float(weight) if np.isfinite(weight) else "everything"
    return {
        "flat": round(flat, 4),
        "shared": round(shared, 4),
        "local": round(local, 4),
        "shared_stands_for": stands_for,
    }


def table(result: dict[str, Any]) -> None:
    """The figures a person looks at first, on stderr."""
    names = [name for name, part in result.items() if isinstance(part, dict) and "hit_2pct" in part]
    say(f"{'':16} hit 1 / 2 / 5 %          PAI 2 %  PEI 2 %  log loss")
    for name in names:
        part = result[name]
        hit = " ".join(f"{part[f'hit_{share}pct']:.4f}" for share in (1, 2, 5))
        say(f"{name:16} {hit}   {part['pai_2pct']:6.2f}   {part['pei_2pct']:.3f}    {part['log_loss']:.5f}")
    for share in (1, 2, 5):
        bound = result["default"]["vs_last_52_weeks"][f"hit_{share}pct"]
        mean, lower, upper = bound["mean"], bound["lower"], bound["upper"]
        say(f"default minus last 52 weeks, {share} %: {mean:+.4f} [{lower:+.4f}, {upper:+.4f}]")
    held = result["set_intervals"]
    say(f"set intervals: {held['coverage']} of {held['scores']} at {held['nominal']}, band {held['band']}")
    say(f"left out: {result['data']['left_out']}; CPU {result['cpu_s']} s")


def refresh_speed(seed: int) -> dict[str, Any]:
    """CPU seconds of a county's weekly refresh of 10,000 cells × 10 groups from its events, and of learning anew."""
    from geo.hotspots.forecast.coming import look_ahead
    from geo.hotspots.forecast.gamma_poisson import DEFAULT
    from geo.hotspots.forecast.glm import fit_glm
    from geo.hotspots.forecast.learned import learn
    from geo.hotspots.forecast.models import BLEND

    warm = large_outlook(seed, 20, 2)
    look_ahead(warm, "cell:200", "g0", learn(warm, "cell:200", "g0", DEFAULT)).coming()  # imports are not a refresh
    outlook = large_outlook(seed, int(np.sqrt(REFRESH_CELLS)), REFRESH_GROUPS)
    groups = [f"g{number}" for number in range(REFRESH_GROUPS)]
    figures: dict[str, float] = {}
    for model in ("gamma_poisson", BLEND):
        begun = time.process_time()
        lessons = {group: learn(outlook, "cell:200", group, DEFAULT, model) for group in groups[:2]}
        figures[f"learning_{model}_cpu_s_a_group"] = round((time.process_time() - begun) / len(lessons), 2)
        fresh = large_outlook(seed, int(np.sqrt(REFRESH_CELLS)), REFRESH_GROUPS)
        begun = time.process_time()
        for number, group in enumerate(groups):
            look_ahead(fresh, "cell:200", group, lessons[groups[number % len(lessons)]]).coming()
        figures[f"refresh_{model}_cpu_s"] = round(time.process_time() - begun, 2)
    begun = time.process_time()
    fit_glm(outlook.decayed("cell:200", "g0"), outlook.weeks, seed=seed)
    figures["refit_regression_cpu_s"] = round(time.process_time() - begun, 2)
    n = len(outlook.sets["cell:200"].places)
    data = (
        f"{n} cells × {REFRESH_GROUPS} groups × {outlook.weeks} weeks, {len(outlook.history.events):,} events made up"
    )
    result = {"name": "forecast", "data": data, **figures}
    say("  ".join(f"{name} {value}" for name, value in result.items()))
    return result


def large_outlook(seed: int, side: int, groups: int) -> Outlook:
    """A county of side² cells and reports of several groups over two years: what a refresh starts from."""
    from pandas import Categorical, DataFrame, to_datetime

    from geo.db.counties import County
    from geo.hotspots.forecast.county import Classes, PlaceSet
    from geo.hotspots.history import History

    rng = np.random.default_rng(seed)
    x, y = (part.ravel() * 200.0 + 100.0 for part in np.meshgrid(np.arange(1, side - 1), np.arange(1, side - 1)))
    places = cell_places(x, y, 200, crs=4546)
    middle = places.geometry.centroid
    n, weeks = len(places), 104
    day: list[Any] = []
    cell: list[Any] = []
    group: list[Any] = []
    for number in range(groups):
        counts = rng.poisson(rng.gamma(0.3, 0.1, n) / 7, (weeks * 7, n))
        on, at = np.nonzero(counts)
        on, at = (np.repeat(part, counts[on, at]) for part in (on, at))
        day, cell, group = [*day, on], [*cell, at], [*group, np.full(len(on), f"g{number}", dtype=object)]
    on, at, names = (np.concatenate(part) for part in (day, cell, group))
    order = np.argsort(on, kind="stable")
    on, at, names = on[order], at[order], names[order]
    local = np.datetime64("2024-01-01", "s") + on * np.timedelta64(86_400, "s")
    frame = DataFrame({"group": names, "local_on": local, "local_hour": rng.integers(6, 22, len(on))})
    frame = frame.assign(x=middle.x.to_numpy()[at], y=middle.y.to_numpy()[at], duplicate=False, weight=1.0)
    frame = frame.assign(default_geocode=False, district="W", origin=Categorical(["complaint"] * len(on)))
    frame = frame.assign(occurred_at=local, found_at=local, closed_at=local, code="04-01")
    gaps = DataFrame({name: [] for name in ("district", "origin", "first_on", "last_on", "expected", "found")})
    never = to_datetime([], utc=True)
    nobody = DataFrame({"place_kind": [], "place_key": [], "from_at": never, "to_at": never, "minutes": []})
    none = np.full(n, None, dtype=object)
    made = PlaceSet(places, none, np.full(n, "W", dtype=object))
    classes = Classes(("street",), (None,), np.zeros(len(frame), dtype=np.intp))
    county = County("990101", "made up", 4546, "Asia/Shanghai", "cn", (117.0, 28.0, 119.0, 29.0))
    return Outlook(
        History(frame, DataFrame(), gaps, 0), nobody, {"cell:200": made}, classes, county, dt.date(2025, 12, 29)
    )

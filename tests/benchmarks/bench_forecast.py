"""Forecasts against last year's counts, an exponential average, a kernel density and Gi*, on anybody's events.

With a file: weekly rolling origins. Without one: how long a weekly refresh and a refit take.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from geo.hotspots.forecast.backtest import run_backtest
from geo.hotspots.forecast.figures import figures_of
from geo.hotspots.forecast.files import Events, read_events
from geo.hotspots.forecast.profiles import choose_weight, local_profiles, profile_log_loss
from geo.hotspots.forecast.weeks import cell_side, first_origin, weekly_panel
from geo.hotspots.panel import Panel, count_panel
from geo.hotspots.places import Places, cell_places, place_of
from geo.settings import Settings

MOST_GROUPS = 10
GROUP_BEFORE, GROUP_AFTER = 300, 50
"""Events before and after the first origin from which a category is forecast on its own."""

REFRESH_CELLS, REFRESH_GROUPS, REFRESH_WEEKS = 10_000, 10, 156


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
    weight = choose_weight(*(part[order] for part in past[:3]), places.smoothing)
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
    """CPU seconds of a weekly refresh of 10,000 cells × 10 groups, and of one refit of the regression."""
    from geo.hotspots.forecast.decay import Decayed
    from geo.hotspots.forecast.glm import fit_glm
    from geo.hotspots.forecast.models import BLEND
    from geo.hotspots.forecast.upcoming import Settings as Chosen
    from geo.hotspots.forecast.upcoming import forecast_upcoming

    rng = np.random.default_rng(seed)
    side = int(np.sqrt(REFRESH_CELLS))
    x, y = (part.ravel() * 250.0 + 125.0 for part in np.meshgrid(np.arange(1, side - 1), np.arange(1, side - 1)))
    places = cell_places(x, y, 250, crs=4546)
    n = len(places)
    start = np.datetime64("2023-01-02")
    panels = []
    for _ in range(REFRESH_GROUPS):
        rate = rng.gamma(0.3, 0.1, n)
        counts = rng.poisson(rate, (REFRESH_WEEKS, n)).astype(np.float64)
        panels.append(Panel(start + 7 * np.arange(REFRESH_WEEKS), 7, counts))
    forecast_upcoming(panels[0].first(20), places.smoothing, seed=seed)  # what is imported once is not a refresh
    begun = time.process_time()
    for panel in panels:
        forecast_upcoming(panel, places.smoothing, seed=seed)
    refresh = time.process_time() - begun
    begun = time.process_time()
    regression = fit_glm(Decayed(panels[0], places.smoothing), REFRESH_WEEKS, seed=seed)
    refit = time.process_time() - begun
    begun = time.process_time()
    for panel in panels:
        forecast_upcoming(panel, places.smoothing, Chosen(BLEND, regression=regression), seed=seed)
    blend = time.process_time() - begun
    result = {
        "name": "forecast",
        "data": f"{n} cells × {REFRESH_GROUPS} groups × {REFRESH_WEEKS} weeks, made up",
        "refresh_gamma_poisson_cpu_s": round(refresh, 2),
        "refresh_blend_cpu_s": round(blend, 2),
        "refit_regression_cpu_s": round(refit, 2),
    }
    say("  ".join(f"{name} {value}" for name, value in result.items()))
    return result

"""P(return within t of closing) told beforehand on anybody's events, against the base rate and a logit on one count.

``pianqu bench recurrence EVENTS.csv.gz --lon lon --lat lat --time created --closed completed [--category nature]
[--duplicate status] [--within-days 14] [--radius 50] [--test-days 180] [--refit-days 28]``. A new case of any category
within the radius counts; what the file flags as a duplicate is no return, but tells of the place. Without ``--closed``
the time runs from the event itself. Times are taken as written. Stretches without any case, where many were usual, are
gaps of the file: nothing is watched through them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.forecast.files import blind_days, build_events
from geo.hotspots.forecast.times import parse_times
from geo.hotspots.recurrence.backtest import Told, prepare, tell_beforehand
from geo.hotspots.recurrence.gaps import Gaps, read_gaps
from geo.hotspots.recurrence.links import DAY_S, link_events, read_records
from geo.hotspots.recurrence.rates import watch
from geo.hotspots.recurrence.scores import score_chances
from geo.settings import Settings

ROW = "row of the file"
RESAMPLES = 200


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Every figure, JSON-ready."""
    parser = argparse.ArgumentParser(prog="bench recurrence")
    parser.add_argument("events", type=Path)
    parser.add_argument("--lon", default="lon")
    parser.add_argument("--lat", default="lat")
    parser.add_argument("--time", default="time")
    parser.add_argument("--closed", help="column of closing times; without it the time runs from the event")
    parser.add_argument("--category", help="a feature; a return may be of any category")
    parser.add_argument("--same-category", action="store_true", help="only a new one of the same category is a return")
    parser.add_argument("--duplicate", help="column that flags duplicates")
    parser.add_argument("--within-days", type=float, default=14.0)
    parser.add_argument("--radius", type=float, default=50.0)
    parser.add_argument("--test-days", type=int, default=180)
    parser.add_argument("--refit-days", type=int, default=28)
    parser.add_argument("--srid", type=int)
    options = parser.parse_args(arguments)
    say("reading events")
    frame, report = read_cases(options)
    within_s = int(options.within_days * DAY_S)
    begun = time.process_time()
    records = read_records(frame)
    kinds = frame["kind"].reindex(records.ids).to_numpy(str) if options.category else None
    say("linking")
    records, links, features = prepare(
        frame, within_s, radius_m=options.radius, place_class=kinds, records=records, utc_offset_s=0
    )
    linked = time.process_time()
    say("telling beforehand")
    gaps, gap_days = find_gaps(frame, len(records))
    told = tell_beforehand(
        records, links, features, within_s, days=options.test_days, refit_days=options.refit_days, gaps=gaps
    )
    if len(told.rows) == 0:
        raise Invalid("returns.too_few", closings=0, needed=1, returned=0)
    learned = time.process_time()
    scores = {name: score.as_json() for name, score in told.scores().items()}
    watched = watch(records, links, within_s, gaps)
    once = time.process_time()
    link_events(records, radius_m=options.radius)
    once = time.process_time() - once
    result = {
        "name": "recurrence",
        "file": options.events.name,
        "data": {**report, "gap_days": gap_days},
        "within_days": options.within_days,
        "radius_m": options.radius,
        "test_days": options.test_days,
        "refit_days": options.refit_days,
        "followed": round(float(watched.followed.mean()), 4),
        "expected_at_own_rate": round(float(watched.expected.mean()), 4),
        "default": {**scores["model"], "vs_one_count": against(told, (records.closed_s[told.rows]) // (7 * DAY_S))},
        "one_count": scores["one_count"],
        "base_rate": scores["base_rate"],
        "seconds": {
            "links_and_features": round(linked - begun, 2),
            "links_alone": round(once, 2),
            "fits": round(learned - linked, 2),
        },
    }
    for name in ("default", "one_count", "base_rate"):
        one = result[name]
        say(
            f"{name:<10} AUC {one['auc']:.3f}  AP {one['ap']:.3f}  Brier {one['brier']:.4f}  "
            f"ECE {one['ece']:.4f}  top tenth {one['top_decile']:.3f}"
        )
    return result


def read_cases(options: argparse.Namespace) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Events as the recurrence room takes them, and what was read and left out."""
    table = read_table(options.events)
    for name in (options.lon, options.lat, options.time, options.closed, options.category, options.duplicate):
        if name is not None and name not in table.columns:
            raise Invalid("forecast.no_column", column=name, known=", ".join(map(str, table.columns))[:400])
    table[ROW] = np.arange(len(table)).astype(str)
    events = build_events(
        table, lon=options.lon, lat=options.lat, time=options.time, category=ROW, duplicate=options.duplicate,
        srid=options.srid,
    )  # fmt: skip
    assert events.category is not None
    row = events.category.astype(np.int64)
    at = pd.Series(events.at).dt.tz_localize("UTC")
    closed = at
    if options.closed is not None:
        stamps = parse_times(table[options.closed]).at[row]
        closed = pd.Series(np.where(stamps < events.at, np.datetime64("NaT"), stamps)).dt.tz_localize("UTC")
        events.report["closed_before_it_occurred"] = int((stamps < events.at).sum())
    kind = table[options.category].fillna("?").to_numpy(str)[row] if options.category else np.full(len(row), "any")
    frame = pd.DataFrame(
        {
            "code": kind if options.same_category else "any",
            "kind": kind,
            "occurred_at": at,
            "closed_at": closed,
            "x": events.x,
            "y": events.y,
            "duplicate": events.duplicate,
        }
    )
    return frame, events.report


def find_gaps(frame: pd.DataFrame, records: int) -> tuple[Gaps, int]:
    """Stretches in which nothing can have been recorded, for all records alike, and how many days they are."""
    blind = blind_days(frame["occurred_at"].to_numpy("datetime64[D]"))
    starts = np.flatnonzero(np.diff(blind, prepend=np.datetime64("1900-01-01")) > np.timedelta64(1, "D"))
    ends = [*(starts[1:] - 1), len(blind) - 1] if len(starts) else []
    told = pd.DataFrame(
        {
            "district": None,
            "first_on": [blind[at].item() for at in starts],
            "last_on": [blind[at].item() for at in ends],
        }
    )
    return read_gaps(told, np.full(records, None, dtype=object), "UTC"), len(blind)


def read_table(path: Path) -> pd.DataFrame:
    """All columns as text."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype("str")
    try:
        return pd.read_csv(path, dtype="str", encoding="utf-8-sig", sep=None, engine="python")
    except UnicodeDecodeError:
        return pd.read_csv(path, dtype="str", encoding="gb18030", sep=None, engine="python")


def against(told: Told, week: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """What the model gains on the logit on one count, with 95 % bounds by resampling whole weeks."""
    rng = np.random.default_rng(1)
    weeks, at = np.unique(week, return_inverse=True)
    rows = [np.flatnonzero(at == k) for k in range(len(weeks))]
    gains: dict[str, list[float]] = {"auc": [], "ap": [], "top_decile": []}
    for _ in range(RESAMPLES):
        some = np.concatenate([rows[k] for k in rng.integers(0, len(weeks), len(weeks))])
        if not 0 < told.followed[some].sum() < len(some):
            continue
        ours, theirs = (score_chances(p[some], told.followed[some]) for p in (told.p, told.one_count))
        for name, values in gains.items():
            values.append(getattr(ours, name) - getattr(theirs, name))
    return {
        name: {
            "mean": round(float(np.mean(values)), 4),
            "lower": round(float(np.quantile(values, 0.025)), 4),
            "upper": round(float(np.quantile(values, 0.975)), 4),
        }
        for name, values in gains.items()
        if values
    }


def say(text: str) -> None:
    """To people, past the JSON."""
    sys.stderr.write(text + "\n")

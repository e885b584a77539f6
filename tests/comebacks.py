"""Made-up trouble that comes back: what was planted is known, so that it can be looked for."""

from __future__ import annotations

import numpy as np
import pandas as pd

START = pd.Timestamp("2026-01-05", tz="UTC")
DAY_S = 86_400


def comebacks(
    seed: int = 1, spots: int = 40, days: int = 300, per_day: float = 0.2, p: float = 0.4, mean_min: float = 30.0,
    code: str = "04-01", apart_m: float = 200.0,
) -> pd.DataFrame:  # fmt: skip
    """Events at ``spots`` in a row: primary ones by day, and with chance ``p`` a return of each, returns too.

    Returns
    -------
    DataFrame
        Index = id, by time; ``code occurred_at closed_at x y duplicate born`` (primary or return).
    """
    rng = np.random.default_rng(seed)
    n = rng.poisson(spots * days * per_day)
    spot = rng.integers(0, spots, n)
    hour = rng.choice([8, 9, 17, 18, 19], n)
    at = rng.integers(0, days, n) * DAY_S + hour * 3600 + rng.integers(0, 3600, n)
    closed = at + rng.integers(300, 1_500, n)
    born = np.full(n, "primary")
    last = np.arange(n)
    while len(last := last[rng.random(len(last)) < p]):
        again = closed[last] + np.maximum(rng.exponential(mean_min * 60, len(last)), 30).astype(int)
        at, spot = np.r_[at, again], np.r_[spot, spot[last]]
        closed = np.r_[closed, again + rng.integers(300, 1_500, len(again))]
        born = np.r_[born, np.full(len(again), "return")]
        last = np.arange(len(at) - len(again), len(at))
    frame = pd.DataFrame(
        {
            "code": code,
            "occurred_at": START + pd.to_timedelta(at, unit="s"),
            "closed_at": START + pd.to_timedelta(closed, unit="s"),
            "x": spot * apart_m + rng.normal(0, 4, len(at)),
            "y": rng.normal(0, 4, len(at)),
            "duplicate": False,
            "born": born,
        }
    ).sort_values("occurred_at", kind="stable", ignore_index=True)
    frame = frame[frame["occurred_at"] < START + pd.Timedelta(days=days)]
    frame["closed_at"] = frame["closed_at"].where(frame["closed_at"] < START + pd.Timedelta(days=days))
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame

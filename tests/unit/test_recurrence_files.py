"""Chances of return on other people's files: cities of other structure, with hours, gaps and broken rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.settings import Settings
from tests.benchmarks import bench_recurrence
from tests.contracts import ROOT

SETTINGS = Settings(home=ROOT / ".pianqu")
"""Of no account here: the benchmark reads a file."""

DAYS = 500
START = np.datetime64("2021-03-01")


def write(path: Path, rng: np.random.Generator, x: np.ndarray, y: np.ndarray, at_s: np.ndarray, kind: np.ndarray,
          open_h: float) -> None:  # fmt: skip
    """A city's cases as a file: degrees around 105° E 30° N, local stamps with seconds, some rows beyond use."""
    at = START + at_s.astype("timedelta64[s]")
    closed = at + (rng.exponential(open_h * 3_600, len(at))).astype("timedelta64[s]")
    frame = pd.DataFrame(
        {
            "where_x": 105 + x / 96_400, "where_y": 30 + y / 110_850, "kind": kind,
            "when": pd.Series(at).dt.strftime("%Y/%m/%d %H:%M:%S"),
            "done": pd.Series(closed).dt.strftime("%Y/%m/%d %H:%M:%S"),
        }
    )  # fmt: skip
    frame.loc[rng.choice(len(frame), 40, replace=False), "where_x"] = 0.0
    frame.loc[rng.choice(len(frame), 40, replace=False), "done"] = ""
    # Two months were never delivered, and the rows come in no order.
    day = at_s // 86_400
    frame[(day < 200) | (day >= 260)].sample(frac=1, random_state=1).to_csv(path, index=False)


def told(path: Path, *more: str) -> dict[str, Any]:
    columns = ["--lon", "where_x", "--lat", "where_y", "--time", "when", "--closed", "done", "--category", "kind"]
    return bench_recurrence.run(SETTINGS, [str(path), *columns, "--test-days", "120", "--refit-days", "60", *more])


def test_a_city_of_stubborn_corners_is_told_by_the_hour(tmp_path: Path) -> None:
    """Two kinds come back within hours at a fifth of the corners, one never does; asked is a day."""
    rng = np.random.default_rng(4)
    corners = rng.uniform(0, 5_000, (400, 2))
    stubborn = rng.random(400) < 0.2
    n = 6_000
    corner, kind = rng.integers(0, 400, n), rng.choice(["摊", "车", "灯"], n)
    at = rng.integers(0, DAYS, n) * 86_400 + rng.normal(18, 2, n).clip(0, 23.9) * 3_600
    back = (rng.random(n) < 0.6) & stubborn[corner] & (kind != "灯")
    again = at[back] + 1_800 + rng.exponential(3 * 3_600, back.sum())
    corner, kind, at = np.r_[corner, corner[back]], np.r_[kind, kind[back]], np.r_[at, again]
    x, y = (corners[corner] + rng.normal(0, 4, (len(corner), 2))).T
    write(tmp_path / "stubborn.csv", rng, x, y, at.astype(np.int64), kind, open_h=0.3)
    found = told(tmp_path / "stubborn.csv", "--within-days", "1", "--same-category")
    assert found["default"]["auc"] > 0.8 and found["default"]["ece"] < 0.03
    assert found["default"]["vs_one_count"]["auc"]["lower"] > 0.05
    assert found["default"]["top_decile"] > 3 * found["default"]["base"]
    assert found["followed"] > 3 * found["expected_at_own_rate"]


def test_a_city_without_memory_is_not_given_one(tmp_path: Path) -> None:
    """Everything is equally likely everywhere: chances are right as a level and claim no difference."""
    rng = np.random.default_rng(5)
    n = 7_000
    x, y = rng.uniform(0, 2_500, (2, n))
    at = rng.integers(0, DAYS * 86_400, n)
    write(tmp_path / "even.csv", rng, x, y, at, rng.choice(list("ab"), n), open_h=30.0)
    found = told(tmp_path / "even.csv", "--radius", "80")
    assert found["data"]["gap_days"] == 60
    assert abs(found["default"]["auc"] - 0.5) < 0.08 and found["default"]["ece"] < found["base_rate"]["ece"] + 0.02
    assert found["default"]["brier"] < found["base_rate"]["brier"] + 0.003
    assert abs(found["followed"] / found["expected_at_own_rate"] - 1) < 0.15

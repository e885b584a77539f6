"""The bench on cities of every habit: the default beats last year's counts, or ties with them, wherever it is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geo.settings import Settings
from tests.benchmarks.bench_forecast import run
from tests.cities import CITIES, write_city

BETTER = {"bursty": ("hit_1pct", "hit_2pct", "hit_5pct")}
"""Where the past year says little of the next week, counts of a year have to be beaten by more than chance."""


def figures(name: str, folder: Path, seed: int = 1, weeks: int = 26) -> dict[str, Any]:
    city = write_city(name, folder / f"{name}.csv", seed)
    asked = ["--lon", city.lon, "--lat", city.lat, "--time", city.time, "--unit", "cell:250", "--weeks", str(weeks)]
    return run(
        Settings(home=folder),
        [str(folder / f"{name}.csv"), *asked, *(["--category", city.category] if city.category else [])],
    )


def holds_up(name: str, result: dict[str, Any]) -> None:
    against = result["default"]["vs_last_52_weeks"]
    for share in ("hit_1pct", "hit_2pct", "hit_5pct"):
        assert against[share]["upper"] >= 0, (name, share, against[share])
        if share in BETTER.get(name, ()):
            assert against[share]["lower"] > 0, (name, share, against[share])
    rivals = ("last_52_weeks", "ewma", "kde", "gi_star")
    assert result["default"]["log_loss"] <= min(result[rival]["log_loss"] for rival in rivals) + 0.0002


@pytest.mark.parametrize(("name", "weeks"), [("sparse", 26), ("bursty", 12)])
def test_the_default_holds_up_in_sparse_and_in_bursty_cities(name: str, weeks: int, tmp_path: Path) -> None:
    result = figures(name, tmp_path, weeks=weeks)
    assert result["data"]["left_out"] == {}
    holds_up(name, result)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", CITIES)
def test_the_default_holds_up_in_every_city(name: str, seed: int, tmp_path: Path) -> None:
    result = figures(name, tmp_path, seed)
    holds_up(name, result)
    held = result.get("set_intervals_of_all_groups", result["set_intervals"])
    if held["scores"] >= 260:
        assert held["band"][0] <= held["coverage"] <= 0.88
    if name == "gap":
        assert set(result["data"]["left_out"]) == {"far_off", "no_coordinates", "zero_coordinates"}
        assert len(result["blind_weeks"]) >= 5 and result["data"]["default_geocodes"]
    if name == "hours":
        profile = result["week_profile"]
        assert profile["local"] < profile["shared"] < profile["flat"]

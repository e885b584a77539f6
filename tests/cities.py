"""Made-up cities as other people's files bring them: other habits, other columns, other ways of writing a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series

START = np.datetime64("2021-03-01", "s")
DAY_S = 86_400


@dataclass(frozen=True)
class City:
    """How a file is to be read, and how it was made."""

    name: str
    lon: str
    lat: str
    time: str
    category: str | None
    middle: tuple[float, float]
    write_time: Callable[[Series], Series]


def _american(at: Series) -> Series:
    return at.dt.strftime("%m/%d/%Y %I:%M:%S %p")


def _european(at: Series) -> Series:
    return at.dt.strftime("%d/%m/%Y")


def _epoch(at: Series) -> Series:
    return ((at - Series([np.datetime64(0, "s")]).iloc[0]).dt.total_seconds()).astype(np.int64).astype(str)


def _iso(at: Series) -> Series:
    return at.dt.strftime("%Y-%m-%dT%H:%M:%S+02:00")


def _chinese(at: Series) -> Series:
    return at.dt.strftime("%Y年%m月%d日 %H:%M")


CITIES = {
    city.name: city
    for city in (
        City("bursty", "Longitude", "Latitude", "Created Date", None, (-87.7, 41.9), _american),
        City("seasonal", "经度", "纬度", "发生时间", None, (117.98, 28.3), _chinese),
        City("sparse", "lng", "lat", "day", None, (2.35, 48.85), _european),
        City("hours", "x", "y", "ts", "kind", (13.4, 52.5), _epoch),
        City("gap", "LONG", "LAT", "open_dt", "reason", (-71.06, 42.35), _iso),
        City("drifting", "lon", "lat", "when", None, (-0.12, 51.5), _european),
        City("even", "lon", "lat", "when", None, (151.2, -33.87), _iso),
    )
}


def write_city(name: str, path: Path, seed: int = 1) -> City:
    """Write a city's events to a CSV file.

    ``bursty``: a spot flares up for three weeks and is quiet for months. ``seasonal``: twice as much in summer, steady
    spots. ``sparse``: 725 events in 110 weeks. ``hours``: markets by day, stalls by night, three kinds. ``gap``: seven
    weeks were not delivered, far-off and missing coordinates, a hall that stands for "unknown". ``drifting``: quarters
    rise and fall over months. ``even``: every spot alike, nothing to be found.
    """
    rng = np.random.default_rng([seed, *name.encode()])
    city = CITIES[name]
    weeks = 110 if name == "sparse" else 130
    spots = 500
    xy = rng.normal(0, [0.035, 0.025], (spots, 2))
    rate = rng.gamma(0.4, 2.0, spots)
    factor = np.ones((weeks, spots))
    week = np.arange(weeks)[:, None]
    total = 180.0
    if name == "bursty":
        begin = rng.integers(0, weeks, (spots, 3))
        factor = 0.3 + 12.0 * ((week[:, :, None] >= begin) & (week[:, :, None] < begin + 3)).any(axis=2)
    elif name == "seasonal":
        factor = np.repeat(np.exp(0.7 * np.sin(2 * np.pi * week / 52.18)), spots, axis=1)
    elif name == "sparse":
        total = 725 / weeks
    elif name == "drifting":
        quarter = (xy[:, 0] > 0).astype(int) * 2 + (xy[:, 1] > 0)
        walk = np.cumsum(rng.normal(0, 0.08, (weeks, 4)), axis=0)
        factor = np.exp(walk[:, quarter])
    elif name == "even":
        rate = np.ones(spots)
    rate = rate / rate.sum() * total
    counts = rng.poisson(rate * factor)
    at_week, spot = (np.repeat(part.ravel(), counts.ravel()) for part in np.indices(counts.shape))
    n = len(spot)
    hour = rng.uniform(0, 24, n)
    if name == "hours":
        hour = np.where(xy[spot, 0] > 0, rng.normal(20, 2, n), rng.normal(10, 3, n)) % 24
    seconds = (at_week * 7 + rng.integers(0, 7, n)) * DAY_S + (hour * 3600).astype(np.int64)
    place = xy[spot] + rng.normal(0, 0.0003, (n, 2)) + city.middle
    kind = rng.choice(["parking", "waste", "lamp"], n, p=[0.6, 0.3, 0.1])
    return _spoil(city, path, rng, seconds, place, kind)


def _spoil(
    city: City,
    path: Path,
    rng: np.random.Generator,
    seconds: NDArray[np.int64],
    place: NDArray[np.float64],
    kind: NDArray[np.str_],
) -> City:
    """Write the file with the flaws that its city has."""
    keep = np.ones(len(seconds), dtype=bool)
    if city.name == "gap":
        day = seconds // DAY_S
        keep = (day < 480) | (day >= 529)
        place[::97] = -122.4, 37.8
        place[1::89] = 0.0
        place[2::25] = city.middle[0] + 0.0111, city.middle[1] - 0.0077
    order = rng.permutation(np.flatnonzero(keep))
    at = Series(START + seconds[order] * np.timedelta64(1, "s"))
    frame = DataFrame({"id": np.arange(len(order)), city.lon: place[order, 0].round(6).astype(str)})
    frame[city.lat] = place[order, 1].round(6).astype(str)
    frame[city.time] = city.write_time(at).to_numpy()
    frame[city.category or "note"] = kind[order]
    if city.name == "gap":
        frame.loc[frame.index[::111], city.lat] = ""
    frame.to_csv(path, index=False, sep=";" if city.name == "sparse" else ",")
    return city

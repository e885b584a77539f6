"""Who reports and who looks: callers and one who never stops, a hotline that was cut off, addresses nobody found,
and the log of where patrols were. All drawn apart from the events, so that the rest of the county stays as it is.
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.county.districts import TENANT
from data.county.habits import detection_share

GAP_DISTRICT, GAP_DAYS_AGO, GAP_DAYS = "07", 150, 61
"""The hotline's data of this 片区 were never delivered for two months."""

SERIAL_DISTRICT, SERIAL_CALLS, SERIAL_DAYS = "10", 240, 400
SERIAL_CODES = {"01-28": 0.6, "04-05": 0.4}
SERIAL_HOURS = (18, 19, 20, 21, 22)
"""One caller against one shop, evening after evening."""

UNLOCATED_SHARE = 0.018
"""Complaints whose address the hotline's geocoder does not know come to stand at the county hall."""

CALLERS = 500
"""Ordinary callers in each 片区."""

BLOCKS = ((0, 6), (6, 9), (9, 18), (18, 22), (22, 24))
"""Stretches of a day, local hours, for which presence is logged."""

POPULATION = {
    "01": 21_400, "02": 15_800, "03": 18_900, "04": 13_200, "05": 14_600, "06": 16_700,
    "07": 19_300, "08": 12_500, "09": 8_900, "10": 13_800, "11": 10_600, "12": 4_300,
}  # fmt: skip


def gap_days(first: dt.date, today: dt.date) -> NDArray[np.int64]:
    """Days after ``first`` on which the hotline of the gap's 片区 delivered nothing, in order."""
    begin = (today - dt.timedelta(GAP_DAYS_AGO) - first).days
    return np.arange(begin, begin + GAP_DAYS)


def add_reports(
    rng: np.random.Generator, rows: pd.DataFrame, streets: gpd.GeoDataFrame, origin_s: int, end_s: int
) -> pd.DataFrame:
    """The rows and, after them, those of the caller who never stops and those without an address.

    Parameters
    ----------
    rows
        As drawn so far: ``at kind code origin x y place born parent found closed district``.
    streets
        Roads with ``tier`` and ``owner_district``, local metres.
    """
    serial = _serial_calls(rng, rows, end_s)
    unlocated = _unlocated_calls(rng, rows, streets, origin_s, end_s)
    more = pd.concat([serial, unlocated], ignore_index=True)
    more["found"] = more["at"] + rng.exponential(45 * 60, len(more)).astype(int)
    more["closed"] = more["found"] + rng.lognormal(np.log(3.5 * 3600), 0.8, len(more)).astype(int)
    more["parent"] = -1
    more.index += int(rows.index.max()) + 1
    return pd.concat([rows, more])


def _serial_calls(rng: np.random.Generator, rows: pd.DataFrame, end_s: int) -> pd.DataFrame:
    near = rows[(rows["district"] == f"{TENANT}{SERIAL_DISTRICT}") & (rows["kind"] == "street")]
    spot = near.iloc[int(rng.integers(len(near)))]
    day = rng.integers(1, SERIAL_DAYS, SERIAL_CALLS)
    second = rng.choice(SERIAL_HOURS, SERIAL_CALLS) * 3600 + rng.integers(0, 3600, SERIAL_CALLS)
    return pd.DataFrame(
        {
            "at": end_s - day * 86_400 + second,
            "kind": "street",
            "code": rng.choice(list(SERIAL_CODES), SERIAL_CALLS, p=list(SERIAL_CODES.values())),
            "origin": "complaint",
            "x": spot["x"] + rng.normal(0, 3, SERIAL_CALLS),
            "y": spot["y"] + rng.normal(0, 3, SERIAL_CALLS),
            "place": "serial",
            "born": "serial",
            "district": f"{TENANT}{SERIAL_DISTRICT}",
        }
    )


def _unlocated_calls(
    rng: np.random.Generator, rows: pd.DataFrame, streets: gpd.GeoDataFrame, origin_s: int, end_s: int
) -> pd.DataFrame:
    calls = rows[rows["origin"] == "complaint"]
    like = calls.iloc[np.sort(rng.choice(len(calls), round(len(calls) * UNLOCATED_SHARE), replace=False))]
    hall = county_hall(streets)
    shifted = like["at"].to_numpy() + rng.integers(-21, 22, len(like)) * 86_400
    return pd.DataFrame(
        {
            "at": np.where((shifted >= origin_s) & (shifted < end_s - 86_400), shifted, like["at"].to_numpy()),
            "kind": like["kind"].to_numpy(),
            "code": like["code"].to_numpy(),
            "origin": "complaint",
            "x": hall.x,
            "y": hall.y,
            "place": "unlocated",
            "born": "unlocated",
            "district": like["district"].to_numpy(),
        }
    )


def county_hall(streets: gpd.GeoDataFrame) -> shapely.Point:
    """A spot beside the main street nearest to the middle of all owned streets."""
    owned = streets[streets["owner_district"].notna()]
    middle = shapely.centroid(shapely.multipoints(shapely.get_coordinates(shapely.centroid(owned.geometry.to_numpy()))))
    main = owned[owned["tier"] == "main"].geometry.to_numpy()
    line = main[int(np.argmin(shapely.distance(main, middle)))]
    x, y = shapely.get_coordinates(shapely.line_interpolate_point(line, 0.5, normalized=True))[0]
    return shapely.Point(round(float(x) + 14.0, 2), round(float(y) + 9.0, 2))


def callers(rng: np.random.Generator, rows: pd.DataFrame) -> NDArray[np.object_]:
    """Who reported each row, as the hotline would note it; none for what a patrol or camera found."""
    ready = rng.gamma(1.2, 1.0, CALLERS) + 0.1
    who = rng.choice(CALLERS, len(rows), p=ready / ready.sum())
    named = np.array(
        [f"来电人{district[-2:]}-{n:04d}" for district, n in zip(rows["district"], who, strict=True)], dtype=object
    )
    named[(rows["born"] == "serial").to_numpy()] = f"来电人{SERIAL_DISTRICT}-serial"
    named[(rows["origin"] != "complaint").to_numpy()] = None
    return named


def make_presence(rng: np.random.Generator, first: dt.date, days: int) -> pd.DataFrame:
    """Where patrols were: ``place_kind place_key from_at to_at minutes``, one row a 片区, day and stretch of the day.

    Of each hour the minutes in sight are about the chance with which a patrol noticed what happened in it.
    """
    shares = {d: share[:, 0] for d, share in detection_share().items()}
    midnight = pd.Timestamp(first, tz="Asia/Shanghai")
    day = pd.to_timedelta(np.arange(days), unit="D")
    parts = []
    for district, share in shares.items():
        for begin, end in BLOCKS:
            minutes = 60 * share[begin:end].sum() * rng.lognormal(-0.005, 0.1, days)
            parts.append(
                pd.DataFrame(
                    {
                        "place_kind": "district",
                        "place_key": f"{TENANT}{district}",
                        "from_at": (midnight + day + pd.Timedelta(hours=begin)).tz_convert("UTC"),
                        "to_at": (midnight + day + pd.Timedelta(hours=end)).tz_convert("UTC"),
                        "minutes": np.minimum(minutes, 60 * (end - begin) * 0.95).round(1),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)

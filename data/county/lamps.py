"""Street lamps: both sides of main roads, one side of the rest, on circuits; two or three in a hundred at fault."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.county.skeleton import WIDTH_M
from data.county.streets import Streets

SPACING_M = {"main": 40.0, "secondary": 44.0, "branch": 62.0, "lane": 90.0}
FAULT_RATE = {"main": 0.019, "secondary": 0.024, "branch": 0.032, "lane": 0.045}
"""Planted share of lamps at fault, by tier."""


def make_lamps(rng: np.random.Generator, streets: Streets, wanted: int, now: dt.datetime) -> gpd.GeoDataFrame:
    """At most ``wanted`` lamps, never two on one spot or on another street's roadway.

    Columns ``code status status_since_at circuit power_w height_m district``; faults began before ``now``.
    """
    roads = streets.roads[streets.roads["owner_district"].notna()].reset_index(drop=True)
    length = roads.length.to_numpy()
    tier = roads["tier"].to_numpy()
    spacing = roads["tier"].map(SPACING_M).to_numpy()
    sides = np.where(tier == "main", 2, 1)
    factor = (length / spacing * sides).sum() / (wanted * 1.06)
    per_side = rng.binomial(1, (length / spacing / factor) % 1) + (length / spacing / factor).astype(int)
    count = per_side * sides
    road = np.repeat(np.arange(len(roads)), count)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    side = np.where(sides[road] == 2, number % 2 * 2 - 1, 1)
    step = number // sides[road]
    share = (step + 0.5) / per_side[road]
    line = roads.geometry.to_numpy()[road]
    at = share * length[road]
    here, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(line, np.clip(at + d, 0, length[road])))
        for d in (-0.5, 0.5)
    )
    tangent = (ahead - here) / np.maximum(np.hypot(*(ahead - here).T), 1e-9)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    offset = np.maximum(pd.Series(tier[road]).map(WIDTH_M).to_numpy() / 2 - 1.2, 2.2)
    xy = (here + ahead) / 2 + normal * (side * offset)[:, None] + rng.normal(0, 0.15, (len(road), 2))
    xy = xy.round(3)
    _, first = np.unique(xy, axis=0, return_index=True)
    first = np.sort(first)
    # Near a crossing the kerb of one street is the roadway of another.
    tree = shapely.STRtree(roads.geometry.to_numpy())
    lamp, other = tree.query(shapely.points(xy[first]), "dwithin", distance=2.1)
    first = np.delete(first, np.unique(lamp[other != road[first][lamp]]))
    first = np.sort(rng.permutation(first)[:wanted])
    road, xy, step = road[first], xy[first], step[first]
    owner = roads["owner_district"].to_numpy()[road]
    # One control box feeds a street of one district, up to 60 lamps in a row.
    street = pd.factorize(pd.Series(owner) + roads["name"].to_numpy()[road])[0]
    within = pd.Series(street).groupby(street).cumcount().to_numpy()
    box = pd.factorize(street * 100_000 + within // 60)[0] + 1
    draw = rng.random(len(road))
    fault = draw < pd.Series(tier[road]).map(FAULT_RATE).to_numpy()
    planned = (draw > 0.96) & np.isin(tier[road], ["main", "secondary"]) & (step % 2 == 1)
    since = now - pd.to_timedelta(np.round(rng.exponential(30, len(road)) * 3600) + 600, unit="s")
    return gpd.GeoDataFrame(
        {
            "code": [f"{owner[i][-2:]}-{box[i]:05d}-{within[i] % 60 + 1:02d}" for i in range(len(road))],
            "status": np.where(fault, "fault", np.where(planned, "off_by_plan", "on")),
            "status_since_at": pd.Series(since).where(fault | planned),
            "circuit": [f"HL-{b:05d}" for b in box],
            "power_w": pd.Series(tier[road])
            .map({"main": 180.0, "secondary": 120.0, "branch": 60.0, "lane": 40.0})
            .to_numpy(),
            "height_m": pd.Series(tier[road])
            .map({"main": 10.0, "secondary": 9.0, "branch": 7.0, "lane": 5.0})
            .to_numpy(),
            "night_part": np.where(np.isin(tier[road], ["main", "secondary"]) & (step % 2 == 1), "half", "whole"),
            "district": owner,
        },
        geometry=gpd.points_from_xy(*xy.T),
    )

"""Land use: the blocks of the town by their use, and fields, orchards and woods around it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.county.blocks import inset, without
from data.county.districts import Areas
from data.county.ground import Ground, multi
from data.county.names import Names
from data.county.streets import Streets

KINDS = {
    **dict.fromkeys(("estate", "towers", "selfbuilt", "old", "village"), "residential"),
    "commercial": "commercial",
    "market": "retail",
    "factory": "industrial",
    "school": "education",
    "hospital": "medical",
    "offices": "government",
    "station": "transport",
    "site": "construction",
    "park": "park",
    "green": "grass",
    "bank": "park",
}


def make_landuse(
    rng: np.random.Generator, ground: Ground, streets: Streets, areas: Areas, blocks: gpd.GeoDataFrame, names: Names
) -> gpd.GeoDataFrame:
    """``name kind geometry`` in local metres; parks have names."""
    town = gpd.GeoDataFrame({"kind": blocks["use"].map(KINDS), "name": None}, geometry=blocks.geometry)
    parks = (blocks["use"] == "park").to_numpy()
    town.loc[parks, "name"] = [names.street()[:-1] + "公园" for _ in range(int(parks.sum()))]
    bank = (blocks["use"] == "bank").to_numpy()
    town.loc[bank & (town.area > 30_000).to_numpy(), "name"] = "滨江绿带"

    rest = ground.boundary.difference(areas.centre)
    shapely.prepare(rest)
    taken = [v.buffer(8) for v in streets.villages] + [s.buffer(10) for s in ground.streams]
    taken += [p.buffer(6) for p in ground.ponds] + [ground.river.buffer(25)]
    roads = streets.roads.geometry.to_numpy()
    bands = shapely.buffer(roads[shapely.intersects(rest, roads)], 9, quad_segs=2)
    occupied = np.concatenate([bands, np.array(taken, dtype=object)])
    woods = shapely.get_parts(shapely.intersection(shapely.get_parts(shapely.union_all(ground.hills)), rest))
    woods = without(woods, occupied)
    forest = gpd.GeoDataFrame(geometry=[multi(part) for part in woods]).assign(kind="forest", name=None)
    fields = _fields(rng, ground, rest, np.concatenate([occupied, shapely.get_parts(woods)]))
    frame = pd.concat([town, forest, fields], ignore_index=True)
    # Necks narrower than 30 cm would fold when coordinates are rounded.
    opened = shapely.buffer(shapely.buffer(frame.geometry.to_numpy(), -0.15), 0.15, join_style="mitre")
    frame["geometry"] = [multi(g) for g in opened]
    return gpd.GeoDataFrame(frame[~frame.geometry.is_empty], geometry="geometry").reset_index(drop=True)


def _fields(rng: np.random.Generator, ground: Ground, rest: BaseGeometry, taken: np.ndarray) -> gpd.GeoDataFrame:
    """Long plots side by side, turned a little from one stretch of country to the next, as consolidated paddies are."""
    side = ground.side_m
    seeds = rng.uniform(0, side, (int(170 * ground.stretch**2), 2))
    box = shapely.box(-500, -500, side + 500, side + 500)
    stretches = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=box))
    stretches = without(shapely.intersection(inset(stretches, 4), rest), taken)
    plots, kinds = [], []
    for stretch in stretches:
        for part in shapely.get_parts(stretch):
            if part.geom_type != "Polygon" or part.area < 4_000:
                continue
            angle = rng.normal(0.25, 0.35)
            kind = str(rng.choice(["farmland", "farmland", "farmland", "paddy", "paddy", "paddy", "orchard", "meadow"]))
            long, wide = rng.uniform(150, 260), rng.uniform(45, 80)
            xy = shapely.get_coordinates(part.minimum_rotated_rectangle)
            centre, reach = xy.mean(axis=0), np.ptp(xy, axis=0).max()
            u, v = (np.arange(-reach, reach, step) for step in (long, wide))
            corners = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
            boxes = shapely.box(
                corners[:, 0] + 2, corners[:, 1] + 2, corners[:, 0] + long - 2, corners[:, 1] + wide - 2
            )
            turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            turned = shapely.set_coordinates(boxes, shapely.get_coordinates(boxes) @ turn + centre)
            cutout = shapely.intersection(turned[shapely.intersects(turned, part)], part)
            cutout = cutout[shapely.area(cutout) > 900]
            plots += list(cutout)
            kinds += [kind] * len(cutout)
    return gpd.GeoDataFrame({"kind": kinds}, geometry=plots).assign(name=None)

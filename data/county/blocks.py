"""What each block is used for, and the ground left to build on once its streets are drawn at full width."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from data.county.districts import Areas
from data.county.ground import KM, Ground
from data.county.skeleton import WIDTH_M
from data.county.streets import Streets


def make_blocks(rng: np.random.Generator, ground: Ground, streets: Streets, areas: Areas) -> gpd.GeoDataFrame:
    """Blocks of town and villages with their use.

    Returns
    -------
    GeoDataFrame
        Local metres; ``geometry`` is the buildable ground inside the street lines, ``district`` (two digits, ""
        outside), ``sector``, ``use`` (the words :func:`_uses` deals out), ``area_m2``.
    """
    cells = areas.cells
    inside = cells.representative_point().to_numpy()
    sector = np.full(len(cells), "centre", dtype=object)
    where, face = shapely.STRtree(streets.faces.geometry.to_numpy()).query(inside, predicate="intersects")
    sector[where] = streets.faces["sector"].to_numpy()[face]
    villages = _village_faces(streets, areas)
    outlines = np.concatenate([cells.geometry.to_numpy(), villages])
    half = streets.roads["tier"].map(WIDTH_M).to_numpy() / 2
    bands = shapely.buffer(streets.roads.geometry.to_numpy(), half, quad_segs=2, cap_style="round")
    water = [ground.river.buffer(12), *(s.buffer(14) for s in ground.streams), *(p.buffer(3) for p in ground.ponds)]
    ground_left = without(outlines, np.concatenate([bands, np.array(water, dtype=object)]))
    banks = np.flatnonzero(np.concatenate([sector == "river", np.zeros(len(villages), dtype=bool)]))
    ground_left[banks] = without(outlines[banks], np.concatenate([bands, np.array([ground.river], dtype=object)]))
    frame = gpd.GeoDataFrame(
        {
            "district": np.concatenate([cells["district"].to_numpy(), np.full(len(villages), "", dtype=object)]),
            "sector": np.concatenate([sector, np.full(len(villages), "village", dtype=object)]),
        },
        geometry=list(ground_left),
    )
    frame = frame[~frame.is_empty].explode(ignore_index=True)
    frame = frame[(frame.geom_type == "Polygon") & (frame.area > 350)].reset_index(drop=True)
    frame["area_m2"] = frame.area
    frame["use"] = _uses(rng, frame, ground)
    return frame


def without(outlines: NDArray[np.object_], obstacles: NDArray[np.object_]) -> NDArray[np.object_]:
    """Each outline less the obstacles that touch it."""
    block, obstacle = shapely.STRtree(obstacles).query(outlines, predicate="intersects")
    order = np.argsort(block, kind="stable")
    block, obstacle = block[order], obstacle[order]
    left = outlines.copy()
    starts = np.flatnonzero(np.r_[True, np.diff(block) > 0]) if len(block) else np.array([], dtype=int)
    ends = np.r_[starts[1:], len(block)]
    for first, last in zip(starts, ends, strict=True):
        here = block[first]
        left[here] = shapely.difference(outlines[here], shapely.union_all(obstacles[obstacle[first:last]]))
    return left


def _village_faces(streets: Streets, areas: Areas) -> NDArray[np.object_]:
    if not streets.villages:
        return np.array([], dtype=object)
    edges = shapely.union_all([*(v.exterior for v in streets.villages), *streets.roads.geometry], grid_size=0.01)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    around = shapely.union_all(streets.villages).buffer(1)
    shapely.prepare(around)
    faces = faces[shapely.covers(around, faces)]
    return shapely.difference(faces, areas.centre)


def _uses(rng: np.random.Generator, frame: gpd.GeoDataFrame, ground: Ground) -> NDArray[np.object_]:
    """Deal uses to blocks: by sector and size first, then named places one by one."""
    area = frame["area_m2"].to_numpy()
    sector = frame["sector"].to_numpy()
    middle = frame.representative_point()
    x, y = middle.x.to_numpy() / KM / ground.stretch, middle.y.to_numpy() / KM / ground.stretch
    use = np.full(len(frame), "estate", dtype=object)
    draw = rng.random(len(frame))
    big = area > 17_000
    use[(draw < 0.17) & big] = "towers"
    use[~big] = "selfbuilt"
    use[~big & (area > 8_000) & (draw > 0.72)] = "estate"
    use[(draw > 0.925) & (area > 4_000)] = "commercial"
    use[(draw > 0.885) & (draw < 0.925)] = "green"
    use[(draw > 0.872) & (draw < 0.885) & (area > 9_000)] = "park"
    new = sector == "north"
    use[new & big & (draw < 0.5)] = "towers"
    use[new & big & (draw > 0.80)] = "green"
    use[sector == "old"] = "old"
    use[(sector == "old") & (draw > 0.965)] = "green"
    use[sector == "industrial"] = "factory"
    use[(sector == "industrial") & (draw > 0.88)] = "green"
    use[sector == "village"] = "village"
    use[sector == "river"] = "bank"
    use[(area < 1_500) & ~np.isin(use, ["old", "selfbuilt", "village", "bank"])] = "green"

    def near(px: float, py: float, low: float, high: float, allowed: tuple[str, ...], number: int, name: str) -> None:
        fit = (area > low) & (area < high) & np.isin(use, allowed)
        distance = np.where(fit, np.hypot(x - px, y - py), np.inf)
        for index in np.argsort(distance, kind="stable")[:number]:
            if np.isfinite(distance[index]):
                use[index] = name

    ordinary = ("estate", "towers", "commercial", "green", "selfbuilt")
    for px, py in [(5.35, 6.25), (6.95, 6.3), (3.3, 6.4), (4.1, 3.2), (6.3, 3.2), (4.6, 8.3), (7.4, 4.7)]:
        near(px, py, 9_000, 80_000, ordinary, 1, "park")
    near(5.4, 6.15, 14_000, 60_000, ordinary, 2, "offices")
    near(5.6, 8.2, 14_000, 70_000, ordinary, 2, "offices")
    for px, py in [(4.35, 6.45), (4.65, 6.1), (7.0, 5.7), (5.9, 3.6), (5.2, 8.0), (3.3, 3.5)]:
        near(px, py, 14_000, 60_000, ordinary, 1, "hospital")
    places = [
        (4.3, 6.25),
        (4.85, 6.45),
        (4.5, 6.55),
        (4.2, 6.1),
        (3.0, 6.3),
        (3.4, 5.6),
        (5.6, 7.2),
        (4.4, 7.2),
        (6.1, 6.6),
        (7.2, 6.1),
    ]
    places += [
        (7.4, 6.8),
        (5.6, 4.9),
        (6.7, 4.1),
        (7.4, 4.4),
        (5.8, 3.1),
        (6.6, 3.1),
        (3.4, 3.3),
        (3.2, 4.3),
        (4.4, 3.5),
        (4.2, 8.2),
        (5.9, 8.4),
    ]
    for px, py in places:
        near(px, py, 13_000, 70_000, ordinary, 1, "school")
    near(5.0, 5.0, 4_000, 12_000, ("old",), 1, "school")
    markets = [
        (4.4, 4.9),
        (5.5, 5.2),
        (4.7, 6.3),
        (3.1, 5.8),
        (5.2, 7.0),
        (7.1, 6.2),
        (7.3, 4.6),
        (5.7, 3.4),
        (3.8, 3.6),
        (4.3, 8.0),
        (6.0, 8.0),
    ]
    for px, py in markets:
        near(px, py, 3_500, 30_000, (*ordinary, "old"), 1, "market")
    sites = [
        (4.0, 8.5),
        (4.6, 8.6),
        (5.5, 8.5),
        (6.2, 8.1),
        (5.8, 7.8),
        (3.9, 7.9),
        (7.6, 6.3),
        (3.0, 3.3),
        (2.8, 4.6),
        (7.3, 3.6),
    ]
    for px, py in sites:
        near(px, py, 12_000, 90_000, ordinary, 1, "site")
    for px, py in [(8.6, 3.0), (8.0, 2.5), (8.9, 2.6)]:
        near(px, py, 15_000, 120_000, ("factory", "green"), 1, "site")
    near(5.35, 2.75, 12_000, 90_000, ordinary, 1, "station")
    near(4.9, 7.45, 9_000, 60_000, ordinary, 1, "station")
    near(2.6, 6.0, 7_000, 50_000, ordinary, 1, "station")
    return use


def inset(blocks: NDArray[np.object_], by_m: float) -> NDArray[np.object_]:
    """Blocks drawn in by a distance; what vanishes is an empty polygon."""
    shrunk: NDArray[np.object_] = shapely.buffer(blocks, -by_m, quad_segs=1, join_style="mitre")
    return shrunk


def longest_direction(block: Polygon) -> float:
    """Angle of the block's long side, radians, turned to within 45° of east."""
    box = shapely.get_coordinates(shapely.oriented_envelope(block))
    sides = np.diff(box, axis=0)
    side = sides[np.hypot(*sides.T).argmax()]
    angle = float(np.arctan2(side[1], side[0]))
    return (angle + np.pi / 4) % (np.pi / 2) - np.pi / 4

"""Houses: rows of slabs facing south, towers, shops along the street, old rows, self-built houses, sheds.

Every house is a candidate rectangle; only those wholly inside the block's buildable ground and clear of
earlier houses stay, so none touches a street or water.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from data.county.blocks import inset, longest_direction

Rectangles = NDArray[np.float64]
"""Shape (n, 5): centre x, y, width, depth in metres, angle in radians."""


@dataclass
class _Pile:
    rectangles: list[Rectangles] = field(default_factory=list)
    blocks: list[NDArray[np.int64]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    levels: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, block: int, rectangles: Rectangles, kind: str, levels: NDArray[np.int64]) -> None:
        if len(rectangles):
            self.rectangles.append(rectangles)
            self.blocks.append(np.full(len(rectangles), block))
            self.kinds.append(kind)
            self.levels.append(levels)


def polygons(rectangles: Rectangles) -> NDArray[np.object_]:
    """Rectangles as polygons, in order."""
    x, y, width, depth, angle = rectangles.T
    cos, sin = np.cos(angle), np.sin(angle)
    u = np.array([-0.5, 0.5, 0.5, -0.5, -0.5])[None, :] * width[:, None]
    v = np.array([-0.5, -0.5, 0.5, 0.5, -0.5])[None, :] * depth[:, None]
    corners = np.stack(
        [x[:, None] + u * cos[:, None] - v * sin[:, None], y[:, None] + u * sin[:, None] + v * cos[:, None]], axis=-1
    )
    return np.asarray(shapely.polygons(corners), dtype=object)


def along_ring(
    rng: np.random.Generator,
    block: Polygon,
    width: tuple[float, float],
    depth: tuple[float, float],
    gap_m: float,
    keep: float,
) -> Rectangles:
    """Houses side by side along the inside of the block's edge, fronts on the street line."""
    found = []
    for number, ring in enumerate((block.exterior, *block.interiors)):
        xy = shapely.get_coordinates(shapely.simplify(ring, 0.8))
        if bool(shapely.is_ccw(ring)) != (number == 0):  # the ground lies to the left of every edge
            xy = xy[::-1]
        step = np.diff(xy, axis=0)
        length = np.hypot(*step.T)
        for start, direction, run in zip(xy[:-1], step / np.maximum(length, 1e-9)[:, None], length, strict=True):
            count = int((run - 1) // ((width[0] + width[1]) / 2 + gap_m))
            if count < 1:
                continue
            widths = rng.uniform(*width, count)
            widths *= (run - 1 - gap_m * count) / widths.sum()
            depths = np.clip(rng.normal((depth[0] + depth[1]) / 2, (depth[1] - depth[0]) / 4, count), *depth)
            at = np.cumsum(widths + gap_m) - widths / 2 - gap_m / 2 + 0.5
            normal = np.array([-direction[1], direction[0]])
            centres = start + direction * at[:, None] + normal * (depths / 2 + 0.15)[:, None]
            angle = np.full(count, np.arctan2(direction[1], direction[0]))
            stays = rng.random(count) < keep
            found.append(np.column_stack([centres, widths, depths, angle])[stays])
    return np.vstack(found) if found else np.empty((0, 5))


def in_rows(
    rng: np.random.Generator,
    block: Polygon,
    width: tuple[float, float],
    depth: tuple[float, float],
    apart: tuple[float, float],
    keep: float,
    angle: float | None = None,
) -> Rectangles:
    """Parallel rows across the block, one size of house per block as in an estate built at one go."""
    angle = longest_direction(block) if angle is None else angle
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    uv = shapely.get_coordinates(block) @ turn
    low, high = uv.min(axis=0), uv.max(axis=0)
    w, d = rng.uniform(*width), rng.uniform(*depth)
    columns = max(int((high[0] - low[0] + apart[0]) // (w + apart[0])), 1)
    rows = max(int((high[1] - low[1] + apart[1]) // (d + apart[1])), 1)
    slack = (high - low) - np.array([columns * (w + apart[0]) - apart[0], rows * (d + apart[1]) - apart[1]])
    u = low[0] + slack[0] / 2 + (np.arange(columns) + 0.5) * (w + apart[0]) - apart[0] / 2
    v = low[1] + slack[1] / 2 + (np.arange(rows) + 0.5) * (d + apart[1]) - apart[1] / 2
    grid = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    grid = grid[rng.random(len(grid)) < keep]
    n = len(grid)
    widths = w * rng.choice([1.0, 1.0, 0.78, 1.12], n)
    return np.column_stack([grid @ turn.T, np.minimum(widths, w + apart[0] * 0.6), np.full(n, d), np.full(n, angle)])


def make_buildings(rng: np.random.Generator, blocks: gpd.GeoDataFrame, wanted: int) -> gpd.GeoDataFrame:
    """All houses, at most ``wanted`` (thinned in villages first): ``kind levels height_m block``, local metres."""
    pile = _Pile()
    geometry = blocks.geometry.to_numpy()
    use = blocks["use"].to_numpy()
    inner = {by: inset(geometry, by) for by in (2.0, 6.0, 15.0, 19.0, 24.0)}
    for index in range(len(blocks)):
        _fill(rng, pile, index, str(use[index]), {by: shapes[index] for by, shapes in inner.items()})
    rectangles = np.vstack(pile.rectangles)
    block = np.concatenate(pile.blocks)
    kind = np.repeat(np.array(pile.kinds, dtype=object), [len(b) for b in pile.blocks])
    levels = np.concatenate(pile.levels)
    houses = polygons(rectangles)
    shapely.prepare(geometry)
    fits = shapely.contains_properly(geometry[block], houses)
    houses, block, kind, levels = houses[fits], block[fits], kind[fits], levels[fits]
    free = clear(houses)
    frame = gpd.GeoDataFrame(
        {"kind": kind[free], "levels": levels[free], "block": block[free]}, geometry=list(houses[free])
    )
    if len(frame) > wanted:
        loose = np.isin(use[frame["block"].to_numpy()], ["village", "selfbuilt"])
        order = np.where(loose, 0, 1) + rng.random(len(frame))
        frame = frame.iloc[np.sort(np.argsort(order)[len(frame) - wanted :])].reset_index(drop=True)
    frame["height_m"] = (frame["levels"] * 3.0 + 1.2).round(1)
    return frame


def clear(houses: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which houses stay when each gives way to the earlier ones it overlaps."""
    early, late = shapely.STRtree(houses).query(houses, predicate="intersects")
    ahead = early < late
    early, late = early[ahead], late[ahead]
    order = np.lexsort((early, late))
    stays = np.ones(len(houses), dtype=bool)
    for first, second in zip(early[order].tolist(), late[order].tolist(), strict=True):
        if stays[first]:
            stays[second] = False
    return stays


def _fill(rng: np.random.Generator, pile: _Pile, index: int, use: str, inner: dict[float, BaseGeometry]) -> None:
    """The houses of one block; ``inner`` holds the block drawn in by 2, 6, 15, 19 and 24 m."""

    def parts(by: float) -> list[Polygon]:
        return [p for p in shapely.get_parts(inner[by]) if p.geom_type == "Polygon" and p.area > 60]

    def put(rectangles: Rectangles, kind: str, low: int, high: int, same: bool = False) -> None:
        n = len(rectangles)
        levels = np.full(n, rng.integers(low, high + 1)) if same else rng.integers(low, high + 1, n)
        pile.add(index, rectangles, kind, levels)

    if use == "old":
        for part in parts(2.0):
            put(along_ring(rng, part, (9, 19), (9, 15), 0.4, 0.93), "house", 2, 4)
        for part in parts(19.0):
            put(in_rows(rng, part, (11, 17), (9, 12), (3, 4), 0.75), "house", 1, 3)
    elif use == "selfbuilt":
        for part in parts(2.0):
            put(along_ring(rng, part, (12, 18), (11, 15), 1.6, 0.9), "house", 3, 6)
        for part in parts(19.0):
            put(in_rows(rng, part, (12, 16), (11, 14), (3.6, 6), 0.88), "house", 3, 6)
    elif use == "village":
        for part in parts(2.0):
            put(along_ring(rng, part, (11, 15), (10, 13), 4.5, 0.32), "house", 2, 4)
        for part in parts(24.0):
            put(in_rows(rng, part, (11, 14), (10, 12), (9, 12), 0.3), "house", 1, 3)
    elif use in ("estate", "towers"):
        for part in parts(2.0):
            if rng.random() < 0.6:
                put(along_ring(rng, part, (26, 52), (10, 13), 5.0, 0.62), "retail", 1, 3)
        towers = use == "towers"
        for part in parts(19.0 if not towers else 24.0):
            angle = float(np.clip(longest_direction(part), -0.3, 0.3))
            if towers:
                put(in_rows(rng, part, (27, 36), (17, 20), (26, 34), 0.9, angle), "apartments", 17, 32, same=True)
            else:
                put(
                    in_rows(rng, part, (38, 58), (12, 14), (9, 22 + rng.uniform(0, 6)), 0.95, angle),
                    "apartments",
                    5,
                    11,
                    same=True,
                )
    elif use == "commercial":
        for part in parts(6.0):
            put(in_rows(rng, part, (45, 80), (38, 55), (14, 16), 0.85), "commercial", 3, 6)
        for part in parts(2.0):
            put(along_ring(rng, part, (24, 40), (14, 18), 4.0, 0.7), "retail", 2, 5)
    elif use == "factory":
        for part in parts(15.0):
            put(in_rows(rng, part, (58, 110), (26, 44), (14, 16), 0.82), "industrial", 1, 2)
        for part in parts(6.0):
            put(along_ring(rng, part, (34, 52), (13, 16), 30.0, 0.14), "office", 3, 6)
    elif use == "school":
        for part in parts(15.0):
            angle = float(np.clip(longest_direction(part), -0.25, 0.25))
            put(in_rows(rng, part, (44, 62), (13, 15), (30, 26), 0.62, angle), "school", 4, 6, same=True)
    elif use == "hospital":
        for part in parts(15.0):
            put(in_rows(rng, part, (58, 82), (20, 25), (16, 24), 0.75), "hospital", 6, 16)
    elif use == "market":
        for part in parts(6.0):
            put(in_rows(rng, part, (40, 64), (26, 34), (8, 10), 1.0)[:2], "market", 1, 2)
        for part in parts(2.0):
            put(along_ring(rng, part, (8, 12), (8, 10), 0.5, 0.75), "retail", 2, 3)
    elif use == "offices":
        for part in parts(24.0):
            put(in_rows(rng, part, (60, 84), (17, 22), (30, 34), 0.8), "office", 6, 14)
    elif use == "station":
        for part in parts(24.0):
            put(in_rows(rng, part, (90, 120), (30, 40), (30, 50), 1.0)[:1], "station", 2, 2)
    elif use == "site":
        for part in parts(24.0):
            angle = float(np.clip(longest_direction(part), -0.3, 0.3))
            put(in_rows(rng, part, (27, 36), (17, 20), (30, 40), 0.35, angle), "construction", 1, 12)
    elif use == "park":
        for part in parts(24.0):
            put(in_rows(rng, part, (14, 18), (9, 12), (70, 70), 0.3), "pavilion", 1, 2)

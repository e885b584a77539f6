"""From drawn lines to a street network: noded, connected, with class, one-way and level."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.county.ground import GRID_M, Ground
from data.county.skeleton import SPEED_KMH, WIDTH_M


@dataclass
class Sheet:
    """Lines on their way to becoming streets: geometry, name, tier, class."""

    lines: list[LineString] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tiers: list[str] = field(default_factory=list)

    def add(self, geometry: BaseGeometry, name: str, tier: str) -> None:
        for part in shapely.get_parts(geometry):
            if part.geom_type == "LineString" and part.length > 1:
                self.lines.append(part)
                self.names.append(name)
                self.tiers.append(tier)


def node(sheet: Sheet, ground: Ground) -> gpd.GeoDataFrame:
    """Cut every line where it meets another; each piece keeps its street's name and tier."""
    lines = np.array(sheet.lines, dtype=object)
    pieces = shapely.get_parts(shapely.union_all(lines, grid_size=GRID_M))
    pieces = shapely.get_parts(shapely.line_merge(shapely.union_all(pieces)))
    pieces = _without_slivers(pieces)
    # Merged runs may carry on through a change of street, so cut them again where streets end.
    tree = shapely.STRtree(lines)
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    rank = np.array([list(WIDTH_M).index(tier) for tier in sheet.tiers])
    piece, line = tree.query(middle, predicate="dwithin", distance=0.2)
    best = pd.DataFrame({"piece": piece, "line": line, "rank": rank[line]}).sort_values(["piece", "rank", "line"])
    first = best.drop_duplicates("piece").set_index("piece")["line"].reindex(range(len(pieces)))
    roads = gpd.GeoDataFrame(geometry=list(pieces))
    roads = roads[first.notna().to_numpy()].reset_index(drop=True)
    chosen = first.dropna().astype(int).to_numpy()
    roads["name"] = [sheet.names[i] for i in chosen]
    roads["tier"] = [sheet.tiers[i] for i in chosen]
    roads = _without_stubs(roads, ground)
    return _largest_part(roads)


def _without_slivers(pieces: NDArray[np.object_], shorter_than_m: float = 1.0) -> NDArray[np.object_]:
    """Draw the two ends of every very short piece together, so that dropping it disconnects nothing."""
    moved: dict[tuple[float, float], tuple[float, float]] = {}

    def settled(point: tuple[float, float]) -> tuple[float, float]:
        while point in moved:
            point = moved[point]
        return point

    short = shapely.length(pieces) < shorter_than_m
    for piece in pieces[short]:
        first, last = settled(piece.coords[0]), settled(piece.coords[-1])
        if first != last:
            moved[last] = first
    kept = pieces[~short]
    for index, piece in enumerate(kept):
        first, last = piece.coords[0], piece.coords[-1]
        if first in moved or last in moved:
            kept[index] = LineString([settled(first), *piece.coords[1:-1], settled(last)])
    # Drawing nodes together can lay one piece upon another.
    ends = np.sort(np.array([[piece.coords[0], piece.coords[-1]] for piece in kept]).round(2), axis=1)
    twins = pd.DataFrame(ends.reshape(len(kept), -1)).assign(m=shapely.length(kept).round(1)).duplicated()
    return np.asarray(kept[~twins.to_numpy()], dtype=object)


def _ends(roads: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Node numbers of the first and last vertex of every piece, and the nodes' coordinates."""
    geometry = roads.geometry.to_numpy()
    points = np.vstack([shapely.get_coordinates(shapely.get_point(geometry, i)) for i in (0, -1)])
    nodes, number = np.unique(points.round(3), axis=0, return_inverse=True)
    number = number.reshape(2, -1)
    return number[0], number[1], nodes


def _without_stubs(roads: gpd.GeoDataFrame, ground: Ground) -> gpd.GeoDataFrame:
    """Drop short dead ends, overshoots of the drawing, except at the county's edge."""
    for _ in range(3):
        begin, end, nodes = _ends(roads)
        degree = np.bincount(np.concatenate([begin, end]), minlength=len(nodes))
        loose = (degree[begin] == 1) | (degree[end] == 1)
        limit = np.where(roads["tier"].isin(["main", "secondary"]), 160.0, 45.0)
        stub = loose & (roads.length.to_numpy() < limit) & (roads.distance(ground.boundary.exterior) > 5).to_numpy()
        if not stub.any():
            break
        roads = roads[~stub].reset_index(drop=True)
    return roads


def _largest_part(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    begin, end, nodes = _ends(roads)
    graph = coo_matrix((np.ones(len(begin)), (begin, end)), shape=(len(nodes), len(nodes)))
    _, part = connected_components(graph, directed=False)
    keep = part[begin] == np.bincount(part).argmax()
    return roads[keep].reset_index(drop=True)


def add_attributes(
    rng: np.random.Generator, roads: gpd.GeoDataFrame, ground: Ground, old_town: Polygon
) -> gpd.GeoDataFrame:
    """Class, one-way, level, who may use it; the network stays strongly connected."""
    tier = roads["tier"].to_numpy()
    roads["road_class"] = roads["tier"].map(
        {"main": "primary", "secondary": "secondary", "branch": "tertiary", "lane": "residential"}
    )
    roads["speed_kmh"] = roads["tier"].map(SPEED_KMH)
    middle = roads.geometry.interpolate(0.5, normalized=True)
    near = shapely.STRtree(roads.geometry.to_numpy()).query(ground.river, predicate="intersects")
    roads["bridge"] = False
    roads.loc[near, "bridge"] = roads.geometry.iloc[near].intersection(ground.river).length.to_numpy() > 40
    roads["level"] = roads["bridge"].astype(int)
    in_old = shapely.contains_xy(old_town, middle.x, middle.y)
    roads["foot"] = True
    roads["ebike"] = True
    roads["car"] = ~((tier == "lane") & in_old & (rng.random(len(roads)) < 0.45))
    oneway = np.zeros(len(roads), dtype=int)
    # Whole streets are one-way, not single pieces: the same word of the seed decides for the same name.
    named = roads["name"].to_numpy()
    for name in pd.unique(named[in_old & np.isin(tier, ["branch", "lane"])]):
        if rng.random() < 0.3:
            oneway[named == name] = 1 if rng.random() < 0.5 else -1
    begin, end, nodes = _ends(roads)
    for _ in range(20):
        ahead, back = oneway >= 0, oneway <= 0
        row = np.concatenate([begin[ahead], end[back]])
        column = np.concatenate([end[ahead], begin[back]])
        graph = coo_matrix((np.ones(len(row)), (row, column)), shape=(len(nodes), len(nodes)))
        _, part = connected_components(graph, directed=True, connection="strong")
        lost = part[begin] != part[end]
        lost |= part[begin] != np.bincount(part).argmax()
        if not (lost & (oneway != 0)).any():
            break
        oneway[lost] = 0
    roads["oneway"] = oneway
    return roads

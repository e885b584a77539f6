"""工地 of the sample county with their gates, where their waste may go, and the ways there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import LineString, Point

if TYPE_CHECKING:
    from data.county.streets import Streets

DUMP, STOCKPILE, CONCESSION = "Q900", "X02", "X03"


@dataclass
class Network:
    """Streets that lorries drive: places of their ends, and the way between any two."""

    xy: NDArray[np.float64]
    lines: dict[tuple[int, int], LineString]
    matrix: Any

    def nearest(self, place: Point) -> int:
        """The node nearest a place."""
        return int(np.hypot(*(self.xy - (place.x, place.y)).T).argmin())

    def way(self, start: int, goal: int) -> LineString:
        """The shortest way, local metres."""
        _, before = dijkstra(self.matrix, indices=start, return_predecessors=True)
        points: list[tuple[float, float]] = []
        here = goal
        while here != start:
            last = int(before[here])
            points = [*self._piece(last, here), *points[1:]] if points else self._piece(last, here)
            here = last
        return LineString(points)

    def _piece(self, one: int, other: int) -> list[tuple[float, float]]:
        line = self.lines[min(one, other), max(one, other)]
        points = [(float(x), float(y)) for x, y in line.coords]
        return points if np.hypot(*(np.array(points[0]) - self.xy[one])) < 0.5 else points[::-1]


def make_network(streets: Streets) -> Network:
    """The streets cars may use, as a graph of their ends; the sample's ways ignore one-way streets."""
    roads = streets.roads[streets.roads["car"].astype(bool)]
    lines = roads.geometry.to_numpy()
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(lines, 0)), shapely.get_coordinates(shapely.get_point(lines, -1))]
    )
    xy, number = np.unique(ends.round(1), axis=0, return_inverse=True)
    one, other = number.reshape(2, -1)
    keep: dict[tuple[int, int], LineString] = {}
    for a, b, line in sorted(zip(one, other, lines, strict=True), key=lambda row: -row[2].length):
        if a != b:
            keep[min(int(a), int(b)), max(int(a), int(b))] = line
    pairs = np.array(list(keep))
    metres = np.array([line.length for line in keep.values()])
    size = len(xy)
    both = coo_matrix((np.tile(metres, 2), (np.r_[pairs[:, 0], pairs[:, 1]], np.r_[pairs[:, 1], pairs[:, 0]])),
                      shape=(size, size)).tocsr()  # fmt: skip
    _, part = connected_components(both, directed=False)
    main = part == np.bincount(part).argmax()
    hidden = np.where(main[:, None], xy, np.inf)
    return Network(hidden, keep, both)


def make_places(zones: gpd.GeoDataFrame, net: Network, today: dt.date) -> dict[str, gpd.GeoDataFrame]:
    """Layers ``worksite site_gate waste_site haul_route``, local metres.

    Sites are the construction zones under the numbers of the register of checks; the ninth is torn down, the tenth
    lies idle, and beside the third somebody mixes concrete without having filed it.
    """
    chosen = zones[zones["kind"] == "construction"].reset_index(drop=True)
    sites: list[dict[str, Any]] = []
    gates: list[dict[str, Any]] = []
    for n, zone in enumerate(chosen.itertuples(), start=1):
        kind = "demolition" if n == 9 else "idle_land" if n == 10 else "site"
        works = "paused" if n == 6 else "not_begun" if n == 10 else "working"
        code = f"Q{n:03d}"
        sites.append(
            {"code": code, "name": zone.name, "site_type": kind, "works": works, "builder": f"示例建筑第{n}公司",
             "begun_on": today - dt.timedelta(60 + 20 * n), "geometry": zone.geometry}
        )  # fmt: skip
        corner = net.xy[net.nearest(zone.geometry.centroid)]
        edge = zone.geometry.boundary
        for number, place in enumerate((Point(corner), zone.geometry.centroid), start=1):
            at = edge.interpolate(edge.project(place) + (0 if number == 1 else edge.length / 3))
            gates.append(
                {"code": f"{code}-{number}", "name": f"{number}号门", "site_code": code,
                 "washing": "unwashed" if n in (4, 9) and number == 1 else "washed", "geometry": at}
            )  # fmt: skip
    beside = chosen.geometry.iloc[2].centroid
    sites.append(
        {"code": "Q901", "name": "示例自拌混凝土点", "site_type": "batching", "works": "working", "builder": None,
         "begun_on": today - dt.timedelta(15), "geometry": Point(beside.x + 160, beside.y + 120)}
    )  # fmt: skip
    waste = _waste_sites(net, chosen)
    roads = [_route(net, gates, waste, f"Q{n:03d}") for n in range(1, len(chosen)) if n != 6]
    return {
        "worksite": gpd.GeoDataFrame(sites, geometry="geometry"),
        "site_gate": gpd.GeoDataFrame(gates, geometry="geometry"),
        "waste_site": waste,
        "haul_route": gpd.GeoDataFrame(roads, geometry="geometry"),
    }


def _waste_sites(net: Network, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A dump and a stockpile at the two ends of the county's streets, a concession, a transfer station, bins."""
    known = np.flatnonzero(np.isfinite(net.xy[:, 0]))
    xy = net.xy[known]
    middle = np.median(xy, axis=0)
    away = np.hypot(*(xy - middle).T)
    ring = (away > np.quantile(away, 0.80)) & (away < np.quantile(away, 0.90))
    clear = shapely.distance(shapely.points(xy), shapely.union_all(sites.geometry.to_numpy())) > 800
    ring &= clear
    angle = np.arctan2(*(xy - middle).T[::-1])

    def at(wanted: float) -> Point:
        turn = np.abs(np.angle(np.exp(1j * (angle - wanted))))
        return Point(xy[np.where(ring, turn, np.inf).argmin()])

    rows: list[dict[str, Any]] = [
        {"code": DUMP, "name": "东郊建筑垃圾消纳场", "kind": "dump", "capacity_t": 600_000, "geometry": at(0.0)},
        {"code": STOCKPILE, "name": "北坡临时堆放点", "kind": "stockpile", "capacity_t": 8_000, "geometry": at(1.6)},
        {"code": CONCESSION, "name": "渣土资源化中心", "kind": "concession", "capacity_t": 120_000, "geometry": at(4)},
        {"code": "Z01", "name": "城西垃圾转运站", "kind": "transfer_station", "capacity_t": None, "geometry": at(3.0)},
    ]  # fmt: skip
    near = known[np.argsort(away)[10:700:160]]
    rows += [
        {"code": f"Z1{n}", "name": f"{n + 1}号垃圾收集点", "kind": "collection_point", "capacity_t": None,
         "geometry": Point(net.xy[node])} for n, node in enumerate(near)
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _route(net: Network, gates: list[dict[str, Any]], waste: gpd.GeoDataFrame, site: str) -> dict[str, Any]:
    gate = next(one["geometry"] for one in gates if one["site_code"] == site)
    dump = waste[waste["code"] == DUMP].geometry.iloc[0]
    return {
        "code": f"R{site[1:]}", "name": f"{site}至东郊", "site_code": site, "dump_code": DUMP, "opening": "06:00-22:00",
        "geometry": net.way(net.nearest(gate), net.nearest(dump)),
    }  # fmt: skip

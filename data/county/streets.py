"""Streets: a hand-drawn skeleton, a warped grid in the new quarters, split blocks in the old ones.

All lines are noded together on a centimetre grid, so streets that cross share the exact vertex, and
every piece between two crossings becomes one road.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Polygon

from data.county.ground import GRID_M, KM, Ground, blob, curve
from data.county.names import Names

WIDTH_M = {"main": 36.0, "secondary": 22.0, "branch": 13.0, "lane": 5.0}
"""Between building lines, footways included, less the front yards."""

SPEED_KMH = {"main": 60.0, "secondary": 50.0, "branch": 40.0, "lane": 20.0}

SKELETON: dict[str, tuple[str, list[tuple[float, float]]]] = {
    "人民西路": ("main", [(-0.2, 6.75), (1.0, 6.45), (2.4, 6.1), (3.8, 5.95), (5.1, 5.9)]),
    "人民东路": ("main", [(5.1, 5.9), (6.4, 5.98), (7.97, 5.85), (9.0, 6.15), (10.2, 6.5)]),
    "解放北路": ("main", [(4.75, 10.2), (5.0, 9.1), (5.02, 7.6), (5.14, 6.7), (5.1, 5.9)]),
    "解放南路": ("main", [(5.1, 5.9), (5.06, 5.1), (5.2, 4.2), (5.24, 3.95), (5.34, 3.35), (5.3, 2.65), (5.38, 1.95)]),
    "建设路": ("main", [(2.56, 6.85), (4.0, 6.66), (5.14, 6.7), (6.5, 6.85), (7.7, 6.78)]),
    "世纪大道": ("main", [(6.62, 7.46), (6.5, 6.85), (6.4, 5.98), (6.26, 4.6)]),
    "文昌路": ("secondary", [(3.6, 7.44), (3.95, 6.66), (3.8, 5.95), (3.72, 5.2), (3.66, 4.75)]),
    "迎宾大道": ("main", [(2.6, 3.6), (4.1, 3.42), (5.34, 3.35), (6.6, 3.5), (7.7, 3.68)]),
    "工业大道": ("main", [(7.7, 3.68), (8.5, 3.62), (9.3, 3.35), (10.2, 3.2)]),
    "站前路": ("secondary", [(3.72, 2.73), (4.3, 2.1), (5.38, 1.95), (6.4, 2.1), (6.95, 2.9)]),
    "城西路": ("main", [(-0.2, 3.3), (1.2, 3.5), (2.6, 3.6)]),
}
RING_KM = [(2.2, 5.3), (2.3, 6.35), (2.62, 7.0), (3.5, 7.42), (5.02, 7.58), (6.6, 7.45), (7.6, 7.05), (7.98, 6.2)]
RING_KM += [(8.05, 5.15), (7.86, 3.95), (7.35, 3.2), (6.5, 2.78), (5.3, 2.62), (3.7, 2.72), (2.85, 3.1), (2.4, 4.1)]
PARK_KM = [
    (7.45, 3.62),
    (8.25, 3.98),
    (8.95, 3.86),
    (9.12, 3.3),
    (9.0, 2.4),
    (8.5, 2.0),
    (7.45, 1.92),
    (6.95, 2.3),
    (6.9, 3.2),
]
NORTH_KM = [(3.46, 7.3), (3.52, 8.2), (3.8, 8.72), (5.0, 8.83), (6.1, 8.75), (6.5, 8.35), (6.62, 7.3)]
RURAL_KM = [
    [(2.5, 6.5), (1.9, 7.6), (2.35, 8.3), (2.5, 10.2)],
    [(7.75, 6.6), (8.4, 7.2), (8.35, 8.3), (9.0, 8.9), (9.2, 10.2)],
    [(5.0, 9.1), (6.3, 9.3), (7.6, 9.0), (8.35, 8.3)],
    [(5.0, 9.1), (3.7, 9.2), (2.35, 8.3), (1.2, 8.0), (-0.2, 8.4)],
    [(1.0, 6.45), (0.9, 7.2), (1.2, 8.0)],
    [(1.2, 3.5), (0.9, 2.5), (1.4, 1.5), (1.2, -0.2)],
    [(1.4, 1.5), (2.6, 1.8), (4.3, 2.1)],
    [(2.6, 1.8), (3.2, 0.9), (3.0, -0.2)],
    [(5.38, 1.95), (5.5, 1.0), (5.2, -0.2)],
    [(5.5, 1.0), (6.9, 1.2), (7.9, 1.1), (8.4, 1.95)],
    [(7.9, 1.1), (8.3, 0.4), (8.1, -0.2)],
    [(8.98, 2.6), (9.5, 2.1), (10.2, 2.0)],
    [(8.02, 5.62), (8.7, 5.55), (9.5, 5.5), (10.2, 5.6)],
    [(1.2, 3.5), (0.7, 3.75), (-0.2, 3.75)],
    [(2.25, 5.72), (1.5, 5.75), (0.9, 5.45), (-0.2, 5.3)],
    [(1.0, 6.45), (1.35, 6.0), (1.5, 5.75)],
    [(9.0, 6.15), (9.3, 7.2), (8.4, 7.2)],
]
VILLAGES_KM = [(1.95, 7.62), (1.2, 8.0), (2.35, 8.32), (3.7, 9.18), (6.3, 9.28), (7.6, 9.0), (8.35, 8.25), (8.45, 7.2)]
VILLAGES_KM += [(0.92, 7.0), (0.9, 2.55), (1.4, 1.5), (2.6, 1.8), (3.2, 0.9), (5.5, 1.05), (6.9, 1.2), (7.95, 1.1)]
VILLAGES_KM += [
    (9.6, 2.15),
    (9.5, 5.5),
    (8.75, 5.42),
    (1.0, 6.42),
    (0.9, 5.35),
    (9.0, 6.2),
    (0.75, 3.72),
    (8.95, 8.85),
    (5.0, 9.3),
]


@dataclass
class Streets:
    """Noded pieces of street, and the faces between them.

    ``roads``: local metres, one row a piece, columns ``name tier road_class oneway level foot ebike car
    speed_kmh bridge``. ``faces``: every block inside the built-up area, columns ``sector`` and ``geometry``.
    """

    roads: gpd.GeoDataFrame
    faces: gpd.GeoDataFrame
    urban: Polygon
    old_town: Polygon
    villages: list[Polygon]
    north_bank: LineString
    south_bank: LineString
    bridges: list[shapely.Point] = field(default_factory=list)


@dataclass
class _Sheet:
    """Lines on their way to becoming streets: geometry, name, tier, class."""

    lines: list[LineString] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tiers: list[str] = field(default_factory=list)

    def add(self, geometry: shapely.Geometry, name: str, tier: str) -> None:
        for part in shapely.get_parts(geometry):
            if part.geom_type == "LineString" and part.length > 1:
                self.lines.append(part)
                self.names.append(name)
                self.tiers.append(tier)


def cut(block: Polygon, rng: np.random.Generator, jitter: float, turn: float, kink_m: float) -> LineString | None:
    """A line across the block, square to its long side, off-centre by ``jitter``, turned by ``turn`` radians."""
    box = shapely.get_coordinates(shapely.oriented_envelope(block))[:4]
    sides = np.roll(box, -1, axis=0) - box
    lengths = np.hypot(*sides.T)
    longer = int(lengths[1] > lengths[0])
    across = sides[1 - longer] / max(lengths[1 - longer], 1e-6)
    angle = rng.normal(0, turn)
    across = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ across
    middle = (
        box[longer]
        + sides[longer] * (0.5 + rng.uniform(-jitter, jitter))
        + sides[1 - longer] * (0.5 if longer == 0 else -0.5)
    )
    reach = lengths.sum()
    bend = np.array([-across[1], across[0]]) * rng.normal(0, kink_m)
    line = LineString(
        [middle - across * reach, middle - across * lengths[1 - longer] * 0.17, middle + bend, middle + across * reach]
    )
    inside = shapely.intersection(line, block, grid_size=GRID_M)
    parts = [part for part in shapely.get_parts(inside) if part.geom_type == "LineString"]
    return max(parts, key=lambda part: part.length) if parts else None


def split(
    blocks: list[Polygon],
    target_m2: float,
    rng: np.random.Generator,
    jitter: float = 0.12,
    turn: float = 0.1,
    kink_m: float = 4.0,
) -> tuple[list[Polygon], list[tuple[int, LineString]]]:
    """Halve blocks until they are about ``target_m2``; the cuts come with their depth."""
    done: list[Polygon] = []
    cuts: list[tuple[int, LineString]] = []
    waiting = [(0, block) for block in blocks]
    while waiting:
        depth, block = waiting.pop()
        if block.area < target_m2 * rng.uniform(0.75, 1.6):
            done.append(block)
            continue
        line = cut(block, rng, jitter, turn, kink_m)
        halves = [] if line is None else _halves(block, line)
        if len(halves) < 2 or min(half.area for half in halves) < 0.18 * block.area:
            done.append(block)
            continue
        assert line is not None
        cuts.append((depth, line))
        waiting += [(depth + 1, half) for half in halves]
    return done, cuts


def _halves(block: Polygon, line: LineString) -> list[Polygon]:
    edges = shapely.union_all([block.boundary, line], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    return [face for face in faces if face.area > 50]


def grid_lines(
    block: Polygon, sector: str, origin: tuple[float, float], angle: float, step_m: tuple[float, float], side_m: float
) -> Iterable[tuple[str, LineString]]:
    """Iso-lines of a warped grid inside a block; the key names the same street on both sides of a main road."""
    cos, sin = np.cos(angle), np.sin(angle)
    corners = shapely.get_coordinates(block.envelope) - origin
    uv = corners @ np.array([[cos, -sin], [sin, cos]])
    (u0, v0), (u1, v1) = uv.min(axis=0) - 200, uv.max(axis=0) + 200
    for axis, low, high, step in (("u", u0, u1, step_m[0]), ("v", v0, v1, step_m[1])):
        for k in range(int(np.floor(low / step)), int(np.ceil(high / step)) + 1):
            along = np.arange((v0 if axis == "u" else u0) // 60 * 60, (v1 if axis == "u" else u1) + 60, 60.0)
            wobble = 28 * np.sin(along / 700 + 2.1 * k) + 45 * np.sin(along / 1900 + (0.8 if axis == "u" else 2.0))
            shift = k * step + (step * 0.16) * np.sin(k * 2.4) + wobble
            u, v = (shift, along) if axis == "u" else (along, shift)
            line = LineString(np.column_stack([u * cos - v * sin, u * sin + v * cos]) + origin)
            inner = shapely.intersection(line, block, grid_size=GRID_M)
            for part in shapely.get_parts(inner):
                if part.geom_type != "LineString" or part.length < 90:
                    continue
                # A street that hugs a main road would leave a sliver of a block between them.
                if part.intersection(block.buffer(-95)).length > 0.55 * (part.length - 190):
                    yield f"{sector}{axis}{k}", part


def make_streets(rng: np.random.Generator, ground: Ground, names: Names) -> Streets:
    """Draw every street of the county; see the module's first lines for how."""
    stretch, side = ground.stretch, ground.side_m
    sheet = _Sheet()
    ring = curve(RING_KM, stretch, closed=True)
    ring_area = Polygon(ring.coords)
    park_road, north_road = (_outside(rounded(points, stretch), ring_area) for points in (PARK_KM, NORTH_KM))
    park, north = (_beside(ring, road, ring_area) for road in (park_road, north_road))
    urban = shapely.union_all([ring_area, park, north]).buffer(2).buffer(-2)
    skeleton = {name: (tier, longer(curve(points, stretch), 60)) for name, (tier, points) in SKELETON.items()}

    corridor = ring_area.buffer(30)
    north_bank = _longest(shapely.intersection(ground.river_line.offset_curve(118 * stretch**0.4), corridor))
    south_bank = _longest(shapely.intersection(ground.river_line.offset_curve(-112 * stretch**0.4), corridor))
    arterials = [ring, park_road, north_road, north_bank, south_bank, *(line for _, line in skeleton.values())]
    supers = _faces(arterials)
    supers = [face for face in supers if urban.buffer(5).covers(face) and face.area > 4000]

    old_town = blob(rng, 4.72 * KM * stretch, 4.72 * KM * stretch, 780 * stretch, 0.15)
    old_town = _largest(old_town.difference(ground.river.buffer(70 * stretch**0.4)))
    sheet.add(ring, "环城路", "main")
    sheet.add(park_road, "园区环路", "secondary")
    sheet.add(north_road, "北新大道", "main")
    sheet.add(north_bank, "滨江北路", "main")
    sheet.add(south_bank, "滨江南路", "secondary")
    for name, (tier, line) in skeleton.items():
        sheet.add(line.intersection(ground.boundary), name, tier)

    corridor_water = ground.river.buffer(20)
    street_names: dict[str, str] = {}
    for face in supers:
        middle = face.representative_point()
        if face.intersection(corridor_water).area > 0.4 * face.area:
            continue
        if park.covers(middle):
            sector, angle, step = "工", 0.22, (420.0, 330.0)
        elif north.covers(middle):
            sector, angle, step = "北", 0.03, (330.0, 300.0)
        elif ground.river_line.distance(middle) >= 0 and middle.y < _river_y(ground, middle.x):
            sector, angle, step = "南", -0.06, (340.0, 310.0)
        else:
            sector, angle, step = "城", 0.05, (310.0, 290.0)
        if face.intersection(old_town).area > 0.45 * face.area:
            _, cuts = split([face], 52_000, rng, 0.14, 0.16, 14.0)
            for depth, line in cuts:
                sheet.add(line, names.street(), "secondary" if depth == 0 else "branch")
            continue
        for key, line in grid_lines(face, sector, (side / 2, side / 2), angle, step, side):
            name = street_names.setdefault(key, names.street())
            number = int(key.lstrip("工北南城")[1:])
            sheet.add(line, name, "secondary" if number % 2 == 0 else "branch")

    faces = [face for face in _faces([*sheet.lines, *arterials]) if urban.buffer(5).covers(face) and face.area > 1500]
    for face in faces:
        _lanes_in(face, old_town, park, corridor_water, rng, names, sheet)

    villages = _rural(rng, ground, urban, names, sheet)
    roads = _node(sheet, ground)
    roads = _attributes(rng, roads, ground, old_town)
    closed = [*roads.geometry, ring, park_road, north_road]
    blocks = [face for face in _faces(closed) if urban.buffer(5).covers(face)]
    frame = gpd.GeoDataFrame(geometry=blocks)
    inside = frame.representative_point()
    frame["sector"] = np.select(
        [
            frame.intersection(ground.river).area > 0.35 * frame.area,
            shapely.contains_xy(old_town, inside.x, inside.y),
            shapely.contains_xy(park, inside.x, inside.y),
            shapely.contains_xy(north, inside.x, inside.y),
            inside.y < _river_y(ground, inside.x.to_numpy()),
        ],
        ["river", "old", "industrial", "north", "south"],
        "centre",
    )
    return Streets(roads, frame, urban, old_town, villages, north_bank, south_bank)


def _river_y(ground: Ground, x: NDArray[np.float64] | float) -> NDArray[np.float64]:
    points = shapely.get_coordinates(ground.river_line)
    order = np.argsort(points[:, 0])
    return np.interp(x, points[order, 0], points[order, 1])


def rounded(points_km: list[tuple[float, float]], stretch: float, radius_m: float = 180.0) -> LineString:
    """A line of straight runs with rounded corners, as roads round a new quarter are drawn."""
    area = Polygon(np.asarray(points_km) * KM * stretch)
    ring = area.buffer(-radius_m).buffer(radius_m).exterior
    return shapely.simplify(LineString(ring.coords), 0.5)


def longer(line: LineString, by_m: float) -> LineString:
    """The line carried on straight at both ends, so that it surely reaches the street it should meet."""
    xy = shapely.get_coordinates(line)
    first, last = xy[0] - xy[1], xy[-1] - xy[-2]
    start, end = xy[0] + by_m * first / np.hypot(*first), xy[-1] + by_m * last / np.hypot(*last)
    return LineString(np.vstack([start, xy, end]))


def _outside(line: LineString, area: Polygon) -> LineString:
    """The longest run of a closed line outside the area, ends just inside it so that they meet its edge."""
    return _longest(shapely.line_merge(line.difference(area.buffer(-5))))


def _beside(ring: LineString, road: LineString, ring_area: Polygon) -> Polygon:
    """The ground between the ring and a road that leaves it and returns."""
    return shapely.union_all([face for face in _faces([ring, road]) if not ring_area.buffer(1).covers(face)])


def _largest(geometry: shapely.Geometry) -> Polygon:
    return max(shapely.get_parts(geometry), key=lambda part: part.area)


def _longest(geometry: shapely.Geometry) -> LineString:
    return max(shapely.get_parts(geometry), key=lambda part: part.length)


def _faces(lines: Iterable[shapely.Geometry]) -> list[Polygon]:
    edges = shapely.union_all(np.array(list(lines), dtype=object), grid_size=GRID_M)
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(edges))))


def _lanes_in(
    face: Polygon,
    old_town: Polygon,
    park: Polygon,
    water: Polygon,
    rng: np.random.Generator,
    names: Names,
    sheet: _Sheet,
) -> None:
    """Streets inside one block: a web of lanes in the old town and in villages caught by the town, little elsewhere."""
    middle = face.representative_point()
    if face.intersection(water).area > 0.35 * face.area:
        return
    if old_town.contains(middle):
        _, cuts = split([face], 7_500, rng, 0.16, 0.17, 7.0)
        for depth, line in cuts:
            sheet.add(line, names.lane(), "branch" if depth == 0 and line.length > 220 else "lane")
    elif park.contains(middle):
        _, cuts = split([face], 95_000, rng, 0.06, 0.01, 0.0)
        for _, line in cuts:
            sheet.add(line, names.street(), "branch")
    elif rng.random() < 0.09 and face.area > 25_000:
        # 城中村: the town grew round it.
        _, cuts = split([face], 11_000, rng, 0.12, 0.09, 4.0)
        for _, line in cuts:
            sheet.add(line, names.lane(), "lane")
    elif face.area > 70_000:
        _, cuts = split([face], 62_000, rng, 0.1, 0.02, 0.0)
        for _, line in cuts:
            sheet.add(line, names.street(), "branch")
    elif rng.random() < 0.4:
        _, cuts = split([face], face.area * 0.62, rng, 0.14, 0.03, 3.0)
        for _, line in cuts[:1]:
            sheet.add(line, names.lane(), "lane")


def _rural(rng: np.random.Generator, ground: Ground, urban: Polygon, names: Names, sheet: _Sheet) -> list[Polygon]:
    """Country roads with villages on them; village lanes branch off the road and may end blind."""
    country = ground.boundary.difference(urban.buffer(-1))
    roads = []
    for points in RURAL_KM:
        line = curve(points, ground.stretch, 40)
        xy = shapely.get_coordinates(line)
        sway = (
            np.sin(np.linspace(0, len(xy) / 14, len(xy)) + rng.uniform(0, 6))
            * 35
            * np.sin(np.linspace(0, np.pi, len(xy)))
        )
        line = LineString(xy + np.column_stack([sway, -sway]))
        line = longer(line, 40).intersection(country)
        roads.append(line)
        sheet.add(line, names.draw("village", _villages()).replace("村", "") + "公路", "branch")
    villages = []
    for x, y in VILLAGES_KM:
        radius = rng.uniform(150, 290) * ground.stretch**0.7
        area = blob(rng, x * KM * ground.stretch, y * KM * ground.stretch, radius, 0.4)
        area = (
            area.difference(urban.buffer(60))
            .difference(ground.river.buffer(50))
            .intersection(ground.boundary.buffer(-40))
        )
        parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon" and part.area > 20_000]
        for part in parts:
            villages.append(part)
            halves = [
                h
                for h in _faces([part.exterior, *(road.intersection(part) for road in roads)])
                if part.buffer(1).covers(h)
            ]
            _, cuts = split(halves, 14_000, rng, 0.12, 0.14, 8.0)
            for _, line in cuts:
                sheet.add(line, names.lane(), "lane")
    return villages


def _villages() -> list[str]:
    from data.county.names import VILLAGE_WORDS

    return VILLAGE_WORDS


def _node(sheet: _Sheet, ground: Ground) -> gpd.GeoDataFrame:
    """Cut every line where it meets another; each piece keeps its street's name and tier."""
    lines = np.array(sheet.lines, dtype=object)
    pieces = shapely.get_parts(shapely.union_all(lines, grid_size=GRID_M))
    pieces = shapely.get_parts(shapely.line_merge(shapely.union_all(pieces)))
    pieces = pieces[shapely.length(pieces) > 0.5]
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


def _attributes(
    rng: np.random.Generator, roads: gpd.GeoDataFrame, ground: Ground, old_town: Polygon
) -> gpd.GeoDataFrame:
    """Class, one-way, level, who may use it; the network stays strongly connected."""
    tier = roads["tier"].to_numpy()
    roads["road_class"] = roads["tier"].map(
        {"main": "primary", "secondary": "secondary", "branch": "tertiary", "lane": "residential"}
    )
    roads["speed_kmh"] = roads["tier"].map(SPEED_KMH)
    middle = roads.geometry.interpolate(0.5, normalized=True)
    roads["bridge"] = (
        roads.intersects(ground.river).to_numpy() & (roads.intersection(ground.river).length > 40).to_numpy()
    )
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

"""Streets: a hand-drawn skeleton, a warped grid in the new quarters, split blocks in the old ones.

All lines are noded together on a centimetre grid, so streets that cross share the exact vertex, and
every piece between two crossings becomes one road.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.county.ground import GRID_M, KM, Ground, blob, curve
from data.county.names import VILLAGE_WORDS, Names
from data.county.network import Sheet, add_attributes, node
from data.county.skeleton import NORTH_KM, PARK_KM, RING_KM, RURAL_KM, SKELETON, VILLAGES_KM


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
    block: Polygon, sector: str, origin: tuple[float, float], angle: float, step_m: tuple[float, float]
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
    sheet = Sheet()
    ring = curve(RING_KM, stretch, closed=True)
    ring_area = Polygon(ring.coords)
    park_road, north_road = (_outside(rounded(points, stretch), ring_area) for points in (PARK_KM, NORTH_KM))
    park, north = (_beside(ring, road, ring_area) for road in (park_road, north_road))
    urban = _largest(shapely.union_all([ring_area, park, north]).buffer(2).buffer(-2))
    skeleton = {name: (tier, longer(curve(points, stretch), 60)) for name, (tier, points) in SKELETON.items()}

    corridor = ring_area.buffer(30)
    north_bank = _longest(shapely.intersection(ground.river_line.offset_curve(118 * stretch**0.4), corridor))
    south_bank = _longest(shapely.intersection(ground.river_line.offset_curve(-112 * stretch**0.4), corridor))
    arterials = [ring, park_road, north_road, north_bank, south_bank, *(line for _, line in skeleton.values())]
    supers = _faces(arterials)
    supers = [face for face in _within(urban, supers) if face.area > 4000]

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
        for key, line in grid_lines(face, sector, (side / 2, side / 2), angle, step):
            name = street_names.setdefault(key, names.street())
            number = int(key.lstrip("工北南城")[1:])
            sheet.add(line, name, "secondary" if number % 2 == 0 else "branch")

    faces = [face for face in _within(urban, _faces([*sheet.lines, *arterials])) if face.area > 1500]
    for face in faces:
        _lanes_in(face, old_town, park, corridor_water, rng, names, sheet)

    villages = _rural(rng, ground, urban, names, sheet)
    roads = node(sheet, ground)
    roads = add_attributes(rng, roads, ground, old_town)
    closed = [*roads.geometry, ring, park_road, north_road]
    blocks = _within(urban, _faces(closed))
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
    return np.asarray(np.interp(x, points[order, 0], points[order, 1]))


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
    return _largest(shapely.union_all([f for f in _faces([ring, road]) if not ring_area.buffer(1).covers(f)]))


def _largest(geometry: BaseGeometry) -> Polygon:
    largest: Polygon = max(shapely.get_parts(geometry), key=lambda part: part.area)
    return largest


def _longest(geometry: BaseGeometry) -> LineString:
    longest: LineString = max(shapely.get_parts(geometry), key=lambda part: part.length)
    return longest


def _faces(lines: Iterable[BaseGeometry]) -> list[Polygon]:
    edges = shapely.union_all(np.array(list(lines), dtype=object), grid_size=GRID_M)
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(edges))))


def _within(area: Polygon, faces: list[Polygon]) -> list[Polygon]:
    """The faces inside the area, five metres given or taken."""
    around = area.buffer(5)
    shapely.prepare(around)
    return [face for face, inside in zip(faces, shapely.covers(around, faces), strict=True) if inside]


def _lanes_in(
    face: Polygon,
    old_town: Polygon,
    park: Polygon,
    water: Polygon,
    rng: np.random.Generator,
    names: Names,
    sheet: Sheet,
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


def _rural(rng: np.random.Generator, ground: Ground, urban: Polygon, names: Names, sheet: Sheet) -> list[Polygon]:
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
        road = longer(LineString(xy + np.column_stack([sway, -sway])), 40).intersection(country)
        roads.append(road)
        sheet.add(road, names.draw("village", VILLAGE_WORDS) + "公路", "branch")
    villages = []
    through = [*roads, *(curve(points, ground.stretch).intersection(country) for _, points in SKELETON.values())]
    for x, y in VILLAGES_KM:
        radius = rng.uniform(150, 290) * ground.stretch**0.7
        heart = shapely.Point(x * KM * ground.stretch, y * KM * ground.stretch)
        heart = shapely.shortest_line(shapely.union_all(through), heart).interpolate(0)
        area = (
            blob(rng, heart.x, heart.y, radius, 0.4)
            .difference(urban.buffer(60))
            .difference(ground.river.buffer(50))
            .intersection(ground.boundary.buffer(-40))
        )
        parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon" and part.area > 20_000]
        for part in parts:
            villages.append(part)
            halves = [
                h
                for h in _faces([part.exterior, *(road.intersection(part) for road in through)])
                if part.buffer(1).covers(h)
            ]
            _, cuts = split(halves, 14_000, rng, 0.12, 0.14, 8.0)
            for _, line in cuts:
                sheet.add(line, names.lane(), "lane")
    return villages

"""片区 along streets and river, responsibility and unit grids, towns and villages, and who owns each street.

The smallest cells are the blocks between streets, with the river cut along its middle; every larger area is a
union of cells, so nothing overlaps and nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from shapely.geometry.base import BaseGeometry

from data.county.ground import GRID_M, KM, Ground, multi
from data.county.names import VILLAGE_WORDS, Names
from data.county.streets import Streets

TENANT = "990101"

DISTRICTS: list[tuple[str, str, tuple[float, float], str]] = [
    ("01", "老城片区", (4.4, 4.85), "小街巷逐步规范:占道经营、店外经营回潮率降到三成以下"),
    ("02", "锦龙城片区", (5.75, 5.3), "风雨廊畅通:廊下无店外经营、无堆物,廊道净宽不小于两米"),
    ("03", "文教片区", (4.55, 6.35), "学校、医院周边上学放学和门诊时段无流动摊贩,通道畅通"),
    ("04", "城西片区", (3.0, 5.95), "主干道严管:人民西路、环城西路无占道经营"),
    ("05", "城北片区", (5.3, 7.15), "早市入点经营,八点半前收市保洁到位"),
    ("06", "北新西片区", (4.3, 8.15), "工地扬尘、带泥上路源头管控,渣土车密闭率百分之百"),
    ("07", "北新东片区", (5.85, 8.1), "新建小区门前三包签约全覆盖"),
    ("08", "城东片区", (7.2, 6.35), "农贸市场周边马路市场清零"),
    ("09", "东坑片区", (7.15, 4.4), "清垃圾专项:暴露垃圾日产日清,卫生死角逐一销号"),
    ("10", "河南片区", (5.9, 3.35), "夜市规范经营,二十三点前收摊,噪声投诉减半"),
    ("11", "南苑片区", (3.75, 3.65), "城中村违建零增长,小广告日清"),
    ("12", "工业园片区", (8.2, 2.95), "渣土运输路线管控,园区道路无撒漏"),
]
"""Code, name, heart in km, goal. 02, 09 and 03 are modelled on reports: arcade, rubbish, schools and hospital."""

URBAN_TOWNS = {
    "城关街道": "01 02 04 05 08",
    "北新街道": "06 07",
    "河南街道": "09 10 11",
    "文教街道": "03",
    "工业园镇": "12",
}
RURAL_TOWNS = ["云岭乡", "石鼓镇", "溪南镇"]


@dataclass
class Areas:
    """Everything that tiles the ground, in local metres.

    ``cells``: columns ``district grid community town code``; the others as their layers want them.
    """

    cells: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    admin: gpd.GeoDataFrame
    centre: BaseGeometry


def make_areas(rng: np.random.Generator, ground: Ground, streets: Streets, names: Names) -> Areas:
    """Tile 中心城区 with 片区 and grids, and the rest of the county with villages."""
    cells = _cells(ground, streets)
    cells["district"] = _district_of(cells, ground, streets)
    cells["town"] = cells["district"].map({d: t for t, ds in URBAN_TOWNS.items() for d in ds.split()})
    towns = [*URBAN_TOWNS, *RURAL_TOWNS]
    cells["grid"] = ""
    cells["community"] = 0
    for district, members in cells.groupby("district"):
        wanted = int(np.clip(round(members.area.sum() / (0.42e6 * ground.stretch**2)), 3, 7))
        grid = _cluster(members, wanted, rng)
        cells.loc[members.index, "grid"] = [f"{TENANT}{district}{number + 1:02d}" for number in grid]
        halves = max(2, len(members) // 400)
        cells.loc[members.index, "community"] = _cluster(members, halves, rng)
    cells["community_code"] = _community_codes(cells, towns)
    cells["code"] = _unit_codes(cells)

    by = cells.set_geometry(cells.geometry)
    districts = by.dissolve("district", as_index=False, method="coverage")[["district", "geometry"]]
    facts = {code: (name, goal) for code, name, _, goal in DISTRICTS}
    districts["code"] = TENANT + districts["district"]
    districts["name"] = [facts[d][0] for d in districts["district"]]
    districts["goal"] = [facts[d][1] for d in districts["district"]]
    grids = by.dissolve("grid", as_index=False, method="coverage")[["grid", "district", "geometry"]]
    grids["name"] = [
        f"{facts[d][0][:-2]}第{'一二三四五六七八九'[int(g[-2:]) - 1]}网格"
        for g, d in zip(grids["grid"], grids["district"], strict=True)
    ]
    centre = shapely.union_all(districts.geometry.to_numpy())
    admin = _admin(rng, ground, cells, centre, names, towns)
    return Areas(cells, districts, grids, cells[["code", "grid", "district", "geometry"]].copy(), admin, centre)


def _cells(ground: Ground, streets: Streets) -> gpd.GeoDataFrame:
    """Blocks of the built-up area; the river is cut along its middle and every half kilometre across."""
    middle, corridor = ground.river_line, _corridor(streets)
    lines = [middle]
    for at in np.arange(0, middle.length, 480.0):
        here, ahead = (np.array(middle.interpolate(at + step).coords[0]) for step in (0, 5))
        normal = np.array([-(ahead - here)[1], (ahead - here)[0]]) / 5 * 400 * ground.stretch**0.4
        lines.append(shapely.LineString([here - normal, here, here + normal]))
    river = [shapely.intersection(line, corridor, grid_size=GRID_M) for line in lines]
    outline = streets.urban.exterior
    edges = shapely.union_all([*streets.roads.geometry, outline, *river], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    around = streets.urban.buffer(3)
    shapely.prepare(around)
    faces = faces[shapely.covers(around, faces)]
    cells = gpd.GeoDataFrame(geometry=faces)
    return _absorb(cells, cells.area < 900)


def _corridor(streets: Streets) -> BaseGeometry:
    """River and banks between the two embankment roads, from ring bridge to ring bridge."""
    faces = streets.faces[streets.faces["sector"] == "river"]
    return shapely.union_all(faces.geometry.to_numpy(), grid_size=GRID_M)


def _absorb(cells: gpd.GeoDataFrame, small: pd.Series) -> gpd.GeoDataFrame:
    """Join every small cell to the neighbour with which it shares the longest border."""
    geometry = cells.geometry.to_numpy().copy()
    keep = ~small.to_numpy()
    tree = shapely.STRtree(geometry)
    target = np.arange(len(geometry))
    for index in np.flatnonzero(~keep):
        near = tree.query(geometry[index], predicate="intersects")
        near = near[(near != index) & keep[near]]
        if len(near):
            border = shapely.length(shapely.intersection(geometry[near], geometry[index]))
            target[index] = near[border.argmax()]
        else:
            keep[index] = True
    frame = gpd.GeoDataFrame({"target": target}, geometry=geometry).dissolve("target")
    return frame.reset_index(drop=True)[["geometry"]]


def _district_of(cells: gpd.GeoDataFrame, ground: Ground, streets: Streets) -> NDArray[np.object_]:
    """The 片区 of each cell: superblocks between main streets go to the nearest heart on their side of the river."""
    hearts = np.array([place for _, _, place, _ in DISTRICTS]) * KM * ground.stretch
    codes = np.array([code for code, *_ in DISTRICTS], dtype=object)
    big = streets.roads[streets.roads["tier"].isin(["main", "secondary"])]
    edges = shapely.union_all([*big.geometry, streets.urban.exterior], grid_size=GRID_M)
    supers = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    inside = cells.representative_point().to_numpy()
    place, block = shapely.STRtree(supers).query(inside, predicate="intersects")
    block_of = np.full(len(cells), -1)
    block_of[place] = block
    xy = shapely.get_coordinates(inside)
    middle = shapely.get_coordinates(shapely.point_on_surface(supers))
    anchor = np.where((block_of >= 0)[:, None], middle[block_of], xy)
    corridor = _corridor(streets)
    in_river = shapely.intersects(corridor.buffer(-2), inside)
    anchor[in_river] = xy[in_river]
    order = np.argsort(shapely.get_coordinates(ground.river_line)[:, 0])
    line = shapely.get_coordinates(ground.river_line)[order]

    def north(points: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(points[:, 1] > np.interp(points[:, 0], line[:, 0], line[:, 1]))

    distance = np.hypot(*(anchor[:, None, :] - hearts[None, :, :]).transpose(2, 0, 1))
    distance = distance + 1e6 * (north(xy)[:, None] != north(hearts)[None, :])
    for code, extension in (("12", "industrial"), ("06", "north"), ("07", "north")):
        member = _in_sector(streets, extension, inside)
        column = int(np.flatnonzero(codes == code)[0])
        distance[~member, column] += 1e6
        elsewhere = ~np.isin(codes, ["12"] if extension == "industrial" else ["06", "07"])
        distance += 1e6 * (member[:, None] & elsewhere[None, :])
    return _whole(cells, codes[distance.argmin(axis=1)])


def _in_sector(streets: Streets, sector: str, points: NDArray[np.object_]) -> NDArray[np.bool_]:
    area = shapely.union_all(streets.faces[streets.faces["sector"] == sector].geometry.to_numpy(), grid_size=GRID_M)
    return shapely.intersects(area, points)


def _neighbours(cells: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of cells that share edges, vertex for vertex, of more than a metre together, and how much."""
    corners, cell = shapely.get_coordinates(cells.geometry.to_numpy(), return_index=True)
    same = cell[1:] == cell[:-1]
    first, last = corners[:-1][same].round(3), corners[1:][same].round(3)
    turned = (first[:, 0] > last[:, 0]) | ((first[:, 0] == last[:, 0]) & (first[:, 1] > last[:, 1]))
    first[turned], last[turned] = last[turned], first[turned].copy()
    edges = pd.DataFrame(np.column_stack([first, last]), columns=["x1", "y1", "x2", "y2"])
    edges["cell"], edges["m"] = cell[:-1][same], np.hypot(*(last - first).T)
    pairs = edges.merge(edges, on=["x1", "y1", "x2", "y2"])
    shared = pairs[pairs["cell_x"] != pairs["cell_y"]].groupby(["cell_x", "cell_y"])["m_x"].sum()
    border = shared[shared > 1].reset_index()
    return border["cell_x"].to_numpy(), border["cell_y"].to_numpy(), border["m_x"].to_numpy()


def _whole(cells: gpd.GeoDataFrame, label: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give every detached fragment of an area to the neighbour it borders longest, until all areas are of one piece."""
    label = label.copy()
    left, right, border = _neighbours(cells)
    area = cells.area.to_numpy()
    for _ in range(12):
        same = label[left] == label[right]
        graph = coo(left[same], right[same], len(cells))
        part = components(graph)
        size = np.bincount(part, weights=area)
        owner = pd.Series(label).groupby(part).first().to_numpy()
        best = pd.Series(size).groupby(owner).idxmax()
        stray = ~np.isin(part, best.to_numpy())
        if not stray.any():
            break
        edge = stray[left] & ~stray[right]
        wish = pd.DataFrame({"part": part[left[edge]], "label": label[right[edge]], "border": border[edge]})
        wish = wish.groupby(["part", "label"])["border"].sum().reset_index().sort_values(["part", "border"])
        new = wish.drop_duplicates("part", keep="last").set_index("part")["label"]
        moved = np.isin(part, new.index.to_numpy())
        label[moved] = new.reindex(part[moved]).to_numpy()
    return label


def coo(left: NDArray[np.int64], right: NDArray[np.int64], n: int):  # type: ignore[no-untyped-def]
    """A sparse graph of pairs."""
    from scipy.sparse import coo_matrix

    return coo_matrix((np.ones(len(left)), (left, right)), shape=(n, n))


def components(graph) -> NDArray[np.int64]:  # type: ignore[no-untyped-def]
    """The connected part of each node."""
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(graph, directed=False)[1])


def _cluster(members: gpd.GeoDataFrame, wanted: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Cut cells into ``wanted`` compact groups, each of one piece where the ground allows; numbered west to east."""
    points = np.column_stack([members.centroid.x, members.centroid.y])
    _, group = kmeans2(points, wanted, minit="++", seed=rng)
    group = _whole(members.reset_index(drop=True), group.astype(object)).astype(int)
    west = pd.Series(points[:, 0] - 0.3 * points[:, 1]).groupby(group).mean().rank(method="first").astype(int) - 1
    return np.asarray(west.reindex(group).to_numpy(), dtype=np.int64)


def _community_codes(cells: gpd.GeoDataFrame, towns: list[str]) -> list[str]:
    """Twelve digits: adcode, street, community, numbered in the order of 片区."""
    key = cells["district"] + "-" + cells["community"].astype(str)
    town = cells["town"]
    order: dict[str, int] = {}
    count: dict[str, int] = {}
    for k, t in sorted(set(zip(key, town, strict=True))):
        count[t] = count.get(t, 0) + 1
        order[k] = count[t]
    return [f"{TENANT}{towns.index(t) + 1:03d}{order[k]:03d}" for k, t in zip(key, town, strict=True)]


def _unit_codes(cells: gpd.GeoDataFrame) -> pd.Series:
    """Fifteen digits: community code + three digits from west to east, then north to south (GB/T 30428.1)."""
    middle = cells.representative_point()
    frame = pd.DataFrame({"community": cells["community_code"], "row": -(middle.y // 250), "x": middle.x})
    order = frame.sort_values(["community", "row", "x"])
    number = order.groupby("community").cumcount() + 1
    return (order["community"] + number.map("{:03d}".format)).reindex(cells.index)


def _admin(
    rng: np.random.Generator,
    ground: Ground,
    cells: gpd.GeoDataFrame,
    centre: BaseGeometry,
    names: Names,
    towns: list[str],
) -> gpd.GeoDataFrame:
    """County, streets and towns, communities and villages: 6, 9 and 12 digits."""
    rows = [(TENANT, "示例县", "county", multi(shapely.union_all([ground.boundary, centre])))]
    villages = gpd.GeoDataFrame(
        {"town": cells["town"], "code": cells["community_code"]}, geometry=cells.geometry
    ).dissolve("code", as_index=False, method="coverage")
    rural = _rural_cells(rng, ground, centre)
    rural["code"] = ""
    for town, members in rural.groupby("town"):
        wanted = max(4, int(members.area.sum() / (3.2e6 * ground.stretch)))
        number = _cluster(members, wanted, rng)
        base = f"{TENANT}{towns.index(str(town)) + 1:03d}"
        rural.loc[members.index, "code"] = [f"{base}{n + 201:03d}" for n in number]
    villages = pd.concat(
        [villages, rural.dissolve("code", as_index=False, method="coverage")[["town", "code", "geometry"]]]
    )
    for town, members in villages.groupby("town"):
        rows.append(
            (
                f"{TENANT}{towns.index(str(town)) + 1:03d}",
                str(town),
                "town",
                multi(shapely.union_all(members.geometry.to_numpy(), grid_size=GRID_M)),
            )
        )
    for code, geometry in zip(villages["code"], villages.geometry, strict=True):
        name = names.street()[:-1] + "社区" if int(code[-3:]) < 200 else names.draw("village", VILLAGE_WORDS) + "村"
        rows.append((code, name, "village", multi(geometry)))
    return gpd.GeoDataFrame(rows, columns=["code", "name", "level", "geometry"])


def _rural_cells(rng: np.random.Generator, ground: Ground, centre: BaseGeometry) -> gpd.GeoDataFrame:
    """Small irregular cells of the country outside the centre; borders made of them look surveyed, not ruled."""
    side = ground.side_m
    points = rng.uniform(-0.02, 1.02, (int(1400 * ground.stretch), 2)) * side
    diagram = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(-500, -500, side + 500, side + 500))
    )
    rest = ground.boundary.difference(centre)
    inside = shapely.intersection(diagram, rest, grid_size=GRID_M)
    parts = shapely.get_parts(inside)
    keep = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 1)
    cells = gpd.GeoDataFrame(geometry=list(parts[keep]))
    middle = cells.representative_point()
    angle = np.degrees(np.arctan2(middle.y - side / 2, middle.x - side / 2))
    label = np.select([(angle > 75) | (angle < -155), angle > -35], RURAL_TOWNS[:2], RURAL_TOWNS[2]).astype(object)
    cells["town"] = _whole(cells, label)
    return cells


def owners(roads: gpd.GeoDataFrame, areas: Areas) -> NDArray[np.object_]:
    """The one 片区 that answers for each piece of street; none outside 中心城区.

    A street along a border goes whole to one side: for each street name and pair of districts, to the one that has
    answered for less border so far.
    """
    middle = shapely.line_interpolate_point(roads.geometry.to_numpy(), 0.5, normalized=True)
    ahead = shapely.line_interpolate_point(roads.geometry.to_numpy(), 0.51, normalized=True)
    step = shapely.get_coordinates(ahead) - shapely.get_coordinates(middle)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.maximum(np.hypot(*step.T), 1e-9)[:, None] * 2.5
    tree = shapely.STRtree(areas.districts.geometry.to_numpy())
    codes = areas.districts["code"].to_numpy()
    sides = []
    for sign in (1, -1):
        side = np.full(len(roads), None, dtype=object)
        where, district = tree.query(
            shapely.points(shapely.get_coordinates(middle) + sign * normal), predicate="intersects"
        )
        side[where] = codes[district]
        sides.append(side)
    left, right = sides
    owner = np.where(left == None, right, left)  # noqa: E711
    border = (left != right) & (left != None) & (right != None)  # noqa: E711
    load = dict.fromkeys(codes, 0.0)
    frame = pd.DataFrame(
        {"name": roads["name"], "a": left, "b": right, "m": roads.length, "at": np.arange(len(roads))}
    )[border]
    frame["pair"] = [tuple(sorted(pair)) for pair in zip(frame["a"], frame["b"], strict=True)]
    for (_, pair), pieces in sorted(frame.groupby(["name", "pair"]), key=lambda item: (-item[1]["m"].sum(), item[0])):
        chosen = min(pair, key=lambda code: (load[code], code))
        load[chosen] += float(pieces["m"].sum())
        owner[pieces["at"].to_numpy()] = chosen
    return owner

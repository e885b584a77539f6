"""重点场所, 摊点 and 违法建设: where the work is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from data.county.buildings import Rectangles, polygons
from data.county.districts import DISTRICTS, TENANT
from data.county.ground import KM, multi
from data.county.names import ESTATE_WORDS, Names
from data.county.skeleton import WIDTH_M
from data.county.streets import Streets

SCHOOL_DAY = "Mo-Fr 07:00-08:10,11:30-12:20,13:40-14:20,16:30-18:00; SH,PH off"


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """How a kind of zone is watched: opening text, weight, minutes to stay, blocks it is made of, how many."""

    opening: str
    weight: float
    service_min: int
    uses: tuple[str, ...]
    number: int


ZONES: dict[str, ZoneRule] = {
    "school": ZoneRule(SCHOOL_DAY, 1.6, 20, ("school",), 20),
    "hospital": ZoneRule("07:00-19:00", 1.3, 12, ("hospital",), 6),
    "market": ZoneRule("05:00-09:30,16:30-18:30", 1.8, 18, ("market",), 11),
    "construction": ZoneRule("Mo-Sa 06:00-19:00,22:00-24:00; Su 22:00-24:00", 1.0, 10, ("site",), 10),
    "transit": ZoneRule("05:30-22:30", 1.1, 10, ("station",), 3),
    "estate": ZoneRule("06:30-09:00,17:00-21:30", 0.8, 8, ("estate", "towers"), 20),
    "night_market": ZoneRule("18:00-23:00", 1.9, 20, (), 8),
}
AREA_NAMES = {code: name.removesuffix("片区") for code, name, *_ in DISTRICTS}
SCHOOLS = ("实验小学", "小学", "中学", "第二小学", "幼儿园", "第二中学", "职业学校", "第三小学")
HOSPITALS = ("医院", "社区卫生服务中心", "卫生院")
STATION_NAMES = ["示例火车站", "汽车客运总站", "城西公交枢纽", "北新公交首末站"]
NIGHT_STREETS = [
    (4.85, 4.55),
    (4.45, 5.1),
    (5.55, 5.15),
    (5.75, 3.45),
    (4.05, 3.6),
    (7.05, 6.0),
    (4.9, 7.3),
    (5.6, 8.05),
]


def make_zones(
    rng: np.random.Generator, blocks: gpd.GeoDataFrame, streets: Streets, names: Names, stretch: float
) -> gpd.GeoDataFrame:
    """About 80 zones: ``key name kind opening weight service_min district geometry`` in local metres."""
    rows: list[dict[str, object]] = []

    def add(kind: str, name: str, outline: BaseGeometry, district: str, weight: float = 0.0, opening: str = "") -> None:
        rule = ZONES[kind]
        rows.append(
            {
                "key": f"{kind}-{sum(row['kind'] == kind for row in rows) + 1:02d}",
                "name": name,
                "kind": kind,
                "opening": opening or rule.opening,
                "weight": weight or round(float(rule.weight * rng.uniform(0.8, 1.25)), 2),
                "service_min": rule.service_min,
                "district": f"{TENANT}{district}",
                "geometry": multi(outline),
            }
        )

    named = blocks[blocks["district"] != ""]
    for kind, rule in ZONES.items():
        chosen = named[named["use"].isin(rule.uses)]
        if kind == "estate":
            chosen = chosen[chosen["area_m2"] > 16_000]
            spread = chosen.groupby("district").cumcount()
            chosen = chosen.assign(turn=spread, draw=rng.random(len(chosen))).sort_values(["turn", "draw"])
        chosen = chosen.head(rule.number)
        turns = chosen.groupby("district").cumcount()
        places = zip(chosen.geometry, chosen["district"], turns, strict=True)
        for number, (outline, district, turn) in enumerate(places):
            add(
                kind,
                _zone_name(kind, number, AREA_NAMES[str(district)], int(turn), names),
                outline.buffer(9, join_style="mitre"),
                str(district),
            )
    _bus_hubs(add, streets, stretch)
    _night_markets(add, streets, stretch)
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _zone_name(kind: str, number: int, area: str, turn: int, names: Names) -> str:
    """A name that says where it is: 城东实验小学; ``turn`` counts the same kind within its 片区."""
    if kind in ("school", "hospital"):
        words = SCHOOLS if kind == "school" else HOSPITALS
        return f"{area}{words[turn % len(words)]}"
    if kind == "market":
        return names.street()[:-1] + "农贸市场"
    if kind == "construction":
        return names.street()[:-1] + "项目工地"
    if kind == "transit":
        return STATION_NAMES[number]
    return names.draw("estate", ESTATE_WORDS)


def _nearest_road(streets: Streets, x: float, y: float, tiers: tuple[str, ...], least_m: float) -> pd.Series:
    roads = streets.roads
    fit = roads["tier"].isin(tiers) & (roads.length > least_m) & roads["owner_district"].notna() & ~roads["bridge"]
    chosen = roads[fit]
    nearest: pd.Series = chosen.loc[chosen.distance(shapely.Point(x, y)).idxmin()]
    return nearest


def _bus_hubs(add, streets: Streets, stretch: float) -> None:  # type: ignore[no-untyped-def]
    for name, (x, y) in {"人民广场公交站": (5.3, 5.9), "锦龙城公交站": (5.8, 5.3)}.items():
        road = _nearest_road(streets, x * KM * stretch, y * KM * stretch, ("main", "secondary"), 60)
        add(
            "transit",
            name,
            road.geometry.buffer(WIDTH_M[road["tier"]] / 2 + 3, cap_style="flat"),
            str(road["owner_district"])[-2:],
        )


def _night_markets(add, streets: Streets, stretch: float) -> None:  # type: ignore[no-untyped-def]
    for x, y in NIGHT_STREETS:
        road = _nearest_road(streets, x * KM * stretch, y * KM * stretch, ("branch",), 110)
        outline = road.geometry.buffer(WIDTH_M["branch"] / 2 + 2, cap_style="flat")
        add("night_market", str(road["name"])[:-1] + "夜市", outline, str(road["owner_district"])[-2:])


GOODS = ["早点", "水果", "蔬菜", "烧烤", "小吃", "服装", "日用百货", "修鞋配锁", "鲜花", "卤味"]


def make_vendor_points(
    rng: np.random.Generator, zones: gpd.GeoDataFrame, streets: Streets, blocks: gpd.GeoDataFrame, today: dt.date
) -> gpd.GeoDataFrame:
    """About 900: hawker spots beside zones, regulated points in rows along streets, two seasonal markets as areas."""
    parts = [_hawkers(rng, zones, streets), _regulated(rng, streets), _seasonal(blocks, today)]
    frame = pd.concat(parts, ignore_index=True)
    return gpd.GeoDataFrame(frame, geometry="geometry")


def _hawkers(rng: np.random.Generator, zones: gpd.GeoDataFrame, streets: Streets) -> gpd.GeoDataFrame:
    per = {
        "school": 9,
        "market": 19,
        "night_market": 13,
        "hospital": 8,
        "transit": 10,
        "estate": 2.5,
        "construction": 1,
    }
    rows = []
    hours = {
        "school": SCHOOL_DAY,
        "market": "05:30-09:00",
        "night_market": "18:00-23:30",
        "hospital": "06:30-10:00,16:00-19:00",
    }
    walk = streets.roads[streets.roads["tier"] != "lane"]
    lines, widths = walk.geometry.to_numpy(), walk["tier"].map(WIDTH_M).to_numpy()
    tree = shapely.STRtree(lines)
    for zone in zones.itertuples():
        number = rng.poisson(per[zone.kind])
        edge = zone.geometry.geoms[0].exterior
        for start in np.sort(rng.uniform(0, edge.length, number)):
            spot = edge.interpolate(start)
            near = int(tree.nearest(spot))
            on_line = lines[near].interpolate(lines[near].project(spot))
            gap = max(spot.distance(on_line), 0.1)
            # On the footway: between kerb and building line of the nearest street.
            share = min((widths[near] / 2 - 2.5) / gap, 1.0)
            x = on_line.x + (spot.x - on_line.x) * share + rng.normal(0, 0.6)
            y = on_line.y + (spot.y - on_line.y) * share + rng.normal(0, 0.6)
            rows.append(
                {
                    "name": None,
                    "kind": "hawker_spot",
                    "goods": str(rng.choice(GOODS)),
                    "slots": None,
                    "opening": hours.get(zone.kind),
                    "geometry": shapely.Point(round(x, 2), round(y, 2)),
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _regulated(rng: np.random.Generator, streets: Streets) -> gpd.GeoDataFrame:
    roads = streets.roads
    fit = (
        roads["tier"].isin(["branch", "secondary"])
        & roads["owner_district"].notna()
        & (roads.length > 90)
        & ~roads["bridge"]
    )
    chosen = roads[fit].sample(13, random_state=rng)
    rows = []
    for road in chosen.itertuples():
        beside = road.geometry.offset_curve(WIDTH_M[road.tier] / 2 - 2.2)
        goods = str(rng.choice(GOODS))
        for number in range(min(int((beside.length - 20) // 3.5), 24)):
            spot = beside.interpolate(10 + 3.5 * number)
            rows.append(
                {
                    "name": f"{road.name}便民疏导点{number + 1:02d}号",
                    "kind": "regulated",
                    "goods": goods,
                    "slots": 1,
                    "opening": "05:30-09:00,16:00-20:00",
                    "geometry": shapely.Point(round(spot.x, 2), round(spot.y, 2)),
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _seasonal(blocks: gpd.GeoDataFrame, today: dt.date) -> gpd.GeoDataFrame:
    """杨梅 in early summer, 苗木 at planting time, 年货 before the Spring Festival; this year and last."""
    green = blocks[
        (blocks["use"].isin(["green", "park"])) & blocks["area_m2"].between(2_500, 14_000) & (blocks["district"] != "")
    ]
    rows = []
    seasons = [
        ("杨梅临时市场", "杨梅", (5, 28), (7, 6), 60),
        ("苗木临时销售点", "苗木", (2, 10), (3, 31), 40),
        ("年货临时市场", "年货", (1, 10), (2, 20), 80),
    ]
    for place, (name, goods, first, last, slots) in enumerate(seasons):
        outline = green.geometry.iloc[(place * 7 + 3) % len(green)]
        spot = outline.representative_point().buffer(38, quad_segs=1).intersection(outline)
        rows += [
            {
                "name": f"{name}({year}年)",
                "kind": "seasonal_market",
                "goods": goods,
                "slots": slots,
                "opening": "06:00-20:00",
                "valid_from_on": dt.date(year, *first),
                "valid_to_on": dt.date(year, *last),
                "geometry": multi(spot),
            }
            for year in (today.year - 1, today.year)
        ]
    return gpd.GeoDataFrame(rows, geometry="geometry")


STATUS_SHARE = {
    "suspected": 0.26,
    "verified": 0.18,
    "stopped": 0.14,
    "ordered": 0.12,
    "demolished": 0.16,
    "regularised": 0.05,
    "confiscated": 0.02,
    "dismissed": 0.07,
}
CATEGORIES = ["加建外扩", "屋顶加层", "占用绿地", "搭建棚房", "占用道路"]


def make_illegal_buildings(
    rng: np.random.Generator, buildings: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame, wanted: int, today: dt.date
) -> gpd.GeoDataFrame:
    """Sheds against a house's wall: ``code status status_since_on found_on area_m2 households category``."""
    use = blocks["use"].to_numpy()[buildings["block"].to_numpy()]
    weight = (
        pd.Series(use)
        .map({"selfbuilt": 5.0, "village": 3.0, "old": 2.0, "estate": 1.2, "factory": 2.0})
        .fillna(0.3)
        .to_numpy()
    )
    host = rng.choice(len(buildings), size=min(wanted * 4, len(buildings)), replace=False, p=weight / weight.sum())
    houses = buildings.geometry.to_numpy()
    corners = shapely.get_coordinates(houses[host]).reshape(len(host), 5, 2)
    side = rng.integers(0, 4, len(host))
    rows = np.arange(len(host))
    a, b = corners[rows, side], corners[rows, side + 1]
    run = b - a
    length = np.hypot(*run.T)
    width = np.minimum(rng.uniform(3, 11, len(host)), length * 0.9)
    depth = rng.uniform(2.2, 5.5, len(host))
    outward = np.column_stack([run[:, 1], -run[:, 0]]) / length[:, None]
    centre = (a + b) / 2 + outward * (depth / 2 + 0.02)[:, None]
    rectangles: Rectangles = np.column_stack([centre, width, depth, np.arctan2(run[:, 1], run[:, 0])])
    sheds = polygons(rectangles)
    geometry = blocks.geometry.to_numpy()
    fits = shapely.contains_properly(geometry[buildings["block"].to_numpy()[host]], sheds)
    other, _ = shapely.STRtree(houses).query(sheds, predicate="intersects")
    fits &= ~np.isin(rows, other)
    twice, first = shapely.STRtree(sheds).query(sheds, predicate="intersects")
    fits &= ~np.isin(rows, twice[twice > first])
    chosen = np.flatnonzero(fits)[:wanted]
    n = len(chosen)
    status = rng.choice(list(STATUS_SHARE), n, p=np.array(list(STATUS_SHARE.values())) / sum(STATUS_SHARE.values()))
    found = rng.integers(20, 720, n)
    since = (found * rng.uniform(0.02, 0.9, n)).astype(int)
    # A suspicion is new the day it is found.
    since[status == "suspected"] = found[status == "suspected"]
    return gpd.GeoDataFrame(
        {
            "code": [f"WJ{today.year - 2 + (720 - f) // 360}{i + 1:04d}" for i, f in enumerate(found)],
            "status": status,
            "status_since_on": [today - dt.timedelta(int(d)) for d in since],
            "found_on": [today - dt.timedelta(int(d)) for d in found],
            "area_m2": shapely.area(sheds[chosen]).round(1),
            "households": rng.choice([1, 1, 1, 1, 2, 3], n),
            "category": rng.choice(CATEGORIES, n, p=[0.42, 0.12, 0.12, 0.28, 0.06]),
        },
        geometry=[multi(Polygon(s)) for s in sheds[chosen]],
    )

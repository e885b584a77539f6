"""Ads, kitchens, bays, firework zones and contact points of the sample county, and what was noted of them.

Everything is invented. What is planted is said where it is: shares of ads without or past their permit, of kitchens
overdue, of bays too small; nothing else of the county is drawn from this stream.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from data.county.skeleton import WIDTH_M
from data.county.streets import Streets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty
    from geo.db.engine import Database

STREAM: Final = 1040
LARGE: Final = 92
"""Large ads, as many as a county of this size has registered."""

LARGE_KINDS: Final = ("billboard", "rooftop", "pole", "screen")
SIZES_M: Final = {"billboard": (8.0, 4.0), "rooftop": (12.0, 3.0), "pole": (18.0, 6.0), "screen": (6.0, 4.0)}
DEVICES: Final = ("electrostatic", "electrostatic", "composite", "mechanical", "wet", "none")
BAYS: Final = {"school": 60, "hospital": 80, "market": 90, "night_market": 50, "transit": 120}
"""By kind of zone: places of its bicycle bay."""

NAMES: Final = uuid.UUID("8a52f1d0-90c4-5d1e-b7a3-6f0e2c9d4b18")
TOO_SMALL: Final = ("market", "transit")
"""Zones whose bay is a third too small at its peak."""


def make_street(
    seed: int, shops: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, streets: Streets, today: dt.date
) -> dict[str, gpd.GeoDataFrame]:
    """Layers by name in metres, each with ``code`` and the columns of its table."""
    rng = np.random.default_rng([seed, STREAM])
    return {
        "firework_zone": _firework_zones(zones),
        "parking": _bays(zones, streets),
        "contact_point": _contacts(zones, today),
        "restaurant": _kitchens(rng, shops, today),
        "ad": _ads(rng, shops, streets, today),
    }


def _ads(rng: np.random.Generator, shops: gpd.GeoDataFrame, streets: Streets, today: dt.date) -> gpd.GeoDataFrame:
    """Large ads along main and secondary streets, and a sign over every other shop."""
    roads = streets.roads
    wide = roads[roads["tier"].isin(["main", "secondary"]) & roads["name"].notna() & ~roads["bridge"]]
    wide = wide[(wide.geometry.length > 60) & wide["owner_district"].notna()].sort_values("name", kind="stable")
    rows: list[dict[str, Any]] = []
    chosen = rng.choice(len(wide), size=min(LARGE, len(wide)), replace=False)
    for n, at in enumerate(sorted(int(one) for one in chosen)):
        road, kind = wide.iloc[at], LARGE_KINDS[n % len(LARGE_KINDS)]
        spot = _aside(road.geometry, 0.5, WIDTH_M[road["tier"]] / 2 + 3)
        width, height = SIZES_M[kind]
        rows.append(
            {"kind": kind, "street": road["name"], "width_m": width, "height_m": height, "name": None,
             "owner": f"示例广告公司{n % 5 + 1}", "inspected_on": today - dt.timedelta(int(rng.integers(30, 700))),
             "geometry": spot, **_paper(n, today)}
        )  # fmt: skip
    for n, shop in enumerate(shops.iloc[::2].to_dict("records")):
        rows.append(
            {"kind": "signboard", "street": shop["street"], "width_m": round(shop["width_dm"] / 10 - 0.4, 1),
             "height_m": 1.2, "name": shop["name"], "owner": None, "inspected_on": None,
             "geometry": shop["geometry"].interpolate(0.5, normalized=True), **_paper(n, today)}
        )  # fmt: skip
    frame = gpd.GeoDataFrame(rows, geometry="geometry")
    return frame.assign(code=[f"GG{n:04d}" for n in range(1, len(frame) + 1)], status="standing")


def _paper(n: int, today: dt.date) -> dict[str, Any]:
    """One in seven has no permit, one in five a permit that has run out."""
    registered = today - dt.timedelta(60 + 11 * (n % 40))
    if n % 7 == 3:
        return {"permit_number": None, "registered_on": registered, "valid_to_on": None}
    last = today - dt.timedelta(5 + n % 60) if n % 5 == 1 else today + dt.timedelta(20 + 9 * (n % 50))
    return {"permit_number": f"示广〔{last.year}〕{n + 1:03d}号", "registered_on": registered, "valid_to_on": last}


def _kitchens(rng: np.random.Generator, shops: gpd.GeoDataFrame, today: dt.date) -> gpd.GeoDataFrame:
    """Every shop that cooks; a third of those with a device were cleaned too long ago."""
    rows: list[dict[str, Any]] = []
    for n, shop in enumerate(shops[shops["trade"] == "餐饮"].to_dict("records")):
        device = str(rng.choice(DEVICES))
        barbecue = "烧烤" in shop["name"]
        fitted = None if device == "none" else max(shop["opened_on"], today - dt.timedelta(900))
        cleaned = None if device == "none" else today - dt.timedelta(int(rng.integers(3, 45 if barbecue else 90)))
        opened = today - dt.timedelta(20 + n) if n % 12 == 5 else shop["opened_on"]
        rows.append(
            {"code": f"CY{n + 1:04d}", "name": shop["name"], "trade": "烧烤" if barbecue else "热炒", "device": device,
             "device_on": fitted, "cleaned_on": cleaned, "seats": int(rng.integers(2, 20)) * 4,
             "street": shop["street"], "frontage_code": shop["code"], "opened_on": opened,
             "geometry": shop["geometry"].interpolate(0.4, normalized=True)}
        )  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _bays(zones: gpd.GeoDataFrame, streets: Streets) -> gpd.GeoDataFrame:
    """A bicycle bay at each busy zone, shared bikes at stations, car bays along secondary streets."""
    rows: list[dict[str, Any]] = []
    for zone in zones[zones["kind"].isin(list(BAYS))].itertuples():
        at = zone.geometry.boundary.interpolate(0.3, normalized=True)
        rows.append(
            {"kind": "bike_bay", "name": f"{zone.name}停放区", "capacity": BAYS[zone.kind], "street": None,
             "geometry": shapely.box(at.x - 12, at.y - 1.2, at.x + 12, at.y + 1.2)}
        )  # fmt: skip
        if zone.kind == "transit":
            rows.append(
                {"kind": "shared_bike", "name": f"{zone.name}共享单车区", "capacity": 60, "street": None,
                 "geometry": shapely.box(at.x - 12, at.y + 3, at.x + 12, at.y + 6)}
            )  # fmt: skip
    roads = streets.roads
    lined = roads[(roads["tier"] == "secondary") & roads["name"].notna() & ~roads["bridge"]]
    lined = lined[lined.geometry.length > 90].sort_values("name", kind="stable").iloc[::6].head(30)
    for name, way in zip(lined["name"], lined.geometry, strict=True):
        kerb = shapely.offset_curve(substring(way, 20, 70), 1.5 - WIDTH_M["secondary"] / 2)
        rows.append(
            {"kind": "car_bay", "name": f"{name}路内泊位", "capacity": 8, "street": name,
             "geometry": kerb.buffer(1.2, cap_style="flat")}
        )  # fmt: skip
    frame = gpd.GeoDataFrame(rows, geometry="geometry")
    return frame.assign(code=[f"TF{n:03d}" for n in range(1, len(frame) + 1)])


def _firework_zones(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Banned around the markets of the old town, limited to some hours around the rest."""
    inner = shapely.convex_hull(zones[zones["kind"] == "market"].geometry.union_all()).buffer(150)
    outer = shapely.convex_hull(zones.geometry.union_all()).buffer(200).difference(inner)
    rows = [
        {"code": "JF1", "name": "禁放区", "rule": "banned", "allowed": None, "basis": "示例通告1号", "geometry": inner},
        {"code": "JF2", "name": "限放区", "rule": "limited", "allowed": "Mo-Su 07:00-22:00", "basis": "示例通告1号",
         "geometry": outer},
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _contacts(zones: gpd.GeoDataFrame, today: dt.date) -> gpd.GeoDataFrame:
    rows: list[dict[str, Any]] = []
    for kind, of, most in (("community", "estate", 6), ("site", "construction", 3), ("enterprise", "market", 2)):
        for zone in zones[zones["kind"] == of].head(most).itertuples():
            rows.append(
                {"code": f"LX{len(rows) + 1:02d}", "name": f"{zone.name}联系点", "kind": kind,
                 "opened_on": today - dt.timedelta(300), "geometry": zone.geometry.representative_point()}
            )  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _aside(way: shapely.LineString, share: float, offset_m: float) -> shapely.Point:
    """A point beside a street, to its right."""
    at = way.project(way.interpolate(share, normalized=True))
    here, there = (shapely.get_coordinates(way.interpolate(one))[0] for one in (at, min(at + 5, way.length)))
    along = (there - here) / max(float(np.hypot(*(there - here))), 1e-9)
    return shapely.Point(here + np.array([along[1], -along[0]]) * offset_m)


AD_RULES: Final = "类别,面积上限平方分米,检测间隔天数,依据\n楼顶广告,4000,365,示例规划\n高立柱广告,12000,365,示例规划\n"
CLEANING_RULES: Final = "业态,清洗间隔天数,依据\n,60,示例规定\n烧烤,30,示例规定\n"


def save_street(database: Database, tenant: str, county: SampleCounty, actor: str) -> None:
    """What was noted of all this: rules, hazards, a ledger, counts, tickets, feasts, a survey."""
    from geo.cases.books import import_table
    from geo.cases.restaurants.actions import take_names

    with database.begin(tenant) as session:
        import_table(session, tenant, "ad_rules", AD_RULES.encode(), actor=actor)
        import_table(session, tenant, "cleaning_rules", CLEANING_RULES.encode(), actor=actor)
        take_names(session, tenant, actor=actor)
        _note_ads(session, tenant, county, actor)
        _note_bays(session, tenant, county, actor)
        _note_rest(session, tenant, county, actor)


def _note_ads(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    from geo.cases.ads.actions import raise_hazard
    from geo.cases.ads.orders import OrderDraft, open_order, take_step

    now = dt.datetime.combine(county.today, dt.time(), dt.UTC) - dt.timedelta(hours=16)
    for n, (code, level) in enumerate((("GG0003", "major"), ("GG0010", "general"), ("GG0018", "general"))):
        found_at = now - dt.timedelta(days=2 + n)
        raise_hazard(session, tenant, code, _uid(county, "hazard", n), level, found_at, "面板松动", actor=actor)
    signs = county.layers["ad"].query("kind == 'signboard'")["code"].tolist()
    for n, code in enumerate(signs[:18]):
        on = county.today - dt.timedelta(40 + n)
        guide = n % 3 != 2
        draft = OrderDraft(
            _uid(county, "order", n), "guide" if guide else "remove", on, code, due_on=on + dt.timedelta(7),
            reason="门头尺寸不规范" if guide else "未经许可设置", notice=None if guide else f"示责改{n + 1:03d}号",
        )  # fmt: skip
        order = open_order(session, tenant, draft, actor=actor)
        if n % 6 != 5:
            at = dt.datetime.combine(on + dt.timedelta(3), dt.time(2), dt.UTC)
            step = "conform" if guide else "remove_self"
            take_step(session, tenant, order, step, at=at, actor=actor, paper=f"示例档案{n + 1}", past=True)


def _note_bays(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    from geo.cases.parking.actions import count_bay, note_tickets

    bays, zones = county.layers["parking"], county.layers["hotspot_zone"]
    kinds = dict(zip(zones["name"], zones["kind"], strict=True))
    noon = dt.datetime.combine(county.today, dt.time(4), dt.UTC) - dt.timedelta(days=1)
    for n, bay in enumerate(bays[bays["kind"] == "bike_bay"].itertuples()):
        small = kinds.get(bay.name.removesuffix("停放区")) in TOO_SMALL
        parked, strays = (bay.capacity, bay.capacity // 3) if small else (bay.capacity * 2 // 3, 0)
        count_bay(session, tenant, _uid(county, "bay", n), bay.code, parked, strays, noon, actor=actor)
    for n, bay in enumerate(bays[bays["kind"] == "car_bay"].head(8).itertuples()):
        spot = bay.geometry.representative_point()
        note_tickets(
            session, tenant, _uid(county, "ticket", n), county.today - dt.timedelta(1 + n), "car", 3 + n % 5, spot.x,
            spot.y, actor=actor, place=bay.name,
        )  # fmt: skip


def _note_rest(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    from geo.cases.fireworks.actions import Feast, note_feast
    from geo.cases.restaurants.actions import Survey, record_survey

    kitchens = county.layers["restaurant"]
    fresh = kitchens[pd.to_datetime(kitchens["opened_on"]) > pd.Timestamp(county.today - dt.timedelta(360))]
    for n, kitchen in enumerate(fresh.iloc[::2].itertuples()):
        on = kitchen.opened_on - dt.timedelta(10)
        record_survey(
            session, tenant, Survey(_uid(county, "survey", n), kitchen.code, on, True, "none", True), actor=actor
        )  # fmt: skip
    estates = county.layers["hotspot_zone"].query("kind == 'estate'").head(4)
    for n, zone in enumerate(estates.itertuples()):
        spot = zone.geometry.representative_point()
        kind = "wedding" if n % 2 else "funeral"
        feast = Feast(_uid(county, "feast", n), kind, county.today + dt.timedelta(2 + n), spot.x, spot.y, zone.name)
        note_feast(session, tenant, feast, actor=actor)


def _uid(county: SampleCounty, kind: str, n: int) -> uuid.UUID:
    return uuid.uuid5(NAMES, f"{county.seed}/{kind}/{n}")

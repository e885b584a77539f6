"""Shop fronts along the market streets, and the agreements that most of them have signed; everything is invented."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.county.skeleton import WIDTH_M
from data.county.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from geo.db.engine import Database

STREAM: Final = 1010
"""A stream of its own, so that fronts change nothing else of the county."""

MOST: Final = 360
WIDTHS_M: Final = (3.6, 4.2, 5.0, 6.4)
NEAR_M: Final = 60.0
FIRST_NAMES: Final = ("小燕", "大勇", "建国", "秀英", "志强", "春梅")
SURNAMES: Final = ("王", "李", "张", "刘", "陈", "杨")
TRADES: Final = {
    "餐饮": ("早点铺", "米线店", "饭店", "烧烤店"),
    "零售": ("便利店", "水果店", "五金店", "服装店"),
    "服务": ("理发店", "手机维修", "干洗店", "药店"),
}
WORDS: Final = ("好再来", "老街", "福满", "新兴", "四季", "顺发", "东风", "益民", "金桥", "百姓")
SIGNED, LAPSED, LOOSE = 0.66, 0.16, 0.03
"""Shares of shops whose agreement holds, whose last day has passed, and of papers that name no shop there is."""


def make_frontages(seed: int, streets: Streets, zones: gpd.GeoDataFrame, today: dt.date) -> gpd.GeoDataFrame:
    """Fronts on both sides of the streets by markets, metres: ``code name trade street number width_dm opened_on``."""
    rng = np.random.default_rng([seed, STREAM])
    markets = zones[zones["kind"].isin(["market", "night_market"])].geometry.union_all()
    roads = streets.roads
    near = roads[
        roads["tier"].isin(["main", "secondary", "branch"]) & roads["name"].notna() & ~roads["bridge"]
        & (roads.geometry.distance(markets) < NEAR_M) & (roads.geometry.length > 40)
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    near = near.assign(away=near.geometry.distance(markets)).sort_values(["away", "name"], kind="stable")
    for name, tier, way in zip(near["name"], near["tier"], near.geometry, strict=True):
        for side in (1, -1):
            for line, width in _along(rng, way, side * WIDTH_M[tier] / 2):
                rows.append(_shop(rng, len(rows), name, line, width, today))
    chosen = rows[:MOST]
    for number, row in enumerate(chosen, start=1):
        row["code"] = f"MQ{number:04d}"
    return gpd.GeoDataFrame(chosen, geometry="geometry")


def _along(rng: np.random.Generator, road: shapely.LineString, offset_m: float) -> Iterator[tuple[Any, float]]:
    """Fronts one after the other along a side of a street, ten metres clear of its ends, with a gap now and then."""
    at, length = 10.0, road.length
    while True:
        width = float(rng.choice(WIDTHS_M))
        if at + width > length - 10:
            return
        ends = shapely.get_coordinates([road.interpolate(at), road.interpolate(at + width)])
        way = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
        yield shapely.LineString(ends + np.array([-way[1], way[0]]) * offset_m), width
        at += width + (float(rng.uniform(4, 18)) if rng.random() < 0.2 else 0.3)


def _shop(
    rng: np.random.Generator, number: int, street: str, line: shapely.LineString, width: float, today: dt.date
) -> dict[str, Any]:
    trade = str(rng.choice(list(TRADES)))
    word, kind = str(rng.choice(WORDS)), str(rng.choice(TRADES[trade]))
    named = rng.random() < 0.15
    return {
        "name": f"{rng.choice(FIRST_NAMES)}{kind}" if named else f"{word}{kind}",
        "trade": trade,
        "street": street,
        "number": f"{2 * (number % 120) + 1}号",
        "width_dm": round(width * 10),
        "opened_on": today - dt.timedelta(int(rng.integers(200, 2_500))),
        "geometry": line,
    }


def make_agreements(seed: int, frontages: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Papers signed: ``number version shop_code shop_name street signatory signed_on valid_to_on``."""
    rng = np.random.default_rng([seed, STREAM + 1])
    rows: list[dict[str, Any]] = []
    for shop in frontages[["code", "name", "street"]].to_dict("records"):
        draw = rng.random()
        if draw >= SIGNED + LAPSED:
            continue
        age = int(rng.integers(20, 330)) if draw < SIGNED else int(rng.integers(800, 1_400))
        first = next((one for one in FIRST_NAMES if str(shop["name"]).startswith(one)), str(rng.choice(FIRST_NAMES)))
        signed = today - dt.timedelta(age)
        loose = rng.random() < LOOSE
        rows.append(
            {
                "number": f"ZR{len(rows) + 1:05d}",
                "version": "four" if rng.random() < 0.7 else "three",
                "shop_code": f"旧{shop['code']}" if loose else shop["code"],
                "shop_name": None if loose else shop["name"],
                "street": shop["street"],
                "signatory": f"{rng.choice(SURNAMES)}{first}",
                "signed_on": signed,
                "valid_to_on": signed + dt.timedelta(730),
            }
        )
    return pd.DataFrame(rows)


def make_estates(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The estates among the zones, all of them candidates yet: ``code name status geometry``."""
    chosen = zones[zones["kind"] == "estate"].reset_index(drop=True)
    return gpd.GeoDataFrame(
        {
            "code": [f"XQ{n + 1:02d}" for n in range(len(chosen))],
            "name": chosen["name"],
            "status": "candidate",
        },
        geometry=list(chosen.geometry),
    )


def save_registers(database: Database, tenant: str, agreements: pd.DataFrame, actor: str) -> None:
    """Put the papers in, bring the fronts into order, and begin the history of the illegal buildings."""
    from geo.cases.buildings.adoption import adopt_all
    from geo.cases.frontages.settling import settle_frontages

    with database.begin(tenant) as session:
        adopt_all(session, tenant, actor)
        _sign(session, tenant, database, agreements, actor)
        settle_frontages(session, tenant, actor=actor)


def _sign(session: Session, tenant: str, database: Database, agreements: pd.DataFrame, actor: str) -> None:
    from geo.cases.frontages.agreements import sign_agreements
    from geo.cases.frontages.rows import Draft

    rows: list[dict[Any, Any]] = agreements.astype(object).where(agreements.notna(), None).to_dict("records")
    drafts = [Draft(**row) for row in rows]
    sign_agreements(session, tenant, database.settings.home, drafts, actor=actor)

"""What the made-up bureau has written down for its patrols: posts, rules, a focus, sites and enterprises, one draw."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from data.county.districts import TENANT
from data.county.people import squadron_of
from data.county.worksites import DUMP

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from data.make_county import SampleCounty
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import Enterprise
    from geo.patrol.demand.book.posts import PostDraft

CENTRE = ("01", "02", "03", "05")
"""老城, 锦龙城, 文教 and 城北 are the centre that is covered every day."""

GATE_HOURS = "Mo-Fr 11:30-12:20,13:40-14:20; SH,PH off"
SCHOOL_DUTY = "劝离校门两侧五十米内流动摊贩,保持通道畅通"
SCHOOL_EFFECT = "值守时段校门五十米内占道经营不超过一处,离岗后一小时内不回潮"
DRAW_ITEM = "对施工现场未采取扬尘防治措施的检查"


def make_posts(county: SampleCounty) -> list[PostDraft]:
    """Posts at school gates by day, at a dawn market, at a hospital and at a night market, each with all five.

    People are named so that on an ordinary day somebody of them is on the shift that mans the post, and those who
    stand at the same time come from different squadrons.
    """
    from geo.patrol.demand.book.posts import PostDraft

    zones = county.layers["hotspot_zone"]
    auxiliaries = county.staff[(county.staff["kind"] == "auxiliary") & county.staff["active"]]
    drafts = []
    for number, squad in enumerate(("Z1", "Z2", "Z3", "Z4")):
        mine = auxiliaries[auxiliaries["org"] == squad]["code"].tolist()
        school = _first(zones, "school", squad, county)
        if school is not None:
            drafts.append(
                PostDraft(
                    f"G{number + 1:02d}", f"{school[0]}校门岗", tuple(mine[3:7]), GATE_HOURS, school[1], SCHOOL_DUTY,
                    SCHOOL_EFFECT, school[2], effect_codes=("04-01", "04-05", "04-06"),
                )
            )  # fmt: skip
    everyone = auxiliaries["code"].tolist()
    for code, kind, people, opening, duty, effect in (
        (
            "G05",
            "market",
            everyone[:6],
            "06:30-08:30",
            "早市入点经营,引导摊贩进入疏导点",
            "八点半收市,市场门前无马路市场",
        ),
        ("G06", "night_market", everyone[-5:], "Fr-Su 18:30-20:00", "划线经营,不越线、不占盲道", "越线摊位不超过两个"),
    ):
        place = _first(zones, kind, None, county)
        if place is not None:
            drafts.append(PostDraft(code, f"{place[0]}岗", tuple(people), opening, place[1], duty, effect, place[2]))
    return drafts


def _first(
    zones: gpd.GeoDataFrame, kind: str, squad: str | None, county: SampleCounty
) -> tuple[str, BaseGeometry, str] | None:
    """Name, spot and 片区 of the first zone of a kind on a squadron's ground."""
    areas = county.layers["patrol_district"]
    for zone in zones[zones["kind"] == kind].itertuples():
        spot = zone.geometry.representative_point()
        inside = areas[areas.intersects(spot)]
        if len(inside):
            code = str(inside["code"].min())
            if squad is None or squadron_of(code.removeprefix(TENANT)) == squad:
                return str(zone.name), spot, code
    return None


def make_enterprises(county: SampleCounty) -> list[Enterprise]:
    """Every site with its gate, and restaurants and gas users beside night markets and markets."""
    from geo.patrol.demand.book.checks import Enterprise

    zones = county.layers["hotspot_zone"]
    found = []
    for number, zone in enumerate(zones[zones["kind"] == "construction"].itertuples(), start=1):
        kind = "demolition" if number == 9 else "idle_land" if number == 10 else "site"
        lon, lat = _gate(zone.geometry)
        every = 1 if kind == "site" else 3
        found.append(Enterprise(f"Q{number:03d}", zone.name, kind, lon, lat, "Mo-Sa 06:00-19:00", every, 4))
    for kind, beside, word, hours, cap in (
        ("restaurant", "night_market", "餐馆", "10:00-22:00", 2),
        ("gas_user", "market", "食堂", "08:00-18:00", 2),
    ):
        for zone in zones[zones["kind"] == beside].head(8).itertuples():
            lon, lat = _gate(zone.geometry)
            name = f"{zone.name.removesuffix('农贸市场')}{word}"
            found.append(Enterprise(f"Q{len(found) + 1:03d}", name, kind, lon, lat, hours, None, cap))
    places = county.layers["waste_site"]
    dump = places[places["code"] == DUMP].iloc[0]
    found.append(Enterprise(DUMP, dump["name"], "dump", dump.geometry.x, dump.geometry.y, "06:00-22:00", 2, 6))
    return found


def _gate(outline: BaseGeometry) -> tuple[float, float]:
    """A spot on the outline of a zone, degrees."""
    spot = outline.boundary.interpolate(0.1, normalized=True)
    return round(float(spot.x), 7), round(float(spot.y), 7)


def save_orders(database: Database, tenant: str, county: SampleCounty, source: str) -> dict[str, int]:
    """Write all of it into the county; how many of each."""
    from geo.patrol.demand.book.breaks import BreakDraft, set_break
    from geo.patrol.demand.book.checks import add_check, draw_checks, save_enterprises
    from geo.patrol.demand.book.posts import save_post
    from geo.patrol.demand.book.rules import add_focus, prefill_rules, set_centre, set_order, set_passes
    from geo.patrol.problem import DUTIES

    first = county.today - dt.timedelta(days=30)
    posts, enterprises = make_posts(county), make_enterprises(county)
    with database.begin(tenant) as session:
        for post in posts:
            save_post(session, tenant, post, actor=source)
        prefill_rules(session, tenant, first)
        for shift, passes in (("morning", 0), ("midday", 1), ("night_market", 0), ("night", 0)):
            # Dawn and night shifts are for markets and lamps; the midday loop goes once through every main street.
            set_passes(session, tenant, "main", passes, 0, first, shift_code=shift, actor=source)
        # Only the day shift is long enough for a meal; its pairs eat where they are, before or after the noon posts.
        lunch = BreakDraft("day", "午餐", 30, dt.time(11, 0), dt.time(13, 0))
        set_break(session, tenant, lunch, first, actor=source)
        set_order(session, tenant, DUTIES, first, actor=source)
        codes = [f"{TENANT}{code}" for code in CENTRE]
        set_centre(session, tenant, "示例县中心城区", first, districts=codes, actor=source)
        add_focus(
            session, tenant, "F01", "", "分管副局长", county.today, county.today + dt.timedelta(days=13), 150,
            zone="market-01", actor=source,
        )  # fmt: skip
        save_enterprises(session, tenant, enterprises, actor=source)
        last = county.today + dt.timedelta(days=20)
        add_check(
            session, tenant, "Q012", "complaint", "对餐饮油烟排放的检查", county.today, last, reference="12345-0001",
            actor=source,
        )  # fmt: skip
    seed = hashlib.sha256(f"{county.seed}".encode()).digest()
    drawn = draw_checks(
        database, tenant, 4, DRAW_ITEM, county.today, last, kinds=("site",), covert=True, actor=source, seed=seed
    )
    return {"posts": len(posts), "enterprises": len(enterprises), "checks": 1 + len(drawn["checks"])}

"""Components, green ground, gas users and supply points of the sample county, and what is known of them.

Everything is invented. What is planted is said where it is; nothing else of the county is drawn from this stream.
"""

from __future__ import annotations

import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from data.county.districts import TENANT, Areas
from data.county.skeleton import WIDTH_M
from data.county.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty
    from geo.db.engine import Database

STREAM: Final = 1050
NAMES: Final = uuid.UUID("5d8f5b5e-64a1-5c06-9f43-93f4d0d1c2ab")
COVERS: Final = (("01", "上水井盖"), ("02", "污水井盖"), ("03", "雨水井盖"), ("04", "雨水箅子"), ("27", "通讯交接箱"))
EVERY_M: Final = 140.0
BROKEN, ABSENT = 0.03, 0.005
"""Planted shares of components that are broken, and of covers that are gone."""

INSPECTED_EVERY: Final = 180


def make_things(
    seed: int, shops: gpd.GeoDataFrame, areas: Areas, streets: Streets, today: dt.date
) -> dict[str, gpd.GeoDataFrame]:
    """Layers by name in metres, each with ``code`` and the columns of its table."""
    rng = np.random.default_rng([seed, STREAM])
    return {
        "component": _components(rng, streets, today),
        "gas_user": _gas_users(shops, areas, today),
        "supply_point": _supply_points(areas),
        "green_space": _green_spaces(areas),
    }


def _components(rng: np.random.Generator, streets: Streets, today: dt.date) -> gpd.GeoDataFrame:
    """Covers and cabinets along named streets, rails along bridges and a part of the main ones."""
    roads = streets.roads[streets.roads["name"].notna() & streets.roads["owner_district"].notna()]
    roads = roads[roads.geometry.length > 40].sort_values("name", kind="stable")
    found: dict[str, list[tuple[str, Any]]] = {}
    for n, road in enumerate(roads.itertuples()):
        side = WIDTH_M[road.tier] / 2 - 0.8
        for at in np.arange(20.0, road.geometry.length - 10.0, EVERY_M).tolist():
            small, name = COVERS[(n + int(at)) % len(COVERS)]
            found.setdefault(f"01{small}", []).append((name, _beside(road.geometry, at, side)))
        if road.bridge or (road.tier == "main" and n % 5 == 0):
            rail = shapely.offset_curve(substring(road.geometry, 5, min(road.geometry.length - 5, 85)), side)
            found.setdefault("0217", []).append(("交通护栏", rail))
    rows = [
        {"code": f"{TENANT}{kind}{serial:06d}", "name": name, "geometry": shape}
        for kind in sorted(found)
        for serial, (name, shape) in enumerate(found[kind], start=1)
        if not shape.is_empty and shape.geom_type in ("Point", "LineString")
    ]
    draw = rng.random(len(rows))
    status = np.where(draw < ABSENT, "absent", np.where(draw < ABSENT + BROKEN, "broken", "intact"))
    return gpd.GeoDataFrame(rows, geometry="geometry").assign(
        status=status, accuracy="B", owner_unit="示例县城管局", keeper_unit="示例市政养护公司",
        built_on=today - dt.timedelta(2_000),
    )  # fmt: skip


def _gas_users(shops: gpd.GeoDataFrame, areas: Areas, today: dt.date) -> gpd.GeoDataFrame:
    """Every shop that cooks, and one station a 片区; none of the shops is due within a week."""
    rows: list[dict[str, Any]] = [
        {"name": shop["name"], "kind": "restaurant", "supply": "bottled" if n % 3 else "piped", "place": shop["street"],
         "last_check_on": today - dt.timedelta(2 * n % (INSPECTED_EVERY - 8)),
         "geometry": shop["geometry"].interpolate(0.5, normalized=True)}
        for n, shop in enumerate(shops[shops["trade"] == "餐饮"].to_dict("records"))
    ]  # fmt: skip
    for n, (name, spot) in enumerate(_middles(areas, 60.0)):
        rows.append(
            {"name": f"{name}调压站", "kind": "station", "supply": "piped", "place": name,
             "last_check_on": today - dt.timedelta(INSPECTED_EVERY - 1 - 9 * n), "geometry": spot}
        )  # fmt: skip
    frame = gpd.GeoDataFrame(rows, geometry="geometry")
    codes = [f"RQ{n:04d}" for n in range(1, len(frame) + 1)]
    return frame.assign(code=codes, check_every_days=INSPECTED_EVERY)


def _supply_points(areas: Areas) -> gpd.GeoDataFrame:
    """A depot, and a forward post in every other 片区."""
    rows = [
        {"code": f"WZ{n:02d}", "name": f"{name}物资点" if n else "县应急物资库", "kind": "post" if n else "depot",
         "place": name, "geometry": spot}
        for n, (name, spot) in enumerate(_middles(areas, -60.0))
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _green_spaces(areas: Areas) -> gpd.GeoDataFrame:
    """A pocket park in each 片区, and the ground behind a green line in every third."""
    rows = []
    for n, (name, spot) in enumerate(_middles(areas, 0.0)):
        side = 60.0 if n % 3 == 0 else 22.0
        ground = shapely.box(spot.x - side, spot.y + 30, spot.x + side, spot.y + 30 + side)
        kind, what = ("green_line", "绿地") if n % 3 == 0 else ("pocket_park", "口袋公园")
        area = round(ground.area, 1)
        rows.append({"code": f"LD{n:02d}", "name": name + what, "kind": kind, "area_m2": area, "geometry": ground})
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _middles(areas: Areas, east_m: float) -> list[tuple[str, shapely.Point]]:
    """Name of each 片区, and a point of it near the middle of its box, moved east."""
    found = []
    for district in areas.districts.itertuples():
        west, south, east, north = district.geometry.bounds
        spot = shapely.Point((west + east) / 2 + east_m, (south + north) / 2)
        if not district.geometry.contains(spot):
            spot = district.geometry.representative_point()
        found.append((str(district.name), spot))
    return found


def _beside(way: shapely.LineString, at: float, offset_m: float) -> shapely.Point:
    here, there = (shapely.get_coordinates(way.interpolate(one))[0] for one in (at, min(at + 5, way.length)))
    along = (there - here) / max(float(np.hypot(*(there - here))), 1e-9)
    return shapely.Point(here + np.array([along[1], -along[0]]) * offset_m)


PLANS: Final = (
    "亮灯方案,起始月日,终止月日,日落后开灯,日出后关灯,节能方式,半夜灯关灯时刻\n"
    "主次干道,05-01,10-31,10,-10,半夜关灯,00:30\n主次干道,11-01,04-30,5,-5,半夜关灯,23:30\n"
    "支路小巷,01-01,12-31,10,-10,不节能,\n"
)
ITEMS: Final = (
    "物资编码,物资名称,单位,最低储备\nSALT,融雪剂,袋,400\nSAND,防汛沙袋,个,2000\nPUMP,排水泵,台,6\n"
    "CONE,反光锥,个,200\nLAMP,应急灯,个,40\n"
)
STOCK: Final = (("SALT", 120, 900), ("SAND", 600, None), ("PUMP", 2, None), ("CONE", 60, None), ("LAMP", 10, 25))
"""Item, how many at the depot (a fifth at each post), and days its lot may still be used."""
BOOKED: Final = (
    ("CONE", "hand_out", 12, 16, "围挡施工路段"), ("SAND", "hand_out", 200, 15, "河堤加固"),
    ("LAMP", "write_off", 2, 12, "进水损坏"), ("SALT", "count_down", 3, 10, "盘点破袋"),
    ("CONE", "count_up", 2, 10, "盘点多出"), ("LAMP", "hand_out", 4, 3, "夜间抢修"),
)  # fmt: skip
"""What moved at the depot besides: item, kind, how many, days ago, why; none of the hand-outs has come back."""


def save_things(database: Database, tenant: str, county: SampleCounty, actor: str) -> None:
    """What is known of all this: plans of lighting, outages, repairs, hazards, inspections, stock, who is on call."""
    from geo.cases.books import import_table
    from geo.cases.outages.actions import adopt_outages

    staff = [str(code) for code in county.staff["code"]][:14]
    with database.begin(tenant) as session:
        import_table(session, tenant, "lighting_plans", PLANS.encode(), actor=actor)
        import_table(session, tenant, "lamp_circuits", _circuits(county).encode(), actor=actor)
        import_table(session, tenant, "supply_items", ITEMS.encode(), actor=actor)
        import_table(session, tenant, "on_call", _on_call(county, staff).encode(), actor=actor)
        _note_outages(session, tenant, adopt_outages(session, tenant, events=False, actor=actor), actor)
        _note_supplies(session, tenant, county, staff, actor)
        _note_hazards(session, tenant, county, staff, actor)
        _note_repairs(session, tenant, database.settings.home, county, actor)


def _circuits(county: SampleCounty) -> str:
    """Every circuit with its plan: strong lamps stand on main and secondary streets."""
    strongest = county.layers["streetlight"].groupby("circuit")["power_w"].max()
    rows = [f"{code},{'主次干道' if power >= 120 else '支路小巷'}" for code, power in strongest.items()]
    return "\n".join(["回路,亮灯方案", *rows]) + "\n"


def _on_call(county: SampleCounty, staff: list[str]) -> str:
    rows = ["日期,岗位,工号"]
    for n in range(14):
        on = county.today + dt.timedelta(n)
        rows += [
            f"{on},{role},{staff[(n + k) % len(staff)]}" for k, role in enumerate(("带班领导", "值班员", "驾驶员"))
        ]
    return "\n".join(rows) + "\n"


def _note_outages(session: Session, tenant: str, outages: Sequence[int], actor: str) -> None:
    """Every fourth was mended and waits to be seen burning; every thirtieth is a cable fault, put aside."""
    from geo.cases.outages.actions import get_outage, take_outage_step

    for n, outage in enumerate(outages):
        found_at = get_outage(session, tenant, outage)["found_at"]
        soon, later = (min(found_at + dt.timedelta(hours=h), dt.datetime.now(dt.UTC)) for h in (1, 8 + n % 20))
        if n % 30 == 7:
            take_outage_step(
                session, tenant, outage, "find_cause", at=soon, actor=actor, note="电缆短路", cause="cable"
            )
            take_outage_step(session, tenant, outage, "put_off", at=soon, actor=actor, note="待开挖许可")
        elif n % 4 == 0:
            take_outage_step(session, tenant, outage, "mend", at=later, actor=actor)


def _note_supplies(session: Session, tenant: str, county: SampleCounty, staff: list[str], actor: str) -> None:
    from geo.cases.supplies.actions import MoveDraft, record_move

    morning = _clock(county, 90, 1)
    for p, point in enumerate(county.layers["supply_point"]["code"]):
        for n, (item, many, days) in enumerate(STOCK):
            count = many if p == 0 else max(1, many // 5)
            ends = None if days is None else county.today + dt.timedelta(days + 3 * p)
            record_move(session, tenant, MoveDraft(
                _uid(county, "in", 100 * p + n), point, item, "receive", count, morning, "1", ends, actor=actor
            ))  # fmt: skip
    depot = county.layers["supply_point"]["code"].iloc[0]
    out = record_move(session, tenant, MoveDraft(
        _uid(county, "out", 0), depot, "PUMP", "hand_out", 1, _clock(county, 20, 8), staff=staff[3], note="暴雨排涝",
        actor=actor,
    ))  # fmt: skip
    record_move(session, tenant, MoveDraft(
        _uid(county, "back", 0), depot, "PUMP", "give_back", 1, _clock(county, 18, 2), of_move=out.move, actor=actor
    ))  # fmt: skip
    for n, (item, kind, count, days_ago, note) in enumerate(BOOKED):
        record_move(session, tenant, MoveDraft(
            _uid(county, "booked", n), depot, item, kind, count, _clock(county, days_ago, 3), staff=staff[n], note=note,
            actor=actor,
        ))  # fmt: skip


def _note_hazards(session: Session, tenant: str, county: SampleCounty, staff: list[str], actor: str) -> None:
    """Two a 片区, every sixth of them major; most are being put right, three are past their date."""
    from geo.cases.gas.actions import Found, InspectionDraft, record_inspection
    from geo.cases.hazards.actions import HazardDraft, report_hazard, take_hazard_step
    from geo.tables.hazards import HAZARD_CATEGORIES

    kinds = [one for one in HAZARD_CATEGORIES if one != "gas"]
    spots = [point for point in county.layers["supply_point"].geometry for _ in (0, 1)]
    for n, spot in enumerate(spots):
        level = "major" if n % 6 == 5 else "general"
        found_at = _clock(county, 2 + n % 9, 3)
        draft = HazardDraft(
            _uid(county, "hazard", n), kinds[n % len(kinds)], level, spot.x + 0.0004 * (n % 2), spot.y + 0.0003,
            found_at, "示例隐患", "", "示例责任单位", staff[n % len(staff)],
            due_at=_clock(county, 1, 9) if n % 8 == 7 else _clock(county, -12 - n % 9, 9), actor=actor,
        )  # fmt: skip
        number = report_hazard(session, tenant, draft)
        if n % 4:
            take_hazard_step(session, tenant, number, "confirm", at=found_at + dt.timedelta(hours=2), actor=actor)
    for n, user in enumerate(county.layers["gas_user"]["code"].iloc[:24:2]):
        found = (Found("general", "软管老化"),) if n % 3 == 0 else ()
        record_inspection(session, tenant, InspectionDraft(
            _uid(county, "inspection", n), user, _clock(county, 3 + n, 2), 4 + n % 3, found, staff=staff[n % 5],
            actor=actor,
        ))  # fmt: skip


def _note_repairs(session: Session, tenant: str, home: Path, county: SampleCounty, actor: str) -> None:
    """Orders for what is broken, at every state; a fifth of them accepted with pictures."""
    from geo.cases.components.actions import RepairDraft, order_repair, take_repair_step
    from geo.cases.evidence.actions import Given, add_picture

    broken = county.layers["component"].query("status == 'broken'")["code"].head(20)
    for n, code in enumerate(broken):
        at = _clock(county, 5 + n % 20, 1)
        quantity = Decimal("6.5") if code[6:10] == "0217" else Decimal(1)
        draft = RepairDraft(
            _uid(county, "repair", n), "replace", quantity, component=tenant + code[6:], contractor="示例市政养护公司",
            due_at=_clock(county, -10, 9), ordered_at=at, actor=actor,
        )  # fmt: skip
        number = order_repair(session, tenant, draft)
        if n % 5:
            take_repair_step(session, tenant, number, "start", at=at + dt.timedelta(hours=2), actor=actor)
        if n % 5 == 4:
            for shade, kind in enumerate(("before", "after")):
                given = Given(_uid(county, kind, n), "repair", number, kind, at, actor=actor)
                add_picture(session, tenant, home, given, _picture(n, shade))
            later = at + dt.timedelta(days=1)
            take_repair_step(session, tenant, number, "finish", at=later, actor=actor, cost_fen=38_000)
            take_repair_step(session, tenant, number, "accept", at=later, actor=f"{actor}-check")


def _picture(n: int, shade: int) -> bytes:
    """A plain picture, in a colour of its own."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (160, 120), (60 + n, 90 + 60 * shade, 110)).save(out, "JPEG")
    return out.getvalue()


def _clock(county: SampleCounty, days_ago: int, hour_utc: int) -> dt.datetime:
    return dt.datetime.combine(county.today - dt.timedelta(days_ago), dt.time(hour_utc), dt.UTC)


def _uid(county: SampleCounty, kind: str, n: int) -> uuid.UUID:
    return uuid.uuid5(NAMES, f"{county.seed}/{kind}/{n}")

"""Three campaigns of the made-up bureau that are over: an arcade kept clear, rubbish cleared, schools and hospitals.

Each went its whole way: assessed by one, approved by another, begun, ended, its turnouts noted day by day. Nothing
about them is planted among the events: what their figures say is what chance left there. None is in force on the
sample's day, so that its plans stay what they are.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import geopandas as gpd
    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty
    from geo.cases.risks.actions import AssessmentDraft, Content, Person

LOCAL: Final = ZoneInfo("Asia/Shanghai")
AROUND_M: Final = 150.0
AHEAD_DAYS: Final = 14
"""Days before its first that a campaign was drawn up."""

UID_SPACE: Final = uuid.UUID("6f0a1c1e-2f5b-5d0a-9a53-9901019c0001")


@dataclass(frozen=True, slots=True)
class Example:
    """A campaign: its 片区, what it wants and does, and how long ago it ran.

    Parameters
    ----------
    zones
        Kinds of the places around which it ran; none: the whole 片区.
    days_ago
        Its first and last day, days before the sample's day.
    turnout
        People, vehicles and hours of each of them on the days it went out, and every how many days that was.
    risks
        Point, source, measure, level.
    """

    code: str
    name: str
    goal: str
    district: str
    squad: str
    codes: tuple[str, ...]
    zones: tuple[str, ...]
    days_ago: tuple[int, int]
    turnout: tuple[int, int, float, int]
    risks: tuple[tuple[str, str, str, str], ...]
    plan: str
    budget_yuan: int


EXAMPLES: Final = (
    Example(
        "ZX02", "锦龙城片区风雨廊畅通专项整治",
        "目标:廊下无店外经营、无堆物,净宽不小于两米。措施:逐店告知、划线定界、定点值守、每周回头看", "99010102", "Z1",
        ("04-05", "01-36"), (), (82, 55), (4, 0, 3.0, 1),
        (("商户集体抵触", "廊下摆卖多年,部分商户视为惯例", "先逐店签收告知书,给三日自行清理期", "medium"),),
        "现场劝解,情绪激动的改日再办,必要时请街道和公安到场", 8_000,
    ),
    Example(
        "ZX03", "文教片区学校、医院周边三抓三管专项整治",
        "目标:上学放学和门诊时段校门、院门无流动摊贩,通道畅通。措施:错峰定岗、引导入点、家长劝导队", "99010103", "Z1",
        ("04-01", "04-06", "04-10"), ("school", "hospital"), (31, 11), (6, 1, 2.5, 1),
        (
            ("学生和家长聚集", "上学放学人流集中", "不在人流高峰清理,先疏导后处置", "medium"),
            ("摊贩家庭困难", "部分摊贩以此为生", "介绍就近便民经营点", "low"),
        ),
        "暂停处置,疏散人流,请学校和公安协助", 5_000,
    ),
    Example(
        "ZX04", "东坑片区清垃圾专项整治",
        "目标:暴露垃圾日产日清,卫生死角逐一销号。措施:建死角台账,机械清运,隔日复查,销号见照片", "99010109", "Z4",
        ("01-10", "01-35"), (), (14, 1), (10, 3, 4.0, 2),
        (("清运作业伤人", "铲车与行人同在街巷作业", "划作业区,专人指挥", "low"),),
        "停止作业,救治伤者,保护现场并上报", 15_000,
    ),
)  # fmt: skip
"""What 三抓三管 stands for is not written in the report that names it: it is a name here and nothing more."""


def save_campaigns(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    """Put the campaigns into the county, each begun on an approved assessment and ended on its last day."""
    for one in EXAMPLES:
        _save(session, tenant, county, one, actor)


def _save(session: Session, tenant: str, county: SampleCounty, one: Example, actor: str) -> None:
    from geo.cases.campaigns.actions import draft_campaign, note_effort, take_campaign_step
    from geo.cases.campaigns.orders import CampaignDraft, Effort, Team
    from geo.db.counties import get_county

    first, last = (county.today - dt.timedelta(days) for days in one.days_ago)
    people, vehicles, hours, every = one.turnout
    leader = _regulars(county, one.squad)[0]
    ground = _ground(county, one, get_county(session, tenant).metric_srid)
    team = Team(one.squad, leader, people, vehicles)
    draft = CampaignDraft(one.code, one.name, one.goal, one.codes, first, last, ground, (team,))
    drawn = first - dt.timedelta(AHEAD_DAYS)
    draft_campaign(session, tenant, draft, actor=actor, at=_at(drawn, 9))
    _assess(session, tenant, county, one, actor, drawn, last)
    for step, on, hour in (
        ("assess", drawn + dt.timedelta(7), 9), ("approve", drawn + dt.timedelta(8), 9), ("start", first, 8),
    ):  # fmt: skip
        take_campaign_step(session, tenant, one.code, step, at=_at(on, hour), actor=actor)
    take_campaign_step(session, tenant, one.code, "end", at=_at(last, 18), actor=actor)
    for day in range(0, (last - first).days + 1, every):
        on = first + dt.timedelta(day)
        uid = uuid.uuid5(UID_SPACE, f"{tenant}/{one.code}/{on.isoformat()}")
        spent = Effort(uid, on, people, vehicles, round(people * hours * 60))
        note_effort(session, tenant, one.code, spent, actor=actor)


def assess(
    session: Session, tenant: str, draft: AssessmentDraft, content: Content, writes: Person,
    at: tuple[dt.datetime, ...], decides: Person | None = None,
) -> None:  # fmt: skip
    """Open an assessment, write it and submit it; with ``decides`` it is approved. ``at``: when each of these was."""
    from geo.cases.risks.actions import open_assessment, take_assessment_step, write_assessment

    open_assessment(session, tenant, draft, writes, at=at[0])
    write_assessment(session, tenant, draft.number, content, writes)
    take_assessment_step(session, tenant, draft.number, "submit", writes, at=at[1])
    if decides is not None:
        take_assessment_step(session, tenant, draft.number, "approve", decides, at=at[2])


def _assess(
    session: Session, tenant: str, county: SampleCounty, one: Example, actor: str, drawn: dt.date, last: dt.date
) -> None:
    from geo.cases.risks.actions import AssessmentDraft, Content, Person, RiskPoint

    writes, decides = (Person(actor, code) for code in _regulars(county, one.squad)[:2])
    draft = AssessmentDraft(
        f"FX{one.code[2:]}", "campaign", f"{one.name}风险评估", drawn, last, campaign=one.code
    )  # fmt: skip
    points = tuple(RiskPoint(*risk) for risk in one.risks)
    level = max((point.level for point in points), key=("low", "medium", "high").index)
    at = _at(drawn, 10), _at(drawn + dt.timedelta(2), 9), _at(drawn + dt.timedelta(5), 9)
    content = Content(points, level, one.plan, one.budget_yuan, "with_measures")
    assess(session, tenant, draft, content, writes, at, decides)


def _regulars(county: SampleCounty, squad: str) -> list[str]:
    """Regular staff in service, those of the squad first."""
    staff = county.staff[(county.staff["kind"] == "regular") & county.staff["active"]]
    own = staff["org"] == squad
    return [*staff[own]["code"], *staff[~own]["code"]]


def _ground(county: SampleCounty, one: Example, srid: int) -> bytes:
    """The 片区, or what of it lies within 150 m of its places of some kinds; WKB in degrees."""
    import shapely

    districts = county.layers["patrol_district"].set_index("code").geometry
    district = districts[one.district]
    if not one.zones:
        return bytes(shapely.to_wkb(district))
    zones = county.layers["hotspot_zone"]
    mine = zones["kind"].isin(one.zones) & zones.geometry.representative_point().within(district)
    inside = districts[[one.district]].to_crs(srid).buffer(-1.0).to_crs(districts.crs).iloc[0]
    return bytes(shapely.to_wkb(shapely.intersection(shapely.from_wkb(around(zones[mine], srid)), inside)))


def around(zones: gpd.GeoDataFrame, srid: int) -> bytes:
    """The ground within 150 m of some zones, as WKB in degrees."""
    import geopandas
    import shapely

    from geo.crs import STORAGE

    near = geopandas.GeoSeries(zones.geometry, crs=STORAGE).to_crs(srid).buffer(AROUND_M).union_all()
    return bytes(shapely.to_wkb(geopandas.GeoSeries([near], crs=srid).to_crs(STORAGE).iloc[0]))


def _at(on: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour), LOCAL)

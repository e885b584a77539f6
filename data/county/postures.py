"""What the made-up bureau plans: the next examinations, a campaign whose risks are weighed, and three that are over."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from data.county.campaigns import around, assess, save_campaigns

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty

EXAM_SITES = 2
LASTS = dt.timedelta(days=13)


def save_postures(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    """An approved posture for the next 高考, a drafted campaign with its assessment submitted, three that are over.

    None is in force on the sample's day: its plans and figures stay what they are.
    """
    from geo.cases.campaigns.actions import draft_campaign
    from geo.cases.campaigns.orders import CampaignDraft, Team
    from geo.cases.postures.actions import PostureDraft, approve_posture, draft_posture
    from geo.cases.postures.suggest import exam_days
    from geo.cases.risks.actions import AssessmentDraft, Content, Person, RiskPoint
    from geo.db.counties import get_county

    where = get_county(session, tenant)
    zones = county.layers["hotspot_zone"]
    now = dt.datetime.now(dt.UTC)
    exam = next((one for one in exam_days(where.calendar) if one.first_on > county.today), None)
    if exam is not None:
        ground = around(zones[zones["kind"] == "school"].head(EXAM_SITES), where.metric_srid)
        code = f"LK{exam.first_on.year}"
        draft = PostureDraft(
            code, f"{exam.first_on.year}年{exam.name}考点保障", "exam", exam.first_on, exam.last_on, ground,
            "07:00-18:30", "示例",
        )  # fmt: skip
        draft_posture(session, tenant, draft, actor=actor, at=now)
        approve_posture(session, tenant, code, at=now, actor=actor)
    first = county.today + dt.timedelta(days=14)
    squads = sorted(county.org_units[county.org_units["kind"] == "squadron"]["code"])
    people = county.staff[(county.staff["kind"] == "regular") & county.staff["active"]]["code"].tolist()
    campaign = CampaignDraft(
        "ZX01", "农贸市场周边占道经营集中整治", "市场出入口通道畅通,整治后三十天不回潮", ("04-05", "04-06"), first,
        first + LASTS,
        around(zones[zones["kind"] == "market"].head(1), where.metric_srid), (Team(squads[0], people[0], 8, 1),),
    )  # fmt: skip
    draft_campaign(session, tenant, campaign, actor=actor, at=now)
    given = AssessmentDraft("FX01", "campaign", "农贸市场整治风险评估", county.today, first + LASTS, campaign="ZX01")
    points = (
        RiskPoint("摊贩聚集抵触", "部分摊贩以此为生", "提前十日告知,引导进入疏导点,分批清理", "medium"),
        RiskPoint("围观拍摄引发舆情", "早市人流密集", "错峰执法,全程记录,专人答复", "low"),
    )
    content = Content(points, "medium", "现场负责人宣布暂停,就地劝解,必要时请公安协助", 6000, "with_measures")
    assess(session, tenant, given, content, Person(actor, people[0]), (now, now))
    save_campaigns(session, tenant, county, actor)

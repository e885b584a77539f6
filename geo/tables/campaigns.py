"""专项整治 and 风险评估: what is taken in hand together, and what must be weighed before it may begin."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Row, field

CAMPAIGN_STATES = ("draft", "assessed", "approved", "running", "ended", "evaluated", "cancelled")
"""拟定, 已评估, 已批准, 进行中, 已结束, 已评价, 已取消."""

ASSESSMENT_STATES = ("draft", "submitted", "approved", "refused", "revoked")
"""编制, 报批, 批准, 不批准, 撤销."""

ASSESSED = ("campaign", "building", "acts")
"""集中整治, 强制拆除一处建筑, 一类强制措施 (扣押) of some 片区 and days."""

ACTS = ("demolish", "seize")
RISK_LEVELS = ("low", "medium", "high")
CONCLUSIONS = ("go_ahead", "with_measures", "postpone", "stop")
"""可实施, 采取措施后实施, 暂缓实施, 不实施."""


class Campaign(Row, Base):
    """专项整治: an area, event codes, days, teams. What it says changes only while it is a draft."""

    __tablename__ = "campaign"
    __table_args__: Any = (
        UniqueConstraint("tenant", "code"),
        ForeignKeyConstraint(["tenant", "posture_id"], ["posture.tenant", "posture.id"]),
        CheckConstraint("last_on >= first_on", name="dates"),
        CheckConstraint("ended_at > started_at", name="times"),
        CheckConstraint("cardinality(codes) > 0", name="codes"),
        CheckConstraint(LATITUDE, name="latitude"),
        Index("ix_campaign_geom", "geom", postgresql_using="gist"),
    )

    code: Mapped[str] = field(Text, "整治编号", "code", required=True)
    name: Mapped[str] = field(Text, "名称", "name", required=True)
    goal: Mapped[str] = field(Text, "目标", "what it is for", required=True)
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Event codes it is about, with the code system they are of."""
    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    first_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    last_on: Mapped[dt.date] = field(Date, "截止日期", "last day, included", required=True)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=CAMPAIGN_STATES, server_default=text("'draft'"), nullable=False
    )
    districts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """片区 that its area touches."""
    posture_id: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    evaluation: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=STORAGE, spatial_index=False))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class CampaignTeam(Row, Base):
    """Who takes part: a unit with its leader, how many people and vehicles it sends."""

    __tablename__ = "campaign_team"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "campaign_id"], ["campaign.tenant", "campaign.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"]),
        ForeignKeyConstraint(["tenant", "leader_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "campaign_id", "org_unit_id"),
        CheckConstraint("people >= 1 AND vehicles >= 0", name="strength"),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger)
    org_unit_id: Mapped[int] = mapped_column(BigInteger)
    leader_id: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[int] = field(Integer, "人数", "people", required=True, unit="人")
    vehicles: Mapped[int] = field(Integer, "车辆", "vehicles", server_default=text("0"), nullable=False, unit="台")


class CampaignEffort(Row, Base):
    """出动: how many people and vehicles went out on a day, and for how long; rows are only added."""

    __tablename__ = "campaign_effort"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "campaign_id"], ["campaign.tenant", "campaign.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "uid"),
        CheckConstraint("people >= 0 AND vehicles >= 0 AND people + vehicles > 0", name="strength"),
        CheckConstraint("person_minutes >= 0", name="minutes"),
        Index(None, "tenant", "campaign_id", "on_date"),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    on_date: Mapped[dt.date] = field(Date, "日期", "local date", required=True)
    people: Mapped[int] = field(Integer, "出动人次", "turnouts of people", required=True, unit="人次")
    vehicles: Mapped[int] = field(Integer, "出动车次", "turnouts of vehicles", required=True, unit="台次")
    person_minutes: Mapped[int] = field(Integer, "投入工时", "minutes of people", required=True, unit="人·min")
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class RiskAssessment(Row, Base):
    """社会稳定风险评估: without an approved one no campaign starts and no compulsory act is taken."""

    __tablename__ = "risk_assessment"
    __table_args__: Any = (
        UniqueConstraint("tenant", "number"),
        ForeignKeyConstraint(["tenant", "campaign_id"], ["campaign.tenant", "campaign.id"]),
        ForeignKeyConstraint(["tenant", "building_id"], ["illegal_building.tenant", "illegal_building.id"]),
        CheckConstraint("(about = 'campaign') = (campaign_id IS NOT NULL)", name="campaign"),
        CheckConstraint("(about = 'building') = (building_id IS NOT NULL)", name="building"),
        CheckConstraint("acts <@ ARRAY['demolish', 'seize']::text[]", name="acts"),
        CheckConstraint("valid_to_on >= valid_from_on", name="dates"),
        CheckConstraint("budget_yuan >= 0", name="budget"),
        CheckConstraint("(state IN ('approved', 'revoked')) = (approver IS NOT NULL)", name="approver"),
        Index(None, "tenant", "campaign_id"),
        Index(None, "tenant", "building_id"),
    )

    number: Mapped[str] = field(Text, "评估编号", "number", required=True)
    about: Mapped[str] = field(Text, "评估事项", "what it is about", choices=ASSESSED, required=True)
    campaign_id: Mapped[int | None] = mapped_column(BigInteger)
    building_id: Mapped[int | None] = mapped_column(BigInteger)
    acts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Compulsory acts it covers besides."""
    districts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Of acts: the 片区 it holds in; empty for the whole county."""
    valid_from_on: Mapped[dt.date] = field(Date, "有效期自", "valid from", required=True)
    valid_to_on: Mapped[dt.date] = field(Date, "有效期至", "last day it is valid", required=True)
    title: Mapped[str] = field(Text, "名称", "title", required=True)
    level: Mapped[str | None] = field(Text, "风险等级", "level", choices=RISK_LEVELS)
    plan: Mapped[str] = field(
        Text, "应急预案", "what is done if it goes wrong", server_default=text("''"), nullable=False
    )
    budget_yuan: Mapped[int | None] = field(Integer, "经费", "budget", unit="元")
    conclusion: Mapped[str | None] = field(Text, "评估结论", "conclusion", choices=CONCLUSIONS)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=ASSESSMENT_STATES, server_default=text("'draft'"), nullable=False
    )
    author: Mapped[str] = mapped_column(Text)
    approver: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class RiskPoint(Row, Base):
    """风险点: what might go wrong, where that comes from, and what is done about it."""

    __tablename__ = "risk_point"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant", "assessment_id"], ["risk_assessment.tenant", "risk_assessment.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant", "assessment_id", "seq"),
    )

    assessment_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(SmallInteger)
    point: Mapped[str] = field(Text, "风险点", "what might go wrong", required=True)
    source: Mapped[str] = field(Text, "风险来源", "where it comes from", required=True)
    measure: Mapped[str] = field(Text, "防控措施", "what is done about it", required=True)
    level: Mapped[str] = field(Text, "风险等级", "level", choices=RISK_LEVELS, required=True)

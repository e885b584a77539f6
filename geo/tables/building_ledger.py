"""违建台账: what stands beside the footprints: corrections, the base date, alarms, plans, estates, receipts."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

PLAN_WAYS = ("demolish", "confiscate", "regularise")
"""拆除, 没收, 补办."""

ESTATE_STATUSES = ("candidate", "held", "lost", "withdrawn")
"""创建中, 无违建小区, 已失去, 已退出."""

EXCHANGES = ("import", "export")

OUTCOMES = ("added", "unchanged", "differs", "refused", "sent")
"""新增, 无变化, 与台账不一致, 不接收, 已报送."""

_BUILDING: Any = ["illegal_building.tenant", "illegal_building.id"]
_STAFF: Any = ["staff.tenant", "staff.id"]


class BuildingCorrection(Row, Base):
    """更正: how many households or how much ground a building was said to have too few or too many.

    ``at`` is from when on it holds, which may be long before it was written down; rows are only added, so the books
    as they stood on any day can be told from the books as they stand now.
    """

    __tablename__ = "building_correction"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "building_id"], _BUILDING),
        ForeignKeyConstraint(["tenant", "staff_id"], _STAFF),
        CheckConstraint("households_more <> 0 OR area_dm2_more <> 0", name="something"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index(None, "tenant", "building_id"),
    )

    building_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "生效时间", "from when on", required=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    households_more: Mapped[int] = field(Integer, "户数增减", "households more or fewer", required=True, unit="户")
    area_dm2_more: Mapped[int] = field(BigInteger, "面积增减", "ground more or less", required=True, unit="dm²")
    reason: Mapped[str] = field(Text, "更正理由", "reason", required=True)
    actor: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)


class ZeroGrowthRule(Row, Base):
    """零增长: from which day on nothing new may stand, and who is told when something does; the newest row holds."""

    __tablename__ = "zero_growth_rule"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "staff_id"], _STAFF),
        Index(None, "tenant", "district_code"),
    )

    district_code: Mapped[str | None] = field(Text, "片区", "patrol district; empty for the whole county")
    base_on: Mapped[dt.date] = field(Date, "基准日", "base date", required=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    set_by: Mapped[str] = mapped_column(Text)


class BuildingAlarm(Row, Base):
    """零增长报警: one footprint newer than the base date, and the person it was put before."""

    __tablename__ = "building_alarm"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "building_id"], _BUILDING),
        ForeignKeyConstraint(["tenant", "staff_id"], _STAFF),
        ForeignKeyConstraint(["tenant", "rule_id"], ["zero_growth_rule.tenant", "zero_growth_rule.id"]),
        UniqueConstraint("tenant", "building_id"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered"),
        Index(None, "tenant", "staff_id"),
    )

    building_id: Mapped[int] = mapped_column(BigInteger)
    rule_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    seen_on: Mapped[dt.date] = field(Date, "出现日期", "day it was built, else found", required=True)
    raised_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    answered_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = field(Text, "处置说明", "what is done about it")


class BuildingPlan(Row, Base):
    """分类化解: of one category, how many are to be written off in which way until when, and who answers for it."""

    __tablename__ = "building_plan"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "owner_id"], _STAFF),
        UniqueConstraint("tenant", "category", "way", "from_on"),
        CheckConstraint("to_on >= from_on", name="dates"),
        CheckConstraint("goal >= 1", name="goal"),
    )

    category: Mapped[str] = field(Text, "类别", "category", required=True)
    way: Mapped[str] = field(Text, "化解方式", "way", choices=PLAN_WAYS, required=True)
    goal: Mapped[int] = field(Integer, "目标", "how many are to be written off", required=True, unit="处")
    from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    to_on: Mapped[dt.date] = field(Date, "截止日期", "last day, included", required=True)
    owner_id: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text)


class Estate(Feature, Base):
    """小区, with its standing as an estate without illegal construction (无违建小区) and its keeper (红色管家)."""

    __tablename__ = "estate"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("estate", geometry_types)

    code: Mapped[str | None] = field(Text, "编号", "number", aliases=("编号",))
    name: Mapped[str] = field(Text, "小区名称", "name", aliases=("名称", "小区"), required=True, tile=True)
    status: Mapped[str] = field(
        Text, "创建状态", "standing", aliases=("状态",), choices=ESTATE_STATUSES,
        server_default=text("'candidate'"), nullable=False, tile=True,
    )  # fmt: skip
    status_since_on: Mapped[dt.date | None] = field(Date, "状态起始", "day the standing began")
    keeper_id: Mapped[int | None] = mapped_column(BigInteger)
    """Staff number's row of the keeper who looks after it."""


class BuildingExchange(Row, Base):
    """回执: what became of one row that came from, or went to, the city's 违建治理一张图."""

    __tablename__ = "building_exchange"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "building_id"], _BUILDING),
        Index(None, "tenant", "external_id", "id"),
        Index(None, "tenant", "batch"),
    )

    batch: Mapped[uuid.UUID] = mapped_column(Uuid)
    direction: Mapped[str] = field(Text, "方向", "direction", choices=EXCHANGES, required=True)
    external_id: Mapped[str] = field(Text, "市平台编号", "number on the city's platform", required=True)
    building_id: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str] = field(Text, "结果", "outcome", choices=OUTCOMES, required=True)
    reason: Mapped[str] = field(Text, "原因", "reason", server_default=text("''"), nullable=False)
    sha256: Mapped[str] = mapped_column(Text)
    """Of the row's content as exchanged: the same content again is no news."""
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)

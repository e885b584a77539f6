"""节点保障: for some days and hours other rules hold in some places, and what must have been looked at before."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

POSTURE_KINDS = ("exam", "festival", "inspection", "storm", "snow", "fire", "event")
"""两考, 节日, 迎检, 暴雨大风, 扫雪除冰, 防火禁炮, 重大活动."""

POSTURE_STATES = ("draft", "approved", "withdrawn")
"""拟定, 批准, 撤销. That it is in force is no state: its days and hours say so."""

POSTURE_RULES = ("limit", "allow", "regime", "clock", "first_step", "zone", "passes", "post", "roster", "trade")
"""限制, 放宽, 管控级别, 时限系数, 首步措施, 重点场所, 巡查次数, 定点岗, 值班, 经营点."""

CHECK_RESULTS = ("fine", "hazard")


class Posture(Feature, Base):
    """Where and when other rules hold; what they are stands in ``posture_rule``."""

    __tablename__ = "posture"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args(
        "posture",
        geometry_types,
        UniqueConstraint("tenant", "code"),
        CheckConstraint("last_on >= first_on", name="dates"),
        CheckConstraint("(status = 'draft') <= (approved_at IS NULL)", name="approved"),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
    )

    code: Mapped[str] = field(Text, "保障编号", "code", required=True)
    name: Mapped[str] = field(Text, "保障名称", "name", required=True, tile=True)
    kind: Mapped[str] = field(Text, "保障类别", "kind", choices=POSTURE_KINDS, required=True, tile=True)
    status: Mapped[str] = field(
        Text, "状态", "state", choices=POSTURE_STATES, server_default=text("'draft'"), nullable=False, tile=True
    )
    first_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True, tile=True)
    last_on: Mapped[dt.date] = field(Date, "截止日期", "last day, included", required=True, tile=True)
    opening: Mapped[str | None] = field(Text, "时段", "hours, as OSM opening_hours; none: all day")
    basis: Mapped[str | None] = field(Text, "依据", "on which paper it rests")
    approved_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "批准时间", "approved")
    withdrawn_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "撤销时间", "withdrawn")
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class PostureRule(Row, Base):
    """One rule that a posture sets inside its area; see :mod:`geo.cases.postures.rules` for what words mean."""

    __tablename__ = "posture_rule"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "posture_id"], ["posture.tenant", "posture.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "posture_id", "kind", "target"),
    )

    posture_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = field(Text, "规则", "rule", choices=POSTURE_RULES, required=True)
    target: Mapped[str] = field(Text, "对象", "what it is about", required=True)
    word: Mapped[str] = field(Text, "取值", "word", server_default=text("''"), nullable=False)
    value: Mapped[int | None] = field(Integer, "数值", "figure")


class PostureTemplate(Row, Base):
    """What the bureau gives a posture of a kind to begin with: rules, and things to look at before."""

    __tablename__ = "posture_template"
    __table_args__: Any = (UniqueConstraint("tenant", "template", "kind", "target"),)

    template: Mapped[str] = field(Text, "模板", "kind of posture", choices=POSTURE_KINDS, required=True)
    kind: Mapped[str] = field(Text, "规则", "rule or check", choices=(*POSTURE_RULES, "check"), required=True)
    target: Mapped[str] = field(Text, "对象", "what it is about", required=True)
    word: Mapped[str] = field(Text, "取值", "word", server_default=text("''"), nullable=False)
    value: Mapped[int | None] = field(Integer, "数值", "figure")
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class PostureCheck(Row, Base):
    """隐患排查: a thing to be looked at before the posture begins, and what was found."""

    __tablename__ = "posture_check"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "posture_id"], ["posture.tenant", "posture.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "posture_id", "code"),
        CheckConstraint("(result IS NULL) = (checked_at IS NULL)", name="checked"),
    )

    posture_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = field(Text, "排查项", "item", required=True)
    words: Mapped[str] = field(Text, "内容", "what to look at", required=True)
    result: Mapped[str | None] = field(Text, "结果", "result", choices=CHECK_RESULTS)
    hazards: Mapped[int] = field(
        Integer, "隐患数", "hazards found", server_default=text("0"), nullable=False, unit="处"
    )
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    checked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    recorded_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

"""工地: where ground is built on, torn down or lies idle, its gates, and what is found when somebody looks at them.

How often a gate is passed and a site may be entered stands in ``enterprise`` under the same code: one register, whose
place and name follow the map (:mod:`geo.cases.worksites.gates`).
"""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

SITE_TYPES = ("site", "demolition", "idle_land", "batching")
"""在建工地, 拆迁工地, 闲置地块, 自拌混凝土; the words of ``enterprise.kind``."""

WORKS = ("not_begun", "working", "paused", "completed")
"""未开工, 在施, 停工, 完工撤场."""

WASHING = ("washed", "unwashed")
"""有冲洗设施, 无冲洗设施."""

OUTCOMES = ("corrected", "source_fixed", "open")
"""当场规范, 源头整治, 待处置: what had become of a finding when the check was over."""


class Worksite(Feature, Base):
    """A site: its ground, or a point where nobody has drawn it."""

    __tablename__ = "worksite"
    geometry_types = ("MultiPolygon", "Point")
    __table_args__: Any = feature_args("worksite", geometry_types, Index(None, "tenant", "code"))

    code: Mapped[str] = field(Text, "工地编号", "number", aliases=("编号", "工地编号", "项目编号"), required=True)
    name: Mapped[str] = field(Text, "工地名称", "name", aliases=("名称", "项目名称", "工地"), required=True)
    site_type: Mapped[str] = field(
        Text, "工地类型", "type", aliases=("类型", "类别"), choices=SITE_TYPES, required=True, tile=True
    )
    works: Mapped[str] = field(
        Text, "施工状态", "state of works", aliases=("状态", "施工状态"), choices=WORKS,
        server_default=text("'working'"), nullable=False, tile=True,
    )  # fmt: skip
    builder: Mapped[str | None] = field(Text, "施工单位", "builder", aliases=("施工单位", "责任单位"))
    owner: Mapped[str | None] = field(Text, "建设单位", "owner", aliases=("建设单位",))
    begun_on: Mapped[dt.date | None] = field(Date, "开工日期", "first day of works", aliases=("开工日期",))
    ends_on: Mapped[dt.date | None] = field(Date, "计划完工", "last day planned", aliases=("竣工日期", "计划竣工"))
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district", aliases=("片区",))


class SiteGate(Feature, Base):
    """A gate of a site, through which lorries come and go."""

    __tablename__ = "site_gate"
    geometry_types = ("Point",)
    __table_args__: Any = feature_args("site_gate", geometry_types, Index(None, "tenant", "site_code"))

    code: Mapped[str] = field(Text, "出入口编号", "number", aliases=("编号", "出入口编号"), required=True)
    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称", "出入口"))
    site_code: Mapped[str] = field(
        Text, "工地编号", "number of the site", aliases=("工地编号", "所属工地"), required=True
    )
    washing: Mapped[str | None] = field(
        Text, "冲洗设施", "washing of wheels", aliases=("冲洗", "洗车台"), choices=WASHING, tile=True
    )


class SiteItem(Row, Base):
    """One line of the checklist of a type of site, as the bureau keeps it."""

    __tablename__ = "site_item"
    __table_args__: Any = (UniqueConstraint("tenant", "site_type", "code"),)

    site_type: Mapped[str] = field(Text, "工地类型", "type of site", choices=SITE_TYPES, required=True)
    code: Mapped[str] = field(Text, "条目", "item", required=True)
    zh: Mapped[str] = field(Text, "中文", "in Chinese", required=True)
    en: Mapped[str] = field(Text, "英文", "in English", required=True)
    event_code: Mapped[str] = field(Text, "事件代码", "code of the event", required=True)
    seq: Mapped[int] = field(SmallInteger, "次序", "order", required=True)
    set_by: Mapped[str] = mapped_column(Text)


class SiteCheck(Row, Base):
    """One look at a site from its gate: which items were looked at; what was found stands in ``site_finding``."""

    __tablename__ = "site_check"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("btrim(site_code) <> ''", name="site"),
        Index(None, "tenant", "at"),
        Index(None, "tenant", "site_code", "at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    site_code: Mapped[str] = field(Text, "工地编号", "number of the site", required=True)
    gate_code: Mapped[str | None] = field(Text, "出入口编号", "number of the gate")
    site_type: Mapped[str] = field(Text, "工地类型", "type then", choices=SITE_TYPES, required=True)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "检查时间", "when", required=True)
    items: Mapped[list[str]] = field(ARRAY(Text), "检查条目", "items looked at", required=True)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)


class SiteFinding(Row, Base):
    """An item that was not in order, what became of it at once, and the problem it opened."""

    __tablename__ = "site_finding"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "check_id"], ["site_check.tenant", "site_check.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "check_id", "item"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    check_id: Mapped[int] = mapped_column(BigInteger)
    item: Mapped[str] = field(Text, "条目", "item", required=True)
    event_code: Mapped[str] = field(Text, "事件代码", "code of the event", required=True)
    outcome: Mapped[str] = field(Text, "处置", "what became of it", choices=OUTCOMES, required=True)
    quantity: Mapped[int] = field(Integer, "数量", "how many", server_default=text("1"), nullable=False)
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    """The problem opened for it; none where the county has nobody who could answer for one."""


class GateRule(Row, Base):
    """How often gates of a kind are looked at, and in which hours: before work begins and after dark (晨查、夜查)."""

    __tablename__ = "gate_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "kind"),
        CheckConstraint("every_days BETWEEN 1 AND 366", name="every"),
        CheckConstraint("cap_per_year BETWEEN 0 AND 366", name="cap"),
    )

    kind: Mapped[str] = field(
        Text, "类别", "kind", choices=("site", "demolition", "idle_land", "batching", "dump"), required=True
    )
    every_days: Mapped[int] = field(SmallInteger, "间隔天数", "days between looks", required=True, unit="d")
    hours: Mapped[str] = field(Text, "巡查时段", "hours, as OSM opening_hours", required=True)
    cap_per_year: Mapped[int] = field(SmallInteger, "年度入企检查上限", "entries a year at first", required=True)
    set_by: Mapped[str] = mapped_column(Text)

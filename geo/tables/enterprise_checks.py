"""Sites and enterprises, and the checks of them: at the gate, or inside by two licensed officers under a yearly cap.

Who is to be checked when stays inside the bureau: no layer, tile, feed or export carries these tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field

ENTERPRISE_KINDS = ("site", "demolition", "idle_land", "batching", "dump", "restaurant", "gas_user")
"""在建工地, 拆迁工地, 闲置地块, 自拌混凝土, 消纳点, 餐饮, 燃气用户."""

CHECK_REASONS = ("draw", "planned", "complaint", "ordered")
"""双随机抽查, 计划检查, 投诉举报, 上级交办."""

EXEMPT_REASONS = ("complaint", "ordered")
"""Not counted against the yearly cap (国务院办公厅《关于严格规范涉企行政检查的意见》, January 2025)."""

CHECK_STATUSES = ("open", "done", "cancelled")


class Enterprise(Row, Base):
    """A site or enterprise: where its gate is, how often its gate is passed, how often a year it may be entered."""

    __tablename__ = "enterprise"
    __table_args__: Any = (
        UniqueConstraint("tenant", "code"),
        CheckConstraint("cap_per_year BETWEEN 0 AND 366", name="cap"),
        CheckConstraint("gate_every_days IS NULL OR gate_every_days BETWEEN 1 AND 366", name="gate"),
    )

    code: Mapped[str] = field(Text, "编号", "code", required=True)
    name: Mapped[str] = field(Text, "名称", "name", required=True)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=ENTERPRISE_KINDS, required=True)
    opening: Mapped[str | None] = field(Text, "作业时段", "hours, as OSM opening_hours; empty means always")
    gate_every_days: Mapped[int | None] = field(
        SmallInteger, "门口巡查间隔天数", "days between looks at the gate; empty for none", unit="d"
    )
    cap_per_year: Mapped[int] = field(
        SmallInteger, "年度入企检查上限", "times a year it may be entered", required=True, unit="次"
    )
    active: Mapped[bool] = field(Boolean, "在册", "on the register", server_default=text("true"), nullable=False)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    gate_hours: Mapped[str | None] = mapped_column(Text, sort_order=96)
    """When its gate is looked at, as OSM opening_hours (晨查、夜查); empty: in its own hours."""


class CheckDraw(Row, Base):
    """A 双随机 draw: its seed was made, and the hash logged, before the lists were looked at."""

    __tablename__ = "check_draw"
    __table_args__: Any = (CheckConstraint("last_on >= first_on", name="dates"),)

    first_on: Mapped[dt.date] = mapped_column(Date)
    last_on: Mapped[dt.date] = mapped_column(Date)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    power_item: Mapped[str] = mapped_column(Text)
    wanted: Mapped[int] = mapped_column(Integer)
    seed_sha256: Mapped[str] = mapped_column(Text)
    seed: Mapped[str] = mapped_column(Text)
    """Hexadecimal; told with the result, so that anybody can draw again."""
    pool: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Codes the enterprises were drawn from, in order."""
    officers: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Staff numbers the pairs were drawn from, in order."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class EnterpriseCheck(Row, Base):
    """An entry into an enterprise that is to be made, or was; two licensed officers and a power item."""

    __tablename__ = "enterprise_check"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "enterprise_id"], ["enterprise.tenant", "enterprise.id"]),
        ForeignKeyConstraint(["tenant", "draw_id"], ["check_draw.tenant", "check_draw.id"]),
        ForeignKeyConstraint(["tenant", "first_staff_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "second_staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("(reason = 'draw') = (draw_id IS NOT NULL)", name="draw"),
        CheckConstraint("(first_staff_id IS NULL) = (second_staff_id IS NULL)", name="pair"),
        CheckConstraint("first_staff_id <> second_staff_id", name="two"),
        CheckConstraint("(status = 'done') = (done_on IS NOT NULL)", name="done"),
        CheckConstraint("btrim(power_item) <> ''", name="power_item"),
        CheckConstraint("last_on >= first_on", name="dates"),
        Index(None, "tenant", "enterprise_id", "done_on"),
        Index(None, "tenant", "status", "first_on"),
    )

    enterprise_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = field(Text, "检查来由", "why", choices=CHECK_REASONS, required=True)
    reference: Mapped[str | None] = field(Text, "来件编号", "number of the complaint or order")
    power_item: Mapped[str] = field(Text, "权责事项", "power item it rests on", required=True)
    covert: Mapped[bool] = field(
        Boolean, "暗访", "unannounced to the enterprise", server_default=text("false"), nullable=False
    )
    first_on: Mapped[dt.date] = field(Date, "起始日期", "first day it may be made", required=True)
    last_on: Mapped[dt.date] = field(Date, "截止日期", "last day", required=True)
    draw_id: Mapped[int | None] = mapped_column(BigInteger)
    first_staff_id: Mapped[int | None] = mapped_column(BigInteger)
    second_staff_id: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = field(
        Text, "状态", "status", choices=CHECK_STATUSES, server_default=text("'open'"), nullable=False
    )
    done_on: Mapped[dt.date | None] = field(Date, "检查日期", "day it was made")
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

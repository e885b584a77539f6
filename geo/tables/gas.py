"""燃气: users whose premises are inspected, and the inspections. Never public (D21)."""

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

GAS_USER_KINDS = ("restaurant", "business", "industry", "public_body", "station")
"""餐饮场所, 其他商业用户, 工业企业, 学校医院等单位, 场站."""

GAS_SUPPLIES = ("piped", "bottled")
"""管道气, 瓶装气."""


class GasUser(Feature, Base):
    """A place where gas is burned or kept, and how often it is inspected. No household and no person is in it."""

    __tablename__ = "gas_user"
    geometry_types = ("Point",)
    __table_args__ = feature_args(
        "gas_user",
        geometry_types,
        UniqueConstraint("tenant", "code"),
        CheckConstraint("check_every_days BETWEEN 1 AND 1830", name="every"),
    )

    code: Mapped[str] = field(Text, "用户编号", "number", aliases=("编号", "户号"), required=True)
    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("单位名称", "用户名称"), outside="NULL::text")
    kind: Mapped[str] = field(
        Text, "用户类别", "kind", aliases=("类别",), choices=GAS_USER_KINDS, required=True, tile=True
    )
    supply: Mapped[str | None] = field(Text, "供气方式", "supply", aliases=("用气方式",), choices=GAS_SUPPLIES)
    place: Mapped[str | None] = field(Text, "地址", "address", aliases=("位置",))
    check_every_days: Mapped[int | None] = field(
        Integer, "检查周期", "inspected every", aliases=("检查间隔",), unit="天"
    )
    last_check_on: Mapped[dt.date | None] = field(
        Date, "上次检查日期", "last inspection", aliases=("最近检查日期",), tile=True
    )


class GasInspection(Row, Base):
    """One inspection of one user: how many people went, and what they found. Rows are only added."""

    __tablename__ = "gas_inspection"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "gas_user_id"], ["gas_user.tenant", "gas_user.id"]),
        CheckConstraint("people BETWEEN 1 AND 500", name="people"),
        Index(None, "tenant", "inspected_at"),
        Index(None, "tenant", "gas_user_id", "inspected_at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    gas_user_id: Mapped[int] = field(BigInteger, "用户", "user", required=True)
    inspected_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "检查时间", "inspected", required=True)
    people: Mapped[int] = field(Integer, "出动人次", "people who went", required=True, unit="人次")
    bodies: Mapped[str] = field(Text, "参加单位", "bodies that took part", server_default=text("''"), nullable=False)
    note: Mapped[str] = field(Text, "检查情况", "what was seen", server_default=text("''"), nullable=False)
    actor: Mapped[str] = field(Text, "记录人", "who wrote it down", required=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""部件 (GB/T 30428.2): what the city has put into the street, and the orders by which it is repaired."""

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
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Feature, Row, feature_args, field

COMPONENT_STATES = ("intact", "broken", "absent", "abandoned", "removed")
"""完好, 破损, 丢失, 废弃, 移除."""

ACCURACIES = ("A", "B", "C")
"""±0.5 m, ±1 m, ±10 m."""

REPAIR_WORKS = ("repair", "replace", "add", "remove")
"""维修, 更换, 增设, 移除."""

OPEN_REPAIR_STATES = ("ordered", "working", "put_off", "finished")
REPAIR_STATES = (*OPEN_REPAIR_STATES, "accepted", "cancelled")
"""已派单, 施工中, 挂账, 待验收, 已验收, 已取消."""

_OPEN = ", ".join(f"'{state}'" for state in OPEN_REPAIR_STATES)


class Component(Feature, Base):
    """One component under its 16-digit code: county 6, large class 2, small class 2, serial number 6."""

    __tablename__ = "component"
    geometry_types = ("Point", "LineString")
    __table_args__ = feature_args(
        "component",
        geometry_types,
        UniqueConstraint("tenant", "code"),
        CheckConstraint("code ~ '^[0-9]{16}$'", name="code"),
    )

    code: Mapped[str] = field(
        Text,
        "部件标识码",
        "component code",
        aliases=("标识码", "部件编码", "编码", "objcode", "objectcode"),
        required=True,
    )
    name: Mapped[str | None] = field(Text, "部件名称", "name", aliases=("名称",), tile=True)
    status: Mapped[str] = field(
        Text, "状态", "state", aliases=("状态", "现状"), choices=COMPONENT_STATES, server_default=text("'intact'"),
        nullable=False, tile=True,
    )  # fmt: skip
    accuracy: Mapped[str | None] = field(
        Text, "精度等级", "class of accuracy", aliases=("精度", "数据精度"), choices=ACCURACIES
    )
    owner_unit: Mapped[str | None] = field(Text, "权属单位", "owner", aliases=("权属", "产权单位"))
    keeper_unit: Mapped[str | None] = field(Text, "养护单位", "who keeps it up", aliases=("管护单位", "养护"))
    built_on: Mapped[dt.date | None] = field(Date, "初始日期", "first day", aliases=("建成日期", "安装日期"))


class RepairOrder(Row, Base):
    """An order to repair something: how much of what, by whom, by when. What was done stands in the step log."""

    __tablename__ = "repair_order"
    __table_args__: Any = (
        CheckConstraint(LATITUDE, name="latitude"),
        UniqueConstraint("tenant", "uid"),
        UniqueConstraint("tenant", "number"),
        ForeignKeyConstraint(["tenant", "component_id"], ["component.tenant", "component.id"]),
        ForeignKeyConstraint(["tenant", "problem_id"], ["problem_case.tenant", "problem_case.id"]),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("btrim(unit) <> ''", name="unit"),
        CheckConstraint("cost_fen >= 0", name="cost"),
        CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted"),
        Index("ix_repair_order_open", "tenant", "due_at", postgresql_where=text(f"state IN ({_OPEN})")),
        Index(None, "tenant", "accepted_at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[str] = field(Text, "维修单号", "number", required=True)
    component_id: Mapped[int | None] = field(BigInteger, "部件", "component")
    problem_id: Mapped[int | None] = field(BigInteger, "问题", "problem it came from")
    class_code: Mapped[str] = field(Text, "部件类别", "component class, as C01-01", required=True)
    work: Mapped[str] = field(Text, "维修方式", "what is done", choices=REPAIR_WORKS, required=True)
    quantity: Mapped[float] = field(Numeric(12, 2), "数量", "quantity", required=True)
    unit: Mapped[str] = field(Text, "单位", "unit of the quantity", required=True)
    cost_fen: Mapped[int | None] = field(BigInteger, "费用", "cost", unit="分")
    state: Mapped[str] = field(Text, "状态", "state", choices=REPAIR_STATES, required=True)
    place: Mapped[str] = field(Text, "地点", "place", server_default=text("''"), nullable=False)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    contractor: Mapped[str] = field(Text, "施工单位", "who does the work", server_default=text("''"), nullable=False)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    """Who answers for it."""
    ordered_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "派单时间", "ordered", required=True)
    due_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "到期时间", "due", required=True)
    accepted_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "验收时间", "accepted")
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))

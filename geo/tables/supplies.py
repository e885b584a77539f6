"""应急物资与值班: points with their stock as a book of movements, and who is on call. Never public (D21)."""

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

SUPPLY_POINT_KINDS = ("depot", "vehicle", "post")
"""库房, 应急车, 前置点."""

MOVE_KINDS = ("receive", "hand_out", "give_back", "write_off", "count_up", "count_down")
"""入库, 领用, 归还, 报废, 盘盈, 盘亏."""

ON_CALL_ROLES = ("leader", "officer", "driver")
"""带班领导, 值班员, 驾驶员."""


class SupplyPoint(Feature, Base):
    """A place where emergency supplies are kept."""

    __tablename__ = "supply_point"
    geometry_types = ("Point",)
    __table_args__ = feature_args("supply_point", geometry_types, UniqueConstraint("tenant", "code"))

    code: Mapped[str] = field(Text, "物资点编号", "number", aliases=("编号",), required=True)
    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("物资点", "物资点名称"), tile=True)
    kind: Mapped[str] = field(
        Text, "类别", "kind", aliases=("类型",), choices=SUPPLY_POINT_KINDS, required=True, tile=True
    )
    place: Mapped[str | None] = field(Text, "地址", "address", aliases=("位置",))
    keeper: Mapped[str | None] = field(
        Text, "保管人工号", "staff number of its keeper", aliases=("保管人",), outside="NULL::text"
    )


class SupplyItem(Row, Base):
    """A kind of supply, counted in one unit."""

    __tablename__ = "supply_item"
    __table_args__: Any = (UniqueConstraint("tenant", "code"), CheckConstraint("btrim(unit) <> ''", name="unit"))

    code: Mapped[str] = field(Text, "物资编码", "code", required=True)
    name: Mapped[str] = field(Text, "物资名称", "name", required=True)
    unit: Mapped[str] = field(Text, "单位", "unit", required=True)
    least: Mapped[int] = field(
        Integer, "最低储备", "least stock of the county", server_default=text("0"), nullable=False
    )
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class SupplyMove(Row, Base):
    """A movement of supplies; the stock is nothing but their sum. Rows are only added."""

    __tablename__ = "supply_move"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "supply_point_id"], ["supply_point.tenant", "supply_point.id"]),
        ForeignKeyConstraint(["tenant", "item"], ["supply_item.tenant", "supply_item.code"]),
        ForeignKeyConstraint(["tenant", "of_move"], ["supply_move.tenant", "supply_move.id"]),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(kind = 'give_back') = (of_move IS NOT NULL)", name="of_move"),
        Index(None, "tenant", "supply_point_id", "item"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    supply_point_id: Mapped[int] = field(BigInteger, "物资点", "point", required=True)
    item: Mapped[str] = field(Text, "物资编码", "item", required=True)
    lot: Mapped[str] = field(Text, "批次", "lot", server_default=text("''"), nullable=False)
    expires_on: Mapped[dt.date | None] = field(Date, "有效期至", "last day of use")
    kind: Mapped[str] = field(Text, "类别", "kind", choices=MOVE_KINDS, required=True)
    quantity: Mapped[int] = field(BigInteger, "数量", "quantity", required=True)
    moved_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "时间", "when", required=True)
    of_move: Mapped[int | None] = mapped_column(BigInteger)
    """Of what is given back: the handing-out it comes from."""
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who took it or brought it back."""
    note: Mapped[str] = field(Text, "事由", "what for", server_default=text("''"), nullable=False)
    actor: Mapped[str] = field(Text, "经办人", "who wrote it down", required=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class OnCall(Row, Base):
    """Who is on call on a day 应急值班."""

    __tablename__ = "on_call"
    __table_args__: Any = (
        UniqueConstraint("tenant", "on_date", "role", "staff"),
        ForeignKeyConstraint(["tenant", "staff"], ["staff.tenant", "staff.code"]),
    )

    on_date: Mapped[dt.date] = field(Date, "日期", "day", required=True)
    role: Mapped[str] = field(Text, "岗位", "role", choices=ON_CALL_ROLES, required=True)
    staff: Mapped[str] = field(Text, "工号", "staff number", required=True)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

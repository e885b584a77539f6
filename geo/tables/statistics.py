"""What statistics count beforehand: where each event belongs, how many there are a day, month and year."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, Tenant, field
from geo.tables.ladder import WORK_CLASSES

GRAINS = ("day", "month", "year")
STANDINGS = ("counted", "duplicate", "void", "outside")
"""计入, 重复, 作废, 辖区外."""


class EventPlace(Tenant, Base):
    """The local day and the one 片区 an event is counted under, worked out from the event."""

    __tablename__ = "event_place"
    __table_args__: Any = (Index(None, "tenant", "on_date", "event_id"),)

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    on_date: Mapped[dt.date] = mapped_column(Date)
    district_code: Mapped[str | None] = mapped_column(Text)
    border: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Near a street that two 片区 share, so that its owner was asked for."""
    outside: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Outside the county's own area."""
    regime: Mapped[str | None] = mapped_column(Text, sort_order=96)
    """Of the street it happened on, on its day; none off all streets."""


class EventCount(Row, Base):
    """How many events of one kind there are on a day, or in a month or year that begins on it."""

    __tablename__ = "event_count"
    __table_args__: Any = (Index(None, "tenant", "grain", "from_on"),)

    grain: Mapped[str] = field(Text, "粒度", "day, month or year", choices=GRAINS, required=True)
    from_on: Mapped[dt.date] = field(Date, "起始日期", "first local day", required=True)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district; empty outside all")
    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    code: Mapped[str] = field(Text, "事件代码", "event code", required=True)
    origin: Mapped[str] = field(Text, "来源", "who noticed", required=True)
    unit: Mapped[str] = field(Text, "单位", "unit of the quantity", required=True)
    standing: Mapped[str] = field(Text, "计数", "whether it counts", choices=STANDINGS, required=True)
    rows: Mapped[int] = field(Integer, "记录数", "records", required=True)
    quantity: Mapped[float] = field(Numeric(16, 2), "数量", "sum of their quantities", required=True)


class CountMark(Tenant, Base):
    """How far the change log has been followed by the counts."""

    __tablename__ = "count_mark"

    seq: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    way: Mapped[int] = mapped_column(Integer, server_default=text("0"), sort_order=96)
    """Which way of placing and counting made them: counts made another way are made anew."""


class HandFigure(Row, Base):
    """A figure no register holds, told by hand: leaflets handed out, tonnage of plants, no accidents in a month."""

    __tablename__ = "hand_figure"
    __table_args__: Any = (
        UniqueConstraint("tenant", "figure", "on_date", "district_code"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    figure: Mapped[str] = field(Text, "指标", "figure", required=True)
    on_date: Mapped[dt.date] = field(Date, "日期", "local day, or the last one of what is told", required=True)
    district_code: Mapped[str] = field(
        Text, "片区", "patrol district; empty: the county", server_default=text("''"), nullable=False
    )
    amount: Mapped[float] = field(Numeric(16, 2), "数量", "amount in the figure's unit", required=True)
    basis: Mapped[str] = field(Text, "依据", "paper it rests on, and who says so", required=True)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class WorkClass(Row, Base):
    """721工作法: which step of which workflow is service, management or enforcement, as the county sees it."""

    __tablename__ = "work_class"
    __table_args__: Any = (UniqueConstraint("tenant", "workflow", "step"),)

    workflow: Mapped[str] = field(Text, "流程", "workflow", required=True)
    step: Mapped[str] = field(Text, "步骤", "step", required=True)
    work_class: Mapped[str] = field(Text, "721类别", "class of the action", choices=WORK_CLASSES, required=True)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

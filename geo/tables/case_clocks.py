"""When a county works, and how strictly a street is kept: what the clocks of cases are read against."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, Tenant, field
from geo.tables.roads import REGIMES

DAY_KINDS = ("holiday", "workday")
FIRST_STEPS = ("persuade", "warn")
"""Where the ladder begins: 劝导, or 警示 at once."""


class WorkHours(Row, Base):
    """The county's working hours from a day on (summer and winter hours are two rows a year)."""

    __tablename__ = "work_hours"
    __table_args__: Any = (UniqueConstraint("tenant", "valid_from_on"),)

    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    hours: Mapped[str] = field(Text, "工作时间", "spans as 08:00-12:00,14:00-18:00", required=True)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class WorkDay(Row, Base):
    """A day on which this county works or rests otherwise than its calendar says."""

    __tablename__ = "work_day"
    __table_args__: Any = (UniqueConstraint("tenant", "on_date"),)

    on_date: Mapped[dt.date] = field(Date, "日期", "day", required=True)
    kind: Mapped[str] = field(Text, "类别", "holiday or workday", choices=DAY_KINDS, required=True)
    name: Mapped[str] = field(Text, "说明", "why", server_default=text("''"), nullable=False)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class CaseRule(Tenant, Base):
    """Who answers for a problem while no unit has it yet."""

    __tablename__ = "case_rule"
    __table_args__: Any = (ForeignKeyConstraint(["tenant", "desk_staff_id"], ["staff.tenant", "staff.id"]),)

    desk_staff_id: Mapped[int] = mapped_column(BigInteger)
    set_by: Mapped[str]
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class RegimeRule(Row, Base):
    """What 严管, 严控 and 规范 mean from a day on (D10)."""

    __tablename__ = "regime_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "regime", "valid_from_on"),
        CheckConstraint("tolerance_min BETWEEN 0 AND 1440", name="tolerance"),
        CheckConstraint("clock_permille BETWEEN 1 AND 10000", name="clock"),
        CheckConstraint("passes_per_shift BETWEEN 0 AND 48", name="passes"),
    )

    regime: Mapped[str] = field(Text, "管控级别", "regime", choices=REGIMES, required=True)
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    tolerance_min: Mapped[int] = field(
        Integer, "容忍时长", "how long a thing may stand before it is a problem", required=True, unit="min"
    )
    clock_permille: Mapped[int] = field(
        Integer, "时限系数", "share of the usual limit, thousandths", required=True, unit="‰"
    )
    first_step: Mapped[str] = field(Text, "首步措施", "first step of the ladder", choices=FIRST_STEPS, required=True)
    passes_per_shift: Mapped[int] = field(SmallInteger, "每班巡查次数", "passes in each shift", required=True)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'prefilled'"))

"""班次: kinds of shift, and who is on which."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKeyConstraint, Text, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

DUTY_ROLES = ("member", "leader")
"""Ordinary member, or 带班领导 of the shift."""


class ShiftKind(Row, Base):
    """A kind of shift (晨查, 日班, 夜市班…), local wall-clock start and end; an end before the start is next day."""

    __tablename__ = "shift_kind"
    __table_args__: Any = (UniqueConstraint("tenant", "code"),)

    code: Mapped[str] = field(Text, "班次代码", "code", required=True)
    name: Mapped[str] = field(Text, "班次名称", "name", required=True)
    start_time: Mapped[dt.time] = field(Time, "开始", "starts, local time", required=True)
    end_time: Mapped[dt.time] = field(Time, "结束", "ends, local time", required=True)


class Duty(Row, Base):
    """One person on one shift of one day; nobody is twice on the same shift."""

    __tablename__ = "duty"
    __table_args__: Any = (
        UniqueConstraint("tenant", "on_date", "shift_code", "staff_id"),
        ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"]),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
    )

    on_date: Mapped[dt.date] = field(Date, "日期", "local date the shift starts", required=True)
    shift_code: Mapped[str] = field(Text, "班次", "shift", required=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = field(Text, "角色", "role", choices=DUTY_ROLES, required=True)

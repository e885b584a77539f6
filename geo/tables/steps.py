"""What was done with whatever follows a workflow: one log, to which requests may only add."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field


class StepLog(Row, Base):
    """One step of one row, numbered from 1; ``from_state`` is empty at its birth."""

    __tablename__ = "step_log"
    __table_args__: Any = (
        UniqueConstraint("tenant", "workflow", "row_id", "n"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("n >= 1 AND (n = 1) = (from_state IS NULL)", name="birth"),
        Index(None, "tenant", "workflow", "at"),
    )

    workflow: Mapped[str] = field(Text, "流程", "workflow", required=True)
    row_id: Mapped[int] = field(BigInteger, "编号", "row of that workflow's table", required=True)
    n: Mapped[int] = field(Integer, "序号", "number of the step", required=True)
    step: Mapped[str] = field(Text, "步骤", "step", required=True)
    from_state: Mapped[str | None] = field(Text, "原状态", "state before")
    to_state: Mapped[str] = field(Text, "新状态", "state after", required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "发生时间", "when it happened", required=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = field(Text, "操作人", "account", required=True)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

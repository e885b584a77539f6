"""片区治理方案: what is wrong, what is to become of it, by whom, where, how often, until when, and what came out."""

from __future__ import annotations

import datetime as dt
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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

TREATMENT_STATUSES = ("draft", "approved", "running", "ended", "evaluated", "withdrawn")
TREATMENT_STEPS = ("draft", "revise", "approve", "start", "end", "evaluate", "withdraw")


class Treatment(Row, Base):
    """One version of the plan of a 片区. What it says changes only while it is a draft."""

    __tablename__ = "treatment"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "owner_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "district_code", "version"),
        CheckConstraint("to_on >= from_on", name="dates"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("(status = 'evaluated') = (evaluation IS NOT NULL)", name="evaluated"),
        Index(
            "uq_treatment_running", "tenant", "district_code", unique=True, postgresql_where=text("status = 'running'")
        ),
    )

    district_code: Mapped[str] = field(Text, "片区编号", "patrol district", required=True)
    version: Mapped[int] = field(Integer, "版本", "version", required=True)
    status: Mapped[str] = field(
        Text, "状态", "status", choices=TREATMENT_STATUSES, server_default=text("'draft'"), nullable=False
    )
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    """Rises with every edit of the draft, so that two people do not overwrite each other."""
    title: Mapped[str] = field(Text, "名称", "title", required=True)
    goal: Mapped[str] = field(Text, "治理目标", "what it is for", required=True)
    owner_id: Mapped[int] = mapped_column(BigInteger)
    from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    to_on: Mapped[dt.date] = field(Date, "截止日期", "last day, included", required=True)
    problems: Mapped[list[Any]] = mapped_column(JSONB)
    targets: Mapped[list[Any]] = mapped_column(JSONB)
    post_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    streets: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    frequency: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    baseline: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """Each target's figure over as many days before the first, taken when it was approved."""
    evaluation: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class TreatmentStep(Row, Base):
    """What was done with a plan, by whom and when; rows are only added."""

    __tablename__ = "treatment_step"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "treatment_id"], ["treatment.tenant", "treatment.id"], ondelete="CASCADE"),
        Index(None, "tenant", "treatment_id"),
    )

    treatment_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str] = field(Text, "步骤", "step", choices=TREATMENT_STEPS, required=True)
    status: Mapped[str] = field(Text, "状态", "status afterwards", choices=TREATMENT_STATUSES, required=True)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)

"""化解台账 and 一单四制: measures, issued lists and audits, over rows of any workflow."""

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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

AUDIT_RESULTS = ("passed", "failed")


class ResolutionMeasure(Row, Base):
    """责任, 措施, 时限 of a row of any workflow; rows are only added, the newest holds."""

    __tablename__ = "resolution_measure"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "owner_staff_id"], ["staff.tenant", "staff.id"]),
        Index(None, "tenant", "workflow", "row_id", "id"),
        CheckConstraint("btrim(measure) <> ''", name="measure"),
    )

    workflow: Mapped[str] = field(Text, "流程", "workflow", required=True)
    row_id: Mapped[int] = field(BigInteger, "编号", "row of that workflow's table", required=True)
    owner_staff_id: Mapped[int] = field(BigInteger, "责任人", "who answers for it", required=True)
    measure: Mapped[str] = field(Text, "措施", "measure", required=True)
    due_on: Mapped[dt.date] = field(Date, "时限", "last day", required=True)
    set_by: Mapped[str]
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ResolutionIssue(Row, Base):
    """通报: the list as it was issued, for good."""

    __tablename__ = "resolution_issue"
    __table_args__: Any = (UniqueConstraint("tenant", "number"),)

    number: Mapped[str] = field(Text, "文号", "number of the bulletin", required=True)
    from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    to_on: Mapped[dt.date] = field(Date, "截止日期", "last day, included", required=True)
    items: Mapped[list[Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    issued_by: Mapped[str]
    issued_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Audit(Row, Base):
    """抽检: a sample of closed rows drawn from a seed that anybody can draw again."""

    __tablename__ = "audit"
    __table_args__: Any = (CheckConstraint("size >= 1 AND population >= 1", name="size"),)

    workflow: Mapped[str] = field(Text, "流程", "workflow", required=True)
    from_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    to_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    seed: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    population: Mapped[int] = mapped_column(Integer)
    drawn_by: Mapped[str]
    drawn_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AuditItem(Row, Base):
    """One row of a sample and what was found."""

    __tablename__ = "audit_item"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "audit_id"], ["audit.tenant", "audit.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "audit_id", "row_id"),
        CheckConstraint("(result IS NULL) = (checked_at IS NULL)", name="checked"),
    )

    audit_id: Mapped[int] = mapped_column(BigInteger)
    row_id: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[int] = mapped_column(Integer)
    """Its place in the draw, from 1."""
    result: Mapped[str | None] = field(Text, "抽检结果", "result", choices=AUDIT_RESULTS)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    checked_by: Mapped[str | None]
    checked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

"""日巡查, 周小结, 月通报 as they were issued, and what rates count for how many points."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Date, DateTime, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

BULLETIN_KINDS = ("day", "week", "month")
"""日巡查, 周小结, 月通报."""

BETTER = ("high", "low")


class Bulletin(Row, Base):
    """A daily log, weekly summary or monthly bulletin; never changed. A correction is another edition and says why."""

    __tablename__ = "bulletin"
    __table_args__: Any = (
        UniqueConstraint("tenant", "kind", "from_on", "edition"),
        CheckConstraint("to_on >= from_on", name="dates"),
        CheckConstraint("edition >= 1 AND (edition = 1) = (note = '')", name="edition"),
    )

    kind: Mapped[str] = field(Text, "类别", "kind", choices=BULLETIN_KINDS, required=True)
    from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    to_on: Mapped[dt.date] = field(Date, "截止日期", "last day, included", required=True)
    edition: Mapped[int] = field(Integer, "版次", "edition", required=True)
    note: Mapped[str] = field(Text, "更正说明", "why it was issued again", server_default=text("''"), nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    issued_by: Mapped[str]
    issued_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AppraisalRule(Row, Base):
    """考核分值: what a rate of evaluation is worth, as the county sees it."""

    __tablename__ = "appraisal_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "indicator"),
        CheckConstraint("points >= 0 AND least >= 1", name="points"),
    )

    indicator: Mapped[str] = field(Text, "指标", "rate", required=True)
    better: Mapped[str] = field(Text, "方向", "which way is better", choices=BETTER, required=True)
    points: Mapped[int] = field(Integer, "分值", "points", required=True)
    least: Mapped[int] = field(Integer, "最少件数", "least denominator", required=True)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

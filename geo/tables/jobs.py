"""Work asked for and done in the background, as people see it: what, by whom, how far, with what result."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, Double, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

JobKind = Literal[
    "import_file",
    "plan_shift",
    "plan_horizon",
    "replan_shift",
    "build_dashboards",
    "make_forecasts",
    "recut_districts",
    "adopt_districts",
    "plan_sites",
    "adopt_sites",
    "check_footprints",
    "make_study",
    "import_complaints",
    "compare_complaints",
    "place_complaints",
    "study_returns",
    "import_tracks",
    "score_tracks",
    "propose_roster",
    "adopt_roster",
    "weigh_staff",
    "price_focus",
    "simulate_shift",
    "trace_trips",
]
JobState = Literal["waiting", "running", "done", "failed", "cancelled"]


class Job(Row, Base):
    """One job of a county.

    The queue that runs it keeps a row of its own, born in the same transaction, which knows no county.
    """

    __tablename__ = "job"
    __table_args__: Any = (
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index(None, "tenant", "state", "id"),
    )

    kind: Mapped[str] = field(Text, "作业", "kind", choices=get_args(JobKind), required=True)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=get_args(JobState), server_default=text("'waiting'"), nullable=False
    )
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    progress: Mapped[float] = mapped_column(Double, server_default=text("0"))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """Code and facts of the message catalogue; never the text of an unknown error."""
    cancel_asked: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    asked_by: Mapped[str]
    queue_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    started_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

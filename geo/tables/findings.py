"""What studies of the county found: descriptions, workload, lighting. Written once, never changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, DateTime, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

LABELS = ("description", "workload", "lighting")
"""A description ranks nothing: plans and forecasts do not read this table."""


class FindingRow(Row, Base):
    """One finding: its sentence as code and facts, its rows with the records each rests on."""

    __tablename__ = "finding"
    __table_args__: Any = (
        UniqueConstraint("tenant", "job_id"),
        Index(None, "tenant", "kind", "id"),
    )

    kind: Mapped[str] = field(Text, "种类", "kind", required=True)
    label: Mapped[str] = field(Text, "性质", "what it is", choices=LABELS, required=True)
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Code and facts of the sentence."""
    notes: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    rows: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """``key code facts layer records values geometry``, the geometry as GeoJSON in EPSG:4490 or null."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    """The job that made it; one job makes one finding."""

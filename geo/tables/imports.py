"""Imports: how far each one came, so that a killed import goes on where its last commit left it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row

IMPORT_STATES = ("running", "done", "failed", "cancelled")


class ImportRun(Row, Base):
    """One file going into one layer with one set of options; found again by exactly those.

    ``rows_done`` and the counts move in the transaction that writes the batch they speak of.
    """

    __tablename__ = "import_run"
    __table_args__: Any = (
        UniqueConstraint("tenant", "layer", "source", "file_sha256", "options_sha256"),
        CheckConstraint(f"state IN ({', '.join(map(repr, IMPORT_STATES))})", name="state"),
    )

    layer: Mapped[str]
    source: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    options_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(Text, server_default=text("'running'"))
    rows_done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    started_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[dt.datetime | None]


class ImportReject(Row, Base):
    """A row that was not taken: its number in the file, the field, the reason, and what would mend it."""

    __tablename__ = "import_reject"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "run_id"], ["import_run.tenant", "import_run.id"], ondelete="CASCADE"),
        Index(None, "tenant", "run_id", "row"),
    )

    run_id: Mapped[int] = mapped_column(BigInteger)
    row: Mapped[int] = mapped_column(BigInteger)
    field: Mapped[str]
    reason: Mapped[str]
    """Code of the message catalogue, ``reject.swapped``; ``facts`` fill its sentence."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

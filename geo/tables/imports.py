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


WAITING_STATES = ("waiting", "placed", "refused")
"""待上图, 已上图, 不予上图."""

CONTROL_METHODS = ("helmert", "affine")
"""四参数相似变换, 六参数仿射变换."""


class ImportSource(Row, Base):
    """How a data set's files are read: which column is which field, CRS, offset; said once, used for each delivery."""

    __tablename__ = "import_source"
    __table_args__: Any = (UniqueConstraint("tenant", "layer", "name"),)

    layer: Mapped[str]
    name: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    columns: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Of the file by which it was said, so that a new or missing column can be named."""
    set_by: Mapped[str]
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ControlSet(Row, Base):
    """Control points of a local frame (独立坐标系) and the solution from them; a new set of the name replaces it."""

    __tablename__ = "control_set"
    __table_args__: Any = (
        UniqueConstraint("tenant", "name"),
        CheckConstraint(f"method IN ({', '.join(map(repr, CONTROL_METHODS))})", name="method"),
    )

    name: Mapped[str]
    method: Mapped[str]
    srid: Mapped[int]
    """Of the plane in which the solution's coordinates are."""
    pairs: Mapped[list[Any]] = mapped_column(JSONB)
    """Name, local x (east) and y (north), x and y in that plane, residuals in metres."""
    parameters: Mapped[list[Any]] = mapped_column(JSONB)
    """a b c d e f: east = a + b x + c y, north = d + e x + f y."""
    rms_m: Mapped[float]
    limit_m: Mapped[float]
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class WaitingPlace(Row, Base):
    """A row of a file that says its place in words only: 待上图, until a person places it or says that it has none."""

    __tablename__ = "waiting_place"
    __table_args__: Any = (
        UniqueConstraint("tenant", "layer", "source", "row_key"),
        CheckConstraint(f"state IN ({', '.join(map(repr, WAITING_STATES))})", name="state"),
        CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        Index(None, "tenant", "state", "id"),
    )

    layer: Mapped[str]
    source: Mapped[str]
    row_key: Mapped[str]
    """The row's own key, else a hash of its cells: the same row of the next delivery is recognised."""
    file_name: Mapped[str]
    row: Mapped[int] = mapped_column(BigInteger)
    place_text: Mapped[str]
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As they came, without those about persons."""
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """How the file was read, so that the row goes in as its neighbours did."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    came_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    decided_by: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]

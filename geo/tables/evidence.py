"""照片与影像: what a picture shows, when, where and by which device; the picture itself lies in the home folder."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field

EVIDENCE_KINDS = ("before", "after", "scene", "document")
"""处置前, 处置后, 现场, 文书."""


class Evidence(Row, Base):
    """A picture that belongs to a case. The original is never changed; only its copy is shown outside (D04)."""

    __tablename__ = "evidence"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("copy_sha256 ~ '^[0-9a-f]{64}$'", name="copy_sha256"),
        Index(None, "tenant", "workflow", "row_id"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    workflow: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int] = mapped_column(BigInteger)
    """What it belongs to: the workflow's name and the row's id."""
    kind: Mapped[str] = field(Text, "类别", "kind", choices=EVIDENCE_KINDS, required=True)
    sha256: Mapped[str] = field(Text, "原件校验值", "SHA-256 of the original", required=True)
    copy_sha256: Mapped[str] = field(Text, "副本校验值", "SHA-256 of the copy without metadata", required=True)
    media_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    width_px: Mapped[int] = mapped_column(Integer)
    height_px: Mapped[int] = mapped_column(Integer)
    taken_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "拍摄时间", "taken", required=True)
    device: Mapped[str] = field(Text, "设备", "device", server_default=text("''"), nullable=False)
    spot: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""How complaints come in from elsewhere: sources with their field mapping, receipts, and other authorities."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field
from geo.tables.complaints import CHANNELS

OUTCOMES = ("accepted", "unchanged", "different", "rejected")
"""收下; 重发, 无变化; 同号不同内容, 未改; 退回."""


class IntakeSource(Row, Base):
    """Another system or form that sends complaints, and which of its fields is which of ours."""

    __tablename__ = "intake_source"
    __table_args__: Any = (UniqueConstraint("tenant", "name"),)

    name: Mapped[str] = field(Text, "来源", "source", required=True)
    channel: Mapped[str] = field(Text, "渠道", "channel", choices=CHANNELS, required=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    active: Mapped[bool] = field(Boolean, "启用", "in use", server_default=text("true"), nullable=False)
    set_by: Mapped[str]
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class IntakeReceipt(Row, Base):
    """What became of one thing that was sent; rows are only added. The body itself is not kept, only its hash."""

    __tablename__ = "intake_receipt"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "complaint_id"], ["complaint.tenant", "complaint.id"]),
        Index(None, "tenant", "source", "external_id"),
    )

    source: Mapped[str]
    external_id: Mapped[str | None]
    body_hash: Mapped[str]
    """Keyed, since a body holds telephone numbers that could be tried."""
    outcome: Mapped[str] = field(Text, "结果", "outcome", choices=OUTCOMES, required=True)
    complaint_id: Mapped[int | None] = mapped_column(BigInteger)
    reasons: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Of a rejection: row, field, code and facts of each; of a difference: the fields that differ."""
    actor: Mapped[str]
    received_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Authority(Row, Base):
    """An office that answers for what is not the bureau's: who, how to reach it, and by what it is recognised."""

    __tablename__ = "authority"
    __table_args__: Any = (UniqueConstraint("tenant", "code"),)

    code: Mapped[str] = field(Text, "单位编号", "code", required=True)
    name: Mapped[str] = field(Text, "单位名称", "name", required=True)
    phone: Mapped[str] = field(Text, "联系电话", "office telephone", server_default=text("''"), nullable=False)
    remit: Mapped[str] = field(Text, "职责", "what it answers for", required=True)
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Topic codes that are its business."""
    words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Words in a complaint that speak for it."""
    active: Mapped[bool] = field(Boolean, "启用", "in use", server_default=text("true"), nullable=False)

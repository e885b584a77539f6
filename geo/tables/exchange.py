"""上级平台 (省住建执法平台, 市综合平台): what each wants of ours in which columns, and what was handed over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
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

SUBJECTS = ("case", "penalty", "staff", "activity")
"""问题案件, 处罚案件, 人员, 执法活动."""


class ExchangeForm(Row, Base):
    """The columns in which a platform wants cases, staff or activities; set again it replaces."""

    __tablename__ = "exchange_form"
    __table_args__: Any = (UniqueConstraint("tenant", "platform", "subject"),)

    platform: Mapped[str] = field(Text, "平台", "platform", required=True)
    subject: Mapped[str] = field(Text, "数据", "what", choices=SUBJECTS, required=True)
    columns: Mapped[list[Any]] = mapped_column(JSONB)
    """In order: their heading, our field or a fixed text, and words of ours made theirs."""
    set_by: Mapped[str]
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ExchangeDelivery(Row, Base):
    """One file that was made for a platform, and what the platform said of it."""

    __tablename__ = "exchange_delivery"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant", "platform", "subject"],
            ["exchange_form.tenant", "exchange_form.platform", "exchange_form.subject"],
        ),
        CheckConstraint("(receipt IS NULL) = (received_at IS NULL)", name="receipt"),
        CheckConstraint("accepted + refused <= rows", name="counts"),
        Index(None, "tenant", "platform", "id"),
    )

    platform: Mapped[str] = field(Text, "平台", "platform", required=True)
    subject: Mapped[str] = field(Text, "数据", "what", choices=SUBJECTS, required=True)
    from_on: Mapped[dt.date] = field(Date, "起始日期", "first local day", required=True)
    to_on: Mapped[dt.date] = field(Date, "截止日期", "last local day", required=True)
    rows: Mapped[int] = field(Integer, "条数", "rows", required=True)
    file_sha256: Mapped[str] = mapped_column(Text)
    """Of the file's bytes; the file itself is not kept."""
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    receipt: Mapped[str | None] = field(Text, "回执编号", "number of the platform's receipt")
    accepted: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    refused: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    received_at: Mapped[dt.datetime | None]
    received_by: Mapped[str | None]

"""Formal acts: each signed by two licensed officers of one team with their own credentials."""

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
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

ACT_SUBJECTS = ("ladder", "document", "penalty")
"""A rung of the ladder, a document, a step of a penalty."""


class FormalAct(Row, Base):
    """One act: whoever signs first opens it, the partner completes it; neither signs for the other."""

    __tablename__ = "formal_act"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "item_id"], ["power_item.tenant", "power_item.id"]),
        ForeignKeyConstraint(["tenant", "body_id"], ["enforcement_body.tenant", "enforcement_body.id"]),
        ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"]),
        ForeignKeyConstraint(["tenant", "first_staff_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "second_staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("first_staff_id <> second_staff_id AND first_account <> second_account", name="two"),
        CheckConstraint("(second_staff_id IS NULL) = (second_at IS NULL)", name="second"),
        CheckConstraint("(second_account IS NULL) = (second_at IS NULL)", name="second_account"),
        Index(
            "uq_formal_act_waiting", "tenant", "about", "row_id", "step", unique=True,
            postgresql_where=text("second_at IS NULL"),
        ),
        Index(None, "tenant", "about", "row_id"),
    )  # fmt: skip

    about: Mapped[str] = field(Text, "对象", "what it is about", choices=ACT_SUBJECTS, required=True)
    row_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str] = field(Text, "步骤", "step", required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "时间", "when it was done", required=True)
    on_date: Mapped[dt.date] = field(Date, "日期", "local date the shift starts", required=True)
    shift_code: Mapped[str] = field(Text, "班次", "shift both were on", required=True)
    team: Mapped[str] = field(Text, "组", "team of both", required=True)
    item_id: Mapped[int] = mapped_column(BigInteger)
    body_id: Mapped[int] = mapped_column(BigInteger)
    content_sha256: Mapped[str] = mapped_column(Text)
    """Of what was signed: the partner signs the same or nothing."""
    first_staff_id: Mapped[int] = mapped_column(BigInteger)
    first_account: Mapped[str] = mapped_column(Text)
    first_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    second_staff_id: Mapped[int | None] = mapped_column(BigInteger)
    second_account: Mapped[str | None] = mapped_column(Text)
    second_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class LawSetting(Row, Base):
    """A figure of law or custom that a county has said for itself; what is not here has its default."""

    __tablename__ = "law_setting"
    __table_args__: Any = (UniqueConstraint("tenant", "name"),)

    name: Mapped[str] = field(Text, "名称", "name", required=True)
    value: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = field(Text, "依据", "what it rests on", required=True)
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    set_by: Mapped[str] = mapped_column(Text)

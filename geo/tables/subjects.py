"""违法人员档案: persons and shops, sealed; who looked and why; what was joined; what has expired and is gone.

No layer, tile, feed or export carries these tables.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

SUBJECT_KINDS = ("person", "shop")
SUBJECT_STATES = ("noted", "confirmed", "merged")
"""Somebody's note; confirmed by an officer, and only then counted; joined into another."""

PURPOSES = ("ladder", "recheck", "penalty", "complaint", "inspection", "own_request")
"""阶梯判断, 复查, 办案, 投诉核实, 监督检查, 本人查询."""


class Subject(Row, Base):
    """A person or shop, identified by an officer. Names and numbers are sealed; hashes find, masks are shown."""

    __tablename__ = "subject"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "merged_into_id"], ["subject.tenant", "subject.id"]),
        ForeignKeyConstraint(["tenant", "confirmed_by_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("state = 'noted' OR confirmed_by_id IS NOT NULL", name="confirmed"),
        CheckConstraint("merged_into_id <> id", name="other"),
        Index(None, "tenant", "name_hash"),
        Index(None, "tenant", "phone_hash"),
        Index(None, "tenant", "number_hash"),
        Index(None, "tenant", "district_code", "id"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=SUBJECT_KINDS, required=True)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=SUBJECT_STATES, server_default=text("'noted'"), nullable=False
    )
    district_code: Mapped[str] = field(Text, "所属片区", "片区 whose officers keep the file", required=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Of a person the name, of a shop its signboard."""
    owner_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a shop, who keeps it."""
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Identity number of a person, only within a penalty; 统一社会信用代码 of a shop."""
    mask: Mapped[str] = field(Text, "名称(遮蔽)", "name, masked", required=True)
    name_hash: Mapped[str] = mapped_column(Text)
    phone_hash: Mapped[str | None] = mapped_column(Text)
    number_hash: Mapped[str | None] = mapped_column(Text)
    confirmed_by_id: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text)


class SubjectAccess(Row, Base):
    """One look into a file: who, when, what for, how much of it. Rows are only added; they outlive the file."""

    __tablename__ = "subject_access"
    __table_args__: Any = (Index(None, "tenant", "subject_id", "id"),)

    subject_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = field(Text, "查看人", "account", required=True)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    purpose: Mapped[str] = field(Text, "用途", "what for", choices=PURPOSES, required=True)
    reference: Mapped[str] = field(Text, "依据", "number of the case, notice or complaint", required=True)
    whole: Mapped[bool] = field(Boolean, "查看全文", "unmasked", required=True)


class SubjectMerge(Row, Base):
    """Two files that are one, and what moved, so that it can be split again."""

    __tablename__ = "subject_merge"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "kept_id"], ["subject.tenant", "subject.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "gone_id"], ["subject.tenant", "subject.id"], ondelete="CASCADE"),
        CheckConstraint("(split_at IS NULL) = (split_by IS NULL)", name="split"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("uq_subject_merge_gone", "tenant", "gone_id", unique=True, postgresql_where=text("split_at IS NULL")),
    )

    kept_id: Mapped[int] = mapped_column(BigInteger)
    gone_id: Mapped[int] = mapped_column(BigInteger)
    moved: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Ids that changed owner, by table."""
    state_before: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = field(Text, "理由", "why", required=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)
    split_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    split_by: Mapped[str | None] = mapped_column(Text)
    split_reason: Mapped[str | None] = mapped_column(Text)


class DeletionProof(Row, Base):
    """That rows expired and are gone: how many of what, up to which day, and the digest of their ids."""

    __tablename__ = "deletion_proof"
    __table_args__: Any = (CheckConstraint("gone >= 0 AND left_over = 0", name="counts"),)

    what: Mapped[str] = field(Text, "数据", "table", required=True)
    before_on: Mapped[dt.date] = field(Date, "早于", "local date before which rows expired", required=True)
    gone: Mapped[int] = field(Integer, "删除条数", "rows deleted", required=True)
    left_over: Mapped[int] = field(Integer, "剩余条数", "expired rows found afterwards", required=True)
    ids_sha256: Mapped[str] = mapped_column(Text)
    """Of the sorted ids, one a line: whoever kept one can show that it was among them."""
    kept_for: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Expired rows that another duty keeps, by reason: an open notice, a penalty."""
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)

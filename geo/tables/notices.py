"""文书: numbered documents with their due days, and the rechecks that follow from them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
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
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Row, field

DOCUMENT_KINDS = (
    "rectify", "deadline", "scene_record", "on_the_spot", "keep_evidence", "seize", "service_receipt"
)  # fmt: skip
"""责令改正通知书, 限期整改通知书, 现场笔录, 当场处罚决定书, 先行登记保存通知书, 扣押决定书, 送达回证."""

DOCUMENT_STATES = (
    "drafted", "issued", "served", "extended", "corrected", "not_corrected", "returned", "disposed", "filed", "void",
    "lapsed"
)  # fmt: skip
SERVICES = ("direct", "left", "entrusted", "post", "electronic", "public")
"""直接, 留置, 委托, 邮寄, 电子, 公告送达."""

RECHECK_RESULTS = ("corrected", "not_corrected", "gone")


class LegalDocument(Row, Base):
    """A document in the name of a body. What it says of persons is sealed; its number is given when it is issued."""

    __tablename__ = "legal_document"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "problem_id"], ["problem_case.tenant", "problem_case.id"]),
        UniqueConstraint("tenant", "body_id", "kind", "year", "serial"),
        ForeignKeyConstraint(["tenant", "body_id"], ["enforcement_body.tenant", "enforcement_body.id"]),
        ForeignKeyConstraint(["tenant", "item_id"], ["power_item.tenant", "power_item.id"]),
        ForeignKeyConstraint(["tenant", "subject_id"], ["subject.tenant", "subject.id"]),
        ForeignKeyConstraint(["tenant", "about_id"], ["legal_document.tenant", "legal_document.id"]),
        ForeignKeyConstraint(["tenant", "incident_id"], ["ladder_incident.tenant", "ladder_incident.id"]),
        ForeignKeyConstraint(["tenant", "penalty_id"], ["penalty.tenant", "penalty.id"]),
        CheckConstraint(LATITUDE, name="latitude"),
        CheckConstraint(
            "(number IS NULL) = (issued_at IS NULL) AND (number IS NULL) = (serial IS NULL)", name="number"
        ),
        CheckConstraint("state = 'drafted' OR state = 'void' OR number IS NOT NULL", name="issued"),
        CheckConstraint("extensions BETWEEN 0 AND 1", name="extensions"),
        CheckConstraint("NOT on_spot OR kind = 'seize'", name="on_spot"),
        Index(None, "tenant", "state", "due_on"),
        Index(None, "tenant", "subject_id"),
        Index(None, "tenant", "district_code", "id"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = field(Text, "文书种类", "kind", choices=DOCUMENT_KINDS, required=True)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=DOCUMENT_STATES, server_default=text("'drafted'"), nullable=False
    )
    number: Mapped[str | None] = field(Text, "文号", "number")
    year: Mapped[int | None] = mapped_column(SmallInteger)
    serial: Mapped[int | None] = mapped_column(Integer)
    body_id: Mapped[int] = mapped_column(BigInteger)
    item_id: Mapped[int] = mapped_column(BigInteger)
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    """Nobody where goods were found and their owner was not."""
    district_code: Mapped[str] = field(Text, "片区", "patrol district", required=True)
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    penalty_id: Mapped[int | None] = mapped_column(BigInteger)
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    about_id: Mapped[int | None] = mapped_column(BigInteger)
    """The document a 送达回证 is about."""
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "签发时间", "issued")
    served_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "送达时间", "served")
    service: Mapped[str | None] = field(Text, "送达方式", "how it was served", choices=SERVICES)
    due_on: Mapped[dt.date | None] = field(Date, "期限", "last local day")
    extensions: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    on_spot: Mapped[bool] = field(
        Boolean, "当场实施", "taken on the spot", server_default=text("false"), nullable=False
    )
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))


class Recheck(Row, Base):
    """复查: that somebody must look whether what a notice asks for was done; made by the clock at the due day."""

    __tablename__ = "recheck"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "document_id"], ["legal_document.tenant", "legal_document.id"],
                             ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "document_id", "due_on"),
        CheckConstraint("(done_at IS NULL) = (result IS NULL)", name="done"),
        Index("ix_recheck_open", "tenant", "due_on", postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip

    document_id: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[dt.date] = field(Date, "复查日期", "local day", required=True)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    done_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "完成时间", "done")
    result: Mapped[str | None] = field(Text, "结果", "result", choices=RECHECK_RESULTS)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)


class SeizureReport(Row, Base):
    """扣押、先行登记保存的报告: what was reported to the head, what the head decided, and until when on the spot.

    行政强制法 arts. 18, 19; 行政处罚法 art. 56.
    """

    __tablename__ = "seizure_report"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "document_id"], ["legal_document.tenant", "legal_document.id"],
                             ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "officer_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "head_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "document_id"),
        CheckConstraint("(taken_at IS NULL) = (due_at IS NULL) AND due_at > taken_at", name="hours"),
        CheckConstraint("(reported_at IS NULL) = (head_id IS NULL)", name="reported"),
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL OR reported_at IS NOT NULL)",
            name="decided",
        ),
    )  # fmt: skip

    document_id: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "实施时间", "goods taken on the spot")
    due_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "报告期限", "until when it is approved")
    reported_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "报告时间", "reported")
    officer_id: Mapped[int | None] = mapped_column(BigInteger)
    head_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = field(Text, "报告内容", "what was reported", server_default=text("''"), nullable=False)
    decision: Mapped[str | None] = field(Text, "批准结果", "decision", choices=("approved", "refused"))
    decided_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "决定时间", "decided")
    reason: Mapped[str] = field(Text, "理由", "why", server_default=text("''"), nullable=False)
    warned_said_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    late_said_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class SeizureExtension(Row, Base):
    """延长扣押的报告: the head's word on holding goods longer (行政强制法 art. 25)."""

    __tablename__ = "seizure_extension"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "document_id"], ["legal_document.tenant", "legal_document.id"],
                             ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "officer_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "head_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "document_id"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
    )  # fmt: skip

    document_id: Mapped[int] = mapped_column(BigInteger)
    reported_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "报告时间", "reported", required=True)
    officer_id: Mapped[int] = mapped_column(BigInteger)
    head_id: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = field(Text, "报告内容", "what was reported", server_default=text("''"), nullable=False)
    decision: Mapped[str | None] = field(Text, "批准结果", "decision", choices=("approved", "refused"))
    decided_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "决定时间", "decided")
    reason: Mapped[str] = field(Text, "理由", "why", server_default=text("''"), nullable=False)

"""投诉: what somebody told the bureau, who told it (sealed, apart), what repeats it, and what was answered."""

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
from geo.tables.base import LATITUDE, Base, Row, Tenant, field

CHANNELS = ("12345", "mayor", "web", "phone", "letter", "visit", "order", "supervision", "public")
"""12345, 市长热线, 红网等网络平台, 来电, 来信, 来访, 上级交办, 督办, 公众表单."""

COMPLAINT_STATES = ("received", "assigned", "verified", "replied", "review", "closed", "referred", "void")
"""已收件, 已分办, 已核查, 已反馈, 复核中, 已办结, 已转告, 作废."""

FINDINGS = ("substantiated", "partly", "unfounded")
SATISFACTION = ("satisfied", "fair", "dissatisfied", "no_answer")
PLACED_BY = ("given", "matched", "person")
HANDLING = ("quick", "careful")
"""初信快办, 重复信细办."""

TIE_KINDS = ("duplicate", "repeat")
TIE_STATES = ("proposed", "confirmed", "dismissed")


class Complaint(Row, Base):
    """One complaint, one file. Who complained stands in ``complaint_caller`` and nowhere else."""

    __tablename__ = "complaint"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "merged_into"], ["complaint.tenant", "complaint.id"]),
        ForeignKeyConstraint(["tenant", "repeat_of"], ["complaint.tenant", "complaint.id"]),
        ForeignKeyConstraint(["tenant", "owner_unit_id"], ["org_unit.tenant", "org_unit.id"]),
        ForeignKeyConstraint(["tenant", "owner_staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint(LATITUDE, name="latitude"),
        CheckConstraint("(geom IS NULL) = (placed_by IS NULL)", name="placed"),
        CheckConstraint("merged_into <> id AND repeat_of <> id", name="not_itself"),
        CheckConstraint("(state = 'referred') <= (authority_code IS NOT NULL)", name="referred_to"),
        CheckConstraint("confidence BETWEEN 0 AND 1000", name="confidence"),
        Index(
            "uq_complaint_external", "tenant", "source", "external_id", unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_complaint_received_at", "tenant", "received_at", "id"),
        Index(None, "tenant", "state", "due_at"),
        Index(None, "tenant", "district_code", "received_at"),
        Index("ix_complaint_waiting", "tenant", "id", postgresql_where=text("geom IS NULL")),
        Index("ix_complaint_merged_into", "tenant", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("ix_complaint_repeat_of", "tenant", "repeat_of", postgresql_where=text("repeat_of IS NOT NULL")),
        Index("ix_complaint_geom", "geom", postgresql_using="gist"),
    )  # fmt: skip

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    channel: Mapped[str] = field(Text, "渠道", "channel", choices=CHANNELS, required=True)
    source: Mapped[str] = field(Text, "来源系统", "source it came through", required=True)
    external_id: Mapped[str | None] = field(Text, "工单编号", "number in the other system")
    received_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "来件时间", "received", required=True)
    code_system: Mapped[str | None] = field(Text, "代码体系", "code system and version")
    code: Mapped[str | None] = field(Text, "诉求类别代码", "topic code")
    topic: Mapped[str] = field(Text, "诉求类别", "topic as it was said", server_default=text("''"), nullable=False)
    content: Mapped[str] = field(Text, "诉求内容", "what was said, without numbers of persons", required=True)
    place_text: Mapped[str] = field(Text, "地点描述", "place in words", server_default=text("''"), nullable=False)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    placed_by: Mapped[str | None] = field(Text, "上图方式", "how it was placed", choices=PLACED_BY)
    matched: Mapped[str | None] = field(Text, "匹配地名", "name that was matched")
    confidence: Mapped[int | None] = field(SmallInteger, "置信度", "of the match, in thousandths")
    district_code: Mapped[str | None] = field(Text, "片区编号", "patrol district")
    due_at: Mapped[dt.datetime | None] = field(
        DateTime(timezone=True), "办理时限", "reply due, the earliest of all merged"
    )
    own_due_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    """Its own, to which a split goes back."""
    due_given: Mapped[bool] = field(
        Boolean, "来件自带时限", "due date came with it", server_default=text("false"), nullable=False
    )
    state: Mapped[str] = field(
        Text, "状态", "state", choices=COMPLAINT_STATES, server_default=text("'received'"), nullable=False
    )
    handling: Mapped[str] = field(
        Text, "办理方式", "handling", choices=HANDLING, server_default=text("'quick'"), nullable=False
    )
    owner_unit_id: Mapped[int | None] = field(BigInteger, "承办单位", "unit in charge")
    owner_staff_id: Mapped[int | None] = field(BigInteger, "承办人", "officer in charge")
    problem_id: Mapped[int | None] = field(BigInteger, "关联案件", "problem it led to")
    merged_into: Mapped[int | None] = field(BigInteger, "并入", "complaint it is handled with")
    repeat_of: Mapped[int | None] = field(BigInteger, "重复于", "earlier complaint it repeats")
    authority_code: Mapped[str | None] = field(Text, "应办单位", "authority it was referred to")
    finding: Mapped[str | None] = field(Text, "核查结论", "finding", choices=FINDINGS)
    satisfaction: Mapped[str | None] = field(Text, "满意度", "satisfaction", choices=SATISFACTION)
    closed_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "办结时间", "closed")
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    recorded_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    body_hash: Mapped[str | None] = mapped_column(Text, sort_order=96)
    """Keyed hash of the row of a file that it came as, its receipt; what is sent singly has ``intake_receipt``."""


class ComplaintCaller(Tenant, Base):
    """Who complained: sealed with a key outside the database, and hashed so that the same caller is recognised."""

    __tablename__ = "complaint_caller"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "complaint_id"], ["complaint.tenant", "complaint.id"], ondelete="CASCADE"),
        Index(None, "tenant", "caller_hash"),
    )

    complaint_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Name, number and address, sealed; empty once retention has removed them."""
    caller_hash: Mapped[str | None] = mapped_column(Text)
    confidential: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """要求保密: not told to whoever handles the complaint."""


class ComplaintTie(Row, Base):
    """That a complaint seems to say what another said: found by rule, decided by a person."""

    __tablename__ = "complaint_tie"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "complaint_id"], ["complaint.tenant", "complaint.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "earlier_id"], ["complaint.tenant", "complaint.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "complaint_id", "earlier_id"),
        CheckConstraint("complaint_id <> earlier_id", name="not_itself"),
        CheckConstraint("by_place OR by_caller", name="by"),
        Index(None, "tenant", "state", "complaint_id"),
        Index(None, "tenant", "earlier_id"),
    )

    complaint_id: Mapped[int] = mapped_column(BigInteger)
    earlier_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=TIE_KINDS, required=True)
    by_place: Mapped[bool] = mapped_column(Boolean)
    by_caller: Mapped[bool] = mapped_column(Boolean)
    distance_m: Mapped[int | None] = field(Integer, "距离", "distance", unit="m")
    state: Mapped[str] = field(
        Text, "状态", "state", choices=TIE_STATES, server_default=text("'proposed'"), nullable=False
    )
    found_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    decided_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None]


class ComplaintReply(Row, Base):
    """An answer on its way to one caller. Rows are added; only their arrival is noted later."""

    __tablename__ = "complaint_reply"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "complaint_id"], ["complaint.tenant", "complaint.id"], ondelete="CASCADE"),
        Index(None, "tenant", "complaint_id"),
        Index("ix_complaint_reply_waiting", "tenant", "id", postgresql_where=text("delivered_at IS NULL")),
    )

    complaint_id: Mapped[int] = mapped_column(BigInteger)
    said: Mapped[str] = field(Text, "答复内容", "answer", required=True)
    path: Mapped[str] = field(Text, "答复途径", "channel it goes back by", choices=CHANNELS, required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "答复时间", "answered", required=True)
    actor: Mapped[str]
    delivered_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "送达时间", "delivered")


class RootCause(Row, Base):
    """重复信细办: why it came back, and what is done about the cause."""

    __tablename__ = "root_cause"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "complaint_id"], ["complaint.tenant", "complaint.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "owner_staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "complaint_id"),
    )

    complaint_id: Mapped[int] = mapped_column(BigInteger)
    cause: Mapped[str] = field(Text, "根本原因", "root cause", required=True)
    measure: Mapped[str] = field(Text, "治本措施", "measure against it", required=True)
    owner_staff_id: Mapped[int] = field(BigInteger, "责任人", "who answers for it", required=True)
    due_on: Mapped[dt.date] = field(Date, "完成期限", "last day", required=True)
    filed_by: Mapped[str]
    filed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""行政处罚案件: linked to the problem it came from, never mixed with it; reviews, 三项制度, referral."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field
from geo.tables.powers import GRAVITIES, PARTIES, REVIEWS

PENALTY_STATES = (
    "applied", "filed", "investigated", "informed", "heard", "hearing", "settled", "decided", "served", "reminded",
    "in_court", "performed", "referred", "refused", "revoked", "transferred", "archived"
)  # fmt: skip
DECISIONS = ("fine", "warning", "confiscate", "not_punished", "other")
"""罚款, 警告, 没收, 不予处罚, 其他."""

CHECK_ITEMS = ("shown", "recorded", "legal_review", "published")
"""亮证公示, 全过程记录, 法制审核, 决定公示."""

ARCHIVE_TERMS = ("permanent", "long", "short")
"""永久, 长期(30年), 短期(10年)."""


class Penalty(Row, Base):
    """A penalty case: against whom, on which item and band, what was decided, and by when it must be."""

    __tablename__ = "penalty"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "problem_id"], ["problem_case.tenant", "problem_case.id"]),
        UniqueConstraint("tenant", "number"),
        ForeignKeyConstraint(["tenant", "subject_id"], ["subject.tenant", "subject.id"]),
        ForeignKeyConstraint(["tenant", "item_id"], ["power_item.tenant", "power_item.id"]),
        ForeignKeyConstraint(["tenant", "body_id"], ["enforcement_body.tenant", "enforcement_body.id"]),
        ForeignKeyConstraint(["tenant", "incident_id"], ["ladder_incident.tenant", "ladder_incident.id"]),
        CheckConstraint("amount_yuan >= 0", name="amount"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decision <> 'fine' OR amount_yuan > 0", name="fine"),
        CheckConstraint("(state = 'archived') = (archived_on IS NOT NULL)", name="archived"),
        Index(None, "tenant", "state", "due_on"),
        Index(None, "tenant", "subject_id"),
        Index(None, "tenant", "district_code", "id"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[str] = field(Text, "案号", "number", required=True)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=PENALTY_STATES, server_default=text("'applied'"), nullable=False
    )
    subject_id: Mapped[int] = mapped_column(BigInteger)
    item_id: Mapped[int] = mapped_column(BigInteger)
    body_id: Mapped[int] = mapped_column(BigInteger)
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    """The 数字城管 problem it came from: two objects, two tables of transitions, two statistics."""
    district_code: Mapped[str] = field(Text, "片区", "patrol district", required=True)
    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    code: Mapped[str] = field(Text, "事件代码", "event code", required=True)
    party: Mapped[str] = field(Text, "当事人类别", "whom it is against", choices=PARTIES, required=True)
    gravity: Mapped[str] = field(Text, "情节", "gravity", choices=GRAVITIES, required=True)
    amount_yuan: Mapped[int] = field(Integer, "罚款", "fine", unit="元", server_default=text("0"), nullable=False)
    decision: Mapped[str | None] = field(Text, "处理决定", "decision", choices=DECISIONS)
    exemption_answer: Mapped[str] = field(
        Text, "免罚清单", "why the list of exemptions does not apply", server_default=text("''"), nullable=False
    )
    filed_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "立案时间", "filed")
    due_on: Mapped[dt.date | None] = field(Date, "办案期限", "last local day to decide")
    decided_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "决定时间", "decided")
    archive_term: Mapped[str | None] = field(Text, "保管期限", "archive retention", choices=ARCHIVE_TERMS)
    archived_on: Mapped[dt.date | None] = field(Date, "归档日期", "archived")
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text)


class PenaltyReview(Row, Base):
    """分级案审: one look at a case by who did not handle it."""

    __tablename__ = "penalty_review"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "penalty_id"], ["penalty.tenant", "penalty.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "penalty_id", "kind"),
        CheckConstraint("kind <> 'collective' OR cardinality(members) >= 3", name="collective"),
    )

    penalty_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = field(Text, "审核", "kind", choices=REVIEWS, required=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    members: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    opinion: Mapped[str] = field(Text, "意见", "opinion", required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "时间", "when", required=True)
    actor: Mapped[str] = mapped_column(Text)


class PenaltyCheck(Row, Base):
    """三项制度: an item of the list that was done, by whom, and where it can be read."""

    __tablename__ = "penalty_check"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "penalty_id"], ["penalty.tenant", "penalty.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "penalty_id", "item"),
        CheckConstraint("btrim(reference) <> ''", name="reference"),
    )

    penalty_id: Mapped[int] = mapped_column(BigInteger)
    item: Mapped[str] = field(Text, "事项", "item", choices=CHECK_ITEMS, required=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = field(Text, "凭据", "where it can be read", required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "时间", "when", required=True)
    actor: Mapped[str] = mapped_column(Text)


class Referral(Row, Base):
    """移送: to whom, until when they answer, what they answered."""

    __tablename__ = "referral"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "problem_id"], ["problem_case.tenant", "problem_case.id"]),
        ForeignKeyConstraint(["tenant", "penalty_id"], ["penalty.tenant", "penalty.id"], ondelete="CASCADE"),
        CheckConstraint("penalty_id IS NOT NULL OR problem_id IS NOT NULL", name="about"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered"),
        CheckConstraint("reminders >= 0", name="reminders"),
        Index("ix_referral_open", "tenant", "reply_due_on", postgresql_where=text("answered_at IS NULL")),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    penalty_id: Mapped[int | None] = mapped_column(BigInteger)
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    receiver: Mapped[str] = field(Text, "受移送单位", "receiver", required=True)
    reason: Mapped[str] = field(Text, "移送理由", "why", required=True)
    sent_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "移送时间", "sent", required=True)
    reply_due_on: Mapped[dt.date] = field(Date, "回复期限", "last local day to answer", required=True)
    reminders: Mapped[int] = field(Integer, "催办次数", "reminders", server_default=text("0"), nullable=False)
    answered_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "回复时间", "answered")
    answer: Mapped[str | None] = field(Text, "回复", "what they answered")
    made_by: Mapped[str] = mapped_column(Text)

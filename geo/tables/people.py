"""Who can work when: leave, rest rules, what shifts need, rosters proposed, and the bureau's daily log of people."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field
from geo.tables.shifts import DUTY_ROLES

LEAVE_KINDS = ("leave", "training", "detached")
"""休假, 培训, 借调. Why somebody is on leave is nobody's business here."""

DAY_KINDS = ("workday", "restday")
"""A day people work or rest by the county's calendar, swapped working days included."""

ROSTER_STATUSES = ("draft", "adopted", "superseded")
LOG_KINDS = ("roll_call", "handover", "trip", "recorder")
"""点名, 交接班, 出车, 执法记录仪."""

LOG_STEPS = ("present", "late", "absent", "excused", "handed_over", "out", "back", "issued", "returned", "uploaded")
"""Of a roll-call the first four, of a handover ``handed_over``, of a trip ``out`` and ``back``, then of a recorder."""


def _of_staff() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"])


def _of_shift() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"])


class Leave(Row, Base):
    """Days on which somebody is not there, both included."""

    __tablename__ = "leave"
    __table_args__: Any = (
        _of_staff(),
        UniqueConstraint("tenant", "staff_id", "from_on"),
        CheckConstraint("to_on >= from_on", name="dates"),
    )

    staff_id: Mapped[int] = mapped_column(BigInteger)
    from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    to_on: Mapped[dt.date] = field(Date, "结束日期", "last day", required=True)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=LEAVE_KINDS, required=True)


class RestRule(Row, Base):
    """What a roster must leave people, from a day on; the latest row that has begun holds."""

    __tablename__ = "rest_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "valid_from_on"),
        CheckConstraint("most_days_running BETWEEN 1 AND 14", name="running"),
        CheckConstraint("days_off_week BETWEEN 0 AND 6", name="days_off"),
        CheckConstraint("least_rest_min BETWEEN 0 AND 2880 AND night_rest_min BETWEEN 0 AND 2880", name="rest"),
        CheckConstraint("most_day_min BETWEEN 60 AND 1440 AND most_week_min BETWEEN 60 AND 10080", name="minutes"),
        CheckConstraint("restday_people BETWEEN 0 AND 500 AND pair_gap_days BETWEEN 0 AND 366", name="people"),
    )

    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    most_days_running: Mapped[int] = field(SmallInteger, "最多连续上班", "most days in a row", unit="天", required=True)
    days_off_week: Mapped[int] = field(SmallInteger, "每周休息", "days off a week", unit="天", required=True)
    least_rest_min: Mapped[int] = field(Integer, "班间休息", "least rest between days", unit="min", required=True)
    night_rest_min: Mapped[int] = field(Integer, "夜班后休息", "least rest after a night", unit="min", required=True)
    most_day_min: Mapped[int] = field(Integer, "每日最多", "most work a day", unit="min", required=True)
    most_week_min: Mapped[int] = field(Integer, "每周最多", "most work a week", unit="min", required=True)
    restday_people: Mapped[int] = field(
        SmallInteger, "休息日在岗", "people on duty on a rest day", unit="人", required=True
    )
    pair_gap_days: Mapped[int] = field(
        SmallInteger, "搭档轮换", "days before the same two go together again", unit="天", required=True
    )
    set_by: Mapped[str] = field(Text, "设定人", "who set it", required=True)


class ShiftNeed(Row, Base):
    """What a kind of shift needs on a kind of day, from a day on; nobody: it is not held. The latest begun holds."""

    __tablename__ = "shift_need"
    __table_args__: Any = (
        _of_shift(),
        UniqueConstraint("tenant", "shift_code", "day_kind", "valid_from_on"),
        CheckConstraint("people >= 0 AND licensed >= 0 AND regular >= 0", name="counts"),
        CheckConstraint("licensed <= people AND regular <= people", name="parts"),
    )

    shift_code: Mapped[str] = field(Text, "班次", "shift", required=True)
    day_kind: Mapped[str] = field(Text, "日别", "kind of day", choices=DAY_KINDS, required=True)
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    people: Mapped[int] = field(SmallInteger, "至少人数", "people at least", unit="人", required=True)
    licensed: Mapped[int] = field(SmallInteger, "至少持证", "of them licensed", unit="人", required=True)
    regular: Mapped[int] = field(SmallInteger, "至少在编", "of them regular", unit="人", required=True)
    leader: Mapped[bool] = field(Boolean, "带班领导", "one leads it", server_default=text("true"), nullable=False)
    takes_rest: Mapped[bool] = field(
        Boolean, "其余人员", "whoever else works that day is on it", server_default=text("false"), nullable=False
    )
    set_by: Mapped[str] = field(Text, "设定人", "who set it", required=True)


class RosterProposal(Row, Base):
    """A roster of some weeks, made by the planner; adopting it writes the duties. Never changed but for its status."""

    __tablename__ = "roster_proposal"
    __table_args__: Any = (
        CheckConstraint("last_on >= first_on", name="dates"),
        CheckConstraint("(status = 'draft') = (decided_at IS NULL)", name="decided"),
    )

    first_on: Mapped[dt.date] = mapped_column(Date)
    last_on: Mapped[dt.date] = mapped_column(Date)
    status: Mapped[str] = field(
        Text, "状态", "status", choices=ROSTER_STATUSES, server_default=text("'draft'"), nullable=False
    )
    seed: Mapped[int] = mapped_column(BigInteger)
    effort: Mapped[int] = mapped_column(Integer)
    """Thousandths of deterministic seconds a step: the same input, seed and effort give the same roster."""
    input_digest: Mapped[str] = mapped_column(Text)
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Fairness figures, what is short and which rule is in the way."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    decided_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None]


class RosterEntry(Row, Base):
    """One person on one shift of one day of a proposed roster."""

    __tablename__ = "roster_entry"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant", "proposal_id"], ["roster_proposal.tenant", "roster_proposal.id"], ondelete="CASCADE"
        ),
        _of_shift(),
        _of_staff(),
        UniqueConstraint("tenant", "proposal_id", "on_date", "shift_code", "staff_id"),
    )

    proposal_id: Mapped[int] = mapped_column(BigInteger)
    on_date: Mapped[dt.date] = mapped_column(Date)
    shift_code: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = field(Text, "角色", "role", choices=DUTY_ROLES, required=True)


class LogEntry(Row, Base):
    """A line of the bureau's daily log. Never changed; a wrong one is corrected by another that names it."""

    __tablename__ = "log_entry"
    __table_args__: Any = (
        _of_shift(),
        _of_staff(),
        ForeignKeyConstraint(["tenant", "other_staff_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "vehicle_id"], ["vehicle.tenant", "vehicle.id"]),
        UniqueConstraint("tenant", "uid"),
        CheckConstraint(
            "(kind = 'roll_call' AND step IN ('present', 'late', 'absent', 'excused'))"
            " OR (kind = 'handover' AND step = 'handed_over' AND other_staff_id IS NOT NULL)"
            " OR (kind = 'trip' AND step IN ('out', 'back') AND vehicle_id IS NOT NULL AND odometer_km IS NOT NULL)"
            " OR (kind = 'recorder' AND step IN ('issued', 'returned', 'uploaded') AND device IS NOT NULL)",
            name="kind_says",
        ),
        CheckConstraint("odometer_km >= 0 AND minutes BETWEEN 0 AND 2880", name="numbers"),
        Index(None, "tenant", "on_date", "shift_code"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=LOG_KINDS, required=True)
    step: Mapped[str] = field(Text, "事项", "what happened", choices=LOG_STEPS, required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "时间", "when", required=True)
    on_date: Mapped[dt.date] = field(Date, "日期", "local date the shift starts", required=True)
    shift_code: Mapped[str] = field(Text, "班次", "shift", required=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    """Who was called, hands over, drives, or carries the recorder."""
    other_staff_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who takes over."""
    vehicle_id: Mapped[int | None] = mapped_column(BigInteger)
    odometer_km: Mapped[int | None] = field(Integer, "里程表", "odometer", unit="km")
    device: Mapped[str | None] = field(Text, "设备号", "recorder")
    minutes: Mapped[int | None] = field(Integer, "录制时长", "recorded", unit="min")
    note: Mapped[str | None] = field(Text, "说明", "what is handed over, why, where to")
    corrects_uid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""问题: a problem registered for dispatch, as 数字城管 knows it, from report to evaluation.

A problem is not a penalty case (D01): that one has a table and a way of its own, and is linked to it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Feature, Row, feature_args, field

PROBLEM_ORIGINS = ("patrol", "complaint", "order", "camera", "transfer", "public")
"""巡查发现, 投诉, 上级交办, 监控, 移交, 公众上报."""

OPEN_PROBLEM_STATES = (
    "reported",  # 已上报
    "verifying",  # 核实中
    "verified",  # 已核实
    "registered",  # 已立案
    "dispatched",  # 处理中
    "extension_asked",  # 申请延期
    "suspended",  # 挂账
    "disputed",  # 职责争议
    "handled",  # 已反馈
    "checking",  # 核查中
    "checked",  # 已核查
    "appealed",  # 申诉中
)
CLOSED_PROBLEM_STATES = ("closed", "rated", "voided", "merged")
"""已结案, 已评价, 作废, 并案."""

PROBLEM_STATES = (*OPEN_PROBLEM_STATES, *CLOSED_PROBLEM_STATES)
MAP_STAGES = ("desk", "handling", "checking", "disputed", "suspended")
"""待派遣, 处置中, 核查中, 职责争议, 挂账: what a planner must tell apart on the map."""

DECISION_KINDS = ("on_site", "joint_meeting")
"""现场办公, 联席会议."""

_OPEN = ", ".join(f"'{state}'" for state in OPEN_PROBLEM_STATES)


class ProblemCase(Row, Base):
    """A problem with the person who answers for it now and the time by which.

    What happened to it stands in the step log; times and names here are copies that can be worked out from there.
    """

    __tablename__ = "problem_case"
    __table_args__: Any = (
        CheckConstraint(LATITUDE, name="latitude"),
        UniqueConstraint("tenant", "uid"),
        UniqueConstraint("tenant", "number"),
        UniqueConstraint("tenant", "event_uid"),
        ForeignKeyConstraint(["tenant", "owner_unit_id"], ["org_unit.tenant", "org_unit.id"]),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "handler_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "merged_into"], ["problem_case.tenant", "problem_case.id"]),
        CheckConstraint(
            f"state NOT IN ({_OPEN}) OR (staff_id IS NOT NULL AND due_at IS NOT NULL)", name="named_person_and_date"
        ),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("state NOT IN ('closed', 'rated') OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint("quantity >= 0", name="quantity"),
        Index("ix_problem_case_geom", "geom", postgresql_using="gist"),
        Index(None, "tenant", "state"),
        Index("ix_problem_case_open", "tenant", "id", postgresql_where=text(f"state IN ({_OPEN})")),
        Index("ix_problem_case_district_code", "tenant", "district_code", "id"),
        Index("ix_problem_case_found_at", "tenant", "found_at"),
        Index("ix_problem_case_staff_id", "tenant", "staff_id", postgresql_where=text(f"state IN ({_OPEN})")),
        Index("ix_problem_case_merged_into", "tenant", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        # Dates are in no index and each page keeps room for all its rows once more: reading all clocks anew rewrites
        # rows without their indexes.
        {"postgresql_with": {"fillfactor": 48}},
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[str] = field(Text, "编号", "number", required=True)
    event_uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    """What was seen: the event this problem is about, at most one problem an event."""
    event_id: Mapped[int] = mapped_column(BigInteger)
    event_received_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    code: Mapped[str] = field(Text, "代码", "code", required=True)
    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    code_version: Mapped[str] = field(Text, "代码版本", "its version", server_default=text("''"), nullable=False)
    grade: Mapped[str] = field(Text, "分级", "grade", server_default=text("'*'"), nullable=False)
    state: Mapped[str] = field(Text, "状态", "state", choices=PROBLEM_STATES, required=True)
    origin: Mapped[str] = field(Text, "来源", "where from", choices=PROBLEM_ORIGINS, required=True)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    town: Mapped[str | None] = field(Text, "镇街", "town")
    road: Mapped[str | None] = field(Text, "道路", "street")
    regime: Mapped[str | None] = field(Text, "管控级别", "regime of the street on the day it was found")
    quantity: Mapped[float] = field(Numeric(12, 2), "数量", "quantity", server_default=text("1"), nullable=False)
    unit: Mapped[str] = field(Text, "单位", "unit of the quantity", server_default=text("'处'"), nullable=False)
    found_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "发现时间", "found", required=True)
    registered_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "立案时间", "registered")
    dispatched_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "派遣时间", "dispatched last")
    handled_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "反馈时间", "handled last")
    closed_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "结案时间", "closed")
    due_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "到期时间", "due now")
    handle_due_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "处置时限", "handling due")
    place: Mapped[str] = mapped_column(Text, server_default=text("''"))
    description: Mapped[str] = mapped_column(Text, server_default=text("''"))
    ordered_due_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    """The day a higher office has set (D07); no clock of ours runs past it."""
    owner_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    handler_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who answers for it now: the handler while it is handled, the desk or whoever checks else."""
    warn_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    warned_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    overdue_said_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    merged_into: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))


class OpenProblem(Feature, Base):
    """What the map shows of a problem while it is open: where, what, at which stage, due when; no words of people.

    Written by the steps of the problem it is a shadow of, and gone when that one is closed.
    """

    __tablename__ = "open_problem"
    geometry_types = ("Point",)
    # Room for every row once more, as in the table it is a shadow of: its dates move with theirs.
    __table_args__ = feature_args("open_problem", geometry_types, {"postgresql_with": {"fillfactor": 48}})

    number: Mapped[str | None] = field(Text, "编号", "number", tile=True)
    code: Mapped[str] = field(Text, "代码", "code", required=True, tile=True)
    stage: Mapped[str] = field(Text, "阶段", "stage", choices=MAP_STAGES, required=True, tile=True)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    found_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "发现时间", "found")
    due_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "到期时间", "due now", tile=True)


class OwnerDecision(Row, Base):
    """The record of a meeting that fixed the one owner of a disputed problem (C07); rows are only added."""

    __tablename__ = "owner_decision"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "problem_id"], ["problem_case.tenant", "problem_case.id"]),
        ForeignKeyConstraint(["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"]),
        CheckConstraint("btrim(decision) <> ''", name="decision"),
        Index(None, "tenant", "problem_id"),
    )

    problem_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = field(Text, "形式", "meeting", choices=DECISION_KINDS, required=True)
    held_on: Mapped[dt.date] = field(Date, "日期", "day", required=True)
    bodies: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Names of the bodies that took part."""
    decision: Mapped[str] = field(Text, "结论", "what was decided", required=True)
    org_unit_id: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

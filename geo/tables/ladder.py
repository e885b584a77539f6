"""首违劝导、二违警告、三违处罚: rules per behaviour, exemptions, and each incident with what was done about it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Row, field

RUNGS = ("persuade", "caution", "warn", "penalise", "exempt")
"""劝导, 警示(非正式), 警告(正式处罚), 处罚, 不罚."""

WARNINGS = ("caution", "warn")
WORK_CLASSES = ("service", "manage", "enforce")
"""721工作法: 服务, 管理, 执法."""

INCIDENT_STATES = ("recorded", "waiting", "confirmed", "withdrawn")
"""Recorded; signed by one officer of two; confirmed, and only then counted; taken back."""

EXEMPTIONS = ("minor", "first")
"""轻微免罚, 首违不罚 (行政处罚法 art. 33)."""

CONDITIONS = ("minor", "corrected", "no_harm", "first_time", "harm_minor", "no_fault")
"""轻微, 及时改正, 没有造成危害后果, 初次违法, 危害后果轻微, 没有主观过错."""


class LadderRule(Row, Base):
    """How a behaviour climbs; an empty code is every behaviour without a rule of its own."""

    __tablename__ = "ladder_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "code_system", "code"),
        CheckConstraint("look_back_months BETWEEN 1 AND 60", name="look_back"),
        CheckConstraint("radius_m BETWEEN 0 AND 100000", name="radius"),
    )

    code_system: Mapped[str] = field(Text, "代码体系", "code system", server_default=text("''"), nullable=False)
    code: Mapped[str] = field(Text, "事件代码", "event code", server_default=text("''"), nullable=False)
    look_back_months: Mapped[int] = field(SmallInteger, "回溯期", "months looked back", unit="月", required=True)
    radius_m: Mapped[int] = field(Integer, "范围", "metres within which it is the same place; 0 is anywhere",
                                  unit="m", required=True)  # fmt: skip
    second: Mapped[str] = field(
        Text, "二违", "the second rung: informal or a formal penalty", choices=WARNINGS, required=True
    )
    work_class: Mapped[str | None] = field(Text, "721类别", "class of persuading it", choices=WORK_CLASSES)
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    set_by: Mapped[str] = mapped_column(Text)


class ExemptionRule(Row, Base):
    """An entry of the list of what is not punished: the behaviour, the conditions, the time to mend it."""

    __tablename__ = "exemption_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "code"),
        CheckConstraint(
            f"cardinality(conditions) > 0 AND conditions <@ ARRAY[{', '.join(map(repr, CONDITIONS))}]::text[]",
            name="conditions",
        ),
        CheckConstraint("correct_days BETWEEN 0 AND 365", name="correct"),
    )

    code: Mapped[str] = field(Text, "清单编号", "number on the list", required=True)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=EXEMPTIONS, required=True)
    name: Mapped[str] = field(Text, "事项", "what is not punished", required=True)
    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    event_code: Mapped[str] = field(Text, "事件代码", "event code", required=True)
    conditions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    correct_days: Mapped[int] = field(SmallInteger, "改正期限", "days to mend it", unit="天", required=True)
    article: Mapped[str] = field(Text, "依据", "what it rests on", required=True)
    active: Mapped[bool] = field(Boolean, "有效", "in force", server_default=text("true"), nullable=False)


class LadderIncident(Row, Base):
    """One violation as an officer met it: what the ladder proposed, what was done, who confirmed it."""

    __tablename__ = "ladder_incident"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "problem_id"], ["problem_case.tenant", "problem_case.id"]),
        ForeignKeyConstraint(["tenant", "subject_id"], ["subject.tenant", "subject.id"]),
        ForeignKeyConstraint(["tenant", "officer_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "exemption_id"], ["exemption_rule.tenant", "exemption_rule.id"]),
        CheckConstraint(LATITUDE, name="latitude"),
        CheckConstraint("subject_id IS NOT NULL OR step IN ('persuade', 'caution')", name="unidentified"),
        CheckConstraint("step <> 'exempt' OR (exemption_id IS NOT NULL AND btrim(education) <> '')", name="exempt"),
        CheckConstraint("step IS NULL OR step = proposed OR btrim(override_reason) <> ''", name="override"),
        CheckConstraint("(state = 'recorded') = (step IS NULL) OR state = 'withdrawn'", name="decided"),
        Index(None, "tenant", "subject_id", "code", "at"),
        Index(None, "tenant", "district_code", "at"),
        Index(None, "tenant", "at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    """Nobody where the offender is not known: such an incident never climbs and never counts."""
    state: Mapped[str] = field(
        Text, "状态", "state", choices=INCIDENT_STATES, server_default=text("'recorded'"), nullable=False
    )
    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    code: Mapped[str] = field(Text, "事件代码", "event code", required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "时间", "when", required=True)
    district_code: Mapped[str] = field(Text, "片区", "patrol district", required=True)
    event_uid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    proposed: Mapped[str] = field(Text, "建议步骤", "rung proposed", choices=RUNGS, required=True)
    counted: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    """Earlier incidents the proposal rests on."""
    conditions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What the officer found of the conditions of an exemption."""
    exemption_id: Mapped[int | None] = mapped_column(BigInteger)
    permits: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """已审批?: what was in force there and had been looked at before it was written down."""
    step: Mapped[str | None] = field(Text, "实施步骤", "rung taken", choices=RUNGS)
    override_reason: Mapped[str] = field(
        Text, "变更理由", "why another rung", server_default=text("''"), nullable=False
    )
    education: Mapped[str] = field(Text, "教育告知", "what was explained", server_default=text("''"), nullable=False)
    work_class: Mapped[str | None] = field(Text, "721类别", "class of the action", choices=WORK_CLASSES)
    officer_id: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))


class PointRule(Row, Base):
    """执法办案积分: what an action is worth. Fines are no measure, and cannot become one (行政处罚法 art. 74)."""

    __tablename__ = "point_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "measure"),
        CheckConstraint("points BETWEEN -1000 AND 1000", name="points"),
    )

    measure: Mapped[str] = field(Text, "项目", "measure", required=True)
    points: Mapped[int] = field(Integer, "分值", "points", required=True)
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    set_by: Mapped[str] = mapped_column(Text)

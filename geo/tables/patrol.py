"""A planned shift: versions, teams, who and what is in them, their stops in order, and the legs between.

A published plan never changes; planning again makes the next version. Nobody and no vehicle can be
in two teams of one plan: the database refuses it, besides the checker.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field

PLAN_STATUSES = ("draft", "published", "superseded")
TEAM_KINDS = ("roaming", "local")
"""Roaming pairs hold two licences and serve every 片区; local ones stay in theirs."""

MODES = ("foot", "ebike", "car")
STOP_KINDS = ("zone", "pass", "lamps", "enforcement", "post", "deadline", "check", "coverage", "break")
"""A hotspot zone in its hours, a stretch of street that is owed a pass, dark lamps at night, an act that needs two
licences, a fixed post, something due, a site or enterprise to check, a street of the daily coverage, a rest."""

DUTIES = ("law", "post", "deadline", "pass", "coverage", "hotspot")
"""法定、定岗、时限、严管路段、覆盖、重点场所: what gives way last, first."""

LEG_KINDS = ("travel", "pass")


def _of_plan() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "plan_id"], ["shift_plan.tenant", "shift_plan.id"], ondelete="CASCADE")


def _of_team() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "team_id"], ["plan_team.tenant", "plan_team.id"], ondelete="CASCADE")


class ShiftPlan(Row, Base):
    """One version of the plan of a whole shift, all 片区 together."""

    __tablename__ = "shift_plan"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"]),
        UniqueConstraint("tenant", "on_date", "shift_code", "version"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("(status = 'draft') = (published_at IS NULL)", name="published"),
        Index(None, "tenant", "starts_at"),
    )

    on_date: Mapped[dt.date] = mapped_column(Date)
    shift_code: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = field(
        Text, "状态", "status", choices=PLAN_STATUSES, server_default=text("'draft'"), nullable=False
    )
    starts_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    seed: Mapped[int] = mapped_column(BigInteger)
    iterations: Mapped[int] = mapped_column(Integer)
    input_digest: Mapped[str] = mapped_column(Text)
    """SHA-256 of everything the plan was computed from: the same digest, seed and iterations give the same plan."""
    weight_served: Mapped[float] = mapped_column(Double)
    weight_total: Mapped[float] = mapped_column(Double)
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Per 片区 figures and the parts of the road network that stand apart."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    published_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    value: Mapped[int | None] = field(
        BigInteger, "压减", "suppressed, thousandths of a violation-minute", sort_order=96
    )
    value_total: Mapped[int | None] = field(
        BigInteger, "总量", "expected if nobody came, thousandths of a violation-minute", sort_order=97
    )
    value_version: Mapped[int | None] = mapped_column(SmallInteger, sort_order=98)
    """Of the rule that scored it (:data:`geo.patrol.value.VALUE_VERSION`)."""
    recurrence: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), sort_order=99)
    """By key of a recurring stop what its score needs: ``per_minute``, ``rho_s``, ``cap_s``, ``windows``."""


class PlanTeam(Row, Base):
    """A team of a plan: how it moves, from where, and what its day adds up to."""

    __tablename__ = "plan_team"
    __table_args__: Any = (_of_plan(), UniqueConstraint("tenant", "plan_id", "code"))

    plan_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    """What the team is called on sheets and maps: 老城片区1队, 机动1队."""
    kind: Mapped[str] = field(Text, "队别", "kind", choices=TEAM_KINDS, required=True)
    mode: Mapped[str] = field(Text, "出行方式", "mode", choices=MODES, required=True)
    district_code: Mapped[str | None] = mapped_column(Text)
    """The 片区 a local team belongs to; none for a roaming one."""
    district_codes: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Every 片区 it may serve; empty means all."""
    licences: Mapped[int] = mapped_column(SmallInteger)
    """Members with a licence valid on the day."""
    color_index: Mapped[int] = mapped_column(SmallInteger)
    start: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    duration_s: Mapped[int] = mapped_column(Integer)
    distance_m: Mapped[int] = mapped_column(Integer)


class PlanMember(Row, Base):
    """A person in a team."""

    __tablename__ = "plan_member"
    __table_args__: Any = (
        _of_plan(),
        _of_team(),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "plan_id", "staff_id"),
        Index(None, "tenant", "team_id"),
    )

    plan_id: Mapped[int] = mapped_column(BigInteger)
    team_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)


class PlanVehicle(Row, Base):
    """A car or e-bike given to a team."""

    __tablename__ = "plan_vehicle"
    __table_args__: Any = (
        _of_plan(),
        _of_team(),
        ForeignKeyConstraint(["tenant", "vehicle_id"], ["vehicle.tenant", "vehicle.id"]),
        UniqueConstraint("tenant", "plan_id", "vehicle_id"),
        Index(None, "tenant", "team_id"),
    )

    plan_id: Mapped[int] = mapped_column(BigInteger)
    team_id: Mapped[int] = mapped_column(BigInteger)
    vehicle_id: Mapped[int] = mapped_column(BigInteger)


class PlanStop(Row, Base):
    """A stop of the shift: either in a team's day at a time, or unserved with the reason."""

    __tablename__ = "plan_stop"
    __table_args__: Any = (
        _of_plan(),
        _of_team(),
        UniqueConstraint("tenant", "plan_id", "key"),
        UniqueConstraint("tenant", "team_id", "seq"),
        CheckConstraint("(team_id IS NULL) = (reason_code IS NOT NULL)", name="served_or_reason"),
        CheckConstraint("(team_id IS NULL) = (arrive_at IS NULL AND leave_at IS NULL AND seq IS NULL)", name="timed"),
        CheckConstraint("leave_at >= arrive_at", name="times"),
    )

    plan_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(Text)
    """What is visited, stable between versions: ``zone:17:2`` is the second visit of hotspot zone 17, ``zone:17`` the
    zone itself where it is left out."""
    team_id: Mapped[int | None] = mapped_column(BigInteger)
    seq: Mapped[int | None] = mapped_column(SmallInteger)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=STOP_KINDS, required=True)
    name: Mapped[str] = mapped_column(Text)
    layer: Mapped[str] = mapped_column(Text)
    feature_ids: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Rows of ``layer`` the stop is about."""
    district_code: Mapped[str | None] = mapped_column(Text)
    weight: Mapped[float] = mapped_column(Double)
    licences_needed: Mapped[int] = mapped_column(SmallInteger)
    service_s: Mapped[int] = mapped_column(Integer)
    window_from_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    window_to_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    arrive_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    leave_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    reason_code: Mapped[str | None] = mapped_column(Text)
    reason_facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    begin_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True), sort_order=96)
    """When the work begins; from arrival to then the team waits."""
    duty: Mapped[str | None] = field(Text, "序位", "place in the order of giving way", choices=DUTIES, sort_order=97)
    required: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), sort_order=98)
    saved: Mapped[int | None] = field(
        BigInteger, "本次压减", "saved by this visit, thousandths of a violation-minute", sort_order=99
    )
    earlier: Mapped[int | None] = field(
        BigInteger, "早十分钟", "change if ten minutes earlier, thousandths of a violation-minute", sort_order=100
    )
    later: Mapped[int | None] = field(
        BigInteger, "晚十分钟", "change if ten minutes later, thousandths of a violation-minute", sort_order=101
    )


class PlanLeg(Row, Base):
    """A stretch of a team's day along the streets: on the way to a stop, or patrolling one."""

    __tablename__ = "plan_leg"
    __table_args__: Any = (_of_plan(), _of_team(), UniqueConstraint("tenant", "team_id", "seq"))

    plan_id: Mapped[int] = mapped_column(BigInteger)
    team_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=LEG_KINDS, required=True)
    duration_s: Mapped[int] = mapped_column(Integer)
    distance_m: Mapped[int] = mapped_column(Integer)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("LINESTRING", srid=STORAGE, spatial_index=False))
    """None when both ends are at the same spot."""

"""路灯: circuits, the plans by which they are lit, and outages with their lamps."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, Tenant, field

SAVINGS = ("none", "half_night", "all_night")
"""不节能; 后半夜关半夜灯; 整夜关半夜灯."""

OUTAGE_CAUSES = ("ordinary", "cable", "vandalism")
"""一般故障, 电缆故障, 人为破坏."""

OUTAGE_ORIGINS = ("night_patrol", "public", "event")
"""夜巡, 公众, 事件."""

OPEN_OUTAGE_STATES = ("open", "put_off", "mended")
OUTAGE_STATES = (*OPEN_OUTAGE_STATES, "closed", "voided", "merged")
"""待修, 挂账, 待复核, 已销, 作废, 并入回路故障."""


class LightingPlan(Row, Base):
    """A plan of lighting in one season; a plan that has no row for a day leaves its lamps unjudged on it."""

    __tablename__ = "lighting_plan"
    __table_args__: Any = (
        UniqueConstraint("tenant", "plan", "first_day"),
        CheckConstraint("first_day ~ '^[0-9]{2}-[0-9]{2}$' AND last_day ~ '^[0-9]{2}-[0-9]{2}$'", name="season"),
        CheckConstraint("on_after_sunset_min BETWEEN -120 AND 120", name="on"),
        CheckConstraint("off_after_sunrise_min BETWEEN -120 AND 120", name="off"),
        CheckConstraint("(saving = 'half_night') = (half_off IS NOT NULL)", name="half_off"),
    )

    plan: Mapped[str] = field(Text, "亮灯方案", "plan", required=True)
    first_day: Mapped[str] = field(Text, "起始月日", "first day of the season, MM-DD", required=True)
    last_day: Mapped[str] = field(Text, "终止月日", "last day of the season, MM-DD", required=True)
    on_after_sunset_min: Mapped[int] = field(SmallInteger, "日落后开灯", "on after sunset", required=True, unit="min")
    off_after_sunrise_min: Mapped[int] = field(
        SmallInteger, "日出后关灯", "off after sunrise", required=True, unit="min"
    )
    saving: Mapped[str] = field(
        Text, "节能方式", "energy saving", choices=SAVINGS, server_default=text("'none'"), nullable=False
    )
    half_off: Mapped[str | None] = field(Text, "半夜灯关灯时刻", "when half-night lamps go off, HH:MM")
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class LampCircuit(Row, Base):
    """A circuit of lamps, and the plan it is lit by."""

    __tablename__ = "lamp_circuit"
    __table_args__: Any = (UniqueConstraint("tenant", "code"),)

    code: Mapped[str] = field(Text, "回路", "circuit", required=True)
    name: Mapped[str] = field(Text, "名称", "name", server_default=text("''"), nullable=False)
    plan: Mapped[str | None] = field(Text, "亮灯方案", "plan")
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class Outage(Row, Base):
    """Dark lamps found at one time: a fault of single lamps, or of a circuit. What was done stands in the step log."""

    __tablename__ = "outage"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "merged_into"], ["outage.tenant", "outage.id"]),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("state <> 'put_off' OR look_again_on IS NOT NULL", name="put_off"),
        CheckConstraint("state NOT IN ('mended', 'closed') OR mended_at IS NOT NULL", name="mended"),
        Index(None, "tenant", "state", "due_at"),
        Index(None, "tenant", "found_at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    circuit: Mapped[str | None] = field(Text, "回路", "circuit that is dark as a whole")
    cause: Mapped[str] = field(Text, "原因", "cause", choices=OUTAGE_CAUSES, required=True)
    origin: Mapped[str] = field(Text, "来源", "where from", choices=OUTAGE_ORIGINS, required=True)
    event_uid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    state: Mapped[str] = field(Text, "状态", "state", choices=OUTAGE_STATES, required=True)
    found_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "发现时间", "found", required=True)
    due_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "到期时间", "due", required=True)
    mended_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "修复时间", "mended")
    look_again_on: Mapped[dt.date | None] = field(Date, "挂账复查日", "day a fault put aside is looked at again")
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district of its first lamp")
    staff_id: Mapped[int] = mapped_column(BigInteger)
    """Who answers for it."""
    merged_into: Mapped[int | None] = mapped_column(BigInteger)


class OutageLamp(Tenant, Base):
    """A lamp of an outage."""

    __tablename__ = "outage_lamp"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "outage_id"], ["outage.tenant", "outage.id"]),
        ForeignKeyConstraint(["tenant", "lamp_id"], ["streetlight.tenant", "streetlight.id"], ondelete="CASCADE"),
        Index(None, "tenant", "lamp_id"),
    )

    outage_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    lamp_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)

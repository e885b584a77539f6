"""Where teams really were while on shift: tracks as they came, check-ins, and how a shift came out against its plan.

Tracks and check-ins will be partitioned by month, so the time the server received them is in their key; that each
was taken only once is kept by the unpartitioned ``receipt``. A position off shift is never stored.
"""

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
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, Tenant, field

TRACK_SOURCES = ("phone", "recorder", "vehicle")
"""A phone page, 执法记录仪, the export of a vehicle's terminal."""

CHECKIN_PLACES = ("inside", "outside", "no_position")
ITEM_KINDS = ("team", "stop", "street", "pass", "cell", "zone", "deviation")


class Track(Row, Base):
    """Positions of one person or vehicle as one batch brought them, in order of time; arrays of equal length.

    Coordinates are EPSG:4490 in units of 1e-7 degrees, times milliseconds of the Unix epoch, accuracy decimetres
    (−1: none said). Only what was on shift and could be is here; the rest is counted in ``refused`` by reason.
    """

    __tablename__ = "track"
    __table_args__: Any = (
        CheckConstraint("(staff_id IS NULL) <> (vehicle_id IS NULL)", name="owner"),
        CheckConstraint(
            "cardinality(at_ms) = cardinality(lon_e7) AND cardinality(at_ms) = cardinality(lat_e7)"
            " AND cardinality(at_ms) = cardinality(accuracy_dm)",
            name="lengths",
        ),
        CheckConstraint("to_at >= from_at", name="times"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        ForeignKeyConstraint(["tenant", "vehicle_id"], ["vehicle.tenant", "vehicle.id"]),
        Index(None, "tenant", "staff_id", "to_at"),
        Index(None, "tenant", "vehicle_id", "to_at"),
        Index(None, "tenant", "to_at"),
    )

    received_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), primary_key=True, server_default=func.now(), sort_order=-1
    )
    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    source: Mapped[str] = field(Text, "来源", "source", choices=TRACK_SOURCES, required=True)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    vehicle_id: Mapped[int | None] = mapped_column(BigInteger)
    device: Mapped[str | None] = field(Text, "设备号", "device")
    file_name: Mapped[str | None]
    from_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    to_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    at_ms: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    lon_e7: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    lat_e7: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    accuracy_dm: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    given: Mapped[int] = field(Integer, "上报点数", "points given", required=True)
    refused: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Points not taken, by reason."""
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class Checkin(Row, Base):
    """That somebody said "here" at a stop of the plan. Never changed; one outside the place is kept and marked."""

    __tablename__ = "checkin"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"]),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("(geom IS NULL) = (place = 'no_position')", name="position"),
        Index(None, "tenant", "on_date", "shift_code"),
    )

    received_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), primary_key=True, server_default=func.now(), sort_order=-1
    )
    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    on_date: Mapped[dt.date] = field(Date, "日期", "local date the shift starts", required=True)
    shift_code: Mapped[str] = field(Text, "班次", "shift", required=True)
    team_code: Mapped[str] = field(Text, "组", "team of the plan", required=True)
    stop_key: Mapped[str] = field(Text, "停靠点", "stop of the plan", required=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "时间", "when", required=True)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    accuracy_m: Mapped[int | None] = field(Integer, "精度", "accuracy", unit="m")
    distance_m: Mapped[int | None] = field(Integer, "距离", "from the stop", unit="m")
    place: Mapped[str] = field(Text, "位置", "inside the stop's buffer or not", choices=CHECKIN_PLACES, required=True)
    note: Mapped[str | None] = field(Text, "说明", "why it was late, left early, or not done")
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class ShiftScore(Row, Base):
    """How a shift came out against one version of its plan; never changed, new tracks make the next one."""

    __tablename__ = "shift_score"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "plan_id"], ["shift_plan.tenant", "shift_plan.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "plan_id", "input_digest"),
        Index(None, "tenant", "on_date", "shift_code"),
    )

    plan_id: Mapped[int] = mapped_column(BigInteger)
    on_date: Mapped[dt.date] = mapped_column(Date)
    shift_code: Mapped[str] = mapped_column(Text)
    until_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "截至", "looked at until", required=True)
    input_digest: Mapped[str] = mapped_column(Text)
    """SHA-256 of plan, tracks, check-ins and streets: the same digest has the same figures."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Integers only, each share as numerator and denominator."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class ScoreItem(Row, Base):
    """A line of a scored shift: a team, a stop, a street, a required pass, a cell, a zone, or a deviation."""

    __tablename__ = "score_item"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "score_id"], ["shift_score.tenant", "shift_score.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "score_id", "kind", "seq"),
    )

    score_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=ITEM_KINDS, required=True)
    seq: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    team_code: Mapped[str | None] = mapped_column(Text)
    district_code: Mapped[str | None] = mapped_column(Text)
    done: Mapped[bool | None] = mapped_column(Boolean)
    """Whether what was planned was done; empty where nobody could see it."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", srid=STORAGE, spatial_index=False))


class TrackRule(Tenant, Base):
    """How long a county keeps tracks and check-ins, and since when."""

    __tablename__ = "track_rule"
    __table_args__: Any = (CheckConstraint("keep_days BETWEEN 1 AND 3650", name="keep_days"),)

    keep_days: Mapped[int] = field(Integer, "保存天数", "days that positions are kept", required=True, unit="d")
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

"""What comes back after clearing, and what moves elsewhere: studies of the record, written once, never changed.

The newest study is the one in force. Of an older one the curves, rates and hazards stay; its links and chances, one a
closing, go when the next is written.
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
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field

RATE_LEVELS = ("district", "place_class", "post", "campaign")
RATE_VERDICTS = ("more", "as_expected", "less", "insufficient")
OPERATION_KINDS = ("post", "raid", "posture", "campaign")
"""定点值守, 突击整治, 节点保障, 专项行动."""

TEST_PLACES = ("target", "ring", "lookalike")
TEST_VERDICTS = ("less", "more", "none", "insufficient")
HOURS_OF_THE_WEEK = 168


def _of_study() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "study_id"], ["return_study.tenant", "return_study.id"], ondelete="CASCADE")


class ReturnStudy(Row, Base):
    """One pass over a county's whole record of events."""

    __tablename__ = "return_study"
    __table_args__: Any = (CheckConstraint("record_to_at >= record_from_at", name="times"),)

    record_from_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    record_to_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    radius_m: Mapped[float] = mapped_column(Double)
    within_s: Mapped[int] = mapped_column(BigInteger)
    """The time that chances and rates are about: a new one within so many seconds of the closing."""
    events: Mapped[int] = mapped_column(Integer)
    closings: Mapped[int] = mapped_column(Integer)
    links: Mapped[int] = mapped_column(Integer)
    model: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Level, slope and weights of the logit; empty while there is too little to learn from."""
    scores: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """How chances told beforehand came out: of the model, of one count, of the base rate."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class ReturnCurve(Row, Base):
    """A point of a return curve: the share come back by ``t_min``, net of chance."""

    __tablename__ = "return_curve"
    __table_args__: Any = (_of_study(), UniqueConstraint("tenant", "study_id", "place_class", "code", "t_min"))

    study_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = field(Text, "事件代码", "event code; * for all together", required=True)
    place_class: Mapped[str] = field(Text, "地点类别", "class of place", required=True)
    t_min: Mapped[int] = field(Integer, "结案后分钟", "minutes after closing", required=True, unit="min")
    p: Mapped[float] = field(Double, "回潮比例", "share come back, net of chance", required=True)
    lower: Mapped[float] = field(Double, "下限", "lower 95 % bound", required=True)
    upper: Mapped[float] = field(Double, "上限", "upper 95 % bound", required=True)
    seen: Mapped[float] = field(Double, "再现比例", "share with any new one", required=True)
    by_chance: Mapped[float] = field(Double, "偶然再现", "share with a new one by chance", required=True)
    n: Mapped[int] = field(Integer, "结案数", "closings it rests on", required=True)


class ReturnLink(Row, Base):
    """That an event followed a closing nearby, and how likely it is that closing's return and no coincidence."""

    __tablename__ = "return_link"
    __table_args__: Any = (
        _of_study(),
        UniqueConstraint("tenant", "study_id", "event_id"),
        Index(None, "tenant", "study_id", "parent_id"),
        CheckConstraint("chance >= 0 AND chance <= 1", name="chance"),
    )

    study_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int] = field(BigInteger, "事件", "the later event", required=True)
    parent_id: Mapped[int] = field(BigInteger, "前案", "the event closed before", required=True)
    gap_s: Mapped[int] = field(BigInteger, "间隔", "from that closing to the later event", required=True, unit="s")
    distance_m: Mapped[float] = field(REAL, "距离", "apart", required=True, unit="m")
    chance: Mapped[float] = field(REAL, "回潮可能", "likely its return, 0 to 1", required=True)


class ReturnChance(Row, Base):
    """P(a new one within the study's time) of a closing, and the reasons; what happened, once that is known."""

    __tablename__ = "return_chance"
    __table_args__: Any = (
        _of_study(),
        UniqueConstraint("tenant", "study_id", "event_id"),
        Index(None, "tenant", "study_id", "listed", "p"),
        CheckConstraint("p >= 0 AND p <= 1", name="p"),
    )

    study_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int] = field(BigInteger, "事件", "the event closed", required=True)
    closed_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "结案时间", "closed", required=True)
    place_class: Mapped[str] = field(Text, "地点类别", "class of place", required=True)
    district_code: Mapped[str | None] = field(Text, "片区编号", "patrol district")
    p: Mapped[float] = field(REAL, "再现概率", "chance of a new one", required=True)
    expected: Mapped[float | None] = field(REAL, "常率预期", "what the place's own constant rate gives")
    listed: Mapped[bool] = field(Boolean, "列入复查", "on the re-inspection list", nullable=False)
    followed: Mapped[bool | None] = field(Boolean, "已再现", "whether a new one came; empty while the time runs")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Up to three families of features, the strongest first."""
    effects: Mapped[list[float]] = mapped_column(ARRAY(REAL), server_default=text("'{}'"))
    """What each adds to the log-odds."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """The numbers the sentences name."""


class ReturnRate(Row, Base):
    """How many closings of a group were followed, against the constant rate of the same places."""

    __tablename__ = "return_rate"
    __table_args__: Any = (_of_study(), UniqueConstraint("tenant", "study_id", "level", "key"))

    study_id: Mapped[int] = mapped_column(BigInteger)
    level: Mapped[str] = field(Text, "口径", "kind of group", choices=RATE_LEVELS, required=True)
    key: Mapped[str] = field(Text, "编号", "key of the group", required=True)
    name: Mapped[str] = field(Text, "名称", "name", required=True)
    closings: Mapped[int] = field(Integer, "结案数", "closings watched", required=True)
    followed: Mapped[int] = field(Integer, "再现数", "followed by a new one", required=True)
    expected: Mapped[float] = field(Double, "常率预期数", "expected at the places' own rate", required=True)
    ratio: Mapped[float | None] = field(Double, "比值", "followed to expected")
    lower: Mapped[float | None] = field(Double, "下限", "lower 95 % bound of the ratio")
    upper: Mapped[float | None] = field(Double, "上限", "upper 95 % bound of the ratio")
    verdict: Mapped[str] = field(Text, "判断", "verdict", choices=RATE_VERDICTS, required=True)


class ZoneHazard(Row, Base):
    """What the planner needs of a hotspot zone: events per hour of the local week, and how soon they come back.

    The arrays hold 168 values from Monday 00:00. A visit that ends at f suppresses exp(-(t - f) / rho) at t.
    """

    __tablename__ = "zone_hazard"
    __table_args__: Any = (
        _of_study(),
        UniqueConstraint("tenant", "study_id", "zone_id"),
        CheckConstraint(f"cardinality(per_hour) = {HOURS_OF_THE_WEEK}", name="per_hour"),
        CheckConstraint("rho_min IS NULL OR rho_min > 0", name="rho"),
    )

    study_id: Mapped[int] = mapped_column(BigInteger)
    zone_id: Mapped[int] = field(BigInteger, "重点场所", "row of the hotspot zone", required=True)
    kind: Mapped[str] = field(Text, "类别", "kind of zone", required=True)
    events: Mapped[int] = field(Integer, "事件数", "events on record", required=True)
    returns: Mapped[float] = field(
        Double, "回潮数", "returns among them, weighted by how likely each is", required=True
    )
    per_hour: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    per_hour_lower: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    per_hour_upper: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    rho_min: Mapped[float | None] = field(Double, "平均回潮分钟", "mean minutes to return", unit="min")
    rho_lower_min: Mapped[float | None] = field(Double, "下限", "lower 90 % bound", unit="min")
    rho_upper_min: Mapped[float | None] = field(Double, "上限", "upper 90 % bound", unit="min")
    p_return: Mapped[float | None] = field(Double, "回潮比例", "share of closings that came back")
    active_min: Mapped[float | None] = field(
        Double, "处置分钟", "median minutes from occurrence to closing", unit="min"
    )


class Operation(Row, Base):
    """A post, raid, posture or campaign: what was done where, from when to when. It has a place, never a person."""

    __tablename__ = "operation"
    __table_args__: Any = (
        UniqueConstraint("tenant", "key"),
        CheckConstraint("to_at > from_at", name="times"),
        Index("ix_operation_geom", "geom", postgresql_using="gist"),
    )

    key: Mapped[str] = field(Text, "编号", "key", required=True)
    name: Mapped[str] = field(Text, "名称", "name", required=True)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=OPERATION_KINDS, required=True)
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Event codes it was about; empty means all."""
    from_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "开始", "from", required=True)
    to_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "结束", "to", required=True)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=STORAGE, spatial_index=False))
    noted_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    noted_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    hours: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"), sort_order=96)
    """When somebody really was there, pairs of seconds of the Unix epoch; none: all the time."""


class DisplacementTest(Row, Base):
    """What an operation did to a place: its target, the ring around, places alike; during and after, against before."""

    __tablename__ = "displacement_test"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "operation_id"], ["operation.tenant", "operation.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "operation_id", "place", "phase"),
    )

    operation_id: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[str] = field(Text, "对比处", "what was looked at", choices=TEST_PLACES, required=True)
    phase: Mapped[str] = field(Text, "时段", "during or after", choices=("during", "after"), required=True)
    from_on: Mapped[dt.date] = field(Date, "自", "first local day", required=True)
    to_on: Mapped[dt.date] = field(Date, "至", "last local day", required=True)
    found: Mapped[int] = field(Integer, "件数", "events", required=True)
    expected: Mapped[float] = field(Double, "预期", "events expected from before", required=True)
    ratio: Mapped[float | None] = field(Double, "比值", "found to expected")
    lower: Mapped[float | None] = field(Double, "下限", "lower 95 % bound")
    upper: Mapped[float | None] = field(Double, "上限", "upper 95 % bound")
    verdict: Mapped[str] = field(Text, "判断", "verdict", choices=TEST_VERDICTS, required=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Weeks compared with, places alike, half-life."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""Streets: the directed network's source, and the dated regime under which each is kept."""

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
    Double,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

TIERS = ("main", "secondary", "branch", "lane")
"""主干道, 次干道, 支路, 小街巷."""

TURN_RULES = (
    "no_left_turn",
    "no_right_turn",
    "no_straight_on",
    "no_u_turn",
    "only_left_turn",
    "only_right_turn",
    "only_straight_on",
    "only_u_turn",
)
"""禁止左转, 右转, 直行, 掉头; 只准左转, 右转, 直行, 掉头. As OSM names them."""

REGIMES = ("strict", "controlled", "standard")
"""严管, 严控, 规范."""


class Road(Feature, Base):
    """A street or lane between any two points; crossings at shared vertices connect, bridges do not."""

    __tablename__ = "road"
    geometry_types = ("LineString",)
    __table_args__ = feature_args("road", geometry_types)

    name: Mapped[str | None] = field(Text, "道路名称", "name", aliases=("名称", "路名", "ROADNAME"), tile=True)
    road_class: Mapped[str] = field(
        Text, "道路等级", "road class", aliases=("highway", "fclass", "class", "等级"), required=True
    )
    tier: Mapped[str] = field(Text, "道路分级", "tier", aliases=("分级",), choices=TIERS, required=True, tile=True)
    oneway: Mapped[int] = field(
        SmallInteger,
        "单行",
        "one-way: 1 along the line, -1 against it, 0 both",
        server_default=text("0"),
        nullable=False,
        tile=True,
    )
    level: Mapped[int] = field(
        SmallInteger, "层", "level above ground (bridge 1, tunnel -1)", server_default=text("0"), nullable=False
    )
    foot: Mapped[bool] = field(Boolean, "可步行", "open on foot", server_default=text("true"), nullable=False)
    ebike: Mapped[bool] = field(Boolean, "可骑行", "open to e-bikes", server_default=text("true"), nullable=False)
    car: Mapped[bool] = field(Boolean, "可行车", "open to cars", server_default=text("true"), nullable=False)
    speed_kmh: Mapped[float | None] = field(Double, "限速", "speed limit", aliases=("maxspeed", "限速"), unit="km/h")
    owner_district: Mapped[str | None] = field(
        Text, "归属片区", "the one patrol district that answers for this street", aliases=("片区",)
    )


class RoadRegime(Row, Base):
    """The regime 严管/严控/规范 of a street from a date on; the bureau edits it, the importer only pre-fills it."""

    __tablename__ = "road_regime"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "road_id"], ["road.tenant", "road.id"], ondelete="CASCADE"),
        CheckConstraint("valid_to_on IS NULL OR valid_to_on > valid_from_on", name="dates"),
        Index(None, "tenant", "road_id", "valid_from_on", unique=True),
    )

    road_id: Mapped[int] = field(BigInteger, "道路", "road", required=True)
    regime: Mapped[str] = field(Text, "管控级别", "regime", choices=REGIMES, required=True)
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    valid_to_on: Mapped[dt.date | None] = field(Date, "终止日期", "first day it no longer holds")
    set_by: Mapped[str] = field(Text, "设定来源", "who set it: 'prefilled' or an account name", required=True)


class TurnRestriction(Feature, Base):
    """A turn that wheels may not take, or must, where two streets meet, named by their data set's own keys."""

    __tablename__ = "turn_restriction"
    geometry_types = ("Point",)
    __table_args__ = feature_args(
        "turn_restriction",
        geometry_types,
        CheckConstraint("valid_to_on IS NULL OR valid_from_on IS NULL OR valid_to_on > valid_from_on", name="dates"),
    )

    rule: Mapped[str] = field(
        Text, "转向规定", "turn rule", aliases=("restriction", "规定"), choices=TURN_RULES, required=True, tile=True
    )
    from_road: Mapped[str] = field(
        Text, "驶出道路", "key of the street one comes from", aliases=("来向道路",), required=True
    )
    to_road: Mapped[str] = field(
        Text, "驶入道路", "key of the street one turns into", aliases=("去向道路",), required=True
    )
    ebike: Mapped[bool] = field(Boolean, "约束电动车", "binds e-bikes", server_default=text("true"), nullable=False)
    car: Mapped[bool] = field(Boolean, "约束汽车", "binds cars", server_default=text("true"), nullable=False)
    valid_from_on: Mapped[dt.date | None] = field(Date, "起始日期", "first day")
    valid_to_on: Mapped[dt.date | None] = field(Date, "终止日期", "first day it no longer holds")


class RoadClosure(Row, Base):
    """A street closed to some modes for a time. Opening it sets the end; nothing is deleted."""

    __tablename__ = "road_closure"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "road_id"], ["road.tenant", "road.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "uid"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="times"),
        CheckConstraint("foot OR ebike OR car", name="closed_to_some"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index(None, "tenant", "road_id"),
        Index("ix_road_closure_ends_at", "tenant", "ends_at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    """Given by whoever closes it, so that a retry closes it once."""
    road_id: Mapped[int] = field(BigInteger, "道路", "road", required=True)
    starts_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "封闭起", "closed from", required=True)
    ends_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "封闭止", "open again from")
    foot: Mapped[bool] = field(Boolean, "禁止步行", "closed on foot", server_default=text("false"), nullable=False)
    ebike: Mapped[bool] = field(Boolean, "禁止骑行", "closed to e-bikes", server_default=text("true"), nullable=False)
    car: Mapped[bool] = field(Boolean, "禁止行车", "closed to cars", server_default=text("true"), nullable=False)
    reason: Mapped[str] = field(Text, "原因", "why", required=True)
    set_by: Mapped[str] = field(Text, "登记人", "account that closed it", required=True)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""Streets: the directed network's source, and the dated regime under which each is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, Row, feature_args, field

TIERS = ("main", "secondary", "branch", "lane")
"""主干道, 次干道, 支路, 小街巷."""

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

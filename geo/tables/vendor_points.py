"""摊点: regulated vendor points, seasonal markets, and the spots where hawkers gather."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

LEGAL_KINDS = ("regulated", "seasonal_market")
"""规范经营点, 季节性临时市场. Where hawkers gather by themselves is no place of trade."""

VENDOR_KINDS = (*LEGAL_KINDS, "hawker_spot")
"""规范经营点, 季节性临时市场, 流动摊点聚集处."""


class VendorPoint(Feature, Base):
    """A vendor point, or the area of a seasonal market: the same stall is legal inside it, in season and in hours."""

    __tablename__ = "vendor_point"
    geometry_types = ("Point", "MultiPolygon")
    __table_args__ = feature_args("vendor_point", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",), tile=True)
    kind: Mapped[str] = field(Text, "类别", "kind", aliases=("类别",), choices=VENDOR_KINDS, required=True, tile=True)
    goods: Mapped[str | None] = field(Text, "经营品类", "goods", aliases=("品类",))
    slots: Mapped[int | None] = field(Integer, "摊位数", "stalls allowed", aliases=("摊位",), unit="个")
    opening: Mapped[str | None] = field(
        Text, "经营时段", "hours, as OSM opening_hours", aliases=("opening_hours", "时段")
    )
    valid_from_on: Mapped[dt.date | None] = field(Date, "起始日期", "first day of the season", aliases=("开始日期",))
    valid_to_on: Mapped[dt.date | None] = field(Date, "终止日期", "first day after the season", aliases=("结束日期",))
    safety: Mapped[str | None] = field(
        Text, "安全要求", "safety rules of the place", aliases=("安全管理要求", "安全规定"), sort_order=96
    )


class StallCount(Row, Base):
    """How many stalls stood at a place at one time, and how many were allowed then."""

    __tablename__ = "stall_count"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(
            ["tenant", "vendor_point_id"], ["vendor_point.tenant", "vendor_point.id"], ondelete="CASCADE"
        ),
        CheckConstraint("stalls >= 0", name="stalls"),
        Index(None, "tenant", "vendor_point_id", "counted_at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    vendor_point_id: Mapped[int] = field(BigInteger, "摊点", "vendor point", required=True)
    counted_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "清点时间", "counted", required=True)
    stalls: Mapped[int] = field(Integer, "实有摊位", "stalls there", required=True, unit="个")
    slots: Mapped[int | None] = field(Integer, "核定摊位", "stalls allowed then", unit="个")
    actor: Mapped[str] = field(Text, "清点人", "who counted", required=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""摊点: regulated vendor points, seasonal markets, and the spots where hawkers gather."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, Integer, Text
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, feature_args, field

VENDOR_KINDS = ("regulated", "seasonal_market", "hawker_spot")
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

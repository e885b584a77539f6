"""违法建设: footprints and their status. The ledger and its transitions belong to the case room."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, Double, Integer, Text
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, feature_args, field

STATUSES = (
    "suspected",  # 疑似
    "verified",  # 已核实
    "stopped",  # 叫停抢建; never enters the stock
    "ordered",  # 限期拆除
    "demolished",  # 已拆除
    "confiscated",  # 没收
    "regularised",  # 补办
    "dismissed",  # 查否
)


class IllegalBuilding(Feature, Base):
    """A footprint suspected or found to be illegal construction (违建), with the day its status began."""

    __tablename__ = "illegal_building"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("illegal_building", geometry_types)

    code: Mapped[str | None] = field(Text, "编号", "number", aliases=("编号", "图斑编号"))
    status: Mapped[str] = field(Text, "状态", "status", aliases=("状态",), choices=STATUSES, required=True, tile=True)
    status_since_on: Mapped[dt.date | None] = field(Date, "状态起始", "day the status began", aliases=("状态日期",))
    found_on: Mapped[dt.date | None] = field(Date, "发现日期", "day it was found", aliases=("发现日期",))
    area_m2: Mapped[float | None] = field(Double, "面积", "area", aliases=("面积", "area"), unit="m²")
    households: Mapped[int | None] = field(Integer, "户数", "households", aliases=("户数",), unit="户")
    category: Mapped[str | None] = field(Text, "类别", "category", aliases=("类别",))

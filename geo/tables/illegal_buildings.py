"""违法建设: footprints and their status. What may follow what, and the stock, belong to the case room."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Date, Double, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, feature_args, field

STATUSES = (
    "suspected",  # 疑似
    "verified",  # 已核实
    "existing",  # 存量
    "new",  # 新增
    "stopped",  # 叫停抢建; never enters the stock
    "ordered",  # 限期拆除
    "appealed",  # 复议诉讼中
    "announced",  # 已公告
    "revoked",  # 决定撤销,待重新处置
    "demolished",  # 已拆除,待销账
    "written_off",  # 已销账
    "confiscated",  # 没收
    "regularised",  # 补办
    "dismissed",  # 查否
    "overbuilt",  # 叫停后续建,另立新账
    "struck",  # 误登更正
)

ENTERED_AS = ("existing", "new", "stopped")
"""存量, 新增, 叫停抢建: as what a footprint was entered once it was verified; it never changes afterwards."""


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
    entered_as: Mapped[str | None] = field(
        Text, "账类", "as what it was entered", choices=ENTERED_AS, tile=True, sort_order=96
    )
    built_on: Mapped[dt.date | None] = field(
        Date, "建成日期", "day it was built, as far as known", aliases=("建成日期", "建设日期"), sort_order=97
    )
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district", aliases=("片区",), sort_order=98)
    area_dm2: Mapped[int | None] = mapped_column(BigInteger, sort_order=99)
    """Ground plan in the county's metric frame, whole square decimetres: what the stock counts, so that it adds up."""
    follows_id: Mapped[int | None] = mapped_column(BigInteger, sort_order=100)
    """The row this one goes on from: built on after it was stopped, or entered anew after a mistake."""

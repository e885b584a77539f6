"""绿线与街面普查: green ground behind its line, and surveys of a street's furniture."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Date, Double, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

GREEN_KINDS = ("green_line", "pocket_park")
"""绿线范围, 口袋公园."""


class GreenSpace(Feature, Base):
    """Ground inside a green line, or a pocket park."""

    __tablename__ = "green_space"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("green_space", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",), tile=True)
    kind: Mapped[str] = field(Text, "类别", "kind", aliases=("类型",), choices=GREEN_KINDS, required=True, tile=True)
    area_m2: Mapped[float | None] = field(Double, "面积", "area", aliases=("绿地面积",), unit="m²")


class StreetSurvey(Row, Base):
    """What was counted along one side of one stretch of street on one day."""

    __tablename__ = "street_survey"
    __table_args__: Any = (
        UniqueConstraint("tenant", "street", "stretch", "on_date"),
        CheckConstraint("cabinets >= 0 AND facades >= 0 AND furniture >= 0", name="counts"),
    )

    street: Mapped[str] = field(Text, "街路", "street", required=True)
    stretch: Mapped[str] = field(Text, "路段", "stretch and side", server_default=text("''"), nullable=False)
    on_date: Mapped[dt.date] = field(Date, "普查日期", "day", required=True)
    cabinets: Mapped[int] = field(Integer, "待整治箱体", "cabinets to be mended", required=True, unit="个")
    facades: Mapped[int] = field(Integer, "待整治立面", "facades to be mended", required=True, unit="处")
    furniture: Mapped[int] = field(Integer, "待整治城市家具", "furniture to be mended", required=True, unit="件")
    note: Mapped[str] = field(Text, "备注", "note", server_default=text("''"), nullable=False)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

"""餐饮单位: fume devices, their cleaning, the survey before opening, and how often cleaning is due."""

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
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

DEVICES = ("none", "electrostatic", "mechanical", "wet", "composite")
"""未安装, 静电式, 机械式, 湿式, 复合式油烟净化设施."""

SURVEY_VERDICTS = ("fit", "conditions", "unfit")
"""可以开设, 整改后可以开设, 不得开设."""

_RESTAURANT: Any = ["restaurant.tenant", "restaurant.id"]


class Restaurant(Feature, Base):
    """A restaurant that fries, grills or steams, or is about to open."""

    __tablename__ = "restaurant"
    geometry_types = ("Point",)
    __table_args__ = feature_args(
        "restaurant", geometry_types, Index(None, "tenant", "code"),
        CheckConstraint("closed_on >= opened_on", name="dates"),
    )  # fmt: skip

    code: Mapped[str] = field(Text, "编号", "number", aliases=("编号", "餐饮编号"), required=True)
    name: Mapped[str] = field(
        Text, "店名", "name", aliases=("名称", "店名", "字号", "单位名称"), required=True, outside="t.outside_name"
    )
    trade: Mapped[str | None] = field(Text, "业态", "kind of kitchen", aliases=("业态", "类别", "经营类型"))
    device: Mapped[str] = field(
        Text, "净化设施", "fume device", aliases=("净化设施", "油烟净化设施"), choices=DEVICES,
        server_default=text("'none'"), nullable=False, tile=True,
    )  # fmt: skip
    device_on: Mapped[dt.date | None] = field(Date, "安装日期", "device put in", aliases=("安装时间",))
    cleaned_on: Mapped[dt.date | None] = field(Date, "最近清洗", "last cleaning", aliases=("清洗日期", "最近清洗日期"))
    seats: Mapped[int | None] = field(Integer, "座位数", "seats", aliases=("餐位数",), unit="个")
    street: Mapped[str | None] = field(Text, "街路", "street", aliases=("街路", "路名", "地址"))
    frontage_code: Mapped[str | None] = field(Text, "商铺编号", "number of its shop front", aliases=("商铺编号",))
    licence: Mapped[str | None] = field(Text, "信用代码", "credit code", aliases=("统一社会信用代码", "信用代码"))
    opened_on: Mapped[dt.date | None] = field(Date, "开业日期", "first day of business", aliases=("开业时间",))
    closed_on: Mapped[dt.date | None] = field(Date, "歇业日期", "first day without business", aliases=("歇业时间",))
    outside_name: Mapped[str | None] = mapped_column(Text, sort_order=97)
    """The name as it may leave the bureau; empty while it is not known to hold no person's name."""


class DeviceCleaning(Row, Base):
    """One cleaning of a fume device, as the restaurant's log or an inspection says."""

    __tablename__ = "device_cleaning"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "restaurant_id"], _RESTAURANT, ondelete="CASCADE"),
        Index(None, "tenant", "restaurant_id", "cleaned_on"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    restaurant_id: Mapped[int] = mapped_column(BigInteger)
    cleaned_on: Mapped[dt.date] = field(Date, "清洗日期", "cleaned", required=True)
    cleaner: Mapped[str] = field(Text, "清洗单位", "who cleaned", server_default=text("''"), nullable=False)
    seen: Mapped[bool] = field(Boolean, "现场核实", "seen by an officer", required=True)
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class RestaurantSurvey(Row, Base):
    """新增餐饮现场勘查: what was found of the place before the kitchen opened, and whether it may."""

    __tablename__ = "restaurant_survey"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "restaurant_id"], _RESTAURANT, ondelete="CASCADE"),
        Index(None, "tenant", "restaurant_id", "surveyed_on"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    restaurant_id: Mapped[int] = mapped_column(BigInteger)
    surveyed_on: Mapped[dt.date] = field(Date, "勘查日期", "surveyed", required=True)
    flue: Mapped[bool] = field(Boolean, "专用烟道", "a flue of its own", required=True)
    housing: Mapped[str] = field(
        Text, "住宅毗邻", "housing above or beside", choices=("none", "dwelling", "mixed", "beside"), required=True
    )
    """无; 居民住宅楼内; 商住综合楼内; 综合楼内与居住层相邻."""
    device_planned: Mapped[bool] = field(Boolean, "拟装净化设施", "a device is planned", required=True)
    verdict: Mapped[str] = field(Text, "勘查结论", "verdict", choices=SURVEY_VERDICTS, required=True)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class CleaningRule(Row, Base):
    """How often a device is cleaned, by kind of kitchen; ``*`` stands for any."""

    __tablename__ = "cleaning_rule"
    __table_args__: Any = (UniqueConstraint("tenant", "trade"), CheckConstraint("days > 0", name="days"))

    trade: Mapped[str] = field(Text, "业态", "kind of kitchen, or * for any", required=True)
    days: Mapped[int] = field(Integer, "清洗间隔", "days between cleanings", required=True, unit="d")
    basis: Mapped[str] = field(Text, "依据", "basis", server_default=text("''"), nullable=False)

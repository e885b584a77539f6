"""Small tables of the street: firework zones and feasts told beforehand, contact points, which codes are noise, and
which codes a permit may make legal."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Feature, Row, feature_args, field
from geo.tables.permits import PERMIT_KINDS

FIREWORK_RULES = ("banned", "limited")
"""禁放, 限放."""

FEAST_KINDS = ("wedding", "funeral", "opening", "other")
"""婚庆, 丧事, 开业, 其他."""

CONTACT_KINDS = ("community", "enterprise", "site")
"""进社区, 进企业, 进工地: 平安建设联系点."""

PLACE_OF_TRADE = "vendor_point"
"""规范经营点: beside the kinds of permits, what may make a code legal while trade is open there."""

NOISE_KINDS = ("trade", "works", "square", "fume", "other")
"""商业噪声, 施工噪声, 广场文娱噪声, 油烟(与噪声同源的餐饮), 其他."""


class FireworkZone(Feature, Base):
    """禁燃限放区: where fireworks are banned, or limited to days and hours."""

    __tablename__ = "firework_zone"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("firework_zone", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",), tile=True)
    rule: Mapped[str] = field(
        Text, "管控方式", "rule", aliases=("管控", "类别"), choices=FIREWORK_RULES, required=True, tile=True
    )
    allowed: Mapped[str | None] = field(
        Text, "准放时段", "when they are allowed, as OSM opening_hours", aliases=("准放时段", "opening_hours")
    )
    valid_from_on: Mapped[dt.date | None] = field(Date, "起始日期", "first day", aliases=("开始日期",))
    valid_to_on: Mapped[dt.date | None] = field(Date, "终止日期", "last day", aliases=("结束日期",))
    basis: Mapped[str | None] = field(Text, "依据", "notice it rests on", aliases=("通告", "文号"))


class Feast(Row, Base):
    """A wedding, funeral or opening that the bureau was told of (提前介入): a place and a day, never whose."""

    __tablename__ = "feast"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        CheckConstraint(LATITUDE, name="latitude"),
        Index(None, "tenant", "held_on"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=FEAST_KINDS, required=True)
    held_on: Mapped[dt.date] = field(Date, "日期", "day", required=True)
    place: Mapped[str] = field(Text, "地点", "place in words", required=True)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    visited_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "上门时间", "visited")
    visited_by: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ContactPoint(Feature, Base):
    """联系点: where the bureau comes to the people, and which unit does."""

    __tablename__ = "contact_point"
    geometry_types = ("Point",)
    __table_args__ = feature_args("contact_point", geometry_types)

    name: Mapped[str] = field(Text, "名称", "name", aliases=("名称", "联系点"), required=True, tile=True)
    kind: Mapped[str] = field(Text, "类别", "kind", aliases=("类别",), choices=CONTACT_KINDS, required=True, tile=True)
    unit_code: Mapped[str | None] = field(Text, "责任单位", "code of the unit in charge", aliases=("责任单位", "中队"))
    opened_on: Mapped[dt.date | None] = field(Date, "设立日期", "set up", aliases=("设立时间",))
    hours: Mapped[str | None] = field(Text, "服务时间", "hours", aliases=("服务时段",))


class ContactVisit(Row, Base):
    """A visit of a contact point: when, how many people were met, what about; never who."""

    __tablename__ = "contact_visit"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(
            ["tenant", "contact_point_id"], ["contact_point.tenant", "contact_point.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint("people BETWEEN 0 AND 10000", name="people"),
        Index(None, "tenant", "contact_point_id", "at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    contact_point_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "走访时间", "visited", required=True)
    people: Mapped[int] = field(Integer, "走访人次", "people met", required=True, unit="人次")
    topic: Mapped[str] = field(Text, "事由", "what it was about", required=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class NoiseCode(Row, Base):
    """Which codes of events and complaints are noise, and of what kind."""

    __tablename__ = "noise_code"
    __table_args__: Any = (UniqueConstraint("tenant", "code"),)

    code: Mapped[str] = field(Text, "代码", "code", required=True)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=NOISE_KINDS, required=True)


class PermitCode(Row, Base):
    """Which codes a permit of a kind, or a place of trade, may make legal: whoever files one is asked 已审批? first."""

    __tablename__ = "permit_code"
    __table_args__: Any = (UniqueConstraint("tenant", "kind", "code"),)

    kind: Mapped[str] = field(
        Text, "许可类别", "kind of permit", choices=(*PERMIT_KINDS, PLACE_OF_TRADE), required=True
    )
    code: Mapped[str] = field(Text, "代码", "code", required=True)
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)

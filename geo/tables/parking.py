"""停放: bays and zones with their capacity, what was counted there, and tickets by the day (no fees)."""

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

PARKING_KINDS = ("bike_bay", "car_bay", "shared_bike")
"""非机动车停放区, 机动车泊位, 共享单车停放区."""

TICKET_VEHICLES = ("car", "truck", "ebike", "other")


class Parking(Feature, Base):
    """A bay or zone in which to park."""

    __tablename__ = "parking"
    geometry_types = ("MultiPolygon", "Point")
    __table_args__ = feature_args(
        "parking", geometry_types, Index(None, "tenant", "code"), CheckConstraint("capacity >= 0", name="capacity")
    )

    code: Mapped[str] = field(Text, "编号", "number", aliases=("编号", "泊位编号"), required=True)
    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",))
    kind: Mapped[str] = field(
        Text, "类别", "kind", aliases=("类别", "停放类型"), choices=PARKING_KINDS, required=True, tile=True
    )
    capacity: Mapped[int | None] = field(
        Integer, "泊位数", "places", aliases=("泊位数", "车位数", "容量"), unit="个", tile=True
    )
    street: Mapped[str | None] = field(Text, "街路", "street", aliases=("街路", "路名", "道路"))
    opening: Mapped[str | None] = field(
        Text, "开放时段", "hours, as OSM opening_hours", aliases=("opening_hours", "错时时段", "时段")
    )
    operator: Mapped[str | None] = field(Text, "管理单位", "body in charge", aliases=("运营单位", "产权单位"))


class ParkingCount(Row, Base):
    """What stood in a bay, and astray around it for want of room, at one time."""

    __tablename__ = "parking_count"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "parking_id"], ["parking.tenant", "parking.id"], ondelete="CASCADE"),
        CheckConstraint("parked >= 0 AND strays >= 0", name="counts"),
        Index(None, "tenant", "parking_id", "counted_at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    parking_id: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "清点时间", "counted", required=True)
    parked: Mapped[int] = field(Integer, "停放数", "parked inside", required=True, unit="辆")
    strays: Mapped[int] = field(Integer, "周边乱停数", "astray around it", required=True, unit="辆")
    capacity: Mapped[int | None] = field(Integer, "泊位数", "places then", unit="个")
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class TicketCount(Row, Base):
    """抄牌: how many vehicles were ticketed on a day at a place. No plates: who was fined stands elsewhere."""

    __tablename__ = "ticket_count"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        CheckConstraint(LATITUDE, name="latitude"),
        CheckConstraint("tickets > 0", name="tickets"),
        Index(None, "tenant", "on_date"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    on_date: Mapped[dt.date] = field(Date, "日期", "day", required=True)
    vehicle: Mapped[str] = field(Text, "车型", "vehicle", choices=TICKET_VEHICLES, required=True)
    tickets: Mapped[int] = field(Integer, "台次", "vehicles ticketed", required=True, unit="台次")
    place: Mapped[str] = field(Text, "地点", "place in words", server_default=text("''"), nullable=False)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

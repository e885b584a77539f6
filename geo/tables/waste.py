"""渣土: who carries construction waste from which site along which way to which dump, and what the feeds tell of it.

Lorries are known by their plates inside the bureau only: neither logs, changes nor public pages name one. Drivers are
not known at all.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Feature, Row, Tenant, feature_args, field

WASTE_KINDS = ("dump", "stockpile", "concession", "transfer_station", "collection_point")
"""消纳场, 临时堆放点, 特许经营点; and of household waste 转运站, 垃圾收集点, which are only drawn."""

TAKES_WASTE = ("dump", "stockpile", "concession")
"""Where construction waste may be tipped."""

TRIP_ENDS = ("dump", "returned", "silent", "under_way")
"""At a place that takes waste, back at a site without one, terminal fell silent, not over when the feed ended."""

DEVIATIONS = ("off_route", "stopped", "wrong_dump", "no_dump", "no_permit", "out_of_hours", "silent", "no_ticket")
"""偏离线路, 途中停留, 非核准消纳点, 未见消纳, 无核准拉运, 超时段运输, 终端离线, 无过磅记录."""

DEVIATION_STATES = ("proposed", "confirmed", "dismissed", "withdrawn")
"""待核实, 属实, 排除, 数据更正后不再成立."""

FEEDS = ("fix", "ticket", "deviation")
"""卫星定位, 过磅单; and, outwards, deviations."""

FEED_OUTCOMES = ("known", "refused", "unknown_plate", "sent")
"""Of a row that was not simply taken, or that was sent."""


class WasteSite(Feature, Base):
    """消纳与转运设施: where waste is tipped, lies for a while, or is handed on."""

    __tablename__ = "waste_site"
    geometry_types = ("MultiPolygon", "Point")
    __table_args__: Any = feature_args("waste_site", geometry_types, Index(None, "tenant", "code"))

    code: Mapped[str] = field(Text, "设施编号", "number", aliases=("编号", "设施编号"), required=True)
    name: Mapped[str] = field(Text, "设施名称", "name", aliases=("名称",), required=True)
    kind: Mapped[str] = field(Text, "类别", "kind", aliases=("类别",), choices=WASTE_KINDS, required=True, tile=True)
    holder: Mapped[str | None] = field(Text, "经营单位", "who runs it", aliases=("经营单位", "权属单位"))
    capacity_t: Mapped[int | None] = field(Integer, "容量", "capacity", aliases=("容量", "核定容量"), unit="t")
    opened_on: Mapped[dt.date | None] = field(Date, "启用日期", "first day", aliases=("启用日期",))
    closes_on: Mapped[dt.date | None] = field(Date, "关闭日期", "last day", aliases=("关闭日期", "封场日期"))


class HaulRoute(Feature, Base):
    """运输线路: the way that lorries of a site were allowed."""

    __tablename__ = "haul_route"
    geometry_types = ("LineString", "MultiLineString")
    __table_args__: Any = feature_args("haul_route", geometry_types, Index(None, "tenant", "code"))

    code: Mapped[str] = field(Text, "线路编号", "number", aliases=("编号", "线路编号"), required=True)
    name: Mapped[str | None] = field(Text, "线路名称", "name", aliases=("名称",))
    site_code: Mapped[str | None] = field(Text, "工地编号", "number of the site", aliases=("工地编号",))
    dump_code: Mapped[str | None] = field(Text, "设施编号", "number of the dump", aliases=("消纳点编号", "设施编号"))
    opening: Mapped[str | None] = field(
        Text, "运输时段", "hours, as OSM opening_hours", aliases=("opening_hours", "时段", "运输时段")
    )


class Haulier(Row, Base):
    """拉运企业."""

    __tablename__ = "haulier"
    __table_args__: Any = (UniqueConstraint("tenant", "code"),)

    code: Mapped[str] = field(Text, "企业编号", "number", required=True)
    name: Mapped[str] = field(Text, "企业名称", "name", required=True)
    licence: Mapped[str | None] = field(Text, "信用代码", "credit code")
    active: Mapped[bool] = field(Boolean, "在册", "on the register", server_default=text("true"), nullable=False)
    set_by: Mapped[str] = mapped_column(Text)


class HaulVehicle(Row, Base):
    """拉运车辆: a lorry and whose it is."""

    __tablename__ = "haul_vehicle"
    __table_args__: Any = (
        UniqueConstraint("tenant", "plate"),
        ForeignKeyConstraint(["tenant", "haulier_code"], ["haulier.tenant", "haulier.code"]),
    )

    plate: Mapped[str] = field(Text, "车牌号", "plate", required=True)
    haulier_code: Mapped[str] = field(Text, "企业编号", "number of the haulier", required=True)
    terminal: Mapped[str | None] = field(Text, "终端号", "number of the terminal")
    active: Mapped[bool] = field(Boolean, "在册", "on the register", server_default=text("true"), nullable=False)
    set_by: Mapped[str] = mapped_column(Text)


class HaulGrant(Row, Base):
    """核准内容: what a haulage permit lets a haulier do, one line for each way and dump; the permit has the dates."""

    __tablename__ = "haul_grant"
    __table_args__: Any = (
        UniqueConstraint("tenant", "permit_number", "site_code", "haulier_code", "route_code", "dump_code"),
        ForeignKeyConstraint(["tenant", "haulier_code"], ["haulier.tenant", "haulier.code"]),
        Index(None, "tenant", "site_code"),
    )

    permit_number: Mapped[str] = field(Text, "许可编号", "number of the permit", required=True)
    site_code: Mapped[str] = field(Text, "工地编号", "number of the site", required=True)
    haulier_code: Mapped[str] = field(Text, "企业编号", "number of the haulier", required=True)
    route_code: Mapped[str] = field(Text, "线路编号", "route; empty for any", server_default=text("''"), nullable=False)
    dump_code: Mapped[str] = field(Text, "设施编号", "dump; empty for any", server_default=text("''"), nullable=False)
    set_by: Mapped[str] = mapped_column(Text)


class WasteLimit(Row, Base):
    """A threshold of this room, as the bureau set it."""

    __tablename__ = "waste_limit"
    __table_args__: Any = (UniqueConstraint("tenant", "name"), CheckConstraint("value >= 0", name="value"))

    name: Mapped[str] = field(Text, "名称", "name", required=True)
    value: Mapped[int] = field(Integer, "数值", "value", required=True)
    basis: Mapped[str] = field(Text, "依据", "what it rests on", server_default=text("''"), nullable=False)
    set_by: Mapped[str] = mapped_column(Text)


class FeedColumn(Row, Base):
    """How a source names a field of ours, or writes it: the mapping of a feed."""

    __tablename__ = "feed_column"
    __table_args__: Any = (UniqueConstraint("tenant", "source", "kind", "name"),)

    source: Mapped[str] = field(Text, "来源", "source", required=True)
    kind: Mapped[str] = field(Text, "数据", "what it sends", choices=FEEDS, required=True)
    name: Mapped[str] = field(Text, "字段", "our field", required=True)
    said: Mapped[str] = field(Text, "对方写法", "what the source calls it", required=True)
    set_by: Mapped[str] = mapped_column(Text)


class FeedBatch(Row, Base):
    """The receipt of one delivery, in or out."""

    __tablename__ = "feed_batch"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        CheckConstraint("rows = taken + known + refused + unknown", name="sum"),
        Index(None, "tenant", "received_at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    source: Mapped[str] = field(Text, "来源", "source", required=True)
    kind: Mapped[str] = field(Text, "数据", "what was sent", choices=FEEDS, required=True)
    sha256: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = field(Integer, "行数", "rows", required=True)
    taken: Mapped[int] = field(Integer, "新收", "taken or sent", required=True)
    known: Mapped[int] = field(Integer, "已有", "known before", required=True)
    refused: Mapped[int] = field(Integer, "拒收", "refused", required=True)
    unknown: Mapped[int] = field(Integer, "未登记车辆", "of plates not registered", required=True)
    plates: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Plates that nobody has registered, sorted."""
    faults: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """First rows refused: row, field, value."""
    received_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)


class HaulFix(Tenant, Base):
    """Where a lorry was at a time; EPSG:4490. They expire."""

    __tablename__ = "haul_fix"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "vehicle_id"], ["haul_vehicle.tenant", "haul_vehicle.id"]),
        CheckConstraint("abs(lat) <= 85 AND abs(lon) <= 180", name="place"),
        Index(None, "tenant", "at"),
    )

    vehicle_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    lon: Mapped[float] = mapped_column(Double)
    lat: Mapped[float] = mapped_column(Double)
    speed_kmh: Mapped[int | None] = mapped_column(SmallInteger)


class WeighTicket(Row, Base):
    """过磅单: what a weighbridge wrote down; also of lorries nobody has registered."""

    __tablename__ = "weigh_ticket"
    __table_args__: Any = (
        UniqueConstraint("tenant", "source", "number"),
        CheckConstraint("gross_kg >= tare_kg AND tare_kg >= 0", name="mass"),
        Index(None, "tenant", "at"),
        Index(None, "tenant", "dump_code"),
    )

    source: Mapped[str] = field(Text, "来源", "source", required=True)
    number: Mapped[str] = field(Text, "磅单号", "number", required=True)
    plate: Mapped[str] = field(Text, "车牌号", "plate", required=True)
    dump_code: Mapped[str] = field(Text, "设施编号", "number of the dump", required=True)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "过磅时间", "when", required=True)
    gross_kg: Mapped[int] = field(Integer, "毛重", "gross", required=True, unit="kg")
    tare_kg: Mapped[int] = field(Integer, "皮重", "tare", required=True, unit="kg")


class HaulTrip(Row, Base):
    """From a site to where the load went, as read from the fixes; read again, the same trip keeps its row."""

    __tablename__ = "haul_trip"
    __table_args__: Any = (
        UniqueConstraint("tenant", "vehicle_id", "left_at"),
        ForeignKeyConstraint(["tenant", "vehicle_id"], ["haul_vehicle.tenant", "haul_vehicle.id"]),
        ForeignKeyConstraint(["tenant", "ticket_id"], ["weigh_ticket.tenant", "weigh_ticket.id"]),
        CheckConstraint("ended_at >= left_at", name="times"),
        Index(None, "tenant", "left_at"),
    )

    vehicle_id: Mapped[int] = mapped_column(BigInteger)
    site_code: Mapped[str] = field(Text, "工地编号", "number of the site", required=True)
    left_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "出场时间", "left", required=True)
    ended_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "到达时间", "ended", required=True)
    ending: Mapped[str] = field(Text, "终点", "how it ended", choices=TRIP_ENDS, required=True)
    dump_code: Mapped[str | None] = field(Text, "设施编号", "number of the dump")
    metres: Mapped[int] = field(Integer, "里程", "distance", required=True, unit="m")
    fixes: Mapped[int] = field(Integer, "定位点", "fixes", required=True)
    permit_number: Mapped[str | None] = field(Text, "许可编号", "permit it went under")
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)


class HaulDeviation(Row, Base):
    """偏差: where a trip went otherwise than permitted, by the thresholds that then held. A person judges it."""

    __tablename__ = "haul_deviation"
    __table_args__: Any = (
        UniqueConstraint("tenant", "vehicle_id", "kind", "from_at"),
        ForeignKeyConstraint(["tenant", "vehicle_id"], ["haul_vehicle.tenant", "haul_vehicle.id"]),
        CheckConstraint("to_at >= from_at", name="times"),
        CheckConstraint(LATITUDE, name="latitude"),
        Index(None, "tenant", "from_at"),
    )

    vehicle_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = field(Text, "偏差类别", "kind", choices=DEVIATIONS, required=True)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=DEVIATION_STATES, server_default=text("'proposed'"), nullable=False
    )
    site_code: Mapped[str] = field(Text, "工地编号", "number of the site", required=True)
    left_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "出场时间", "when the trip began", required=True)
    from_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "开始时间", "from", required=True)
    to_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "结束时间", "to", required=True)
    amount: Mapped[int] = field(Integer, "数值", "how much: metres off the way, or seconds", required=True)
    dump_code: Mapped[str | None] = field(Text, "设施编号", "number of the dump")
    limits: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """The thresholds by which it was found."""
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_sha256: Mapped[str | None] = mapped_column(Text)
    """Of the row as last sent to the city's platform."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))


class CleansingRule(Row, Base):
    """保洁作业标准: how streets of a tier are to be kept clean; a table to look up, nothing is derived from it."""

    __tablename__ = "cleansing_rule"
    __table_args__: Any = (UniqueConstraint("tenant", "tier"),)

    tier: Mapped[str] = field(
        Text, "道路等级", "tier of street", choices=("main", "secondary", "branch", "lane"), required=True
    )
    hours: Mapped[int] = field(SmallInteger, "每日保洁时长", "hours a day", required=True, unit="h")
    shifts: Mapped[int] = field(SmallInteger, "班次", "shifts a day", required=True, unit="班")
    sprinklings: Mapped[int] = field(SmallInteger, "每日洒水", "sprinklings a day", required=True, unit="次")
    removed_daily: Mapped[bool] = field(Boolean, "日产日清", "rubbish removed every day", required=True)
    set_by: Mapped[str] = mapped_column(Text)

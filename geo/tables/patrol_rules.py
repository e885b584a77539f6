"""What the bureau sets for its patrols, each from a date on: passes by tier, zones by class, rests, who gives way, the
centre.

Older rows stay, so that an old plan can be read with the rules it was made under.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    SmallInteger,
    Text,
    Time,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field
from geo.tables.hotspot_zones import ZONE_KINDS
from geo.tables.roads import TIERS

EVERY_SHIFT = ""
"""Shift code of a rule for every shift."""

DUTIES = ("law", "post", "deadline", "pass", "coverage", "hotspot")
"""What can give way to what."""

COVERS = ("streets", "cells")
"""Full coverage of the centre: every street of it, or one street at least of each 250 m cell."""


class PassRule(Row, Base):
    """How often streets of a tier are passed in a shift, and how far apart."""

    __tablename__ = "pass_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "tier", "shift_code", "valid_from_on"),
        CheckConstraint("passes BETWEEN 0 AND 12", name="passes"),
        CheckConstraint("spacing_min BETWEEN 0 AND 720", name="spacing"),
        CheckConstraint("ride_kmh BETWEEN 0 AND 60", name="ride"),
    )

    tier: Mapped[str] = field(Text, "道路分级", "tier", choices=TIERS, required=True)
    shift_code: Mapped[str] = field(Text, "班次", "shift; empty for every one", server_default=text("''"))
    passes: Mapped[int] = field(SmallInteger, "每班次数", "passes a shift", required=True)
    spacing_min: Mapped[int] = field(
        SmallInteger, "间隔分钟", "minutes between two passes at least", required=True, unit="min"
    )
    required: Mapped[bool] = field(Boolean, "必须完成", "a promise", required=True)
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    set_by: Mapped[str] = field(Text, "设定来源", "who set it, or 'prefilled'", required=True)
    ride_kmh: Mapped[int] = field(
        SmallInteger, "顺路时速", "fastest ride on the way to something else that counts as a pass; 0: none does",
        server_default=text("0"), nullable=False, unit="km/h", sort_order=96,
    )  # fmt: skip


class BreakRule(Row, Base):
    """A rest that every team of a kind of shift takes: how long, and between which local times it begins."""

    __tablename__ = "break_rule"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"]),
        UniqueConstraint("tenant", "shift_code", "name", "valid_from_on"),
        CheckConstraint("minutes BETWEEN 0 AND 240", name="minutes"),
    )

    shift_code: Mapped[str] = field(Text, "班次", "shift", required=True)
    name: Mapped[str] = field(Text, "休息名称", "what it is called", required=True)
    minutes: Mapped[int] = field(SmallInteger, "休息分钟", "minutes; 0: no longer taken", required=True, unit="min")
    from_time: Mapped[dt.time] = field(Time, "最早开始", "begins no sooner, local time", required=True)
    to_time: Mapped[dt.time] = field(Time, "最晚开始", "begins no later, local time", required=True)
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    set_by: Mapped[str] = field(Text, "设定来源", "who set it", required=True)


class ZoneRule(Row, Base):
    """How a class of place is looked after: its idleness cap, and start values for what no study tells yet."""

    __tablename__ = "zone_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "kind", "valid_from_on"),
        CheckConstraint("cap_min IS NULL OR cap_min BETWEEN 30 AND 1440", name="cap"),
        CheckConstraint("rho_min BETWEEN 1 AND 1440", name="rho"),
        CheckConstraint("stay_min BETWEEN 1 AND 1440", name="stay"),
        CheckConstraint("per_hour_thousandths BETWEEN 0 AND 32000", name="per_hour"),
    )

    kind: Mapped[str] = field(Text, "类别", "class of place", choices=ZONE_KINDS, required=True)
    cap_min: Mapped[int | None] = field(
        SmallInteger, "最长失管分钟", "longest time unvisited while open; empty for no promise", unit="min"
    )
    rho_min: Mapped[int] = field(SmallInteger, "回潮分钟", "mean minutes to return", required=True, unit="min")
    stay_min: Mapped[int] = field(
        SmallInteger, "停留分钟", "mean minutes a violation stays if nobody comes", required=True, unit="min"
    )
    per_hour_thousandths: Mapped[int] = field(
        SmallInteger, "每小时新增(千分之一)", "new ones an hour while open, thousandths", required=True
    )
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    set_by: Mapped[str] = field(Text, "设定来源", "who set it, or 'prefilled'", required=True)


class GivingWay(Row, Base):
    """The order of duties when not everything fits: the last gives way first (D14)."""

    __tablename__ = "giving_way"
    __table_args__: Any = (
        UniqueConstraint("tenant", "valid_from_on"),
        CheckConstraint(
            f"cardinality(duties) = {len(DUTIES)} AND duties @> ARRAY[{', '.join(repr(one) for one in DUTIES)}]",
            name="duties",
        ),
    )

    duties: Mapped[list[str]] = mapped_column(ARRAY(Text))
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    set_by: Mapped[str] = field(Text, "设定来源", "who set it", required=True)
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class UrbanCentre(Row, Base):
    """中心城区, which is covered in full every day."""

    __tablename__ = "urban_centre"
    __table_args__: Any = (
        UniqueConstraint("tenant", "valid_from_on"),
        CheckConstraint("ride_kmh BETWEEN 0 AND 60", name="ride"),
    )

    name: Mapped[str] = field(Text, "名称", "name", required=True)
    covers: Mapped[str] = field(
        Text, "覆盖口径", "what full means", choices=COVERS, server_default=text("'streets'"), nullable=False
    )
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    set_by: Mapped[str] = field(Text, "设定来源", "who set it", required=True)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=STORAGE, spatial_index=False))
    ride_kmh: Mapped[int] = field(
        SmallInteger, "顺路时速", "fastest ride on the way to something else that covers a street; 0: none does",
        server_default=text("20"), nullable=False, unit="km/h", sort_order=96,
    )  # fmt: skip


class Focus(Row, Base):
    """A director's dated focus: a place, a factor, whose word it is, and what the plan loses elsewhere for it."""

    __tablename__ = "focus"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"]),
        UniqueConstraint("tenant", "code"),
        CheckConstraint("last_on >= first_on", name="dates"),
        CheckConstraint("factor_percent BETWEEN 10 AND 1000", name="factor"),
    )

    code: Mapped[str] = field(Text, "编号", "code", required=True)
    name: Mapped[str] = field(Text, "名称", "what it is called", required=True)
    ordered_by: Mapped[str] = field(Text, "提出人", "whose word it is", required=True)
    shift_code: Mapped[str | None] = field(Text, "班次", "shift; empty for every one")
    first_on: Mapped[dt.date] = field(Date, "起始日期", "first day", required=True)
    last_on: Mapped[dt.date] = field(Date, "截止日期", "last day, included", required=True)
    factor_percent: Mapped[int] = field(SmallInteger, "权重倍数(%)", "factor in per cent", required=True, unit="%")
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=STORAGE, spatial_index=False))

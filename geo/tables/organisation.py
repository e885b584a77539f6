"""局/大队/中队/镇街, the people in them, their licences, and the vehicles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field

ORG_KINDS = ("bureau", "brigade", "squadron", "town")
STAFF_KINDS = ("regular", "auxiliary")
VEHICLE_KINDS = ("car", "ebike")


class OrgUnit(Row, Base):
    """A node of the organisation tree; its area is both duty and permission scope (none = the whole county)."""

    __tablename__ = "org_unit"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "parent_id"], ["org_unit.tenant", "org_unit.id"]),
        UniqueConstraint("tenant", "code"),
    )

    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[str] = field(Text, "编号", "code", required=True)
    name: Mapped[str] = field(Text, "名称", "name", required=True)
    kind: Mapped[str] = field(Text, "层级", "kind", choices=ORG_KINDS, required=True)
    area: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=STORAGE, spatial_index=False))
    muster: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=STORAGE, spatial_index=False), sort_order=96
    )
    """集合点: where its teams begin and end their day."""


class Staff(Row, Base):
    """A member of staff. Formal acts need two valid licences in a team (行政处罚法 art. 42); auxiliaries have none."""

    __tablename__ = "staff"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"]),
        UniqueConstraint("tenant", "code"),
        CheckConstraint("licence_no IS NULL OR kind = 'regular'", name="auxiliary_without_licence"),
        CheckConstraint("(licence_no IS NULL) = (licence_to_on IS NULL)", name="licence_has_expiry"),
        Index(None, "tenant", "org_unit_id"),
    )

    code: Mapped[str] = field(Text, "工号", "staff number", required=True)
    name: Mapped[str] = field(Text, "姓名", "name", required=True)
    kind: Mapped[str] = field(Text, "人员类别", "kind", choices=STAFF_KINDS, required=True)
    org_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    licence_no: Mapped[str | None] = field(Text, "执法证号", "licence number")
    licence_from_on: Mapped[dt.date | None] = field(Date, "发证日期", "licence valid from")
    licence_to_on: Mapped[dt.date | None] = field(Date, "有效期至", "last day of the licence")
    active: Mapped[bool] = field(Boolean, "在岗", "in service", server_default=text("true"), nullable=False)


class Vehicle(Row, Base):
    """A car or e-bike that a team can be given for a shift."""

    __tablename__ = "vehicle"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"]),
        UniqueConstraint("tenant", "code"),
    )

    code: Mapped[str] = field(Text, "车辆编号", "number or plate", required=True)
    kind: Mapped[str] = field(Text, "车辆类别", "kind", choices=VEHICLE_KINDS, required=True)
    seats: Mapped[int] = field(SmallInteger, "座位", "seats", required=True)
    org_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    active: Mapped[bool] = field(Boolean, "可用", "in service", server_default=text("true"), nullable=False)

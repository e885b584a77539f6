"""The county's own names of places, and the pairs of letters by which they are found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, Tenant, field

PLACE_KINDS = ("house", "crossing", "shop", "zone", "estate", "road", "district", "area")
"""门牌, 路口, 店铺和兴趣点, 重点场所, 小区和用地, 道路, 片区, 行政区和水面; the most exact first."""


class PlaceName(Row, Base):
    """One name that somebody may say, and where that is.

    Derived from the layers by ``pianqu places build``, besides those of ``source`` ``own``, which the bureau brings.
    """

    __tablename__ = "place_name"
    __table_args__: Any = (
        Index("ix_place_name_street", "tenant", "street", postgresql_where=text("street IS NOT NULL")),
        Index(None, "tenant", "source"),
        CheckConstraint("radius_m >= 0", name="radius"),
        CheckConstraint("grams >= 0", name="grams"),
    )

    source: Mapped[str] = field(Text, "来源", "layer it is derived from, or own", required=True)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=PLACE_KINDS, required=True)
    name: Mapped[str] = field(Text, "名称", "name", required=True)
    spoken: Mapped[str] = field(Text, "匹配名", "name as it is compared", required=True)
    street: Mapped[str | None] = mapped_column(Text)
    """Of a house or a crossing the (first) street as it is compared; these are found by it and have no pairs."""
    district_code: Mapped[str | None] = field(Text, "片区编号", "patrol district")
    radius_m: Mapped[int] = field(Integer, "范围", "how far from the point it reaches", required=True, unit="m")
    grams: Mapped[int] = mapped_column(Integer)
    """Different pairs of letters in ``spoken``."""
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class PlaceGram(Tenant, Base):
    """A pair of letters of a name. Found by equality, which row security lets an index answer; trigrams lose theirs."""

    __tablename__ = "place_gram"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "name_id"], ["place_name.tenant", "place_name.id"], ondelete="CASCADE"),
        Index(None, "tenant", "name_id"),
    )

    gram: Mapped[str] = mapped_column(Text, primary_key=True)
    name_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)

"""五定守点: who stands where, when, to do what, and by what it is judged. A post lacking one of the five is no post."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field


class Post(Row, Base):
    """A fixed post: time, place, duty and effect here; the people it names stand in ``post_person``."""

    __tablename__ = "post"
    __table_args__: Any = (
        UniqueConstraint("tenant", "code"),
        CheckConstraint("btrim(opening) <> '' AND btrim(duty) <> '' AND btrim(effect) <> ''", name="five"),
        CheckConstraint("GeometryType(geom) IN ('POINT', 'MULTIPOLYGON')", name="geometry_type"),
        CheckConstraint("buffer_m BETWEEN 0 AND 2000", name="buffer"),
        CheckConstraint("people_needed BETWEEN 1 AND 20", name="people"),
        CheckConstraint("valid_to_on IS NULL OR valid_to_on > valid_from_on", name="dates"),
        Index("ix_post_geom", "geom", postgresql_using="gist"),
    )

    code: Mapped[str] = field(Text, "岗位编号", "code", required=True)
    name: Mapped[str] = field(Text, "岗位名称", "name", required=True)
    district_code: Mapped[str | None] = field(Text, "所属片区", "patrol district that owns it")
    opening: Mapped[str] = field(Text, "定时", "when somebody stands there, as OSM opening_hours", required=True)
    duty: Mapped[str] = field(Text, "定责", "what they are to do", required=True)
    effect: Mapped[str] = field(Text, "定效", "by what it is judged", required=True)
    effect_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Event codes that are counted while somebody stands there and afterwards; empty means all."""
    buffer_m: Mapped[int] = field(
        SmallInteger, "定岗范围", "metres around the place that still count as being there",
        server_default=text("50"), nullable=False, unit="m",
    )  # fmt: skip
    people_needed: Mapped[int] = field(
        SmallInteger, "在岗人数", "how many of its people stand there", server_default=text("1"), nullable=False,
        unit="人",
    )  # fmt: skip
    valid_from_on: Mapped[dt.date | None] = field(Date, "起始日期", "first day")
    valid_to_on: Mapped[dt.date | None] = field(Date, "终止日期", "first day it no longer stands")
    active: Mapped[bool] = field(Boolean, "启用", "in use", server_default=text("true"), nullable=False)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=STORAGE, spatial_index=False))


class PostPerson(Row, Base):
    """定人: somebody a post names. The first in order who are on duty stand there."""

    __tablename__ = "post_person"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "post_id"], ["post.tenant", "post.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "post_id", "staff_id"),
        Index(None, "tenant", "staff_id"),
    )

    post_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(SmallInteger)

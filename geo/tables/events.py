"""事件: what was seen or reported, where and when. One row an occurrence, unit and source always kept."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, Numeric, Text, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import LATITUDE, Base, Feature, field

SOURCES = ("complaint", "patrol", "camera", "transfer", "unknown")
"""Who noticed: a forecast may only learn from sources whose exposure is known, so the field is never guessed."""


class Event(Feature, Base):
    """An occurrence coded by GB/T 30428.2 or another code system.

    The table will be partitioned by month, so the time the server received the row is part of its key;
    uniqueness of ``uid`` and of ``(source, source_key)`` is kept by the unpartitioned ``receipt``.
    """

    __tablename__ = "event"
    geometry_types = ("Point",)
    __table_args__: Any = (
        CheckConstraint(LATITUDE, name="latitude"),
        CheckConstraint("closed_at IS NULL OR closed_at >= occurred_at", name="closed"),
        Index("ix_event_geom", "geom", postgresql_using="gist"),
        Index("ix_event_geom_3857", "geom_3857", postgresql_using="gist"),
        Index(None, "tenant", "occurred_at"),
        Index(None, "tenant", "code", "id"),
    )

    received_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), primary_key=True, server_default=func.now(), sort_order=-1
    )
    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    code: Mapped[str] = field(
        Text, "事件代码", "event code", aliases=("代码", "小类", "nature", "category"), required=True, tile=True
    )
    code_system: Mapped[str] = field(
        Text,
        "代码体系",
        "code system and version",
        aliases=("code_system",),
        server_default=text("'local'"),
        nullable=False,
    )
    origin: Mapped[str] = field(
        Text,
        "来源",
        "who noticed",
        aliases=("来源",),
        choices=SOURCES,
        server_default=text("'unknown'"),
        nullable=False,
        tile=True,
    )
    occurred_at: Mapped[dt.datetime] = field(
        DateTime(timezone=True),
        "发生时间",
        "occurred",
        aliases=("发生时间", "created", "time", "上报时间"),
        required=True,
    )
    found_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "发现时间", "found", aliases=("发现时间",))
    closed_at: Mapped[dt.datetime | None] = field(
        DateTime(timezone=True), "结案时间", "closed", aliases=("结案时间", "completed")
    )
    quantity: Mapped[float] = field(
        Numeric(12, 2), "数量", "quantity", aliases=("数量",), server_default=text("1"), nullable=False
    )
    unit: Mapped[str] = field(
        Text,
        "单位",
        "unit of the quantity; never summed across units",
        aliases=("单位",),
        server_default=text("'次'"),
        nullable=False,
    )
    duplicate_of: Mapped[str | None] = field(Text, "重复于", "key of the event this one repeats", aliases=("重复",))
    reporter_hash: Mapped[str | None] = mapped_column(Text, sort_order=96)
    """Keyed hash of who reported it, made at the door. It says nothing about the event, so it is no field of the
    layer: no item, tile, export or page carries it. Only forecasts read it, to cap who reports without end."""

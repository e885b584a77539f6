"""疑似: ground that a look from above says was built on without leave, and what was looked at.

A suspicion is a lead for a person to check. Deciding on it either hands it to the ledger of illegal buildings
as suspected, or dismisses it with a reason; a dismissed one comes back only when it has grown.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Date, DateTime, Double, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, feature_args, field

SUSPICION_STATUSES = ("waiting", "confirmed", "dismissed")
"""待核, 已转违建台账, 查否."""

CHANGES = ("new", "enlarged")
"""新增, 扩建."""


class Suspicion(Feature, Base):
    """Ground that was added, as an overlay on the approved buildings."""

    __tablename__ = "suspicion"
    geometry_types = ("MultiPolygon",)
    __table_args__: Any = feature_args(
        "suspicion",
        geometry_types,
        CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("status <> 'dismissed' OR decision <> ''", name="dismissed_with_reason"),
        Index(None, "tenant", "status", "id"),
    )

    status: Mapped[str] = field(
        Text,
        "状态",
        "status",
        aliases=("状态",),
        choices=SUSPICION_STATUSES,
        server_default=text("'waiting'"),
        nullable=False,
        tile=True,
    )
    change: Mapped[str] = field(
        Text, "变化", "change", aliases=("变化类型",), choices=CHANGES, required=True, tile=True
    )
    survey: Mapped[str | None] = field(Text, "批次", "survey it came from", aliases=("批次",))
    observed_on: Mapped[dt.date | None] = field(Date, "观测日期", "day it was seen", aliases=("观测日期",))
    area_m2: Mapped[float | None] = field(Double, "增加面积", "area added", aliases=("增加面积",), unit="m²")
    outline_m2: Mapped[float | None] = field(Double, "轮廓面积", "area of the whole outline", unit="m²")
    width_m: Mapped[float | None] = field(Double, "宽度", "width of a strip", unit="m")
    confidence: Mapped[float | None] = field(Double, "置信度", "confidence, 0 to 1", aliases=("置信度",))
    building_key: Mapped[str | None] = field(Text, "批准建筑", "approved buildings it adjoins, by key")
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    reason: Mapped[str | None] = field(Text, "理由", "reason", aliases=("理由",))
    reasons: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Pairs of message code and facts, of which ``reason`` is the Chinese sentence."""
    grew_from: Mapped[str | None] = field(Text, "由此扩大", "decided suspicion that it has grown from, by key")
    decided_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "处理时间", "decided")
    decided_by: Mapped[str | None] = field(Text, "处理人", "decided by")
    decision: Mapped[str | None] = field(Text, "处理说明", "reason of the decision")


class Flight(Feature, Base):
    """Ground that a flight looked at; outside of it nothing was seen, and nothing is said."""

    __tablename__ = "flight"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("flight", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称", "架次"), tile=True)
    survey: Mapped[str | None] = field(Text, "批次", "survey it belongs to", aliases=("批次",))
    flown_on: Mapped[dt.date | None] = field(Date, "飞行日期", "day flown", aliases=("飞行日期",))
    orthophoto: Mapped[str | None] = field(
        Text, "正射影像", "where the orthophoto is kept", aliases=("正射影像", "影像")
    )

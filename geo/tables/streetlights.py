"""路灯 (GB/T 30428.2 component 01-37)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, Double, Text, text
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, feature_args, field

STATUSES = ("on", "fault", "off_by_plan")
"""正常, 故障, 按计划关闭: a lamp switched off by the lighting schedule is not a fault."""

NIGHT_PARTS = ("whole", "half")
"""全夜灯, 半夜灯: which lamps a plan that saves energy switches off."""


class Streetlight(Feature, Base):
    """One lamp; its 24-hour repair clock runs from ``status_since_at`` when it is at fault."""

    __tablename__ = "streetlight"
    geometry_types = ("Point",)
    __table_args__ = feature_args("streetlight", geometry_types)

    code: Mapped[str | None] = field(Text, "灯杆编号", "pole number", aliases=("编号", "灯杆号", "ref"))
    status: Mapped[str] = field(
        Text,
        "状态",
        "status",
        aliases=("状态",),
        choices=STATUSES,
        server_default=text("'on'"),
        nullable=False,
        tile=True,
    )
    status_since_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "状态起始", "status since")
    circuit: Mapped[str | None] = field(Text, "回路", "circuit", aliases=("回路", "控制箱"))
    power_w: Mapped[float | None] = field(Double, "功率", "power", aliases=("功率",), unit="W")
    height_m: Mapped[float | None] = field(Double, "杆高", "height", aliases=("高度", "height"), unit="m")
    night_part: Mapped[str | None] = field(
        Text, "亮灯时段", "part of the night it burns", aliases=("全夜半夜",), choices=NIGHT_PARTS, sort_order=96
    )

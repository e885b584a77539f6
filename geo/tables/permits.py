"""许可与备案: what somebody was allowed to do on the street or had to file, where, and until when."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Date, Double, Text, text
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, feature_args, field

PERMIT_KINDS = ("occupation", "excavation", "signboard", "haulage", "batching")
"""占道审批, 开挖审批, 门头招牌; 渣土/混凝土拉运备案, 自拌混凝土备案: three permits, two filings."""

PERMIT_STATUSES = ("valid", "revoked")
"""有效, 撤销. That its last day has passed is no status: the calendar says so."""


class Permit(Feature, Base):
    """A permit or filing with its ground: an area, or a point at a door or gate."""

    __tablename__ = "permit"
    geometry_types = ("MultiPolygon", "Point")
    __table_args__ = feature_args(
        "permit", geometry_types, CheckConstraint("valid_to_on >= valid_from_on", name="dates")
    )

    number: Mapped[str] = field(Text, "许可编号", "number", aliases=("编号", "文号", "许可证号"), required=True)
    kind: Mapped[str] = field(
        Text, "许可类别", "kind", aliases=("类别", "许可类型"), choices=PERMIT_KINDS, required=True, tile=True
    )
    status: Mapped[str] = field(
        Text,
        "状态",
        "status",
        aliases=("状态",),
        choices=PERMIT_STATUSES,
        server_default=text("'valid'"),
        nullable=False,
        tile=True,
    )
    holder: Mapped[str | None] = field(
        Text, "许可单位", "body it was given to", aliases=("申请单位", "单位"), outside="NULL::text"
    )
    purpose: Mapped[str | None] = field(Text, "事由", "what for", aliases=("事由", "用途"))
    place: Mapped[str | None] = field(Text, "地点", "place in words", aliases=("地址", "位置"))
    area_m2: Mapped[float | None] = field(Double, "许可面积", "area allowed", aliases=("面积",), unit="m²")
    valid_from_on: Mapped[dt.date] = field(Date, "起始日期", "first day", aliases=("开始日期",), required=True)
    valid_to_on: Mapped[dt.date] = field(
        Date, "有效期至", "last day, included", aliases=("截止日期", "终止日期", "结束日期"), required=True
    )

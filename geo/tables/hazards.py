"""隐患与风险源: what may hurt somebody, how badly, who answers for it, and whether it is put right."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

HAZARD_CATEGORIES = (
    "advertising", "sanitation", "works", "bike_charging", "waste", "construction_waste", "illegal_building", "gas",
    "bridge", "river_rail", "tree", "low_point",
)  # fmt: skip
"""户外广告, 环卫作业, 市政施工, 电动车充电, 生活垃圾, 渣土, 违建, 燃气, 桥梁, 沿河护栏, 树木, 低洼积水点."""

HAZARD_LEVELS = ("major", "general")
"""重大, 一般."""

OPEN_HAZARD_STATES = ("reported", "open", "fixed", "checked")
HAZARD_STATES = (*OPEN_HAZARD_STATES, "closed", "unfounded")
"""待核实, 整改中, 待复查, 待签批, 已销号, 不属实."""

_OPEN = ", ".join(f"'{state}'" for state in OPEN_HAZARD_STATES)


class Hazard(Feature, Base):
    """A hazard or source of risk; its rows are written by the steps of its workflow."""

    __tablename__ = "hazard"
    geometry_types = ("Point",)
    __table_args__ = feature_args(
        "hazard",
        geometry_types,
        UniqueConstraint("tenant", "number"),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        CheckConstraint(
            f"status NOT IN ({_OPEN}) OR (staff_id IS NOT NULL AND due_at IS NOT NULL)", name="named_person_and_date"
        ),
        Index("ix_hazard_open", "tenant", "due_at", postgresql_where=text(f"status IN ({_OPEN})")),
    )

    number: Mapped[str | None] = field(Text, "编号", "number", tile=True)
    category: Mapped[str] = field(Text, "类别", "category", choices=HAZARD_CATEGORIES, required=True, tile=True)
    level: Mapped[str] = field(Text, "等级", "level", choices=HAZARD_LEVELS, required=True, tile=True)
    status: Mapped[str] = field(Text, "状态", "state", choices=HAZARD_STATES, required=True, tile=True)
    description: Mapped[str] = field(
        Text, "隐患描述", "what is wrong", server_default=text("''"), nullable=False, outside="NULL::text"
    )
    place: Mapped[str] = field(Text, "地点", "place", server_default=text("''"), nullable=False)
    body: Mapped[str] = field(
        Text, "整改单位", "body that puts it right", server_default=text("''"), nullable=False, outside="NULL::text"
    )
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    found_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "发现时间", "found", required=True)
    due_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "到期时间", "due", tile=True)
    closed_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), "销号时间", "closed")
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who answers for it; everything open has a named person and a date."""
    uid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    inspection_id: Mapped[int | None] = mapped_column(BigInteger)
    """The gas inspection that found it."""


class HazardRule(Row, Base):
    """How many days there are to put a hazard right; ``*`` stands for any category."""

    __tablename__ = "hazard_rule"
    __table_args__ = (
        UniqueConstraint("tenant", "category", "level"),
        CheckConstraint("days BETWEEN 1 AND 366", name="days"),
    )

    category: Mapped[str] = field(Text, "类别", "category, or * for any", required=True)
    level: Mapped[str] = field(Text, "等级", "level", choices=HAZARD_LEVELS, required=True)
    days: Mapped[int] = field(Integer, "整改天数", "natural days", required=True)
    basis: Mapped[str] = field(Text, "依据", "basis", server_default=text("''"), nullable=False)
    set_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))

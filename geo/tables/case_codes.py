"""What things are called, how long they may take, and who answers for them: codes, limits, responsibilities.

All of it is data that the county may replace by a table of its own; what was decided under older rows keeps the
figures it was decided by, since each step of a case notes the limit it was given.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

CODE_KINDS = ("event", "component")
LIMIT_STAGES = ("verify", "register", "dispatch", "dispute", "handle", "check", "close", "appeal")
LIMIT_UNITS = ("urgent_hours", "working_hours", "working_days", "natural_days", "ledger_days")
"""紧急工作时, 工作时, 工作日, 自然日, and 挂账: put aside at once and looked at again after so many natural days."""

COUNTED_FROM = ("stage", "found")
"""From the beginning of the stage, or from when the thing was found (S2's rule for lamps)."""

PLACE_KINDS = ("road", "district", "town", "county")
"""From the most particular to the least; the most particular row that fits decides."""


class CodeSystem(Row, Base):
    """A list of codes of one vintage, or a county's additions to one."""

    __tablename__ = "code_system"
    __table_args__: Any = (UniqueConstraint("tenant", "name"),)

    name: Mapped[str] = field(Text, "代码体系", "code system with its version", required=True)
    standard: Mapped[str] = field(Text, "标准", "standard", required=True)
    version: Mapped[str] = field(Text, "版本", "version", server_default=text("''"), nullable=False)
    extends: Mapped[str | None] = field(Text, "扩展自", "code system that these local codes add to")


class CaseCode(Row, Base):
    """What kind of problem or component something is."""

    __tablename__ = "case_code"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "code_system"], ["code_system.tenant", "code_system.name"]),
        UniqueConstraint("tenant", "code_system", "code"),
        CheckConstraint("service_min IS NULL OR service_min > 0", name="service_min"),
    )

    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    code: Mapped[str] = field(Text, "代码", "code", required=True)
    kind: Mapped[str] = field(Text, "类别", "event or component", choices=CODE_KINDS, required=True)
    group_zh: Mapped[str] = field(Text, "大类", "group, Chinese", server_default=text("''"), nullable=False)
    group_en: Mapped[str] = field(Text, "大类英文", "group, English", server_default=text("''"), nullable=False)
    zh: Mapped[str] = field(Text, "名称", "name, Chinese", required=True)
    en: Mapped[str] = field(Text, "英文名称", "name, English", server_default=text("''"), nullable=False)
    unit: Mapped[str] = field(Text, "计量单位", "unit it is counted in", server_default=text("'处'"), nullable=False)
    service_min: Mapped[int | None] = field(Integer, "现场时长", "usual time on the spot", unit="min")


class CodeCrosswalk(Row, Base):
    """The same thing under the code of another vintage or a county's own list."""

    __tablename__ = "code_crosswalk"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant", "to_system", "to_code"], ["case_code.tenant", "case_code.code_system", "case_code.code"]
        ),
        UniqueConstraint("tenant", "from_system", "from_code", "to_system"),
    )

    from_system: Mapped[str] = field(Text, "原体系", "from code system", required=True)
    from_code: Mapped[str] = field(Text, "原代码", "from code", required=True)
    to_system: Mapped[str] = field(Text, "新体系", "to code system", required=True)
    to_code: Mapped[str] = field(Text, "新代码", "to code", required=True)
    zh: Mapped[str] = field(Text, "名称", "name", server_default=text("''"), nullable=False)


class CaseLimit(Row, Base):
    """How long a stage may take for a code and a grade; ``*`` stands for any, the most particular row decides."""

    __tablename__ = "case_limit"
    __table_args__: Any = (
        UniqueConstraint("tenant", "code_system", "code", "grade", "stage"),
        CheckConstraint("amount BETWEEN 1 AND 10000", name="amount"),
    )

    code_system: Mapped[str] = field(Text, "代码体系", "code system, or * for any", required=True)
    code: Mapped[str] = field(Text, "代码", "code, or * for any", required=True)
    grade: Mapped[str] = field(Text, "分级", "grade, or * for any", server_default=text("'*'"), nullable=False)
    stage: Mapped[str] = field(Text, "环节", "stage", choices=LIMIT_STAGES, required=True)
    amount: Mapped[int] = field(Integer, "时限", "how many", required=True)
    unit_kind: Mapped[str] = field(Text, "时限单位", "of what", choices=LIMIT_UNITS, required=True)
    counts_from: Mapped[str] = field(
        Text, "起算", "counted from", choices=COUNTED_FROM, server_default=text("'stage'"), nullable=False
    )
    basis: Mapped[str] = field(Text, "依据", "basis", server_default=text("''"), nullable=False)


class Responsibility(Row, Base):
    """Who answers for a code at a place: exactly one unit for every code and every place of the county (P19)."""

    __tablename__ = "responsibility"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"]),
        ForeignKeyConstraint(["tenant", "staff_id"], ["staff.tenant", "staff.id"]),
        UniqueConstraint("tenant", "code_system", "code", "place_kind", "place"),
    )

    code_system: Mapped[str] = field(Text, "代码体系", "code system, or * for any", required=True)
    code: Mapped[str] = field(Text, "代码", "code, its group as 04-*, or * for any", required=True)
    place_kind: Mapped[str] = field(Text, "地点类别", "kind of place", choices=PLACE_KINDS, required=True)
    place: Mapped[str] = field(
        Text, "地点", "name of the street, code of the 片区 or town, or * (county)", required=True
    )
    org_unit_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who is named at first; the unit's own order else."""

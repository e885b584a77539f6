"""Who answers for which ground: administrative areas, 片区, responsibility grids, unit grids."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, feature_args, field


class AdminArea(Feature, Base):
    """An administrative area (county, town or street office, village or community), GB/T 2260 and 10114 codes."""

    __tablename__ = "admin_area"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("admin_area", geometry_types)

    code: Mapped[str | None] = field(Text, "区划代码", "division code", aliases=("adcode", "区划码", "代码"))
    name: Mapped[str] = field(Text, "名称", "name", aliases=("名称", "mc", "NAME"), required=True, tile=True)
    level: Mapped[str] = field(
        Text, "级别", "level", aliases=("级别",), choices=("county", "town", "village"), required=True, tile=True
    )


class PatrolDistrict(Feature, Base):
    """片区: the ground one squad answers for; every street inside or along it has one owner."""

    __tablename__ = "patrol_district"
    geometry_types = ("MultiPolygon",)
    __table_args__: Any = feature_args(
        "patrol_district",
        geometry_types,
        UniqueConstraint("tenant", "code"),
        ForeignKeyConstraint(["tenant", "org_unit_id"], ["org_unit.tenant", "org_unit.id"]),
    )

    code: Mapped[str] = field(Text, "片区编号", "district code", aliases=("编号", "片区代码"), required=True, tile=True)
    name: Mapped[str] = field(Text, "片区名称", "name", aliases=("名称", "片区"), required=True, tile=True)
    goal: Mapped[str | None] = field(Text, "治理目标", "treatment goal", aliases=("目标",))
    org_unit_id: Mapped[int | None] = field(BigInteger, "责任中队", "squad in charge")
    population: Mapped[int | None] = field(
        Integer,
        "常住人口",
        "residents, against which attention is held",
        aliases=("人口", "常住人口"),
        unit="人",
        sort_order=96,
    )


class ResponsibilityGrid(Feature, Base):
    """责任网格: a set of unit grids inside one 片区."""

    __tablename__ = "responsibility_grid"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("responsibility_grid", geometry_types, UniqueConstraint("tenant", "code"))

    code: Mapped[str] = field(Text, "网格编号", "grid code", aliases=("编号", "网格代码"), required=True, tile=True)
    name: Mapped[str | None] = field(Text, "网格名称", "name", aliases=("名称",), tile=True)
    district_code: Mapped[str | None] = field(Text, "片区编号", "patrol district", aliases=("片区",), tile=True)


class UnitGrid(Feature, Base):
    """单元网格: the smallest cell of GB/T 30428.1; its code is text, since cities use 15 or 16 characters."""

    __tablename__ = "unit_grid"
    geometry_types = ("MultiPolygon",)
    __table_args__: Any = feature_args(
        "unit_grid", geometry_types, UniqueConstraint("tenant", "code"), Index(None, "tenant", "grid_code")
    )

    code: Mapped[str] = field(
        Text, "单元网格编号", "unit grid code", aliases=("编号", "网格码"), required=True, tile=True
    )
    grid_code: Mapped[str | None] = field(Text, "责任网格编号", "responsibility grid", aliases=("责任网格",))
    district_code: Mapped[str | None] = field(Text, "片区编号", "patrol district", aliases=("片区",), tile=True)

"""What the map is drawn on: buildings, water, land use."""

from __future__ import annotations

from sqlalchemy import Double, SmallInteger, Text
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, feature_args, field


class Building(Feature, Base):
    """A building outline as surveyed or registered."""

    __tablename__ = "building"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("building", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",))
    kind: Mapped[str | None] = field(Text, "用途", "use", aliases=("building", "用途", "type"), tile=True)
    levels: Mapped[int | None] = field(SmallInteger, "层数", "storeys", aliases=("building:levels", "层数"))
    height_m: Mapped[float | None] = field(Double, "高度", "height", aliases=("height", "hauteur", "高度"), unit="m")


class Water(Feature, Base):
    """A body of water drawn as an area."""

    __tablename__ = "water"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("water", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",), tile=True)
    kind: Mapped[str | None] = field(Text, "类别", "kind", aliases=("water", "natural", "类别"))


class Waterway(Feature, Base):
    """A stream or canal drawn as a line."""

    __tablename__ = "waterway"
    geometry_types = ("LineString",)
    __table_args__ = feature_args("waterway", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",), tile=True)
    kind: Mapped[str | None] = field(Text, "类别", "kind", aliases=("waterway", "类别"), tile=True)


class Landuse(Feature, Base):
    """Land by use: residential, park, industrial and so on."""

    __tablename__ = "landuse"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("landuse", geometry_types)

    name: Mapped[str | None] = field(Text, "名称", "name", aliases=("名称",), tile=True)
    kind: Mapped[str] = field(
        Text, "用地类别", "land use", aliases=("landuse", "leisure", "类别"), required=True, tile=True
    )

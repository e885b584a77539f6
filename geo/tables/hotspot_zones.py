"""重点场所: the places whose surroundings need attention, and when."""

from __future__ import annotations

from sqlalchemy import Double, SmallInteger, Text, text
from sqlalchemy.orm import Mapped

from geo.tables.base import Base, Feature, feature_args, field

ZONE_KINDS = ("school", "hospital", "market", "construction", "transit", "estate", "night_market")
"""学校, 医院, 农贸市场, 工地, 车站, 小区, 夜市."""


class HotspotZone(Feature, Base):
    """A place with its surroundings, when it needs watching (OSM opening_hours text), and how much it weighs."""

    __tablename__ = "hotspot_zone"
    geometry_types = ("MultiPolygon",)
    __table_args__ = feature_args("hotspot_zone", geometry_types)

    name: Mapped[str] = field(Text, "名称", "name", aliases=("名称",), required=True, tile=True)
    kind: Mapped[str] = field(
        Text, "类别", "kind", aliases=("类别", "amenity"), choices=ZONE_KINDS, required=True, tile=True
    )
    opening: Mapped[str | None] = field(
        Text, "关注时段", "hours to watch, as OSM opening_hours; empty means always", aliases=("opening_hours", "时段")
    )
    weight: Mapped[float] = field(
        Double, "权重", "weight, 1 = ordinary", aliases=("权重",), server_default=text("1"), nullable=False, tile=True
    )
    service_min: Mapped[int] = field(
        SmallInteger,
        "驻留分钟",
        "minutes to stay",
        aliases=("驻留",),
        server_default=text("12"),
        nullable=False,
        unit="min",
    )

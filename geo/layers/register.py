"""Every kind of layer there is. One entry, and importer, export, collection, tiles, legend and permissions follow.

A kind is its table plus what a table cannot say: its names, its geometry, who may see it, and from
which zoom it is drawn. Fields are read from the table's columns (:class:`geo.tables.base.About`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Column, Table
from sqlalchemy.sql.type_api import TypeEngine

from geo.errors import NotFound
from geo.tables.ads import Ad
from geo.tables.base import About, Feature
from geo.tables.basemap import Building, Landuse, Water, Waterway
from geo.tables.building_ledger import Estate
from geo.tables.cases import OpenProblem
from geo.tables.components import Component
from geo.tables.districts import AdminArea, PatrolDistrict, ResponsibilityGrid, UnitGrid
from geo.tables.events import Event
from geo.tables.frontages import Frontage
from geo.tables.gas import GasUser
from geo.tables.greens import GreenSpace
from geo.tables.hazards import Hazard
from geo.tables.hotspot_zones import HotspotZone
from geo.tables.illegal_buildings import IllegalBuilding
from geo.tables.parking import Parking
from geo.tables.permits import Permit
from geo.tables.postures import Posture
from geo.tables.restaurants import Restaurant
from geo.tables.roads import Road, TurnRestriction
from geo.tables.street_rules import ContactPoint, FireworkZone
from geo.tables.streetlights import Streetlight
from geo.tables.supplies import SupplyPoint
from geo.tables.suspicions import Flight, Suspicion
from geo.tables.vendor_points import VendorPoint
from geo.tables.waste import HaulRoute, WasteSite
from geo.tables.worksites import SiteGate, Worksite


class UnknownLayer(NotFound):
    """No layer of that name; the facts list the names there are."""


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a layer: the column, and what it is called by people and files."""

    name: str
    kind: TypeEngine[object]
    about: About


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer.

    Parameters
    ----------
    name
        The table, collection, tile layer and permission word, all the same.
    zh, en
        Title for people.
    model
        Its table.
    public
        Whether a caller without a key may read it.
    open
        Whether one may once the county's map has its 审图号: places that serve the public, nothing of a person.
    minzoom
        First web-map zoom at which single features are drawn; below it, areas and lines are left out
        and points are counted per cell (``thin``).
    thin
        Points only: below ``minzoom``, draw counts per grid cell instead of nothing.
    unique_geometry
        Whether two rows of one data set with the same geometry are a mistake (two lamps on one spot)
        or ordinary (two events at one address).
    time_column
        The column that ``datetime=`` filters by; none for layers without time.
    labelled
        Areas whose name is written once: their tiles carry a second layer ``<name>_label`` of points,
        since a polygon cut by tiles would be labelled once per tile.
    by_receipt
        Rows are recognised through ``receipt`` since the table will be partitioned by time.
    by_workflow
        Rows are written by the steps of a workflow; no file may bring any.
    reaches_out
        Features may reach far past the county and still belong on its map, as a river does.
    """

    name: str
    zh: str
    en: str
    model: type[Feature]
    public: bool = False
    open: bool = False
    minzoom: int = 0
    thin: bool = False
    unique_geometry: bool = True
    time_column: str | None = None
    labelled: bool = False
    by_receipt: bool = False
    by_workflow: bool = False
    reaches_out: bool = False

    @property
    def table(self) -> Table:
        """The SQLAlchemy table."""
        table = self.model.__table__
        assert isinstance(table, Table)
        return table

    @property
    def geometry_types(self) -> tuple[str, ...]:
        """Allowed geometry types, as shapely names them; the first is the usual one."""
        return self.model.geometry_types

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The layer's attributes in the table's order, without key, provenance and geometry."""
        return tuple(Field(c.name, c.type, c.info["about"]) for c in self.columns())

    def columns(self) -> tuple[Column[object], ...]:
        """The table's attribute columns: those that say what they are about."""
        return tuple(column for column in self.table.columns if "about" in column.info)

    @cached_property
    def tile_fields(self) -> tuple[str, ...]:
        """Attributes carried by vector tiles; the rest is fetched by id on a click.

        A tile is the same for everybody who may read the layer, so it carries nothing that is masked outside.
        """
        return tuple(field.name for field in self.fields if field.about.tile and not field.about.outside)

    def shown(self, name: str, outside: bool) -> str:
        """SQL of an attribute of the table ``t`` as it may be told: outside the bureau, what stands for it there.

        The one place that knows: pages, single features, their filters and files ask here.

        Examples
        --------
        >>> get_kind("frontage").shown("name", outside=False), get_kind("frontage").shown("name", outside=True)
        ('t.name', 't.outside_name')
        """
        about: About = self.table.c[name].info["about"]
        return about.outside if outside and about.outside else f"t.{name}"


KINDS: tuple[LayerKind, ...] = (
    LayerKind(
        "admin_area", "行政区划", "Administrative areas", AdminArea, public=True, labelled=True, reaches_out=True
    ),
    LayerKind("patrol_district", "片区", "Patrol districts", PatrolDistrict, public=True, labelled=True),
    LayerKind("responsibility_grid", "责任网格", "Responsibility grids", ResponsibilityGrid, minzoom=11),
    LayerKind("unit_grid", "单元网格", "Unit grids", UnitGrid, minzoom=13),
    LayerKind("landuse", "用地", "Land use", Landuse, public=True, labelled=True, reaches_out=True),
    LayerKind("water", "水面", "Water", Water, public=True, labelled=True, reaches_out=True),
    LayerKind("waterway", "水系", "Waterways", Waterway, public=True, minzoom=9, reaches_out=True),
    LayerKind("road", "道路", "Roads", Road, public=True, minzoom=7, reaches_out=True),
    LayerKind("turn_restriction", "转向限制", "Turn restrictions", TurnRestriction, minzoom=15, unique_geometry=False),
    LayerKind("building", "建筑", "Buildings", Building, public=True, minzoom=14),
    LayerKind("green_space", "绿线绿地", "Green spaces", GreenSpace, minzoom=12),
    LayerKind("hotspot_zone", "重点场所", "Hotspot zones", HotspotZone, minzoom=10, labelled=True),
    LayerKind("estate", "小区", "Estates", Estate, minzoom=11, labelled=True),
    LayerKind("illegal_building", "违法建设", "Illegal buildings", IllegalBuilding, minzoom=12),
    LayerKind("flight", "飞行范围", "Flight footprints", Flight, minzoom=9, unique_geometry=False, reaches_out=True),
    LayerKind("suspicion", "疑似增量", "Suspicions", Suspicion, minzoom=12, unique_geometry=False),
    LayerKind("frontage", "门前", "Shop fronts", Frontage, minzoom=14, unique_geometry=False),
    LayerKind("streetlight", "路灯", "Streetlights", Streetlight, minzoom=15, thin=True),
    LayerKind("component", "部件", "Components", Component, minzoom=15, unique_geometry=False, thin=True),
    LayerKind("gas_user", "燃气用户", "Gas users", GasUser, minzoom=13, unique_geometry=False, thin=True),
    LayerKind("supply_point", "应急物资点", "Supply points", SupplyPoint, minzoom=11, unique_geometry=False),
    LayerKind("vendor_point", "摊点", "Vendor points", VendorPoint, minzoom=13, unique_geometry=False, thin=True),
    LayerKind("worksite", "工地", "Worksites", Worksite, minzoom=12, labelled=True),
    LayerKind("site_gate", "工地出入口", "Site gates", SiteGate, minzoom=14),
    LayerKind("waste_site", "消纳转运设施", "Waste sites", WasteSite, minzoom=11, unique_geometry=False),
    LayerKind("haul_route", "渣土线路", "Haulage routes", HaulRoute, minzoom=11, unique_geometry=False),
    LayerKind("posture", "节点保障", "Postures", Posture, minzoom=9, unique_geometry=False, labelled=True,
              by_workflow=True),
    LayerKind("permit", "许可备案", "Permits", Permit, minzoom=13, unique_geometry=False),
    LayerKind("firework_zone", "禁燃限放区", "Firework zones", FireworkZone, open=True, minzoom=10, labelled=True),
    LayerKind("parking", "停放区", "Parking", Parking, open=True, minzoom=14, unique_geometry=False),
    LayerKind("contact_point", "联系点", "Contact points", ContactPoint, open=True, minzoom=12, unique_geometry=False),
    LayerKind("restaurant", "餐饮", "Restaurants", Restaurant, minzoom=14, thin=True, unique_geometry=False),
    LayerKind("ad", "广告招牌", "Ads and signs", Ad, minzoom=14, thin=True, unique_geometry=False),
    LayerKind(
        "event",
        "事件",
        "Events",
        Event,
        minzoom=15,
        thin=True,
        unique_geometry=False,
        time_column="occurred_at",
        by_receipt=True,
    ),
    LayerKind(
        "hazard", "隐患", "Hazards", Hazard, minzoom=12, unique_geometry=False, thin=True, time_column="found_at",
        by_workflow=True,
    ),
    LayerKind(
        "open_problem", "未结问题", "Open problems", OpenProblem, minzoom=13, unique_geometry=False, thin=True,
        time_column="found_at", by_workflow=True,
    ),
)  # fmt: skip

BY_NAME = {kind.name: kind for kind in KINDS}


def get_kind(name: str) -> LayerKind:
    """The kind called ``name``.

    Raises
    ------
    UnknownLayer
        If there is none; the facts list the known names.

    Examples
    --------
    >>> get_kind("streetlight").zh
    '路灯'
    """
    try:
        return BY_NAME[name]
    except KeyError:
        raise UnknownLayer("layers.unknown", layer=name, known=", ".join(BY_NAME)) from None

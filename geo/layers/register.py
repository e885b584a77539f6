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
from geo.tables.base import About, Feature
from geo.tables.basemap import Building, Landuse, Water, Waterway
from geo.tables.building_ledger import Estate
from geo.tables.cases import OpenProblem
from geo.tables.districts import AdminArea, PatrolDistrict, ResponsibilityGrid, UnitGrid
from geo.tables.events import Event
from geo.tables.frontages import Frontage
from geo.tables.hotspot_zones import HotspotZone
from geo.tables.illegal_buildings import IllegalBuilding
from geo.tables.permits import Permit
from geo.tables.roads import Road, TurnRestriction
from geo.tables.streetlights import Streetlight
from geo.tables.suspicions import Flight, Suspicion
from geo.tables.vendor_points import VendorPoint


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
        """Attributes carried by vector tiles; the rest is fetched by id on a click."""
        return tuple(field.name for field in self.fields if field.about.tile)


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
    LayerKind("hotspot_zone", "重点场所", "Hotspot zones", HotspotZone, minzoom=10, labelled=True),
    LayerKind("estate", "小区", "Estates", Estate, minzoom=11, labelled=True),
    LayerKind("illegal_building", "违法建设", "Illegal buildings", IllegalBuilding, minzoom=12),
    LayerKind("flight", "飞行范围", "Flight footprints", Flight, minzoom=9, unique_geometry=False, reaches_out=True),
    LayerKind("suspicion", "疑似增量", "Suspicions", Suspicion, minzoom=12, unique_geometry=False),
    LayerKind("frontage", "门前", "Shop fronts", Frontage, minzoom=14, unique_geometry=False),
    LayerKind("streetlight", "路灯", "Streetlights", Streetlight, minzoom=15, thin=True),
    LayerKind("vendor_point", "摊点", "Vendor points", VendorPoint, minzoom=13, unique_geometry=False, thin=True),
    LayerKind("permit", "许可备案", "Permits", Permit, minzoom=13, unique_geometry=False),
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

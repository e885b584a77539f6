"""A county's ground as units: its layers and events put together for a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.crs import STORAGE, to_metric
from geo.db.counties import County
from geo.hotspots.districting import ground as of
from geo.hotspots.districting import queries
from geo.hotspots.districting.actions import ground_of
from geo.hotspots.districting.ground import Ground, RecutRequest
from geo.roads.queries import load_roads

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def load_ground(session: Session, county: County, request: RecutRequest) -> Ground:
    """The county's units with load, locks and walls, as a request asks for them.

    Raises
    ------
    UnitsBroken, UnknownLock
        If they cannot be cut.
    """
    from geo.hotspots.districting.links import find_links
    from geo.hotspots.districting.loads import sum_streets
    from geo.hotspots.districting.units import Units
    from geo.hotspots.history import load_history

    srid = county.metric_srid
    grids = queries.load_unit_grids(session) if request.units != "street_block" else None
    roads, (water, waterways) = load_roads(session), queries.load_waters(session)
    districts = to_metric(queries.load_districts(session), srid)
    streets, rivers = to_metric(roads, srid), to_metric(waterways, srid)
    if grids is not None and (len(grids) or request.units == "unit_grid"):
        kind: of.UnitKind = "unit_grid"
        stored = np.asarray(grids.geometry.array, dtype=object)
        areas = np.asarray(to_metric(grids, srid).geometry.array, dtype=object)
        keys = grids["code"].tolist()
        said = [code if isinstance(code, str) else None for code in grids["district_code"]]
        known = set(districts["code"])
        lies_in = of.majority(areas, districts)
        before = [code if code in known else inside for code, inside in zip(said, lies_in, strict=True)]
    else:
        kind = "street_block"
        areas, stored = _blocks(session, county, roads, streets, rivers)
        keys = [f"{i + 1:04d}" for i in range(len(areas))]
        before = of.majority(areas, districts)
    notes: list[tuple[str, dict[str, Any]]] = []
    load_kind = request.load
    held = np.zeros(len(areas))
    if load_kind != "streets":
        events = load_history(session, county).events
        held, used, outside = of.event_load(areas, events, load_kind or "minutes", request.days)
        if used or load_kind:
            load_kind = load_kind or "minutes"
            notes.append(("districts.note_events", {"events": used, "outside": outside, "days": request.days}))
    if load_kind is None or load_kind == "streets":
        load_kind, held = "streets", sum_streets(areas, np.asarray(streets.geometry.array, dtype=object))
    locked = of.find_locked(keys, before, request.lock_districts, request.lock_units)
    units = Units.of(areas, held, keys=keys, before=before, locked=locked)
    links = find_links(
        units,
        walls=of.find_walls(to_metric(water, srid), rivers, streets),
        towns=np.asarray(to_metric(queries.load_towns(session), srid).geometry.array, dtype=object),
        strength=request.strength(),
    )
    notes += _lost(units, districts)
    return Ground(kind, load_kind, units, links, stored, tuple(notes))


def _blocks(session: Session, county: County, roads: Any, streets: Any, rivers: Any) -> tuple[Any, Any]:
    """Blocks in metres and in degrees."""
    from geopandas import GeoSeries

    from geo.roads.network import NoStreets

    if len(roads) == 0:
        raise NoStreets("roads.no_streets")
    ground = ground_of(queries.load_boundary(session), roads, county.metric_srid)
    areas = of.block_units(ground, streets, rivers)
    stored = GeoSeries(areas, crs=county.metric_srid).to_crs(STORAGE)
    return areas, np.asarray(stored.array, dtype=object)


def _lost(units: Any, districts: Any) -> list[tuple[str, dict[str, Any]]]:
    """A note if the 片区 cover ground that no unit does: adopting would leave it to nobody."""
    import shapely

    covered = shapely.union_all(units.areas)
    rest = float(shapely.area(shapely.difference(shapely.union_all(np.asarray(districts.geometry.array)), covered)))
    share = rest / max(float(districts.area.sum()), 1.0)
    return [("districts.note_uncovered", {"hectares": round(rest / 1e4, 1)})] if share > 0.001 else []

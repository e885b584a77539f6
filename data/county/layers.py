"""From local metres to the layers as tables want them: EPSG:4490, the layer's columns, a stable ``source_key``."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.county.districts import TENANT, Areas
from data.county.ground import Ground, multi, to_degrees
from data.county.people import squadron_of
from data.county.reports import POPULATION
from data.county.streets import Streets

COLUMNS: dict[str, list[str]] = {
    "admin_area": ["code", "name", "level"],
    "patrol_district": ["code", "name", "goal", "population", "org_code"],
    "responsibility_grid": ["code", "name", "district_code"],
    "unit_grid": ["code", "grid_code", "district_code"],
    "landuse": ["name", "kind"],
    "water": ["name", "kind"],
    "waterway": ["name", "kind"],
    "road": ["name", "road_class", "tier", "oneway", "level", "foot", "ebike", "car", "speed_kmh", "owner_district"],
    "building": ["name", "kind", "levels", "height_m"],
    "hotspot_zone": ["name", "kind", "opening", "weight", "service_min"],
    "illegal_building": ["code", "status", "status_since_on", "found_on", "area_m2", "households", "category"],
    "estate": ["code", "name", "status"],
    "frontage": ["code", "name", "trade", "street", "number", "width_dm", "opened_on"],
    "streetlight": ["code", "status", "status_since_at", "circuit", "power_w", "height_m", "night_part"],
    "vendor_point": ["name", "kind", "goods", "slots", "opening", "valid_from_on", "valid_to_on"],
    "worksite": ["code", "name", "site_type", "works", "builder", "begun_on"],
    "site_gate": ["code", "name", "site_code", "washing"],
    "waste_site": ["code", "name", "kind", "capacity_t"],
    "haul_route": ["code", "name", "site_code", "dump_code", "opening"],
    "firework_zone": ["name", "rule", "allowed", "basis"],
    "parking": ["code", "name", "kind", "capacity", "street"],
    "component": ["code", "name", "status", "accuracy", "owner_unit", "keeper_unit", "built_on"],
    "gas_user": ["code", "name", "kind", "supply", "place", "check_every_days", "last_check_on"],
    "supply_point": ["code", "name", "kind", "place"],
    "green_space": ["name", "kind", "area_m2"],
    "contact_point": ["name", "kind", "opened_on"],
    "restaurant": [
        "code",
        "name",
        "trade",
        "device",
        "device_on",
        "cleaned_on",
        "seats",
        "street",
        "frontage_code",
        "opened_on",
    ],
    "ad": [
        "code",
        "kind",
        "status",
        "name",
        "owner",
        "street",
        "width_m",
        "height_m",
        "permit_number",
        "registered_on",
        "valid_to_on",
        "inspected_on",
    ],
    "permit": ["number", "kind", "status", "holder", "purpose", "place", "valid_from_on", "valid_to_on"],
    "event": [
        "code",
        "code_system",
        "origin",
        "occurred_at",
        "found_at",
        "closed_at",
        "quantity",
        "unit",
        "duplicate_of",
        "reporter",
    ],
}


def to_layers(
    ground: Ground,
    streets: Streets,
    areas: Areas,
    buildings: gpd.GeoDataFrame,
    lamps: gpd.GeoDataFrame,
    landuse: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    vendors: gpd.GeoDataFrame,
    illegal: gpd.GeoDataFrame,
    events: gpd.GeoDataFrame,
    org_units: pd.DataFrame,
    estates: gpd.GeoDataFrame,
    frontages: gpd.GeoDataFrame,
    permits: gpd.GeoDataFrame,
    more: Mapping[str, gpd.GeoDataFrame],
) -> tuple[dict[str, gpd.GeoDataFrame], tuple[float, float, float, float]]:
    """All layers by name, and the county's box in degrees; ``org_units.area`` is turned to degrees in place.

    ``more`` are layers of registers in local metres, recognised by their ``code``.
    """
    local = {
        "admin_area": areas.admin.assign(source_key=areas.admin["code"]),
        "patrol_district": areas.districts.assign(
            source_key=areas.districts["code"],
            org_code=areas.districts["district"].map(squadron_of),
            population=areas.districts["district"].map(POPULATION),
        ),
        "responsibility_grid": areas.grids.assign(
            code=areas.grids["grid"], source_key=areas.grids["grid"], district_code=TENANT + areas.grids["district"]
        ),
        "unit_grid": areas.units.assign(
            source_key=areas.units["code"],
            grid_code=areas.units["grid"],
            district_code=TENANT + areas.units["district"],
        ),
        "landuse": landuse,
        "water": _water(ground),
        "waterway": _waterways(ground),
        "road": streets.roads,
        "building": buildings.assign(name=None),
        "hotspot_zone": zones.assign(source_key=zones["key"]),
        "illegal_building": illegal.assign(source_key=illegal["code"]),
        "estate": estates.assign(source_key=estates["code"]),
        "frontage": frontages.assign(source_key=frontages["code"]),
        "streetlight": lamps.assign(source_key=lamps["code"]),
        "vendor_point": vendors,
        "permit": permits.assign(source_key=permits["number"]),
        "event": events,
        **{name: frame.assign(source_key=frame["code"]) for name, frame in more.items()},
    }
    areal = {
        "admin_area",
        "patrol_district",
        "responsibility_grid",
        "unit_grid",
        "landuse",
        "water",
        "building",
        "illegal_building",
        "hotspot_zone",
        "estate",
        "permit",
        "worksite",
        "firework_zone",
        "parking",
        "green_space",
    }
    layers = {name: _layer(name, frame, ground.stretch, name in areal) for name, frame in local.items()}
    has = org_units["area"].notna().to_numpy()
    org_units.loc[has, "area"] = to_degrees(org_units.loc[has, "area"].to_numpy(), ground.stretch)
    west, south, east, north = (float(edge) for edge in layers["admin_area"].total_bounds)
    margin = 0.02
    return layers, (
        round(west - margin, 3),
        round(south - margin, 3),
        round(east + margin, 3),
        round(north + margin, 3),
    )


def _layer(name: str, frame: gpd.GeoDataFrame, stretch: float, areal: bool) -> gpd.GeoDataFrame:
    geometry = frame.geometry.to_numpy()
    if areal:
        simple = shapely.get_type_id(geometry) == 3
        geometry = geometry.copy()
        geometry[simple] = shapely.multipolygons(geometry[simple], indices=np.arange(int(simple.sum())))
    degrees = to_degrees(geometry, stretch)
    # Rounding can fold a ring whose parts nearly touch.
    folded = ~shapely.is_valid(degrees)
    degrees[folded] = [multi(mended) for mended in shapely.make_valid(degrees[folded])]
    if "source_key" not in frame:
        frame = frame.assign(source_key=[f"{name}-{n + 1:07d}" for n in range(len(frame))])
    columns = [column for column in COLUMNS[name] if column in frame]
    made = gpd.GeoDataFrame(frame[[*columns, "source_key"]].reset_index(drop=True), geometry=degrees, crs=4490)
    return made.astype({"oneway": "int16", "level": "int16"}) if name == "road" else made


def _water(ground: Ground) -> gpd.GeoDataFrame:
    brooks = shapely.union_all([stream.buffer(9, quad_segs=3) for stream in ground.streams]).difference(ground.river)
    shapes = [ground.river, brooks, *(pond.intersection(ground.boundary) for pond in ground.ponds)]
    largest = max(pond.area for pond in ground.ponds)
    names = ["锦江", "清溪", *("翠湖水库" if pond.area == largest else None for pond in ground.ponds)]
    kinds = ["river", "stream", *("reservoir" if pond.area == largest else "pond" for pond in ground.ponds)]
    frame = gpd.GeoDataFrame({"name": names, "kind": kinds}, geometry=[multi(shape) for shape in shapes])
    return frame[~frame.geometry.is_empty].reset_index(drop=True)


def _waterways(ground: Ground) -> gpd.GeoDataFrame:
    lines = [("锦江", "river", ground.river_line.intersection(ground.boundary))]
    lines += [(name, "stream", stream) for name, stream in zip(("清溪", "石涧"), ground.streams, strict=True)]
    rows = [
        (name, kind, part)
        for name, kind, line in lines
        for part in shapely.get_parts(line)
        if part.geom_type == "LineString"
    ]
    return gpd.GeoDataFrame(rows, columns=["name", "kind", "geometry"])

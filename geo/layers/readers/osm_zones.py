"""Hotspot zones from OSM: points get a round area, and a place mapped twice becomes one zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.messages import say

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

RADIUS_M = {"school": 60.0, "hospital": 80.0, "market": 60.0, "construction": 50.0, "transit": 60.0}
"""Radius of the area drawn for a place that OSM has as a point only, by kind of zone."""

METRES_PER_DEGREE = 111_320.0
SEGMENTS = 8


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone before it is known to be the only one of its place; ``drawn`` if OSM has its outline."""

    key: str
    kind: str
    area: BaseGeometry
    fields: dict[str, Any]
    tags: dict[str, str]
    drawn: bool


def round_area(lon: float, lat: float, kind: str) -> BaseGeometry:
    """A round area about a point; degrees, true to about 1 % of the radius.

    Examples
    --------
    >>> west, south, east, north = round_area(118.0, 60.0, "school").bounds
    >>> round((east - west) / (north - south), 3)
    2.0
    """
    return along(shapely.Point(lon, lat), RADIUS_M[kind])


def along(geometry: BaseGeometry, radius_m: float) -> BaseGeometry:
    """All within ``radius_m`` of a geometry in degrees, as an area in degrees."""
    lon, lat = shapely.get_coordinates(geometry).mean(axis=0)
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(lat)), METRES_PER_DEGREE])
    near = shapely.transform(geometry, lambda xy: (xy - (lon, lat)) * scale)
    return shapely.transform(shapely.buffer(near, radius_m, quad_segs=SEGMENTS), lambda xy: xy / scale + (lon, lat))


def distinct(zones: list[Zone]) -> tuple[list[Zone], int]:
    """One zone a place, named, and how many were dropped as the same place mapped again.

    A point, or an outline inside another outline, is the same place when its kind is the same and it
    has the same name or none: OSM often has a school's ground, its buildings and a marker.
    """
    order = sorted(range(len(zones)), key=lambda i: (not zones[i].drawn, -zones[i].area.area, zones[i].key))
    kept: list[Zone] = []
    tree = shapely.STRtree([zone.area for zone in zones])
    gone: set[int] = set()
    for i in order:
        if i in gone:
            continue
        kept.append(zones[i])
        for j in map(int, tree.query(zones[i].area)):
            if j != i and j not in gone and _same_place(zones[i], zones[j]):
                gone.add(j)
    kept = [_named(zone) for zone in sorted(kept, key=lambda zone: zone.key)]
    return kept, len(zones) - len(kept)


def _same_place(first: Zone, second: Zone) -> bool:
    if first.kind != second.kind or not first.drawn or second.area.area > first.area.area:
        return False
    name = second.fields["name"]
    if name is not None and name != first.fields["name"]:
        return False
    middle = second.area.centroid
    return bool(shapely.is_valid(first.area)) and bool(shapely.contains(first.area, middle))


def _named(zone: Zone) -> Zone:
    """The zone with a name, which the layer requires: its own, or its kind and OSM number."""
    if zone.fields["name"] is not None:
        return zone
    made = say(f"zone_name.{zone.kind}", "zh", key=zone.key)
    return Zone(zone.key, zone.kind, zone.area, zone.fields | {"name": made}, zone.tags, zone.drawn)

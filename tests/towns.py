"""Small made-up towns and shifts for tests of roads and patrols."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import geopandas
import numpy as np
import shapely

from geo.crs import STORAGE, transformer
from geo.patrol.build import build_problem
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish
from geo.patrol.evaluate import Register
from geo.patrol.problem import Person, Problem, Vehicle
from geo.roads.network import Network, build_network

SRID = 4548
"""3-degree zone around 117° E, near which the towns stand."""

ORIGIN = (520_000.0, 3_130_000.0)
ON = dt.date(2026, 11, 23)
SPAN = ShiftSpan(ON, 8 * 3600, 16 * 3600, dt.datetime(2026, 11, 23, 0, 0, tzinfo=dt.UTC))


def streets(lines: Sequence[Sequence[tuple[float, float]]], **columns: Any) -> geopandas.GeoDataFrame:
    """A road frame (EPSG:4490) from lines in metres east and north of the origin; a column is a value or a list."""
    to_degrees = transformer(SRID, STORAGE)
    geometry = []
    for line in lines:
        x, y = (np.array(line) + ORIGIN).T
        lon, lat = to_degrees.transform(x, y)
        geometry.append(shapely.LineString(np.column_stack([lon, lat]).round(9)))
    usual: dict[str, Any] = {
        "name": [f"街{i}" for i in range(len(lines))],
        "road_class": "residential",
        "tier": "lane",
        "oneway": 0,
        "level": 0,
        "foot": True,
        "ebike": True,
        "car": True,
        "speed_kmh": np.nan,
        "owner_district": None,
    }
    index = np.arange(1, len(lines) + 1)
    return geopandas.GeoDataFrame({**usual, **columns}, geometry=geometry, crs=STORAGE, index=index)


def grid(columns: int, rows: int, step_m: float = 200.0, **more: Any) -> geopandas.GeoDataFrame:
    """Streets of a chequerboard, one road a block side."""
    lines = [
        [(i * step_m, j * step_m), ((i + 1) * step_m, j * step_m)] for j in range(rows) for i in range(columns - 1)
    ]
    lines += [
        [(i * step_m, j * step_m), (i * step_m, (j + 1) * step_m)] for j in range(rows - 1) for i in range(columns)
    ]
    return streets(lines, **more)


def network_of(roads: geopandas.GeoDataFrame) -> Network:
    """Its network in the towns' metric frame."""
    return build_network(roads, SRID)


def spot(x: float, y: float) -> shapely.Point:
    """A point in the metric frame, metres from the origin."""
    return shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y)


def zone(number: int, x: float, y: float, window: tuple[int, int] | None = (0, 28_800), **more: Any) -> Wish:
    """A zone to visit at a spot."""
    usual: dict[str, Any] = {
        "key": f"zone:{number}:0",
        "kind": "zone",
        "name": f"所{number}",
        "layer": "hotspot_zone",
        "feature_ids": (number,),
        "district_code": "P01",
        "weight": 1.0,
        "licences_needed": 0,
        "duty": "hotspot",
        "windows": (window,) if window else (),
        "service_s": 600,
        "geometry": spot(x, y),
    }
    return Wish(**{**usual, **more})


def people(regular: int = 4, auxiliary: int = 4, licensed: int = 2) -> list[Person]:
    """Regulars, the first of them licensed for years, then auxiliaries."""
    valid = (dt.date(2020, 1, 1), dt.date(2030, 12, 31))
    some = [
        Person(i + 1, f"A{i + 1:02d}", "regular", *(valid if i < licensed else (None, None))) for i in range(regular)
    ]
    return some + [Person(101 + i, f"B{i + 1:02d}", "auxiliary") for i in range(auxiliary)]


def vehicles(cars: int = 1, ebikes: int = 8) -> list[Vehicle]:
    """Cars with five seats and e-bikes with one."""
    return [Vehicle(i + 1, f"C{i + 1}", "car", 5) for i in range(cars)] + [
        Vehicle(101 + i, f"E{i + 1:02d}", "ebike", 1) for i in range(ebikes)
    ]


def shift(
    network: Network,
    wishes: Sequence[Wish],
    staff: Sequence[Person] | None = None,
    fleet: Sequence[Vehicle] | None = None,
    grounds: dict[str, Any] | None = None,
    length_s: int = 28_800,
) -> tuple[Problem, Register]:
    """A shift on the town, one 片区 unless told, and the register the checker believes."""
    staff = people() if staff is None else staff
    fleet = vehicles() if fleet is None else fleet
    box = shapely.box(*(network.node_xy.min(axis=0) - 100), *(network.node_xy.max(axis=0) + 100))
    problem = build_problem(
        network, wishes, staff, fleet, grounds or {"P01": (box, None)}, ON, SPAN.starts_at, length_s
    )
    return problem, Register({one.id: one for one in staff}, {one.id: one for one in fleet})

"""The ground the town stands on: where it lies, its boundary, river, stream, ponds and hills.

Everything is drawn in a local frame, x east and y north in metres from the south-west corner of a square
whose side is ``10 km × stretch``; :func:`to_degrees` brings it to EPSG:4490.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.interpolate import CubicSpline
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

CENTRE_LON, CENTRE_LAT = 118.03, 28.30
METRIC_SRID = 4548
"""3° Gauss-Krüger, central meridian 117° E: the frame's metres are this projection's metres, shifted."""

KM = 1000.0
GRID_M = 0.01
"""Everything is noded on a centimetre grid, so that what meets, meets exactly."""

RIVER_KM = [(-0.4, 4.0), (0.5, 4.35), (1.3, 5.0), (2.25, 5.3), (3.2, 4.95), (3.9, 4.25), (4.75, 3.85), (5.6, 4.0)]
RIVER_KM += [(6.3, 4.6), (7.0, 5.1), (8.05, 5.15), (8.9, 4.6), (9.6, 4.55), (10.4, 4.9)]
STREAM_KM = [(6.9, 10.3), (6.7, 9.4), (7.05, 8.6), (6.95, 7.9), (7.2, 7.2), (7.05, 6.5), (7.25, 5.8), (7.2, 5.05)]
BROOK_KM = [(1.2, -0.3), (1.6, 0.9), (1.5, 1.9), (2.1, 2.8), (2.0, 3.8), (1.75, 4.6), (1.75, 5.2)]


@dataclass(frozen=True, slots=True)
class Ground:
    """What nature gave, in local metres."""

    stretch: float
    boundary: Polygon
    river_line: LineString
    river: BaseGeometry
    streams: list[BaseGeometry]
    ponds: list[BaseGeometry]
    hills: list[BaseGeometry]

    @property
    def side_m(self) -> float:
        """Side of the square around the county, metres."""
        return 10 * KM * self.stretch


def curve(
    points_km: list[tuple[float, float]], stretch: float, step_m: float = 30.0, closed: bool = False
) -> LineString:
    """A smooth line through the points, with a vertex about every ``step_m``."""
    points = np.asarray(points_km + points_km[:1] if closed else points_km) * KM * stretch
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    spline = CubicSpline(along, points, bc_type="periodic" if closed else "natural")
    return LineString(spline(np.linspace(0, along[-1], max(int(along[-1] / step_m), 8))))


def blob(
    rng: np.random.Generator, x: float, y: float, radius_m: float, rough: float = 0.25, points: int = 48
) -> Polygon:
    """A rounded, irregular outline around a point."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = np.ones(points)
    for wave in range(2, 7):
        radius += rough * rng.normal() / wave * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    radius = np.clip(radius, 0.45, 1.7) * radius_m
    return Polygon(np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)]))


def _somewhere(
    rng: np.random.Generator, side_m: float, radius_m: tuple[float, float], rough: float, points: int
) -> Polygon:
    x, y = rng.uniform(0.03, 0.97, 2) * side_m
    return blob(rng, x, y, rng.uniform(*radius_m), rough, points)


def ribbon(line: LineString, half_width_m: NDArray[np.float64]) -> Polygon:
    """The band around a line whose half width changes along it (one value per vertex)."""
    points = shapely.get_coordinates(line)
    tangent = np.gradient(points, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.hypot(*tangent.T)[:, None]
    sides = np.vstack([points + normal * half_width_m[:, None], (points - normal * half_width_m[:, None])[::-1]])
    return shapely.make_valid(Polygon(sides)).buffer(0)


def make_ground(rng: np.random.Generator, stretch: float) -> Ground:
    """Lay out boundary, water and hills; the same generator state gives the same ground."""
    side = 10 * KM * stretch
    angle = np.linspace(0, 2 * np.pi, 220, endpoint=False)
    # A county boundary runs along ridges: a rounded square, roughened at several wavelengths.
    radius = 1 / (np.abs(np.cos(angle)) ** 4.5 + np.abs(np.sin(angle)) ** 4.5) ** (1 / 4.5)
    for wave, size in ((3, 0.022), (5, 0.03), (8, 0.02), (13, 0.014), (21, 0.009), (34, 0.006)):
        radius += size * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    radius = radius / (1.02 * max(np.abs(radius * np.cos(angle)).max(), np.abs(radius * np.sin(angle)).max()))
    boundary = Polygon(side / 2 + side / 2 * np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))

    river_line = curve(RIVER_KM, stretch, 25)
    along = np.linspace(0, 1, len(river_line.coords))
    half = (62 + 14 * np.sin(along * 19 + 1) + 9 * np.sin(along * 47)) * stretch**0.4
    river = shapely.intersection(ribbon(river_line, half), boundary)
    streams = [shapely.intersection(curve(points, stretch, 30), boundary) for points in (STREAM_KM, BROOK_KM)]

    ponds: list[BaseGeometry] = [
        blob(rng, x * KM * stretch, y * KM * stretch, r * stretch**0.5, 0.5)
        for x, y, r in [
            (2.0, 8.6, 230),
            (8.7, 7.9, 120),
            (1.0, 2.1, 90),
            (3.0, 1.3, 110),
            (8.6, 1.2, 150),
            (9.2, 6.2, 70),
        ]
    ]
    ponds += [_somewhere(rng, side, (18, 45), 0.4, 20) for _ in range(int(45 * stretch**2))]
    hills = []
    places = [(1.1, 8.7, 1.25), (2.6, 9.4, 0.8), (9.2, 8.9, 1.0), (8.2, 9.5, 0.7), (0.8, 0.9, 0.9), (9.4, 0.7, 0.8)]
    places += [(3.9, 0.6, 0.7), (0.5, 6.9, 0.6), (9.6, 3.2, 0.5), (7.2, 0.7, 0.55), (1.5, 7.3, 0.55), (8.5, 7.4, 0.5)]
    for x, y, r in places:
        hills += [
            blob(
                rng,
                (x + rng.normal(0, 0.25)) * KM * stretch,
                (y + rng.normal(0, 0.25)) * KM * stretch,
                r * KM * stretch,
                0.45,
            )
            for _ in range(2)
        ]
    hills += [_somewhere(rng, side, (60, 220), 0.5, 48) for _ in range(int(60 * stretch**2))]
    return Ground(stretch, boundary, river_line, river, streams, ponds, [hill.intersection(boundary) for hill in hills])


def off_the_streets(ponds: list[BaseGeometry], roads: gpd.GeoDataFrame) -> list[BaseGeometry]:
    """The ponds that no street runs through, with 20 m to spare."""
    tree = shapely.STRtree(roads.geometry.to_numpy())
    wet = set(tree.query(ponds, predicate="dwithin", distance=20.0)[0].tolist())
    return [pond for number, pond in enumerate(ponds) if number not in wet]


def to_degrees(geometries: NDArray[np.object_], stretch: float) -> NDArray[np.object_]:
    """Local metres to EPSG:4490 degrees (x = longitude), rounded to 1e-9 so that equal stays equal."""
    there = Transformer.from_crs(4490, METRIC_SRID, always_xy=True).transform(CENTRE_LON, CENTRE_LAT)
    offset = np.round(np.asarray(there)) - 5 * KM * stretch
    back = Transformer.from_crs(METRIC_SRID, 4490, always_xy=True)
    xy = shapely.get_coordinates(geometries) + offset
    lonlat = np.column_stack(back.transform(xy[:, 0], xy[:, 1])).round(9)
    return shapely.set_coordinates(np.array(geometries, dtype=object, copy=True), lonlat)


def multi(geometry: BaseGeometry) -> MultiPolygon:
    """The polygons of a geometry as one MultiPolygon."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and part.area > 0]
    parts += [
        p for part in shapely.get_parts(geometry) if part.geom_type == "MultiPolygon" for p in shapely.get_parts(part)
    ]
    return MultiPolygon(parts)

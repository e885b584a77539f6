"""The small map on a printed sheet, as SVG drawn from frames: streets, water, the team's way and its numbered stops."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from maps import basemap
from maps.plans import Line, Team

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

WIDTH_MM, HEIGHT_MM = 186.0, 96.0
LEAST_M = 600.0
"""The map never shows less than this from side to side, so that a team at one spot sees its surroundings."""

STREET_MM = {"main": (1.9, 1.4), "secondary": (1.5, 1.1), "branch": (1.0, 0.7), "lane": (0.5, 0.35)}
"""Casing and fill widths by tier."""

DISTRICT, CHOSEN = "#8A1C4A", "#D35400"
"""Border and posts of a 片区, and the streets its plan is about."""

SCALE_STEPS_M = (50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the route.

    Attributes
    ----------
    roads
        LineString, EPSG:4490, columns ``tier`` and ``name``; may be empty.
    water
        MultiPolygon, EPSG:4490; may be empty.
    """

    roads: GeoDataFrame
    water: GeoDataFrame


@dataclass(frozen=True, slots=True)
class Frame:
    """Degrees to millimetres on paper, north up; true to scale around the middle of the map."""

    west: float
    north: float
    mm_per_lon: float
    mm_per_lat: float
    mm_per_m: float

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Paper coordinates, shape (n, 2), of lon/lat, shape (n, 2)."""
        paper: NDArray[np.float64] = (points - (self.west, self.north)) * (self.mm_per_lon, -self.mm_per_lat)
        return paper

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        return (self.west, self.north - HEIGHT_MM / self.mm_per_lat, self.west + WIDTH_MM / self.mm_per_lon, self.north)


def fit_frame(points: NDArray[np.float64]) -> Frame:
    """A frame that shows all points with a margin.

    Parameters
    ----------
    points
        Shape (n, 2), lon/lat in degrees, n ≥ 1.

    Notes
    -----
    Metres a degree on the CGCS2000 ellipsoid by the usual series in latitude (error < 1 m a degree).
    """
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    lon, lat = (west + east) / 2, (south + north) / 2
    phi = math.radians(lat)
    m_per_lat = 111132.95 - 559.85 * math.cos(2 * phi) + 1.17 * math.cos(4 * phi)
    m_per_lon = 111412.88 * math.cos(phi) - 93.50 * math.cos(3 * phi)
    wide = max((east - west) * m_per_lon * 1.16, (north - south) * m_per_lat * 1.2 * WIDTH_MM / HEIGHT_MM, LEAST_M)
    mm_per_m = WIDTH_MM / wide
    return Frame(
        lon - wide / 2 / m_per_lon,
        lat + wide * HEIGHT_MM / WIDTH_MM / 2 / m_per_lat,
        mm_per_m * m_per_lon,
        mm_per_m * m_per_lat,
        mm_per_m,
    )


def draw_map(team: Team, ground: Ground) -> Markup:
    """The map as an ``<svg>`` element.

    Parameters
    ----------
    team
        One without start, line and stop has no map: the result is empty.
    """
    points = [point for line in team.lines for point in line] + [(stop.lon, stop.lat) for stop in team.stops]
    if team.start:
        points.append(team.start)
    if not points:
        return Markup("")
    frame = fit_frame(np.array(points, dtype=np.float64))
    return _svg(team.code, frame, ground, [*_route(team, frame), *_stops(team, frame)])


def draw_district(
    name: str, outline: Sequence[Line], streets: Sequence[Line], posts: Sequence[tuple[float, float]], ground: Ground
) -> Markup:
    """A 片区 with the streets and numbered posts its plan is about, as an ``<svg>`` element.

    Parameters
    ----------
    outline
        Its rings, degrees, EPSG:4490; without one there is no map and the result is empty.
    streets, posts
        Lines and (lon, lat), the posts numbered from 1 in the order given.
    """
    points = [point for ring in outline for point in ring]
    if not points:
        return Markup("")
    frame = fit_frame(np.array(points, dtype=np.float64))
    look = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    border = "".join(_path(frame.place(np.array(ring)), closed=True) for ring in outline)
    chosen = "".join(_path(frame.place(np.array(line))) for line in streets if len(line) > 1)
    parts = [f'<path d="{border}" stroke="{DISTRICT}" stroke-width="0.8" stroke-dasharray="3 1.2" {look}/>']
    if chosen:
        parts.append(f'<path d="{chosen}" stroke="{CHOSEN}" stroke-width="1.1" stroke-opacity="0.8" {look}/>')
    for number, post in enumerate(posts, 1):
        x, y = frame.place(np.array([post]))[0]
        parts.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2.2" fill="{DISTRICT}" stroke="#FFFFFF" stroke-width="0.4"/>'
            f'<text x="{x:.2f}" y="{y + 0.9:.2f}" text-anchor="middle" font-size="2.5" font-weight="700" '
            f'fill="#FFFFFF">{number}</text>'
        )
    return _svg(name, frame, ground, parts)


def _svg(name: str, frame: Frame, ground: Ground, own: Sequence[str]) -> Markup:
    """The ground with something drawn on it."""
    near = Ground(_near(ground.roads, frame), _near(ground.water, frame))
    parts = [*_water(near, frame), *_streets(near, frame), *_names(near, frame), *own, _scale_bar(frame), _north()]
    head = f'<svg viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}" role="img" aria-label="{{}}" xmlns="http://www.w3.org/2000/svg">'
    ground_rect = f'<rect width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="#FAF9F6"/>'
    return Markup(head).format(name) + Markup(ground_rect + "".join(parts) + "</svg>")


def _near(layer: GeoDataFrame, frame: Frame) -> GeoDataFrame:
    from shapely import box

    return layer.iloc[np.sort(layer.sindex.query(box(*frame.box)))]


def _path(paper: NDArray[np.float64], *, closed: bool = False) -> str:
    steps = "L".join(f"{x:.2f} {y:.2f}" for x, y in paper)
    return f"M{steps}{'Z' if closed else ''}"


def _water(ground: Ground, frame: Frame) -> list[str]:
    import shapely

    found = []
    for geometry in ground.water.geometry.values:
        cut = shapely.clip_by_rect(geometry, *frame.box)
        for polygon in shapely.get_parts(cut):
            rings = [polygon.exterior, *polygon.interiors] if polygon.geom_type == "Polygon" else []
            outline = "".join(_path(frame.place(shapely.get_coordinates(ring)), closed=True) for ring in rings)
            if outline:
                found.append(f'<path d="{outline}" fill="{basemap.WATER}" fill-rule="evenodd"/>')
    return found


def _streets(ground: Ground, frame: Frame) -> list[str]:
    import shapely

    lines = shapely.clip_by_rect(ground.roads.geometry.values, *frame.box)
    lines = shapely.simplify(lines, 0.2 / frame.mm_per_lat)
    casing, fill = [], []
    for street in basemap.STREETS:
        chosen = [line for line, tier in zip(lines, ground.roads["tier"], strict=True) if tier == street.tier]
        outline = "".join(
            _path(frame.place(shapely.get_coordinates(part)))
            for line in chosen
            for part in shapely.get_parts(line)
            if not part.is_empty
        )
        if outline:
            wide, narrow = STREET_MM[street.tier]
            look = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
            casing.append(f'<path d="{outline}" stroke="#B9B2A2" stroke-width="{wide}" {look}/>')
            fill.append(f'<path d="{outline}" stroke="{street.fill}" stroke-width="{narrow}" {look}/>')
    return casing + fill


def _names(ground: Ground, frame: Frame) -> list[str]:
    """Names of main and secondary streets, once each, on their longest straight stretch that is long enough."""
    import shapely

    best: dict[str, tuple[float, NDArray[np.float64]]] = {}
    for line, name, tier in zip(ground.roads.geometry.values, ground.roads["name"], ground.roads["tier"], strict=True):
        if tier not in {"main", "secondary"} or not isinstance(name, str) or not name:
            continue
        for part in shapely.get_parts(shapely.clip_by_rect(line, *frame.box)):
            paper = frame.place(shapely.get_coordinates(shapely.simplify(part, 0.5 / frame.mm_per_lat)))
            for start, end in itertools.pairwise(paper):
                length = float(np.hypot(*(end - start)))
                if length > best.get(name, (3.0 * len(name), None))[0]:
                    best[name] = (length, np.array([start, end]))
    found = []
    for name, (_, stretch) in best.items():
        x0, y0, x1, y1 = (stretch if stretch[0][0] <= stretch[1][0] else stretch[::-1]).ravel()
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        text = Markup(
            '<text x="0" y="0.9" transform="translate({:.1f} {:.1f}) rotate({:.1f})" text-anchor="middle" '
            'font-size="2.6" fill="#5E5440" stroke="#FFFFFF" stroke-width="0.7" paint-order="stroke">{}</text>'
        )
        found.append(str(text.format((x0 + x1) / 2, (y0 + y1) / 2, angle, name)))
    return found


def _route(team: Team, frame: Frame) -> list[str]:
    def path(line: Line) -> str:
        return _path(frame.place(np.array(line, dtype=np.float64)))

    outline = "".join(path(line) for line in team.lines if len(line) > 1)
    if not outline:
        return []
    look = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    dash = f' stroke-dasharray="{team.dash}"' if team.dash else ""
    return [
        f'<path d="{outline}" stroke="#FFFFFF" stroke-width="1.7" {look}/>',
        f'<path d="{outline}" stroke="{team.color}" stroke-width="0.95" {look}{dash}/>',
    ]


def _stops(team: Team, frame: Frame) -> list[str]:
    found = []
    if team.start:
        x, y = frame.place(np.array([team.start]))[0]
        found.append(
            f'<rect x="{x - 1.6:.2f}" y="{y - 1.6:.2f}" width="3.2" height="3.2" fill="#FFFFFF" '
            f'stroke="{team.color}" stroke-width="0.8"/>'
        )
    spots: dict[tuple[float, float], list[int]] = {}
    for stop in team.stops:
        spots.setdefault((round(stop.lon, 4), round(stop.lat, 4)), []).append(stop.seq)
    for (lon, lat), numbers in reversed(spots.items()):
        x, y = frame.place(np.array([[lon, lat]]))[0]
        text = "·".join(map(str, numbers[:3])) + ("…" if len(numbers) > 3 else "")
        # Chinese fonts draw the point between numbers and the ellipsis a whole character wide.
        half = max(2.1, 0.8 + sum(0.75 if letter.isdigit() else 1.25 for letter in text))
        found.append(
            f'<rect class="stop" x="{x - half:.2f}" y="{y - 2.1:.2f}" width="{2 * half:.2f}" height="4.2" rx="2.1" '
            f'fill="{team.color}" stroke="#FFFFFF" stroke-width="0.4"/>'
            f'<text x="{x:.2f}" y="{y + 0.9:.2f}" text-anchor="middle" font-size="2.5" font-weight="700" '
            f'fill="#FFFFFF">{text}</text>'
        )
    return found


def _scale_bar(frame: Frame) -> str:
    """The longest round length of at most 45 mm."""
    length = max((step for step in SCALE_STEPS_M if step * frame.mm_per_m <= 45), default=SCALE_STEPS_M[0])
    mm = length * frame.mm_per_m
    y = HEIGHT_MM - 4
    label = f"{length} m" if length < 1000 else f"{length // 1000} km"
    return (
        f'<g><rect x="3" y="{y - 5}" width="{mm + 6:.1f}" height="7.4" fill="#FFFFFF" fill-opacity="0.85"/>'
        f'<path d="M6 {y - 1.4}V{y}H{6 + mm:.2f}V{y - 1.4}" fill="none" stroke="#222" stroke-width="0.5"/>'
        f'<text x="{6 + mm / 2:.2f}" y="{y - 1.8}" font-size="2.6" text-anchor="middle" fill="#222">{label}</text></g>'
    )


def _north() -> str:
    x = WIDTH_MM - 8
    arrow = (
        '<g><circle cx="{0}" cy="8" r="5.6" fill="#FFFFFF" fill-opacity="0.85"/>'
        '<path d="M{0} 3.6L{1} 10.4L{0} 8.8L{2} 10.4Z" fill="#222"/>'
        '<text x="{0}" y="13" font-size="2.4" text-anchor="middle" fill="#222">N</text></g>'
    )
    return arrow.format(x, x + 2, x - 2)

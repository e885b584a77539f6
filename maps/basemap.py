"""The ground a map is drawn on, and how large things are at a zoom: the GL style and the PNG fall-back read this."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

Stops = tuple[tuple[float, float], ...]
"""``((zoom, value), …)`` with rising zooms, interpolated between; zooms are those of the GL map."""

LAND = "#F5F3EE"
"""The paper: ground without a known use."""

LANDUSE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("#EFECE4", ("residential", "village_green")),
    ("#F2E7DF", ("commercial", "retail")),
    ("#E9E5EA", ("industrial", "railway", "depot", "port")),
    ("#F0EAD2", ("school", "education", "university", "college", "kindergarten", "hospital")),
    ("#EBE3D3", ("construction", "brownfield", "landfill", "quarry")),
    (
        "#D6E7C8",
        ("park", "garden", "recreation_ground", "grass", "pitch", "playground", "golf_course", "cemetery", "square"),
    ),
    ("#C9DEBC", ("forest", "wood", "nature_reserve", "scrub", "orchard")),
    ("#EBEFD8", ("farmland", "farm", "meadow", "allotments", "greenhouse_horticulture", "plant_nursery")),
    ("#BBD7E8", ("basin", "reservoir", "water")),
)
"""Fill colours of land use by the values found in bureau files and OSM."""

OTHER_LAND = "#F0EDE6"
"""Land of a use that is not listed."""

WATER, WATER_LINE = "#B4D3E7", "#9CC3DC"
WATERWAY_WIDTH: Stops = ((9, 0.6), (14, 1.8), (18, 7))
BUILDING, BUILDING_EDGE = "#DED8CC", "#C6BEAE"


@dataclass(frozen=True, slots=True)
class Street:
    """A tier of street on the base map: casing and fill, from which zoom, how wide."""

    tier: str
    casing: str
    fill: str
    minzoom: int
    casing_width: Stops
    fill_width: Stops


STREETS: tuple[Street, ...] = (
    Street("lane", "#DAD5CA", "#FFFFFF", 13, ((13, 0.7), (15, 2.8), (18, 11)), ((13, 0.3), (15, 1.8), (18, 9))),
    Street("branch", "#D2CCBF", "#FFFFFF", 12, ((12, 1.0), (15, 5.0), (18, 18)), ((12, 0.5), (15, 3.7), (18, 16))),
    Street(
        "secondary",
        "#CDBE93",
        "#FFF8DF",
        10,
        ((10, 0.9), (13, 3.0), (15, 8), (18, 26)),
        ((10, 0.5), (13, 2), (15, 6.4), (18, 23)),
    ),
    Street(
        "main",
        "#D3A557",
        "#FCE2AE",
        8,
        ((8, 1.2), (12, 3.8), (15, 11), (18, 34)),
        ((8, 0.7), (12, 2.6), (15, 9), (18, 31)),
    ),
)
"""From the least to the most important, which is also the drawing order."""

OVERLAY_WIDTH: Stops = ((9, 0.8), (13, 2.2), (15, 4), (18, 12))
"""Of streets coloured by tier or regime, whatever their tier."""

FRONT_WIDTH: Stops = ((14, 2.0), (16, 4.0), (19, 9))
"""Of shop fronts, drawn over the street's casing."""

DOT_RADIUS: Stops = ((13, 2.2), (15, 2.8), (17, 5.5), (19, 8))
"""Of single points."""

STRONG_DOT_RADIUS: Stops = ((11, 4), (15, 5.5), (17, 8), (19, 10))
"""Of the few points that must be found at a glance: a county has a dozen depots."""

CELL_RADIUS, ALARM_CELL_RADIUS = (7.0, 0.3), (9.0, 0.7)
"""Of counted cells: the largest radius, and how fast it grows with the root of the count."""

NAME_COLOR = "#333A44"
NAME_COLORS = {"patrol_district": "#5A2E8C", "admin_area": "#6B625A", "water": "#2F6888", "landuse": "#4B6B3A"}
"""Of names on the map; other layers' are :data:`NAME_COLOR`."""

BORDER_WIDTH: Stops = ((9, 0.8), (14, 1.3), (17, 2))
STRONG_BORDER_WIDTH: Stops = ((9, 1.4), (14, 2.6), (17, 4))


def at_zoom(stops: Stops, zoom: float) -> float:
    """The value of stops at a zoom, as a straight line between them and level outside.

    Examples
    --------
    >>> at_zoom(((10, 1.0), (12, 3.0)), 11), at_zoom(((10, 1.0), (12, 3.0)), 20)
    (2.0, 3.0)
    """
    if zoom <= stops[0][0]:
        return stops[0][1]
    for (z0, v0), (z1, v1) in itertools.pairwise(stops):
        if zoom <= z1:
            return v0 + (v1 - v0) * (zoom - z0) / (z1 - z0)
    return stops[-1][1]

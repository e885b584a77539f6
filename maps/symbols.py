"""What every kind of layer looks like, said once: the GL style, the PNG fall-back and the legend all read this.

Colours of things a planner must tell apart are from Okabe and Ito's palette (2008), which colour-blind
readers can tell apart too; red and green never carry a meaning between them alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

Shape = Literal["area", "line", "dot"]
Stops = tuple[tuple[float, float], ...]
"""``((zoom, value), …)`` with rising zooms, interpolated between; zooms are those of the GL map."""

BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#C9B400"
ORANGE, VERMILION, PURPLE, GREY = "#E69F00", "#D55E00", "#CC79A7", "#7A828C"


@dataclass(frozen=True, slots=True)
class Mark:
    """The colour of one value of a theme's field."""

    value: str
    color: str


@dataclass(frozen=True, slots=True)
class Theme:
    """How a thematic layer is drawn.

    Parameters
    ----------
    kind
        Name in the layer register.
    field
        Tile attribute whose values are told apart; empty when all features look alike.
    marks
        Colours by value, in the legend's order; a value not listed gets the last colour.
    shape
        What the legend shows and what is drawn; a layer of points and areas is ``dot``.
    shown
        Whether the layer is switched on when a page opens.
    alarm
        For layers counted per cell at small scale: the value of ``field`` whose share colours the cell.
    labelled
        Whether names are written from the tile layer ``<kind>_label``.
    strong
        Of a border: whether it is the one a reader looks for, drawn wider than the others.
    """

    kind: str
    field: str
    marks: tuple[Mark, ...]
    shape: Shape
    shown: bool = False
    alarm: str = ""
    labelled: bool = False
    strong: bool = False

    def color(self, value: object) -> str:
        """The colour of a value, the last mark's for one that is not listed.

        Examples
        --------
        >>> Theme("x", "f", (Mark("a", "#111111"), Mark("b", "#222222")), "dot").color("z")
        '#222222'
        """
        return next((mark.color for mark in self.marks if mark.value == value), self.marks[-1].color)


THEMES: tuple[Theme, ...] = (
    Theme(
        "hotspot_zone",
        "kind",
        (
            Mark("school", BLUE),
            Mark("hospital", VERMILION),
            Mark("market", ORANGE),
            Mark("construction", YELLOW),
            Mark("transit", GREEN),
            Mark("estate", SKY),
            Mark("night_market", PURPLE),
        ),
        "area",
        shown=True,
        labelled=True,
    ),
    Theme(
        "estate",
        "status",
        (Mark("held", GREEN), Mark("candidate", BLUE), Mark("lost", VERMILION), Mark("withdrawn", GREY)),
        "area",
        labelled=True,
    ),
    Theme(
        "posture",
        "kind",
        (
            Mark("exam", "#0B4F8A"),
            Mark("festival", "#C2185B"),
            Mark("inspection", "#6E4B8B"),
            Mark("storm", "#2A9DB5"),
            Mark("snow", "#9CC9E8"),
            Mark("fire", "#E4572E"),
            Mark("event", "#3A6B35"),
        ),
        "area",
        labelled=True,
    ),
    Theme(
        "illegal_building",
        "status",
        (
            Mark("suspected", YELLOW),
            Mark("verified", ORANGE),
            Mark("stopped", PURPLE),
            Mark("existing", "#8C510A"),
            Mark("new", "#B30059"),
            Mark("ordered", VERMILION),
            Mark("appealed", "#E58A6B"),
            Mark("announced", "#A63603"),
            Mark("revoked", "#D9B38C"),
            Mark("confiscated", "#4B3F72"),
            Mark("regularised", BLUE),
            Mark("demolished", GREY),
            Mark("written_off", "#9BA3AC"),
            Mark("overbuilt", "#6E4B8B"),
            Mark("struck", "#D3D7DC"),
            Mark("dismissed", "#B5BBC3"),
        ),
        "area",
    ),
    Theme(
        "suspicion",
        "status",
        (Mark("waiting", YELLOW), Mark("confirmed", VERMILION), Mark("dismissed", GREY)),
        "area",
    ),
    Theme(
        "event",
        "origin",
        (
            Mark("complaint", VERMILION),
            Mark("patrol", BLUE),
            Mark("camera", PURPLE),
            Mark("transfer", GREEN),
            Mark("unknown", GREY),
        ),
        "dot",
    ),
    Theme(
        "open_problem",
        "stage",
        (
            Mark("desk", YELLOW),
            Mark("handling", BLUE),
            Mark("checking", SKY),
            Mark("disputed", VERMILION),
            Mark("suspended", GREY),
        ),
        "dot",
        alarm="disputed",
    ),
    Theme(
        "streetlight",
        "status",
        (Mark("fault", VERMILION), Mark("off_by_plan", "#8A94A0"), Mark("on", BLUE)),
        "dot",
        alarm="fault",
    ),
    Theme(
        "component",
        "status",
        (
            Mark("broken", VERMILION),
            Mark("absent", "#6E4B8B"),
            Mark("intact", GREEN),
            Mark("abandoned", GREY),
            Mark("removed", "#B5BBC3"),
        ),
        "dot",
        alarm="broken",
    ),
    Theme(
        "hazard",
        "level",
        (Mark("major", "#B30059"), Mark("general", ORANGE)),
        "dot",
        alarm="major",
    ),
    Theme(
        "gas_user",
        "kind",
        (
            Mark("restaurant", "#8C510A"),
            Mark("business", ORANGE),
            Mark("industry", PURPLE),
            Mark("public_body", BLUE),
            Mark("station", VERMILION),
        ),
        "dot",
        alarm="station",
    ),
    Theme(
        "supply_point",
        "kind",
        (Mark("depot", "#4B3F72"), Mark("vehicle", SKY), Mark("post", PURPLE)),
        "dot",
        strong=True,
    ),
    Theme(
        "green_space",
        "kind",
        (Mark("green_line", "#4F7A3A"), Mark("pocket_park", "#8FA32E")),
        "area",
    ),
    Theme(
        "frontage",
        "status",
        (Mark("signed", GREEN), Mark("expired", ORANGE), Mark("missing", VERMILION)),
        "line",
    ),
    Theme(
        "worksite",
        "works",
        (Mark("working", "#A6761D"), Mark("paused", YELLOW), Mark("not_begun", SKY), Mark("completed", GREY)),
        "area",
        labelled=True,
    ),
    Theme("site_gate", "washing", (Mark("unwashed", VERMILION), Mark("washed", "#2B5C8A")), "dot"),
    Theme(
        "waste_site",
        "kind",
        (
            Mark("dump", "#4D3319"),
            Mark("stockpile", ORANGE),
            Mark("concession", BLUE),
            Mark("transfer_station", GREEN),
            Mark("collection_point", GREY),
        ),
        "dot",
    ),
    Theme(
        "permit",
        "kind",
        (
            Mark("occupation", ORANGE),
            Mark("excavation", VERMILION),
            Mark("signboard", SKY),
            Mark("haulage", PURPLE),
            Mark("batching", GREY),
        ),
        "dot",
    ),
    Theme(
        "firework_zone",
        "rule",
        (Mark("banned", VERMILION), Mark("limited", YELLOW)),
        "area",
        labelled=True,
    ),
    Theme(
        "parking",
        "kind",
        (Mark("bike_bay", SKY), Mark("car_bay", BLUE), Mark("shared_bike", ORANGE)),
        "area",
    ),
    Theme(
        "contact_point",
        "kind",
        (Mark("community", GREEN), Mark("enterprise", PURPLE), Mark("site", YELLOW)),
        "dot",
    ),
    Theme(
        "restaurant",
        "device",
        (
            Mark("none", VERMILION),
            Mark("electrostatic", BLUE),
            Mark("mechanical", GREEN),
            Mark("wet", SKY),
            Mark("composite", PURPLE),
        ),
        "dot",
        alarm="none",
    ),
    Theme(
        "ad",
        "kind",
        (
            Mark("billboard", VERMILION),
            Mark("rooftop", "#8C510A"),
            Mark("pole", PURPLE),
            Mark("screen", BLUE),
            Mark("signboard", GREEN),
            Mark("light_box", YELLOW),
            Mark("banner", SKY),
        ),
        "dot",
    ),
    Theme(
        "vendor_point",
        "kind",
        (Mark("hawker_spot", ORANGE), Mark("seasonal_market", SKY), Mark("regulated", GREEN)),
        "dot",
        alarm="hawker_spot",
    ),
)

THEME_BY_KIND = {theme.kind: theme for theme in THEMES}

BORDERS: tuple[Theme, ...] = (
    Theme("patrol_district", "", (Mark("", "#6A3D9A"),), "line", shown=True, labelled=True, strong=True),
    Theme("responsibility_grid", "", (Mark("", "#9C7BB8"),), "line"),
    Theme("unit_grid", "", (Mark("", "#B9A6C9"),), "line"),
    Theme("flight", "", (Mark("", "#3E7C8C"),), "line"),
    Theme("haul_route", "", (Mark("", "#8C2D04"),), "line"),
    Theme("admin_area", "", (Mark("", "#80746A"),), "line", labelled=True),
)

BORDER_WIDTH: Stops = ((9, 0.8), (14, 1.3), (17, 2))
STRONG_BORDER_WIDTH: Stops = ((9, 1.4), (14, 2.6), (17, 4))

REGIMES: tuple[Mark, ...] = (Mark("strict", VERMILION), Mark("controlled", ORANGE), Mark("standard", SKY))
"""严管, 严控, 规范."""

TIER_MARKS: tuple[Mark, ...] = (
    Mark("main", VERMILION),
    Mark("secondary", ORANGE),
    Mark("branch", SKY),
    Mark("lane", GREY),
)
"""主干道, 次干道, 支路, 小街巷 when a planner switches the tiers on."""

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

TEAM_COLORS: tuple[str, ...] = (
    "#0072B2", "#B84A00", "#00795A", "#A8447F", "#8A6500", "#3B3FA6", "#B0304A", "#1F7F8C", "#6B4A2B", "#5A6B00",
)  # fmt: skip
"""Colours of teams, each ≥ 4.5 : 1 on white so that a stop's number in white on it can be read."""

AREA_COLORS: tuple[str, ...] = (
    "#0072B2", "#E07A3F", "#00795A", "#C4699E", "#D9B44A", "#5B5FC7", "#C24B5E", "#3FA7B3", "#8A6142", "#8FA32E",
    "#7FB3E0", "#6E6E6E", "#9B59B6", "#4CAF7D", "#F0A08A", "#2F4B7C",
)  # fmt: skip
"""Fills of areas that lie side by side; more areas than colours take them again from the first."""

UNSERVED = "#FFD400"
"""Fill of a stop no team comes to; its ring is dark, unlike any team's."""

DASHES: tuple[str, ...] = ("", "10 6", "3 6")
"""When there are more teams than colours, the next round is dashed."""


def team_line(color_index: int) -> tuple[str, str]:
    """Colour and dash pattern of a team's route.

    Parameters
    ----------
    color_index
        The team's index in its plan, ≥ 0.

    Examples
    --------
    >>> team_line(0), team_line(11)
    (('#0072B2', ''), ('#B84A00', '10 6'))
    """
    round_, place = divmod(color_index, len(TEAM_COLORS))
    return TEAM_COLORS[place], DASHES[round_ % len(DASHES)]


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

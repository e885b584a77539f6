"""What every kind of layer looks like, said once: the GL style, the PNG fall-back and the legend all read this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maps.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, YELLOW

Shape = Literal["area", "line", "dot"]


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

REGIMES: tuple[Mark, ...] = (Mark("strict", VERMILION), Mark("controlled", ORANGE), Mark("standard", SKY))
"""严管, 严控, 规范."""

TIER_MARKS: tuple[Mark, ...] = (
    Mark("main", VERMILION),
    Mark("secondary", ORANGE),
    Mark("branch", SKY),
    Mark("lane", GREY),
)
"""主干道, 次干道, 支路, 小街巷 when a planner switches the tiers on."""

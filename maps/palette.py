"""Colours by what they must be told apart from: things of a map, teams, areas side by side.

Colours of things a planner must tell apart are from Okabe and Ito's palette (2008), which colour-blind
readers can tell apart too; red and green never carry a meaning between them alone.
"""

from __future__ import annotations

BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#C9B400"
ORANGE, VERMILION, PURPLE, GREY = "#E69F00", "#D55E00", "#CC79A7", "#7A828C"

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

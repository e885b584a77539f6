"""巡查路线单: one A4 page a team carries, with its stops, times and a map."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from markupsafe import Markup

from maps.assets import asset
from maps.page import templates
from maps.plans import Shift, Stop, Team
from maps.texts import Texts

ONE_COLUMN, ROOMY, MOST_STOPS = 18, 36, 54
"""Rows in one column, in two, and in two of small print; what is more is said on the sheet and stands on the page."""


@dataclass(frozen=True, slots=True)
class TeamSheet:
    """What a team's sheet shows; of its people only the names. ``map`` is drawn by :mod:`maps.reports.sheet_map`."""

    county_name: str
    on_date: dt.date
    shift: Shift
    team: Team
    map: Markup
    sources: tuple[str, ...]
    review_number: str = ""


def columns(stops: tuple[Stop, ...]) -> list[tuple[Stop, ...]]:
    """The stops in one or two columns of nearly equal length; one empty column without stops."""
    kept = stops[: shown(stops)]
    if lines(kept) <= ONE_COLUMN:
        return [kept]
    half = next(count for count in range(len(kept) + 1) if 2 * lines(kept[:count]) >= lines(kept))
    return [kept[:half], kept[half:]]


def lines(stops: tuple[Stop, ...]) -> int:
    """Rows the stops take: one each, and one for waiting."""
    return len(stops) + sum(stop.waits for stop in stops)


def shown(stops: tuple[Stop, ...]) -> int:
    """How many of the stops the page has room for."""
    return next((count for count in range(len(stops), 0, -1) if lines(stops[:count]) <= MOST_STOPS), 0)


def render_route_sheet(sheet: TeamSheet, texts: Texts) -> str:
    """Render the sheet as HTML that prints on exactly one A4 page, upright."""
    team = sheet.team
    return (
        templates()
        .get_template("sheet.html")
        .render(
            t=texts,
            sheet=sheet,
            shift=sheet.shift,
            team=team,
            columns=columns(team.stops),
            dense=lines(team.stops) > ROOMY,
            rest=len(team.stops) - shown(team.stops),
            asset=asset,
        )
    )

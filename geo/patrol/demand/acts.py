"""Acts that need two licences, by daylight and never on a public holiday."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import is_public_holiday
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

ORDERED_WEIGHT: Final = 120.0
"""A building ordered to come down has a legal deadline."""

VERIFIED_WEIGHT: Final = 40.0
"""One only verified has none: it is looked at again in its turn, as coverage is."""

ACT_EVERY_DAYS: Final = {"ordered": 7, "verified": 14, "announced": 7}
"""An open building is gone to again after so many days, counted from the day its status began (from its number
where that day is not on file), so that a backlog is spread over the days instead of filling every one."""

ACT_HOURS: Final = (8 * 3600, 18 * 3600)
"""Compulsory acts are not carried out at night or on statutory holidays (行政强制法 art. 43); we keep to 08:00–18:00
and to days that are no part of a public holiday, its bridge days included."""

ACT_TEXT: Final = "08:00-18:00; PH off"

ACT_S: Final = 20 * 60

DEMOLITION_S: Final = 2 * 3600
"""How long a team is bound by pulling something down."""

WhyNot = Callable[[int, dt.datetime, dt.datetime], Sequence[tuple[str, dict[str, str]]]]

ACT_LEAST_S: Final = 2 * 3600
"""A shift with less daylight than this is not asked for enforcement."""


def enforcement_wishes(buildings: GeoDataFrame, span: ShiftSpan) -> list[Wish]:
    """Illegal buildings verified or ordered to come down whose day it is: acts for two licensed officers, by daylight.

    Parameters
    ----------
    buildings
        Metric CRS, index = row id; ``code``, ``status`` (``ordered`` or ``verified``), ``status_since_on`` (date),
        ``district_code``.

    Returns
    -------
    list of Wish
        Empty for a shift by night. On a public holiday the acts that were due have no window, so that the plan says
        they are refused and why (D06).
    """
    window = span.overlap(*ACT_HOURS)
    if window is None or window[1] - window[0] < ACT_LEAST_S:
        return []
    windows = () if is_public_holiday(span.on_date, span.calendar) else (window,)
    return [
        Wish(
            key=f"enforcement:{row.Index}",
            kind="enforcement",
            name=row.code if isinstance(row.code, str) else f"#{row.Index}",
            layer="illegal_building",
            feature_ids=(int(row.Index),),
            district_code=row.district_code,
            duty="law" if row.status == "ordered" else "coverage",
            weight=ORDERED_WEIGHT if row.status == "ordered" else VERIFIED_WEIGHT,
            licences_needed=2,
            windows=windows,
            service_s=ACT_S,
            hours=ACT_TEXT,
            required=row.status == "ordered",
            geometry=row.geometry,
        )
        for row in buildings.itertuples()
        if row.status != "announced" and _due(row, span.on_date)
    ]


@dataclass(frozen=True)
class Demolitions:
    """Slots of compulsory demolition, and those refused: building, number, and why as codes and facts of sentences."""

    wishes: tuple[Wish, ...] = ()
    refused: tuple[Mapping[str, Any], ...] = ()


def due_acts(buildings: GeoDataFrame, span: ShiftSpan) -> GeoDataFrame:
    """Buildings announced to be pulled down by force whose day it is."""
    return buildings[[row.status == "announced" and _due(row, span.on_date) for row in buildings.itertuples()]]


def demolition_wishes(buildings: GeoDataFrame, span: ShiftSpan, why_not: WhyNot) -> Demolitions:
    """Slots in which buildings may be pulled down by force; D06: none by night, on rest days, or before the papers.

    Parameters
    ----------
    buildings
        As :func:`due_acts` gives them, metric CRS; ``code``, ``district_code``.
    why_not
        Asked with building, begin and end of the slot: codes and facts of what stands against it, none if it may be.

    Returns
    -------
    Demolitions
        Empty for a shift by night.
    """
    window = span.overlap(*ACT_HOURS)
    if window is None or window[1] - window[0] < ACT_LEAST_S:
        return Demolitions()
    start, end = (span.starts_at + dt.timedelta(seconds=second) for second in window)
    wishes, refused = [], []
    for row in buildings.itertuples():
        name = row.code if isinstance(row.code, str) else f"#{row.Index}"
        if reasons := why_not(int(row.Index), start, end):
            refused.append({"building": int(row.Index), "name": name, "why": [list(one) for one in reasons]})
            continue
        wishes.append(
            Wish(
                key=f"demolition:{row.Index}",
                kind="enforcement",
                name=name,
                layer="illegal_building",
                feature_ids=(int(row.Index),),
                district_code=row.district_code,
                duty="law",
                weight=ORDERED_WEIGHT,
                licences_needed=2,
                windows=(window,),
                service_s=DEMOLITION_S,
                hours=ACT_TEXT,
                geometry=row.geometry,
            )
        )
    return Demolitions(tuple(wishes), tuple(refused))


def _due(row: Any, on: dt.date) -> bool:
    since = row.status_since_on
    begun = since.toordinal() if isinstance(since, dt.date) else int(row.Index)
    return (on.toordinal() - begun) % ACT_EVERY_DAYS[row.status] == 0

"""Whether what a plan says is passed on the way truly is: looked at again on the legs the checker has searched itself.

It knows neither the solver nor how passings were found; only stops, times and lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import STORAGE, transformer
from geo.patrol.legs import Breach, Leg
from geo.patrol.problem import Passing, Plan, Problem, Stop
from geo.roads.network import Floats

if TYPE_CHECKING:
    from shapely import LineString

CELL_M: Final = 250.0
NEAR_M: Final = 3.0
ALONG: Final = 0.9
"""Of a street so much must be gone along."""


@dataclass(frozen=True, slots=True)
class _Gone:
    """A leg in time; ``line`` in the metric CRS."""

    line: LineString
    kmh: float
    travel: bool


def passed_breaches(srid: int, problem: Problem, plan: Plan, legs: Sequence[Sequence[Leg]]) -> Iterator[Breach]:
    """Breaches of rule ``passed``: a stop that is said to be passed and is not, or may not be.

    Parameters
    ----------
    srid
        Of the metric CRS.
    legs
        Per team, as searched.
    """
    gone = _gone(srid, plan, legs) if plan.passed else {}
    for number, ways in plan.passed.items():
        stop = problem.stops[number]
        mine = [gone.get(way) for way in ways]
        found = [one for one in mine if one is not None]
        if len(found) < len(mine) or not found or not _may(stop, ways, found) or not _sees(srid, stop, found):
            yield Breach("passed", problem.teams[ways[0].team].code if ways else "", stop.key)


def _gone(srid: int, plan: Plan, legs: Sequence[Sequence[Leg]]) -> Mapping[Passing, _Gone]:
    """Every leg with a line by the team, visit and times it has."""
    found: dict[Passing, _Gone] = {}
    for team, (day, mine) in enumerate(zip(plan.days, legs, strict=False)):
        number, now = -1, 0
        for leg in mine:
            visit = day[number + 1] if leg.kind == "travel" and number + 1 < len(day) else None
            if leg.kind == "travel":
                number += 1
                end = visit.arrive_s if visit else now + leg.duration_s
                begin = end - leg.duration_s
            else:
                begin, end = day[number].begin_s, day[number].leave_s
            if number < len(day):
                now = day[number].leave_s
            if leg.line is not None and end > begin:
                kmh = 3.6 * leg.distance_m / leg.duration_s if leg.kind == "travel" else 0.0
                key = Passing(team, number, begin, end)
                found[key] = _Gone(_metric(srid, np.array(leg.line.coords)), kmh, leg.kind == "travel")
    return found


def _may(stop: Stop, ways: Sequence[Passing], found: Sequence[_Gone]) -> bool:
    """Whether a stop may be passed at all, these ways are in its hours and slow enough, and one is all a pass takes."""
    allowed = stop.ride_kmh > 0 and not stop.licences_needed and not stop.person_ids and bool(stop.path)
    in_time = all(any(low <= way.begin_s and way.end_s <= high for low, high in stop.windows) for way in ways)
    alone = stop.kind != "pass" or (len(found) == 1 and found[0].travel)
    return allowed and in_time and alone and all(one.kmh <= stop.ride_kmh for one in found)


def _sees(srid: int, stop: Stop, found: Sequence[_Gone]) -> bool:
    """Whether the lines go along nine tenths of the stop's street, or far enough through each of its cells."""
    import shapely

    lines = [one.line for one in found]
    if stop.cells:
        for column, row, need_m in stop.cells:
            box = shapely.box(column * CELL_M, row * CELL_M, (column + 1) * CELL_M, (row + 1) * CELL_M)
            if shapely.union_all(shapely.intersection(lines, box)).length < need_m - 0.01:
                return False
        return True
    # A dead end is in a trail's line twice, in and out; its metres count once.
    street = shapely.union_all([_metric(srid, np.array(stop.path))])
    along = street.intersection(shapely.union_all(lines).buffer(NEAR_M)).length
    return bool(along >= ALONG * street.length)


def _metric(srid: int, lonlat: Floats) -> LineString:
    from shapely import LineString

    x, y = transformer(STORAGE, srid).transform(*lonlat.T)
    return LineString(np.column_stack([x, y]))

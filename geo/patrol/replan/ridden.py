"""Stored legs of what a team did before its shift was planned anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo.patrol.legs import Leg
from geo.patrol.replan.queries import LegRow

if TYPE_CHECKING:
    from shapely import LineString


def kept_legs(legs: Sequence[LegRow], count: int) -> tuple[Leg, ...]:
    """The stored legs of a day's first visits: the ride to each, and the stretch itself where one is passed.

    Examples
    --------
    >>> row = LegRow("A", "travel", 60, 300, None)
    >>> [leg.kind for leg in kept_legs([row, row._replace(kind="pass"), row, row], 2)]
    ['travel', 'pass', 'travel']
    """
    found, rides = [], 0
    for leg in legs:
        rides += leg.kind == "travel"
        if rides > count:
            break
        found.append(Leg("pass" if leg.kind == "pass" else "travel", leg.duration_s, leg.distance_m, _line(leg.line)))
    return tuple(found)


def seen_legs(legs: Sequence[LegRow], keys: Sequence[str], kept: Sequence[tuple[str, int, int]]) -> tuple[Leg, ...]:
    """Legs of what a team really did: the stored ride to each stop, no longer than the time there was for it.

    Parameters
    ----------
    legs, keys
        Stored legs and keys of stops of its day, in order.
    kept
        Key, begin and end of each visit in order.

    Examples
    --------
    >>> row = LegRow("A", "travel", 60, 300, None)
    >>> found = seen_legs([row, row._replace(duration_s=90), row], ["a", "b"], [("b", 70, 80), ("seen:A", 95, 95)])
    >>> [(leg.duration_s, leg.distance_m) for leg in found]
    [(70, 300), (15, 0)]
    """
    rides: list[list[LegRow]] = []
    for leg in legs:
        if leg.kind == "pass" and rides:
            rides[-1].append(leg)
        else:
            rides.append([leg])
    by_key = dict(zip(keys, rides, strict=False))
    found, free = [], 0
    for key, begin, end in kept:
        stored = by_key.get(key, [])
        ride_s = begin - free
        if stored:
            ride = stored[0]
            found.append(Leg("travel", min(ride.duration_s, ride_s), ride.distance_m, _line(ride.line)))
            found += [
                Leg("pass", min(one.duration_s, end - begin), one.distance_m, _line(one.line)) for one in stored[1:]
            ]
        else:
            found.append(Leg("travel", ride_s, 0, None))
        free = end
    return tuple(found)


def _line(binary: bytes | None) -> LineString | None:
    import shapely

    if binary is None:
        return None
    line = shapely.from_wkb(binary)
    assert isinstance(line, shapely.LineString)
    return line

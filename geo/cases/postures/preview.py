"""迎检线路预览: the streets of a posture in an order one could walk them, and what stands along each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.buildings.states import IN_STOCK
from geo.cases.postures import queries
from geo.cases.postures.actions import get_posture
from geo.crs import degree_m
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LonLat = tuple[float, float]
ALONG_M: Final = 30.0
"""What stands this near to a street is seen from it."""

MOST: Final = 500
STANDING: Final = (IN_STOCK - {"demolished"}) | {"suspected", "verified", "stopped"}
"""Illegal buildings that can be seen."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of street inside the posture: row id, vertices in degrees, metres."""

    id: int
    points: tuple[LonLat, ...]
    length_m: int


def order_stretches(stretches: Sequence[Stretch]) -> list[tuple[int, bool, int]]:
    """An order to walk stretches in: from the westernmost end always on to the nearest end of one not yet walked.

    Returns
    -------
    list of tuple
        Place in ``stretches``, whether it is walked backwards, and metres in a straight line from the end of the one
        before; a preview of what is seen, no planned route.

    Examples
    --------
    >>> a, b = ((118.0, 28.3), (118.001, 28.3)), ((118.003, 28.3), (118.001, 28.3))
    >>> order_stretches([Stretch(1, b, 196), Stretch(2, a, 98)])
    [(1, False, 0), (0, True, 0)]
    """
    left = set(range(len(stretches)))
    if not left:
        return []
    ends = [(one.points[0], one.points[-1]) for one in stretches]
    here, found = min(end for pair in ends for end in pair), []
    while left:
        metres, number, back = min((_apart(here, ends[n][side]), n, bool(side)) for n in left for side in (0, 1))
        found.append((number, back, round(metres)))
        here = ends[number][0 if back else 1]
        left.remove(number)
    return found


def preview_route(
    session: Session, tenant: str, code: str, tiers: Sequence[str] = ("main", "secondary"),
    area: Sequence[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The streets of some tiers that a posture's area holds, in walking order, with what an inspector sees along them.

    Returns
    -------
    dict
        GeoJSON FeatureCollection, EPSG:4490: one LineString a stretch with ``seq``, ``name``, ``tier``, ``length_m``,
        ``gap_m`` from the one before, and ``problems``, ``permits``, ``buildings`` standing within 30 m.

    Raises
    ------
    UnknownPosture
        If there is none in those 片区.
    """
    row = get_posture(session, tenant, code, area)
    srid = get_county(session, tenant).metric_srid
    rows = queries.list_stretches(session, tenant, row["id"], srid, list(tiers), ALONG_M, sorted(STANDING), MOST)
    order = order_stretches([Stretch(one["id"], tuple(map(tuple, one["points"])), one["length_m"]) for one in rows])
    features = []
    for seq, (number, back, gap) in enumerate(order, 1):
        one = rows[number]
        line = one["points"][::-1] if back else one["points"]
        names = ("name", "tier", "length_m", "problems", "permits", "buildings")
        told = {name: one[name] for name in names}
        features.append(
            {
                "type": "Feature",
                "id": one["id"],
                "geometry": {"type": "LineString", "coordinates": line},
                "properties": {"seq": seq, "gap_m": gap, **told},
            }
        )
    total = {"length_m": sum(one["length_m"] for one in rows), "gap_m": sum(gap for _, _, gap in order)}
    return {"type": "FeatureCollection", "features": features, "posture": code, "cut": len(rows) == MOST, **total}


def _apart(one: LonLat, other: LonLat) -> float:
    east, north = degree_m(one[1])
    return math.hypot((one[0] - other[0]) * east, (one[1] - other[1]) * north)

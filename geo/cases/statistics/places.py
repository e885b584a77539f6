"""The one 片区 of each of many places, as :func:`~geo.features.locate.district_at` says it, in few questions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from geo.cases.statistics.events.queries import STREET_M, near_owned
from geo.db.counties import County
from geo.features.locate import METRES_A_DEGREE, NEAR_M, district_at
from geo.features.queries import near_districts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Spot = tuple[float, float]


def boxes(county: County) -> dict[str, Any]:
    """Half sides in degrees of the boxes in which 片区 and streets are looked for, wide enough anywhere in the county.

    Examples
    --------
    >>> near = boxes(County("990101", "示例县", 4548, "Asia/Shanghai", "cn", (118.0, 28.0, 118.2, 28.2)))
    >>> round(near["near_lat"] * METRES_A_DEGREE), near["near_lon"] > near["near_lat"]
    (50, True)
    """
    _, south, _, north = county.extent
    parallel = METRES_A_DEGREE * max(0.01, math.cos(math.radians(max(abs(south), abs(north)))))
    return {
        "near_lon": 2 * NEAR_M / parallel, "near_lat": 2 * NEAR_M / METRES_A_DEGREE,
        "reach_lon": STREET_M / parallel, "reach_lat": STREET_M / METRES_A_DEGREE,
    }  # fmt: skip


def districts_of(session: Session, county: County, spots: Sequence[Spot]) -> dict[Spot, str | None]:
    """Code of the 片区 of each place (lon, lat); None outside all.

    Only a place with two 片区 and a street with an owner near it is asked about by itself.
    """
    spots = sorted(set(spots))
    if not spots:
        return {}
    near = boxes(county)
    lon, lat = [spot[0] for spot in spots], [spot[1] for spot in spots]
    inside = near_districts(session, county.code, lon, lat, near["near_lon"], near["near_lat"])
    found = {spot: inside.get(at, (None, 0))[0] for at, spot in enumerate(spots)}
    unsure = [spot for at, spot in enumerate(spots) if inside.get(at, (None, 0))[1] > 1]
    return found | ask_border(session, county, unsure)


def ask_border(session: Session, county: County, spots: Sequence[Spot]) -> dict[Spot, str | None]:
    """The 片区 of those of the places that may lie on a street with an owner."""
    if not spots:
        return {}
    facts = {"tenant": county.code, **boxes(county), "lon": [spot[0] for spot in spots],
             "lat": [spot[1] for spot in spots]}  # fmt: skip
    chosen = [spots[at] for at in near_owned(session, facts)]
    return {spot: district_at(session, county, *spot) for spot in chosen}

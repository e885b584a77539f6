"""Where is this point: the one 片区, grids, squad and the zones around it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.db.counties import County
from geo.errors import Invalid, Malformed
from geo.features.actions import Connection
from geo.features.queries import LOCATE, PERMITS_AT, locate_district, near_districts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STREET_M = 15.0
"""A point this near to a border street lies on it: half a street and the pavement where the stalls stand."""

NEAR_M = 25.0
"""A street this near to two 片区 runs along their border."""

WIDEST_M = 5_000.0
METRES_A_DEGREE = 110_574.0


class Swapped(Invalid):
    """Latitude and longitude stand in each other's place; the facts give the pair the right way round."""


class OffTheMap(Malformed):
    """Not a longitude and latitude either way round."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a point.

    ``district`` has code, name, ``by`` (``area`` or ``border_street``) and the street; None outside every
    片区. ``zones`` are within the radius, nearest first, with ``distance_m`` 0 inside.
    """

    in_county: bool
    district: dict[str, Any] | None = None
    squad: dict[str, Any] | None = None
    responsibility_grid: dict[str, Any] | None = None
    unit_grid: dict[str, Any] | None = None
    zones: tuple[dict[str, Any], ...] = ()


def check_point(county: County, lon: float, lat: float) -> None:
    """Refuse what is no point, or one written the wrong way round.

    Raises
    ------
    Swapped
        If the pair is outside the county as given and inside when turned round.
    OffTheMap
        If it is no longitude and latitude.

    Examples
    --------
    >>> box = (118.0, 28.0, 118.2, 28.2)
    >>> check_point(County("990101", "示例县", 4548, "Asia/Shanghai", "cn", box), 118.1, 28.1)
    """
    if county.contains(lat, lon) and not county.contains(lon, lat):
        raise Swapped("locate.swapped", lon=lat, lat=lon)
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise OffTheMap("locate.off_the_map", lon=lon, lat=lat)


async def locate(connection: Connection, county: County, lon: float, lat: float, radius_m: float) -> Place:
    """What a point belongs to.

    Parameters
    ----------
    lon, lat
        Degrees, CGCS2000 or WGS 84, as :func:`check_point` takes them.
    radius_m
        Zones within this many metres, 0 to ``WIDEST_M``.

    Returns
    -------
    Place
        With one 片区 or none, never two. Outside the county's box nothing is asked of the database.
    """
    if not county.contains(lon, lat):
        return Place(in_county=False)
    row = await connection.fetchrow(LOCATE.sql, *LOCATE.arguments(_asked(county, lon, lat, radius_m)))
    assert row is not None
    parts = {
        name: None if row[name] is None else json.loads(row[name])
        for name in ("district", "squad", "responsibility_grid", "unit_grid")
    }
    in_county = row["in_county"] is not False or parts["district"] is not None
    return Place(in_county, **parts, zones=tuple(json.loads(row["zones"])))


async def list_permits_at(connection: Connection, county: County, lon: float, lat: float) -> list[dict[str, Any]]:
    """Permits in force today on whose ground a point stands (already checked); empty where nothing was allowed."""
    values = {"tenant": county.code, "lon": lon, "lat": lat, "srid": county.metric_srid, "on": county.today()}
    return [dict(row) for row in await connection.fetch(PERMITS_AT.sql, *PERMITS_AT.arguments(values))]


def district_at(session: Session, county: County, lon: float, lat: float) -> str | None:
    """Code of the one 片区 that answers for a point, as :func:`locate` says; None outside all.

    Whoever writes down what happened at a place asks this, so that a stall on a border street belongs to the same
    片区 in every register.
    """
    return locate_district(session, _asked(county, lon, lat, 0.0))


def districts_at(
    session: Session, county: County, spots: Sequence[tuple[float, float]]
) -> dict[tuple[float, float], str | None]:
    """The same for many points (lon, lat): most have one 片区 near and are answered together, others one by one."""
    if not spots:
        return {}
    lon, lat = [spot[0] for spot in spots], [spot[1] for spot in spots]
    wide = _asked(county, 0.0, max(map(abs, lat)), 0.0)
    near = near_districts(session, county.code, lon, lat, wide["near_lon"], wide["near_lat"])
    found: dict[tuple[float, float], str | None] = {}
    for at, spot in enumerate(spots):
        inside, count = near.get(at, (None, 0))
        found[spot] = inside if count <= 1 else district_at(session, county, *spot)
    return found


def _asked(county: County, lon: float, lat: float, radius_m: float) -> dict[str, Any]:
    """The values of :data:`~geo.features.queries.LOCATE`."""
    parallel = METRES_A_DEGREE * max(0.01, math.cos(math.radians(lat)))
    reach_m = 2 * NEAR_M
    return {
        "tenant": county.code, "lon": lon, "lat": lat, "srid": county.metric_srid, "radius_m": radius_m,
        "near_m": NEAR_M, "street_m": STREET_M, "near_lon": reach_m / parallel, "near_lat": reach_m / METRES_A_DEGREE,
        "wide_lon": radius_m * 1.02 / parallel, "wide_lat": radius_m * 1.02 / METRES_A_DEGREE,
    }  # fmt: skip

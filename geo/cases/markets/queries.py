"""SQL of places of trade and of how many stalls were counted there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

POINT_REACH_M: Final = 10.0
"""A vendor point drawn as a point is this far around it; one drawn as an area ends at its line."""

BOX: Final = 0.0002
"""Degrees around a point that hold all within its reach below 60° north."""

COLUMNS = "id, name, kind, goods, slots, opening, valid_from_on, valid_to_on"

HERE = text(f"""
SELECT {COLUMNS} FROM vendor_point v
 WHERE tenant = :tenant AND kind = ANY(CAST(:kinds AS text[]))
   AND geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), {BOX})
   AND CASE WHEN GeometryType(geom) = 'POINT'
            THEN ST_DWithin(ST_Transform(geom, CAST(:srid AS int)),
                            ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), CAST(:srid AS int)),
                            {POINT_REACH_M})
            ELSE ST_Intersects(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) END
 ORDER BY id""")

NEAR = text(f"""
SELECT {COLUMNS}, ST_X(place) AS lon, ST_Y(place) AS lat
  FROM (SELECT *, ST_ClosestPoint(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) AS place
          FROM vendor_point
         WHERE tenant = :tenant AND kind = ANY(CAST(:kinds AS text[]))
           AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)) near
 ORDER BY ST_Distance(place, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)), id LIMIT :most""")

STREETS = text("""
SELECT r.level, array_agg(ST_X(p.geom) ORDER BY p.path) AS lons, array_agg(ST_Y(p.geom) ORDER BY p.path) AS lats
  FROM road r CROSS JOIN LATERAL ST_DumpPoints(r.geom) p
 WHERE r.tenant = :tenant AND r.foot AND r.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
 GROUP BY r.id, r.level ORDER BY r.id""")

FIND = text(f"""
SELECT {COLUMNS}, ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat
  FROM vendor_point WHERE tenant = :tenant AND id = :id AND kind = ANY(:kinds)""")

COUNT = text("""
INSERT INTO stall_count (tenant, uid, vendor_point_id, counted_at, stalls, slots, actor)
VALUES (:tenant, :uid, :market, :counted_at, :stalls, :slots, :actor)
ON CONFLICT (tenant, uid) DO NOTHING""")

COUNTS = text("""
SELECT DISTINCT ON (c.vendor_point_id) c.vendor_point_id AS market, v.name, c.counted_at, c.stalls, c.slots
  FROM stall_count c JOIN vendor_point v ON v.tenant = c.tenant AND v.id = c.vendor_point_id
 WHERE c.tenant = :tenant AND c.counted_at >= :since
   AND (CAST(:until AS timestamptz) IS NULL OR c.counted_at <= :until)
 ORDER BY c.vendor_point_id, c.counted_at DESC, c.id DESC""")


def list_here(
    session: Session, tenant: str, lon: float, lat: float, srid: int, kinds: Sequence[str]
) -> Sequence[Row[Any]]:
    """Places of trade that a point stands in."""
    found = {"tenant": tenant, "lon": lon, "lat": lat, "srid": srid, "kinds": list(kinds)}
    return session.execute(HERE, found).all()


def list_near(
    session: Session,
    tenant: str,
    lon: float,
    lat: float,
    box: tuple[float, float, float, float],
    kinds: Sequence[str],
    most: int,
) -> Sequence[Row[Any]]:
    """Places of trade inside a box, nearest to the point first as the crow flies, each with its nearest spot."""
    west, south, east, north = box
    values = {"tenant": tenant, "lon": lon, "lat": lat, "kinds": list(kinds), "most": most}
    return session.execute(NEAR, {**values, "west": west, "south": south, "east": east, "north": north}).all()


def list_streets(session: Session, tenant: str, box: tuple[float, float, float, float]) -> Sequence[Row[Any]]:
    """Level and vertices of each street that may be walked and touches a box."""
    west, south, east, north = box
    return session.execute(
        STREETS, {"tenant": tenant, "west": west, "south": south, "east": east, "north": north}
    ).all()


def find_market(session: Session, tenant: str, market: int, kinds: Sequence[str]) -> Row[Any] | None:
    """One place of trade with a spot in it; None if there is none of that id."""
    return session.execute(FIND, {"tenant": tenant, "id": market, "kinds": list(kinds)}).one_or_none()


def add_count(session: Session, tenant: str, **values: Any) -> bool:
    """Write a count; False if it is known already."""
    return bool(session.execute(COUNT, {"tenant": tenant, **values}).rowcount)  # type: ignore[attr-defined]


def list_last_counts(
    session: Session, tenant: str, since: dt.datetime, until: dt.datetime | None = None
) -> Sequence[Row[Any]]:
    """The last count of each place from a time on, until another if one is given."""
    return session.execute(COUNTS, {"tenant": tenant, "since": since, "until": until}).all()

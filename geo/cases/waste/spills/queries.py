"""SQL of what lies and drove near a spill."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HERE = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)"
NEAR = "ST_MakeEnvelope(:west, :south, :east, :north, 4490)"

SITES = text(f"""
SELECT w.code, w.name, w.site_type, w.works, w.builder, w.district_code,
       ST_X(ST_PointOnSurface(w.geom)) AS lon, ST_Y(ST_PointOnSurface(w.geom)) AS lat, w.geom && {NEAR} AS near
  FROM worksite w WHERE w.tenant = :tenant AND w.works IN ('working', 'paused')
   AND (w.begun_on IS NULL OR w.begun_on <= :on) ORDER BY w.code, w.id""")
GATES = text("""
SELECT site_code, code, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM site_gate
 WHERE tenant = :tenant ORDER BY site_code, code, id""")
ROUTES = text(f"""
SELECT DISTINCT ON (g.site_code, r.code) g.site_code, r.code, g.permit_number,
       round(ST_Distance(ST_Transform(r.geom, CAST(:srid AS int)), ST_Transform({HERE}, CAST(:srid AS int))))::int
         AS off_m,
       CASE WHEN GeometryType(r.geom) = 'LINESTRING' THEN
         round(ST_LineLocatePoint(r.geom, {HERE}) * ST_Length(ST_Transform(r.geom, CAST(:srid AS int))))::int END
         AS along_m
  FROM haul_route r
  JOIN haul_grant g ON g.tenant = r.tenant AND g.route_code = r.code
  JOIN permit p ON p.tenant = g.tenant AND p.number = g.permit_number AND p.kind = 'haulage' AND p.status = 'valid'
   AND p.valid_from_on <= :on AND p.valid_to_on >= :on
 WHERE r.tenant = :tenant AND r.geom && ST_Expand({HERE}, CAST(:pad AS float8))
   AND ST_DWithin(ST_Transform(r.geom, CAST(:srid AS int)), ST_Transform({HERE}, CAST(:srid AS int)), :route_m)
 ORDER BY g.site_code, r.code, off_m, g.permit_number""")
"""Ways in force on the day that lead past the spill; ``along_m`` from where the way begins."""

PASSES = text(f"""
SELECT l.trip, l.site_code, l.plate, l.at, round(l.off_m)::int AS off_m, l.deviated
  FROM (SELECT DISTINCT ON (p.trip) p.trip, p.site_code, p.plate, p.at, p.deviated,
               ST_Distance(ST_Transform(ST_SetSRID(ST_MakeLine(p.here, p.next), 4490), CAST(:srid AS int)),
                           ST_Transform({HERE}, CAST(:srid AS int))) AS off_m
          FROM (SELECT t.id AS trip, t.site_code, v.plate, f.at, ST_MakePoint(f.lon, f.lat) AS here,
                       lead(ST_MakePoint(f.lon, f.lat)) OVER (PARTITION BY t.id ORDER BY f.at) AS next,
                       EXISTS (SELECT 1 FROM haul_deviation d WHERE d.tenant = t.tenant
                          AND d.vehicle_id = t.vehicle_id AND d.left_at = t.left_at
                          AND d.state IN ('proposed', 'confirmed')) AS deviated
                  FROM haul_trip t
                  JOIN haul_vehicle v ON v.tenant = t.tenant AND v.id = t.vehicle_id
                  JOIN haul_fix f ON f.tenant = t.tenant AND f.vehicle_id = t.vehicle_id AND f.at >= t.left_at
                   AND f.at <= t.ended_at
                 WHERE t.tenant = :tenant AND t.left_at < :at AND t.ended_at >= :since) p
         WHERE p.next IS NOT NULL AND p.at <= :at AND p.at >= :since
           AND ST_SetSRID(ST_MakeLine(p.here, p.next), 4490) && ST_Expand({HERE}, CAST(:pad AS float8))
         ORDER BY p.trip, off_m) l
 WHERE l.off_m <= :pass_m ORDER BY l.at DESC, l.trip""")
"""Loaded trips that passed the spill: the line between two positions came near it, before it was seen."""

STREETS = text(f"""
SELECT r.level, array_agg(ST_X(p.geom) ORDER BY p.path) AS lons, array_agg(ST_Y(p.geom) ORDER BY p.path) AS lats
  FROM road r CROSS JOIN LATERAL ST_DumpPoints(r.geom) p
 WHERE r.tenant = :tenant AND r.car AND r.geom && {NEAR} GROUP BY r.id, r.level ORDER BY r.id""")


def load_sites(
    session: Session, tenant: str, box: tuple[float, float, float, float], on: dt.date
) -> tuple[list[dict[str, Any]], dict[str, list[tuple[str, float, float]]]]:
    """Sites under way on a day, ``near`` those in a box; and the gates of each."""
    west, south, east, north = box
    facts = {"tenant": tenant, "on": on, "west": west, "south": south, "east": east, "north": north}
    gates: dict[str, list[tuple[str, float, float]]] = {}
    for row in session.execute(GATES, {"tenant": tenant}):
        gates.setdefault(row.site_code, []).append((row.code, float(row.lon), float(row.lat)))
    return [dict(row) for row in session.execute(SITES, facts).mappings()], gates


def load_routes(
    session: Session, tenant: str, lon: float, lat: float, srid: int, on: dt.date, route_m: int, pad: float
) -> list[dict[str, Any]]:
    """Permitted ways past a point, with how far off and how far along."""
    facts = {"tenant": tenant, "lon": lon, "lat": lat, "srid": srid, "on": on, "route_m": route_m, "pad": pad}
    return [dict(row) for row in session.execute(ROUTES, facts).mappings()]


def load_passes(
    session: Session, tenant: str, lon: float, lat: float, srid: int, since: dt.datetime, at: dt.datetime,
    pass_m: int, pad: float,
) -> list[dict[str, Any]]:  # fmt: skip
    """Trips that passed a point in a span, the latest first."""
    facts = {"tenant": tenant, "lon": lon, "lat": lat, "srid": srid, "since": since, "at": at}
    return [dict(row) for row in session.execute(PASSES, {**facts, "pass_m": pass_m, "pad": pad}).mappings()]


def list_streets(session: Session, tenant: str, box: tuple[float, float, float, float]) -> list[Any]:
    """Level and vertices of each street that may be driven and touches a box."""
    west, south, east, north = box
    return list(
        session.execute(STREETS, {"tenant": tenant, "west": west, "south": south, "east": east, "north": north}).all()
    )

"""SQL of trips: what they are read from, and how they are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FIXES = text("""
SELECT f.vehicle_id, extract(epoch FROM f.at)::bigint AS at_s, f.lon, f.lat
  FROM haul_fix f WHERE f.tenant = :tenant AND f.at >= :from_at AND f.at < :to_at ORDER BY f.vehicle_id, f.at""")
VEHICLES = text("SELECT id, plate, haulier_code FROM haul_vehicle WHERE tenant = :tenant")
SITES = text("""
SELECT code, ST_AsBinary(ST_Transform(geom, CAST(:srid AS int))) AS shape FROM worksite WHERE tenant = :tenant
UNION ALL
SELECT site_code, ST_AsBinary(ST_Transform(geom, CAST(:srid AS int))) FROM site_gate WHERE tenant = :tenant
ORDER BY 1, 2""")
DUMPS = text("""
SELECT code, ST_AsBinary(ST_Transform(geom, CAST(:srid AS int))) AS shape FROM waste_site
 WHERE tenant = :tenant AND kind = ANY(:kinds) ORDER BY 1, 2""")
ROUTES = text("""
SELECT code, opening, ST_AsBinary(ST_Transform(geom, CAST(:srid AS int))) AS shape FROM haul_route
 WHERE tenant = :tenant ORDER BY 1, 3""")
GRANTS = text("""
SELECT DISTINCT g.site_code, g.haulier_code, g.permit_number, g.route_code, g.dump_code, p.valid_from_on, p.valid_to_on
  FROM haul_grant g JOIN permit p ON p.tenant = g.tenant AND p.number = g.permit_number AND p.kind = 'haulage'
 WHERE g.tenant = :tenant AND p.status = 'valid' AND p.valid_from_on <= :on AND p.valid_to_on >= :on
 ORDER BY 1, 2, 3, 4, 5""")
TICKETS = text("""
SELECT t.id, t.plate, t.dump_code AS dump, t.at FROM weigh_ticket t
 WHERE t.tenant = :tenant AND t.at >= :from_at AND t.at < :to_at
   AND NOT EXISTS (SELECT 1 FROM haul_trip h WHERE h.tenant = t.tenant AND h.ticket_id = t.id
        AND (h.left_at < :begin OR h.left_at >= :finish)) ORDER BY t.at, t.id""")
WEIGHED = text("""
SELECT DISTINCT dump_code FROM weigh_ticket WHERE tenant = :tenant AND at >= :from_at AND at < :to_at""")

FREE_TICKETS = text("""
UPDATE haul_trip SET ticket_id = NULL
 WHERE tenant = :tenant AND left_at >= :begin AND left_at < :finish AND ticket_id IS NOT NULL""")
PUT_TRIP = text("""
INSERT INTO haul_trip (tenant, vehicle_id, site_code, left_at, ended_at, ending, dump_code, metres, fixes,
                       permit_number, ticket_id)
VALUES (:tenant, :vehicle_id, :site_code, :left_at, :ended_at, :ending, :dump_code, :metres, :fixes, :permit_number,
        :ticket_id)
ON CONFLICT (tenant, vehicle_id, left_at) DO UPDATE SET site_code = excluded.site_code, ended_at = excluded.ended_at,
  ending = excluded.ending, dump_code = excluded.dump_code, metres = excluded.metres, fixes = excluded.fixes,
  permit_number = excluded.permit_number, ticket_id = excluded.ticket_id
RETURNING id""")
DROP_TRIPS = text("""
DELETE FROM haul_trip WHERE tenant = :tenant AND left_at >= :begin AND left_at < :finish AND id <> ALL(:kept)""")

TRIPS = text("""
SELECT t.id, v.plate, v.haulier_code, t.site_code, t.left_at, t.ended_at, t.ending, t.dump_code, t.metres, t.fixes,
       t.permit_number, w.number AS ticket, w.gross_kg - w.tare_kg AS net_kg, s.lon, s.lat
  FROM haul_trip t JOIN haul_vehicle v ON v.tenant = t.tenant AND v.id = t.vehicle_id
  LEFT JOIN weigh_ticket w ON w.tenant = t.tenant AND w.id = t.ticket_id
  LEFT JOIN LATERAL (SELECT ST_X(p.spot) AS lon, ST_Y(p.spot) AS lat
    FROM (SELECT ST_PointOnSurface(geom) AS spot FROM worksite
           WHERE tenant = t.tenant AND code = t.site_code LIMIT 1) p) s ON true
 WHERE t.tenant = :tenant AND t.left_at >= :begin AND t.left_at < :finish
   AND (CAST(:site AS text) IS NULL OR t.site_code = :site)
 ORDER BY t.left_at, t.id LIMIT :most""")
LOOSE_TICKETS = text("""
SELECT w.id, w.source, w.number, w.plate, w.dump_code, w.at, w.gross_kg - w.tare_kg AS net_kg,
       EXISTS (SELECT 1 FROM haul_vehicle v WHERE v.tenant = w.tenant AND v.plate = w.plate) AS registered, d.lon, d.lat
  FROM weigh_ticket w
  LEFT JOIN LATERAL (SELECT ST_X(p.spot) AS lon, ST_Y(p.spot) AS lat
    FROM (SELECT ST_PointOnSurface(geom) AS spot FROM waste_site
           WHERE tenant = w.tenant AND code = w.dump_code LIMIT 1) p) d ON true
 WHERE w.tenant = :tenant AND w.at >= :begin AND w.at < :finish
   AND NOT EXISTS (SELECT 1 FROM haul_trip t WHERE t.tenant = w.tenant AND t.ticket_id = w.id)
 ORDER BY w.at, w.id LIMIT :most""")
LOOSE_TRIPS = text("""
SELECT t.id, v.plate, t.site_code, t.dump_code, t.left_at, t.ended_at, d.lon, d.lat
  FROM haul_trip t JOIN haul_vehicle v ON v.tenant = t.tenant AND v.id = t.vehicle_id
  LEFT JOIN LATERAL (SELECT ST_X(p.spot) AS lon, ST_Y(p.spot) AS lat
    FROM (SELECT ST_PointOnSurface(geom) AS spot FROM waste_site
           WHERE tenant = t.tenant AND code = t.dump_code LIMIT 1) p) d ON true
 WHERE t.tenant = :tenant AND t.ended_at >= :begin AND t.ended_at < :finish AND t.ending = 'dump'
   AND t.ticket_id IS NULL ORDER BY t.ended_at, t.id LIMIT :most""")
MATCHED = text("""
SELECT (SELECT count(*) FROM weigh_ticket w WHERE w.tenant = :tenant AND w.at >= :begin AND w.at < :finish) AS tickets,
       (SELECT count(*) FROM haul_trip t WHERE t.tenant = :tenant AND t.ended_at >= :begin AND t.ended_at < :finish
         AND t.ending = 'dump') AS trips,
       (SELECT count(*) FROM haul_trip t WHERE t.tenant = :tenant AND t.ended_at >= :begin AND t.ended_at < :finish
         AND t.ticket_id IS NOT NULL) AS matched""")


def load_fixes(session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime) -> list[Any]:
    """Positions of a span as (vehicle, second of the epoch, lon, lat), by vehicle and time."""
    return list(session.execute(FIXES, {"tenant": tenant, "from_at": from_at, "to_at": to_at}).all())


def load_vehicles(session: Session, tenant: str) -> dict[int, tuple[str, str]]:
    """Plate and haulier of every lorry by its id."""
    return {int(row[0]): (row[1], row[2]) for row in session.execute(VEHICLES, {"tenant": tenant})}


def load_shapes(session: Session, tenant: str, srid: int, kinds: Sequence[str]) -> dict[str, list[tuple[str, bytes]]]:
    """Sites with their gates, and dumps, as (number, WKB) in metres."""
    sites = session.execute(SITES, {"tenant": tenant, "srid": srid})
    dumps = session.execute(DUMPS, {"tenant": tenant, "srid": srid, "kinds": list(kinds)})
    return {"sites": [(row[0], bytes(row[1])) for row in sites], "dumps": [(row[0], bytes(row[1])) for row in dumps]}


def load_routes(session: Session, tenant: str, srid: int) -> list[tuple[str, str | None, bytes]]:
    """Ways as (number, opening, WKB) in metres."""
    rows = session.execute(ROUTES, {"tenant": tenant, "srid": srid})
    return [(row[0], row[1], bytes(row[2])) for row in rows]


def load_grants(session: Session, tenant: str, on: dt.date) -> list[dict[str, Any]]:
    """Grants whose permit is in force on a day."""
    return [dict(row) for row in session.execute(GRANTS, {"tenant": tenant, "on": on}).mappings()]


def load_tickets(
    session: Session, tenant: str, begin: dt.datetime, finish: dt.datetime, until: dt.datetime
) -> tuple[list[dict[str, Any]], set[str]]:
    """Weighings that may belong to trips of a day, and the dumps that weighed anything in that time."""
    span = {"tenant": tenant, "from_at": begin - dt.timedelta(hours=1), "to_at": until}
    rows = session.execute(TICKETS, {**span, "begin": begin, "finish": finish}).mappings()
    return [dict(row) for row in rows], set(session.execute(WEIGHED, span).scalars())


def save_trips(
    session: Session, tenant: str, begin: dt.datetime, finish: dt.datetime, rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Keep the trips of a day as they are read now; their ids in the order given."""
    span = {"tenant": tenant, "begin": begin, "finish": finish}
    session.execute(FREE_TICKETS, span)
    ids = [int(session.execute(PUT_TRIP, {"tenant": tenant, **row}).scalar_one()) for row in rows]
    session.execute(DROP_TRIPS, {**span, "kept": ids})
    return ids


def list_trips(
    session: Session, tenant: str, begin: dt.datetime, finish: dt.datetime, site: str | None, most: int
) -> list[dict[str, Any]]:
    """Trips that began in a span, the first first."""
    facts = {"tenant": tenant, "begin": begin, "finish": finish, "site": site, "most": most}
    return [dict(row) for row in session.execute(TRIPS, facts).mappings()]


def load_loose(
    session: Session, tenant: str, begin: dt.datetime, finish: dt.datetime, most: int
) -> tuple[dict[str, int], list[dict[str, Any]], list[dict[str, Any]]]:
    """How many weighings, trips to dumps and pairs of both in a span; weighings alone; trips alone."""
    facts = {"tenant": tenant, "begin": begin, "finish": finish}
    counts = {name: int(value) for name, value in session.execute(MATCHED, facts).one()._mapping.items()}
    tickets, trips = (session.execute(sql, {**facts, "most": most}).mappings() for sql in (LOOSE_TICKETS, LOOSE_TRIPS))
    return counts, [dict(row) for row in tickets], [dict(row) for row in trips]

"""SQL of bays, counts and tickets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

BAYS = text("""
SELECT id, code, name, kind, capacity, street,
       ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat
  FROM parking WHERE tenant = :tenant AND (CAST(:code AS text) IS NULL OR code = :code)
   AND (CAST(:kind AS text) IS NULL OR kind = :kind)
 ORDER BY code, id""")
COUNTS = text("""
SELECT parking_id, parked, strays FROM parking_count
 WHERE tenant = :tenant AND counted_at >= :from_at AND counted_at < :to_at ORDER BY parking_id, counted_at, id""")
ADD_COUNT = text("""
INSERT INTO parking_count (tenant, uid, parking_id, counted_at, parked, strays, capacity, actor)
VALUES (:tenant, :uid, :parking, :counted_at, :parked, :strays, :capacity, :actor)
ON CONFLICT (tenant, uid) DO NOTHING""")

ADD_TICKETS = text("""
INSERT INTO ticket_count (tenant, uid, on_date, vehicle, tickets, place, district_code, geom, actor)
VALUES (:tenant, :uid, :on_date, :vehicle, :tickets, :place, :district_code,
        ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :actor)
ON CONFLICT (tenant, uid) DO NOTHING""")
TICKETS = text("""
SELECT district_code, vehicle, sum(tickets)::bigint AS tickets, count(*) AS records, array_agg(id ORDER BY id) AS ids
  FROM ticket_count
 WHERE tenant = :tenant AND on_date BETWEEN :first AND :last
   AND (CAST(:area AS text[]) IS NULL OR district_code = ANY(:area))
 GROUP BY district_code, vehicle ORDER BY district_code NULLS LAST, vehicle""")


def list_bays(
    session: Session, tenant: str, *, code: str | None = None, kind: str | None = None
) -> list[dict[str, Any]]:
    """Bays and zones by number, each with a spot in it."""
    found = session.execute(BAYS, {"tenant": tenant, "code": code, "kind": kind})
    return [dict(row) for row in found.mappings()]


def list_counts(session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime) -> list[tuple[int, int, int]]:
    """Bay, parked and astray of each count in a span."""
    found = session.execute(COUNTS, {"tenant": tenant, "from_at": from_at, "to_at": to_at})
    return [(row[0], row[1], row[2]) for row in found]


def add_count(session: Session, tenant: str, **values: Any) -> bool:
    """Write a count; False if it is known already."""
    return bool(session.execute(ADD_COUNT, {"tenant": tenant, **values}).rowcount)  # type: ignore[attr-defined]


def add_tickets(session: Session, tenant: str, **values: Any) -> bool:
    """Write a number of tickets; False if it is known already."""
    return bool(session.execute(ADD_TICKETS, {"tenant": tenant, **values}).rowcount)  # type: ignore[attr-defined]


def sum_tickets(
    session: Session, tenant: str, first: dt.date, last: dt.date, area: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Tickets between two days, both included, by 片区 and vehicle, with the records they are counted from."""
    facts = {"tenant": tenant, "first": first, "last": last, "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(TICKETS, facts).mappings()]

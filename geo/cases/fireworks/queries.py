"""SQL of firework zones and feasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

ZONES = text("""
SELECT id, name, rule, allowed, basis FROM firework_zone
 WHERE tenant = :tenant AND geom && ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)
   AND ST_Intersects(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
   AND (valid_from_on IS NULL OR valid_from_on <= :on) AND (valid_to_on IS NULL OR valid_to_on >= :on)
 ORDER BY rule, id""")
ADD = text("""
INSERT INTO feast (tenant, uid, kind, held_on, place, district_code, geom, made_by)
VALUES (:tenant, :uid, :kind, :held_on, :place, :district_code, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :actor)
ON CONFLICT (tenant, uid) DO NOTHING""")
FEASTS = text("""
SELECT f.id, f.kind, f.held_on, f.place, f.district_code, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
       array_agg(coalesce(z.name, z.id::text) ORDER BY z.id) AS zones
  FROM feast f JOIN firework_zone z ON z.tenant = f.tenant AND z.geom && f.geom AND ST_Intersects(z.geom, f.geom)
   AND (z.valid_from_on IS NULL OR z.valid_from_on <= f.held_on)
   AND (z.valid_to_on IS NULL OR z.valid_to_on >= f.held_on)
 WHERE f.tenant = :tenant AND f.held_on BETWEEN :first AND :last AND f.visited_at IS NULL
   AND (CAST(:area AS text[]) IS NULL OR f.district_code = ANY(:area))
 GROUP BY f.id, f.kind, f.held_on, f.place, f.district_code, f.geom ORDER BY f.held_on, f.id""")
LOCK = text("""
SELECT id, district_code, visited_at FROM feast WHERE tenant = :tenant AND id = :id FOR UPDATE""")
VISIT = text("UPDATE feast SET visited_at = :at, visited_by = :actor WHERE tenant = :tenant AND id = :id")


def list_zones(session: Session, tenant: str, lon: float, lat: float, on: dt.date) -> list[dict[str, Any]]:
    """Zones in force at a point on a day."""
    found = session.execute(ZONES, {"tenant": tenant, "lon": lon, "lat": lat, "on": on})
    return [dict(row) for row in found.mappings()]


def add_feast(session: Session, tenant: str, **values: Any) -> bool:
    """Write a feast; False if it is known already."""
    return bool(session.execute(ADD, {"tenant": tenant, **values}).rowcount)  # type: ignore[attr-defined]


def list_feasts(
    session: Session, tenant: str, first: dt.date, last: dt.date, area: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Feasts between two days, both included, inside a zone and not visited, the soonest first."""
    facts = {"tenant": tenant, "first": first, "last": last, "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(FEASTS, facts).mappings()]


def lock_feast(session: Session, tenant: str, feast: int) -> dict[str, Any] | None:
    """A feast, held until the transaction ends."""
    row = session.execute(LOCK, {"tenant": tenant, "id": feast}).mappings().first()
    return dict(row) if row else None


def set_visited(session: Session, tenant: str, feast: int, at: dt.datetime, actor: str) -> None:
    """Somebody has been there."""
    session.execute(VISIT, {"tenant": tenant, "id": feast, "at": at, "actor": actor})

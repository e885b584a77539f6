"""SQL of places that take waste, and of what must not be near one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HERE = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)"
METRIC = "ST_Transform({}, CAST(:srid AS int))"

PLACES = text(f"""
SELECT w.code, w.name, w.kind, w.capacity_t, w.closes_on,
       ST_X(ST_ClosestPoint(w.geom, {HERE})) AS lon, ST_Y(ST_ClosestPoint(w.geom, {HERE})) AS lat,
       coalesce((SELECT sum(t.gross_kg - t.tare_kg) FROM weigh_ticket t
                  WHERE t.tenant = w.tenant AND t.dump_code = w.code), 0)::bigint AS received_kg
  FROM waste_site w
 WHERE w.tenant = :tenant AND w.kind = ANY(:kinds) AND coalesce(w.closes_on >= :on, true)
   AND coalesce(w.opened_on <= :on, true)
 ORDER BY ST_Distance({METRIC.format("w.geom")}, {METRIC.format(HERE)}), w.code LIMIT :most""")
ZONES = text(f"""
SELECT DISTINCT ON (z.kind) z.kind, z.name,
       round(ST_Distance({METRIC.format("z.geom")}, {METRIC.format(HERE)}))::int AS metres
  FROM hotspot_zone z
 WHERE z.tenant = :tenant AND z.kind = ANY(:kinds) AND z.geom && ST_Expand({HERE}, CAST(:pad AS float8))
 ORDER BY z.kind, metres, z.id""")
WATER = text(f"""
SELECT w.name, round(ST_Distance({METRIC.format("w.geom")}, {METRIC.format(HERE)}))::int AS metres
  FROM (SELECT name, geom FROM water WHERE tenant = :tenant AND geom && ST_Expand({HERE}, CAST(:pad AS float8))
        UNION ALL
        SELECT name, geom FROM waterway WHERE tenant = :tenant AND geom && ST_Expand({HERE}, CAST(:pad AS float8))) w
 ORDER BY metres LIMIT 1""")
STREET = text(f"""
SELECT r.name, round(ST_Distance({METRIC.format("r.geom")}, {METRIC.format(HERE)}))::int AS metres
  FROM road r
 WHERE r.tenant = :tenant AND r.car AND r.tier IN ('main', 'secondary', 'branch')
   AND r.geom && ST_Expand({HERE}, CAST(:pad AS float8))
 ORDER BY metres LIMIT 1""")


def list_places(
    session: Session, tenant: str, lon: float, lat: float, srid: int, kinds: Sequence[str], on: dt.date, most: int
) -> list[dict[str, Any]]:
    """Open places that take waste, nearest as the crow flies first, with what they have weighed in."""
    facts = {"tenant": tenant, "lon": lon, "lat": lat, "srid": srid, "kinds": list(kinds), "on": on, "most": most}
    return [dict(row) for row in session.execute(PLACES, facts).mappings()]


def load_around(
    session: Session, tenant: str, lon: float, lat: float, srid: int, kinds: Sequence[str], pad: float
) -> dict[str, tuple[int, str | None]]:
    """The nearest zone of each kind, ``water`` and ``street`` in a box: metres and name; without what is not there."""
    facts = {"tenant": tenant, "lon": lon, "lat": lat, "srid": srid, "pad": pad}
    found = {
        row["kind"]: (int(row["metres"]), row["name"])
        for row in session.execute(ZONES, {**facts, "kinds": list(kinds)}).mappings()
    }
    for name, sql in (("water", WATER), ("street", STREET)):
        if row := session.execute(sql, facts).mappings().first():
            found[name] = (int(row["metres"]), row["name"])
    return found

"""SQL of the ground a problem stands on, and of who may answer for it."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.regimes.queries import STREET_M
from geo.db.counties import County
from geo.features.locate import METRES_A_DEGREE, district_at

HERE = "ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :srid)"
STREET = text(f"""
SELECT r.id, r.name, (SELECT g.regime FROM road_regime g
         WHERE g.tenant = :tenant AND g.road_id = r.id AND g.valid_from_on <= :on
           AND (g.valid_to_on IS NULL OR g.valid_to_on > :on) ORDER BY g.valid_from_on DESC LIMIT 1)
  FROM road r
 WHERE r.tenant = :tenant AND r.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
   AND ST_DWithin(ST_Transform(r.geom, :srid), {HERE}, {STREET_M})
 ORDER BY ST_Distance(ST_Transform(r.geom, :srid), {HERE}), r.id
 LIMIT 1""")
TOWN = text("""
SELECT a.name FROM admin_area a
 WHERE a.tenant = :tenant AND a.level = 'town' AND a.geom && ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)
   AND ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) ORDER BY a.code, a.id LIMIT 1""")

FIND_STAFF = text("SELECT id, org_unit_id FROM staff WHERE tenant = :tenant AND code = :code AND active")
DESK = text("""
SELECT coalesce(
  (SELECT r.desk_staff_id FROM case_rule r JOIN staff s ON s.tenant = r.tenant AND s.id = r.desk_staff_id AND s.active
    WHERE r.tenant = :tenant),
  (SELECT s.id FROM staff s LEFT JOIN org_unit u ON u.tenant = s.tenant AND u.id = s.org_unit_id
    WHERE s.tenant = :tenant AND s.active
    ORDER BY (u.kind IS NOT DISTINCT FROM 'bureau') DESC, (s.kind = 'regular') DESC, s.code LIMIT 1))""")
SET_DESK = text("""
INSERT INTO case_rule (tenant, desk_staff_id, set_by) VALUES (:tenant, :staff, :actor)
ON CONFLICT (tenant) DO UPDATE SET desk_staff_id = excluded.desk_staff_id, set_by = excluded.set_by, set_at = now()""")
FIRST_OF_UNIT = text("""
SELECT id FROM staff WHERE tenant = :tenant AND org_unit_id = :unit AND active
 ORDER BY (kind = 'regular') DESC, code LIMIT 1""")
FIND_UNIT = text("SELECT id FROM org_unit WHERE tenant = :tenant AND code = :code")


def find_ground(session: Session, county: County, lon: float, lat: float, on: dt.date) -> dict[str, Any]:
    """The one 片区, town, street and regime of a point; each None where there is none.

    On a border street its owner answers, as :mod:`geo.features.locate` says.
    """
    parallel = METRES_A_DEGREE * max(0.01, math.cos(math.radians(lat)))
    point = {"tenant": county.code, "lon": lon, "lat": lat}
    aside, up = STREET_M * 1.1 / parallel, STREET_M * 1.1 / METRES_A_DEGREE
    box = {"west": lon - aside, "east": lon + aside, "south": lat - up, "north": lat + up}
    street = session.execute(STREET, {**point, **box, "srid": county.metric_srid, "on": on}).first()
    return {
        "district_code": district_at(session, county, lon, lat),
        "town": session.execute(TOWN, point).scalar(),
        "road": street and street[1],
        "regime": street and street[2],
    }


def find_staff(session: Session, tenant: str, code: str) -> int | None:
    """Somebody in service by staff number."""
    row = session.execute(FIND_STAFF, {"tenant": tenant, "code": code}).first()
    return None if row is None else int(row[0])


def find_desk(session: Session, tenant: str) -> int | None:
    """Who answers for what no unit has: as the county has set, else the first of the bureau by number."""
    found: int | None = session.execute(DESK, {"tenant": tenant}).scalar()
    return found


def set_desk(session: Session, tenant: str, staff: int, actor: str) -> None:
    """Write who answers at the desk."""
    session.execute(SET_DESK, {"tenant": tenant, "staff": staff, "actor": actor})


def find_first_of_unit(session: Session, tenant: str, unit: int) -> int | None:
    """The first of a unit by number, regular staff before auxiliaries."""
    found: int | None = session.execute(FIRST_OF_UNIT, {"tenant": tenant, "unit": unit}).scalar()
    return found


def find_unit(session: Session, tenant: str, code: str) -> int | None:
    """A unit by code."""
    found: int | None = session.execute(FIND_UNIT, {"tenant": tenant, "code": code}).scalar()
    return found

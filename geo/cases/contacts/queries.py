"""SQL of contact points and their visits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

FIND = text("""
SELECT id, name, kind, unit_code, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM contact_point
 WHERE tenant = :tenant AND id = :contact""")
STAFF = text("SELECT id FROM staff WHERE tenant = :tenant AND code = :staff AND active")
ADD = text("""
INSERT INTO contact_visit (tenant, uid, contact_point_id, at, people, topic, staff_id, district_code, made_by)
VALUES (:tenant, :uid, :contact, :at, :people, :topic, :staff, :district, :actor)
ON CONFLICT (tenant, uid) DO NOTHING RETURNING id""")
BY_UID = text("SELECT id FROM contact_visit WHERE tenant = :tenant AND uid = :uid")
CONTACTS = text("""
SELECT p.id, p.name, p.kind, p.unit_code, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
       count(v.id) FILTER (WHERE v.at >= :begin AND v.at < :end) AS visits,
       coalesce(sum(v.people) FILTER (WHERE v.at >= :begin AND v.at < :end), 0) AS people, max(v.at) AS last_at
  FROM contact_point p LEFT JOIN contact_visit v ON v.tenant = p.tenant AND v.contact_point_id = p.id
 WHERE p.tenant = :tenant GROUP BY p.id, p.name, p.kind, p.unit_code, p.geom ORDER BY max(v.at) NULLS FIRST, p.id""")
VISITS = text("""
SELECT v.id, v.uid, v.at, v.people, v.topic, s.code AS staff, v.district_code
  FROM contact_visit v JOIN staff s ON s.tenant = v.tenant AND s.id = v.staff_id
 WHERE v.tenant = :tenant AND v.contact_point_id = :contact ORDER BY v.at DESC, v.id DESC LIMIT 1000""")


def find_contact(session: Session, tenant: str, contact: int) -> dict[str, Any] | None:
    """A contact point with its place; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "contact": contact}).mappings().first()
    return dict(row) if row else None


def find_staff(session: Session, tenant: str, staff: str) -> int | None:
    """Row of somebody in service."""
    return session.execute(STAFF, {"tenant": tenant, "staff": staff}).scalar()


def add_visit(session: Session, tenant: str, **values: Any) -> tuple[int, bool]:
    """Write a visit; its id, and whether it is new."""
    number = session.execute(ADD, {"tenant": tenant, **values}).scalar()
    if number is not None:
        return int(number), True
    return int(session.execute(BY_UID, {"tenant": tenant, "uid": values["uid"]}).scalar_one()), False


def list_contacts(session: Session, tenant: str, begin: dt.datetime, end: dt.datetime) -> list[dict[str, Any]]:
    """Contact points with their visits in a span, those visited longest ago first."""
    return [dict(row) for row in session.execute(CONTACTS, {"tenant": tenant, "begin": begin, "end": end}).mappings()]


def list_visits(session: Session, tenant: str, contact: int) -> list[dict[str, Any]]:
    """Visits of a point, the newest first."""
    return [dict(row) for row in session.execute(VISITS, {"tenant": tenant, "contact": contact}).mappings()]

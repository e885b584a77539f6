"""SQL of gas users and their inspections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

USER = """
SELECT u.id, u.code, u.name, u.kind, u.supply, u.place, u.check_every_days, u.last_check_on,
       u.last_check_on + u.check_every_days AS check_due_on, ST_X(u.geom) AS lon, ST_Y(u.geom) AS lat
  FROM gas_user u WHERE u.tenant = :tenant"""
FIND = text(f"{USER} AND u.code = :code")
LIST = text(f"{USER} ORDER BY u.code LIMIT :most")
DUE = text(f"""SELECT * FROM ({USER} AND u.check_every_days IS NOT NULL) found
 WHERE coalesce(check_due_on, CAST(:on AS date)) <= CAST(:on AS date)
 ORDER BY check_due_on NULLS FIRST, code LIMIT :most""")
ADD = text("""
INSERT INTO gas_inspection (tenant, uid, gas_user_id, inspected_at, people, bodies, note, actor)
VALUES (:tenant, :uid, :gas_user_id, :inspected_at, :people, :bodies, :note, :actor) RETURNING id""")
CHECKED = text("""
UPDATE gas_user SET last_check_on = :on, updated_at = now()
 WHERE tenant = :tenant AND id = :id AND (last_check_on IS NULL OR last_check_on < :on)
RETURNING ST_X(geom), ST_Y(geom)""")
INSPECTIONS = text("""
SELECT i.id, i.uid, u.code AS gas_user, i.inspected_at, i.people, i.bodies, i.note, i.actor,
       ARRAY(SELECT h.id FROM hazard h WHERE h.tenant = i.tenant AND h.inspection_id = i.id ORDER BY 1) AS hazards
  FROM gas_inspection i JOIN gas_user u ON u.tenant = i.tenant AND u.id = i.gas_user_id
 WHERE i.tenant = :tenant AND i.inspected_at >= :from_at AND i.inspected_at < :to_at
 ORDER BY i.inspected_at, i.id LIMIT :most""")
HAZARDS = text("""
SELECT h.id, h.level, h.status, h.inspection_id FROM hazard h
 WHERE h.tenant = :tenant AND h.category = 'gas' AND h.status <> 'unfounded'
   AND h.found_at >= :from_at AND h.found_at < :to_at ORDER BY h.id""")


def find_user(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """A gas user by number."""
    row = session.execute(FIND, {"tenant": tenant, "code": code}).mappings().first()
    return None if row is None else dict(row)


def list_users(session: Session, tenant: str, most: int = 10_000) -> list[dict[str, Any]]:
    """Gas users by number."""
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, "most": most}).mappings()]


def list_due(session: Session, tenant: str, on: dt.date, most: int = 10_000) -> list[dict[str, Any]]:
    """Users whose inspection is due on a day or before; those never inspected first."""
    return [dict(row) for row in session.execute(DUE, {"tenant": tenant, "on": on, "most": most}).mappings()]


def add_inspection(session: Session, tenant: str, **values: Any) -> int:
    """Write an inspection."""
    row_id: int = session.execute(ADD, {"tenant": tenant, **values}).scalar_one()
    return row_id


def set_checked(session: Session, tenant: str, user: int, on: dt.date) -> tuple[float, float] | None:
    """Note the day of a user's last inspection; its point if that is news."""
    row = session.execute(CHECKED, {"tenant": tenant, "id": user, "on": on}).first()
    return None if row is None else (row[0], row[1])


def list_inspections(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, most: int = 10_000
) -> list[dict[str, Any]]:
    """Inspections of a span with the hazards each found."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "most": most}
    return [dict(row) for row in session.execute(INSPECTIONS, facts).mappings()]


def list_gas_hazards(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime
) -> Sequence[dict[str, Any]]:
    """Hazards of gas found in a span, without those that proved unfounded."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at}
    return [dict(row) for row in session.execute(HAZARDS, facts).mappings()]

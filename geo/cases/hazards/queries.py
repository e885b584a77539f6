"""SQL of hazards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

ADD = text("""
INSERT INTO hazard (tenant, source, source_key, uid, category, level, status, description, place, body, district_code,
  found_at, due_at, staff_id, inspection_id, geom)
VALUES (:tenant, 'register', CAST(:uid AS text), :uid, :category, :level, :status, :description, :place, :body,
  :district_code, :found_at, :due_at, :staff_id, :inspection_id, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
RETURNING id""")
NUMBER = text("UPDATE hazard SET number = :number WHERE tenant = :tenant AND id = :id")
LOCK = text("""
SELECT id, category, level, status, found_at, due_at, staff_id, ST_X(geom) AS lon, ST_Y(geom) AS lat
  FROM hazard WHERE tenant = :tenant AND id = :id FOR UPDATE""")
MOVE = text("""
UPDATE hazard SET status = :status, level = coalesce(:level, level), due_at = coalesce(:due_at, due_at),
       staff_id = coalesce(:staff_id, staff_id), closed_at = CAST(:closed_at AS timestamptz), updated_at = now()
 WHERE tenant = :tenant AND id = :id""")
COLUMNS = """
SELECT h.id, h.uid, h.number, h.category, h.level, h.status, h.description, h.place, h.body, h.district_code,
       h.found_at, h.due_at, h.closed_at, s.code AS staff, h.inspection_id, ST_X(h.geom) AS lon,
       ST_Y(h.geom) AS lat, h.status IN ('reported', 'open', 'fixed', 'checked') AND h.due_at < :now AS overdue
  FROM hazard h LEFT JOIN staff s ON s.tenant = h.tenant AND s.id = h.staff_id
 WHERE h.tenant = :tenant"""
FIND = text(f"{COLUMNS} AND h.id = :id")
LIST = text(f"""SELECT * FROM ({COLUMNS}
   AND (CAST(:area AS text[]) IS NULL OR h.district_code = ANY(:area))
   AND (CAST(:category AS text) IS NULL OR h.category = :category)
   AND (CAST(:level AS text) IS NULL OR h.level = :level)
   AND (CAST(:staff AS text) IS NULL OR s.code = :staff)
   AND (CAST(:from_at AS timestamptz) IS NULL OR h.found_at >= :from_at)
   AND (CAST(:to_at AS timestamptz) IS NULL OR h.found_at < :to_at)
   AND (NOT :open_only OR h.status IN ('reported', 'open', 'fixed', 'checked'))) found
 WHERE NOT :overdue_only OR overdue ORDER BY (level = 'major') DESC, due_at, id LIMIT :most""")
RULES = text("SELECT category, level, days, basis FROM hazard_rule WHERE tenant = :tenant ORDER BY category, level")
SAVE_RULE = text("""
INSERT INTO hazard_rule (tenant, category, level, days, basis, set_by)
VALUES (:tenant, :category, :level, :days, :basis, :actor)
ON CONFLICT (tenant, category, level) DO UPDATE SET days = excluded.days, basis = excluded.basis,
  set_by = excluded.set_by""")


def add_hazard(session: Session, tenant: str, day: dt.date, **values: Any) -> int:
    """Write a hazard; its number is the local day and its id."""
    row_id: int = session.execute(ADD, {"tenant": tenant, **values}).scalar_one()
    session.execute(NUMBER, {"tenant": tenant, "id": row_id, "number": f"YH{day:%Y%m%d}-{row_id}"})
    return row_id


def lock_hazard(session: Session, tenant: str, hazard: int) -> dict[str, Any] | None:
    """A hazard, held until the transaction ends."""
    row = session.execute(LOCK, {"tenant": tenant, "id": hazard}).mappings().first()
    return None if row is None else dict(row)


def move_hazard(session: Session, tenant: str, hazard: int, **values: Any) -> None:
    """Write the new state and what comes with it."""
    empty = {"level": None, "due_at": None, "staff_id": None, "closed_at": None}
    session.execute(MOVE, {**empty, **values, "tenant": tenant, "id": hazard})


def find_hazard(session: Session, tenant: str, hazard: int, now: dt.datetime) -> dict[str, Any] | None:
    """A hazard with who answers for it."""
    row = session.execute(FIND, {"tenant": tenant, "id": hazard, "now": now}).mappings().first()
    return None if row is None else dict(row)


def list_hazards(
    session: Session, tenant: str, now: dt.datetime, *, area: Sequence[str] | None = None,
    category: str | None = None, level: str | None = None, staff: str | None = None, open_only: bool = False,
    overdue_only: bool = False, from_at: dt.datetime | None = None, to_at: dt.datetime | None = None,
    most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Hazards, major ones first, what is due first first."""
    facts = {
        "tenant": tenant, "now": now, "area": area, "category": category, "level": level, "staff": staff,
        "open_only": open_only, "overdue_only": overdue_only, "from_at": from_at, "to_at": to_at, "most": most,
    }  # fmt: skip
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def list_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Days by category and level, as the bureau set them."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def save_rules(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write days; a row of the same category and level is changed."""
    session.execute(SAVE_RULE, [{"tenant": tenant, "actor": actor, **row} for row in rows])

"""SQL of repair orders."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

FIND_COMPONENT = text("""
SELECT id, code, name, status, ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat
  FROM component WHERE tenant = :tenant AND code = :code""")
FIND_CLASS = text("""
SELECT unit FROM case_code WHERE tenant = :tenant AND kind = 'component' AND code = :code ORDER BY id LIMIT 1""")
FIND_PROBLEM = text("SELECT id FROM problem_case WHERE tenant = :tenant AND uid = :uid")
ADD = text("""
INSERT INTO repair_order (tenant, uid, number, component_id, problem_id, class_code, work, quantity, unit, cost_fen,
  state, place, district_code, contractor, staff_id, ordered_at, due_at, geom)
VALUES (:tenant, :uid, :uid, :component_id, :problem_id, :class_code, :work, :quantity, :unit, :cost_fen, :state,
  :place, :district_code, :contractor, :staff_id, :ordered_at, :due_at,
  ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) RETURNING id""")
NUMBER = text("UPDATE repair_order SET number = :number WHERE tenant = :tenant AND id = :id")
COLUMNS = """
SELECT r.id, r.uid, r.number, c.code AS component, r.class_code, r.work, r.quantity, r.unit, r.cost_fen, r.state,
       r.place, r.district_code, r.contractor, s.code AS staff, r.ordered_at, r.due_at, r.accepted_at,
       r.component_id, ST_X(r.geom) AS lon, ST_Y(r.geom) AS lat,
       r.accepted_at IS NULL AND r.state NOT IN ('cancelled', 'put_off') AND r.due_at < now() AS overdue
  FROM repair_order r JOIN staff s ON s.tenant = r.tenant AND s.id = r.staff_id
  LEFT JOIN component c ON c.tenant = r.tenant AND c.id = r.component_id
 WHERE r.tenant = :tenant"""
FIND = text(f"{COLUMNS} AND r.id = :id")
LOCK = text("SELECT state FROM repair_order WHERE tenant = :tenant AND id = :id FOR UPDATE")
LIST = text(f"""{COLUMNS}
   AND (CAST(:area AS text[]) IS NULL OR r.district_code = ANY(:area))
   AND (CAST(:ids AS bigint[]) IS NULL OR r.id = ANY(:ids))
   AND (NOT :open_only OR r.state IN ('ordered', 'working', 'put_off', 'finished'))
 ORDER BY r.due_at, r.id LIMIT :most""")
MOVE = text("""
UPDATE repair_order SET state = :state, quantity = coalesce(:quantity, quantity),
       cost_fen = coalesce(:cost_fen, cost_fen), accepted_at = :accepted_at WHERE tenant = :tenant AND id = :id""")
SET_STATUS = text("""
UPDATE component SET status = :status, updated_at = now() WHERE tenant = :tenant AND id = :id AND status <> :status
RETURNING ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)""")
TOTALS = text("""
SELECT class_code, work, unit, sum(quantity) AS quantity, count(*) AS orders, sum(cost_fen)::bigint AS cost_fen,
       count(cost_fen) AS costed, array_agg(id ORDER BY id) AS ids
  FROM repair_order
 WHERE tenant = :tenant AND accepted_at >= :from_at AND accepted_at < :to_at
   AND (CAST(:area AS text[]) IS NULL OR district_code = ANY(:area))
 GROUP BY class_code, work, unit ORDER BY class_code, work, unit""")
COUNTS = text("""
SELECT 'C' || substr(c.code, 7, 2) || '-' || substr(c.code, 9, 2) AS class_code, c.status, count(*) AS components
  FROM component c WHERE c.tenant = :tenant GROUP BY 1, 2 ORDER BY 1, 2""")


def find_component(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """A component with a point on it."""
    row = session.execute(FIND_COMPONENT, {"tenant": tenant, "code": code}).mappings().first()
    return None if row is None else dict(row)


def find_unit_of(session: Session, tenant: str, code: str) -> str | None:
    """The unit a class of components is counted in; None if there is no such class."""
    found: str | None = session.execute(FIND_CLASS, {"tenant": tenant, "code": code}).scalar()
    return found


def find_problem_id(session: Session, tenant: str, uid: uuid.UUID) -> int | None:
    """Id of a problem."""
    found: int | None = session.execute(FIND_PROBLEM, {"tenant": tenant, "uid": uid}).scalar()
    return found


def add_order(session: Session, values: Mapping[str, Any], day: dt.date) -> int:
    """Write an order; its number is the local day and its id."""
    row_id: int = session.execute(ADD, dict(values)).scalar_one()
    session.execute(NUMBER, {"tenant": values["tenant"], "id": row_id, "number": f"WX{day:%Y%m%d}-{row_id}"})
    return row_id


def find_order(session: Session, tenant: str, order: int) -> dict[str, Any] | None:
    """An order with its component's code and who answers for it."""
    row = session.execute(FIND, {"tenant": tenant, "id": order}).mappings().first()
    return None if row is None else dict(row)


def lock_order(session: Session, tenant: str, order: int) -> str | None:
    """The state of an order, held until the transaction ends."""
    found: str | None = session.execute(LOCK, {"tenant": tenant, "id": order}).scalar()
    return found


def list_orders(
    session: Session, tenant: str, *, area: Sequence[str] | None = None, ids: Sequence[int] | None = None,
    open_only: bool = False, most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Orders, what is due first first."""
    facts = {"tenant": tenant, "area": area, "ids": None if ids is None else list(ids), "open_only": open_only}
    return [dict(row) for row in session.execute(LIST, {**facts, "most": most}).mappings()]


def move_order(session: Session, tenant: str, order: int, **values: Any) -> None:
    """Write the new state, and quantity and cost where they are told."""
    session.execute(
        MOVE, {"quantity": None, "cost_fen": None, "accepted_at": None, **values, "tenant": tenant, "id": order}
    )


def set_status(session: Session, tenant: str, component: int, status: str) -> tuple[float, float, float, float] | None:
    """Say what a component is like; its box if that is news."""
    row = session.execute(SET_STATUS, {"tenant": tenant, "id": component, "status": status}).first()
    return None if row is None else (row[0], row[1], row[2], row[3])


def list_totals(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, area: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Work accepted in a span by class, work and unit."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "area": area}
    return [dict(row) for row in session.execute(TOTALS, facts).mappings()]


def count_components(session: Session, tenant: str) -> list[dict[str, Any]]:
    """How many components there are of each class in each state."""
    return [dict(row) for row in session.execute(COUNTS, {"tenant": tenant}).mappings()]

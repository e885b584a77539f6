"""SQL of emergency supplies and of who is on call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

SIGN = "CASE WHEN m.kind IN ('receive', 'give_back', 'count_up') THEN m.quantity ELSE -m.quantity END"

POINT = """
SELECT p.id, p.code, p.name, p.kind, p.place, p.keeper, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
  FROM supply_point p WHERE p.tenant = :tenant"""
POINTS = text(f"{POINT} ORDER BY p.code")
LOCK_POINT = text(f"{POINT} AND p.code = :code FOR UPDATE")
ITEM = text("SELECT code, name, unit, least FROM supply_item WHERE tenant = :tenant AND code = :code")
MOVES = text("""
SELECT id, kind, quantity, moved_at, of_move, lot, expires_on FROM supply_move
 WHERE tenant = :tenant AND supply_point_id = :point AND item = :item ORDER BY moved_at, id""")
MOVE = text("""
SELECT id, supply_point_id, item, lot, expires_on, kind, quantity, moved_at FROM supply_move
 WHERE tenant = :tenant AND id = :id""")
ADD = text("""
INSERT INTO supply_move (tenant, uid, supply_point_id, item, lot, expires_on, kind, quantity, moved_at, of_move,
  staff_id, note, actor)
VALUES (:tenant, :uid, :point, :item, :lot, :expires_on, :kind, :quantity, :moved_at, :of_move, :staff_id, :note,
  :actor)
RETURNING id""")
STOCK = f"""
SELECT concat_ws(':', p.code, i.code, m.lot) AS key, p.code AS point, p.name AS point_name, i.code AS item, i.name,
       i.unit, m.lot, max(m.expires_on) AS expires_on,
       sum({SIGN})::bigint AS quantity, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
  FROM supply_move m JOIN supply_point p ON p.tenant = m.tenant AND p.id = m.supply_point_id
  JOIN supply_item i ON i.tenant = m.tenant AND i.code = m.item
 WHERE m.tenant = :tenant AND (CAST(:point AS text) IS NULL OR p.code = :point)
   AND (CAST(:item AS text) IS NULL OR m.item = :item)
 GROUP BY p.tenant, p.id, p.code, p.name, i.code, i.name, i.unit, m.lot, p.geom
HAVING sum({SIGN}) > 0"""
LIST_STOCK = text(f"{STOCK} ORDER BY point, item, expires_on NULLS LAST, lot")
EXPIRING = text(f"SELECT * FROM ({STOCK}) s WHERE expires_on <= :last ORDER BY expires_on, point, item, lot")
LOW = text(f"""
SELECT i.code AS item, i.name, i.unit, i.least, coalesce(s.quantity, 0)::bigint AS quantity
  FROM supply_item i LEFT JOIN (
    SELECT item, sum(quantity)::bigint AS quantity FROM ({STOCK}) t
     WHERE expires_on IS NULL OR expires_on >= :on GROUP BY item) s ON s.item = i.code
 WHERE i.tenant = :tenant AND coalesce(s.quantity, 0) < i.least ORDER BY i.code""")
BOOK = text("""
SELECT m.id, m.uid, p.code AS point, p.name AS point_name, m.item, i.name, i.unit, m.lot, m.expires_on, m.kind,
       m.quantity, m.moved_at, m.of_move, s.code AS staff, m.note, m.actor, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
  FROM supply_move m JOIN supply_point p ON p.tenant = m.tenant AND p.id = m.supply_point_id
  JOIN supply_item i ON i.tenant = m.tenant AND i.code = m.item
  LEFT JOIN staff s ON s.tenant = m.tenant AND s.id = m.staff_id
 WHERE m.tenant = :tenant AND (CAST(:point AS text) IS NULL OR p.code = :point)
   AND (CAST(:item AS text) IS NULL OR m.item = :item)
 ORDER BY m.moved_at, m.id LIMIT :most""")
STREETS = text("""
SELECT r.level, array_agg(ST_X(p.geom) ORDER BY p.path) AS lons, array_agg(ST_Y(p.geom) ORDER BY p.path) AS lats
  FROM road r CROSS JOIN LATERAL ST_DumpPoints(r.geom) p
 WHERE r.tenant = :tenant AND r.car AND r.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
 GROUP BY r.id, r.level ORDER BY r.id""")
ITEMS = text("SELECT code, name, unit, least FROM supply_item WHERE tenant = :tenant ORDER BY code")
USED = text("SELECT DISTINCT item FROM supply_move WHERE tenant = :tenant")
SAVE_ITEM = text("""
INSERT INTO supply_item (tenant, code, name, unit, least, set_by) VALUES (:tenant, :code, :name, :unit, :least, :actor)
ON CONFLICT (tenant, code) DO UPDATE SET name = excluded.name, unit = excluded.unit, least = excluded.least,
  set_by = excluded.set_by""")
ON_CALL = text("""
SELECT c.on_date, c.role, c.staff, s.name FROM on_call c JOIN staff s ON s.tenant = c.tenant AND s.code = c.staff
 WHERE c.tenant = :tenant AND (CAST(:first AS date) IS NULL OR c.on_date >= :first)
   AND (CAST(:last AS date) IS NULL OR c.on_date <= :last)
 ORDER BY c.on_date, array_position(ARRAY['leader', 'officer', 'driver'], c.role), c.staff""")
SAVE_ON_CALL = text("""
INSERT INTO on_call (tenant, on_date, role, staff, set_by) VALUES (:tenant, :on_date, :role, :staff, :actor)
ON CONFLICT (tenant, on_date, role, staff) DO UPDATE SET set_by = excluded.set_by""")
STAFF = text("SELECT code FROM staff WHERE tenant = :tenant AND active")


def list_points(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Supply points by number."""
    return [dict(row) for row in session.execute(POINTS, {"tenant": tenant}).mappings()]


def lock_point(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """A supply point, held until the transaction ends, so that two never take the same."""
    row = session.execute(LOCK_POINT, {"tenant": tenant, "code": code}).mappings().first()
    return None if row is None else dict(row)


def find_item(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """An item with its unit."""
    row = session.execute(ITEM, {"tenant": tenant, "code": code}).mappings().first()
    return None if row is None else dict(row)


def list_moves(session: Session, tenant: str, point: int, item: str) -> list[dict[str, Any]]:
    """All movements of an item at a point."""
    return [dict(row) for row in session.execute(MOVES, {"tenant": tenant, "point": point, "item": item}).mappings()]


def find_move(session: Session, tenant: str, move: int) -> dict[str, Any] | None:
    """One movement."""
    row = session.execute(MOVE, {"tenant": tenant, "id": move}).mappings().first()
    return None if row is None else dict(row)


def add_move(session: Session, tenant: str, **values: Any) -> int:
    """Write a movement."""
    row_id: int = session.execute(ADD, {"tenant": tenant, **values}).scalar_one()
    return row_id


def list_stock(
    session: Session, tenant: str, point: str | None = None, item: str | None = None
) -> list[dict[str, Any]]:
    """What is there, by point, item and lot."""
    return [
        dict(row) for row in session.execute(LIST_STOCK, {"tenant": tenant, "point": point, "item": item}).mappings()
    ]


def list_expiring(session: Session, tenant: str, last: dt.date) -> list[dict[str, Any]]:
    """Lots whose last day of use comes on a day or before."""
    facts = {"tenant": tenant, "point": None, "item": None, "last": last}
    return [dict(row) for row in session.execute(EXPIRING, facts).mappings()]


def list_low(session: Session, tenant: str, on: dt.date) -> list[dict[str, Any]]:
    """Items of which the county has less in date than it wants at least."""
    facts = {"tenant": tenant, "point": None, "item": None, "on": on}
    return [dict(row) for row in session.execute(LOW, facts).mappings()]


def list_book(
    session: Session, tenant: str, point: str | None = None, item: str | None = None, most: int = 10_000
) -> list[dict[str, Any]]:
    """Movements in order of time."""
    facts = {"tenant": tenant, "point": point, "item": item, "most": most}
    return [dict(row) for row in session.execute(BOOK, facts).mappings()]


def list_streets(session: Session, tenant: str, box: tuple[float, float, float, float]) -> list[Any]:
    """Level and vertices of each street that cars may use and that touches a box."""
    west, south, east, north = box
    facts = {"tenant": tenant, "west": west, "south": south, "east": east, "north": north}
    return list(session.execute(STREETS, facts))


def list_items(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All items."""
    return [dict(row) for row in session.execute(ITEMS, {"tenant": tenant}).mappings()]


def list_used(session: Session, tenant: str) -> set[str]:
    """Items that have movements."""
    return set(session.scalars(USED, {"tenant": tenant}))


def save_items(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write items; one of the same code is changed."""
    session.execute(SAVE_ITEM, [{"tenant": tenant, "actor": actor, **row} for row in rows])


def list_on_call(
    session: Session, tenant: str, first: dt.date | None = None, last: dt.date | None = None
) -> list[dict[str, Any]]:
    """Who is on call between two days, both included."""
    rows = session.execute(ON_CALL, {"tenant": tenant, "first": first, "last": last}).mappings()
    return [dict(row) for row in rows]


def save_on_call(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write who is on call."""
    session.execute(SAVE_ON_CALL, [{"tenant": tenant, "actor": actor, **row} for row in rows])


def list_staff(session: Session, tenant: str) -> set[str]:
    """Staff numbers in service."""
    return set(session.scalars(STAFF, {"tenant": tenant}))

"""SQL of the base date, alarms and estates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RULE = text("""
SELECT id, base_on, staff_id FROM zero_growth_rule
 WHERE tenant = :tenant AND (district_code IS NULL OR district_code = :district)
 ORDER BY district_code IS NULL, id DESC LIMIT 1""")
"""A rule of the 片区 goes before one of the county; of several the newest."""

RULES = text("""
SELECT DISTINCT ON (r.district_code) r.id, r.district_code, r.base_on, s.code AS staff, s.name, r.set_at, r.set_by
  FROM zero_growth_rule r JOIN staff s ON s.tenant = r.tenant AND s.id = r.staff_id
 WHERE r.tenant = :tenant ORDER BY r.district_code, r.id DESC""")

ADD_RULE = text("""
INSERT INTO zero_growth_rule (tenant, district_code, base_on, staff_id, set_by)
VALUES (:tenant, :district, :base_on, :staff_id, :actor) RETURNING id""")

STAFF = text("SELECT id FROM staff WHERE tenant = :tenant AND code = :code AND active")

SEEN = text("""
SELECT status, district_code, coalesce(built_on, found_on) AS seen_on FROM illegal_building
 WHERE tenant = :tenant AND id = :id""")

RAISE = text("""
INSERT INTO building_alarm (tenant, building_id, rule_id, staff_id, seen_on)
VALUES (:tenant, :id, :rule_id, :staff_id, :seen_on) ON CONFLICT (tenant, building_id) DO NOTHING RETURNING id""")

ANSWER = text("""
UPDATE building_alarm SET answered_at = now(), answered_by = :actor, answer = :answer
 WHERE tenant = :tenant AND id = :id AND answered_at IS NULL RETURNING building_id""")

ALARMS = text("""
SELECT a.id, a.building_id, b.code, b.status, b.district_code, a.seen_on, r.base_on, s.code AS staff, s.name,
       a.raised_at, a.answered_at, a.answered_by, a.answer,
       ST_X(ST_PointOnSurface(b.geom)) AS lon, ST_Y(ST_PointOnSurface(b.geom)) AS lat
  FROM building_alarm a
  JOIN illegal_building b ON b.tenant = a.tenant AND b.id = a.building_id
  JOIN zero_growth_rule r ON r.tenant = a.tenant AND r.id = a.rule_id
  JOIN staff s ON s.tenant = a.tenant AND s.id = a.staff_id
 WHERE a.tenant = :tenant AND (CAST(:area AS text[]) IS NULL OR b.district_code = ANY(:area))
   AND (NOT :open_only OR a.answered_at IS NULL)
 ORDER BY a.id DESC LIMIT :most""")

HELD_AROUND = text("""
SELECT e.id, ST_XMin(e.geom), ST_YMin(e.geom), ST_XMax(e.geom), ST_YMax(e.geom)
  FROM illegal_building b
  JOIN estate e ON e.tenant = b.tenant AND e.geom && b.geom AND ST_Intersects(e.geom, b.geom)
 WHERE b.tenant = :tenant AND b.id = :id AND e.status = 'held' ORDER BY e.id FOR UPDATE OF e""")

STANDING_INSIDE = text("""
SELECT b.id FROM estate e
  JOIN illegal_building b ON b.tenant = e.tenant AND b.geom && e.geom AND ST_Intersects(b.geom, e.geom)
 WHERE e.tenant = :tenant AND e.id = :id AND b.status = ANY(:standing) ORDER BY b.id""")

LOCK_ESTATE = text("""
SELECT id, name, status, status_since_on, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM estate
 WHERE tenant = :tenant AND id = :id FOR UPDATE""")
MOVE_ESTATE = text("""
UPDATE estate SET status = :status, status_since_on = :since, updated_at = now(),
       keeper_id = coalesce(CAST(:keeper_id AS bigint), keeper_id)
 WHERE tenant = :tenant AND id = :id""")
ESTATES = text("""
SELECT e.id, e.code, e.name, e.status, e.status_since_on, s.code AS keeper, s.name AS keeper_name,
       ST_X(ST_PointOnSurface(e.geom)) AS lon, ST_Y(ST_PointOnSurface(e.geom)) AS lat
  FROM estate e LEFT JOIN staff s ON s.tenant = e.tenant AND s.id = e.keeper_id
 WHERE e.tenant = :tenant ORDER BY e.name, e.id""")


def find_rule_row(session: Session, tenant: str, district: str | None) -> tuple[int, dt.date, int] | None:
    """Id, base date and person of the rule that holds in a 片区; None if there is none."""
    row = session.execute(RULE, {"tenant": tenant, "district": district}).first()
    return (row[0], row[1], row[2]) if row else None


def list_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """The rules that hold now, by 片区, the county's last."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def add_rule(session: Session, tenant: str, district: str | None, base_on: dt.date, staff_id: int, actor: str) -> int:
    """Write down a rule; its id."""
    facts = {"district": district, "base_on": base_on, "staff_id": staff_id, "actor": actor}
    return int(session.execute(ADD_RULE, {"tenant": tenant, **facts}).scalar_one())


def find_staff(session: Session, tenant: str, code: str) -> int | None:
    """Somebody in service by staff number."""
    return session.execute(STAFF, {"tenant": tenant, "code": code}).scalar()


def find_seen(session: Session, tenant: str, building_id: int) -> tuple[str, str | None, dt.date | None]:
    """State, 片区, and the day a building was built, else found."""
    status, district, seen_on = session.execute(SEEN, {"tenant": tenant, "id": building_id}).one()
    return status, district, seen_on


def raise_alarm(session: Session, tenant: str, building_id: int, rule_id: int, staff_id: int, on: dt.date) -> bool:
    """Raise an alarm; False if this building has one."""
    facts = {"id": building_id, "rule_id": rule_id, "staff_id": staff_id, "seen_on": on}
    return session.execute(RAISE, {"tenant": tenant, **facts}).first() is not None


def answer(session: Session, tenant: str, alarm_id: int, said: str, actor: str) -> int | None:
    """Answer an open alarm; its building, None if there is no open one of that id."""
    return session.execute(ANSWER, {"tenant": tenant, "id": alarm_id, "answer": said, "actor": actor}).scalar()


def list_alarms(
    session: Session, tenant: str, *, area: Sequence[str] | None = None, open_only: bool = False, most: int = 200
) -> list[dict[str, Any]]:
    """Alarms, the newest first."""
    facts = {"area": list(area) if area is not None else None, "open_only": open_only, "most": most}
    return [dict(row) for row in session.execute(ALARMS, {"tenant": tenant, **facts}).mappings()]


def held_around(session: Session, tenant: str, building_id: int) -> list[tuple[int, tuple[float, float, float, float]]]:
    """Estates in good standing that a building stands in, held until the transaction ends, with their boxes."""
    rows = session.execute(HELD_AROUND, {"tenant": tenant, "id": building_id})
    return [(int(one), (west, south, east, north)) for one, west, south, east, north in rows]


def standing_inside(session: Session, tenant: str, estate_id: int, standing: Sequence[str]) -> list[int]:
    """Illegal buildings in these states that stand in an estate."""
    facts = {"tenant": tenant, "id": estate_id, "standing": list(standing)}
    return [int(one) for one in session.scalars(STANDING_INSIDE, facts)]


def lock_estate(
    session: Session, tenant: str, estate_id: int
) -> tuple[dict[str, Any], tuple[float, float, float, float]] | None:
    """One estate, held until the transaction ends, and its box; None if there is none."""
    row = session.execute(LOCK_ESTATE, {"tenant": tenant, "id": estate_id}).first()
    if row is None:
        return None
    west, south, east, north = row[-4:]
    return dict(zip(row._fields[:-4], row[:-4], strict=True)), (west, south, east, north)


def move_estate(session: Session, tenant: str, estate_id: int, status: str, since: dt.date, keeper: int | None) -> None:
    """Give an estate its new standing."""
    facts = {"id": estate_id, "status": status, "since": since, "keeper_id": keeper}
    session.execute(MOVE_ESTATE, {"tenant": tenant, **facts})


def list_estates(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Every estate by name, with its keeper."""
    return [dict(row) for row in session.execute(ESTATES, {"tenant": tenant}).mappings()]

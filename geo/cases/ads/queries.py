"""SQL of ads, their permits and hazards, what each kind may be, and the ledger of what was ordered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.tables.hazards import OPEN_HAZARD_STATES

ADS = text("""
SELECT a.id, a.code, a.kind, a.status, a.name, a.owner, a.place, a.street, a.width_m, a.height_m, a.permit_number,
       a.registered_on, a.valid_to_on, a.inspected_on, a.removed_on,
       ST_X(at.spot) AS lon, ST_Y(at.spot) AS lat,
       p.status AS permit_status, p.valid_from_on AS permit_from_on, p.valid_to_on AS permit_to_on,
       p.area_m2 AS permit_area_m2, h.level AS hazard_level, h.hazards, h.due_at AS hazard_due_at
  FROM ad a
 CROSS JOIN LATERAL (SELECT ST_PointOnSurface(a.geom) AS spot) at
  LEFT JOIN LATERAL (
    SELECT p.status, p.valid_from_on, p.valid_to_on, p.area_m2 FROM permit p
     WHERE p.tenant = :tenant AND p.number = a.permit_number
     ORDER BY p.valid_to_on DESC, p.id DESC LIMIT 1) p ON true
  LEFT JOIN LATERAL (
    SELECT coalesce(min(h.level) FILTER (WHERE h.level = 'major'), min(h.level)) AS level, count(*) AS hazards,
           min(h.due_at) AS due_at
      FROM ad_hazard l JOIN hazard h ON h.tenant = l.tenant AND h.id = l.hazard_id
     WHERE l.tenant = :tenant AND l.ad_id = a.id AND h.status = ANY(:open)) h ON true
 WHERE a.tenant = :tenant AND (CAST(:status AS text) IS NULL OR a.status = :status)
   AND (CAST(:id AS bigint) IS NULL OR a.id = :id)
   AND (CAST(:kinds AS text[]) IS NULL OR a.kind = ANY(:kinds))
 ORDER BY a.code, a.id""")

RULES = text("SELECT kind, most_dm2, inspect_days, basis FROM ad_rule WHERE tenant = :tenant ORDER BY kind")
SAVE_RULE = text("""
INSERT INTO ad_rule (tenant, kind, most_dm2, inspect_days, basis)
VALUES (:tenant, :kind, :most_dm2, :inspect_days, :basis)
ON CONFLICT (tenant, kind) DO UPDATE SET most_dm2 = excluded.most_dm2, inspect_days = excluded.inspect_days,
  basis = excluded.basis""")

CODE = text("SELECT id FROM ad WHERE tenant = :tenant AND code = :code ORDER BY status DESC, id LIMIT 1")
REMOVED = text("""
UPDATE ad SET status = 'removed', removed_on = :on, updated_at = now()
 WHERE tenant = :tenant AND id = :id AND status = 'standing' RETURNING id""")
SHOW_AS = text("UPDATE ad SET outside_name = :shown, updated_at = now() WHERE tenant = :tenant AND id = :id")

HAZARD = text("SELECT category FROM hazard WHERE tenant = :tenant AND id = :id")
LINK = text("""
INSERT INTO ad_hazard (tenant, ad_id, hazard_id) VALUES (:tenant, :ad, :hazard)
ON CONFLICT (tenant, hazard_id) DO UPDATE SET ad_id = excluded.ad_id""")

ORDER = """o.id, o.uid, o.ad_id, a.code AS ad_code, o.kind, o.measure, o.state, o.quantity, o.unit, o.ordered_on,
  o.due_on, o.done_on, o.reason, o.notice, o.place, o.district_code, ST_X(o.geom) AS lon, ST_Y(o.geom) AS lat"""
FROM = "FROM ad_order o LEFT JOIN ad a ON a.tenant = o.tenant AND a.id = o.ad_id"
ORDERS = text(f"""
SELECT {ORDER} {FROM}
 WHERE o.tenant = :tenant AND (NOT :open OR o.state = 'ordered')
   AND (CAST(:first AS date) IS NULL OR o.ordered_on >= :first)
   AND (CAST(:last AS date) IS NULL OR o.ordered_on <= :last)
   AND (CAST(:area AS text[]) IS NULL OR o.district_code = ANY(:area))
 ORDER BY o.ordered_on DESC, o.id DESC LIMIT :most""")
GET_ORDER = text(f"SELECT {ORDER} {FROM} WHERE o.tenant = :tenant AND o.id = :id")
BY_UID = text("SELECT id FROM ad_order WHERE tenant = :tenant AND uid = :uid")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
LOCK_ORDER = text("SELECT id FROM ad_order WHERE tenant = :tenant AND id = :id FOR UPDATE")
ADD_ORDER = text("""
INSERT INTO ad_order (tenant, uid, ad_id, kind, measure, state, quantity, unit, ordered_on, due_on, reason, notice,
                      place, district_code, geom, made_by)
VALUES (:tenant, :uid, :ad_id, :kind, :measure, :state, :quantity, :unit, :ordered_on, :due_on, :reason, :notice,
        :place, :district_code, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :actor) RETURNING id""")
MOVE = text("""
UPDATE ad_order SET state = :state, done_on = :done_on, due_on = coalesce(:due_on, due_on)
 WHERE tenant = :tenant AND id = :id""")
PICTURES = text("""
SELECT kind, sha256 FROM evidence
 WHERE tenant = :tenant AND workflow = 'ad_order' AND row_id = :id AND kind IN ('before', 'after')""")

DONE = text("""
SELECT kind, measure, state, unit, sum(quantity) AS quantity, array_agg(id ORDER BY id) AS ids FROM ad_order
 WHERE tenant = :tenant AND done_on BETWEEN :first AND :last
   AND (CAST(:area AS text[]) IS NULL OR district_code = ANY(:area))
 GROUP BY kind, measure, state, unit ORDER BY measure, kind, state, unit""")


def list_ads(
    session: Session, tenant: str, *, status: str | None = "standing", ad_id: int | None = None,
    kinds: Sequence[str] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Ads with the permit of their number and their worst open hazard, by number."""
    facts = {
        "tenant": tenant, "status": status, "id": ad_id, "open": list(OPEN_HAZARD_STATES),
        "kinds": None if kinds is None else list(kinds),
    }  # fmt: skip
    return [dict(row) for row in session.execute(ADS, facts).mappings()]


def load_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """What each kind may be."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def save_rules(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rules, recognised by kind."""
    if rows:
        session.execute(SAVE_RULE, [{**row, "tenant": tenant} for row in rows])


def find_ad(session: Session, tenant: str, code: str) -> int | None:
    """The ad of a number, one that stands before one that is gone."""
    return session.execute(CODE, {"tenant": tenant, "code": code}).scalar_one_or_none()


def mark_removed(session: Session, tenant: str, ad_id: int, on: dt.date) -> bool:
    """An ad is gone; False if it was already."""
    return session.execute(REMOVED, {"tenant": tenant, "id": ad_id, "on": on}).first() is not None


def show_as(session: Session, tenant: str, ad_id: int, shown: str) -> None:
    """What it says as it may be told outside."""
    session.execute(SHOW_AS, {"tenant": tenant, "id": ad_id, "shown": shown})


def find_hazard(session: Session, tenant: str, hazard: int) -> str | None:
    """Category of a hazard; None if there is none."""
    return session.execute(HAZARD, {"tenant": tenant, "id": hazard}).scalar_one_or_none()


def link_hazard(session: Session, tenant: str, ad_id: int, hazard: int) -> None:
    """A hazard is about an ad, and about no other."""
    session.execute(LINK, {"tenant": tenant, "ad": ad_id, "hazard": hazard})


def list_orders(
    session: Session, tenant: str, *, open_only: bool, first: dt.date | None, last: dt.date | None,
    area: Sequence[str] | None, most: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Lines of the ledger, the newest first."""
    facts = {"tenant": tenant, "open": open_only, "first": first, "last": last, "most": most}
    facts["area"] = None if area is None else list(area)
    return [dict(row) for row in session.execute(ORDERS, facts).mappings()]


def get_order(session: Session, tenant: str, order: int) -> dict[str, Any] | None:
    """One line of the ledger."""
    row = session.execute(GET_ORDER, {"tenant": tenant, "id": order}).mappings().first()
    return dict(row) if row else None


def lock_order(session: Session, tenant: str, order: int) -> None:
    """Hold a line until the transaction ends."""
    session.execute(LOCK_ORDER, {"tenant": tenant, "id": order})


def find_by_uid(session: Session, tenant: str, uid: uuid.UUID) -> int | None:
    """The line written under a uid, which is held until the transaction ends."""
    session.execute(LOCK, {"name": f"ad_order/{tenant}/{uid}"})
    return session.execute(BY_UID, {"tenant": tenant, "uid": uid}).scalar_one_or_none()


def add_order(session: Session, tenant: str, **values: Any) -> int:
    """Write a line; its id."""
    return int(session.execute(ADD_ORDER, {"tenant": tenant, **values}).scalar_one())


def move_order(
    session: Session, tenant: str, order: int, state: str, done_on: dt.date | None, due_on: dt.date | None
) -> None:
    """A line is in another state."""
    session.execute(MOVE, {"tenant": tenant, "id": order, "state": state, "done_on": done_on, "due_on": due_on})


def list_pictures(session: Session, tenant: str, order: int) -> list[tuple[str, str]]:
    """Kind and SHA-256 of each picture before and after."""
    return [(row.kind, row.sha256) for row in session.execute(PICTURES, {"tenant": tenant, "id": order})]


def sum_done(
    session: Session, tenant: str, first: dt.date, last: dt.date, area: Sequence[str] | None
) -> list[dict[str, Any]]:
    """What was done between two days, both included, by kind, measure, how it ended and unit; with the lines."""
    facts = {"tenant": tenant, "first": first, "last": last, "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(DONE, facts).mappings()]

"""SQL of what goes to other platforms: rows of each subject, forms, deliveries."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

ROWS: Final = {
    "case": text("""
SELECT c.number, c.uid, c.origin, c.code_system, c.code, c.grade, c.state, c.district_code, c.town, c.road, c.place,
       c.description, c.quantity, c.unit, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.found_at, c.registered_at,
       c.dispatched_at, c.handled_at, c.due_at, c.closed_at, u.code AS owner_code, u.name AS owner_name
  FROM problem_case c LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = c.owner_unit_id
 WHERE c.tenant = :tenant AND c.found_at >= :since AND c.found_at < :until ORDER BY c.id"""),
    "penalty": text("""
SELECT number, uid, state, code_system, code, district_code, party, gravity, decision, amount_yuan, filed_at, due_on,
       decided_at, archived_on
  FROM penalty WHERE tenant = :tenant AND filed_at >= :since AND filed_at < :until ORDER BY id"""),
    "staff": text("""
SELECT s.code, s.name, s.kind, u.code AS unit_code, u.name AS unit_name, s.licence_no, s.licence_from_on,
       s.licence_to_on, s.active
  FROM staff s LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = s.org_unit_id
 WHERE s.tenant = :tenant ORDER BY s.code"""),
    "activity": text("""
WITH here AS (
  SELECT staff_id, on_date, shift_code, count(*) AS checkins, min(at) AS first_at, max(at) AS last_at
    FROM checkin WHERE tenant = :tenant AND on_date BETWEEN :from_on AND :to_on AND place = 'inside'
   GROUP BY staff_id, on_date, shift_code)
SELECT d.on_date, d.shift_code, k.name AS shift_name, k.start_time, k.end_time, s.code AS staff_code,
       s.name AS staff_name, u.code AS unit_code, u.name AS unit_name, d.role, coalesce(h.checkins, 0) AS checkins,
       h.first_at AS first_checkin_at, h.last_at AS last_checkin_at
  FROM duty d
  JOIN staff s ON s.tenant = :tenant AND s.id = d.staff_id
  LEFT JOIN shift_kind k ON k.tenant = :tenant AND k.code = d.shift_code
  LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = s.org_unit_id
  LEFT JOIN here h ON h.staff_id = d.staff_id AND h.on_date = d.on_date AND h.shift_code = d.shift_code
 WHERE d.tenant = :tenant AND d.on_date BETWEEN :from_on AND :to_on ORDER BY d.on_date, d.shift_code, s.code"""),
}

SET_FORM = text("""
INSERT INTO exchange_form (tenant, platform, subject, columns, set_by)
VALUES (:tenant, :platform, :subject, CAST(:columns AS jsonb), :actor)
ON CONFLICT (tenant, platform, subject) DO UPDATE
   SET columns = EXCLUDED.columns, set_by = EXCLUDED.set_by, set_at = now()""")
FORM = text("""
SELECT columns FROM exchange_form WHERE tenant = :tenant AND platform = :platform AND subject = :subject""")
FORMS = text("""
SELECT platform, subject, columns, set_by, set_at FROM exchange_form WHERE tenant = :tenant
 ORDER BY platform, subject""")
ADD = text("""
INSERT INTO exchange_delivery (tenant, platform, subject, from_on, to_on, rows, file_sha256, made_by)
VALUES (:tenant, :platform, :subject, :from_on, :to_on, :rows, :sha256, :actor) RETURNING id""")
DELIVERY = """
SELECT id, platform, subject, from_on, to_on, rows, file_sha256, made_by, made_at, receipt, accepted, refused, note,
       received_at, received_by FROM exchange_delivery WHERE tenant = :tenant"""
FIND = text(f"{DELIVERY} AND id = :id FOR UPDATE")
SAME = text("""
SELECT max(id) FROM exchange_delivery
 WHERE tenant = :tenant AND platform = :platform AND subject = :subject AND from_on = :from_on AND to_on = :to_on
   AND file_sha256 = :sha256 AND receipt IS NULL""")
LIST = text(f"""
{DELIVERY} AND (CAST(:platform AS text) IS NULL OR platform = :platform)
   AND (CAST(:before AS bigint) IS NULL OR id < :before) ORDER BY id DESC LIMIT :most""")
RECEIVE = text("""
UPDATE exchange_delivery SET receipt = :receipt, accepted = :accepted, refused = :refused, note = :note,
       received_at = now(), received_by = :actor WHERE tenant = :tenant AND id = :id""")


def load_rows(
    session: Session,
    tenant: str,
    subject: str,
    from_on: dt.date,
    to_on: dt.date,
    since: dt.datetime,
    until: dt.datetime,
) -> Iterator[Mapping[str, Any]]:
    """Rows of a subject; staff whatever the days."""
    facts = {"tenant": tenant, "from_on": from_on, "to_on": to_on, "since": since, "until": until}
    for row in session.execute(ROWS[subject], facts).mappings():
        yield dict(row)


def set_form(
    session: Session, tenant: str, platform: str, subject: str, columns: Sequence[Mapping[str, Any]], actor: str
) -> None:
    """Keep a form in place of the one before."""
    said = json.dumps(list(columns), ensure_ascii=False)
    facts = {"tenant": tenant, "platform": platform, "subject": subject, "columns": said, "actor": actor}
    session.execute(SET_FORM, facts)


def find_form(session: Session, tenant: str, platform: str, subject: str) -> list[dict[str, Any]] | None:
    """Columns of a form; None without one."""
    facts = {"tenant": tenant, "platform": platform, "subject": subject}
    return session.execute(FORM, facts).scalar_one_or_none()


def list_forms(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All forms by platform and subject."""
    return [dict(row) for row in session.execute(FORMS, {"tenant": tenant}).mappings()]


def add_delivery(session: Session, tenant: str, values: Mapping[str, Any]) -> int:
    """Write down that a file was made."""
    return int(session.execute(ADD, {"tenant": tenant, **values}).scalar_one())


def find_same(session: Session, tenant: str, values: Mapping[str, Any]) -> int | None:
    """The newest delivery of the same rows and days that has no receipt yet; None if there is none."""
    found: int | None = session.execute(SAME, {"tenant": tenant, **values}).scalar_one()
    return found


def lock_delivery(session: Session, tenant: str, delivery: int) -> dict[str, Any] | None:
    """A delivery, held until the transaction ends; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "id": delivery}).mappings().one_or_none()
    return dict(row) if row else None


def list_deliveries(
    session: Session, tenant: str, *, platform: str | None = None, before: int | None = None, most: int = 100
) -> list[dict[str, Any]]:
    """Deliveries, the newest first."""
    facts = {"tenant": tenant, "platform": platform, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def receive(session: Session, tenant: str, delivery: int, values: Mapping[str, Any]) -> None:
    """Write a platform's receipt beside its delivery."""
    session.execute(RECEIVE, {"tenant": tenant, "id": delivery, **values})

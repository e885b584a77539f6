"""SQL of the list over any source, of issued lists and of audits."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.resolution.items import Done

ROWS = {
    "complaint": """
SELECT c.id, c.received_at AS found_at, coalesce(nullif(c.topic, ''), left(c.content, 40)) AS title,
       coalesce(nullif(c.place_text, ''), c.matched, '') AS place, c.district_code, c.state, c.due_at,
       u.name AS owner_unit, s.code AS owner, c.merged_into IS NULL AS stands
  FROM complaint c LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = c.owner_unit_id
  LEFT JOIN staff s ON s.tenant = :tenant AND s.id = c.owner_staff_id
 WHERE c.tenant = :tenant""",
    "problem": """
SELECT p.id, p.found_at, p.number AS title, coalesce(nullif(p.place, ''), p.road, '') AS place, p.district_code,
       p.state, p.due_at, u.name AS owner_unit, s.code AS owner, p.merged_into IS NULL AS stands
  FROM problem_case p LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = p.owner_unit_id
  LEFT JOIN staff s ON s.tenant = :tenant AND s.id = p.staff_id
 WHERE p.tenant = :tenant""",
    "hazard": """
SELECT h.id, h.found_at, coalesce(h.number, '') AS title, h.place, h.district_code, h.status AS state, h.due_at,
       nullif(h.body, '') AS owner_unit, s.code AS owner, true AS stands
  FROM hazard h LEFT JOIN staff s ON s.tenant = :tenant AND s.id = h.staff_id
 WHERE h.tenant = :tenant""",
}
"""Each source as the same columns; what has happened to a row stands in the step log."""

IN_SPAN = """
SELECT s.id, s.found_at, s.title, s.place, s.district_code, s.state, s.due_at, s.owner_unit, s.owner FROM ({rows}) s
 WHERE s.stands AND s.found_at >= :from_at AND s.found_at < :to_at AND NOT s.state = ANY(:left_out)
   AND (CAST(:area AS text[]) IS NULL OR s.district_code = ANY(:area))
   AND (CAST(:ids AS bigint[]) IS NULL OR s.id = ANY(:ids))
 ORDER BY s.found_at, s.id LIMIT :most"""
LOGS = text("""
SELECT row_id, step, at, actor FROM step_log
 WHERE tenant = :tenant AND workflow = :workflow AND row_id = ANY(:ids) ORDER BY row_id, n""")

MEASURES = text("""
SELECT DISTINCT ON (m.row_id) m.row_id, m.measure, m.due_on, s.code AS owner, m.set_by, m.set_at
  FROM resolution_measure m JOIN staff s ON s.tenant = :tenant AND s.id = m.owner_staff_id
 WHERE m.tenant = :tenant AND m.workflow = :workflow AND m.row_id = ANY(:ids)
 ORDER BY m.row_id, m.id DESC""")
ADD_MEASURE = text("""
INSERT INTO resolution_measure (tenant, workflow, row_id, owner_staff_id, measure, due_on, set_by)
SELECT :tenant, :workflow, :row_id, s.id, :measure, :due_on, :actor
  FROM staff s WHERE s.tenant = :tenant AND s.code = :owner AND s.active
RETURNING id""")

ISSUED = text("""
SELECT i.number, i.issued_at, i.issued_by, (item->>'row')::bigint AS row_id
  FROM resolution_issue i, jsonb_array_elements(i.items) AS item
 WHERE i.tenant = :tenant AND item->>'source' = :workflow AND (item->>'row')::bigint = ANY(:ids) ORDER BY i.id""")
ADD_ISSUE = text("""
INSERT INTO resolution_issue (tenant, number, from_on, to_on, items, sha256, issued_by)
VALUES (:tenant, :number, :from_on, :to_on, CAST(:items AS jsonb), :sha256, :actor)
ON CONFLICT (tenant, number) DO NOTHING RETURNING id""")
FIND_ISSUE = text("""
SELECT number, from_on, to_on, items, sha256, issued_by, issued_at FROM resolution_issue
 WHERE tenant = :tenant AND number = :number""")
LIST_ISSUES = text("""
SELECT number, from_on, to_on, jsonb_array_length(items) AS rows, sha256, issued_by, issued_at FROM resolution_issue
 WHERE tenant = :tenant ORDER BY id DESC LIMIT :most""")

CLOSED = text("""
SELECT DISTINCT l.row_id FROM step_log l
 WHERE l.tenant = :tenant AND l.workflow = :workflow AND l.step = ANY(:written_off)
   AND l.at >= :from_at AND l.at < :to_at
   AND NOT EXISTS (SELECT FROM step_log u WHERE u.tenant = :tenant AND u.workflow = :workflow AND u.row_id = l.row_id
                      AND u.n > l.n AND u.step = ANY(:undone))""")
ADD_AUDIT = text("""
INSERT INTO audit (tenant, workflow, from_at, to_at, seed, size, population, drawn_by)
VALUES (:tenant, :workflow, :from_at, :to_at, :seed, :size, :population, :actor) RETURNING id""")
ADD_ITEMS = text("""
INSERT INTO audit_item (tenant, audit_id, row_id, place)
SELECT :tenant, :audit, row_id, place FROM unnest(CAST(:rows AS bigint[])) WITH ORDINALITY AS g (row_id, place)""")
FIND_AUDIT = text("""
SELECT id, workflow, from_at, to_at, seed, size, population, drawn_by, drawn_at FROM audit
 WHERE tenant = :tenant AND id = :id""")
LIST_AUDITS = text("""
SELECT a.id, a.workflow, a.from_at, a.to_at, a.seed, a.size, a.population, a.drawn_by, a.drawn_at,
       count(i.result) AS checked, count(*) FILTER (WHERE i.result = 'failed') AS failed
  FROM audit a LEFT JOIN audit_item i ON i.tenant = :tenant AND i.audit_id = a.id
 WHERE a.tenant = :tenant GROUP BY a.tenant, a.id ORDER BY a.id DESC LIMIT :most""")
AUDIT_ITEMS = text("""
SELECT row_id, place, result, note, checked_by, checked_at FROM audit_item
 WHERE tenant = :tenant AND audit_id = :audit ORDER BY place""")
CHECK = text("""
UPDATE audit_item SET result = :result, note = :note, checked_by = :actor, checked_at = now()
 WHERE tenant = :tenant AND audit_id = :audit AND row_id = :row_id AND result IS NULL RETURNING id""")


def list_rows(
    session: Session, tenant: str, source: str, from_at: dt.datetime, to_at: dt.datetime, left_out: Sequence[str], *,
    area: Collection[str] | None = None, ids: Sequence[int] | None = None, most: int = 10_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of a source found in a span that stand for themselves, the first found first."""
    facts = {
        "tenant": tenant, "from_at": from_at, "to_at": to_at, "left_out": list(left_out),
        "area": sorted(area) if area is not None else None, "ids": list(ids) if ids is not None else None,
        "most": most,
    }  # fmt: skip
    statement = text(IN_SPAN.format(rows=ROWS[source]))
    return [dict(row) for row in session.execute(statement, facts).mappings()]


def load_logs(session: Session, tenant: str, workflow: str, ids: Sequence[int]) -> dict[int, list[Done]]:
    """What was done with some rows, in order."""
    found: dict[int, list[Done]] = {}
    for row in session.execute(LOGS, {"tenant": tenant, "workflow": workflow, "ids": list(ids)}):
        found.setdefault(row.row_id, []).append(Done(row.step, row.at, row.actor))
    return found


def load_measures(session: Session, tenant: str, workflow: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The measure that holds for each of some rows."""
    rows = session.execute(MEASURES, {"tenant": tenant, "workflow": workflow, "ids": list(ids)}).mappings()
    return {row["row_id"]: dict(row) for row in rows}


def load_issued(session: Session, tenant: str, workflow: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The last bulletin that named each of some rows."""
    rows = session.execute(ISSUED, {"tenant": tenant, "workflow": workflow, "ids": list(ids)}).mappings()
    return {row["row_id"]: dict(row) for row in rows}


def add_measure(session: Session, tenant: str, values: Mapping[str, Any]) -> int | None:
    """Write a measure down; None if its owner is nobody in service."""
    return session.execute(ADD_MEASURE, {"tenant": tenant, **values}).scalar()


def add_issue(session: Session, tenant: str, values: Mapping[str, Any]) -> int | None:
    """Issue a list for good; None if the number is taken."""
    facts = {**values, "items": json.dumps(values["items"], ensure_ascii=False)}
    return session.execute(ADD_ISSUE, {"tenant": tenant, **facts}).scalar()


def find_issue(session: Session, tenant: str, number: str) -> dict[str, Any] | None:
    """A list as it was issued; None if there is none of that number."""
    row = session.execute(FIND_ISSUE, {"tenant": tenant, "number": number}).mappings().one_or_none()
    return dict(row) if row else None


def list_issues(session: Session, tenant: str, most: int = 100) -> list[dict[str, Any]]:
    """Issued lists, the newest first."""
    return [dict(row) for row in session.execute(LIST_ISSUES, {"tenant": tenant, "most": most}).mappings()]


def find_closed(
    session: Session, tenant: str, workflow: str, written_off: Sequence[str], undone: Sequence[str],
    from_at: dt.datetime, to_at: dt.datetime,
) -> list[int]:  # fmt: skip
    """Rows written off in a span and not taken up again since."""
    facts = {
        "tenant": tenant, "workflow": workflow, "written_off": list(written_off), "undone": list(undone),
        "from_at": from_at, "to_at": to_at,
    }  # fmt: skip
    return list(session.execute(CLOSED, facts).scalars())


def add_audit(session: Session, tenant: str, values: Mapping[str, Any], rows: Sequence[int]) -> int:
    """Write a draw down; returns its id."""
    audit = int(session.execute(ADD_AUDIT, {"tenant": tenant, **values}).scalar_one())
    session.execute(ADD_ITEMS, {"tenant": tenant, "audit": audit, "rows": list(rows)})
    return audit


def find_audit(session: Session, tenant: str, audit: int) -> dict[str, Any] | None:
    """A draw with its rows; None if there is none."""
    row = session.execute(FIND_AUDIT, {"tenant": tenant, "id": audit}).mappings().one_or_none()
    if row is None:
        return None
    items = session.execute(AUDIT_ITEMS, {"tenant": tenant, "audit": audit}).mappings()
    return {**row, "items": [dict(one) for one in items]}


def list_audits(session: Session, tenant: str, most: int = 100) -> list[dict[str, Any]]:
    """Draws, the newest first, with how many rows were checked and failed."""
    return [dict(row) for row in session.execute(LIST_AUDITS, {"tenant": tenant, "most": most}).mappings()]


def check_item(session: Session, tenant: str, audit: int, row_id: int, result: str, note: str, actor: str) -> bool:
    """Note what was found, once; whether it was waiting."""
    facts = {"audit": audit, "row_id": row_id, "result": result, "note": note, "actor": actor}
    return session.execute(CHECK, {"tenant": tenant, **facts}).scalar() is not None

"""SQL of handling complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, bindparam, text
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Session

CHANGEABLE: Final = (
    "state", "owner_staff_id", "owner_unit_id", "finding", "authority_code", "closed_at", "satisfaction", "handling",
    "merged_into", "repeat_of", "due_at", "own_due_at", "problem_id",
)  # fmt: skip

STAFF = text("""
SELECT s.id,
       coalesce(u.kind IN ('bureau', 'brigade'), false)
       OR EXISTS (SELECT FROM account_staff a JOIN account c ON c.tenant = :tenant AND c.id = a.account_id
                   WHERE a.tenant = :tenant AND a.staff_id = s.id AND c.role = 'leader' AND c.active) AS senior
  FROM staff s LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = s.org_unit_id
 WHERE s.tenant = :tenant AND s.code = :code AND s.active""")
UNIT = text("""
SELECT u.id FROM org_unit u
 WHERE u.tenant = :tenant
   AND CASE WHEN CAST(:code AS text) IS NOT NULL THEN u.code = :code
            ELSE u.id = (SELECT org_unit_id FROM staff WHERE tenant = :tenant AND id = :staff_id) END""")

TREE = """
WITH RECURSIVE tree AS (
  SELECT id FROM complaint WHERE tenant = :tenant AND id = :id
  UNION
  SELECT c.id FROM complaint c JOIN tree t ON c.merged_into = t.id WHERE c.tenant = :tenant)"""
MEMBERS = text(f"{TREE} SELECT id FROM tree ORDER BY id")
GROUP = text(f"""
{TREE}
SELECT count(*) AS complaints, count(DISTINCT w.caller_hash) AS callers, min(c.received_at) AS first_received_at,
       min(c.own_due_at) AS due_at
  FROM tree t JOIN complaint c ON c.tenant = :tenant AND c.id = t.id
  LEFT JOIN complaint_caller w ON w.tenant = :tenant AND w.complaint_id = t.id""")
HEAD = text("""
WITH RECURSIVE up AS (
  SELECT id, merged_into FROM complaint WHERE tenant = :tenant AND id = :id
  UNION
  SELECT c.id, c.merged_into FROM complaint c JOIN up u ON c.id = u.merged_into WHERE c.tenant = :tenant)
SELECT id FROM up WHERE merged_into IS NULL""")

REPLIES = text(f"""
{TREE}
INSERT INTO complaint_reply (tenant, complaint_id, said, path, at, actor)
SELECT :tenant, c.id, :said, c.channel, :at, :actor
  FROM tree t JOIN complaint c ON c.tenant = :tenant AND c.id = t.id""")
LIST_REPLIES = text("""
SELECT id, complaint_id, said, path, at, actor, delivered_at FROM complaint_reply
 WHERE tenant = :tenant AND complaint_id = :id ORDER BY id""")
OUTBOX = text("""
SELECT r.id, r.complaint_id, c.external_id, c.source, r.said, r.at, c.state FROM complaint_reply r
  JOIN complaint c ON c.tenant = :tenant AND c.id = r.complaint_id
 WHERE r.tenant = :tenant AND r.delivered_at IS NULL AND c.source = :source AND r.id > :after
 ORDER BY r.id LIMIT :most""")
DELIVER = text("""
UPDATE complaint_reply r SET delivered_at = now() FROM complaint c
 WHERE r.tenant = :tenant AND r.id = ANY(:ids) AND r.delivered_at IS NULL
   AND c.tenant = :tenant AND c.id = r.complaint_id AND (CAST(:source AS text) IS NULL OR c.source = :source)""")

CALLER = text("""
SELECT sealed, confidential FROM complaint_caller WHERE tenant = :tenant AND complaint_id = :id""")

CAUSE = text("""
SELECT r.cause, r.measure, s.code AS owner, r.due_on, r.filed_by, r.filed_at FROM root_cause r
  JOIN staff s ON s.tenant = :tenant AND s.id = r.owner_staff_id
 WHERE r.tenant = :tenant AND r.complaint_id = :id""")
SET_CAUSE = text("""
INSERT INTO root_cause (tenant, complaint_id, cause, measure, owner_staff_id, due_on, filed_by)
VALUES (:tenant, :id, :cause, :measure, :owner, :due_on, :actor)
ON CONFLICT (tenant, complaint_id) DO UPDATE
   SET cause = EXCLUDED.cause, measure = EXCLUDED.measure, owner_staff_id = EXCLUDED.owner_staff_id,
       due_on = EXCLUDED.due_on, filed_by = EXCLUDED.filed_by, filed_at = now()""")

WAITING_REPEAT = text("""
SELECT earlier_id FROM complaint_tie
 WHERE tenant = :tenant AND complaint_id = :id AND kind = 'repeat' AND state = 'proposed' ORDER BY id LIMIT 1""")

AUTHORITY = text("""
SELECT code, name, phone, remit, codes, words FROM authority
 WHERE tenant = :tenant AND code = :code AND active""")
AUTHORITIES = text("""
SELECT code, name, phone, remit, codes, words FROM authority WHERE tenant = :tenant AND active ORDER BY code""")
SET_AUTHORITY = text("""
INSERT INTO authority (tenant, code, name, phone, remit, codes, words)
VALUES (:tenant, :code, :name, :phone, :remit, :codes, :words)
ON CONFLICT (tenant, code) DO UPDATE
   SET name = EXCLUDED.name, phone = EXCLUDED.phone, remit = EXCLUDED.remit, codes = EXCLUDED.codes,
       words = EXCLUDED.words, active = true""")
REST_AUTHORITIES = text("UPDATE authority SET active = false WHERE tenant = :tenant AND NOT code = ANY(:codes)")


def find_staff(session: Session, tenant: str, code: str) -> tuple[int | None, bool]:
    """Id of somebody in service, and whether a repeat may go to them; (None, False) if there is nobody."""
    row = session.execute(STAFF, {"tenant": tenant, "code": code}).one_or_none()
    return (row.id, row.senior) if row else (None, False)


def find_unit(session: Session, tenant: str, code: str | None, staff_id: int) -> int | None:
    """Id of a unit by code, else of the one a member of staff belongs to."""
    return session.execute(UNIT, {"tenant": tenant, "code": code, "staff_id": staff_id}).scalar()


def update_complaint(session: Session, tenant: str, complaint_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of :data:`CHANGEABLE`."""
    assert set(values) <= set(CHANGEABLE)
    complaint = sql_table("complaint", *(sql_column(name) for name in ("tenant", "id", *CHANGEABLE)))
    where = (complaint.c.tenant == bindparam("of")) & (complaint.c.id == bindparam("this"))
    session.execute(complaint.update().where(where).values(**values), {"of": tenant, "this": complaint_id})


def find_head(session: Session, tenant: str, complaint_id: int) -> int:
    """The complaint that one is handled with; itself if it is not merged."""
    return int(session.execute(HEAD, {"tenant": tenant, "id": complaint_id}).scalar_one())


def list_members(session: Session, tenant: str, complaint_id: int) -> list[int]:
    """A complaint and all merged into it, by id."""
    return [int(one) for one in session.execute(MEMBERS, {"tenant": tenant, "id": complaint_id}).scalars()]


def load_group(session: Session, tenant: str, complaint_id: int) -> Row[Any]:
    """Of a complaint with all merged into it: how many, how many known callers, first received, earliest due."""
    return session.execute(GROUP, {"tenant": tenant, "id": complaint_id}).one()


def add_replies(session: Session, tenant: str, complaint_id: int, said: str, at: dt.datetime, actor: str) -> None:
    """An answer to every caller of a complaint and of those merged into it, each by the way they came."""
    session.execute(REPLIES, {"tenant": tenant, "id": complaint_id, "said": said, "at": at, "actor": actor})


def list_replies(session: Session, tenant: str, complaint_id: int) -> list[dict[str, Any]]:
    """Answers of one complaint, the first first."""
    return [dict(row) for row in session.execute(LIST_REPLIES, {"tenant": tenant, "id": complaint_id}).mappings()]


def list_outbox(session: Session, tenant: str, source: str, after: int, most: int) -> list[dict[str, Any]]:
    """Answers that wait to go back to a source, by id."""
    facts = {"tenant": tenant, "source": source, "after": after, "most": most}
    return [dict(row) for row in session.execute(OUTBOX, facts).mappings()]


def mark_delivered(session: Session, tenant: str, reply_ids: Sequence[int], source: str | None) -> int:
    """Note that answers arrived; how many had not before."""
    found: Any = session.execute(DELIVER, {"tenant": tenant, "ids": list(reply_ids), "source": source})
    return int(found.rowcount)


def find_caller(session: Session, tenant: str, complaint_id: int) -> dict[str, Any] | None:
    """The sealed caller; None if nothing is known."""
    row = session.execute(CALLER, {"tenant": tenant, "id": complaint_id}).mappings().one_or_none()
    return dict(row) if row else None


def find_root_cause(session: Session, tenant: str, complaint_id: int) -> dict[str, Any] | None:
    """The form of a repeat; None before it is filed."""
    row = session.execute(CAUSE, {"tenant": tenant, "id": complaint_id}).mappings().one_or_none()
    return dict(row) if row else None


def set_root_cause(session: Session, tenant: str, complaint_id: int, values: Mapping[str, Any]) -> None:
    """File the form, or file it again."""
    session.execute(SET_CAUSE, {"tenant": tenant, "id": complaint_id, **values})


def find_waiting_repeat(session: Session, tenant: str, complaint_id: int) -> int | None:
    """The complaint that one seems to repeat, while nobody has decided; None if nothing waits."""
    return session.execute(WAITING_REPEAT, {"tenant": tenant, "id": complaint_id}).scalar()


def find_authority(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """An authority in use; None if there is none."""
    row = session.execute(AUTHORITY, {"tenant": tenant, "code": code}).mappings().one_or_none()
    return dict(row) if row else None


def list_authorities(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Authorities in use by code."""
    return [dict(row) for row in session.execute(AUTHORITIES, {"tenant": tenant}).mappings()]


def set_authorities(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put a list in place of the one in use; those left out are kept for what was referred to them."""
    session.execute(REST_AUTHORITIES, {"tenant": tenant, "codes": [row["code"] for row in rows]})
    for row in rows:
        session.execute(SET_AUTHORITY, {"tenant": tenant, **row})

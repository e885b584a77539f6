"""SQL of reports about goods that are taken, and about holding seized ones longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

COLUMNS: Final = """l.id AS document_id, l.kind, l.number, l.state, l.on_spot, l.extensions, l.district_code,
  r.reported_at, o.code AS officer, h.code AS head, r.note, r.decision, r.decided_at, r.reason"""
HOURS: Final = {
    "take": "r.taken_at, r.due_at, r.warned_said_at, r.late_said_at",
    "longer": ", ".join(
        f"NULL::timestamptz AS {name}" for name in ("taken_at", "due_at", "warned_said_at", "late_said_at")
    ),
}
TABLES: Final = {"take": "seizure_report", "longer": "seizure_extension"}
KINDS: Final = {"take": "('seize', 'keep_evidence')", "longer": "('seize')"}
SELECT: Final = {
    about: f"""SELECT '{about}' AS about, {COLUMNS}, {HOURS[about]} FROM legal_document l
  LEFT JOIN {table} r ON r.tenant = l.tenant AND r.document_id = l.id
  LEFT JOIN staff o ON o.tenant = r.tenant AND o.id = r.officer_id
  LEFT JOIN staff h ON h.tenant = r.tenant AND h.id = r.head_id
 WHERE l.tenant = :tenant AND l.kind IN {KINDS[about]}
   AND (CAST(:area AS text[]) IS NULL OR l.district_code = ANY(:area))"""
    for about, table in TABLES.items()
}
"""What a report is about, taking goods or holding them longer: a document with it, empty fields before it."""

FIND: Final = {about: text(f"{select} AND l.id = :document") for about, select in SELECT.items()}
LIST = text(f"""
SELECT * FROM (
  {SELECT["take"]} AND l.state <> 'void' AND r.document_id IS NOT NULL
     AND (r.decision IS NULL OR (r.decision = 'refused' AND l.state IN ('issued', 'served', 'extended')))
  UNION ALL
  {SELECT["longer"]} AND l.state = 'served' AND r.document_id IS NOT NULL AND r.decision IS NULL) x
 ORDER BY x.decision DESC NULLS LAST, x.due_at, x.document_id""")
LOCK = text("SELECT id FROM legal_document WHERE tenant = :tenant AND id = :document FOR UPDATE")
START = text("""
INSERT INTO seizure_report (tenant, document_id, taken_at, due_at) VALUES (:tenant, :document, :at, :due_at)
ON CONFLICT (tenant, document_id) DO UPDATE SET taken_at = excluded.taken_at, due_at = excluded.due_at""")
REPORT: Final = {
    about: text(f"""
INSERT INTO {table} (tenant, document_id, reported_at, officer_id, head_id, note)
VALUES (:tenant, :document, :at, :officer, :head, :note)
ON CONFLICT (tenant, document_id) DO UPDATE SET reported_at = excluded.reported_at, officer_id = excluded.officer_id,
  head_id = excluded.head_id, note = excluded.note""")
    for about, table in TABLES.items()
}
DECIDE: Final = {
    about: text(f"""
UPDATE {table} SET decision = :decision, decided_at = :at, reason = :note
WHERE tenant = :tenant AND document_id = :document""")
    for about, table in TABLES.items()
}
SAID: Final = {
    name: text(f"UPDATE seizure_report SET {name}_said_at = :at WHERE tenant = :tenant AND document_id = :document")
    for name in ("warned", "late")
}
SIGNERS = text("""
SELECT first_staff_id, second_staff_id FROM formal_act
WHERE tenant = :tenant AND about = 'document' AND row_id = :document""")


def find_report(
    session: Session, tenant: str, document: int, about: str = "take", area: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """Goods with what was reported of them, empty fields before; None if there is no such document in those 片区."""
    facts = {"tenant": tenant, "document": document, "area": list(area) if area is not None else None}
    row = session.execute(FIND[about], facts).mappings().first()
    return dict(row) if row else None


def list_reports(session: Session, tenant: str, area: Sequence[str] | None) -> list[dict[str, Any]]:
    """Reports undecided, and refused ones whose goods are held, the soonest due first."""
    facts = {"tenant": tenant, "area": list(area) if area is not None else None}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def lock_seizure(session: Session, tenant: str, document: int) -> None:
    """Let one at a time report or decide, until the transaction ends."""
    session.execute(LOCK, {"tenant": tenant, "document": document})


def start_hours(session: Session, tenant: str, document: int, at: dt.datetime, due_at: dt.datetime) -> None:
    """Write when goods were taken on the spot, and until when that is reported and approved."""
    session.execute(START, {"tenant": tenant, "document": document, "at": at, "due_at": due_at})


def save_report(session: Session, tenant: str, document: int, about: str, **values: Any) -> None:
    """Write who reported it to whom."""
    session.execute(REPORT[about], {"tenant": tenant, "document": document, **values})


def save_decision(session: Session, tenant: str, document: int, about: str, **values: Any) -> None:
    """Write what the head decided."""
    session.execute(DECIDE[about], {"tenant": tenant, "document": document, **values})


def note_said(session: Session, tenant: str, document: int, what: str, at: dt.datetime) -> None:
    """Write that it was said, so that it is said once."""
    session.execute(SAID[what], {"tenant": tenant, "document": document, "at": at})


def list_signers(session: Session, tenant: str, document: int) -> set[int]:
    """Rows of those who signed a step of the document."""
    found = session.execute(SIGNERS, {"tenant": tenant, "document": document})
    return {int(one) for row in found for one in row if one is not None}

"""SQL of documents and rechecks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

HEAD = """l.id, l.uid, l.kind, l.state, l.number, l.body_id, b.code AS body, b.head, b.kind AS body_kind, l.item_id,
  i.code AS item, l.subject_id, s.mask AS subject, l.district_code, l.incident_id, l.penalty_id, l.problem_id,
  l.about_id, l.content_sealed, l.issued_at, l.served_at, l.service, l.due_on, l.extensions, l.on_spot, l.made_at,
  ST_X(l.geom) AS lon, ST_Y(l.geom) AS lat"""
FROM = """legal_document l JOIN enforcement_body b ON b.tenant = l.tenant AND b.id = l.body_id
JOIN power_item i ON i.tenant = l.tenant AND i.id = l.item_id
LEFT JOIN subject s ON s.tenant = l.tenant AND s.id = l.subject_id"""
IN_AREA = "(CAST(:area AS text[]) IS NULL OR l.district_code = ANY(:area))"
RUNNING = "l.state IN ('issued', 'served', 'extended')"

INSERT = text("""
INSERT INTO legal_document (tenant, uid, kind, body_id, item_id, subject_id, district_code, incident_id, penalty_id,
                            problem_id, about_id, content_sealed, due_on, made_by, on_spot, geom)
VALUES (:tenant, :uid, :kind, :body, :item, :subject, :district, :incident, :penalty, :problem, :about, :content,
        :due_on, :actor, :on_spot, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
ON CONFLICT (tenant, uid) DO NOTHING RETURNING id""")
BY_UID = text("SELECT id FROM legal_document WHERE tenant = :tenant AND uid = :uid")
FIND = text(f"SELECT {HEAD} FROM {FROM} WHERE l.tenant = :tenant AND l.id = :id AND {IN_AREA}")
LOCK = text("SELECT id FROM legal_document WHERE tenant = :tenant AND id = :id FOR UPDATE")
LIST = text(f"""
SELECT {HEAD} FROM {FROM} WHERE l.tenant = :tenant AND {IN_AREA}
  AND (CAST(:kind AS text) IS NULL OR l.kind = :kind) AND (CAST(:state AS text) IS NULL OR l.state = :state)
  AND (CAST(:before AS bigint) IS NULL OR l.id < :before) ORDER BY l.id DESC LIMIT :most""")
OVERDUE = text(f"""
SELECT {HEAD} FROM {FROM} WHERE l.tenant = :tenant AND {IN_AREA} AND {RUNNING} AND l.due_on < :today
ORDER BY l.due_on, l.id""")
NUMBER_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
LAST_SERIAL = text("""
SELECT coalesce(max(serial), 0) FROM legal_document
WHERE tenant = :tenant AND body_id = :body AND kind = :kind AND year = :year""")
ISSUE = text("""
UPDATE legal_document SET number = :number, year = :year, serial = :serial, issued_at = :at, due_on = :due_on
WHERE tenant = :tenant AND id = :id""")
SERVE = text("UPDATE legal_document SET served_at = :at, service = :service WHERE tenant = :tenant AND id = :id")
EXTEND = text("""
UPDATE legal_document SET due_on = :due_on, extensions = extensions + 1 WHERE tenant = :tenant AND id = :id""")
SET_STATE = text("UPDATE legal_document SET state = :state WHERE tenant = :tenant AND id = :id")

MAKE_RECHECKS = text("""
INSERT INTO recheck (tenant, document_id, due_on)
SELECT l.tenant, l.id, l.due_on FROM legal_document l
WHERE l.tenant = :tenant AND l.kind IN ('rectify', 'deadline') AND l.state IN ('served', 'extended')
  AND l.due_on <= :today
ON CONFLICT (tenant, document_id, due_on) DO NOTHING RETURNING id, document_id""")
LOCK_LAPSED = text("""
SELECT l.id, l.state, l.due_on, l.issued_at, l.served_at FROM legal_document l
WHERE l.tenant = :tenant AND l.kind = 'keep_evidence' AND l.state IN ('issued', 'served') AND l.due_on < :today
ORDER BY l.id FOR UPDATE""")
RECHECKS = text(f"""
SELECT r.id, r.document_id, r.due_on, r.done_at, r.result, r.note, l.number, l.kind, l.district_code, s.mask AS subject,
  ST_X(l.geom) AS lon, ST_Y(l.geom) AS lat
FROM recheck r JOIN legal_document l ON l.tenant = r.tenant AND l.id = r.document_id
LEFT JOIN subject s ON s.tenant = l.tenant AND s.id = l.subject_id
WHERE r.tenant = :tenant AND {IN_AREA} AND (NOT CAST(:open AS boolean) OR r.done_at IS NULL)
ORDER BY r.due_on, r.id LIMIT :most""")
FIND_RECHECK = text("""
SELECT id, document_id, due_on, done_at FROM recheck WHERE tenant = :tenant AND id = :id FOR UPDATE""")
END_RECHECK = text("""
UPDATE recheck SET done_at = :at, result = :result, staff_id = :staff, note = :note
WHERE tenant = :tenant AND id = :id""")
DROP_RECHECKS = text("DELETE FROM recheck WHERE tenant = :tenant AND document_id = :document AND done_at IS NULL")


def insert_document(session: Session, tenant: str, **values: Any) -> int | None:
    """Add a draft; None if there is one of this uid already."""
    return session.execute(INSERT, {"tenant": tenant, **values}).scalar()


def find_by_uid(session: Session, tenant: str, uid: Any) -> int | None:
    """Row of a document by its public id."""
    return session.execute(BY_UID, {"tenant": tenant, "uid": uid}).scalar()


def find_document(
    session: Session, tenant: str, document: int, area: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """One document; None if there is none in those 片区."""
    facts = {"tenant": tenant, "id": document, "area": list(area) if area is not None else None}
    row = session.execute(FIND, facts).mappings().first()
    return dict(row) if row else None


def lock_document(session: Session, tenant: str, document: int) -> None:
    """Let one at a time move it, until the transaction ends."""
    session.execute(LOCK, {"tenant": tenant, "id": document})


def list_documents(
    session: Session, tenant: str, *, area: Sequence[str] | None, kind: str | None, state: str | None,
    before: int | None, most: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Documents, the newest first."""
    facts = {"area": list(area) if area is not None else None, "kind": kind, "state": state, "before": before}
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, "most": most, **facts}).mappings()]


def list_overdue(session: Session, tenant: str, today: dt.date, area: Sequence[str] | None) -> list[dict[str, Any]]:
    """Running documents whose last day has passed, the longest first."""
    facts = {"tenant": tenant, "today": today, "area": list(area) if area is not None else None}
    return [dict(row) for row in session.execute(OVERDUE, facts).mappings()]


def next_serial(session: Session, tenant: str, body: int, kind: str, year: int) -> int:
    """The next serial of a body, kind and year; nobody else takes one until the transaction ends."""
    session.execute(NUMBER_LOCK, {"name": f"document/{tenant}/{body}/{kind}/{year}"})
    facts = {"tenant": tenant, "body": body, "kind": kind, "year": year}
    return int(session.execute(LAST_SERIAL, facts).scalar_one()) + 1


def set_issued(session: Session, tenant: str, document: int, **values: Any) -> None:
    """Give a document its number, day and due day."""
    session.execute(ISSUE, {"tenant": tenant, "id": document, **values})


def set_served(session: Session, tenant: str, document: int, at: dt.datetime, service: str) -> None:
    """Write how and when it was served."""
    session.execute(SERVE, {"tenant": tenant, "id": document, "at": at, "service": service})


def set_extended(session: Session, tenant: str, document: int, due_on: dt.date) -> None:
    """Write a later day; rechecks nobody has done yet for the old one go."""
    session.execute(EXTEND, {"tenant": tenant, "id": document, "due_on": due_on})
    session.execute(DROP_RECHECKS, {"tenant": tenant, "document": document})


def set_state(session: Session, tenant: str, document: int, state: str) -> None:
    """Move a document on."""
    session.execute(SET_STATE, {"tenant": tenant, "id": document, "state": state})


def make_rechecks(session: Session, tenant: str, today: dt.date) -> list[tuple[int, int]]:
    """Add a recheck for every notice whose day has come and that has none; (recheck, document) of the new ones."""
    return [(int(one), int(two)) for one, two in session.execute(MAKE_RECHECKS, {"tenant": tenant, "today": today})]


def lock_lapsed(session: Session, tenant: str, today: dt.date) -> list[dict[str, Any]]:
    """先行登记保存 whose days are over and on which nothing was decided, locked, in order."""
    return [dict(row) for row in session.execute(LOCK_LAPSED, {"tenant": tenant, "today": today}).mappings()]


def list_rechecks(
    session: Session, tenant: str, *, area: Sequence[str] | None = None, only_open: bool = True, most: int = 500
) -> list[dict[str, Any]]:
    """Rechecks by the day they are due."""
    facts = {"tenant": tenant, "area": list(area) if area is not None else None, "open": only_open, "most": most}
    return [dict(row) for row in session.execute(RECHECKS, facts).mappings()]


def find_recheck(session: Session, tenant: str, recheck: int) -> dict[str, Any] | None:
    """A recheck, locked; None if there is none."""
    row = session.execute(FIND_RECHECK, {"tenant": tenant, "id": recheck}).mappings().first()
    return dict(row) if row else None


def end_recheck(session: Session, tenant: str, recheck: int, **values: Any) -> None:
    """Write what a recheck found."""
    session.execute(END_RECHECK, {"tenant": tenant, "id": recheck, **values})

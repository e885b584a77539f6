"""SQL of files of offenders: in, found by hash, looked into, joined and split."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

MOVED: Final = ("ladder_incident", "legal_document", "penalty")
"""Tables whose rows belong to a subject and move with it."""

COLUMNS = """s.id, s.uid, s.kind, s.state, s.district_code, s.mask, s.name_sealed, s.owner_sealed, s.phone_sealed,
  s.number_sealed, s.name_hash, s.phone_hash, s.number_hash, s.confirmed_at, s.merged_into_id, s.made_at"""
IN_AREA = """(CAST(:area AS text[]) IS NULL OR s.district_code = ANY(:area) OR EXISTS (
    SELECT FROM ladder_incident i
     WHERE i.tenant = s.tenant AND i.subject_id = s.id AND i.district_code = ANY(:area)))"""

INSERT = text("""
INSERT INTO subject (tenant, uid, kind, district_code, name_sealed, owner_sealed, phone_sealed, number_sealed, mask,
                     name_hash, phone_hash, number_hash, made_by)
VALUES (:tenant, :uid, :kind, :district, :name_sealed, :owner_sealed, :phone_sealed, :number_sealed, :mask,
        :name_hash, :phone_hash, :number_hash, :actor)
ON CONFLICT (tenant, uid) DO NOTHING RETURNING id""")
UPDATE = text("""
UPDATE subject SET name_sealed = :name_sealed, owner_sealed = :owner_sealed, phone_sealed = :phone_sealed,
  number_sealed = :number_sealed, mask = :mask, name_hash = :name_hash, phone_hash = :phone_hash,
  number_hash = :number_hash WHERE tenant = :tenant AND id = :id""")
BY_UID = text("SELECT id FROM subject WHERE tenant = :tenant AND uid = :uid")
FIND = text(f"SELECT {COLUMNS} FROM subject s WHERE s.tenant = :tenant AND s.id = :id AND {IN_AREA}")
LOCK = text(f"""
SELECT {COLUMNS} FROM subject s WHERE s.tenant = :tenant AND s.id = ANY(:ids) ORDER BY s.id FOR UPDATE""")
MATCH = text(f"""
SELECT {COLUMNS} FROM subject s
WHERE s.tenant = :tenant AND s.state <> 'merged'
  AND (s.number_hash = :number OR s.phone_hash = :phone OR s.name_hash = :name)
ORDER BY (s.number_hash = :number) IS TRUE DESC, (s.phone_hash = :phone) IS TRUE DESC, s.id LIMIT 50""")
LIST = text(f"""
SELECT s.id, s.uid, s.kind, s.state, s.district_code, s.mask, s.made_at FROM subject s
WHERE s.tenant = :tenant AND {IN_AREA} AND (CAST(:before AS bigint) IS NULL OR s.id < :before)
ORDER BY s.id DESC LIMIT :most""")
CONFIRM = text("""
UPDATE subject SET state = 'confirmed', confirmed_by_id = :staff, confirmed_at = now()
WHERE tenant = :tenant AND id = :id AND state = 'noted'""")
STAFF = text("SELECT id, kind, active FROM staff WHERE tenant = :tenant AND code = :code")
ADD_ACCESS = text("""
INSERT INTO subject_access (tenant, subject_id, actor, staff_id, purpose, reference, whole)
VALUES (:tenant, :subject, :actor, :staff, :purpose, :reference, :whole)""")
ACCESSES = text("""
SELECT at, actor, purpose, reference, whole FROM subject_access WHERE tenant = :tenant AND subject_id = :subject
ORDER BY id DESC LIMIT :most""")
INCIDENTS = text("""
SELECT id, uid, code_system, code, at, district_code, state, proposed, step, education FROM ladder_incident
WHERE tenant = :tenant AND subject_id = :subject ORDER BY at DESC, id DESC LIMIT 200""")
DOCUMENTS = text("""
SELECT id, kind, state, number, issued_at, due_on FROM legal_document
WHERE tenant = :tenant AND subject_id = :subject ORDER BY id DESC LIMIT 200""")
PENALTIES = text("""
SELECT id, number, state, code, decision, amount_yuan, decided_at FROM penalty
WHERE tenant = :tenant AND subject_id = :subject ORDER BY id DESC LIMIT 200""")
HAS_PENALTY = text("SELECT EXISTS (SELECT FROM penalty WHERE tenant = :tenant AND subject_id = :subject)")
ADD_MERGE = text("""
INSERT INTO subject_merge (tenant, kept_id, gone_id, moved, state_before, reason, actor)
VALUES (:tenant, :kept, :gone, CAST(:moved AS jsonb), :state, :reason, :actor) RETURNING id""")
SET_MERGED = text("""
UPDATE subject SET state = 'merged', merged_into_id = :kept WHERE tenant = :tenant AND id = :gone""")
FIND_MERGE = text("""
SELECT id, kept_id, gone_id, moved, state_before, at, split_at FROM subject_merge
WHERE tenant = :tenant AND id = :id FOR UPDATE""")
LIST_MERGES = text("""
SELECT id, kept_id, gone_id, reason, at, actor, split_at, split_by, split_reason FROM subject_merge
WHERE tenant = :tenant AND (kept_id = :subject OR gone_id = :subject) ORDER BY id""")
SPLIT = text("""
UPDATE subject_merge SET split_at = now(), split_by = :actor, split_reason = :reason
WHERE tenant = :tenant AND id = :id""")
UNMERGE = text("""
UPDATE subject SET state = :state, merged_into_id = NULL WHERE tenant = :tenant AND id = :gone""")
MOVE = {
    name: text(f"UPDATE {name} SET subject_id = :to WHERE tenant = :tenant AND subject_id = :from RETURNING id")
    for name in MOVED
}
MOVE_BACK = {
    name: text(f"""
UPDATE {name} SET subject_id = :to WHERE tenant = :tenant AND subject_id = :from AND id = ANY(:ids) RETURNING id""")
    for name in MOVED
}


def insert_subject(session: Session, tenant: str, **values: Any) -> int | None:
    """Add a file; None if there is one of this uid already."""
    return session.execute(INSERT, {"tenant": tenant, **values}).scalar()


def update_identity(session: Session, tenant: str, subject: int, columns: Mapping[str, Any]) -> None:
    """Write who a file is about anew."""
    session.execute(UPDATE, {"tenant": tenant, "id": subject, **columns})


def find_by_uid(session: Session, tenant: str, uid: uuid.UUID) -> int | None:
    """Row of a file by its public id."""
    return session.execute(BY_UID, {"tenant": tenant, "uid": uid}).scalar()


def find_subject(
    session: Session, tenant: str, subject: int, area: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """One file; None if there is none, or it has nothing to do with those 片区."""
    facts = {"tenant": tenant, "id": subject, "area": list(area) if area is not None else None}
    row = session.execute(FIND, facts).mappings().first()
    return dict(row) if row else None


def lock_subjects(session: Session, tenant: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Files by id, nobody else's until the transaction ends."""
    found = session.execute(LOCK, {"tenant": tenant, "ids": list(ids)}).mappings()
    return {int(row["id"]): dict(row) for row in found}


def match_subjects(session: Session, tenant: str, hashes: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Files that share number, telephone or name, the surest first; at most fifty."""
    return [dict(row) for row in session.execute(MATCH, {"tenant": tenant, **hashes}).mappings()]


def list_subjects(
    session: Session, tenant: str, area: Sequence[str] | None, before: int | None, most: int
) -> list[dict[str, Any]]:
    """Files as they are listed, masked, the newest first."""
    facts = {"tenant": tenant, "area": list(area) if area is not None else None, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def confirm(session: Session, tenant: str, subject: int, staff: int) -> bool:
    """Mark a file as identified by an officer; whether it was not before."""
    done = session.execute(CONFIRM, {"tenant": tenant, "id": subject, "staff": staff})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def find_staff(session: Session, tenant: str, code: str) -> tuple[int, str, bool] | None:
    """Id, kind and whether in service of a staff number."""
    row = session.execute(STAFF, {"tenant": tenant, "code": code}).first()
    return (int(row[0]), str(row[1]), bool(row[2])) if row else None


def add_access(session: Session, tenant: str, **values: Any) -> None:
    """Note a look into a file."""
    session.execute(ADD_ACCESS, {"tenant": tenant, **values})


def list_accesses(session: Session, tenant: str, subject: int, most: int = 200) -> list[dict[str, Any]]:
    """Looks into a file, the newest first."""
    found = session.execute(ACCESSES, {"tenant": tenant, "subject": subject, "most": most})
    return [dict(row) for row in found.mappings()]


def load_file(session: Session, tenant: str, subject: int) -> dict[str, list[dict[str, Any]]]:
    """What is in a file: incidents, documents, penalties, the newest first."""
    facts = {"tenant": tenant, "subject": subject}
    parts = {"incidents": INCIDENTS, "documents": DOCUMENTS, "penalties": PENALTIES}
    return {name: [dict(row) for row in session.execute(query, facts).mappings()] for name, query in parts.items()}


def has_penalty(session: Session, tenant: str, subject: int) -> bool:
    """Whether there is a penalty case against somebody."""
    return bool(session.execute(HAS_PENALTY, {"tenant": tenant, "subject": subject}).scalar_one())


def move_all(session: Session, tenant: str, gone: int, kept: int) -> dict[str, list[int]]:
    """Give everything of one subject to another; the ids moved, by table."""
    facts = {"tenant": tenant, "from": gone, "to": kept}
    return {name: sorted(int(one) for (one,) in session.execute(MOVE[name], facts)) for name in MOVED}


def move_back(session: Session, tenant: str, kept: int, gone: int, moved: Mapping[str, Sequence[int]]) -> None:
    """Give back what was moved and is still there."""
    for name in MOVED:
        facts = {"tenant": tenant, "from": kept, "to": gone, "ids": list(moved.get(name, ()))}
        session.execute(MOVE_BACK[name], facts)


def add_merge(session: Session, tenant: str, **values: Any) -> int:
    """Write that two files are one; returns the merge's id."""
    moved = json.dumps(values.pop("moved"))
    number = int(session.execute(ADD_MERGE, {"tenant": tenant, "moved": moved, **values}).scalar_one())
    session.execute(SET_MERGED, {"tenant": tenant, "kept": values["kept"], "gone": values["gone"]})
    return number


def find_merge(session: Session, tenant: str, merge: int) -> dict[str, Any] | None:
    """A merge, locked; None if there is none."""
    row = session.execute(FIND_MERGE, {"tenant": tenant, "id": merge}).mappings().first()
    return dict(row) if row else None


def list_merges(session: Session, tenant: str, subject: int) -> list[dict[str, Any]]:
    """Merges that a file was part of, in order."""
    found = session.execute(LIST_MERGES, {"tenant": tenant, "subject": subject})
    return [dict(row) for row in found.mappings()]


def split(session: Session, tenant: str, merge: Mapping[str, Any], actor: str, reason: str) -> None:
    """Undo a merge."""
    session.execute(SPLIT, {"tenant": tenant, "id": merge["id"], "actor": actor, "reason": reason})
    session.execute(UNMERGE, {"tenant": tenant, "gone": merge["gone_id"], "state": merge["state_before"]})

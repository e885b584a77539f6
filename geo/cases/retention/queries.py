"""SQL that finds what has expired, what another duty keeps, and deletes the rest."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

MONTHS = """coalesce(r.look_back_months, d.look_back_months, CAST(:months AS integer))"""
OLD_INCIDENT = f"""
  i.tenant = :tenant AND i.at < (CAST(:today AS date) - make_interval(months => {MONTHS}))::timestamp
                                AT TIME ZONE CAST(:zone AS text)"""
RULES = """
LEFT JOIN ladder_rule r ON r.tenant = i.tenant AND r.code_system = i.code_system AND r.code = i.code
LEFT JOIN ladder_rule d ON d.tenant = i.tenant AND d.code_system = '' AND d.code = ''"""
IN_PENALTY = "EXISTS (SELECT FROM penalty p WHERE p.tenant = i.tenant AND p.incident_id = i.id)"
IN_DOCUMENT = "EXISTS (SELECT FROM legal_document l WHERE l.tenant = i.tenant AND l.incident_id = i.id)"
CUT = """(CAST(:today AS date) - make_interval(months => CAST(:months AS integer)))::timestamp
  AT TIME ZONE CAST(:zone AS text)"""

OLD_DOCUMENT = f"l.tenant = :tenant AND coalesce(l.issued_at, l.made_at) < {CUT}"
ENDED = "l.state IN ('corrected', 'returned', 'disposed', 'filed', 'void')"
FORMAL_KINDS = "('on_the_spot', 'keep_evidence', 'seize')"
"""当场处罚, 先行登记保存, 扣押: what went out of them follows archive retention, as the file of a penalty does."""

ARCHIVED = f"({{0}}.penalty_id IS NOT NULL OR {{0}}.number IS NOT NULL AND {{0}}.kind IN {FORMAL_KINDS})"
DOCUMENT_IN_PENALTY = f"""({ARCHIVED.format("l")}
  OR EXISTS (SELECT FROM penalty p WHERE p.tenant = l.tenant AND p.incident_id = l.incident_id)
  OR EXISTS (SELECT FROM legal_document a
              WHERE a.tenant = l.tenant AND a.id = l.about_id AND {ARCHIVED.format("a")}))"""
CITED = f"""EXISTS (
  SELECT FROM legal_document c WHERE c.tenant = l.tenant AND c.about_id = l.id AND {ARCHIVED.format("c")})"""
FREE_DOCUMENT = f"{OLD_DOCUMENT} AND {ENDED} AND NOT {DOCUMENT_IN_PENALTY} AND NOT {CITED}"

EMPTY_SUBJECT = f"""
  s.tenant = :tenant AND s.made_at < {CUT}
  AND NOT EXISTS (SELECT FROM ladder_incident i WHERE i.tenant = s.tenant AND i.subject_id = s.id)
  AND NOT EXISTS (SELECT FROM legal_document l WHERE l.tenant = s.tenant AND l.subject_id = s.id)
  AND NOT EXISTS (SELECT FROM penalty p WHERE p.tenant = s.tenant AND p.subject_id = s.id)"""
FREE_SUBJECT = f"""{EMPTY_SUBJECT}
  AND (s.merged_into_id IS NULL OR s.merged_into_id IN (SELECT s.id FROM subject s WHERE {EMPTY_SUBJECT}))
  AND NOT EXISTS (SELECT FROM subject m WHERE m.tenant = s.tenant AND m.merged_into_id = s.id
                  AND m.id NOT IN (SELECT s.id FROM subject s WHERE {EMPTY_SUBJECT}))"""

HEAD_ENDED = """h.state IN ('closed', 'referred', 'void') AND coalesce(h.closed_at, (
  SELECT max(s.at) FROM step_log s WHERE s.tenant = h.tenant AND s.workflow = 'complaint' AND s.row_id = h.id),
  h.received_at) < """
CALLER_CUT = CUT.replace(":months", ":caller_months")
CALLER_OF = f"""
  k.tenant = :tenant AND (k.sealed IS NOT NULL OR k.caller_hash IS NOT NULL) AND c.tenant = k.tenant
  AND c.id = k.complaint_id AND EXISTS (
    SELECT FROM complaint h WHERE h.tenant = c.tenant AND h.id = coalesce(c.merged_into, c.id)
       AND {HEAD_ENDED}{CALLER_CUT})"""
"""Of complaints answered so long ago; of one that was merged, the one it is handled with says when."""

DELETE: Final = {
    "complaint_caller": text(f"""
UPDATE complaint_caller k SET sealed = NULL, caller_hash = NULL FROM complaint c WHERE {CALLER_OF}
RETURNING c.uid::text"""),
    "legal_document": text(f"DELETE FROM legal_document l WHERE {FREE_DOCUMENT} RETURNING l.uid::text"),
    "ladder_incident": text(f"""
DELETE FROM ladder_incident g USING (
  SELECT i.id FROM ladder_incident i {RULES} WHERE {OLD_INCIDENT} AND NOT {IN_PENALTY} AND NOT {IN_DOCUMENT}) x
WHERE g.tenant = :tenant AND g.id = x.id RETURNING g.uid::text"""),
    "subject": text(f"""
DELETE FROM subject g USING (SELECT s.id FROM subject s WHERE {FREE_SUBJECT}) x
WHERE g.tenant = :tenant AND g.id = x.id RETURNING g.uid::text"""),
}
LEFT: Final = {
    "complaint_caller": text(f"SELECT count(*) FROM complaint_caller k, complaint c WHERE {CALLER_OF}"),
    "legal_document": text(f"SELECT count(*) FROM legal_document l WHERE {FREE_DOCUMENT}"),
    "ladder_incident": text(f"""
SELECT count(*) FROM ladder_incident i {RULES} WHERE {OLD_INCIDENT} AND NOT {IN_PENALTY} AND NOT {IN_DOCUMENT}"""),
    "subject": text(f"SELECT count(*) FROM subject s WHERE {FREE_SUBJECT}"),
}
KEPT: Final[dict[str, dict[str, TextClause]]] = {
    "legal_document": {
        "open": text(f"SELECT count(*) FROM legal_document l WHERE {OLD_DOCUMENT} AND NOT {ENDED}"),
        "penalty": text(
            f"SELECT count(*) FROM legal_document l WHERE {OLD_DOCUMENT} AND {ENDED}"
            f" AND ({DOCUMENT_IN_PENALTY} OR {CITED})"
        ),
    },
    "ladder_incident": {
        "penalty": text(f"SELECT count(*) FROM ladder_incident i {RULES} WHERE {OLD_INCIDENT} AND {IN_PENALTY}"),
        "document": text(
            f"SELECT count(*) FROM ladder_incident i {RULES} WHERE {OLD_INCIDENT}"
            f" AND {IN_DOCUMENT} AND NOT {IN_PENALTY}"
        ),
    },
    "subject": {},
    "complaint_caller": {
        "open": text(f"""
SELECT count(*) FROM complaint_caller k JOIN complaint c ON c.tenant = k.tenant AND c.id = k.complaint_id
WHERE k.tenant = :tenant AND k.sealed IS NOT NULL AND c.received_at < {CALLER_CUT}"""),
    },
}
ORDER: Final = ("legal_document", "ladder_incident", "subject", "complaint_caller")
"""Documents keep incidents, and both keep subjects. Of callers the row stays, emptied of who it was."""

PROOF = text("""
INSERT INTO deletion_proof (tenant, what, before_on, gone, left_over, ids_sha256, kept_for, actor)
VALUES (:tenant, :what, :before_on, :gone, :left_over, :digest, CAST(:kept AS jsonb), :actor) RETURNING id""")
PROOFS = text("""
SELECT id, what, before_on, gone, left_over, ids_sha256, kept_for, at, actor FROM deletion_proof
WHERE tenant = :tenant ORDER BY id DESC LIMIT :most""")


def delete_expired(session: Session, what: str, facts: Mapping[str, Any]) -> list[str]:
    """Delete expired rows of a table that nothing else keeps; their uids in order."""
    return sorted(str(uid) for (uid,) in session.execute(DELETE[what], dict(facts)))


def count_left(session: Session, what: str, facts: Mapping[str, Any]) -> int:
    """Expired rows that ought to be gone and are there."""
    return int(session.execute(LEFT[what], dict(facts)).scalar_one())


def count_kept(session: Session, what: str, facts: Mapping[str, Any]) -> dict[str, int]:
    """Expired rows that another duty keeps, by reason; reasons without any are left out."""
    found = {why: int(session.execute(query, dict(facts)).scalar_one()) for why, query in KEPT[what].items()}
    return {why: count for why, count in found.items() if count}


def add_proof(
    session: Session, tenant: str, what: str, before_on: dt.date, uids: list[str], digest: str, left: int,
    kept: Mapping[str, int], actor: str,
) -> int:  # fmt: skip
    """Write what was deleted."""
    facts = {"what": what, "before_on": before_on, "gone": len(uids), "left_over": left, "digest": digest}
    more = {"tenant": tenant, "kept": json.dumps(dict(kept)), "actor": actor}
    return int(session.execute(PROOF, {**facts, **more}).scalar_one())


def list_proofs(session: Session, tenant: str, most: int = 200) -> list[dict[str, Any]]:
    """What was deleted, the newest first."""
    return [dict(row) for row in session.execute(PROOFS, {"tenant": tenant, "most": most}).mappings()]

"""SQL of penalty cases, their reviews, checklists and referrals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

HEAD = """p.id, p.uid, p.number, p.state, p.subject_id, p.item_id, i.code AS item, i.article, p.body_id, b.code AS body,
  p.incident_id, p.problem_id, p.district_code, p.code_system, p.code, p.party, p.gravity, p.amount_yuan, p.decision,
  p.exemption_answer, p.filed_at, p.due_on, p.decided_at, p.archive_term, p.archived_on, s.mask AS subject"""
FROM = """penalty p JOIN power_item i ON i.tenant = p.tenant AND i.id = p.item_id
JOIN enforcement_body b ON b.tenant = p.tenant AND b.id = p.body_id
JOIN subject s ON s.tenant = p.tenant AND s.id = p.subject_id"""
IN_AREA = "(CAST(:area AS text[]) IS NULL OR p.district_code = ANY(:area))"
INSERT = text("""
INSERT INTO penalty (tenant, uid, number, subject_id, item_id, body_id, incident_id, problem_id, district_code,
                     code_system, code, party, gravity, exemption_answer, made_by)
VALUES (:tenant, :uid, :number, :subject, :item, :body, :incident, :problem, :district, :code_system, :code, :party,
        :gravity, :answer, :actor)
ON CONFLICT (tenant, uid) DO NOTHING RETURNING id""")
BY_UID = text("SELECT id FROM penalty WHERE tenant = :tenant AND uid = :uid")
NUMBER_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
COUNT_NUMBERS = text("SELECT count(*) FROM penalty WHERE tenant = :tenant AND starts_with(number, :prefix)")
FIND = text(f"SELECT {HEAD} FROM {FROM} WHERE p.tenant = :tenant AND p.id = :id AND {IN_AREA}")
LOCK = text("SELECT id FROM penalty WHERE tenant = :tenant AND id = :id FOR UPDATE")
LIST = text(f"""
SELECT {HEAD} FROM {FROM} WHERE p.tenant = :tenant AND {IN_AREA}
  AND (CAST(:state AS text) IS NULL OR p.state = :state) AND (CAST(:before AS bigint) IS NULL OR p.id < :before)
ORDER BY p.id DESC LIMIT :most""")
SET_STATE = text("""
UPDATE penalty SET state = :state, gravity = coalesce(:gravity, gravity), amount_yuan = coalesce(:amount, amount_yuan),
  decision = coalesce(:decision, decision), decided_at = coalesce(:decided_at, decided_at),
  filed_at = coalesce(:filed_at, filed_at), due_on = coalesce(:due_on, due_on),
  archive_term = coalesce(:archive_term, archive_term), archived_on = coalesce(:archived_on, archived_on)
WHERE tenant = :tenant AND id = :id""")
INCIDENT_AT = text("SELECT at FROM ladder_incident WHERE tenant = :tenant AND id = :id")
HANDLERS = text("""
SELECT DISTINCT x.staff FROM formal_act f, unnest(ARRAY[f.first_staff_id, f.second_staff_id]) AS x(staff)
WHERE f.tenant = :tenant AND x.staff IS NOT NULL
  AND ((f.about = 'penalty' AND f.row_id = :id) OR (f.about = 'ladder' AND f.row_id = :incident))""")
TIMELINE = text("""
SELECT x.what, x.at, x.said, x.reference FROM (
  SELECT 'incident' AS what, i.at, i.code AS said, i.uid::text AS reference FROM ladder_incident i
   WHERE i.tenant = :tenant AND i.id = :incident
  UNION ALL
  SELECT 'picture', e.taken_at, e.kind, e.sha256 FROM evidence e
   WHERE e.tenant = :tenant AND e.workflow = 'problem' AND e.row_id = :problem
  UNION ALL
  SELECT d.what, d.at, l.kind, l.number FROM legal_document l
    CROSS JOIN LATERAL (VALUES ('document', l.issued_at), ('served', l.served_at)) AS d (what, at)
   WHERE l.tenant = :tenant AND (l.penalty_id = :id OR l.incident_id = :incident) AND d.at IS NOT NULL
  UNION ALL
  SELECT 'signed', f.second_at, f.step, f.first_account || ', ' || f.second_account FROM formal_act f
   WHERE f.tenant = :tenant AND f.second_at IS NOT NULL
     AND ((f.about = 'penalty' AND f.row_id = :id) OR (f.about = 'ladder' AND f.row_id = :incident))
  UNION ALL
  SELECT 'step', s.at, s.step, s.actor FROM step_log s
   WHERE s.tenant = :tenant AND s.workflow = 'penalty' AND s.row_id = :id
  UNION ALL
  SELECT 'review', r.at, r.kind, r.actor FROM penalty_review r WHERE r.tenant = :tenant AND r.penalty_id = :id
  UNION ALL
  SELECT 'check', c.at, c.item, c.reference FROM penalty_check c WHERE c.tenant = :tenant AND c.penalty_id = :id) x
 ORDER BY x.at, x.what, x.said, x.reference""")
ADD_REVIEW = text("""
INSERT INTO penalty_review (tenant, penalty_id, kind, staff_id, members, opinion, at, actor)
VALUES (:tenant, :penalty, :kind, :staff, :members, :opinion, :at, :actor)
ON CONFLICT (tenant, penalty_id, kind) DO UPDATE SET staff_id = excluded.staff_id, members = excluded.members,
  opinion = excluded.opinion, at = excluded.at, actor = excluded.actor""")
REVIEWS = text("""
SELECT r.kind, s.code AS staff, r.opinion, r.at,
  ARRAY(SELECT m.code FROM staff m WHERE m.tenant = r.tenant AND m.id = ANY(r.members) ORDER BY m.code) AS members
FROM penalty_review r JOIN staff s ON s.tenant = r.tenant AND s.id = r.staff_id
WHERE r.tenant = :tenant AND r.penalty_id = :id ORDER BY r.at, r.kind""")
CLEAR_REVIEWS = text("DELETE FROM penalty_review WHERE tenant = :tenant AND penalty_id = :id")
ADD_CHECK = text("""
INSERT INTO penalty_check (tenant, penalty_id, item, staff_id, reference, at, actor)
VALUES (:tenant, :penalty, :item, :staff, :reference, :at, :actor)
ON CONFLICT (tenant, penalty_id, item) DO UPDATE SET staff_id = excluded.staff_id, reference = excluded.reference,
  at = excluded.at, actor = excluded.actor""")
CHECKS = text("""
SELECT c.item, s.code AS staff, c.reference, c.at FROM penalty_check c
JOIN staff s ON s.tenant = c.tenant AND s.id = c.staff_id
WHERE c.tenant = :tenant AND c.penalty_id = :id ORDER BY c.at, c.item""")
ADD_REFERRAL = text("""
INSERT INTO referral (tenant, uid, penalty_id, problem_id, receiver, reason, sent_at, reply_due_on, made_by)
VALUES (:tenant, :uid, :penalty, :problem, :receiver, :reason, :at, :due, :actor)
ON CONFLICT (tenant, uid) DO NOTHING RETURNING id""")
REFERRAL_COLUMNS = """r.id, r.uid, r.penalty_id, r.problem_id, r.receiver, r.reason, r.sent_at, r.reply_due_on,
  r.reminders, r.answered_at, r.answer"""
FIND_REFERRAL = text(f"SELECT {REFERRAL_COLUMNS} FROM referral r WHERE r.tenant = :tenant AND r.id = :id FOR UPDATE")
REFERRAL_BY_UID = text("SELECT id FROM referral WHERE tenant = :tenant AND uid = :uid")
REFERRALS = text(f"""
SELECT {REFERRAL_COLUMNS} FROM referral r LEFT JOIN penalty p ON p.tenant = r.tenant AND p.id = r.penalty_id
LEFT JOIN problem_case c ON c.tenant = r.tenant AND c.id = r.problem_id
WHERE r.tenant = :tenant AND (NOT CAST(:overdue AS boolean) OR (r.answered_at IS NULL AND r.reply_due_on < :today))
  AND (CAST(:penalty AS bigint) IS NULL OR r.penalty_id = :penalty)
  AND (CAST(:area AS text[]) IS NULL OR coalesce(p.district_code, c.district_code) = ANY(:area))
ORDER BY r.reply_due_on, r.id""")
REMIND = text("UPDATE referral SET reminders = reminders + 1 WHERE tenant = :tenant AND id = :id RETURNING reminders")
ANSWER = text("""
UPDATE referral SET answered_at = :at, answer = :answer WHERE tenant = :tenant AND id = :id AND answered_at IS NULL""")
DUE = text(f"""
SELECT p.id, p.number, p.state, p.district_code, p.due_on, p.decided_at,
  EXISTS (SELECT FROM penalty_check c WHERE c.tenant = p.tenant AND c.penalty_id = p.id AND c.item = 'published')
    AS published
FROM penalty p WHERE p.tenant = :tenant AND {IN_AREA}
  AND p.state NOT IN ('archived', 'refused', 'revoked', 'transferred')
  AND (p.decided_at IS NOT NULL OR p.due_on IS NOT NULL) ORDER BY p.due_on, p.id""")


def next_number(session: Session, tenant: str, head: str, year: int) -> str:
    """The next number of a body and year; nobody else takes one until the transaction ends."""
    prefix = f"{head}立〔{year}〕"
    session.execute(NUMBER_LOCK, {"name": f"penalty/{tenant}/{prefix}"})
    taken = int(session.execute(COUNT_NUMBERS, {"tenant": tenant, "prefix": prefix}).scalar_one())
    return f"{prefix}{taken + 1:04d}号"


def insert_penalty(session: Session, tenant: str, **values: Any) -> int | None:
    """Add a case; None if there is one of this uid already."""
    return session.execute(INSERT, {"tenant": tenant, **values}).scalar()


def find_by_uid(session: Session, tenant: str, uid: Any) -> int | None:
    """Row of a case by its public id."""
    return session.execute(BY_UID, {"tenant": tenant, "uid": uid}).scalar()


def find_penalty(
    session: Session, tenant: str, penalty: int, area: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """One case; None if there is none in those 片区."""
    facts = {"tenant": tenant, "id": penalty, "area": list(area) if area is not None else None}
    row = session.execute(FIND, facts).mappings().first()
    return dict(row) if row else None


def lock_penalty(session: Session, tenant: str, penalty: int) -> None:
    """Let one at a time move it, until the transaction ends."""
    session.execute(LOCK, {"tenant": tenant, "id": penalty})


def list_penalties(
    session: Session, tenant: str, area: Sequence[str] | None, state: str | None, before: int | None, most: int
) -> list[dict[str, Any]]:
    """Cases, the newest first."""
    facts = {"area": list(area) if area is not None else None, "state": state, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, **facts}).mappings()]


def set_state(session: Session, tenant: str, penalty: int, state: str, **values: Any) -> None:
    """Move a case on; what is not given stays."""
    names = ("gravity", "amount", "decision", "decided_at", "filed_at", "due_on", "archive_term", "archived_on")
    facts = {name: values.get(name) for name in names}
    session.execute(SET_STATE, {"tenant": tenant, "id": penalty, "state": state, **facts})


def find_incident_at(session: Session, tenant: str, incident: int) -> dt.datetime | None:
    """When the violation was."""
    return session.execute(INCIDENT_AT, {"tenant": tenant, "id": incident}).scalar()


def load_handlers(session: Session, tenant: str, penalty: int, incident: int | None) -> set[int]:
    """Rows of the officers who signed anything of a case or of the incident it came from."""
    facts = {"tenant": tenant, "id": penalty, "incident": incident or 0}
    return {int(one) for (one,) in session.execute(HANDLERS, facts)}


def save_review(session: Session, tenant: str, **values: Any) -> None:
    """Write a review; the same kind again replaces it."""
    session.execute(ADD_REVIEW, {"tenant": tenant, **values})


def clear_reviews(session: Session, tenant: str, penalty: int) -> None:
    """Take reviews away: what they looked at is investigated again."""
    session.execute(CLEAR_REVIEWS, {"tenant": tenant, "id": penalty})


def load_timeline(session: Session, tenant: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is on file about a case by time: incident, pictures of its problem, documents, signatures, steps, checks."""
    facts = {"tenant": tenant, "id": row["id"], "incident": row["incident_id"], "problem": row["problem_id"]}
    return [dict(one) for one in session.execute(TIMELINE, facts).mappings()]


def list_reviews(session: Session, tenant: str, penalty: int) -> list[dict[str, Any]]:
    """Reviews of a case in order of time."""
    return [dict(row) for row in session.execute(REVIEWS, {"tenant": tenant, "id": penalty}).mappings()]


def save_check(session: Session, tenant: str, **values: Any) -> None:
    """Tick an item; again replaces it."""
    session.execute(ADD_CHECK, {"tenant": tenant, **values})


def list_checks(session: Session, tenant: str, penalty: int) -> list[dict[str, Any]]:
    """Items ticked, in order of time."""
    return [dict(row) for row in session.execute(CHECKS, {"tenant": tenant, "id": penalty}).mappings()]


def insert_referral(session: Session, tenant: str, **values: Any) -> int | None:
    """Add a referral; None if there is one of this uid already."""
    return session.execute(ADD_REFERRAL, {"tenant": tenant, **values}).scalar()


def find_referral_by_uid(session: Session, tenant: str, uid: Any) -> int | None:
    """Row of a referral by its public id."""
    return session.execute(REFERRAL_BY_UID, {"tenant": tenant, "uid": uid}).scalar()


def find_referral(session: Session, tenant: str, referral: int) -> dict[str, Any] | None:
    """A referral, locked; None if there is none."""
    row = session.execute(FIND_REFERRAL, {"tenant": tenant, "id": referral}).mappings().first()
    return dict(row) if row else None


def list_referrals(
    session: Session, tenant: str, today: dt.date, *, area: Sequence[str] | None = None, overdue: bool = False,
    penalty: int | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Referrals by the day an answer is due; only overdue ones, or those of one case."""
    facts = {"today": today, "overdue": overdue, "penalty": penalty, "area": list(area) if area is not None else None}
    return [dict(row) for row in session.execute(REFERRALS, {"tenant": tenant, **facts}).mappings()]


def remind(session: Session, tenant: str, referral: int) -> int:
    """Count a reminder; how many there are now."""
    return int(session.execute(REMIND, {"tenant": tenant, "id": referral}).scalar_one())


def answer(session: Session, tenant: str, referral: int, at: dt.datetime, said: str) -> bool:
    """Write an answer; whether there was none before."""
    done = session.execute(ANSWER, {"tenant": tenant, "id": referral, "at": at, "answer": said})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def load_due(session: Session, tenant: str, area: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Open cases with the day to decide, and decided ones with whether they are published."""
    facts = {"tenant": tenant, "area": list(area) if area is not None else None}
    return [dict(row) for row in session.execute(DUE, facts).mappings()]

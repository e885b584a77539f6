"""SQL of formal acts: who is on shift in which team at a moment, and the signatures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.formal.pair import Officer, Watch

STAFF = text("""
SELECT id, code, kind = 'regular', active, licence_from_on, licence_to_on, org_unit_id FROM staff
WHERE tenant = :tenant AND code = :code""")

WATCHES = text("""
SELECT d.on_date, d.shift_code, p.id IS NOT NULL,
  (SELECT t.code FROM plan_member m
     JOIN plan_team t ON t.tenant = m.tenant AND t.id = m.team_id
    WHERE m.tenant = d.tenant AND m.plan_id = p.id AND m.staff_id = d.staff_id)
FROM duty d
JOIN county c ON c.tenant = d.tenant
JOIN shift_kind k ON k.tenant = d.tenant AND k.code = d.shift_code
LEFT JOIN LATERAL (
  SELECT s.id FROM shift_plan s
   WHERE s.tenant = d.tenant AND s.on_date = d.on_date AND s.shift_code = d.shift_code AND s.status = 'published'
   ORDER BY s.version DESC LIMIT 1) p ON true
WHERE d.tenant = :tenant AND d.staff_id = :staff
  AND d.on_date BETWEEN CAST(:on AS date) - 1 AND CAST(:on AS date)
  AND :at >= (d.on_date + k.start_time) AT TIME ZONE c.time_zone
  AND :at < (d.on_date + k.end_time + CASE WHEN k.end_time <= k.start_time THEN interval '1 day'
                                           ELSE interval '0' END) AT TIME ZONE c.time_zone
ORDER BY d.on_date, d.shift_code""")

COLUMNS = """id, step, at, on_date, shift_code, team, item_id, body_id, content_sha256, first_staff_id, first_account,
  first_at, second_staff_id, second_account, second_at"""
FIND = text(f"""
SELECT {COLUMNS} FROM formal_act
WHERE tenant = :tenant AND about = :about AND row_id = :row AND step = :step AND second_at IS NULL FOR UPDATE""")
LIST = text(f"""
SELECT {COLUMNS} FROM formal_act WHERE tenant = :tenant AND about = :about AND row_id = :row ORDER BY id""")
OPEN = text("""
INSERT INTO formal_act (tenant, about, row_id, step, at, on_date, shift_code, team, item_id, body_id, content_sha256,
                        first_staff_id, first_account)
VALUES (:tenant, :about, :row, :step, :at, :on_date, :shift_code, :team, :item_id, :body_id, :digest, :staff, :account)
RETURNING id""")
AGAIN = text("""
UPDATE formal_act SET at = :at, on_date = :on_date, shift_code = :shift_code, team = :team, item_id = :item_id,
  body_id = :body_id, content_sha256 = :digest, first_at = now()
WHERE tenant = :tenant AND id = :id""")
COMPLETE = text("""
UPDATE formal_act SET on_date = :on_date, shift_code = :shift_code, team = :team, second_staff_id = :staff,
  second_account = :account, second_at = now() WHERE tenant = :tenant AND id = :id""")
CODE = text("SELECT code FROM staff WHERE tenant = :tenant AND id = :id")
LINKED = {
    "incident_id": "ladder_incident",
    "penalty_id": "penalty",
    "problem_id": "problem_case",
    "about_id": "legal_document",
}
EXISTS = {
    name: text(f"SELECT EXISTS (SELECT FROM {table} WHERE tenant = :tenant AND id = :id)")
    for name, table in LINKED.items()
}
"""Fields by which rows of the law name each other."""

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def load_officer(session: Session, tenant: str, code: str, at: dt.datetime, on: dt.date) -> Officer | None:
    """Somebody by staff number with the shifts that cover a moment; None if there is nobody.

    Where the shift has a published plan the team is that of the plan; where it has none it is the squad.
    """
    row = session.execute(STAFF, {"tenant": tenant, "code": code}).first()
    if row is None:
        return None
    number, _, regular, active, since, until, unit = row
    squad = f"unit {unit}" if unit is not None else None
    watches = [
        Watch(day, shift, team if planned else squad)
        for day, shift, planned, team in session.execute(
            WATCHES, {"tenant": tenant, "staff": number, "at": at, "on": on}
        )
    ]
    return Officer(number, code, regular, active, since, until, tuple(watches))


def lock_step(session: Session, tenant: str, about: str, row: int, step: str) -> None:
    """Let one at a time sign a step, until the transaction ends."""
    session.execute(LOCK, {"name": f"formal/{tenant}/{about}/{row}/{step}"})


def find_waiting(session: Session, tenant: str, about: str, row: int, step: str) -> dict[str, Any] | None:
    """The act that one has signed and the partner has not; None if there is none."""
    found = session.execute(FIND, {"tenant": tenant, "about": about, "row": row, "step": step}).mappings().first()
    return dict(found) if found else None


def list_acts(session: Session, tenant: str, about: str, row: int) -> list[dict[str, Any]]:
    """Every act about a row, in order."""
    found = session.execute(LIST, {"tenant": tenant, "about": about, "row": row})
    return [dict(one) for one in found.mappings()]


def open_act(session: Session, tenant: str, **facts: Any) -> int:
    """Write the first signature; returns the act's id."""
    return int(session.execute(OPEN, {"tenant": tenant, **facts}).scalar_one())


def sign_again(session: Session, tenant: str, act: int, **facts: Any) -> None:
    """Write the first signature anew, over what its owner says now."""
    session.execute(AGAIN, {"tenant": tenant, "id": act, **facts})


def complete_act(session: Session, tenant: str, act: int, **facts: Any) -> None:
    """Write the partner's signature."""
    session.execute(COMPLETE, {"tenant": tenant, "id": act, **facts})


def find_staff_code(session: Session, tenant: str, staff_id: int) -> str:
    """Staff number of somebody on file."""
    return str(session.execute(CODE, {"tenant": tenant, "id": staff_id}).scalar_one())


def row_exists(session: Session, tenant: str, field: str, number: int) -> bool:
    """Whether there is a row that a field of :data:`EXISTS` may name."""
    return bool(session.execute(EXISTS[field], {"tenant": tenant, "id": number}).scalar_one())

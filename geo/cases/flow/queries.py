"""SQL of problems: where they are, who answers, rows in and out."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.tables.cases import OPEN_PROBLEM_STATES, PROBLEM_STATES

OPEN = ", ".join(f"'{state}'" for state in OPEN_PROBLEM_STATES)
ADD_EVENT = text("""
WITH new AS (
  INSERT INTO event (tenant, uid, source, source_key, code, code_system, origin, occurred_at, found_at, quantity, unit,
                     geom)
  VALUES (:tenant, :uid, 'problem', :key, :code, :code_system, :origin, :found_at, :found_at, :quantity, :unit,
          ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
  RETURNING id, received_at),
noted AS (
  INSERT INTO receipt (tenant, uid, kind, row_id, received_at)
  SELECT :tenant, :uid, 'event', id, received_at FROM new)
SELECT id, received_at FROM new""")
FIND_EVENT = text("""
SELECT e.id, e.received_at, e.uid, e.code, e.code_system, e.occurred_at, e.found_at, e.quantity, e.unit,
       ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat,
       (SELECT p.number FROM problem_case p WHERE p.tenant = :tenant AND p.event_uid = e.uid) AS problem
  FROM receipt r JOIN event e ON e.tenant = :tenant AND e.id = r.row_id AND e.received_at = r.received_at
 WHERE r.tenant = :tenant AND r.uid = :uid AND r.kind = 'event'""")
LOOSE_EVENTS = text("""
SELECT e.uid, e.code, nullif(e.code_system, 'local') AS code_system, e.origin, e.occurred_at, e.found_at, e.quantity,
       e.unit
  FROM event e
 WHERE e.tenant = :tenant AND e.closed_at IS NULL AND e.duplicate_of IS NULL AND e.occurred_at <= now()
   AND NOT EXISTS (SELECT FROM problem_case p WHERE p.tenant = :tenant AND p.event_uid = e.uid)
 ORDER BY e.occurred_at DESC, e.id DESC LIMIT :most""")
HAS_OPENED = text("""
SELECT EXISTS (SELECT FROM step_log WHERE tenant = :tenant AND workflow = 'problem' AND n = 1 AND actor = :actor)""")
CLOSE_EVENT = text("""
UPDATE event SET closed_at = :at, updated_at = now()
 WHERE tenant = :tenant AND id = :id AND received_at = :received_at""")
REPEAT_EVENT = text("""
UPDATE event SET duplicate_of = :of, updated_at = now()
 WHERE tenant = :tenant AND id = :id AND received_at = :received_at""")
EVENT_KEY = text("""
SELECT source_key FROM event WHERE tenant = :tenant AND id = :id AND received_at = :received_at""")

ADD = text("""
INSERT INTO problem_case (tenant, uid, number, event_uid, event_id, event_received_at, code,
    code_system, code_version, grade, state, origin, district_code, town, road, regime, quantity, unit, found_at,
    due_at, place, description, ordered_due_at, owner_unit_id, staff_id, made_by, geom)
VALUES (:tenant, :uid, :key, :event_uid, :event_id, :event_received_at, :code, :code_system,
    :code_version, :grade, :state, :origin, :district_code, :town, :road, :regime, :quantity, :unit, :found_at, now(),
    :place, :description, :ordered_due_at, NULL, :staff_id, :actor, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
RETURNING id""")
NUMBER = text("""
UPDATE problem_case SET number = :day || '-' || lpad(id::text, 6, '0') WHERE tenant = :tenant AND id = :id""")

COLUMNS = """p.id, p.uid, p.number, p.code, p.code_system, p.code_version, p.grade, p.state, p.origin, p.district_code,
  p.town, p.road, p.regime, p.quantity, p.unit, p.found_at, p.registered_at, p.dispatched_at, p.handled_at, p.closed_at,
  p.due_at, p.handle_due_at, p.warn_at, p.place, p.description, p.ordered_due_at, p.owner_unit_id, p.handler_id,
  p.staff_id, p.merged_into, p.event_id, p.event_uid, p.event_received_at, p.made_by, p.made_at,
  ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat"""
NAMES = f"""
SELECT {COLUMNS}, u.code AS unit_code, u.name AS unit_name, s.code AS staff_code, s.name AS staff_name,
       m.uid AS merged_into_uid, c.zh AS code_zh, c.en AS code_en
  FROM problem_case p
  LEFT JOIN org_unit u ON u.tenant = p.tenant AND u.id = p.owner_unit_id
  LEFT JOIN staff s ON s.tenant = p.tenant AND s.id = p.staff_id
  LEFT JOIN problem_case m ON m.tenant = p.tenant AND m.id = p.merged_into
  LEFT JOIN case_code c ON c.tenant = p.tenant AND c.code_system = p.code_system AND c.code = p.code
 WHERE p.tenant = :tenant AND """
FIND = text(NAMES + "p.uid = :uid")
FIND_BY_ID = text(NAMES + "p.id = :id")
LOCK_ROWS = text(f"""
SELECT {COLUMNS} FROM problem_case p WHERE p.tenant = :tenant AND p.id = ANY(CAST(:ids AS bigint[]))
 ORDER BY p.id FOR UPDATE""")
FILTERS = """(CAST(:area AS text[]) IS NULL OR p.district_code = ANY(CAST(:area AS text[])))
   AND (CAST(:states AS text[]) IS NULL OR p.state = ANY(CAST(:states AS text[])))
   AND (CAST(:district AS text) IS NULL OR p.district_code = :district)
   AND (CAST(:staff AS text) IS NULL OR s.code = :staff)
   AND (CAST(:before AS bigint) IS NULL OR p.id < :before)"""
LAST = " ORDER BY p.id DESC LIMIT :most"
LISTS = {
    "all": text(f"{NAMES}{FILTERS}{LAST}"),
    # The states stand in the text: few of a county's problems are open, and an index of those alone is walked.
    "open": text(f"{NAMES}{FILTERS} AND p.state IN ({OPEN}){LAST}"),
    "overdue": text(f"{NAMES}{FILTERS} AND p.state IN ({OPEN}) AND p.due_at < now(){LAST}"),
    # Each state too: a rare one is found by the index over states, a common one by walking back from the newest.
    **{state: text(f"{NAMES}{FILTERS} AND p.state = '{state}'{LAST}") for state in PROBLEM_STATES},
}

SHOW = text("""
INSERT INTO open_problem (tenant, source, source_key, number, code, stage, district_code, found_at, due_at, geom)
SELECT tenant, 'problem', uid::text, number, code, :stage, district_code, found_at, due_at, geom
  FROM problem_case WHERE tenant = :tenant AND id = :id
ON CONFLICT (tenant, source, source_key) DO UPDATE SET stage = excluded.stage, due_at = excluded.due_at,
  code = excluded.code, updated_at = now()
RETURNING id, (xmax = 0) AS added""")
HIDE = text("""
DELETE FROM open_problem o USING problem_case p
 WHERE p.tenant = :tenant AND p.id = :id AND o.tenant = :tenant AND o.source = 'problem'
   AND o.source_key = p.uid::text
RETURNING o.id""")
ADD_DECISION = text("""
INSERT INTO owner_decision (tenant, problem_id, kind, held_on, bodies, decision, org_unit_id, made_by)
VALUES (:tenant, :problem_id, :kind, :held_on, CAST(:bodies AS jsonb), :decision, :org_unit_id, :made_by)""")
DECISIONS = text("""
SELECT d.kind, d.held_on, d.bodies, d.decision, u.code AS unit, d.made_by, d.made_at
  FROM owner_decision d JOIN org_unit u ON u.tenant = d.tenant AND u.id = d.org_unit_id
 WHERE d.tenant = :tenant AND d.problem_id = :id ORDER BY d.id""")
LAST_MERGE = text("""
SELECT from_state FROM step_log
 WHERE tenant = :tenant AND workflow = 'problem' AND row_id = :id AND step = 'merge' ORDER BY n DESC LIMIT 1""")
HANDLING = text("""
SELECT (SELECT facts -> 'limit' ->> 'unit' FROM step_log WHERE tenant = :tenant AND workflow = 'problem'
           AND row_id = :id AND step IN ('dispatch', 'settle') ORDER BY n DESC LIMIT 1) AS unit,
       (SELECT CAST(facts ->> 'asked' AS integer) FROM step_log WHERE tenant = :tenant AND workflow = 'problem'
           AND row_id = :id AND step = 'ask_extension' ORDER BY n DESC LIMIT 1) AS asked""")
PHOTOS = text("""
SELECT kind, sha256 FROM evidence
 WHERE tenant = :tenant AND workflow = 'problem' AND row_id = :id AND kind IN ('before', 'after')""")


def add_event(session: Session, values: Mapping[str, Any]) -> tuple[int, dt.datetime]:
    """Write what was seen, with its receipt."""
    row = session.execute(ADD_EVENT, dict(values)).one()
    return row[0], row[1]


def find_event(session: Session, tenant: str, uid: uuid.UUID) -> dict[str, Any] | None:
    """An event by its uid, with the number of the problem that is about it already."""
    row = session.execute(FIND_EVENT, {"tenant": tenant, "uid": uid}).mappings().first()
    return None if row is None else dict(row)


def list_loose_events(session: Session, tenant: str, most: int) -> list[dict[str, Any]]:
    """Open events that no problem is about, the newest first."""
    return [dict(row) for row in session.execute(LOOSE_EVENTS, {"tenant": tenant, "most": most}).mappings()]


def has_opened(session: Session, tenant: str, actor: str) -> bool:
    """Whether somebody has opened any problem."""
    return bool(session.execute(HAS_OPENED, {"tenant": tenant, "actor": actor}).scalar_one())


def close_event(session: Session, tenant: str, problem: Mapping[str, Any], at: dt.datetime) -> None:
    """Say of the event when it was put right, so that a later one at the same place is a return."""
    session.execute(CLOSE_EVENT, {**_event_of(problem), "tenant": tenant, "at": at})


def mark_repeat(session: Session, tenant: str, problem: Mapping[str, Any], of: str | None) -> None:
    """Say that the event repeats another and does not count, or that it does."""
    session.execute(REPEAT_EVENT, {**_event_of(problem), "tenant": tenant, "of": of})


def event_key(session: Session, tenant: str, problem: Mapping[str, Any]) -> str:
    """Key of a problem's event in its data set."""
    found: str = session.execute(EVENT_KEY, {**_event_of(problem), "tenant": tenant}).scalar_one()
    return found


def add_problem(session: Session, values: Mapping[str, Any], day: dt.date) -> int:
    """Write a problem; its number is the local day and its id."""
    row_id: int = session.execute(ADD, dict(values)).scalar_one()
    session.execute(NUMBER, {"tenant": values["tenant"], "id": row_id, "day": f"{day:%Y%m%d}"})
    return row_id


def find_problem(
    session: Session, tenant: str, *, uid: uuid.UUID | None = None, row_id: int | None = None
) -> dict[str, Any] | None:
    """A problem with the names of who answers for it."""
    statement, key = (FIND, {"uid": uid}) if row_id is None else (FIND_BY_ID, {"id": row_id})
    row = session.execute(statement, {"tenant": tenant, **key}).mappings().first()
    return None if row is None else dict(row)


def lock_problems(session: Session, tenant: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Rows by id, held until the transaction ends; locked in order of id, so that two never wait for each other."""
    found = session.execute(LOCK_ROWS, {"tenant": tenant, "ids": list(ids)}).mappings()
    return {row["id"]: dict(row) for row in found}


SETTABLE = frozenset(
    {"state", "grade", "registered_at", "dispatched_at", "handled_at", "closed_at", "owner_unit_id", "handler_id"}
    | {"staff_id", "merged_into", "due_at", "warn_at", "code", "code_system", "code_version"}
)


def set_problem(session: Session, tenant: str, row_id: int, values: Mapping[str, Any]) -> None:
    """Write what a step changes."""
    assert set(values) <= SETTABLE
    pairs = ", ".join(f"{name} = :{name}" for name in values)
    statement = text(f"UPDATE problem_case SET {pairs} WHERE tenant = :tenant AND id = :id")
    session.execute(statement, {**values, "tenant": tenant, "id": row_id})


def show_on_map(session: Session, tenant: str, row_id: int, stage: str) -> tuple[int, int]:
    """Draw a problem at a stage; the id of what is drawn, and 1 if it is new on the map."""
    shown = session.execute(SHOW, {"tenant": tenant, "id": row_id, "stage": stage}).one()
    return shown[0], int(shown[1])


def take_off_map(session: Session, tenant: str, row_id: int) -> tuple[int | None, int]:
    """Draw it no more; the id of what was drawn, and -1 if it was."""
    gone = session.execute(HIDE, {"tenant": tenant, "id": row_id}).scalar()
    return gone, -int(gone is not None)


def list_problems(
    session: Session,
    tenant: str,
    *,
    area: Sequence[str] | None = None,
    states: Sequence[str] | None = None,
    only_open: bool = False,
    district: str | None = None,
    staff: str | None = None,
    overdue: bool = False,
    before: int | None = None,
    most: int = 100,
) -> list[dict[str, Any]]:
    """Problems, the newest first, of the 片区 in ``area`` (None is everywhere)."""
    facts = {
        "tenant": tenant, "area": None if area is None else list(area), "states": states and list(states),
        "district": district, "staff": staff, "before": before, "most": most,
    }  # fmt: skip
    which = "overdue" if overdue else "open" if only_open else "all"
    if which == "all" and states is not None and len(states) == 1:
        which = states[0]
    return [dict(row) for row in session.execute(LISTS[which], facts).mappings()]


def add_decision(session: Session, tenant: str, values: Mapping[str, Any]) -> None:
    """Write the record of a meeting."""
    session.execute(ADD_DECISION, {**values, "tenant": tenant, "bodies": json.dumps(values["bodies"])})


def list_decisions(session: Session, tenant: str, row_id: int) -> list[dict[str, Any]]:
    """Meetings about a problem, the first first."""
    return [dict(row) for row in session.execute(DECISIONS, {"tenant": tenant, "id": row_id}).mappings()]


def find_state_before_merge(session: Session, tenant: str, row_id: int) -> str | None:
    """Where a problem was when it was merged last."""
    found: str | None = session.execute(LAST_MERGE, {"tenant": tenant, "id": row_id}).scalar()
    return found


def find_handling(session: Session, tenant: str, row_id: int) -> dict[str, Any]:
    """``unit`` of the limit a problem is handled under now, and ``asked``, the extension asked for last."""
    return dict(session.execute(HANDLING, {"tenant": tenant, "id": row_id}).mappings().one())


def photo_hashes(session: Session, tenant: str, row_id: int) -> list[tuple[str, str]]:
    """Kind and SHA-256 of pictures before and after."""
    return [(row[0], row[1]) for row in session.execute(PHOTOS, {"tenant": tenant, "id": row_id})]


def _event_of(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": problem["event_id"], "received_at": problem["event_received_at"]}

"""SQL of rosters: what they are made from, proposals in and out, duties written, and the daily log."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.patrol.people.rules import Duty
from geo.patrol.problem import Person

PEOPLE = text("""
SELECT id, code, kind, licence_from_on, licence_to_on, org_unit_id FROM staff
WHERE tenant = :tenant AND active ORDER BY code""")

SHIFTS = text("SELECT code, start_time, end_time FROM shift_kind WHERE tenant = :tenant ORDER BY start_time, code")

NEEDS = text("""
SELECT DISTINCT ON (shift_code, day_kind)
  shift_code, day_kind, people, licensed, regular, leader, takes_rest, valid_from_on, set_by
FROM shift_need WHERE tenant = :tenant AND valid_from_on <= :on ORDER BY shift_code, day_kind, valid_from_on DESC""")

SET_NEED = text("""
INSERT INTO shift_need (tenant, shift_code, day_kind, valid_from_on, people, licensed, regular, leader, takes_rest,
                        set_by)
VALUES (:tenant, :shift, :day_kind, :valid_from_on, :people, :licensed, :regular, :leader, :takes_rest, :set_by)
ON CONFLICT (tenant, shift_code, day_kind, valid_from_on) DO UPDATE SET people = excluded.people,
  licensed = excluded.licensed, regular = excluded.regular, leader = excluded.leader, takes_rest = excluded.takes_rest,
  set_by = excluded.set_by""")

SET_RULES = text("""
INSERT INTO rest_rule (tenant, valid_from_on, most_days_running, days_off_week, least_rest_min, night_rest_min,
                       most_day_min, most_week_min, restday_people, pair_gap_days, set_by)
VALUES (:tenant, :valid_from_on, :most_days_running, :days_off_week, :least_rest_min, :night_rest_min, :most_day_min,
        :most_week_min, :restday_people, :pair_gap_days, :set_by)
ON CONFLICT (tenant, valid_from_on) DO UPDATE SET most_days_running = excluded.most_days_running,
  days_off_week = excluded.days_off_week, least_rest_min = excluded.least_rest_min,
  night_rest_min = excluded.night_rest_min, most_day_min = excluded.most_day_min,
  most_week_min = excluded.most_week_min, restday_people = excluded.restday_people,
  pair_gap_days = excluded.pair_gap_days, set_by = excluded.set_by""")

CHANGES = text("""
SELECT valid_from_on FROM rest_rule WHERE tenant = :tenant AND valid_from_on > :on
UNION SELECT valid_from_on FROM shift_need WHERE tenant = :tenant AND valid_from_on > :on ORDER BY 1""")

LEAVE = text("""
SELECT l.staff_id, s.code AS staff, s.name, l.from_on, l.to_on, l.kind
FROM leave l JOIN staff s ON s.tenant = l.tenant AND s.id = l.staff_id
WHERE l.tenant = :tenant AND l.from_on <= :last_on AND l.to_on >= :first_on ORDER BY l.staff_id, l.from_on""")

DUTIES = text("""
SELECT on_date, shift_code, staff_id, role FROM duty
WHERE tenant = :tenant AND on_date BETWEEN :first_on AND :last_on ORDER BY on_date, shift_code, staff_id""")

RULES = text("""
SELECT most_days_running, days_off_week, least_rest_min, night_rest_min, most_day_min, most_week_min, restday_people,
       pair_gap_days, valid_from_on, set_by
FROM rest_rule WHERE tenant = :tenant AND valid_from_on <= :on ORDER BY valid_from_on DESC LIMIT 1""")

SAVE = text("""
INSERT INTO roster_proposal (tenant, first_on, last_on, seed, effort, input_digest, summary, made_by)
VALUES (:tenant, :first_on, :last_on, :seed, :effort, :digest, CAST(:summary AS jsonb), :made_by) RETURNING id""")

ENTRIES = text("""
INSERT INTO roster_entry (tenant, proposal_id, on_date, shift_code, staff_id, role)
SELECT :tenant, :proposal, given.* FROM unnest(CAST(:dates AS date[]), CAST(:shifts AS text[]),
  CAST(:people AS bigint[]), CAST(:roles AS text[])) AS given""")

PROPOSALS = text("""
SELECT id, first_on, last_on, status, seed, effort, summary, made_at, made_by, decided_at, decided_by
FROM roster_proposal WHERE tenant = :tenant AND (CAST(:id AS bigint) IS NULL OR id = :id)
ORDER BY id DESC LIMIT :most""")

ROWS = text("""
SELECT e.on_date, e.shift_code, e.staff_id, s.code AS staff, s.name, e.role
FROM roster_entry e JOIN staff s ON s.tenant = e.tenant AND s.id = e.staff_id
WHERE e.tenant = :tenant AND e.proposal_id = :id ORDER BY e.on_date, e.shift_code, e.role, s.code""")

LOCK = text("""
SELECT status, first_on, last_on FROM roster_proposal WHERE tenant = :tenant AND id = :id FOR UPDATE""")

SUPERSEDE = text("""
UPDATE roster_proposal SET status = 'superseded', decided_at = coalesce(decided_at, now()), decided_by = :actor
WHERE tenant = :tenant AND id <> :id AND status = 'adopted' AND first_on >= :first_on AND last_on <= :last_on""")

DECIDE = text("""
UPDATE roster_proposal SET status = 'adopted', decided_at = now(), decided_by = :actor
WHERE tenant = :tenant AND id = :id""")

CLEAR = text("DELETE FROM duty WHERE tenant = :tenant AND on_date BETWEEN :first_on AND :last_on")

WRITE = text("""
INSERT INTO duty (tenant, on_date, shift_code, staff_id, role)
SELECT tenant, on_date, shift_code, staff_id, role FROM roster_entry
WHERE tenant = :tenant AND proposal_id = :id AND on_date BETWEEN :first_on AND :last_on RETURNING id""")

PLANNED = text("""
SELECT count(*) FROM shift_plan
WHERE tenant = :tenant AND status = 'published' AND on_date BETWEEN :first_on AND :last_on""")

ADD_LEAVE = text("""
INSERT INTO leave (tenant, staff_id, from_on, to_on, kind) VALUES (:tenant, :staff, :from_on, :to_on, :kind)
ON CONFLICT (tenant, staff_id, from_on) DO UPDATE SET to_on = excluded.to_on, kind = excluded.kind""")

DROP_LEAVE = text("""
DELETE FROM leave USING staff s
WHERE leave.tenant = :tenant AND s.tenant = leave.tenant AND s.id = leave.staff_id AND s.code = :staff
  AND leave.from_on = :from_on RETURNING leave.id""")

NAMES = text("""
SELECT id, code, name, kind, active FROM staff WHERE tenant = :tenant ORDER BY kind DESC, code""")

NAME = text("SELECT name FROM staff WHERE tenant = :tenant AND code = :staff")

OWN_DUTIES = text("""
SELECT d.shift_code, k.name AS shift_name, k.start_time, k.end_time, d.role
FROM duty d JOIN staff s ON s.tenant = d.tenant AND s.id = d.staff_id
JOIN shift_kind k ON k.tenant = d.tenant AND k.code = d.shift_code
WHERE d.tenant = :tenant AND s.code = :staff AND d.on_date = :on ORDER BY k.start_time, d.shift_code""")

STAFF = text("SELECT id FROM staff WHERE tenant = :tenant AND code = :code")
VEHICLE = text("SELECT id FROM vehicle WHERE tenant = :tenant AND code = :code")

LOG = text("""
INSERT INTO log_entry (tenant, uid, kind, step, at, on_date, shift_code, staff_id, other_staff_id, vehicle_id,
                       odometer_km, device, minutes, note, corrects_uid, made_by)
VALUES (:tenant, :uid, :kind, :step, :at, :on_date, :shift_code, :staff_id, :other_staff_id, :vehicle_id,
        :odometer_km, :device, :minutes, :note, :corrects_uid, :made_by)
ON CONFLICT (tenant, uid) DO NOTHING RETURNING id""")

KNOWN = text("SELECT id FROM log_entry WHERE tenant = :tenant AND uid = :uid")

LOGGED = text("""
SELECT l.id, l.uid, l.kind, l.step, l.at, l.on_date, l.shift_code, s.code AS staff, o.code AS other_staff,
       v.code AS vehicle, l.odometer_km, l.device, l.minutes, l.note, l.corrects_uid, l.made_by,
       EXISTS (SELECT FROM log_entry c WHERE c.tenant = l.tenant AND c.corrects_uid = l.uid) AS corrected
FROM log_entry l
JOIN staff s ON s.tenant = l.tenant AND s.id = l.staff_id
LEFT JOIN staff o ON o.tenant = l.tenant AND o.id = l.other_staff_id
LEFT JOIN vehicle v ON v.tenant = l.tenant AND v.id = l.vehicle_id
WHERE l.tenant = :tenant AND l.on_date = :on AND (CAST(:kind AS text) IS NULL OR l.kind = :kind)
ORDER BY l.at, l.id""")

PAIRS = text("""
SELECT a.staff_id AS one, b.staff_id AS other, max(p.on_date) AS last_on
FROM plan_member a
JOIN plan_member b ON b.tenant = a.tenant AND b.team_id = a.team_id AND b.staff_id > a.staff_id
JOIN shift_plan p ON p.tenant = a.tenant AND p.id = a.plan_id
WHERE a.tenant = :tenant AND p.status = 'published' AND p.on_date >= :from_on AND p.on_date < :on
GROUP BY 1, 2""")

MUSTERS = text("""
SELECT id, code, name, ST_X(muster) AS lon, ST_Y(muster) AS lat FROM org_unit
WHERE tenant = :tenant AND muster IS NOT NULL ORDER BY code""")

MUSTER = text("UPDATE org_unit SET muster = ST_SetSRID(ST_MakePoint(:lon, :lat), 4490) "
              "WHERE tenant = :tenant AND code = :code RETURNING id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposed roster without its duties."""

    id: int
    first_on: dt.date
    last_on: dt.date
    status: str
    seed: int
    effort: int
    summary: dict[str, Any]
    made_at: dt.datetime
    made_by: str
    decided_at: dt.datetime | None
    decided_by: str | None


def load_people(session: Session, tenant: str) -> list[Person]:
    """Everybody in service, by staff number."""
    return [
        Person(row.id, row.code, row.kind, row.licence_from_on, row.licence_to_on, row.org_unit_id)
        for row in session.execute(PEOPLE, {"tenant": tenant})
    ]


def load_shift_times(session: Session, tenant: str) -> dict[str, tuple[dt.time, dt.time]]:
    """Local start and end of each kind of shift."""
    return {row.code: (row.start_time, row.end_time) for row in session.execute(SHIFTS, {"tenant": tenant})}


def load_needs(session: Session, tenant: str, on: dt.date) -> list[dict[str, Any]]:
    """What the county has said its shifts need on a day, by shift and kind of day."""
    return [dict(row) for row in session.execute(NEEDS, {"tenant": tenant, "on": on}).mappings()]


def load_leave(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> list[dict[str, Any]]:
    """Leave that touches a span, by person and first day: who, from when to when, what kind."""
    found = session.execute(LEAVE, {"tenant": tenant, "first_on": first_on, "last_on": last_on})
    return [dict(row) for row in found.mappings()]


def load_duties(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> list[Duty]:
    """Duties of a span, both days included."""
    found = session.execute(DUTIES, {"tenant": tenant, "first_on": first_on, "last_on": last_on})
    return [Duty(row.on_date, row.shift_code, row.staff_id, row.role) for row in found]


def find_rules(session: Session, tenant: str, on: dt.date) -> dict[str, Any] | None:
    """The rest rules that hold on a day, since when and by whom, or none set."""
    found = session.execute(RULES, {"tenant": tenant, "on": on}).mappings().one_or_none()
    return dict(found) if found is not None else None


def list_changes(session: Session, tenant: str, on: dt.date) -> list[dt.date]:
    """Days after this one from which another rest rule or need holds, in order."""
    return list(session.execute(CHANGES, {"tenant": tenant, "on": on}).scalars())


def save_rules(session: Session, tenant: str, rules: Mapping[str, int], from_on: dt.date, actor: str) -> None:
    """Write rest rules from a day on, in place of those written for the same day."""
    session.execute(SET_RULES, {"tenant": tenant, "valid_from_on": from_on, "set_by": actor, **rules})


def save_need(session: Session, tenant: str, need: Mapping[str, Any], from_on: dt.date, actor: str) -> None:
    """Write what a shift needs from a day on, in place of what was written for the same day."""
    session.execute(SET_NEED, {"tenant": tenant, "valid_from_on": from_on, "set_by": actor, **need})


def insert_proposal(session: Session, tenant: str, facts: Mapping[str, Any], duties: Sequence[Duty]) -> int:
    """Keep a proposed roster; its id."""
    summary = json.dumps(facts["summary"], ensure_ascii=False)
    number = int(session.execute(SAVE, {**facts, "tenant": tenant, "summary": summary}).scalar_one())
    columns: dict[str, list[Any]] = {
        "dates": [duty.on_date for duty in duties],
        "shifts": [duty.shift for duty in duties],
        "people": [duty.person_id for duty in duties],
        "roles": [duty.role for duty in duties],
    }
    session.execute(ENTRIES, {"tenant": tenant, "proposal": number, **columns})
    return number


def list_proposals(session: Session, tenant: str, number: int | None = None, most: int = 50) -> list[ProposalRow]:
    """Proposed rosters, the newest first."""
    found = session.execute(PROPOSALS, {"tenant": tenant, "id": number, "most": most})
    return [ProposalRow(*row) for row in found]


def load_entries(session: Session, tenant: str, number: int) -> list[dict[str, Any]]:
    """Duties of a proposed roster with staff numbers and names."""
    return [dict(row) for row in session.execute(ROWS, {"tenant": tenant, "id": number}).mappings()]


def lock_proposal(session: Session, tenant: str, number: int) -> tuple[str, dt.date, dt.date] | None:
    """Status and span of a proposal, held until the transaction ends."""
    row = session.execute(LOCK, {"tenant": tenant, "id": number}).one_or_none()
    return None if row is None else (row.status, row.first_on, row.last_on)


def count_published(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> int:
    """Published plans of a span."""
    told = {"tenant": tenant, "first_on": first_on, "last_on": last_on}
    return int(session.execute(PLANNED, told).scalar_one())


def adopt(session: Session, tenant: str, number: int, first_on: dt.date, last_on: dt.date, actor: str) -> int:
    """Put a proposal's duties in place of those there are from a day on; how many were written."""
    told = {"tenant": tenant, "id": number, "first_on": first_on, "last_on": last_on, "actor": actor}
    session.execute(CLEAR, {name: told[name] for name in ("tenant", "first_on", "last_on")})
    written = session.execute(WRITE, {name: told[name] for name in ("tenant", "id", "first_on", "last_on")}).all()
    session.execute(SUPERSEDE, told)
    session.execute(DECIDE, {name: told[name] for name in ("tenant", "id", "actor")})
    return len(written)


def find_staff(session: Session, tenant: str, code: str) -> int | None:
    """Row id of a staff number."""
    return session.execute(STAFF, {"tenant": tenant, "code": code}).scalar_one_or_none()


def load_staff_names(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Everybody there ever was: id, code, name, kind, active; regulars first, then by number."""
    return [dict(row) for row in session.execute(NAMES, {"tenant": tenant}).mappings()]


def find_name(session: Session, tenant: str, staff: str) -> str | None:
    """Name of a staff number."""
    return session.execute(NAME, {"tenant": tenant, "staff": staff}).scalar_one_or_none()


def load_own_duties(session: Session, tenant: str, staff: str, on: dt.date) -> list[dict[str, Any]]:
    """One person's duties of a day by start: shift, its local times, role."""
    return [dict(row) for row in session.execute(OWN_DUTIES, {"tenant": tenant, "staff": staff, "on": on}).mappings()]


def find_vehicle(session: Session, tenant: str, code: str) -> int | None:
    """Row id of a vehicle's number."""
    return session.execute(VEHICLE, {"tenant": tenant, "code": code}).scalar_one_or_none()


def add_leave(session: Session, tenant: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write leave; a second time with the same first day changes its end."""
    for row in rows:
        session.execute(ADD_LEAVE, {"tenant": tenant, **row})


def drop_leave(session: Session, tenant: str, staff: str, from_on: dt.date) -> bool:
    """Take leave back; False if there is none from that day."""
    told = {"tenant": tenant, "staff": staff, "from_on": from_on}
    return session.execute(DROP_LEAVE, told).first() is not None


def insert_log(session: Session, tenant: str, row: Mapping[str, Any]) -> int | None:
    """Add a line to the log; its id, or None if its ``uid`` is there already."""
    found = session.execute(LOG, {"tenant": tenant, **row}).scalar_one_or_none()
    return int(found) if found is not None else None


def is_logged(session: Session, tenant: str, uid: object) -> bool:
    """Whether the log has a line with this ``uid``."""
    return session.execute(KNOWN, {"tenant": tenant, "uid": uid}).scalar_one_or_none() is not None


def load_log(session: Session, tenant: str, on: dt.date, kind: str | None = None) -> list[dict[str, Any]]:
    """The log of a day, by time; ``corrected`` says that a later line takes its place."""
    return [dict(row) for row in session.execute(LOGGED, {"tenant": tenant, "on": on, "kind": kind}).mappings()]


def load_pairs(session: Session, tenant: str, from_on: dt.date, on: dt.date) -> dict[tuple[int, int], dt.date]:
    """(lower id, higher id) of two who went together in published plans since a day → when last."""
    found = session.execute(PAIRS, {"tenant": tenant, "from_on": from_on, "on": on})
    return {(row.one, row.other): row.last_on for row in found}


def load_musters(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Where units muster: id, code, name, longitude and latitude (EPSG:4490)."""
    return [dict(row) for row in session.execute(MUSTERS, {"tenant": tenant}).mappings()]


def set_muster(session: Session, tenant: str, code: str, lon: float, lat: float) -> bool:
    """Say where a unit's teams meet; False if there is no such unit."""
    return session.execute(MUSTER, {"tenant": tenant, "code": code, "lon": lon, "lat": lat}).first() is not None

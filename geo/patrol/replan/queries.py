"""SQL of re-planning: the plan in force, read back whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.patrol.queries import PLAN_COLUMNS, PlanRow


class TeamRow(NamedTuple):
    """A stored team: where it starts (degrees), and the ids of its people and vehicles."""

    code: str
    name: str
    kind: str
    mode: str
    districts: list[str]
    lon: float
    lat: float
    people: list[int]
    staff: list[str]
    vehicles: list[int]
    vehicle_codes: list[str]


class StopRow(NamedTuple):
    """A stored stop: in a team's day at its times, or in none. Times are seconds after the shift's start."""

    team: str | None
    key: str
    kind: str
    name: str
    layer: str
    district_code: str | None
    weight: float
    licences_needed: int
    service_s: int
    low_s: int | None
    high_s: int | None
    arrive_s: int | None
    begin_s: int | None
    leave_s: int | None
    lon: float
    lat: float


class LegRow(NamedTuple):
    """A stored leg; ``line`` in WKB, degrees."""

    team: str
    kind: str
    duration_s: int
    distance_m: int
    line: bytes | None


IN_FORCE = text(f"""
SELECT {PLAN_COLUMNS} FROM shift_plan
WHERE tenant = :tenant AND on_date = :on_date AND shift_code = :shift_code
ORDER BY status = 'published' DESC, version DESC LIMIT 1""")

AGAIN = text(f"""
SELECT {PLAN_COLUMNS} FROM shift_plan WHERE tenant = :tenant AND summary ? 'again' ORDER BY made_at DESC, id DESC
LIMIT :most""")

CARRY_PASSED = text("""
INSERT INTO plan_stop (tenant, plan_id, key, kind, name, layer, feature_ids, district_code, weight, licences_needed,
                       service_s, window_from_at, window_to_at, reason_code, reason_facts, geom, duty, required)
SELECT s.tenant, :after, s.key, s.kind, s.name, s.layer, s.feature_ids, s.district_code, s.weight, s.licences_needed,
       s.service_s, s.window_from_at, s.window_to_at, s.reason_code, s.reason_facts, s.geom, s.duty, s.required
FROM plan_stop s
WHERE s.tenant = :tenant AND s.plan_id = :before AND s.team_id IS NULL AND s.key = ANY(CAST(:keys AS text[]))
  AND NOT EXISTS (SELECT FROM plan_stop n WHERE n.tenant = s.tenant AND n.plan_id = :after AND n.key = s.key)
ORDER BY s.id""")

TEAMS = text("""
SELECT t.code, t.name, t.kind, t.mode, t.district_codes, ST_X(t.start), ST_Y(t.start),
       ARRAY(SELECT m.staff_id FROM plan_member m WHERE m.tenant = t.tenant AND m.team_id = t.id ORDER BY m.id),
       ARRAY(SELECT s.code FROM plan_member m JOIN staff s ON s.tenant = m.tenant AND s.id = m.staff_id
             WHERE m.tenant = t.tenant AND m.team_id = t.id ORDER BY m.id),
       ARRAY(SELECT v.vehicle_id FROM plan_vehicle v WHERE v.tenant = t.tenant AND v.team_id = t.id ORDER BY v.id),
       ARRAY(SELECT w.code FROM plan_vehicle v JOIN vehicle w ON w.tenant = v.tenant AND w.id = v.vehicle_id
             WHERE v.tenant = t.tenant AND v.team_id = t.id ORDER BY v.id)
FROM plan_team t WHERE t.tenant = :tenant AND t.plan_id = :id ORDER BY t.color_index""")

STOPS = text("""
SELECT t.code, s.key, s.kind, s.name, s.layer, s.district_code, s.weight, s.licences_needed, s.service_s,
       extract(epoch FROM s.window_from_at - p.starts_at)::integer,
       extract(epoch FROM s.window_to_at - p.starts_at)::integer,
       extract(epoch FROM s.arrive_at - p.starts_at)::integer,
       extract(epoch FROM coalesce(s.begin_at, s.leave_at - make_interval(secs => s.service_s)) - p.starts_at)::integer,
       extract(epoch FROM s.leave_at - p.starts_at)::integer, ST_X(s.geom), ST_Y(s.geom)
FROM plan_stop s JOIN shift_plan p ON p.tenant = s.tenant AND p.id = s.plan_id
LEFT JOIN plan_team t ON t.tenant = s.tenant AND t.id = s.team_id
WHERE s.tenant = :tenant AND s.plan_id = :id ORDER BY t.color_index NULLS LAST, s.seq, s.key""")

LEGS = text("""
SELECT t.code, l.kind, l.duration_s, l.distance_m, ST_AsBinary(l.geom)
FROM plan_leg l JOIN plan_team t ON t.tenant = l.tenant AND t.id = l.team_id
WHERE l.tenant = :tenant AND l.plan_id = :id ORDER BY t.color_index, l.seq""")


def find_in_force(session: Session, tenant: str, on_date: dt.date, shift_code: str) -> PlanRow | None:
    """The published plan of a shift, else its newest draft; None if it was never planned."""
    facts: dict[str, Any] = {"tenant": tenant, "on_date": on_date, "shift_code": shift_code}
    row = session.execute(IN_FORCE, facts).first()
    return PlanRow(*row) if row else None


def list_replans(session: Session, tenant: str, most: int) -> list[PlanRow]:
    """Plans that were made by planning a shift anew, the newest first."""
    return [PlanRow(*row) for row in session.execute(AGAIN, {"tenant": tenant, "most": most})]


def load_teams(session: Session, tenant: str, plan_id: int) -> list[TeamRow]:
    """Teams of a plan in their order."""
    return [TeamRow(*row) for row in session.execute(TEAMS, {"tenant": tenant, "id": plan_id})]


def load_stops(session: Session, tenant: str, plan_id: int) -> list[StopRow]:
    """Stops of a plan, day by day in order, then those in no day."""
    return [StopRow(*row) for row in session.execute(STOPS, {"tenant": tenant, "id": plan_id})]


def load_legs(session: Session, tenant: str, plan_id: int) -> list[LegRow]:
    """Legs of a plan, day by day in order."""
    rows = session.execute(LEGS, {"tenant": tenant, "id": plan_id})
    return [LegRow(team, kind, s, m, None if line is None else bytes(line)) for team, kind, s, m, line in rows]


def carry_passed(session: Session, tenant: str, before: int, after: int, keys: Sequence[str]) -> None:
    """Keep in a plan what the one before it says was passed on the way, word for word."""
    if keys:
        session.execute(CARRY_PASSED, {"tenant": tenant, "before": before, "after": after, "keys": list(keys)})

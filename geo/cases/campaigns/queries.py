"""SQL of campaigns."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

HEAD: Final = """c.id, c.code, c.name, c.goal, c.codes, c.code_system, c.first_on, c.last_on, c.state, c.districts,
  p.code AS posture, c.started_at, c.ended_at, c.evaluation, c.made_at, c.made_by"""
FROM: Final = "campaign c LEFT JOIN posture p ON p.tenant = c.tenant AND p.id = c.posture_id"
IN_AREA: Final = "(CAST(:area AS text[]) IS NULL OR c.districts && CAST(:area AS text[]))"
DISTRICTS: Final = """ARRAY(SELECT d.code FROM patrol_district d WHERE d.tenant = :tenant AND d.geom && g.geom
  AND ST_Area(ST_Intersection(d.geom, g.geom)) > 0 ORDER BY d.code)"""
GEOM: Final = "(SELECT ST_Multi(ST_SetSRID(ST_GeomFromWKB(:ground), 4490)) AS geom) g"

GROUND = text(f"""
SELECT ST_IsValid(g.geom) AND NOT ST_IsEmpty(g.geom) AND GeometryType(g.geom) = 'MULTIPOLYGON'
         AND ST_NPoints(g.geom) <= :most,
       ST_XMin(g.geom), ST_YMin(g.geom), ST_XMax(g.geom), ST_YMax(g.geom) FROM {GEOM}""")
INSERT = text(f"""
INSERT INTO campaign (tenant, code, name, goal, codes, code_system, first_on, last_on, posture_id, made_by, geom,
                      districts)
SELECT :tenant, :code, :name, :goal, :codes, :code_system, :first_on, :last_on, CAST(:posture AS bigint), :actor,
       g.geom, {DISTRICTS} FROM {GEOM} RETURNING id""")
UPDATE = text(f"""
UPDATE campaign SET name = :name, goal = :goal, codes = :codes, code_system = :code_system, first_on = :first_on,
       last_on = :last_on, posture_id = CAST(:posture AS bigint), made_by = :actor, geom = g.geom,
       districts = {DISTRICTS} FROM {GEOM}
 WHERE tenant = :tenant AND id = :id RETURNING id""")
LOCK = text("""
SELECT id, code, state, first_on, last_on, started_at, ended_at FROM campaign
 WHERE tenant = :tenant AND code = :code FOR UPDATE""")
MOVE = text("""
UPDATE campaign SET state = :state, started_at = coalesce(CAST(:started_at AS timestamptz), started_at),
       ended_at = coalesce(CAST(:ended_at AS timestamptz), ended_at),
       evaluation = coalesce(CAST(:evaluation AS jsonb), evaluation)
 WHERE tenant = :tenant AND id = :id""")
FIND = text(f"""
SELECT {HEAD}, ST_AsGeoJSON(c.geom, 7)::json AS geometry FROM {FROM}
 WHERE c.tenant = :tenant AND c.code = :code AND {IN_AREA}""")
LIST = text(f"""
SELECT {HEAD} FROM {FROM} WHERE c.tenant = :tenant AND (CAST(:state AS text) IS NULL OR c.state = :state) AND {IN_AREA}
 ORDER BY c.first_on DESC, c.id DESC LIMIT 500""")
DROP_TEAMS = text("DELETE FROM campaign_team WHERE tenant = :tenant AND campaign_id = :id")
ADD_TEAM = text("""
INSERT INTO campaign_team (tenant, campaign_id, org_unit_id, leader_id, people, vehicles)
VALUES (:tenant, :id, :unit, :leader, :people, :vehicles)""")
TEAMS = text("""
SELECT u.code AS unit, u.name, s.code AS leader, t.people, t.vehicles FROM campaign_team t
  JOIN org_unit u ON u.tenant = t.tenant AND u.id = t.org_unit_id
  JOIN staff s ON s.tenant = t.tenant AND s.id = t.leader_id
 WHERE t.tenant = :tenant AND t.campaign_id = :id ORDER BY t.id""")
PEOPLE = text("""
SELECT (SELECT id FROM org_unit WHERE tenant = :tenant AND code = :unit),
       (SELECT id FROM staff WHERE tenant = :tenant AND code = :leader AND active)""")
POSTURE = text("SELECT id FROM posture WHERE tenant = :tenant AND code = :code AND status <> 'withdrawn'")
ADD_EFFORT = text("""
INSERT INTO campaign_effort (tenant, campaign_id, uid, on_date, people, vehicles, person_minutes, note, actor)
VALUES (:tenant, :id, :uid, :on_date, :people, :vehicles, :person_minutes, :note, :actor)
ON CONFLICT (tenant, uid) DO NOTHING""")
EFFORTS = text("""
SELECT on_date, people, vehicles, person_minutes, note, actor FROM campaign_effort
 WHERE tenant = :tenant AND campaign_id = :id ORDER BY on_date, id""")
NEWEST: Final = """SELECT DISTINCT ON (s.on_date, s.shift_code) s.on_date, s.shift_code, s.figures FROM shift_score s
   WHERE s.tenant = :tenant AND s.on_date BETWEEN :first AND :last AND s.figures ? 'campaigns'
   ORDER BY s.on_date, s.shift_code, s.id DESC"""
TRACKED = text(f"""
WITH newest AS ({NEWEST}),
planned AS (
  SELECT DISTINCT on_date, shift_code FROM shift_plan
   WHERE tenant = :tenant AND status = 'published' AND on_date BETWEEN :first AND :last)
SELECT on_date, count(*) AS planned, count(n.figures) AS scored,
       coalesce(sum((n.figures #>> ARRAY['campaigns', CAST(:code AS text), 'team_s'])::bigint), 0)::bigint AS team_s,
       coalesce(sum((n.figures #>> ARRAY['campaigns', CAST(:code AS text), 'person_s'])::bigint), 0)::bigint AS person_s
  FROM planned p LEFT JOIN (SELECT * FROM newest WHERE figures -> 'campaigns' ? CAST(:code AS text)) n
 USING (on_date, shift_code)
 GROUP BY 1 ORDER BY 1""")
SAVE_OPERATION = text("""
INSERT INTO operation (tenant, key, name, kind, codes, from_at, to_at, geom, noted_by)
SELECT tenant, 'campaign:' || code, name, 'campaign', codes, :from_at, :to_at, geom, :actor
  FROM campaign WHERE tenant = :tenant AND id = :id
ON CONFLICT (tenant, key) DO UPDATE SET from_at = excluded.from_at, to_at = excluded.to_at, codes = excluded.codes,
  geom = excluded.geom, name = excluded.name, noted_at = now(), noted_by = excluded.noted_by""")
TEST = text("""
SELECT t.facts FROM operation o JOIN displacement_test t ON t.tenant = o.tenant AND t.operation_id = o.id
 WHERE o.tenant = :tenant AND o.key = 'campaign:' || CAST(:code AS text) AND t.place = 'target' AND t.phase = 'after'
 ORDER BY t.id DESC LIMIT 1""")
WEEKS = text(f"""
WITH newest AS ({NEWEST}),
week AS (
  SELECT CAST(:first AS date) + 7 * n AS from_on,
         (CAST(:first AS date) + 7 * n)::timestamp AT TIME ZONE :zone AS from_at,
         (CAST(:first AS date) + 7 * n + 7)::timestamp AT TIME ZONE :zone AS to_at
    FROM generate_series(0, :weeks - 1) n)
SELECT w.from_on,
       (SELECT count(*) FROM event e WHERE e.tenant = :tenant AND e.occurred_at >= w.from_at
           AND e.occurred_at < w.to_at AND e.duplicate_of IS NULL) AS events,
       (SELECT count(*) FROM campaign c WHERE c.tenant = :tenant AND c.started_at < w.to_at
           AND coalesce(c.ended_at, now()) > w.from_at) AS campaigns,
       (SELECT coalesce(sum(f.person_minutes), 0)::bigint FROM campaign_effort f WHERE f.tenant = :tenant
           AND f.on_date >= w.from_on AND f.on_date < w.from_on + 7) AS person_minutes,
       (SELECT coalesce(sum((one.value ->> 'person_s')::bigint), 0)::bigint / 60
          FROM newest n, jsonb_each(n.figures -> 'campaigns') one
         WHERE n.on_date >= w.from_on AND n.on_date < w.from_on + 7) AS tracked_minutes
  FROM week w ORDER BY w.from_on""")


def look_at_ground(session: Session, ground: bytes, most: int) -> tuple[bool, tuple[float, float, float, float]]:
    """Whether a WKB of EPSG:4490 is a sound area, and its box."""
    row = session.execute(GROUND, {"ground": ground, "most": most}).one()
    return bool(row[0]), (row[1] or 0.0, row[2] or 0.0, row[3] or 0.0, row[4] or 0.0)


def save_campaign(session: Session, tenant: str, row_id: int | None, **values: Any) -> int:
    """Write a draft, a new one or the one there is."""
    statement = INSERT if row_id is None else UPDATE
    return int(session.execute(statement, {"tenant": tenant, "id": row_id, **values}).scalar_one())


def lock_campaign(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """A campaign held until the transaction ends."""
    row = session.execute(LOCK, {"tenant": tenant, "code": code}).mappings().first()
    return None if row is None else dict(row)


def move_campaign(
    session: Session, tenant: str, campaign: int, state: str, *, started_at: dt.datetime | None = None,
    ended_at: dt.datetime | None = None, evaluation: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write a new state with what came with it."""
    said = None if evaluation is None else json.dumps(evaluation, ensure_ascii=False)
    facts = {"tenant": tenant, "id": campaign, "state": state, "evaluation": said}
    session.execute(MOVE, {**facts, "started_at": started_at, "ended_at": ended_at})


def find_campaign(session: Session, tenant: str, code: str, area: Sequence[str] | None = None) -> dict[str, Any] | None:
    """A campaign with its ground; None if there is none that touches those 片区."""
    facts = {"tenant": tenant, "code": code, "area": None if area is None else list(area)}
    row = session.execute(FIND, facts).mappings().first()
    return None if row is None else dict(row)


def list_campaigns(
    session: Session, tenant: str, state: str | None, area: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Campaigns, the newest first."""
    facts = {"tenant": tenant, "state": state, "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def replace_teams(session: Session, tenant: str, campaign: int, teams: Sequence[Mapping[str, Any]]) -> None:
    """Who takes part, instead of earlier ones."""
    session.execute(DROP_TEAMS, {"tenant": tenant, "id": campaign})
    session.execute(ADD_TEAM, [{**team, "tenant": tenant, "id": campaign} for team in teams])


def list_teams(session: Session, tenant: str, campaign: int) -> list[dict[str, Any]]:
    """Who takes part."""
    return [dict(row) for row in session.execute(TEAMS, {"tenant": tenant, "id": campaign}).mappings()]


def find_people(session: Session, tenant: str, unit: str, leader: str) -> tuple[int | None, int | None]:
    """Rows of a unit and of somebody in service."""
    row = session.execute(PEOPLE, {"tenant": tenant, "unit": unit, "leader": leader}).one()
    return row[0], row[1]


def find_posture(session: Session, tenant: str, code: str) -> int | None:
    """Row of a posture that is not withdrawn."""
    return session.execute(POSTURE, {"tenant": tenant, "code": code}).scalar()


def add_effort(session: Session, tenant: str, campaign: int, **values: Any) -> None:
    """Add who went out; a uid that is known changes nothing."""
    session.execute(ADD_EFFORT, {"tenant": tenant, "id": campaign, **values})


def list_efforts(session: Session, tenant: str, campaign: int) -> list[dict[str, Any]]:
    """Who went out, by day."""
    return [dict(row) for row in session.execute(EFFORTS, {"tenant": tenant, "id": campaign}).mappings()]


def list_tracked(session: Session, tenant: str, code: str, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Day by day shifts with a published plan, those scored since the campaign began, and seconds on its ground."""
    facts = {"tenant": tenant, "code": code, "first": first, "last": last}
    return [dict(row) for row in session.execute(TRACKED, facts).mappings()]


def save_operation(
    session: Session, tenant: str, campaign: int, from_at: dt.datetime, to_at: dt.datetime, actor: str
) -> None:
    """Note the campaign among what the planner and studies of effect look at."""
    facts = {"tenant": tenant, "id": campaign, "from_at": from_at, "to_at": to_at, "actor": actor}
    session.execute(SAVE_OPERATION, facts)


def find_test(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """What the newest study of displacement found after the campaign on its own ground."""
    found: dict[str, Any] | None = session.execute(TEST, {"tenant": tenant, "code": code}).scalar()
    return found


def list_weeks(session: Session, tenant: str, zone: str, first_on: dt.date, weeks: int) -> list[dict[str, Any]]:
    """Events, running campaigns and their minutes of people, week by week."""
    last = first_on + dt.timedelta(weeks=weeks)
    facts = {"tenant": tenant, "zone": zone, "first": first_on, "last": last, "weeks": weeks}
    return [dict(row) for row in session.execute(WEEKS, facts).mappings()]

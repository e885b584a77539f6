"""SQL of the patrol room: what a shift is planned from, and plans in and out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind
from geo.patrol.frames import legs_frame, routes_frame, stop_frames, teams_frame
from geo.patrol.problem import CLOSED, PASSED, Person, Vehicle

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

NEAR_M = 200
"""Events this close to a zone speak for it."""

HALF_LIFE_WEEKS = 8
LOOK_BACK = dt.timedelta(weeks=5 * HALF_LIFE_WEEKS)
"""Five half-lives: an older event would count less than 3 %."""


@dataclass(frozen=True, slots=True)
class ShiftKindRow:
    """A kind of shift with its local clock times."""

    code: str
    name: str
    start_time: dt.time
    end_time: dt.time


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A stored plan of a shift."""

    id: int
    on_date: dt.date
    shift_code: str
    version: int
    status: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    seed: int
    iterations: int
    input_digest: str
    weight_served: float
    weight_total: float
    summary: dict[str, Any]
    value: int | None
    value_total: int | None


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """A stored visit of a place that fills up again: seconds after the shift's start, and its stored figures."""

    key: str
    begin_s: int
    leave_s: int
    saved: int
    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class ScoredPlan:
    """A stored plan's score and all it was computed from; no value for plans from before they were scored so."""

    id: int
    shift_s: int
    value: int | None
    version: int | None
    recurrence: dict[str, Any]
    visits: tuple[StoredVisit, ...]


@dataclass(frozen=True)
class PlanFrames:
    """A stored plan as frames for maps, sheets and exports.

    ``routes``: LineString, EPSG:4490, one row a team that moves. ``stops``: Point, EPSG:4490, by team and order.
    ``unserved``: one row a stop left out. ``closed``: one row a place not open in the shift.
    ``passed``: one row a street done on the way to other stops.
    ``teams``: one row a team. ``legs``: LineString, one row a stretch of a day.
    """

    plan: PlanRow
    routes: GeoDataFrame
    stops: GeoDataFrame
    unserved: DataFrame
    closed: DataFrame
    passed: DataFrame
    teams: DataFrame
    legs: GeoDataFrame


SHIFT_KINDS = text(
    "SELECT code, name, start_time, end_time FROM shift_kind WHERE tenant = :tenant ORDER BY start_time, code"
)

ON_DUTY = text("""
SELECT s.id, s.code, s.kind, s.licence_from_on, s.licence_to_on, s.org_unit_id, d.role = 'leader'
FROM duty d JOIN staff s ON s.tenant = d.tenant AND s.id = d.staff_id
WHERE d.tenant = :tenant AND d.on_date = :on_date AND d.shift_code = :shift_code AND s.active
ORDER BY s.code""")

VEHICLES = text(
    "SELECT id, code, kind, seats, org_unit_id FROM vehicle WHERE tenant = :tenant AND active ORDER BY code"
)

TAKEN = text("""
WITH latest AS (
  SELECT DISTINCT ON (on_date, shift_code) id, on_date, shift_code, starts_at, ends_at
  FROM shift_plan WHERE tenant = :tenant AND starts_at < :ends_at AND ends_at > :starts_at
  ORDER BY on_date, shift_code, version DESC)
SELECT 'person', m.staff_id FROM latest l JOIN plan_member m ON m.tenant = :tenant AND m.plan_id = l.id
WHERE (l.on_date, l.shift_code) <> (:on_date, :shift_code)
UNION ALL
SELECT 'vehicle', v.vehicle_id FROM latest l JOIN plan_vehicle v ON v.tenant = :tenant AND v.plan_id = l.id
WHERE (l.on_date, l.shift_code) <> (:on_date, :shift_code)""")

RECENT = text("""
WITH zone AS MATERIALIZED (
  SELECT id, ST_Transform(geom, CAST(:srid AS integer)) AS ground,
         ST_Expand(geom, :near_deg / cos(radians(greatest(abs(ST_YMin(geom)), abs(ST_YMax(geom))))), :near_deg)
           AS around
  FROM hotspot_zone WHERE tenant = :tenant)
SELECT z.id, round(CAST(sum(power(0.5, extract(epoch FROM :at - e.occurred_at) / :half_life_s)) AS numeric), 6)
FROM zone z JOIN event e
  ON e.tenant = :tenant AND e.geom && z.around
 AND ST_DWithin(ST_Transform(e.geom, CAST(:srid AS integer)), z.ground, :near_m)
WHERE e.occurred_at >= :since AND e.occurred_at < :at AND e.duplicate_of IS NULL
GROUP BY z.id""")
"""The boxes around the zones are made before events are looked up by them: under row security a condition that
computes its box from another table's rows is held back, and every event is met with every zone (PostgreSQL 15.20)."""

PLAN_COLUMNS = """id, on_date, shift_code, version, status, starts_at, ends_at, seed, iterations, input_digest,
       weight_served, weight_total, summary, value, value_total"""

FIND_PLAN = text(f"""
SELECT {PLAN_COLUMNS} FROM shift_plan
WHERE tenant = :tenant AND on_date = :on_date AND shift_code = :shift_code
ORDER BY version DESC LIMIT 1""")

SCORED = text("""
SELECT extract(epoch FROM ends_at - starts_at)::integer, value, value_version, recurrence
FROM shift_plan WHERE tenant = :tenant AND id = :id""")

SCORED_VISITS = text("""
SELECT s.key, extract(epoch FROM s.begin_at - p.starts_at)::integer,
       extract(epoch FROM s.leave_at - p.starts_at)::integer, s.saved, s.earlier, s.later
FROM plan_stop s JOIN shift_plan p ON p.tenant = s.tenant AND p.id = s.plan_id
WHERE s.tenant = :tenant AND s.plan_id = :id AND s.saved IS NOT NULL ORDER BY s.key""")

GET_PLAN = text(f"SELECT {PLAN_COLUMNS} FROM shift_plan WHERE tenant = :tenant AND id = :id")

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")

INSERT_PLAN = text("""
INSERT INTO shift_plan (tenant, on_date, shift_code, version, starts_at, ends_at, seed, iterations, input_digest,
                        weight_served, weight_total, summary, made_by, value, value_total, value_version, recurrence)
VALUES (:tenant, :on_date, :shift_code,
        (SELECT coalesce(max(version), 0) + 1 FROM shift_plan
         WHERE tenant = :tenant AND on_date = :on_date AND shift_code = :shift_code),
        :starts_at, :ends_at, :seed, :iterations, :input_digest, :weight_served, :weight_total,
        CAST(:summary AS jsonb), :made_by, :value, :value_total, :value_version, CAST(:recurrence AS jsonb))
RETURNING id""")

INSERT_TEAM = text("""
INSERT INTO plan_team (tenant, plan_id, code, name, kind, mode, district_code, district_codes, licences, color_index,
                       start, duration_s, distance_m)
VALUES (:tenant, :plan_id, :code, :name, :kind, :mode, :district_code, CAST(:district_codes AS jsonb), :licences,
        :color_index, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :duration_s, :distance_m)
RETURNING id""")

INSERT_MEMBER = text("""
INSERT INTO plan_member (tenant, plan_id, team_id, staff_id) VALUES (:tenant, :plan_id, :team_id, :other_id)""")

INSERT_VEHICLE = text("""
INSERT INTO plan_vehicle (tenant, plan_id, team_id, vehicle_id) VALUES (:tenant, :plan_id, :team_id, :other_id)""")

INSERT_STOP = text("""
INSERT INTO plan_stop (tenant, plan_id, key, team_id, seq, kind, name, layer, feature_ids, district_code, weight,
                       licences_needed, service_s, window_from_at, window_to_at, arrive_at, leave_at, reason_code,
                       reason_facts, geom, begin_at, duty, required, saved, earlier, later)
VALUES (:tenant, :plan_id, :key, :team_id, :seq, :kind, :name, :layer, CAST(:feature_ids AS jsonb), :district_code,
        :weight, :licences_needed, :service_s, :window_from_at, :window_to_at, :arrive_at, :leave_at, :reason_code,
        CAST(:reason_facts AS jsonb), ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :begin_at, :duty, :required,
        :saved, :earlier, :later)""")

INSERT_LEG = text("""
INSERT INTO plan_leg (tenant, plan_id, team_id, seq, kind, duration_s, distance_m, geom)
VALUES (:tenant, :plan_id, :team_id, :seq, :kind, :duration_s, :distance_m, ST_GeomFromWKB(:line, 4490))""")

PUBLISH = text("""
UPDATE shift_plan SET status = 'published', published_at = now()
WHERE tenant = :tenant AND id = :id AND status = 'draft'
RETURNING id""")

SUPERSEDE = text("""
UPDATE shift_plan p SET status = 'superseded' FROM shift_plan n
WHERE n.tenant = :tenant AND n.id = :id AND p.tenant = n.tenant AND p.on_date = n.on_date
  AND p.shift_code = n.shift_code AND p.id <> n.id AND p.status = 'published'""")

TEAMS = text("""
SELECT t.id, t.code, t.name, t.kind, t.mode, t.district_code, t.district_codes, t.licences, t.color_index,
       t.duration_s, t.distance_m, ST_X(t.start), ST_Y(t.start),
       ARRAY(SELECT s.code FROM plan_member m JOIN staff s ON s.tenant = m.tenant AND s.id = m.staff_id
             WHERE m.tenant = t.tenant AND m.team_id = t.id ORDER BY m.id),
       ARRAY(SELECT s.name FROM plan_member m JOIN staff s ON s.tenant = m.tenant AND s.id = m.staff_id
             WHERE m.tenant = t.tenant AND m.team_id = t.id ORDER BY m.id),
       ARRAY(SELECT v.code FROM plan_vehicle x JOIN vehicle v ON v.tenant = x.tenant AND v.id = x.vehicle_id
             WHERE x.tenant = t.tenant AND x.team_id = t.id ORDER BY x.id)
FROM plan_team t WHERE t.tenant = :tenant AND t.plan_id = :id ORDER BY t.color_index""")

STOPS = text("""
SELECT s.id, t.code, s.seq, s.key, s.kind, s.name, s.layer, s.feature_ids, s.district_code, s.weight, s.licences_needed,
       s.service_s, s.window_from_at, s.window_to_at, s.arrive_at, s.leave_at, s.reason_code, s.reason_facts,
       coalesce(s.begin_at, s.leave_at - make_interval(secs => s.service_s)), s.duty, s.required, s.saved, s.earlier,
       s.later, ST_AsBinary(s.geom)
FROM plan_stop s LEFT JOIN plan_team t ON t.tenant = s.tenant AND t.id = s.team_id
WHERE s.tenant = :tenant AND s.plan_id = :id ORDER BY t.color_index NULLS LAST, s.seq, s.weight DESC, s.key""")

LEGS = text("""
SELECT t.code, l.seq, l.kind, l.duration_s, l.distance_m, ST_AsBinary(l.geom)
FROM plan_leg l JOIN plan_team t ON t.tenant = l.tenant AND t.id = l.team_id
WHERE l.tenant = :tenant AND l.plan_id = :id ORDER BY t.color_index, l.seq""")


def tenant_of(session: Session) -> str:
    """The county the session was begun for."""
    return str(session.execute(text("SELECT current_setting('pianqu.tenant')")).scalar_one())


def list_shift_kinds(session: Session) -> list[ShiftKindRow]:
    """The county's kinds of shift by start time; empty if none are set up."""
    rows = session.execute(SHIFT_KINDS, {"tenant": tenant_of(session)})
    return [ShiftKindRow(*row) for row in rows]


def load_people(session: Session, on_date: dt.date, shift_code: str) -> list[Person]:
    """Active staff on duty in a shift, by staff number."""
    rows = session.execute(ON_DUTY, {"tenant": tenant_of(session), "on_date": on_date, "shift_code": shift_code})
    return [Person(*row) for row in rows]


def load_vehicles(session: Session) -> list[Vehicle]:
    """Vehicles fit for use, by number."""
    return [Vehicle(*row) for row in session.execute(VEHICLES, {"tenant": tenant_of(session)})]


def load_taken(
    session: Session, on_date: dt.date, shift_code: str, starts_at: dt.datetime, ends_at: dt.datetime
) -> tuple[frozenset[int], frozenset[int]]:
    """People and vehicles that the newest plans of other shifts hold at the same hours."""
    facts = {"on_date": on_date, "shift_code": shift_code, "starts_at": starts_at, "ends_at": ends_at}
    rows = session.execute(TAKEN, {"tenant": tenant_of(session), **facts}).all()
    return (
        frozenset(row[1] for row in rows if row[0] == "person"),
        frozenset(row[1] for row in rows if row[0] == "vehicle"),
    )


def load_zones(session: Session, srid: int, at: dt.datetime) -> GeoDataFrame:
    """Hotspot zones, EPSG:4490, with ``recent``: events within 200 m before ``at``, halved for every 8 weeks of age."""
    zones = load_features(session, "hotspot_zone", columns=("name", "kind", "opening", "weight", "service_min"))
    facts = {
        "tenant": tenant_of(session),
        "at": at,
        "since": at - LOOK_BACK,
        "srid": srid,
        "near_m": NEAR_M,
        # A degree is nowhere shorter than 110.57 km along a meridian; the box only narrows, the distance decides.
        "near_deg": 1.02 * NEAR_M / 110_574,
        "half_life_s": HALF_LIFE_WEEKS * 7 * 86_400,
    }
    recent = {int(zone): float(weight) for zone, weight in session.execute(RECENT, facts)}
    zones["recent"] = [recent.get(int(zone), 0.0) for zone in zones.index]
    return zones


def load_dark_lamps(session: Session) -> GeoDataFrame:
    """Lamps at fault, EPSG:4490, with ``status_since_at``, but for those whose cable fault is put aside until later.

    A lamp that was mended is at fault on the map until somebody has seen it burn, so that the walk passes it again.
    """
    lamp = get_kind("streetlight").table
    later = text(
        "NOT EXISTS (SELECT FROM outage_lamp x JOIN outage o ON o.tenant = x.tenant AND o.id = x.outage_id"
        " WHERE x.tenant = streetlight.tenant AND x.lamp_id = streetlight.id"
        " AND o.state = 'put_off' AND o.look_again_on > current_date)"
    )
    return load_features(session, "streetlight", where=(lamp.c.status == "fault") & later, columns=("status_since_at",))


def load_open_buildings(session: Session) -> GeoDataFrame:
    """Illegal buildings verified, ordered to come down, or announced to be pulled down by force, EPSG:4490."""
    status = get_kind("illegal_building").table.c.status
    return load_features(
        session,
        "illegal_building",
        where=status.in_(("verified", "ordered", "announced")),
        columns=("code", "status", "status_since_on"),
    )


def load_districts(session: Session) -> GeoDataFrame:
    """The county's 片区, EPSG:4490, with code, name and squad."""
    return load_features(session, "patrol_district", columns=("code", "name", "org_unit_id"))


def find_plan(session: Session, on_date: dt.date, shift_code: str) -> PlanRow | None:
    """The newest version of a shift's plan; None if it was never planned."""
    facts = {"tenant": tenant_of(session), "on_date": on_date, "shift_code": shift_code}
    row = session.execute(FIND_PLAN, facts).first()
    return PlanRow(*row) if row else None


def find_plan_by_id(session: Session, plan_id: int) -> PlanRow | None:
    """A plan by its number."""
    row = session.execute(GET_PLAN, {"tenant": tenant_of(session), "id": plan_id}).first()
    return PlanRow(*row) if row else None


def load_scored(session: Session, plan_id: int) -> ScoredPlan | None:
    """What a stored plan was scored from, with its stored figures; None if there is no such plan."""
    facts = {"tenant": tenant_of(session), "id": plan_id}
    row = session.execute(SCORED, facts).first()
    if row is None:
        return None
    shift_s, value, version, recurrence = row
    visits = tuple(StoredVisit(*visit) for visit in session.execute(SCORED_VISITS, facts))
    return ScoredPlan(plan_id, shift_s, value, version, recurrence, visits)


def lock_plans(session: Session, tenant: str) -> None:
    """Let one plan of the county at a time take its people and vehicles, until the transaction ends."""
    session.execute(LOCK, {"name": f"plans/{tenant}"})


def lock_shift(session: Session, tenant: str, on_date: dt.date, shift_code: str) -> None:
    """Let one person at a time save or publish a version of this shift, until the transaction ends."""
    session.execute(LOCK, {"name": f"plan/{tenant}/{on_date.isoformat()}/{shift_code}"})


def insert_plan(session: Session, row: Mapping[str, Any]) -> int:
    """Add the next version; returns its id."""
    return int(session.execute(INSERT_PLAN, dict(row)).scalar_one())


def insert_team(session: Session, row: Mapping[str, Any]) -> int:
    """Add a team; returns its id."""
    return int(session.execute(INSERT_TEAM, dict(row)).scalar_one())


def insert_parts(
    session: Session,
    members: Sequence[Mapping[str, Any]],
    vehicles: Sequence[Mapping[str, Any]],
    stops: Sequence[Mapping[str, Any]],
    legs: Sequence[Mapping[str, Any]],
) -> None:
    """Add people, vehicles, stops and legs of a plan."""
    for statement, rows in (
        (INSERT_MEMBER, members),
        (INSERT_VEHICLE, vehicles),
        (INSERT_STOP, stops),
        (INSERT_LEG, legs),
    ):
        if rows:
            session.execute(statement, [dict(row) for row in rows])


def publish(session: Session, tenant: str, plan_id: int) -> bool:
    """Publish a draft and retire the version published before it; False if it is no draft."""
    facts = {"tenant": tenant, "id": plan_id}
    if session.execute(PUBLISH, facts).first() is None:
        return False
    session.execute(SUPERSEDE, facts)
    return True


def load_plan_frames(session: Session, plan_id: int) -> PlanFrames | None:
    """A stored plan as frames; None if there is no such plan.

    Returns
    -------
    PlanFrames
        ``routes``: team, kind, district_code, mode, color_index, duration_s, distance_m. ``stops``: team, seq, key,
        kind, name, district_code, weight, licences_needed, service_s, window_from_at, window_to_at, arrive_at,
        leave_at, layer, feature_ids. ``unserved``, ``closed`` and ``passed``: key, kind, name, layer, feature_ids,
        district_code, weight, reason_code, reason_facts, lon, lat. ``teams``:
        code, name, kind, district_code, district_codes, mode, vehicle, members (names), member_codes, licensed,
        licences, color_index, duration_s, distance_m, lon, lat. ``legs``: team, seq, kind, duration_s, distance_m.
    """
    plan = find_plan_by_id(session, plan_id)
    if plan is None:
        return None
    facts = {"tenant": tenant_of(session), "id": plan_id}
    teams = teams_frame(session.execute(TEAMS, facts).all())
    stops, left = stop_frames(session.execute(STOPS, facts).all())
    shut, passed = left["reason_code"] == CLOSED, left["reason_code"] == PASSED
    legs = legs_frame(session.execute(LEGS, facts).all())
    return PlanFrames(
        plan, routes_frame(teams, legs), stops, left[~shut & ~passed], left[shut], left[passed], teams, legs
    )


def dump(value: object) -> str:
    """JSON text for a jsonb column."""
    return json.dumps(value, ensure_ascii=False)

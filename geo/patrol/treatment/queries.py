"""SQL of plans of a 片区: in and out, and the figures they are judged by."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.patrol.treatment.figures import Figure

HEAD = """t.id, t.district_code, t.version, t.status, t.revision, t.title, t.goal, o.code AS owner, t.from_on, t.to_on,
  t.problems, t.targets,
  ARRAY(SELECT p.code FROM post p WHERE p.tenant = t.tenant AND p.id = ANY(t.post_ids) ORDER BY p.code) AS posts,
  t.streets, t.frequency, t.baseline, t.evaluation, t.made_at, t.made_by"""
OWNER = "JOIN staff o ON o.tenant = t.tenant AND o.id = t.owner_id"

FIND = text(f"SELECT {HEAD} FROM treatment t {OWNER} WHERE t.tenant = :tenant AND t.id = :id")
LOCK = text("SELECT id FROM treatment WHERE tenant = :tenant AND id = :id FOR UPDATE")
LIST = text(f"""
SELECT {HEAD} FROM treatment t {OWNER}
WHERE t.tenant = :tenant AND (CAST(:area AS text[]) IS NULL OR t.district_code = ANY(:area))
  AND (CAST(:district AS text) IS NULL OR t.district_code = :district)
  AND (CAST(:before AS bigint) IS NULL OR t.id < :before)
ORDER BY t.id DESC LIMIT :most""")

IN_FORCE = text(f"""
SELECT DISTINCT ON (t.district_code) {HEAD} FROM treatment t {OWNER}
WHERE t.tenant = :tenant AND t.status IN ('running', 'approved') AND :on BETWEEN t.from_on AND t.to_on
ORDER BY t.district_code, t.status DESC, t.from_on, t.id""")
"""Of a 片区 the one that runs, or that will when its day comes."""

INSERT = text("""
INSERT INTO treatment (tenant, district_code, version, title, goal, owner_id, from_on, to_on, problems, targets,
                       post_ids, streets, frequency, made_by)
VALUES (:tenant, :district, (SELECT coalesce(max(version), 0) + 1 FROM treatment
                             WHERE tenant = :tenant AND district_code = :district),
        :title, :goal, :owner_id, :from_on, :to_on, CAST(:problems AS jsonb), CAST(:targets AS jsonb),
        CAST(:post_ids AS bigint[]), CAST(:streets AS jsonb), CAST(:frequency AS jsonb), :actor)
RETURNING id""")
REVISE = text("""
UPDATE treatment SET title = :title, goal = :goal, owner_id = :owner_id, from_on = :from_on, to_on = :to_on,
  problems = CAST(:problems AS jsonb), targets = CAST(:targets AS jsonb), post_ids = CAST(:post_ids AS bigint[]),
  streets = CAST(:streets AS jsonb), frequency = CAST(:frequency AS jsonb), revision = revision + 1
WHERE tenant = :tenant AND id = :id AND status = 'draft' AND revision = :revision
RETURNING revision""")
SET_STATUS = text("""
UPDATE treatment SET status = :status, baseline = coalesce(CAST(:baseline AS jsonb), baseline),
  evaluation = coalesce(CAST(:evaluation AS jsonb), evaluation)
WHERE tenant = :tenant AND id = :id""")
ADD_STEP = text("""
INSERT INTO treatment_step (tenant, treatment_id, step, status, note, actor)
VALUES (:tenant, :id, :step, :status, :note, :actor)""")
STEPS = text("""
SELECT step, status, note, at, actor FROM treatment_step
WHERE tenant = :tenant AND treatment_id = :id ORDER BY id""")

LOCK_DISTRICT = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
RUNNING = text("""
SELECT id FROM treatment WHERE tenant = :tenant AND district_code = :district AND status = 'running'""")
BY_CLOCK = text("""
SELECT id, status FROM treatment
WHERE tenant = :tenant AND ((status = 'approved' AND from_on <= :today) OR (status = 'running' AND to_on < :today))
ORDER BY from_on, id""")

DISTRICT = text("SELECT name, goal FROM patrol_district WHERE tenant = :tenant AND code = :district")
STAFF = text("SELECT id FROM staff WHERE tenant = :tenant AND code = :code AND active")
POSTS = text("""
SELECT code, id FROM post WHERE tenant = :tenant AND code = ANY(:codes) AND active
  AND (district_code IS NULL OR district_code = :district)""")
ROADS = text("SELECT id FROM road WHERE tenant = :tenant AND id = ANY(:ids)")
SHIFTS = text("SELECT code FROM shift_kind WHERE tenant = :tenant ORDER BY start_time, code")

GROUND = """ground AS MATERIALIZED (
  SELECT geom, ST_Envelope(geom) AS box FROM patrol_district WHERE tenant = :tenant AND code = :district)"""
"""The box is made before events are looked up by it: under row security the index is only used for such a one."""

EVENTS = text(f"""
WITH {GROUND}
SELECT count(*) FROM event e, ground g
WHERE e.tenant = :tenant AND e.geom && g.box AND ST_Intersects(e.geom, g.geom)
  AND e.occurred_at >= :from_at AND e.occurred_at < :to_at AND e.duplicate_of IS NULL
  AND (cardinality(CAST(:codes AS text[])) = 0 OR e.code = ANY(:codes))""")

RETURNS = text(f"""
WITH {GROUND},
study AS (SELECT max(id) AS id FROM return_study WHERE tenant = :tenant),
closing AS (
  SELECT e.id FROM event e, ground g
  WHERE e.tenant = :tenant AND e.geom && g.box AND ST_Intersects(e.geom, g.geom)
    AND e.closed_at >= :from_at AND e.closed_at < :to_at AND e.duplicate_of IS NULL
    AND (cardinality(CAST(:codes AS text[])) = 0 OR e.code = ANY(:codes)))
SELECT count(*) FILTER (WHERE EXISTS (
         SELECT 1 FROM return_link l, study s WHERE l.tenant = :tenant AND l.study_id = s.id AND l.parent_id = c.id
           AND l.gap_s <= :within_s AND l.chance >= 0.5)), count(*)
FROM closing c""")

WALKED = text("""
WITH latest AS (
  SELECT DISTINCT ON (s.plan_id) s.id FROM shift_score s
  WHERE s.tenant = :tenant AND s.on_date BETWEEN :first AND :last ORDER BY s.plan_id, s.until_at DESC, s.id DESC)
SELECT count(*) FILTER (WHERE i.done), count(*) FILTER (WHERE i.done IS NOT NULL)
FROM latest l JOIN score_item i ON i.tenant = :tenant AND i.score_id = l.id
WHERE i.district_code = :district AND i.kind = :kind AND starts_with(i.key, :prefix)""")
"""What nobody could see is neither done nor missed."""

TOP_CODES = text(f"""
WITH {GROUND}
SELECT e.code, count(*) FROM event e, ground g
WHERE e.tenant = :tenant AND e.geom && g.box AND ST_Intersects(e.geom, g.geom)
  AND e.occurred_at >= :from_at AND e.occurred_at < :to_at AND e.duplicate_of IS NULL
GROUP BY e.code ORDER BY 2 DESC, 1 LIMIT 3""")
TOP_ZONE = text(f"""
WITH {GROUND}
SELECT z.name, count(*) FROM ground g
JOIN hotspot_zone z ON z.tenant = :tenant AND z.geom && g.box AND ST_Intersects(z.geom, g.geom)
JOIN event e ON e.tenant = :tenant AND e.geom && z.geom AND ST_Intersects(e.geom, z.geom)
WHERE e.code = :code AND e.occurred_at >= :from_at AND e.occurred_at < :to_at AND e.duplicate_of IS NULL
GROUP BY z.name ORDER BY 2 DESC, 1 LIMIT 2""")
OWN_POSTS = text("SELECT code FROM post WHERE tenant = :tenant AND district_code = :district AND active ORDER BY code")
MAIN_STREETS = text("""
SELECT name, array_agg(id ORDER BY id) FROM road
WHERE tenant = :tenant AND owner_district = :district AND tier = 'main' AND name IS NOT NULL AND name <> ''
GROUP BY name ORDER BY name""")
SQUAD_LEADER = text("""
SELECT s.code FROM patrol_district d JOIN staff s ON s.tenant = d.tenant AND s.org_unit_id = d.org_unit_id
WHERE d.tenant = :tenant AND d.code = :district AND s.active ORDER BY (s.kind = 'regular') DESC, s.code LIMIT 1""")

POST_DETAILS = text("""
SELECT p.code, p.name, p.opening, p.duty, p.effect, p.people_needed, ST_X(ST_PointOnSurface(p.geom)),
  ST_Y(ST_PointOnSurface(p.geom)),
  ARRAY(SELECT s.name FROM post_person x JOIN staff s ON s.tenant = x.tenant AND s.id = x.staff_id
        WHERE x.tenant = p.tenant AND x.post_id = p.id ORDER BY x.seq)
FROM post p WHERE p.tenant = :tenant AND p.code = ANY(:codes) ORDER BY p.code""")
RINGS = text("""
SELECT ST_AsGeoJSON(ST_ExteriorRing(part.geom), 6)::jsonb -> 'coordinates'
FROM patrol_district d, ST_Dump(d.geom) part WHERE d.tenant = :tenant AND d.code = :district""")
LINES = text("""
SELECT ST_AsGeoJSON(geom, 6)::jsonb -> 'coordinates' FROM road
WHERE tenant = :tenant AND id = ANY(:ids) ORDER BY id""")
OWNER_NAME = text("SELECT name FROM staff WHERE tenant = :tenant AND code = :code")
SHOWN = text("""
SELECT id FROM treatment WHERE tenant = :tenant AND status IN ('approved', 'running', 'ended', 'evaluated')
ORDER BY id DESC LIMIT 50""")

Line = tuple[tuple[float, float], ...]
DAY_S = 86_400
WALKED_BY = {"posts_on_time": ("stop", "post:"), "passes": ("pass", ""), "streets": ("street", "")}
"""Measure → kind and key prefix of the scored lines it counts."""


@dataclass(frozen=True, slots=True)
class PostDetail:
    """A fixed post as it is printed; ``people`` are names, degrees EPSG:4490."""

    code: str
    name: str
    opening: str
    duty: str
    effect: str
    people_needed: int
    lon: float
    lat: float
    people: tuple[str, ...]


def find_treatment(session: Session, tenant: str, treatment_id: int) -> dict[str, Any] | None:
    """One version; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "id": treatment_id}).mappings().first()
    return dict(row) if row else None


def lock_treatment(session: Session, tenant: str, treatment_id: int) -> None:
    """Let one person at a time change it, until the transaction ends."""
    session.execute(LOCK, {"tenant": tenant, "id": treatment_id})


def lock_district(session: Session, tenant: str, district: str) -> None:
    """Let one version of the 片区 at a time be numbered or started, until the transaction ends."""
    session.execute(LOCK_DISTRICT, {"name": f"treatment/{tenant}/{district}"})


def list_treatments(
    session: Session,
    tenant: str,
    *,
    area: Sequence[str] | None = None,
    district: str | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[dict[str, Any]]:
    """Versions, the newest first; ``area`` confines to those 片区."""
    facts = {"area": list(area) if area is not None else None, "district": district, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, **facts}).mappings()]


def list_in_force(session: Session, tenant: str, on: dt.date) -> list[dict[str, Any]]:
    """The plans in force on a day, one a 片区 by its code: those that run, and approved ones whose days have come."""
    return [dict(row) for row in session.execute(IN_FORCE, {"tenant": tenant, "on": on}).mappings()]


def insert_treatment(session: Session, values: Mapping[str, Any]) -> int:
    """Add the next version; returns its id."""
    return int(session.execute(INSERT, _dumped(values)).scalar_one())


def revise_treatment(session: Session, values: Mapping[str, Any]) -> int | None:
    """Write a draft anew; the new revision, or None if it is no draft or was revised since."""
    return session.execute(REVISE, _dumped(values)).scalar()


def _dumped(values: Mapping[str, Any]) -> dict[str, Any]:
    lists = ("problems", "targets", "streets", "frequency")
    return {**values, **{name: json.dumps(values[name], ensure_ascii=False) for name in lists}}


def set_status(
    session: Session,
    tenant: str,
    treatment_id: int,
    status: str,
    *,
    baseline: Mapping[str, Any] | None = None,
    evaluation: Mapping[str, Any] | None = None,
) -> None:
    """Move a version on; what was measured stays once it is there."""
    facts = {
        "baseline": json.dumps(baseline) if baseline is not None else None,
        "evaluation": json.dumps(evaluation) if evaluation is not None else None,
    }
    session.execute(SET_STATUS, {"tenant": tenant, "id": treatment_id, "status": status, **facts})


def add_step(session: Session, tenant: str, treatment_id: int, step: str, status: str, note: str, actor: str) -> None:
    """Note what was done."""
    facts = {"step": step, "status": status, "note": note, "actor": actor}
    session.execute(ADD_STEP, {"tenant": tenant, "id": treatment_id, **facts})


def list_steps(session: Session, tenant: str, treatment_id: int) -> list[dict[str, Any]]:
    """What was done, in order."""
    return [dict(row) for row in session.execute(STEPS, {"tenant": tenant, "id": treatment_id}).mappings()]


def find_running(session: Session, tenant: str, district: str) -> int | None:
    """The version of a 片区 that runs; None if none does."""
    return session.execute(RUNNING, {"tenant": tenant, "district": district}).scalar()


def due_by_clock(session: Session, tenant: str, today: dt.date) -> list[tuple[int, str]]:
    """(id, status) of what ought to start or end by that local day, in order of their first days."""
    return [(int(one), status) for one, status in session.execute(BY_CLOCK, {"tenant": tenant, "today": today})]


def find_district(session: Session, tenant: str, district: str) -> tuple[str, str | None] | None:
    """Name and goal of a 片区; None if there is none."""
    row = session.execute(DISTRICT, {"tenant": tenant, "district": district}).first()
    return (row[0], row[1]) if row else None


def find_staff_id(session: Session, tenant: str, code: str) -> int | None:
    """Somebody in service by staff number."""
    return session.execute(STAFF, {"tenant": tenant, "code": code}).scalar()


def find_post_ids(session: Session, tenant: str, district: str, codes: Sequence[str]) -> dict[str, int]:
    """Posts in use by code, of that 片区 or of none."""
    facts = {"tenant": tenant, "district": district, "codes": list(codes)}
    return {code: int(one) for code, one in session.execute(POSTS, facts)}


def known_roads(session: Session, tenant: str, road_ids: Sequence[int]) -> set[int]:
    """Which of these streets there are."""
    return {int(one) for (one,) in session.execute(ROADS, {"tenant": tenant, "ids": list(road_ids)})}


def list_shifts(session: Session, tenant: str) -> list[str]:
    """Codes of the county's kinds of shift, by start."""
    return [code for (code,) in session.execute(SHIFTS, {"tenant": tenant})]


def count_events(
    session: Session, tenant: str, district: str, codes: Sequence[str], from_at: dt.datetime, to_at: dt.datetime
) -> int:
    """Events of some codes (none: any) in a 片区, duplicates not counted."""
    facts = {"tenant": tenant, "district": district, "codes": list(codes), "from_at": from_at, "to_at": to_at}
    return int(session.execute(EVENTS, facts).scalar_one())


def count_returns(
    session: Session, tenant: str, district: str, codes: Sequence[str], from_at: dt.datetime, to_at: dt.datetime
) -> Figure:
    """Closings followed within a day by one that is more likely their return than chance, of all closings."""
    facts = {"tenant": tenant, "district": district, "codes": list(codes), "from_at": from_at, "to_at": to_at}
    followed, closings = session.execute(RETURNS, {**facts, "within_s": DAY_S}).one()
    return Figure(int(followed), int(closings))


def count_walked(session: Session, tenant: str, district: str, measure: str, first: dt.date, last: dt.date) -> Figure:
    """Posts held on time, passes done or streets covered, of those that could be seen, in local days both included."""
    kind, prefix = WALKED_BY[measure]
    facts = {"tenant": tenant, "district": district, "kind": kind, "prefix": prefix, "first": first, "last": last}
    done, seen = session.execute(WALKED, facts).one()
    return Figure(int(done), int(seen))


def load_top_codes(
    session: Session, tenant: str, district: str, from_at: dt.datetime, to_at: dt.datetime
) -> list[tuple[str, int, list[str]]]:
    """The three commonest event codes of a 片区 with their count and the zones most of them lie in."""
    facts = {"tenant": tenant, "district": district, "from_at": from_at, "to_at": to_at}
    return [
        (code, int(count), [name for name, _ in session.execute(TOP_ZONE, {**facts, "code": code})])
        for code, count in session.execute(TOP_CODES, facts).all()
    ]


def load_means(
    session: Session, tenant: str, district: str
) -> tuple[list[str], list[tuple[str, list[int]]], str | None]:
    """Posts of a 片区 by code, its main streets with their rows, and the staff number of its squad's first officer."""
    facts = {"tenant": tenant, "district": district}
    posts = [code for (code,) in session.execute(OWN_POSTS, facts)]
    streets = [(name, [int(one) for one in ids]) for name, ids in session.execute(MAIN_STREETS, facts)]
    return posts, streets, session.execute(SQUAD_LEADER, facts).scalar()


def load_posts(session: Session, tenant: str, codes: Sequence[str]) -> list[PostDetail]:
    """Posts by code, with the names of their people in order."""
    rows = session.execute(POST_DETAILS, {"tenant": tenant, "codes": list(codes)})
    return [
        PostDetail(code, name, opening, duty, effect, needed, lon, lat, tuple(people))
        for code, name, opening, duty, effect, needed, lon, lat, people in rows
    ]


def load_rings(session: Session, tenant: str, district: str) -> list[Line]:
    """Outer rings of a 片区, (lon, lat) in degrees, EPSG:4490."""
    return [_line(points) for (points,) in session.execute(RINGS, {"tenant": tenant, "district": district})]


def load_lines(session: Session, tenant: str, road_ids: Sequence[int]) -> list[Line]:
    """Streets by row, (lon, lat) in degrees, EPSG:4490."""
    return [_line(points) for (points,) in session.execute(LINES, {"tenant": tenant, "ids": list(road_ids)})]


def _line(points: Sequence[Sequence[float]]) -> Line:
    return tuple((point[0], point[1]) for point in points)


def find_owner_name(session: Session, tenant: str, staff_code: str) -> str | None:
    """Who answers for a plan."""
    return session.execute(OWNER_NAME, {"tenant": tenant, "code": staff_code}).scalar()


def list_shown(session: Session, tenant: str) -> list[int]:
    """The newest fifty plans that are more than a draft, the newest first."""
    return [int(one) for (one,) in session.execute(SHOWN, {"tenant": tenant})]

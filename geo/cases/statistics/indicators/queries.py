"""SQL of evaluation: counts of problems by group, their stages, and the effort of patrols."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

KEYS = {
    "area": "p.district_code",
    "department": "(SELECT u.code FROM org_unit u WHERE u.tenant = :tenant AND u.id = p.owner_unit_id)",
    "post": "(SELECT f.code FROM staff f WHERE f.tenant = :tenant AND f.id = coalesce(p.handler_id, p.staff_id))",
    "regime": "p.regime",
    "town": "p.town",
}
SPAN = """p.tenant = :tenant AND p.found_at >= :from_at AND p.found_at < :to_at
   AND (CAST(:area AS text[]) IS NULL OR p.district_code = ANY(CAST(:area AS text[])))"""
COUNTS = "p.state NOT IN ('voided', 'merged')"

PROBLEMS = {
    name: text(f"""
WITH told AS (
  SELECT l.row_id, bool_or(l.step = 'settle_on_spot') AS spot, bool_or(l.step = 'rework') AS rework,
         bool_or(l.step IN ('send_back', 'hand_over', 'dispute')) AS astray
    FROM step_log l JOIN problem_case p ON p.tenant = :tenant AND p.id = l.row_id
   WHERE l.tenant = :tenant AND l.workflow = 'problem'
     AND l.step IN ('settle_on_spot', 'rework', 'send_back', 'hand_over', 'dispute') AND {SPAN}
   GROUP BY 1),
one AS (
  SELECT {key} AS key, p.state, p.origin, p.quantity, p.registered_at, p.dispatched_at, p.handled_at, p.handle_due_at,
         p.closed_at, coalesce(t.spot, false) AS spot, coalesce(t.rework, false) AS rework,
         coalesce(t.astray, false) AS astray, {COUNTS} AS counted
    FROM problem_case p LEFT JOIN told t ON t.row_id = p.id WHERE {SPAN})
SELECT key, count(*) AS reported, count(*) FILTER (WHERE state <> 'voided') AS valid,
       count(*) FILTER (WHERE counted) AS counted, count(*) FILTER (WHERE state = 'merged') AS repeated,
       count(*) FILTER (WHERE counted AND origin IN ('complaint', 'public', 'order', 'transfer')) AS missed,
       count(*) FILTER (WHERE counted AND origin = 'patrol') AS found,
       count(*) FILTER (WHERE counted AND (registered_at IS NOT NULL OR spot)) AS registered,
       count(*) FILTER (WHERE counted AND dispatched_at IS NOT NULL) AS dispatched,
       count(*) FILTER (WHERE counted AND dispatched_at IS NOT NULL AND NOT astray) AS dispatched_right,
       count(*) FILTER (WHERE counted AND dispatched_at IS NOT NULL AND handled_at IS NOT NULL) AS handled,
       count(*) FILTER (WHERE counted AND handle_due_at IS NOT NULL
                          AND (handled_at IS NOT NULL OR handle_due_at <= :as_of)) AS due,
       count(*) FILTER (WHERE counted AND handled_at <= handle_due_at) AS handled_in_time,
       count(*) FILTER (WHERE counted AND coalesce(handled_at, :as_of) > handle_due_at) AS overdue,
       count(*) FILTER (WHERE counted AND closed_at IS NOT NULL AND (registered_at IS NOT NULL OR spot)) AS closed,
       count(*) FILTER (WHERE counted AND closed_at IS NOT NULL AND (spot OR handled_at <= handle_due_at))
         AS closed_in_time,
       count(*) FILTER (WHERE counted AND rework AND handled_at IS NOT NULL) AS rework,
       count(*) FILTER (WHERE counted AND spot) AS on_spot,
       coalesce(sum(floor(extract(epoch FROM handled_at - dispatched_at) / 60))
         FILTER (WHERE counted AND dispatched_at IS NOT NULL AND handled_at IS NOT NULL), 0)::bigint AS handling_min
  FROM one GROUP BY 1 ORDER BY 1 NULLS LAST""")
    for name, key in KEYS.items()
}
PLAIN = {
    name: text(f"SELECT {key} AS key, count(*) AS counted FROM problem_case p WHERE {SPAN} AND {COUNTS} GROUP BY 1")
    for name, key in KEYS.items()
}
ROWS = {
    name: text(f"""
SELECT p.id, {key} AS key FROM problem_case p WHERE {SPAN} AND {COUNTS} AND p.registered_at IS NOT NULL ORDER BY 1""")
    for name, key in KEYS.items()
}

CELLS = text("""
WITH newest AS (
  SELECT DISTINCT ON (s.on_date, s.shift_code) s.id FROM shift_score s
   WHERE s.tenant = :tenant AND s.on_date BETWEEN :first AND :last ORDER BY s.on_date, s.shift_code, s.id DESC)
SELECT i.district_code AS key, count(*) FILTER (WHERE i.done) AS cells_covered,
       count(*) FILTER (WHERE i.done IS NOT NULL) AS cells
  FROM score_item i JOIN newest n ON n.id = i.score_id WHERE i.tenant = :tenant AND i.kind = 'cell' GROUP BY 1""")
WALKED = """
WITH newest AS (
  SELECT DISTINCT ON (s.on_date, s.shift_code) s.id, s.plan_id FROM shift_score s
   WHERE s.tenant = :tenant AND s.on_date BETWEEN :first AND :last ORDER BY s.on_date, s.shift_code, s.id DESC)
SELECT {key} AS key, sum({people} * (i.figures -> 'observed_s' ->> 'n')::bigint)::bigint AS walked_s,
       sum({ways} * (i.figures ->> 'gone_m')::bigint)::bigint AS walked_m
  FROM score_item i JOIN newest n ON n.id = i.score_id
  JOIN plan_team t ON t.tenant = :tenant AND t.plan_id = n.plan_id AND t.code = i.team_code {members}
 WHERE i.tenant = :tenant AND i.kind = 'team' GROUP BY 1"""
PLANNED = """
SELECT {key} AS key, sum({people} * t.duration_s)::bigint AS planned_s, sum({ways} * t.distance_m)::bigint AS planned_m
  FROM shift_plan s JOIN plan_team t ON t.tenant = :tenant AND t.plan_id = s.id {members}
 WHERE s.tenant = :tenant AND s.status = 'published' AND s.on_date BETWEEN :first AND :last GROUP BY 1"""
SIZE = "(SELECT count(*) FROM plan_member x WHERE x.tenant = :tenant AND x.team_id = t.id)"
MEMBERS = """JOIN plan_member m ON m.tenant = :tenant AND m.team_id = t.id
  JOIN staff f ON f.tenant = :tenant AND f.id = m.staff_id
  LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = f.org_unit_id"""
BY = {
    "area": {"key": "t.district_code", "people": SIZE, "ways": "1", "members": ""},
    "department": {"key": "u.code", "people": "1", "ways": f"1.0 / {SIZE}", "members": MEMBERS},
    "post": {"key": "f.code", "people": "1", "ways": "1", "members": MEMBERS},
}
"""A team's way is one way: of its units each has its members' part, and each member has walked all of it."""
EFFORT = {name: [text(sql.format(**parts)) for sql in (WALKED, PLANNED)] for name, parts in BY.items()}

Counts = dict[str | None, dict[str, int]]


def count_problems(session: Session, by: str, facts: Mapping[str, Any]) -> Counts:
    """Counts by name, by group."""
    return _by_key(session.execute(PROBLEMS[by], dict(facts)).mappings())


def count_plainly(session: Session, by: str, facts: Mapping[str, Any]) -> dict[str | None, int]:
    """How many count, by group."""
    found = _by_key(session.execute(PLAIN[by], dict(facts)).mappings())
    return {key: counts["counted"] for key, counts in found.items()}


def list_registered(session: Session, by: str, facts: Mapping[str, Any]) -> dict[int, str | None]:
    """Group of each registered problem that counts."""
    return {row[0]: row[1] for row in session.execute(ROWS[by], dict(facts))}


def load_effort(session: Session, tenant: str, by: str, first: dt.date, last: dt.date) -> Counts:
    """Seconds of people and metres of ways, walked and planned; cells covered, for areas."""
    facts = {"tenant": tenant, "first": first, "last": last}
    found: Counts = {}
    for statement in (*EFFORT.get(by, ()), *([CELLS] if by == "area" else ())):
        for key, counts in _by_key(session.execute(statement, facts).mappings()).items():
            found.setdefault(key, {}).update(counts)
    return found


def _by_key(rows: Any) -> Counts:
    return {row["key"]: {name: int(row[name] or 0) for name in row if name != "key"} for row in rows}


LISTS = {
    name: text(f"""
SELECT p.id, p.uid, p.number, p.state, p.code, p.found_at, p.district_code, p.handle_due_at, p.handled_at, p.closed_at,
       ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
  FROM problem_case p
 WHERE {SPAN} AND p.id > :after AND (CAST(:all AS boolean) OR {key} IS NOT DISTINCT FROM CAST(:key AS text))
 ORDER BY p.id LIMIT :most""")
    for name, key in KEYS.items()
}


def list_problems(
    session: Session, by: str, facts: Mapping[str, Any], *, key: str | None, whole: bool, after: int, most: int
) -> Sequence[dict[str, Any]]:
    """The problems of a group, or of all, that were found in the span, by id."""
    asked = {**facts, "key": key, "all": whole, "after": after, "most": most}
    return [dict(row) for row in session.execute(LISTS[by], asked).mappings()]

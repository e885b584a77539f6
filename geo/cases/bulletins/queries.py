"""SQL of bulletins: what a period had, and bulletins in and out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

COUNTS: Final = "p.state NOT IN ('voided', 'merged')"
OPEN: Final = "p.found_at < :to_at AND (p.closed_at IS NULL OR p.closed_at >= :to_at)"
TOLD: Final = f"""count(*) FILTER (WHERE p.found_at >= :from_at AND p.found_at < :to_at) AS found,
       count(*) FILTER (WHERE p.found_at >= :from_at AND p.found_at < :to_at AND p.origin = 'patrol') AS by_patrol,
       count(*) FILTER (WHERE p.closed_at >= :from_at AND p.closed_at < :to_at) AS closed,
       count(*) FILTER (WHERE {OPEN}) AS open,
       count(*) FILTER (WHERE {OPEN} AND p.handle_due_at < :to_at
                          AND (p.handled_at IS NULL OR p.handled_at >= :to_at)) AS overdue"""
IN_QUESTION: Final = f"p.tenant = :tenant AND {COUNTS} AND p.found_at < :to_at"
GROUPS: Final = {
    "whole": "NULL",
    "district": "p.district_code",
    "code": "p.code_system || ' ' || p.code",
}
PROBLEMS = {
    name: text(f"""
SELECT {key} AS key, {TOLD} FROM problem_case p
 WHERE {IN_QUESTION} AND (p.found_at >= :from_at OR p.closed_at IS NULL OR p.closed_at >= :from_at)
 GROUP BY 1 ORDER BY 1 NULLS LAST""")
    for name, key in GROUPS.items()
}
FOUND_BY_DAY = text(f"""
SELECT (p.found_at AT TIME ZONE :zone)::date AS on_date, count(*) AS n FROM problem_case p
 WHERE {IN_QUESTION} AND p.found_at >= :from_at GROUP BY 1""")
CLOSED_BY_DAY = text(f"""
SELECT (p.closed_at AT TIME ZONE :zone)::date AS on_date, count(*) AS n FROM problem_case p
 WHERE {IN_QUESTION} AND p.closed_at >= :from_at AND p.closed_at < :to_at GROUP BY 1""")
SHIFTS = text("""
SELECT p.on_date, p.shift_code AS shift, count(t.id) AS teams,
       EXISTS (SELECT FROM duty d WHERE d.tenant = :tenant AND d.on_date = p.on_date AND d.shift_code = p.shift_code
                 AND d.role = 'leader') AS led,
       (SELECT s.figures FROM shift_score s WHERE s.tenant = :tenant AND s.plan_id = p.id ORDER BY s.id DESC LIMIT 1)
         AS figures,
       (SELECT jsonb_object_agg(o.tier, o.metres) FROM (
          SELECT i.figures ->> 'tier' AS tier, sum((i.figures ->> 'length_m')::bigint) AS metres FROM score_item i
           WHERE i.tenant = :tenant AND i.kind = 'street' AND i.done IS FALSE AND i.score_id = (
                 SELECT max(s.id) FROM shift_score s WHERE s.tenant = :tenant AND s.plan_id = p.id)
           GROUP BY 1) o) AS open_m
  FROM shift_plan p LEFT JOIN plan_team t ON t.tenant = :tenant AND t.plan_id = p.id
 WHERE p.tenant = :tenant AND p.status = 'published' AND p.on_date BETWEEN :first AND :last
 GROUP BY p.tenant, p.id ORDER BY p.on_date, p.shift_code, p.id""")
NAMES = text("""
SELECT code_system || ' ' || code AS key, zh AS name FROM case_code WHERE tenant = :tenant
UNION ALL SELECT code, name FROM patrol_district WHERE tenant = :tenant""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
COLUMNS: Final = "id, kind, from_on, to_on, edition, note, sha256, issued_by, issued_at"
FIND = text(f"""
SELECT {COLUMNS}, content FROM bulletin WHERE tenant = :tenant AND kind = :kind AND from_on = :from_on
   AND (CAST(:edition AS integer) IS NULL OR edition = :edition) ORDER BY edition DESC LIMIT 1""")
LIST = text(f"""
SELECT {COLUMNS} FROM bulletin WHERE tenant = :tenant AND (CAST(:kind AS text) IS NULL OR kind = :kind)
 ORDER BY from_on DESC, kind, edition DESC LIMIT :most""")
ADD = text("""
INSERT INTO bulletin (tenant, kind, from_on, to_on, edition, note, content, sha256, issued_by)
VALUES (:tenant, :kind, :from_on, :to_on, :edition, :note, CAST(:content AS jsonb), :sha256, :actor)""")


def count_problems(session: Session, by: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Found, closed, open and overdue of a span, by a group of :data:`GROUPS`."""
    return [dict(row) for row in session.execute(PROBLEMS[by], dict(facts)).mappings()]


def count_days(session: Session, facts: Mapping[str, Any]) -> tuple[dict[dt.date, int], dict[dt.date, int]]:
    """Problems found and problems closed by local day."""
    found, closed = (
        {row[0]: int(row[1]) for row in session.execute(statement, dict(facts))}
        for statement in (FOUND_BY_DAY, CLOSED_BY_DAY)
    )
    return found, closed


def list_shifts(session: Session, tenant: str, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Published shifts with 带班领导 or none, their newest score and the metres of streets left open by tier."""
    facts = {"tenant": tenant, "first": first, "last": last}
    return [dict(row) for row in session.execute(SHIFTS, facts).mappings()]


def load_names(session: Session, tenant: str) -> dict[str, str]:
    """Names of event codes (with their system) and of 片区."""
    return {row[0]: row[1] for row in session.execute(NAMES, {"tenant": tenant})}


def hold(session: Session, tenant: str) -> None:
    """Let one at a time issue, until the transaction ends."""
    session.execute(LOCK, {"name": f"{tenant}/bulletin"})


def find_bulletin(
    session: Session, tenant: str, kind: str, from_on: dt.date, edition: int | None = None
) -> dict[str, Any] | None:
    """A bulletin of a period, its newest edition or the one named; None if there is none."""
    facts = {"tenant": tenant, "kind": kind, "from_on": from_on, "edition": edition}
    row = session.execute(FIND, facts).mappings().one_or_none()
    return None if row is None else dict(row)


def list_bulletins(session: Session, tenant: str, kind: str | None, most: int) -> list[dict[str, Any]]:
    """Bulletins without their content, the newest period first."""
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, "kind": kind, "most": most}).mappings()]


def add_bulletin(session: Session, tenant: str, content: Mapping[str, Any], **values: Any) -> None:
    """Write one down for good."""
    said = json.dumps(content, ensure_ascii=False)
    session.execute(ADD, {"tenant": tenant, "content": said, **values})

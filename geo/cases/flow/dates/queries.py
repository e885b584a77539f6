"""SQL of dates: written where they changed, said when they come near."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.tables.cases import OPEN_PROBLEM_STATES

OPEN = ", ".join(f"'{state}'" for state in OPEN_PROBLEM_STATES)

CLOCKS = text(f"""
UPDATE problem_case p SET due_at = d.due_at, warn_at = d.warn_at,
    handle_due_at = coalesce(d.handle_due_at, p.handle_due_at), warned_at = NULL, overdue_said_at = NULL
  FROM (SELECT q.id, least(to_timestamp(x.due), q.ordered_due_at) AS due_at,
               least(to_timestamp(x.warn), q.ordered_due_at) AS warn_at, to_timestamp(x.handle_due) AS handle_due_at
          FROM unnest(CAST(:ids AS bigint[]), CAST(:due AS bigint[]), CAST(:warn AS bigint[]),
                      CAST(:handle_due AS bigint[])) AS x(id, due, warn, handle_due)
          JOIN problem_case q ON q.tenant = :tenant AND q.id = x.id) AS d
 WHERE p.tenant = :tenant AND p.id = d.id AND p.state IN ({OPEN})
   AND (p.due_at, p.warn_at, p.handle_due_at)
       IS DISTINCT FROM (d.due_at, d.warn_at, coalesce(d.handle_due_at, p.handle_due_at))""")
MAP_DATES = text(f"""
UPDATE open_problem o SET due_at = p.due_at
  FROM problem_case p
 WHERE p.tenant = :tenant AND p.state IN ({OPEN}) AND o.tenant = :tenant AND o.source = 'problem'
   AND o.source_key = p.uid::text AND o.due_at IS DISTINCT FROM p.due_at""")
REMIND = {
    "warned": text(f"""
UPDATE problem_case SET warned_at = :now
 WHERE tenant = :tenant AND id IN (
   SELECT id FROM problem_case WHERE tenant = :tenant AND state IN ({OPEN}) AND warn_at <= :now AND due_at > :now
     AND warned_at IS NULL ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING id, number, staff_id, due_at"""),
    "overdue": text(f"""
UPDATE problem_case SET overdue_said_at = :now
 WHERE tenant = :tenant AND id IN (
   SELECT id FROM problem_case WHERE tenant = :tenant AND state IN ({OPEN}) AND due_at <= :now
     AND overdue_said_at IS NULL ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING id, number, staff_id, due_at"""),
}
SUMMARY = text(f"""
SELECT p.state, p.district_code, p.regime, count(*) AS problems, count(*) FILTER (WHERE p.due_at < :now) AS overdue,
       count(*) FILTER (WHERE p.warn_at <= :now AND p.due_at >= :now) AS warned
  FROM problem_case p
 WHERE p.tenant = :tenant AND p.state IN ({OPEN})
   AND (CAST(:area AS text[]) IS NULL OR p.district_code = ANY(CAST(:area AS text[])))
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""")


def set_clocks(session: Session, tenant: str, columns: Mapping[str, Sequence[int | None]]) -> int:
    """Write when rows are due where that changed; how many did. Columns ``ids due warn handle_due``, seconds."""
    done = session.execute(CLOCKS, {**columns, "tenant": tenant})
    return int(done.rowcount)  # type: ignore[attr-defined]


def copy_dates_to_map(session: Session, tenant: str) -> None:
    """Let the map say the same dates as the problems it shows."""
    session.execute(MAP_DATES, {"tenant": tenant})


def remind(session: Session, tenant: str, what: str, now: dt.datetime, most: int) -> list[dict[str, Any]]:
    """Mark problems of which a warning (``warned``) or a missed date (``overdue``) has not been said."""
    facts = {"tenant": tenant, "now": now, "most": most}
    return [dict(row) for row in session.execute(REMIND[what], facts).mappings()]


def summarise(session: Session, tenant: str, now: dt.datetime, area: Sequence[str] | None) -> list[dict[str, Any]]:
    """Open problems by state, 片区 and regime, with how many are overdue or warned."""
    facts = {"tenant": tenant, "now": now, "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(SUMMARY, facts).mappings()]

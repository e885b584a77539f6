"""SQL of dates: written where they changed, said when they come near."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.db.packed import pack
from geo.tables.cases import OPEN_PROBLEM_STATES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OPEN = ", ".join(f"'{state}'" for state in OPEN_PROBLEM_STATES)

CLOCKS = text(f"""
UPDATE problem_case p SET due_at = least(x.due_at, p.ordered_due_at), warn_at = least(x.warn_at, p.ordered_due_at),
    handle_due_at = coalesce(x.handle_due_at, p.handle_due_at), warned_at = NULL, overdue_said_at = NULL
  FROM (SELECT n.id, to_timestamp(n.due) AS due_at, to_timestamp(n.warn) AS warn_at,
               CASE WHEN n.handling = 1 THEN to_timestamp(n.due) END AS handle_due_at
          FROM unnest(CAST(:ids AS bigint[]), CAST(:due AS bigint[]), CAST(:warn AS bigint[]),
                      CAST(:handling AS bigint[])) AS n(id, due, warn, handling) OFFSET 0) AS x
 WHERE p.tenant = :tenant AND p.id = x.id AND p.state IN ({OPEN})
   AND (p.due_at IS DISTINCT FROM least(x.due_at, p.ordered_due_at)
        OR p.warn_at IS DISTINCT FROM least(x.warn_at, p.ordered_due_at)
        OR p.handle_due_at IS DISTINCT FROM coalesce(x.handle_due_at, p.handle_due_at))""")
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


def set_clocks(session: Session, tenant: str, columns: Mapping[str, NDArray[np.int64]]) -> int:
    """Write when rows are due where that changed; how many did.

    Parameters
    ----------
    columns
        ``ids``; ``due`` and ``warn`` in seconds since 1970 UTC; ``handling``, 1 where the handler's own clock runs.
        Each of shape (n,), int64.
    """
    done = session.execute(CLOCKS, {"tenant": tenant, **{name: pack(column) for name, column in columns.items()}})
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

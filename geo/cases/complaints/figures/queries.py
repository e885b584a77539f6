"""SQL of the counts behind the rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

GROUPS = {
    "none": "NULL",
    "channel": "k.channel",
    "district": "coalesce(k.district_code, '')",
    "code": "coalesce(k.code, '')",
}
COUNTS = """
WITH RECURSIVE up AS (
  SELECT id, id AS head FROM complaint
   WHERE tenant = :tenant AND received_at >= :from_at AND received_at < :to_at AND state <> 'void'
  UNION ALL
  SELECT u.id, c.merged_into FROM up u JOIN complaint c ON c.tenant = :tenant AND c.id = u.head
   WHERE c.merged_into IS NOT NULL),
known AS (
  SELECT c.id, c.channel, c.district_code, c.code, c.handling, c.satisfaction, c.own_due_at AS due_at,
         c.geom IS NOT NULL AS placed, h.state, c.merged_into IS NOT NULL AS merged,
         (SELECT min(r.at) FROM complaint_reply r WHERE r.tenant = :tenant AND r.complaint_id = c.id) AS answered_at
    FROM up u
    JOIN complaint h ON h.tenant = :tenant AND h.id = u.head AND h.merged_into IS NULL
    JOIN complaint c ON c.tenant = :tenant AND c.id = u.id
   WHERE h.state <> 'void' AND (CAST(:area AS text[]) IS NULL OR c.district_code = ANY(:area)))
SELECT {group} AS group, count(*) AS received,
       count(*) FILTER (WHERE k.state = 'referred') AS referred,
       count(*) FILTER (WHERE k.state <> 'referred') AS taken,
       count(*) FILTER (WHERE k.state = 'closed') AS closed,
       count(*) FILTER (WHERE k.answered_at IS NOT NULL) AS answered,
       count(*) FILTER (WHERE k.state <> 'referred' AND k.due_at < :now) AS due,
       count(*) FILTER (WHERE k.state <> 'referred' AND k.due_at < :now AND k.answered_at <= k.due_at)
         AS answered_in_time,
       count(*) FILTER (WHERE k.satisfaction IN ('satisfied', 'fair', 'dissatisfied')) AS rated,
       count(*) FILTER (WHERE k.satisfaction IN ('satisfied', 'fair')) AS content,
       count(*) FILTER (WHERE k.state <> 'referred' AND k.handling = 'careful') AS repeats,
       count(*) FILTER (WHERE k.merged) AS merged,
       count(*) FILTER (WHERE k.placed) AS placed
  FROM known k GROUP BY 1 ORDER BY 1 NULLS FIRST"""


def count_complaints(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, now: dt.datetime, by: str = "none",
    area: Collection[str] | None = None,
) -> Sequence[Row[Any]]:  # fmt: skip
    """Counts of complaints received in a span, by a group of :data:`GROUPS`; each caller's complaint counts once."""
    facts = {
        "tenant": tenant, "from_at": from_at, "to_at": to_at, "now": now,
        "area": sorted(area) if area is not None else None,
    }  # fmt: skip
    return session.execute(text(COUNTS.format(group=GROUPS[by])), facts).all()

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
COUNTED = {
    "received": "true",
    "referred": "k.state = 'referred'",
    "taken": "k.state <> 'referred'",
    "closed": "k.state = 'closed'",
    "answered": "k.answered_at IS NOT NULL",
    "due": "k.state <> 'referred' AND k.due_at < :now",
    "answered_in_time": "k.state <> 'referred' AND k.due_at < :now AND k.answered_at <= k.due_at",
    "rated": "k.satisfaction IN ('satisfied', 'fair', 'dissatisfied')",
    "content": "k.satisfaction IN ('satisfied', 'fair')",
    "repeats": "k.state <> 'referred' AND k.handling = 'careful'",
    "merged": "k.merged",
    "placed": "k.placed",
}
"""Which complaints are counted as what; the counts and the lists behind them say it in the same words."""

KNOWN = """
WITH RECURSIVE up AS (
  SELECT id, id AS head FROM complaint
   WHERE tenant = :tenant AND received_at >= :from_at AND received_at < :to_at AND state <> 'void'
  UNION ALL
  SELECT u.id, c.merged_into FROM up u JOIN complaint c ON c.tenant = :tenant AND c.id = u.head
   WHERE c.merged_into IS NOT NULL),
known AS (
  SELECT c.id, c.channel, c.district_code, c.code, c.handling, c.satisfaction, c.received_at, c.own_due_at AS due_at,
         c.geom IS NOT NULL AS placed, h.state, c.merged_into IS NOT NULL AS merged,
         (SELECT min(r.at) FROM complaint_reply r WHERE r.tenant = :tenant AND r.complaint_id = c.id) AS answered_at
    FROM up u
    JOIN complaint h ON h.tenant = :tenant AND h.id = u.head AND h.merged_into IS NULL
    JOIN complaint c ON c.tenant = :tenant AND c.id = u.id
   WHERE h.state <> 'void' AND (CAST(:area AS text[]) IS NULL OR c.district_code = ANY(:area)))"""
COUNTS = f"""{KNOWN}
SELECT {{group}} AS group, {", ".join(f"count(*) FILTER (WHERE {how}) AS {name}" for name, how in COUNTED.items())}
  FROM known k GROUP BY 1 ORDER BY 1 NULLS FIRST"""
LISTED = f"""{KNOWN}
SELECT k.id, k.channel, k.district_code, k.code, k.state, k.received_at, k.due_at, k.answered_at, k.satisfaction
  FROM known k
 WHERE {{which}} AND k.id > :after AND (CAST(:group AS text) IS NULL OR {{group}} = :group)
 ORDER BY k.id LIMIT :most"""


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


def list_counted(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, now: dt.datetime, which: str, by: str,
    group: str | None, area: Collection[str] | None, after: int, most: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Complaints counted as one of :data:`COUNTED`, of a group (None: all), by id; nothing of who complained."""
    facts = {
        "tenant": tenant, "from_at": from_at, "to_at": to_at, "now": now, "group": group, "after": after, "most": most,
        "area": sorted(area) if area is not None else None,
    }  # fmt: skip
    query = text(LISTED.format(which=COUNTED[which], group=GROUPS[by]))
    return [dict(row) for row in session.execute(query, facts).mappings()]

"""SQL of actions by class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

TABLES: Final = {
    "problem": "problem_case", "complaint": "complaint", "penalty": "penalty", "notice": "legal_document",
    "holding": "legal_document", "paper": "legal_document", "building": "illegal_building", "repair": "repair_order",
    "outage": "outage", "hazard": "hazard", "ad_order": "ad_order", "deviation": "haul_deviation",
}  # fmt: skip
"""Tables of workflows whose rows belong to a 片区; actions of others are the county's only."""

RULES = text("SELECT workflow, step, work_class, set_by FROM work_class WHERE tenant = :tenant ORDER BY 1, 2")
UPSERT = text("""
INSERT INTO work_class (tenant, workflow, step, work_class, set_by)
VALUES (:tenant, :workflow, :step, :work_class, :set_by)
ON CONFLICT (tenant, workflow, step) DO UPDATE SET work_class = excluded.work_class, set_by = excluded.set_by""")

DISTRICT = " ".join(
    f"WHEN '{flow}' THEN (SELECT r.district_code FROM {table} r WHERE r.tenant = :tenant AND r.id = l.row_id)"
    for flow, table in TABLES.items()
)
TAKEN = f"""(
  SELECT 2 * l.id AS id, l.row_id, l.at, CASE l.workflow {DISTRICT} END AS district, c.work_class, l.workflow, l.step
    FROM unnest(CAST(:workflows AS text[]), CAST(:steps AS text[]), CAST(:classes AS text[]))
           AS c (workflow, step, work_class)
    JOIN step_log l ON l.tenant = :tenant AND l.workflow = c.workflow AND l.step = c.step
   WHERE l.at >= :from_at AND l.at < :to_at
  UNION ALL
  SELECT 2 * i.id + 1, i.id, i.at, i.district_code, i.work_class, 'ladder', i.step FROM ladder_incident i
   WHERE i.tenant = :tenant AND i.state = 'confirmed' AND i.work_class IS NOT NULL
     AND i.at >= :from_at AND i.at < :to_at) AS one
 WHERE (CAST(:area AS text[]) IS NULL OR district = ANY(CAST(:area AS text[])))"""
"""Each action once: ``id`` is even for steps of the log, odd for incidents of the ladder."""

ACTIONS = text(f"""
SELECT district, work_class, workflow, step, count(*) FROM {TAKEN}
 GROUP BY 1, 2, 3, 4 ORDER BY 1 NULLS LAST, 2, 3, 4""")
LISTED = text(f"""
SELECT id, workflow, row_id, step, at, district AS district_code, work_class FROM {TAKEN}
   AND id > :after AND work_class = :work_class
   AND (CAST(:district AS text) IS NULL OR coalesce(district, '') = :district)
 ORDER BY id LIMIT :most""")


def load_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """What the county has set."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def upsert(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, recognised by workflow and step."""
    if rows:
        session.execute(UPSERT, [{**row, "tenant": tenant} for row in rows])


def count_actions(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, rules: Mapping[tuple[str, str], str],
    area: Sequence[str] | None,
) -> list[tuple[str | None, str, str, str, int]]:  # fmt: skip
    """片区, class, workflow, step and how many times it was taken in the span."""
    facts = _facts(tenant, from_at, to_at, rules, area)
    return [(row[0], row[1], row[2], row[3], int(row[4])) for row in session.execute(ACTIONS, facts)]


def list_actions(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, rules: Mapping[tuple[str, str], str],
    area: Sequence[str] | None, work_class: str, district: str | None, after: int, most: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """The actions of one class, by id; of a 片区 (empty: of none), or of all."""
    facts = _facts(tenant, from_at, to_at, rules, area)
    facts |= {"work_class": work_class, "district": district, "after": after, "most": most}
    return [dict(row) for row in session.execute(LISTED, facts).mappings()]


def _facts(
    tenant: str, from_at: dt.datetime, to_at: dt.datetime, rules: Mapping[tuple[str, str], str],
    area: Sequence[str] | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "tenant": tenant, "from_at": from_at, "to_at": to_at, "area": None if area is None else list(area),
        "workflows": [flow for flow, _ in rules], "steps": [step for _, step in rules],
        "classes": list(rules.values()),
    }  # fmt: skip

"""SQL of relapses: closings that were watched long enough, and the links of the study in force."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

STUDY = text("""
SELECT id, radius_m, record_to_at FROM return_study WHERE tenant = :tenant ORDER BY id DESC LIMIT 1""")
WATCHED = """
  SELECT e.id, e.code, e.closed_at, e.geom, p.district_code
    FROM event e JOIN event_place p ON p.tenant = :tenant AND p.event_id = e.id AND NOT p.outside
   WHERE e.tenant = :tenant AND e.duplicate_of IS NULL AND e.closed_at >= :from_at AND e.closed_at < :to_at
     AND e.closed_at + make_interval(secs => :within_s) <= :record_to
     AND (CAST(:area AS text[]) IS NULL OR p.district_code = ANY(CAST(:area AS text[])))"""
NEXT = """
  SELECT l.parent_id, min(l.gap_s) AS gap_s FROM return_link l
   WHERE l.tenant = :tenant AND l.study_id = :study AND l.gap_s <= :within_s GROUP BY 1"""
RATES = text(f"""
WITH watched AS ({WATCHED}), next AS ({NEXT})
SELECT CASE grouping(w.district_code, w.code) WHEN 3 THEN 'whole' WHEN 1 THEN 'district' ELSE 'code' END AS level,
       coalesce(w.district_code, w.code) AS key, count(*)::int AS closings, count(n.parent_id)::int AS followed,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY n.gap_s) AS half_s
  FROM watched w LEFT JOIN next n ON n.parent_id = w.id
 GROUP BY GROUPING SETS ((), (w.district_code), (w.code)) ORDER BY 1 DESC, 2 NULLS LAST""")
LINKS = text(f"""
WITH watched AS ({WATCHED})
SELECT w.id AS parent_id, l.event_id, l.gap_s, l.distance_m, w.code, w.district_code, w.closed_at,
       ST_X(w.geom) AS lon, ST_Y(w.geom) AS lat
  FROM watched w JOIN return_link l ON l.tenant = :tenant AND l.study_id = :study AND l.parent_id = w.id
 WHERE l.gap_s <= :within_s ORDER BY w.closed_at, w.id, l.event_id""")


def find_study(session: Session, tenant: str) -> Any:
    """``id radius_m record_to_at`` of the study in force; None if nothing was studied."""
    return session.execute(STUDY, {"tenant": tenant}).first()


def load_rates(session: Session, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """``level key closings followed half_s``: the whole, by 片区, by code."""
    return [dict(row) for row in session.execute(RATES, facts).mappings()]


def load_links(session: Session, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Each return with the closing it followed, in order of closing."""
    return [dict(row) for row in session.execute(LINKS, facts).mappings()]


def facts_of(
    tenant: str, study: Any, from_at: dt.datetime, to_at: dt.datetime, within_s: int, area: list[str] | None
) -> dict[str, Any]:
    """The values of both statements."""
    return {
        "tenant": tenant, "study": study.id, "record_to": study.record_to_at, "from_at": from_at, "to_at": to_at,
        "within_s": within_s, "area": area,
    }  # fmt: skip

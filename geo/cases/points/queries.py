"""SQL of what people did and how long they were on shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.points.score import Act

DAY = "(i.at AT TIME ZONE c.time_zone)::date"
PLACE = """ST_X(ST_Transform(i.geom, c.metric_srid)), ST_Y(ST_Transform(i.geom, c.metric_srid))"""
SPAN = """i.tenant = :tenant AND {at} >= :from_at AND {at} < :to_at
  AND (CAST(:area AS text[]) IS NULL OR {area} = ANY(:area))"""
ACTS = text(f"""
SELECT i.step, s.code, {DAY}, i.at, i.code, i.subject_id, {PLACE}, false
FROM ladder_incident i JOIN county c ON c.tenant = i.tenant
JOIN staff s ON s.tenant = i.tenant AND s.id = i.officer_id
WHERE {SPAN.format(at="i.at", area="i.district_code")} AND i.state = 'confirmed'
UNION ALL
SELECT CASE l.step WHEN 'archive' THEN 'archived' ELSE 'rework' END, s.code,
  (coalesce(n.at, i.made_at) AT TIME ZONE c.time_zone)::date, l.at, i.code, i.subject_id,
  coalesce(ST_X(ST_Transform(n.geom, c.metric_srid)), 0), coalesce(ST_Y(ST_Transform(n.geom, c.metric_srid)), 0), false
FROM step_log l JOIN penalty i ON i.tenant = l.tenant AND i.id = l.row_id
JOIN county c ON c.tenant = i.tenant
LEFT JOIN ladder_incident n ON n.tenant = i.tenant AND n.id = i.incident_id
JOIN LATERAL (
  SELECT f.first_staff_id AS one FROM formal_act f
   WHERE f.tenant = i.tenant AND f.about = 'penalty' AND f.row_id = i.id AND f.second_at IS NOT NULL
   ORDER BY f.id LIMIT 1) h ON true
JOIN staff s ON s.tenant = i.tenant AND s.id = h.one
WHERE l.workflow = 'penalty' AND l.step IN ('archive', 'send_back')
  AND {SPAN.format(at="l.at", area="i.district_code")}
UNION ALL
SELECT 'recheck', s.code, r.due_on, r.done_at, coalesce(n.code, i.kind), i.subject_id, {PLACE},
  EXISTS (SELECT FROM formal_act f WHERE f.tenant = i.tenant AND f.about = 'document' AND f.row_id = i.id
          AND f.step = 'issue' AND r.staff_id IN (f.first_staff_id, f.second_staff_id))
FROM recheck r JOIN legal_document i ON i.tenant = r.tenant AND i.id = r.document_id
JOIN county c ON c.tenant = i.tenant
LEFT JOIN ladder_incident n ON n.tenant = i.tenant AND n.id = i.incident_id
JOIN staff s ON s.tenant = r.tenant AND s.id = r.staff_id
WHERE {SPAN.format(at="r.done_at", area="i.district_code")}
UNION ALL
SELECT 'covered', s.code, p.on_date, p.ends_at, i.key, NULL, 0, 0, false
FROM score_item i JOIN shift_score h ON h.tenant = i.tenant AND h.id = i.score_id
JOIN shift_plan p ON p.tenant = h.tenant AND p.id = h.plan_id
JOIN plan_team t ON t.tenant = p.tenant AND t.plan_id = p.id AND t.code = i.team_code
JOIN plan_member m ON m.tenant = t.tenant AND m.team_id = t.id
JOIN staff s ON s.tenant = m.tenant AND s.id = m.staff_id
WHERE i.kind = 'stop' AND i.done AND p.status = 'published'
  AND h.id = (SELECT max(n.id) FROM shift_score n WHERE n.tenant = h.tenant AND n.plan_id = h.plan_id)
  AND {SPAN.format(at="p.ends_at", area="i.district_code")}""")
MINUTES = text("""
SELECT s.code, u.code, sum(EXTRACT(EPOCH FROM (k.end_time - k.start_time)) / 60
  + CASE WHEN k.end_time <= k.start_time THEN 1440 ELSE 0 END)::bigint
FROM duty d JOIN shift_kind k ON k.tenant = d.tenant AND k.code = d.shift_code
JOIN staff s ON s.tenant = d.tenant AND s.id = d.staff_id
LEFT JOIN org_unit u ON u.tenant = s.tenant AND u.id = s.org_unit_id
WHERE d.tenant = :tenant AND d.on_date >= :first AND d.on_date < :last GROUP BY 1, 2 ORDER BY 1""")
UNITS = text("""
SELECT s.code, u.code FROM staff s LEFT JOIN org_unit u ON u.tenant = s.tenant AND u.id = s.org_unit_id
WHERE s.tenant = :tenant""")
RULES = text("SELECT measure, points FROM point_rule WHERE tenant = :tenant")
SET_RULE = text("""
INSERT INTO point_rule (tenant, measure, points, set_by) VALUES (:tenant, :measure, :points, :actor)
ON CONFLICT (tenant, measure) DO UPDATE SET points = excluded.points, set_by = excluded.set_by, set_at = now()""")


def load_acts(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, area: Sequence[str] | None
) -> list[Act]:
    """What was confirmed, archived, sent back, rechecked, or seen kept of a plan in a span."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "area": list(area) if area is not None else None}
    return [Act(*row) for row in session.execute(ACTS, facts)]


def load_minutes(session: Session, tenant: str, first: dt.date, last: dt.date) -> dict[str, int]:
    """Minutes on shift by staff number, from the first local day to before the last."""
    rows = session.execute(MINUTES, {"tenant": tenant, "first": first, "last": last})
    return {staff: int(minutes) for staff, _, minutes in rows}


def load_units(session: Session, tenant: str) -> dict[str, str | None]:
    """Unit code by staff number."""
    return {str(row[0]): row[1] for row in session.execute(UNITS, {"tenant": tenant})}


def load_rules(session: Session, tenant: str) -> dict[str, int]:
    """What the bureau has said measures are worth."""
    return {measure: int(points) for measure, points in session.execute(RULES, {"tenant": tenant})}


def save_rule(session: Session, tenant: str, measure: str, points: int, actor: str) -> None:
    """Say what a measure is worth."""
    session.execute(SET_RULE, {"tenant": tenant, "measure": measure, "points": points, "actor": actor})

"""The SQL of plan feeds.

``area`` is the list of 片区 a caller is confined to, null for the whole county; ``staff`` the number of the person
to whose own teams they are confined, null for all.
"""

from __future__ import annotations

from sqlalchemy import text

OWN_TEAM = """(CAST(:staff AS text) IS NULL OR EXISTS (
    SELECT 1 FROM plan_member own JOIN staff person ON person.tenant = own.tenant AND person.id = own.staff_id
    WHERE own.tenant = t.tenant AND own.team_id = t.id AND person.code = :staff))"""

PLANS = text("""
SELECT p.id, p.on_date, p.shift_code, k.name AS shift_name, p.version, p.status, p.starts_at, p.ends_at,
  p.seed, p.iterations, p.weight_served, p.weight_total, p.made_at, p.made_by, p.published_at
FROM shift_plan p JOIN shift_kind k ON k.tenant = p.tenant AND k.code = p.shift_code
WHERE p.tenant = :tenant AND (CAST(:id AS bigint) IS NULL OR p.id = :id)
  AND (CAST(:on_date AS date) IS NULL OR p.on_date = :on_date)
  AND (CAST(:before AS bigint) IS NULL OR p.id < :before) AND (:drafts OR p.status <> 'draft')
  AND (CAST(:staff AS text) IS NULL OR EXISTS (
    SELECT 1 FROM plan_member own JOIN staff person ON person.tenant = own.tenant AND person.id = own.staff_id
    WHERE own.tenant = p.tenant AND own.plan_id = p.id AND person.code = :staff))
ORDER BY p.id DESC LIMIT :most""")

IN_AREA = """(CAST(:area AS text[]) IS NULL OR t.district_code = ANY(:area)
  OR t.district_codes ?| CAST(:area AS text[]) OR EXISTS (
    SELECT 1 FROM plan_stop s WHERE s.tenant = t.tenant AND s.plan_id = t.plan_id AND s.team_id = t.id
      AND s.district_code = ANY(:area)))"""
"""Which teams concern an area, for lists and for routes alike: a joint team belongs to each of its 片区, and one
that comes to a 片区 for a stop is no secret there; their route sheets open to the same people."""

TEAMS = text(f"""
SELECT t.id, t.code, t.kind, t.mode, t.district_code, t.licences, t.color_index, t.duration_s, t.distance_m,
  ST_X(t.start) AS start_lon, ST_Y(t.start) AS start_lat,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('code', s.code, 'name', s.name) ORDER BY s.code), '[]')
   FROM plan_member m JOIN staff s ON s.tenant = m.tenant AND s.id = m.staff_id
   WHERE m.tenant = t.tenant AND m.team_id = t.id) AS members,
  (SELECT coalesce(jsonb_agg(v.code ORDER BY v.code), '[]')
   FROM plan_vehicle x JOIN vehicle v ON v.tenant = x.tenant AND v.id = x.vehicle_id
   WHERE x.tenant = t.tenant AND x.team_id = t.id) AS vehicles
FROM plan_team t WHERE t.tenant = :tenant AND t.plan_id = :id
  AND {IN_AREA} AND {OWN_TEAM}
ORDER BY t.code""")

STOPS = text(f"""
SELECT t.code AS team, s.seq, s.key, s.kind, s.name, s.district_code, s.weight, s.service_s, s.arrive_at, s.leave_at,
  s.window_from_at, s.window_to_at, s.reason_code, s.reason_facts, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat,
  s.begin_at, s.duty, s.required, s.saved, s.earlier, s.later
FROM plan_stop s LEFT JOIN plan_team t ON t.tenant = s.tenant AND t.id = s.team_id
WHERE s.tenant = :tenant AND s.plan_id = :id AND (CAST(:area AS text[]) IS NULL OR s.district_code = ANY(:area))
  AND (:checks OR s.layer <> 'enterprise_check') AND {OWN_TEAM}
ORDER BY t.code NULLS LAST, s.seq, s.weight DESC, s.key""")

ROUTES = text(f"""
SELECT t.code AS team, t.kind, t.mode, t.district_code, t.color_index, t.duration_s, t.distance_m,
  ST_AsGeoJSON(ST_MakeLine(l.geom ORDER BY l.seq), 7, 0) AS geometry
FROM plan_team t LEFT JOIN plan_leg l ON l.tenant = t.tenant AND l.team_id = t.id AND l.geom IS NOT NULL
WHERE t.tenant = :tenant AND t.plan_id = :id AND {IN_AREA} AND {OWN_TEAM}
GROUP BY t.tenant, t.id ORDER BY t.code""")

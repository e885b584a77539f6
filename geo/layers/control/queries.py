"""SQL of control points: a set by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

SET = text("""
INSERT INTO control_set (tenant, name, method, srid, pairs, parameters, rms_m, limit_m, made_by)
VALUES (:tenant, :name, :method, :srid, CAST(:pairs AS jsonb), CAST(:parameters AS jsonb), :rms_m, :limit_m, :actor)
ON CONFLICT (tenant, name) DO UPDATE
   SET method = EXCLUDED.method, srid = EXCLUDED.srid, pairs = EXCLUDED.pairs, parameters = EXCLUDED.parameters,
       rms_m = EXCLUDED.rms_m, limit_m = EXCLUDED.limit_m, made_by = EXCLUDED.made_by, made_at = now()""")
FIND = text("""
SELECT name, method, srid, pairs, parameters, rms_m, limit_m, made_by, made_at FROM control_set
 WHERE tenant = :tenant AND (CAST(:name AS text) IS NULL OR name = :name) ORDER BY name""")

SPARE = "2 * jsonb_array_length(s.pairs) - CASE s.method WHEN 'helmert' THEN 4 ELSE 6 END"
SETS = text(f"""
SELECT s.name, s.method, jsonb_array_length(s.pairs) AS points, {SPARE} AS spare, s.rms_m,
       (SELECT max(CAST(p ->> 'off_m' AS float8)) FROM jsonb_array_elements(s.pairs) AS p) AS worst_m,
       s.limit_m, s.made_by, s.made_at
  FROM control_set s WHERE s.tenant = :tenant ORDER BY s.name""")
POINTS = text(f"""
SELECT s.name || ' ' || p.n AS key, s.name AS control, p.pair ->> 'name' AS name, q.local_x, q.local_y, q.off_x_m,
       q.off_y_m, q.off_m, CASE WHEN {SPARE} = 0 THEN 'unproved' WHEN q.off_m > s.limit_m / 2 THEN 'far' ELSE 'near' END
       AS standing, ST_X(q.at) AS lon, ST_Y(q.at) AS lat
  FROM control_set s CROSS JOIN LATERAL jsonb_array_elements(s.pairs) WITH ORDINALITY AS p (pair, n)
 CROSS JOIN LATERAL (
    SELECT r.*, ST_Transform(ST_SetSRID(ST_MakePoint(r.x, r.y), s.srid), 4490) AS at
      FROM jsonb_to_record(p.pair) AS r (local_x float8, local_y float8, x float8, y float8, off_x_m float8,
                                         off_y_m float8, off_m float8)) q
 WHERE s.tenant = :tenant AND (CAST(:name AS text) IS NULL OR s.name = :name) ORDER BY s.name, p.n""")


def set_control(session: Session, tenant: str, values: Mapping[str, Any]) -> None:
    """Keep a set, in place of the one of its name."""
    lists = {name: json.dumps(values[name], ensure_ascii=False) for name in ("pairs", "parameters")}
    session.execute(SET, {"tenant": tenant, **values, **lists})


def list_controls(session: Session, tenant: str, name: str | None = None) -> list[dict[str, Any]]:
    """All sets by name, or the one."""
    return [dict(row) for row in session.execute(FIND, {"tenant": tenant, "name": name}).mappings()]


def list_sets(session: Session, tenant: str) -> list[dict[str, Any]]:
    """How each local frame was solved, and how far its worst point is off, by name."""
    return [dict(row) for row in session.execute(SETS, {"tenant": tenant}).mappings()]


def list_points(session: Session, tenant: str, name: str | None = None) -> list[dict[str, Any]]:
    """Control points of all frames or of one, with their residuals in metres; lon, lat in EPSG:4490."""
    return [dict(row) for row in session.execute(POINTS, {"tenant": tenant, "name": name}).mappings()]

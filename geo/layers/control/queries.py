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


def set_control(session: Session, tenant: str, values: Mapping[str, Any]) -> None:
    """Keep a set, in place of the one of its name."""
    lists = {name: json.dumps(values[name], ensure_ascii=False) for name in ("pairs", "parameters")}
    session.execute(SET, {"tenant": tenant, **values, **lists})


def list_controls(session: Session, tenant: str, name: str | None = None) -> list[dict[str, Any]]:
    """All sets by name, or the one."""
    return [dict(row) for row in session.execute(FIND, {"tenant": tenant, "name": name}).mappings()]

"""SQL of saved ways of reading, and of points beside streets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

SET = text("""
INSERT INTO import_source (tenant, layer, name, options, columns, set_by)
VALUES (:tenant, :layer, :name, CAST(:options AS jsonb), CAST(:columns AS jsonb), :actor)
ON CONFLICT (tenant, layer, name) DO UPDATE
   SET options = EXCLUDED.options, columns = EXCLUDED.columns, set_by = EXCLUDED.set_by, set_at = now()""")
FIND = text("SELECT options, columns FROM import_source WHERE tenant = :tenant AND layer = :layer AND name = :name")
LIST = text("""
SELECT layer, name, options, columns, set_by, set_at FROM import_source WHERE tenant = :tenant ORDER BY layer, name""")

BESIDE = text("""
WITH spot AS MATERIALIZED (
  SELECT way, ST_SetSRID(ST_Point(lon, lat), 4490) AS at
    FROM unnest(CAST(:way AS int[]), CAST(:lon AS float8[]), CAST(:lat AS float8[])) AS g (way, lon, lat)),
around AS MATERIALIZED (SELECT way, at, ST_Expand(at, :near, :near) AS box FROM spot)
SELECT way, count(*) FROM around s
 WHERE EXISTS (SELECT FROM road r WHERE r.tenant = :tenant AND r.geom && s.box AND ST_DWithin(r.geom, s.at, :near))
 GROUP BY way""")
"""Degrees serve as a measure: whether something lies beside a street needs no metre."""


def set_source(
    session: Session, tenant: str, layer: str, name: str, options: Mapping[str, Any], columns: Sequence[str], actor: str
) -> None:
    """Keep how a data set is read, in place of what was said before."""
    said = {"options": json.dumps(options, ensure_ascii=False), "columns": json.dumps(columns, ensure_ascii=False)}
    session.execute(SET, {"tenant": tenant, "layer": layer, "name": name, "actor": actor, **said})


def find_source(session: Session, tenant: str, layer: str, name: str) -> tuple[dict[str, Any], list[str]] | None:
    """Options and columns of a data set; None if nothing was said of it."""
    row = session.execute(FIND, {"tenant": tenant, "layer": layer, "name": name}).one_or_none()
    return None if row is None else (dict(row.options), list(row.columns))


def list_sources(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All of them, by layer and name."""
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant}).mappings()]


def count_beside(
    session: Session, tenant: str, ways: Sequence[int], lon: Sequence[float], lat: Sequence[float], near: float
) -> dict[int, int]:
    """Points beside a street, by way of reading them; ways without any are left out."""
    facts = {"tenant": tenant, "way": list(ways), "lon": list(lon), "lat": list(lat), "near": near}
    return {row[0]: row[1] for row in session.execute(BESIDE, facts)}

"""SQL of regimes of streets and what they mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

RULES = text("""
SELECT regime, valid_from_on, tolerance_min, clock_permille, first_step, passes_per_shift, set_by FROM regime_rule
 WHERE tenant = :tenant ORDER BY regime, valid_from_on""")
UPSERT = text("""
INSERT INTO regime_rule (tenant, regime, valid_from_on, tolerance_min, clock_permille, first_step, passes_per_shift,
                         set_by)
VALUES (:tenant, :regime, :valid_from_on, :tolerance_min, :clock_permille, :first_step, :passes_per_shift, :set_by)
ON CONFLICT (tenant, regime, valid_from_on) DO UPDATE SET tolerance_min = excluded.tolerance_min,
  clock_permille = excluded.clock_permille, first_step = excluded.first_step,
  passes_per_shift = excluded.passes_per_shift, set_by = excluded.set_by""")

ROADS = text("""
SELECT id FROM road WHERE tenant = :tenant
   AND (id = ANY(CAST(:ids AS bigint[])) OR name = CAST(:name AS text)) ORDER BY id FOR UPDATE""")
END = text("""
UPDATE road_regime SET valid_to_on = :on
 WHERE tenant = :tenant AND road_id = ANY(CAST(:ids AS bigint[])) AND valid_from_on < :on
   AND (valid_to_on IS NULL OR valid_to_on > :on)""")
DROP_LATER = text("""
DELETE FROM road_regime
 WHERE tenant = :tenant AND road_id = ANY(CAST(:ids AS bigint[])) AND valid_from_on >= :on""")
BEGIN = text("""
INSERT INTO road_regime (tenant, road_id, regime, valid_from_on, set_by)
SELECT :tenant, id, :regime, :on, :actor FROM unnest(CAST(:ids AS bigint[])) AS id""")
STREETS = text("""
SELECT r.name, g.regime, count(*) AS stretches,
       round(sum(ST_Length(ST_Transform(r.geom, :srid))))::bigint AS length_m, min(g.valid_from_on) AS since_on,
       min(g.set_by) AS set_by
  FROM road r JOIN road_regime g ON g.tenant = r.tenant AND g.road_id = r.id
 WHERE r.tenant = :tenant AND g.valid_from_on <= :on AND (g.valid_to_on IS NULL OR g.valid_to_on > :on)
 GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2""")
SET_STREETS = text("""
SELECT road_id, regime FROM road_regime
 WHERE tenant = :tenant AND valid_from_on <= :on AND (valid_to_on IS NULL OR valid_to_on > :on)
   AND (set_by <> 'prefilled' OR regime = ANY(CAST(:ruled AS text[]))) ORDER BY road_id""")
STREET_M = 30.0
"""A thing this near to a street stands on it, as :mod:`geo.cases.flow.ground` says of one place."""

NEAREST = """beside AS MATERIALIZED (
  SELECT s.n, s.on_date, r.id, ST_Distance(ST_Transform(r.geom, :srid), s.here) AS metres
    FROM spot s JOIN road r ON r.tenant = :tenant AND r.geom && s.around
   WHERE ST_DWithin(ST_Transform(r.geom, :srid), s.here, :street_m)),
street AS MATERIALIZED (SELECT DISTINCT ON (n) n, on_date, id FROM beside ORDER BY n, metres, id),
kept AS MATERIALIZED (
  SELECT t.n, g.regime FROM street t JOIN road_regime g ON g.tenant = :tenant AND g.road_id = t.id
     AND g.valid_from_on <= t.on_date AND (g.valid_to_on IS NULL OR g.valid_to_on > t.on_date))"""
"""``kept``: n and regime of each ``spot`` (n, on_date, here in metres, around in degrees) on a street that has one."""
AT = text(f"""
WITH spot AS MATERIALIZED (
  SELECT n, on_date, ST_Transform(ST_SetSRID(ST_Point(lon, lat), 4490), :srid) AS here,
         ST_Expand(ST_SetSRID(ST_Point(lon, lat), 4490), CAST(:reach_lon AS float8), CAST(:reach_lat AS float8))
           AS around
    FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[]), CAST(:days AS date[])) WITH ORDINALITY
         AS g (lon, lat, on_date, n)),
{NEAREST}
SELECT n, regime FROM kept""")

FIGURES = text("""
SELECT p.regime, count(*) AS problems, count(*) FILTER (WHERE p.closed_at IS NOT NULL) AS closed,
       count(*) FILTER (WHERE p.handled_at <= p.handle_due_at) AS in_time,
       count(*) FILTER (WHERE p.handle_due_at IS NOT NULL AND p.handled_at IS NOT NULL) AS timed
  FROM problem_case p
 WHERE p.tenant = :tenant AND p.found_at >= :from_at AND p.found_at < :to_at AND p.state NOT IN ('voided', 'merged')
 GROUP BY 1 ORDER BY 1 NULLS LAST""")


def load_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All rules the county has set, by regime and first day."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def upsert_rules(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rules, recognised by regime and first day."""
    if rows:
        session.execute(UPSERT, [{**row, "tenant": tenant} for row in rows])


def lock_roads(session: Session, tenant: str, ids: Sequence[int], name: str | None) -> list[int]:
    """Stretches of street by id or name, held until the transaction ends."""
    facts = {"tenant": tenant, "ids": list(ids), "name": name}
    return list(session.execute(ROADS, facts).scalars())


def turn_roads(session: Session, tenant: str, ids: Sequence[int], regime: str, on: dt.date, actor: str) -> None:
    """From a day on these stretches have another regime; what was set for later days is replaced."""
    facts = {"tenant": tenant, "ids": list(ids), "on": on}
    session.execute(DROP_LATER, facts)
    session.execute(END, facts)
    session.execute(BEGIN, {**facts, "regime": regime, "actor": actor})


def list_streets(session: Session, tenant: str, srid: int, on: dt.date) -> list[dict[str, Any]]:
    """Streets by name with the regime of a day, how many stretches and metres."""
    facts = {"tenant": tenant, "srid": srid, "on": on}
    return [dict(row) for row in session.execute(STREETS, facts).mappings()]


def load_figures(session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime) -> list[dict[str, Any]]:
    """Problems found in a span by the regime they were found under; None is off all streets."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at}
    return [dict(row) for row in session.execute(FIGURES, facts).mappings()]


def list_set_streets(session: Session, tenant: str, on: dt.date, ruled: Sequence[str]) -> list[tuple[int, str]]:
    """Row id and regime on a day of streets whose regime the bureau has set, or that are under one of ``ruled``."""
    found = session.execute(SET_STREETS, {"tenant": tenant, "on": on, "ruled": list(ruled)})
    return [(int(road), str(regime)) for road, regime in found]


def load_regimes(
    session: Session, facts: Mapping[str, Any], lon: Sequence[float], lat: Sequence[float], days: Sequence[dt.date]
) -> dict[int, str]:
    """Regime of the street at each place on its day, by its number in the lists; places off all streets have none.

    Parameters
    ----------
    facts
        ``tenant``, ``srid``, ``reach_lon`` and ``reach_lat`` (half sides in degrees of a box wider than 30 m).
    """
    found = session.execute(AT, {**facts, "street_m": STREET_M, "lon": list(lon), "lat": list(lat), "days": list(days)})
    return {int(n) - 1: str(regime) for n, regime in found}

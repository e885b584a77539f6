"""SQL of restaurants, cleanings of their devices, surveys, and what was reported near them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

ALL = text("""
SELECT r.id, r.code, r.name, r.trade, r.device, r.device_on, r.seats, r.street, r.opened_on, r.closed_on,
       greatest(r.cleaned_on, (SELECT max(c.cleaned_on) FROM device_cleaning c
          WHERE c.tenant = :tenant AND c.restaurant_id = r.id AND c.cleaned_on <= :on)) AS cleaned_on,
       s.surveyed_on, s.verdict, ST_X(r.geom) AS lon, ST_Y(r.geom) AS lat
  FROM restaurant r
  LEFT JOIN LATERAL (SELECT v.surveyed_on, v.verdict FROM restaurant_survey v
     WHERE v.tenant = :tenant AND v.restaurant_id = r.id ORDER BY v.surveyed_on DESC, v.id DESC LIMIT 1) s ON true
 WHERE r.tenant = :tenant AND (CAST(:code AS text) IS NULL OR r.code = :code)
 ORDER BY r.code, r.id""")

CLEAN = text("""
INSERT INTO device_cleaning (tenant, uid, restaurant_id, cleaned_on, cleaner, seen, actor)
VALUES (:tenant, :uid, :restaurant, :cleaned_on, :cleaner, :seen, :actor) ON CONFLICT (tenant, uid) DO NOTHING""")
CLEANINGS = text("""
SELECT cleaned_on, cleaner, seen, actor, recorded_at FROM device_cleaning
 WHERE tenant = :tenant AND restaurant_id = :restaurant ORDER BY cleaned_on DESC, id DESC LIMIT 200""")
SURVEY = text("""
INSERT INTO restaurant_survey (tenant, uid, restaurant_id, surveyed_on, flue, housing, device_planned, verdict, note,
                               actor)
VALUES (:tenant, :uid, :restaurant, :surveyed_on, :flue, :housing, :device_planned, :verdict, :note, :actor)
ON CONFLICT (tenant, uid) DO NOTHING""")
SURVEYS = text("""
SELECT surveyed_on, flue, housing, device_planned, verdict, note, actor FROM restaurant_survey
 WHERE tenant = :tenant AND restaurant_id = :restaurant ORDER BY surveyed_on DESC, id DESC LIMIT 200""")

RULES = text("SELECT trade, days, basis FROM cleaning_rule WHERE tenant = :tenant ORDER BY trade")
SAVE_RULE = text("""
INSERT INTO cleaning_rule (tenant, trade, days, basis) VALUES (:tenant, :trade, :days, :basis)
ON CONFLICT (tenant, trade) DO UPDATE SET days = excluded.days, basis = excluded.basis""")

TAKE_NAMES = text("""
UPDATE restaurant r SET outside_name = f.outside_name, updated_at = now() FROM frontage f
 WHERE r.tenant = :tenant AND f.tenant = :tenant AND f.code = r.frontage_code AND f.name = r.name
   AND r.outside_name IS DISTINCT FROM f.outside_name RETURNING r.id""")

NEAR = text("""
SELECT r.id,
  (SELECT count(*) FROM event e WHERE e.tenant = :tenant AND e.geom && b.box AND e.occurred_at >= :since
      AND e.code = ANY(CAST(:codes AS text[])) AND e.duplicate_of IS NULL
      AND ST_DWithin(ST_Transform(e.geom, CAST(:srid AS int)), b.spot, CAST(:reach AS float8))) AS events,
  (SELECT count(*) FROM complaint c WHERE c.tenant = :tenant AND c.geom && b.box AND c.received_at >= :since
      AND c.code = ANY(CAST(:codes AS text[])) AND c.state <> 'void'
      AND ST_DWithin(ST_Transform(c.geom, CAST(:srid AS int)), b.spot, CAST(:reach AS float8))) AS complaints
  FROM restaurant r CROSS JOIN LATERAL (
    SELECT ST_Expand(r.geom, CAST(:degrees AS float8)) AS box, ST_Transform(r.geom, CAST(:srid AS int)) AS spot) b
 WHERE r.tenant = :tenant AND r.id = ANY(CAST(:ids AS bigint[])) ORDER BY r.id""")


def list_restaurants(session: Session, tenant: str, on: dt.date, code: str | None = None) -> list[dict[str, Any]]:
    """Restaurants by number with the last cleaning until a day and the last survey."""
    found = session.execute(ALL, {"tenant": tenant, "on": on, "code": code})
    return [dict(row) for row in found.mappings()]


def add_cleaning(session: Session, tenant: str, **values: Any) -> bool:
    """Write a cleaning; False if it is known already."""
    return bool(session.execute(CLEAN, {"tenant": tenant, **values}).rowcount)  # type: ignore[attr-defined]


def add_survey(session: Session, tenant: str, **values: Any) -> bool:
    """Write a survey; False if it is known already."""
    return bool(session.execute(SURVEY, {"tenant": tenant, **values}).rowcount)  # type: ignore[attr-defined]


def list_history(session: Session, tenant: str, restaurant: int) -> dict[str, list[dict[str, Any]]]:
    """Cleanings and surveys of a restaurant, the newest first."""
    facts = {"tenant": tenant, "restaurant": restaurant}
    return {
        "cleanings": [dict(row) for row in session.execute(CLEANINGS, facts).mappings()],
        "surveys": [dict(row) for row in session.execute(SURVEYS, facts).mappings()],
    }


def load_rules(session: Session, tenant: str) -> list[dict[str, Any]]:
    """How often devices are cleaned, by kind of kitchen."""
    return [dict(row) for row in session.execute(RULES, {"tenant": tenant}).mappings()]


def save_rules(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rules, recognised by kind of kitchen."""
    if rows:
        session.execute(SAVE_RULE, [{**row, "tenant": tenant} for row in rows])


def take_names(session: Session, tenant: str) -> list[int]:
    """Show each restaurant outside as the shop front of its number and name is shown; ids of those that changed."""
    return list(session.execute(TAKE_NAMES, {"tenant": tenant}).scalars())


def count_near(
    session: Session, tenant: str, ids: Sequence[int], since: dt.datetime, codes: Sequence[str], reach_m: float,
    srid: int, degrees: float,
) -> dict[int, tuple[int, int]]:  # fmt: skip
    """Events and complaints of some codes within so many metres of each restaurant since a time."""
    facts = {
        "tenant": tenant, "ids": list(ids), "since": since, "codes": list(codes), "reach": reach_m, "srid": srid,
        "degrees": degrees,
    }  # fmt: skip
    return {row.id: (row.events, row.complaints) for row in session.execute(NEAR, facts)}

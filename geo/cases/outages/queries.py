"""SQL of outages, circuits and plans of lighting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

LAMPS = text("""
SELECT l.id, l.code, l.circuit, l.night_part, l.status, l.status_since_at, c.plan, ST_X(l.geom) AS lon,
       ST_Y(l.geom) AS lat,
       o.id AS outage
  FROM streetlight l LEFT JOIN lamp_circuit c ON c.tenant = l.tenant AND c.code = l.circuit
  LEFT JOIN LATERAL (SELECT o.id FROM outage_lamp x JOIN outage o ON o.tenant = x.tenant AND o.id = x.outage_id
       WHERE x.tenant = l.tenant AND x.lamp_id = l.id AND o.state IN ('open', 'put_off', 'mended')
       ORDER BY o.id LIMIT 1) o ON true
 WHERE l.tenant = :tenant AND (l.code = ANY(CAST(:codes AS text[])) OR l.circuit = CAST(:circuit AS text)
       OR l.id = ANY(CAST(:ids AS bigint[])))
 ORDER BY l.id""")
LOOSE = text("""
SELECT l.id, l.status_since_at FROM streetlight l
 WHERE l.tenant = :tenant AND l.status = 'fault' AND l.status_since_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM outage_lamp x JOIN outage o ON o.tenant = x.tenant AND o.id = x.outage_id
       WHERE x.tenant = l.tenant AND x.lamp_id = l.id AND o.state IN ('open', 'put_off', 'mended'))
 ORDER BY l.status_since_at, l.id LIMIT :most""")
LOOSE_EVENTS = text("""
SELECT e.uid, coalesce(e.found_at, e.occurred_at) AS found_at, near.id AS lamp
  FROM event e JOIN county c ON c.tenant = e.tenant
  JOIN LATERAL (SELECT l.id, l.geom FROM streetlight l
       WHERE l.tenant = e.tenant AND l.geom && ST_Expand(e.geom, :box)
         AND ST_DWithin(ST_Transform(l.geom, CAST(:srid AS int)), ST_Transform(e.geom, CAST(:srid AS int)), :reach_m)
       ORDER BY ST_Distance(l.geom, e.geom), l.id LIMIT 1) near ON true
 WHERE e.tenant = :tenant AND e.closed_at IS NULL AND e.duplicate_of IS NULL AND e.code LIKE 'C01-37%'
   AND NOT EXISTS (SELECT FROM outage o WHERE o.tenant = e.tenant AND o.event_uid = e.uid)
 ORDER BY 2, e.uid LIMIT :most""")
ADD = text("""
INSERT INTO outage (tenant, uid, circuit, cause, origin, event_uid, state, found_at, due_at, district_code, staff_id)
VALUES (:tenant, :uid, :circuit, :cause, :origin, :event_uid, 'open', :found_at, :due_at, :district_code, :staff_id)
RETURNING id""")
ADD_LAMPS = text("""
INSERT INTO outage_lamp (tenant, outage_id, lamp_id)
SELECT :tenant, :outage, lamp FROM unnest(CAST(:lamps AS bigint[])) AS g (lamp) ON CONFLICT DO NOTHING""")
SET_LAMPS = text("""
UPDATE streetlight SET status = :status, status_since_at = :since, updated_at = now()
 WHERE tenant = :tenant AND id = ANY(CAST(:lamps AS bigint[]))
RETURNING id, ST_X(geom) AS lon, ST_Y(geom) AS lat""")
LOCK = text("""
SELECT id, circuit, cause, state, found_at, due_at FROM outage WHERE tenant = :tenant AND id = :id FOR UPDATE""")
MOVE = text("""
UPDATE outage SET state = :state, cause = coalesce(:cause, cause), due_at = coalesce(:due_at, due_at),
       mended_at = CASE WHEN :state = 'mended' THEN CAST(:at AS timestamptz) WHEN :state = 'open' THEN NULL
                        ELSE mended_at END,
       look_again_on = CAST(:look_again_on AS date), merged_into = coalesce(:merged_into, merged_into)
 WHERE tenant = :tenant AND id = :id""")
FOUND_EARLIER = text("""
UPDATE outage SET found_at = :found_at, due_at = :due_at
 WHERE tenant = :tenant AND id = :id AND found_at > :found_at""")
LATE_STEP = """EXISTS (SELECT FROM step_log g WHERE g.tenant = o.tenant AND g.workflow = 'outage' AND g.row_id = o.id
       AND (g.facts ->> 'late')::boolean)"""
COLUMNS = f"""
SELECT o.id, o.uid, o.circuit, o.cause, o.origin, o.state, o.found_at, o.due_at, o.mended_at, o.look_again_on,
       o.district_code, s.code AS staff, o.merged_into,
       ARRAY(SELECT x.lamp_id FROM outage_lamp x WHERE x.tenant = o.tenant AND x.outage_id = o.id ORDER BY 1) AS lamps,
       o.state NOT IN ('voided', 'merged') AND ((o.state = 'open' AND o.due_at < :now) OR {LATE_STEP}) AS breached
  FROM outage o JOIN staff s ON s.tenant = o.tenant AND s.id = o.staff_id
 WHERE o.tenant = :tenant"""
FIND = text(f"{COLUMNS} AND o.id = :id")
LIST = text(f"""SELECT * FROM ({COLUMNS}
   AND (CAST(:area AS text[]) IS NULL OR o.district_code = ANY(:area))
   AND (CAST(:from_at AS timestamptz) IS NULL OR o.found_at >= :from_at)
   AND (CAST(:to_at AS timestamptz) IS NULL OR o.found_at < :to_at)
   AND (NOT :open_only OR o.state IN ('open', 'put_off', 'mended'))) found
 WHERE NOT :breaches_only OR breached ORDER BY due_at, id LIMIT :most""")
CLOSE_EVENTS = text("""
UPDATE event e SET closed_at = CAST(:at AS timestamptz)
  FROM outage o WHERE o.tenant = :tenant AND (o.id = :id OR o.merged_into = :id)
   AND e.tenant = o.tenant AND e.uid = o.event_uid AND e.closed_at IS NULL AND e.occurred_at <= :at
   AND NOT EXISTS (SELECT FROM problem_case p WHERE p.tenant = e.tenant AND p.event_uid = e.uid)
RETURNING e.id, ST_X(ST_PointOnSurface(e.geom)) AS lon, ST_Y(ST_PointOnSurface(e.geom)) AS lat""")
OF_CIRCUIT = text("""
SELECT o.id, o.circuit AS whole, o.found_at, o.due_at, o.origin, o.district_code, o.staff_id,
       ARRAY(SELECT x.lamp_id FROM outage_lamp x
       WHERE x.tenant = o.tenant AND x.outage_id = o.id ORDER BY 1) AS lamps
  FROM outage o
 WHERE o.tenant = :tenant AND o.state = 'open'
   AND (o.circuit = :circuit OR EXISTS (SELECT FROM outage_lamp x
        JOIN streetlight l ON l.tenant = x.tenant AND l.id = x.lamp_id
        WHERE x.tenant = o.tenant AND x.outage_id = o.id AND l.circuit = :circuit))
 ORDER BY o.id FOR UPDATE""")
SEASONS = text("""
SELECT plan, first_day, last_day, on_after_sunset_min, off_after_sunrise_min, saving, half_off
  FROM lighting_plan
 WHERE tenant = :tenant ORDER BY plan, first_day""")
CIRCUITS = text("SELECT code, name, plan FROM lamp_circuit WHERE tenant = :tenant ORDER BY code")
SAVE_SEASON = text("""
INSERT INTO lighting_plan (tenant, plan, first_day, last_day, on_after_sunset_min, off_after_sunrise_min, saving,
  half_off, set_by)
VALUES (:tenant, :plan, :first_day, :last_day, :on_after_sunset_min, :off_after_sunrise_min, :saving, :half_off, :actor)
ON CONFLICT (tenant, plan, first_day) DO UPDATE SET last_day = excluded.last_day,
  on_after_sunset_min = excluded.on_after_sunset_min, off_after_sunrise_min = excluded.off_after_sunrise_min,
  saving = excluded.saving, half_off = excluded.half_off, set_by = excluded.set_by""")
SAVE_CIRCUIT = text("""
INSERT INTO lamp_circuit (tenant, code, name, plan, set_by) VALUES (:tenant, :code, :name, :plan, :actor)
ON CONFLICT (tenant, code) DO UPDATE SET name = excluded.name, plan = excluded.plan, set_by = excluded.set_by""")


def list_lamps(
    session: Session, tenant: str, *, codes: Sequence[str] = (), ids: Sequence[int] = (), circuit: str | None = None
) -> list[dict[str, Any]]:
    """Lamps by pole number, id or circuit, each with its plan and the open outage it is in."""
    facts = {"tenant": tenant, "codes": list(codes), "ids": list(ids), "circuit": circuit}
    return [dict(row) for row in session.execute(LAMPS, facts).mappings()]


def list_loose_lamps(session: Session, tenant: str, most: int) -> list[tuple[int, dt.datetime]]:
    """Lamps at fault that no open outage is about, the longest first."""
    return [(row.id, row.status_since_at) for row in session.execute(LOOSE, {"tenant": tenant, "most": most})]


def list_loose_events(session: Session, tenant: str, srid: int, reach_m: float, most: int) -> list[dict[str, Any]]:
    """Open events about lamps that no outage is about, each with the nearest lamp within reach."""
    facts = {"tenant": tenant, "srid": srid, "reach_m": reach_m, "box": reach_m / 50_000, "most": most}
    return [dict(row) for row in session.execute(LOOSE_EVENTS, facts).mappings()]


def add_outage(session: Session, tenant: str, lamps: Sequence[int], **values: Any) -> int:
    """Write an outage with its lamps."""
    row_id: int = session.execute(ADD, {"tenant": tenant, **values}).scalar_one()
    add_lamps(session, tenant, row_id, lamps)
    return row_id


def add_lamps(session: Session, tenant: str, outage: int, lamps: Sequence[int]) -> None:
    """Add lamps to an outage; those it has already stay."""
    session.execute(ADD_LAMPS, {"tenant": tenant, "outage": outage, "lamps": list(lamps)})


def set_lamps(
    session: Session, tenant: str, lamps: Sequence[int], status: str, since: dt.datetime | None
) -> list[tuple[float, float]]:
    """Say on the map what lamps do; their points."""
    facts = {"tenant": tenant, "lamps": list(lamps), "status": status, "since": since}
    return [(row.lon, row.lat) for row in session.execute(SET_LAMPS, facts)]


def close_events(session: Session, tenant: str, outage: int, at: dt.datetime) -> list[tuple[int, float, float]]:
    """Say of the events an outage and what was merged into it came from when they were put right; those of no problem.

    Returns
    -------
    list
        Id and point of each.
    """
    rows = session.execute(CLOSE_EVENTS, {"tenant": tenant, "id": outage, "at": at})
    return [(row.id, row.lon, row.lat) for row in rows]


def lock_outage(session: Session, tenant: str, outage: int) -> dict[str, Any] | None:
    """An outage, held until the transaction ends."""
    row = session.execute(LOCK, {"tenant": tenant, "id": outage}).mappings().first()
    return None if row is None else dict(row)


def move_outage(session: Session, tenant: str, outage: int, **values: Any) -> None:
    """Write the new state and what comes with it."""
    empty = {"cause": None, "due_at": None, "at": None, "look_again_on": None, "merged_into": None}
    session.execute(MOVE, {**empty, **values, "tenant": tenant, "id": outage})


def set_found(session: Session, tenant: str, outage: int, found_at: dt.datetime, due_at: dt.datetime) -> None:
    """The earliest discovery counts."""
    session.execute(FOUND_EARLIER, {"tenant": tenant, "id": outage, "found_at": found_at, "due_at": due_at})


def find_outage(session: Session, tenant: str, outage: int, now: dt.datetime) -> dict[str, Any] | None:
    """An outage with its lamps."""
    row = session.execute(FIND, {"tenant": tenant, "id": outage, "now": now}).mappings().first()
    return None if row is None else dict(row)


def list_outages(
    session: Session, tenant: str, now: dt.datetime, *, area: Sequence[str] | None = None, open_only: bool = False,
    breaches_only: bool = False, from_at: dt.datetime | None = None, to_at: dt.datetime | None = None,
    most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Outages, what is due first first."""
    facts = {"tenant": tenant, "now": now, "area": area, "open_only": open_only, "breaches_only": breaches_only}
    rows = session.execute(LIST, {**facts, "from_at": from_at, "to_at": to_at, "most": most}).mappings()
    return [dict(row) for row in rows]


def lock_circuit(session: Session, tenant: str, circuit: str) -> list[dict[str, Any]]:
    """Open outages of a circuit and of its lamps, held until the transaction ends."""
    return [dict(row) for row in session.execute(OF_CIRCUIT, {"tenant": tenant, "circuit": circuit}).mappings()]


def list_seasons(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All seasons of all plans."""
    return [dict(row) for row in session.execute(SEASONS, {"tenant": tenant}).mappings()]


def list_circuits(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All circuits with their plans."""
    return [dict(row) for row in session.execute(CIRCUITS, {"tenant": tenant}).mappings()]


def save_seasons(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write seasons; one of the same plan and first day is changed."""
    session.execute(SAVE_SEASON, [{"tenant": tenant, "actor": actor, **row} for row in rows])


def save_circuits(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write circuits; one of the same code is changed."""
    session.execute(SAVE_CIRCUIT, [{"tenant": tenant, "actor": actor, **row} for row in rows])

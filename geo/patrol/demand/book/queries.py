"""SQL of what the bureau writes down for its patrols."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from geo.crs import STORAGE

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

HERE = "current_setting('pianqu.tenant')"
SHAPE = f"ST_GeomFromWKB(:geom, {STORAGE})"
MULTI = f"ST_Multi({SHAPE})"

UPSERT_POST = text(f"""
INSERT INTO post (tenant, code, name, district_code, opening, duty, effect, effect_codes, buffer_m, people_needed,
                  valid_from_on, valid_to_on, active, made_by, geom)
VALUES ({HERE}, :code, :name, :district_code, :opening, :duty, :effect, :effect_codes, :buffer_m, :people_needed,
        :valid_from_on, :valid_to_on, true, :made_by, {SHAPE})
ON CONFLICT (tenant, code) DO UPDATE SET
  name = excluded.name, district_code = excluded.district_code, opening = excluded.opening, duty = excluded.duty,
  effect = excluded.effect, effect_codes = excluded.effect_codes, buffer_m = excluded.buffer_m,
  people_needed = excluded.people_needed, valid_from_on = excluded.valid_from_on, valid_to_on = excluded.valid_to_on,
  active = true, made_by = excluded.made_by, made_at = now(), geom = excluded.geom
RETURNING id""")

DROP_PEOPLE = text(f"DELETE FROM post_person WHERE tenant = {HERE} AND post_id = :post")
ADD_PERSON = text(f"INSERT INTO post_person (tenant, post_id, staff_id, seq) VALUES ({HERE}, :post, :staff, :seq)")
STAFF = text(f"SELECT code, id FROM staff WHERE tenant = {HERE} AND active")
END_POST = text(f"UPDATE post SET active = false WHERE tenant = {HERE} AND code = :code AND active RETURNING id")

LIST_POSTS = text(f"""
SELECT p.id, p.code, p.name, p.district_code, p.opening, p.duty, p.effect, p.effect_codes, p.buffer_m, p.people_needed,
       p.valid_from_on, p.valid_to_on, p.active, ST_AsGeoJSON(p.geom)::jsonb AS geometry,
       ARRAY(SELECT s.code FROM post_person x JOIN staff s ON s.tenant = x.tenant AND s.id = x.staff_id
             WHERE x.tenant = p.tenant AND x.post_id = p.id ORDER BY x.seq) AS people
FROM post p WHERE p.tenant = {HERE} AND (p.active OR :every) ORDER BY p.code""")

SET_PASSES = text(f"""
INSERT INTO pass_rule (tenant, tier, shift_code, passes, spacing_min, required, valid_from_on, set_by, ride_kmh)
VALUES ({HERE}, :tier, :shift_code, :passes, :spacing_min, :required, :valid_from_on, :set_by, :ride_kmh)
ON CONFLICT (tenant, tier, shift_code, valid_from_on) DO UPDATE SET
  passes = excluded.passes, spacing_min = excluded.spacing_min, required = excluded.required,
  set_by = excluded.set_by, ride_kmh = excluded.ride_kmh""")

SET_ZONE = text(f"""
INSERT INTO zone_rule (tenant, kind, cap_min, rho_min, stay_min, per_hour_thousandths, valid_from_on, set_by)
VALUES ({HERE}, :kind, :cap_min, :rho_min, :stay_min, :per_hour_thousandths, :valid_from_on, :set_by)
ON CONFLICT (tenant, kind, valid_from_on) DO UPDATE SET
  cap_min = excluded.cap_min, rho_min = excluded.rho_min, stay_min = excluded.stay_min,
  per_hour_thousandths = excluded.per_hour_thousandths, set_by = excluded.set_by""")

SET_ORDER = text(f"""
INSERT INTO giving_way (tenant, duties, valid_from_on, set_by) VALUES ({HERE}, :duties, :valid_from_on, :set_by)
ON CONFLICT (tenant, valid_from_on) DO UPDATE SET duties = excluded.duties, set_by = excluded.set_by, set_at = now()""")

SET_CENTRE = text(f"""
INSERT INTO urban_centre (tenant, name, covers, valid_from_on, set_by, geom, ride_kmh)
VALUES ({HERE}, :name, :covers, :valid_from_on, :set_by, {MULTI}, :ride_kmh)
ON CONFLICT (tenant, valid_from_on) DO UPDATE SET
  name = excluded.name, covers = excluded.covers, set_by = excluded.set_by, geom = excluded.geom,
  ride_kmh = excluded.ride_kmh""")

SET_BREAK = text(f"""
INSERT INTO break_rule (tenant, shift_code, name, minutes, from_time, to_time, valid_from_on, set_by)
VALUES ({HERE}, :shift_code, :name, :minutes, :from_time, :to_time, :valid_from_on, :set_by)
ON CONFLICT (tenant, shift_code, name, valid_from_on) DO UPDATE SET
  minutes = excluded.minutes, from_time = excluded.from_time, to_time = excluded.to_time, set_by = excluded.set_by""")

HAS_RULES = text(f"SELECT EXISTS (SELECT 1 FROM pass_rule WHERE tenant = {HERE})")

LIST_RULES = {
    "passes": text(f"""
SELECT tier, shift_code, passes, spacing_min, required, ride_kmh, valid_from_on, set_by FROM pass_rule
WHERE tenant = {HERE} ORDER BY tier, shift_code, valid_from_on"""),
    "zones": text(f"""
SELECT kind, cap_min, rho_min, stay_min, per_hour_thousandths, valid_from_on, set_by FROM zone_rule
WHERE tenant = {HERE} ORDER BY kind, valid_from_on"""),
    "breaks": text(f"""
SELECT shift_code, name, minutes, from_time, to_time, valid_from_on, set_by FROM break_rule WHERE tenant = {HERE}
ORDER BY shift_code, from_time, name, valid_from_on"""),
    "orders": text(
        f"SELECT duties, valid_from_on, set_by FROM giving_way WHERE tenant = {HERE} ORDER BY valid_from_on"
    ),
    "centres": text(f"""
SELECT name, covers, ride_kmh, valid_from_on, set_by, ST_AsGeoJSON(geom)::jsonb AS geometry FROM urban_centre
WHERE tenant = {HERE} ORDER BY valid_from_on"""),
}

DISTRICT_UNION = text(f"""
SELECT count(*), ST_AsBinary(ST_Union(geom)) FROM patrol_district WHERE tenant = {HERE} AND code = ANY(:codes)""")

ZONE_AREA = text(f"""
SELECT name, ST_AsBinary(geom) FROM hotspot_zone
WHERE tenant = {HERE} AND (source_key = :key OR CAST(id AS text) = :key)
ORDER BY id LIMIT 1""")

SAVE_FOCUS = text(f"""
INSERT INTO focus (tenant, code, name, ordered_by, shift_code, first_on, last_on, factor_percent, made_by, geom)
VALUES ({HERE}, :code, :name, :ordered_by, :shift_code, :first_on, :last_on, :factor_percent, :made_by, {MULTI})
ON CONFLICT (tenant, code) DO NOTHING RETURNING id""")

END_FOCUS = text(f"""
UPDATE focus SET last_on = greatest(first_on, LEAST(last_on, :last_on)) WHERE tenant = {HERE} AND code = :code
RETURNING last_on""")

LIST_FOCUSES = text(f"""
SELECT code, name, ordered_by, shift_code, first_on, last_on, factor_percent, made_by,
       ST_AsGeoJSON(geom)::jsonb AS geometry
FROM focus WHERE tenant = {HERE} ORDER BY first_on, code""")

UPSERT_ENTERPRISE = text(f"""
INSERT INTO enterprise (tenant, code, name, kind, opening, gate_every_days, cap_per_year, active, geom)
VALUES ({HERE}, :code, :name, :kind, :opening, :gate_every_days, :cap_per_year, true, {SHAPE})
ON CONFLICT (tenant, code) DO UPDATE SET
  name = excluded.name, kind = excluded.kind, opening = excluded.opening, gate_every_days = excluded.gate_every_days,
  cap_per_year = excluded.cap_per_year, active = true, geom = excluded.geom""")

FOLLOW_GAS_USERS = text(f"""
INSERT INTO enterprise (tenant, code, name, kind, cap_per_year, active, geom)
SELECT tenant, :prefix || code, coalesce(name, code), 'gas_user', :cap, true, geom FROM gas_user WHERE tenant = {HERE}
ON CONFLICT (tenant, code) DO UPDATE SET name = excluded.name, active = true, geom = excluded.geom RETURNING code""")

LIST_ENTERPRISES = text(f"""
SELECT id, code, name, kind, opening, gate_every_days, cap_per_year, active, ST_X(geom) AS lon, ST_Y(geom) AS lat
FROM enterprise WHERE tenant = {HERE} ORDER BY code""")

ENTRIES = text(f"""
SELECT e.code, coalesce(c.done_on, c.last_on) FROM enterprise_check c
JOIN enterprise e ON e.tenant = c.tenant AND e.id = c.enterprise_id
WHERE c.tenant = {HERE} AND c.status <> 'cancelled' AND c.reason NOT IN ('complaint', 'ordered')""")
"""Days of the entries that count against the cap; one still open counts on its last day."""

LICENSED = text(f"""
SELECT code, id FROM staff WHERE tenant = {HERE} AND active AND licence_no IS NOT NULL
  AND coalesce(licence_from_on, :first_on) <= :first_on AND licence_to_on >= :last_on ORDER BY code""")

ADD_DRAW = text(f"""
INSERT INTO check_draw (tenant, first_on, last_on, kinds, power_item, wanted, seed_sha256, seed, pool, officers,
                        made_by)
VALUES ({HERE}, :first_on, :last_on, :kinds, :power_item, :wanted, :seed_sha256, :seed, CAST(:pool AS jsonb),
        CAST(:officers AS jsonb), :made_by) RETURNING id""")

ADD_CHECK = text(f"""
INSERT INTO enterprise_check (tenant, enterprise_id, reason, reference, power_item, covert, first_on, last_on, draw_id,
                              first_staff_id, second_staff_id, made_by)
VALUES ({HERE}, :enterprise_id, :reason, :reference, :power_item, :covert, :first_on, :last_on, :draw_id,
        :first_staff_id, :second_staff_id, :made_by) RETURNING id""")

END_CHECK = text(f"""
UPDATE enterprise_check SET status = :status, done_on = :done_on WHERE tenant = {HERE} AND id = :check
  AND status = 'open' RETURNING id""")

LIST_CHECKS = text(f"""
SELECT c.id, e.code AS enterprise, e.name, e.kind, c.reason, c.reference, c.power_item, c.covert, c.first_on, c.last_on,
       c.draw_id, c.status, c.done_on, a.code AS first_officer, b.code AS second_officer
FROM enterprise_check c JOIN enterprise e ON e.tenant = c.tenant AND e.id = c.enterprise_id
LEFT JOIN staff a ON a.tenant = c.tenant AND a.id = c.first_staff_id
LEFT JOIN staff b ON b.tenant = c.tenant AND b.id = c.second_staff_id
WHERE c.tenant = {HERE} AND (c.status = 'open' OR :every) ORDER BY c.last_on, c.id""")

FIND_DRAW = text(f"""
SELECT id, first_on, last_on, kinds, power_item, wanted, seed_sha256, seed, pool, officers, made_at, made_by
FROM check_draw WHERE tenant = {HERE} AND id = :draw""")

DUE_NOTICES = text(f"""
SELECT l.id, l.number, coalesce(l.served_at, l.issued_at) AS since_at,
       l.due_on::timestamp AT TIME ZONE c.time_zone AS due_at, l.district_code, ST_X(l.geom) AS lon, ST_Y(l.geom) AS lat
FROM legal_document l JOIN county c ON c.tenant = l.tenant
WHERE l.tenant = {HERE} AND l.kind IN ('rectify', 'deadline') AND l.state IN ('served', 'extended')
  AND l.due_on::timestamp AT TIME ZONE c.time_zone >= :since AND l.due_on::timestamp AT TIME ZONE c.time_zone < :until
ORDER BY l.due_on, l.id""")

OPEN_EVENTS = text(f"""
SELECT e.id, e.code, e.origin, coalesce(e.found_at, e.occurred_at) AS since_at,
       ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat,
       (SELECT d.code FROM patrol_district d
        WHERE d.tenant = e.tenant AND d.geom && e.geom AND ST_Intersects(d.geom, e.geom) ORDER BY d.code LIMIT 1)
         AS district_code
FROM event e
WHERE e.tenant = {HERE} AND e.closed_at IS NULL AND e.duplicate_of IS NULL AND e.occurred_at >= :since
  AND e.occurred_at < :until AND e.code NOT LIKE 'C01-37%'""")


def run(session: Session, statement: Any, **facts: Any) -> list[dict[str, Any]]:
    """Rows of a statement of this module as dictionaries, in its order; empty where it returns none."""
    found = session.execute(statement, facts)
    if not isinstance(found, CursorResult) or not found.returns_rows:
        return []
    return [dict(row._mapping) for row in found]


def upsert_post(session: Session, row: Mapping[str, Any], people: Sequence[int]) -> int:
    """Write a post under its code with the people it names, in order; its id."""
    post = int(session.execute(UPSERT_POST, dict(row)).scalar_one())
    session.execute(DROP_PEOPLE, {"post": post})
    session.execute(ADD_PERSON, [{"post": post, "staff": person, "seq": seq} for seq, person in enumerate(people)])
    return post


def staff_ids(session: Session) -> dict[str, int]:
    """People in service by staff number."""
    return {row[0]: int(row[1]) for row in session.execute(STAFF)}


def licensed(session: Session, first_on: dt.date, last_on: dt.date) -> dict[str, int]:
    """People in service whose licence is valid on all days of a span, by staff number."""
    return {row[0]: int(row[1]) for row in session.execute(LICENSED, {"first_on": first_on, "last_on": last_on})}


def counted_entries(session: Session) -> dict[str, list[dt.date]]:
    """By enterprise, the days of the entries that count against its cap."""
    found: dict[str, list[dt.date]] = {}
    for code, on in session.execute(ENTRIES):
        found.setdefault(code, []).append(on)
    return found


def find_zone_area(session: Session, key: str) -> tuple[str, BaseGeometry] | None:
    """Name and area (EPSG:4490) of a hotspot zone by the key of its data set or its number."""
    import shapely

    row = session.execute(ZONE_AREA, {"key": key}).first()
    return None if row is None else (row[0], shapely.from_wkb(bytes(row[1])))


def union_of_districts(session: Session, codes: Sequence[str]) -> tuple[int, BaseGeometry | None]:
    """How many of the 片区 there are, and their union (EPSG:4490)."""
    import shapely

    count, area = session.execute(DISTRICT_UNION, {"codes": list(codes)}).one()
    return int(count), None if area is None else shapely.from_wkb(bytes(area))

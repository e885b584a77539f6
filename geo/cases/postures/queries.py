"""SQL of postures: their area, rules, checks, and templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

HEAD: Final = """p.id, p.code, p.name, p.kind, p.status, p.first_on, p.last_on, p.opening, p.basis, p.approved_at,
  p.withdrawn_at, p.made_by, p.updated_at"""
RULES: Final = """(SELECT coalesce(json_agg(json_build_object('kind', r.kind, 'target', r.target, 'word', r.word,
  'value', r.value) ORDER BY r.id), '[]') FROM posture_rule r WHERE r.tenant = p.tenant AND r.posture_id = p.id) AS rules"""  # noqa: E501
IN_AREA: Final = """(CAST(:area AS text[]) IS NULL OR EXISTS (SELECT 1 FROM patrol_district d
  WHERE d.tenant = p.tenant AND d.code = ANY(:area) AND d.geom && p.geom AND ST_Intersects(d.geom, p.geom)))"""

GROUND = text("""
WITH g AS (SELECT ST_Multi(ST_SetSRID(ST_GeomFromWKB(:ground), 4490)) AS geom)
SELECT ST_IsValid(geom) AND NOT ST_IsEmpty(geom) AND GeometryType(geom) = 'MULTIPOLYGON' AND ST_NPoints(geom) <= :most,
       ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM g""")
INSERT = text("""
INSERT INTO posture (tenant, source, source_key, code, name, kind, first_on, last_on, opening, basis, made_by, geom)
VALUES (:tenant, 'postures', :code, :code, :name, :kind, :first_on, :last_on, :opening, :basis, :actor,
        ST_Multi(ST_SetSRID(ST_GeomFromWKB(:ground), 4490)))
ON CONFLICT DO NOTHING RETURNING id""")
ADD_RULE = text("""
INSERT INTO posture_rule (tenant, posture_id, kind, target, word, value)
VALUES (:tenant, :posture, :kind, :target, :word, :value)""")
DROP_RULES = text("DELETE FROM posture_rule WHERE tenant = :tenant AND posture_id = :posture")
ADD_CHECK = text("""
INSERT INTO posture_check (tenant, posture_id, code, words) VALUES (:tenant, :posture, :code, :words)""")
FIND = text(f"""
SELECT {HEAD}, {RULES}, ST_AsGeoJSON(p.geom, 7)::json AS geometry,
       round(ST_Area(ST_Transform(p.geom, CAST(:srid AS integer))))::bigint AS area_m2
  FROM posture p WHERE p.tenant = :tenant AND p.code = :code AND {IN_AREA}""")
LOCK = text("""
SELECT p.id, p.status, ST_XMin(p.geom), ST_YMin(p.geom), ST_XMax(p.geom), ST_YMax(p.geom) FROM posture p
 WHERE p.tenant = :tenant AND p.code = :code FOR UPDATE""")
MOVE = text("""
UPDATE posture SET status = :status, approved_at = coalesce(CAST(:approved_at AS timestamptz), approved_at),
       withdrawn_at = :withdrawn_at, updated_at = now() WHERE tenant = :tenant AND id = :id""")
LIST = text(f"""
SELECT {HEAD}, {RULES} FROM posture p
 WHERE p.tenant = :tenant AND p.last_on >= :first_on AND p.first_on <= :last_on AND {IN_AREA}
 ORDER BY p.first_on, p.code LIMIT :most""")
HERE = text(f"""
SELECT p.code, p.name, p.kind, p.first_on, p.last_on, p.opening, {RULES} FROM posture p
 WHERE p.tenant = :tenant AND p.approved_at <= :at AND (p.withdrawn_at IS NULL OR p.withdrawn_at > :at)
   AND CAST(:on AS date) BETWEEN p.first_on AND p.last_on + 1
   AND p.geom && ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)
   AND ST_Intersects(p.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
 ORDER BY p.code""")
RULING_TRADE = text(f"""
SELECT s.point - 1 AS point, p.code, p.name, p.kind, p.first_on, p.last_on, p.opening, {RULES}
  FROM unnest(CAST(:lons AS double precision[]), CAST(:lats AS double precision[])) WITH ORDINALITY s(lon, lat, point)
  JOIN posture p ON p.tenant = :tenant AND p.geom && ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4490)
   AND ST_Intersects(p.geom, ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4490))
 WHERE p.approved_at <= :at AND (p.withdrawn_at IS NULL OR p.withdrawn_at > :at)
   AND CAST(:on AS date) BETWEEN p.first_on AND p.last_on + 1
   AND EXISTS (SELECT 1 FROM posture_rule r WHERE r.tenant = p.tenant AND r.posture_id = p.id AND r.kind = 'trade')
 ORDER BY s.point, p.code""")
OVERLAPS = text(f"""
SELECT o.code, o.name, o.kind, o.status, o.first_on, o.last_on, o.opening, o.rules,
       round(ST_Area(ST_Transform(o.shared, CAST(:srid AS integer))))::bigint AS area_m2,
       ST_X(ST_PointOnSurface(o.shared)) AS lon, ST_Y(ST_PointOnSurface(o.shared)) AS lat,
       ARRAY(SELECT d.name FROM patrol_district d WHERE d.tenant = :tenant AND d.geom && o.shared
              AND ST_Area(ST_Intersection(d.geom, o.shared)) > 0 ORDER BY d.code) AS districts
  FROM (SELECT p.*, {RULES}, ST_CollectionExtract(ST_Intersection(p.geom, me.geom), 3) AS shared
          FROM posture p, posture me
         WHERE me.tenant = :tenant AND me.code = :code AND p.tenant = :tenant AND p.id <> me.id
           AND p.status <> 'withdrawn' AND p.first_on <= me.last_on + 1 AND p.last_on + 1 >= me.first_on
           AND p.geom && me.geom AND ST_Intersects(p.geom, me.geom)) o
 WHERE ST_Area(o.shared) > 0 ORDER BY o.code""")
CHECKS = text("""
SELECT c.code, c.words, c.result, c.hazards, c.note, c.checked_at, s.code AS staff, c.recorded_by
  FROM posture_check c LEFT JOIN staff s ON s.tenant = c.tenant AND s.id = c.staff_id
 WHERE c.tenant = :tenant AND c.posture_id = :posture ORDER BY c.id""")
NOTE_CHECK = text("""
UPDATE posture_check SET result = :result, hazards = :hazards, note = :note, checked_at = :at, recorded_at = now(),
       recorded_by = :actor,
       staff_id = (SELECT s.id FROM staff s WHERE s.tenant = :tenant AND s.code = CAST(:staff AS text))
 WHERE tenant = :tenant AND posture_id = :posture AND code = :code RETURNING id""")
TEMPLATES = text("""
SELECT template, kind, target, word, value, set_by FROM posture_template WHERE tenant = :tenant ORDER BY id""")
DROP_TEMPLATES = text("DELETE FROM posture_template WHERE tenant = :tenant AND template = ANY(:names)")
ADD_TEMPLATE = text("""
INSERT INTO posture_template (tenant, template, kind, target, word, value, set_by)
VALUES (:tenant, :template, :kind, :target, :word, :value, :set_by)""")
SAVE_OPERATION = text("""
INSERT INTO operation (tenant, key, name, kind, from_at, to_at, geom, noted_by, hours)
SELECT tenant, 'posture:' || code, name, 'posture', to_timestamp(:from_s), to_timestamp(:to_s), geom, :actor,
       CAST(:hours AS jsonb)
  FROM posture WHERE tenant = :tenant AND id = :posture
ON CONFLICT (tenant, key) DO UPDATE SET from_at = excluded.from_at, to_at = excluded.to_at, hours = excluded.hours,
  geom = excluded.geom, noted_at = now(), noted_by = excluded.noted_by""")
DROP_OPERATION = text("DELETE FROM operation WHERE tenant = :tenant AND key = 'posture:' || CAST(:code AS text)")
CAMPAIGNS = text("""
SELECT c.id, c.code FROM campaign c
 WHERE c.tenant = :tenant AND c.posture_id = :posture AND c.state <> 'cancelled' ORDER BY c.code""")

STRETCHES = text("""
WITH whole AS (
  SELECT r.name, r.tier, min(r.id) AS id, ST_LineMerge(ST_Collect(ST_CollectionExtract(
           ST_Intersection(r.geom, p.geom), 2))) AS geom
    FROM posture p JOIN road r ON r.tenant = p.tenant AND r.geom && p.geom AND ST_Intersects(r.geom, p.geom)
   WHERE p.tenant = :tenant AND p.id = :posture AND r.tier = ANY(CAST(:tiers AS text[]))
   GROUP BY r.name, r.tier, CASE WHEN r.name IS NULL THEN r.id END),
part AS (
  SELECT w.id, w.name, w.tier, d.geom, ST_Transform(d.geom, CAST(:srid AS integer)) AS metric
    FROM whole w CROSS JOIN LATERAL ST_Dump(w.geom) d WHERE ST_NPoints(d.geom) >= 2)
SELECT id, name, tier, (ST_AsGeoJSON(geom, 7)::json)->'coordinates' AS points,
       round(ST_Length(metric))::bigint AS length_m,
       (SELECT count(*) FROM open_problem o WHERE o.tenant = :tenant AND o.geom && ST_Expand(part.geom, 0.0005)
           AND ST_DWithin(ST_Transform(o.geom, CAST(:srid AS integer)), metric, :along_m)) AS problems,
       (SELECT count(*) FROM permit o WHERE o.tenant = :tenant AND o.status = 'valid'
           AND o.geom && ST_Expand(part.geom, 0.0005)
           AND CURRENT_DATE BETWEEN o.valid_from_on AND o.valid_to_on
           AND ST_DWithin(ST_Transform(o.geom, CAST(:srid AS integer)), metric, :along_m)) AS permits,
       (SELECT count(*) FROM illegal_building o WHERE o.tenant = :tenant AND o.geom && ST_Expand(part.geom, 0.0005)
           AND o.status = ANY(CAST(:standing AS text[]))
           AND ST_DWithin(ST_Transform(o.geom, CAST(:srid AS integer)), metric, :along_m)) AS buildings
  FROM part ORDER BY id, ST_XMin(geom), ST_YMin(geom) LIMIT :most""")

SPANNING = text(f"""
SELECT p.code, p.name, p.kind, p.first_on, p.last_on, p.opening, {RULES},
       ST_AsBinary(ST_Transform(p.geom, CAST(:srid AS integer))) AS area
  FROM posture p
 WHERE p.tenant = :tenant AND p.status = 'approved'
   AND p.first_on <= CAST(:last_on AS date) AND p.last_on + 1 >= CAST(:first_on AS date)
 ORDER BY p.code""")
ROADS = text("""
SELECT p.code, r.id, r.tier, EXISTS (SELECT 1 FROM road_regime g WHERE g.tenant = r.tenant AND g.road_id = r.id
         AND g.valid_from_on <= :on AND (g.valid_to_on IS NULL OR g.valid_to_on > :on)) AS kept
  FROM posture p JOIN road r ON r.tenant = p.tenant AND r.geom && p.geom AND ST_Intersects(r.geom, p.geom)
 WHERE p.tenant = :tenant AND p.code = ANY(CAST(:codes AS text[]))
   AND ST_Length(ST_Intersection(r.geom, p.geom)) * 2 >= ST_Length(r.geom)
 ORDER BY p.code, r.id""")
ROSTERS = text("""
SELECT p.first_on, p.last_on, r.target, r.value FROM posture p
  JOIN posture_rule r ON r.tenant = p.tenant AND r.posture_id = p.id AND r.kind = 'roster'
 WHERE p.tenant = :tenant AND p.status = 'approved' AND p.first_on <= :last_on AND p.last_on >= :first_on
 ORDER BY p.code, r.id""")


def look_at_ground(session: Session, ground: bytes, most: int) -> tuple[bool, tuple[float, float, float, float]]:
    """Whether a WKB of EPSG:4490 is a sound area, and its box."""
    row = session.execute(GROUND, {"ground": ground, "most": most}).one()
    return bool(row[0]), (row[1] or 0.0, row[2] or 0.0, row[3] or 0.0, row[4] or 0.0)


def insert_posture(session: Session, tenant: str, **values: Any) -> int | None:
    """Write a draft; None if its code is taken."""
    return session.execute(INSERT, {"tenant": tenant, **values}).scalar()


def replace_rules(session: Session, tenant: str, posture: int, rules: Sequence[Mapping[str, Any]]) -> None:
    """The rules of a posture, instead of earlier ones."""
    session.execute(DROP_RULES, {"tenant": tenant, "posture": posture})
    if rules:
        session.execute(ADD_RULE, [{"tenant": tenant, "posture": posture, **rule} for rule in rules])


def add_checks(session: Session, tenant: str, posture: int, checks: Sequence[tuple[str, str]]) -> None:
    """What is to be looked at before."""
    if checks:
        rows = [{"tenant": tenant, "posture": posture, "code": code, "words": words} for code, words in checks]
        session.execute(ADD_CHECK, rows)


def find_posture(
    session: Session, tenant: str, code: str, srid: int, area: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """A posture with its rules and ground; None if there is none that touches those 片区."""
    facts = {"tenant": tenant, "code": code, "srid": srid, "area": None if area is None else list(area)}
    row = session.execute(FIND, facts).mappings().first()
    return None if row is None else dict(row)


def lock_posture(session: Session, tenant: str, code: str) -> tuple[int, str, tuple[float, float, float, float]] | None:
    """Id, state and box of a posture, held until the transaction ends."""
    row = session.execute(LOCK, {"tenant": tenant, "code": code}).first()
    return None if row is None else (row[0], row[1], tuple(row[2:]))


def move_posture(
    session: Session, tenant: str, posture: int, status: str, approved_at: dt.datetime | None,
    withdrawn_at: dt.datetime | None,
) -> None:  # fmt: skip
    """Write a new state with the time it came."""
    facts = {"tenant": tenant, "id": posture, "status": status}
    session.execute(MOVE, {**facts, "approved_at": approved_at, "withdrawn_at": withdrawn_at})


def list_postures(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, area: Sequence[str] | None = None,
    most: int = 500,
) -> list[dict[str, Any]]:  # fmt: skip
    """Postures of any state whose days touch some local days, by first day."""
    facts = {"tenant": tenant, "first_on": first_on, "last_on": last_on, "most": most}
    found = session.execute(LIST, {**facts, "area": None if area is None else list(area)})
    return [dict(row) for row in found.mappings()]


def list_ruling_trade(
    session: Session, tenant: str, points: Sequence[tuple[float, float]], at: dt.datetime, on: dt.date
) -> list[dict[str, Any]]:
    """Postures with a rule about places of trade whose area holds a point; ``point`` counts from 0, in order."""
    facts = {"tenant": tenant, "at": at, "on": on, "lons": [p[0] for p in points], "lats": [p[1] for p in points]}
    return [dict(row) for row in session.execute(RULING_TRADE, facts).mappings()]


def list_here(
    session: Session, tenant: str, lon: float, lat: float, at: dt.datetime, on: dt.date
) -> list[dict[str, Any]]:
    """Postures approved at an instant, on a day of theirs or the night after, whose area holds a point."""
    facts = {"tenant": tenant, "lon": lon, "lat": lat, "at": at, "on": on}
    return [dict(row) for row in session.execute(HERE, facts).mappings()]


def list_overlaps(session: Session, tenant: str, code: str, srid: int) -> list[dict[str, Any]]:
    """Other postures that share ground and days with one, with the shared ground."""
    facts = {"tenant": tenant, "code": code, "srid": srid}
    return [dict(row) for row in session.execute(OVERLAPS, facts).mappings()]


def list_checks(session: Session, tenant: str, posture: int) -> list[dict[str, Any]]:
    """What is looked at before a posture, and what was found."""
    return [dict(row) for row in session.execute(CHECKS, {"tenant": tenant, "posture": posture}).mappings()]


def note_check(session: Session, tenant: str, posture: int, **values: Any) -> bool:
    """Write what was found; False if there is no such item."""
    return session.execute(NOTE_CHECK, {"tenant": tenant, "posture": posture, **values}).first() is not None


def load_templates(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Rows the bureau has set, as it gave them."""
    return [dict(row) for row in session.execute(TEMPLATES, {"tenant": tenant}).mappings()]


def replace_templates(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the templates the rows name."""
    session.execute(DROP_TEMPLATES, {"tenant": tenant, "names": sorted({row["template"] for row in rows})})
    if rows:
        session.execute(ADD_TEMPLATE, [{**row, "tenant": tenant} for row in rows])


def save_operation(session: Session, tenant: str, posture: int, from_s: int, to_s: int, hours: str, actor: str) -> None:
    """Note the posture among what studies of effect look at."""
    facts = {"tenant": tenant, "posture": posture, "from_s": from_s, "to_s": to_s, "hours": hours, "actor": actor}
    session.execute(SAVE_OPERATION, facts)


def drop_operation(session: Session, tenant: str, code: str) -> None:
    """Take the posture from among them."""
    session.execute(DROP_OPERATION, {"tenant": tenant, "code": code})


def list_campaigns(session: Session, tenant: str, posture: int) -> list[tuple[int, str]]:
    """Campaigns that are part of a posture: id and code."""
    return [(row[0], row[1]) for row in session.execute(CAMPAIGNS, {"tenant": tenant, "posture": posture})]


def list_stretches(
    session: Session, tenant: str, posture: int, srid: int, tiers: Sequence[str], along_m: float,
    standing: Sequence[str], most: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Streets of some tiers inside a posture, each name in as few lines as it has, with what stands along."""
    facts = {"tenant": tenant, "posture": posture, "srid": srid, "tiers": list(tiers), "along_m": along_m}
    found = session.execute(STRETCHES, {**facts, "standing": list(standing), "most": most})
    return [dict(row) for row in found.mappings()]


def list_spanning(
    session: Session, tenant: str, srid: int, from_at: dt.datetime, to_at: dt.datetime
) -> list[dict[str, Any]]:
    """Approved postures whose days come near a span, by code, with their area in the metric CRS."""
    day = dt.timedelta(days=1)
    facts = {"first_on": (from_at - day).date(), "last_on": (to_at + day).date()}
    return [dict(row) for row in session.execute(SPANNING, {"tenant": tenant, "srid": srid, **facts}).mappings()]


def list_roads(session: Session, tenant: str, codes: Sequence[str], on: dt.date) -> list[tuple[str, int, str, bool]]:
    """Stretches of street at least half of which lie in a posture: its code, row id, tier, whether a regime is kept."""
    found = session.execute(ROADS, {"tenant": tenant, "codes": list(codes), "on": on})
    return [(row[0], int(row[1]), row[2], row[3]) for row in found]


def list_rosters(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date
) -> list[tuple[dt.date, dt.date, str, int]]:
    """First and last day, shift (``*``: the longest) and people that approved postures ask for on some days."""
    found = session.execute(ROSTERS, {"tenant": tenant, "first_on": first_on, "last_on": last_on})
    return [(row[0], row[1], row[2], row[3]) for row in found]

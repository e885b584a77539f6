"""The SQL of feature pages: compiled once per layer and question, text of the answer built in PostgreSQL.

Every statement carries the tenant as a predicate besides row-level security, and says
``geom && box AND ST_Intersects(geom, box)``: the second alone loses the index behind a policy.
Names come from the register; what a request says is bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.features.bound import Bound, bind
from geo.layers.register import Field, LayerKind

COUNT_CAP = 10_000
"""A filtered page counts its matches up to here and says nothing past it."""

PLAN_FOR_THESE_VALUES = "SET LOCAL plan_cache_mode = force_custom_plan"
"""A plan for any box may walk the key through a million rows to find the hundred in a small one."""

TYPES = {
    "TEXT": "text", "SMALLINT": "smallint", "INTEGER": "int", "BIGINT": "bigint", "FLOAT": "float8",
    "DOUBLE": "float8", "DOUBLE PRECISION": "float8", "NUMERIC(12, 2)": "numeric", "NUMERIC": "numeric",
    "BOOLEAN": "boolean", "DATE": "date", "DATETIME": "timestamptz", "TIMESTAMP": "timestamptz",
}  # fmt: skip
"""Column types of the register as PostgreSQL casts."""


def cast_of(field: Field) -> str:
    """The PostgreSQL type a filter value of this attribute is bound as.

    Raises
    ------
    KeyError
        If a layer uses a column type that no filter was written for.
    """
    return TYPES[str(field.kind)]


@lru_cache(maxsize=512)
def page_statement(
    kind: LayerKind,
    boxes: int,
    since: bool,
    until: bool,
    filters: tuple[str, ...],
    lat_first: bool = False,
    outside: bool = False,
) -> Bound:
    """One keyset page of a layer as GeoJSON text.

    Parameters
    ----------
    kind
        The layer.
    boxes
        0 to 2 boxes of degrees, named ``w0 s0 e0 n0`` and ``w1 …`` (two when the request's box crosses
        the antimeridian).
    since, until
        Whether ``since`` and ``until`` (instants, both inclusive) narrow the layer's time column.
    filters
        Attributes compared for equality with the parameters ``f_<name>``.
    lat_first
        Write coordinates as lat, lon.
    outside
        Write and compare what stands for an attribute outside the bureau, where that differs.

    Returns
    -------
    Bound
        Parameters ``tenant, after, limit`` and those above; a row of ``features`` (comma-joined text),
        ``returned``, ``last`` (id of the page's last row, None if empty) and ``more``.
    """
    where = _where(kind, boxes, since, until, filters, outside)
    return bind(f"""SELECT coalesce(string_agg(f, ',' ORDER BY id) FILTER (WHERE n <= :limit/int), '') AS features,
  count(*) FILTER (WHERE n <= :limit/int)::int AS returned,
  max(id) FILTER (WHERE n <= :limit/int) AS last, count(*) > :limit/int AS more
FROM (SELECT t.id, {_feature(kind, lat_first, outside)} AS f, row_number() OVER (ORDER BY t.id) AS n
  FROM {kind.name} t WHERE {where} AND t.id > :after/bigint ORDER BY t.id LIMIT :limit/int + 1) page""")


@lru_cache(maxsize=512)
def count_statement(
    kind: LayerKind, boxes: int, since: bool, until: bool, filters: tuple[str, ...], outside: bool = False
) -> Bound:
    """How many rows a filter matches, counted to one past ``COUNT_CAP`` and no further."""
    where = _where(kind, boxes, since, until, filters, outside)
    return bind(f"SELECT count(*) FROM (SELECT 1 FROM {kind.name} t WHERE {where} LIMIT {COUNT_CAP + 1}) counted")


@lru_cache(maxsize=64)
def item_statement(kind: LayerKind, lat_first: bool = False, outside: bool = False) -> Bound:
    """One feature as GeoJSON text by ``tenant`` and ``id``; no row if there is none."""
    where = "t.tenant = :tenant/text AND t.id = :id/bigint"
    return bind(f"SELECT {_feature(kind, lat_first, outside)} AS feature FROM {kind.name} t WHERE {where}")


def _where(kind: LayerKind, boxes: int, since: bool, until: bool, filters: tuple[str, ...], outside: bool) -> str:
    fields = {field.name: field for field in kind.fields}
    parts = ["t.tenant = :tenant/text"]
    if boxes:
        parts.append("(" + " OR ".join(_inside(number) for number in range(boxes)) + ")")
    if since:
        parts.append(f"t.{kind.time_column} >= :since/timestamptz")
    if until:
        parts.append(f"t.{kind.time_column} <= :until/timestamptz")
    parts += [f"{kind.shown(name, outside)} = :f_{name}/{cast_of(fields[name])}" for name in filters]
    return " AND ".join(parts)


def _inside(number: int) -> str:
    box = ", ".join(f":{side}{number}/float8" for side in "wsen")
    envelope = f"ST_MakeEnvelope({box}, 4490)"
    return f"t.geom && {envelope} AND ST_Intersects(t.geom, {envelope})"


def _feature(kind: LayerKind, lat_first: bool, outside: bool) -> str:
    geometry = "ST_FlipCoordinates(t.geom)" if lat_first else "t.geom"
    pairs = ", ".join(f"'{field.name}', {kind.shown(field.name, outside)}" for field in kind.fields)
    return (
        '\'{"type":"Feature","id":\' || t.id || \',"geometry":\' || '
        f"ST_AsGeoJSON({geometry}, 7, 0) || ',\"properties\":' || json_build_object({pairs}) || '}}'"
    )


COUNTS = bind(
    """SELECT layer, sum(step)::bigint AS rows FROM layer_count
WHERE tenant = :tenant/text AND visibility = 'all' AND layer = ANY(:layers/text[]) GROUP BY layer"""
)
"""Exact counts of whole layers without counting."""

COUNTY = bind(
    """SELECT name, metric_srid, time_zone, calendar, ST_XMin(extent) AS west, ST_YMin(extent) AS south,
  ST_XMax(extent) AS east, ST_YMax(extent) AS north, coalesce(map_number, '') AS map_number
  FROM county WHERE tenant = :tenant/text"""
)


@lru_cache(maxsize=8)
def time_span(kind: LayerKind) -> Bound:
    """First and last instant of a layer with a time column."""
    column = kind.time_column
    return bind(f"SELECT min({column}) AS first, max({column}) AS last FROM {kind.name} WHERE tenant = :tenant/text")


POINT = "ST_SetSRID(ST_Point(:lon/float8, :lat/float8), 4490)"
POINT_M = f"ST_Transform({POINT}, :srid/int)"
NEAR = (
    "ST_MakeEnvelope(:lon/float8 - :near_lon/float8, :lat/float8 - :near_lat/float8, "
    ":lon/float8 + :near_lon/float8, :lat/float8 + :near_lat/float8, 4490)"
)
WIDE = (
    "ST_MakeEnvelope(:lon/float8 - :wide_lon/float8, :lat/float8 - :wide_lat/float8, "
    ":lon/float8 + :wide_lon/float8, :lat/float8 + :wide_lat/float8, 4490)"
)

LOCATE = bind(f"""
WITH near AS MATERIALIZED (
  SELECT d.code, d.name, d.org_unit_id, d.geom && {POINT} AND ST_Covers(d.geom, {POINT}) AS inside
  FROM patrol_district d WHERE d.tenant = :tenant/text AND d.geom && {NEAR}
    AND ST_DWithin(ST_Transform(ST_ClipByBox2D(d.geom, {NEAR}::box2d), :srid/int), {POINT_M}, :near_m/float8)),
street AS MATERIALIZED (
  SELECT r.id, r.name, r.owner_district, r.geom,
    ST_Distance(ST_Transform(ST_ClipByBox2D(r.geom, {NEAR}::box2d), :srid/int), {POINT_M}) AS away_m
  FROM road r WHERE r.tenant = :tenant/text AND r.geom && {NEAR} AND r.owner_district IS NOT NULL
    AND (SELECT count(*) FROM near) > 1),
along AS MATERIALIZED (
  SELECT s.id, ST_LineInterpolatePoint(s.geom, part) AS at
  FROM street s, unnest(ARRAY[0.25, 0.5, 0.75]) AS part WHERE s.away_m <= :street_m/float8),
beside AS MATERIALIZED (
  SELECT a.id, a.at, ST_Expand(a.at, :near_lon/float8, :near_lat/float8) AS around FROM along a),
border AS MATERIALIZED (
  SELECT s.name, s.owner_district FROM street s WHERE s.away_m <= :street_m/float8
    AND EXISTS (SELECT 1 FROM patrol_district o WHERE o.tenant = :tenant/text AND o.code = s.owner_district)
    AND NOT EXISTS (
      SELECT 1 FROM beside b WHERE b.id = s.id
        AND (SELECT count(*) FROM patrol_district d WHERE d.tenant = :tenant/text AND d.geom && b.around
          AND ST_DWithin(ST_Transform(ST_ClipByBox2D(d.geom, b.around::box2d), :srid/int),
                         ST_Transform(b.at, :srid/int), :near_m/float8)) < 2)
  ORDER BY s.away_m, s.id LIMIT 1),
chosen AS MATERIALIZED (
  SELECT d.code, d.name, d.org_unit_id, b.name AS street, true AS by_street
  FROM border b JOIN patrol_district d ON d.tenant = :tenant/text AND d.code = b.owner_district
  UNION ALL
  (SELECT n.code, n.name, n.org_unit_id, NULL, false FROM near n
   WHERE n.inside AND NOT EXISTS (SELECT 1 FROM border) ORDER BY n.code LIMIT 1))
SELECT
  (SELECT json_build_object('code', c.code, 'name', c.name, 'street', c.street,
     'by', CASE WHEN c.by_street THEN 'border_street' ELSE 'area' END) FROM chosen c) AS district,
  (SELECT json_build_object('code', u.code, 'name', u.name, 'kind', u.kind) FROM chosen c
     JOIN org_unit u ON u.tenant = :tenant/text AND u.id = c.org_unit_id) AS squad,
  (SELECT json_build_object('code', g.code, 'name', g.name) FROM responsibility_grid g
     WHERE g.tenant = :tenant/text AND g.geom && {NEAR}
       AND ST_DWithin(ST_Transform(ST_ClipByBox2D(g.geom, {NEAR}::box2d), :srid/int), {POINT_M},
         CASE WHEN g.district_code = (SELECT code FROM chosen WHERE by_street) THEN :near_m/float8 ELSE 0 END)
     ORDER BY (g.district_code = (SELECT code FROM chosen)) DESC NULLS LAST,
       ST_Distance(ST_Transform(ST_ClipByBox2D(g.geom, {NEAR}::box2d), :srid/int), {POINT_M}), g.code
     LIMIT 1) AS responsibility_grid,
  (SELECT json_build_object('code', g.code) FROM unit_grid g WHERE g.tenant = :tenant/text AND g.geom && {POINT}
     AND ST_Covers(g.geom, {POINT}) ORDER BY g.code LIMIT 1) AS unit_grid,
  (SELECT coalesce(json_agg(z ORDER BY z.distance_m, z.id), '[]') FROM (
     SELECT h.id, h.name, h.kind,
       round(ST_Distance(ST_Transform(h.geom, :srid/int), {POINT_M})::numeric, 1) AS distance_m
     FROM hotspot_zone h WHERE h.tenant = :tenant/text AND h.geom && {WIDE}
       AND ST_DWithin(ST_Transform(h.geom, :srid/int), {POINT_M}, :radius_m/float8)
     ORDER BY 4, 1 LIMIT 200) z) AS zones,
  (SELECT bool_or(ST_Covers(a.geom, {POINT})) FROM admin_area a WHERE a.tenant = :tenant/text
     AND a.level = 'county') AS in_county
""")
"""Which ground a point belongs to.

On a street that runs along a border (three points of it are within ``near_m`` of two 片区) its owner
answers; elsewhere the 片区 that covers the point. Distances in metres of the county's projection.
The boxes beside the street are made before they are looked up: under row security a condition that computes
one from another table's rows is held back, and the layer would be read whole (seen with PostgreSQL 15.20).
"""

DOOR_M = 15.0
"""A permit drawn as a point is about what lies this far around it; one drawn as an area ends at its line."""

PERMITS_AT = bind(f"""
SELECT p.number, p.kind, p.purpose, p.valid_to_on FROM permit p
 WHERE p.tenant = :tenant/text AND p.status = 'valid' AND :on/date BETWEEN p.valid_from_on AND p.valid_to_on
   AND p.geom && ST_Expand({POINT}, 0.0003)
   AND CASE WHEN GeometryType(p.geom) = 'POINT'
            THEN ST_DWithin(ST_Transform(p.geom, :srid/int), {POINT_M}, {DOOR_M})
            ELSE ST_Intersects(p.geom, {POINT}) END
 ORDER BY p.valid_to_on, p.id LIMIT 20""")
"""Permits in force at a point on a local day, the soonest to end first; never who holds them."""

LOCATE_NOW = text(LOCATE.named())
"""The same question for sessions of actions."""

NEAR_DISTRICTS = text("""
WITH spot AS MATERIALIZED (
  SELECT n, at, ST_Expand(at, CAST(:near_lon AS float8), CAST(:near_lat AS float8)) AS around
    FROM (SELECT n, ST_SetSRID(ST_Point(lon, lat), 4490) AS at
            FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[])) WITH ORDINALITY AS g (lon, lat, n)) s)
SELECT s.n, min(d.code) FILTER (WHERE ST_Covers(d.geom, s.at)) AS inside, count(*) AS near
  FROM spot s JOIN patrol_district d ON d.tenant = :tenant AND d.geom && s.around AND ST_Intersects(d.geom, s.around)
 GROUP BY s.n""")


def locate_district(session: Session, values: Mapping[str, Any]) -> str | None:
    """Code of the one 片区 that answers for a point; ``values`` as :data:`LOCATE` names them."""
    found = session.execute(LOCATE_NOW, dict(values)).mappings().one()["district"]
    return found["code"] if found else None


def near_districts(
    session: Session, tenant: str, lon: Sequence[float], lat: Sequence[float], near_lon: float, near_lat: float
) -> dict[int, tuple[str | None, int]]:
    """By place in the list, from 0: the 片区 that holds a point, and how many are near; without those far from all."""
    facts = {"tenant": tenant, "near_lon": near_lon, "near_lat": near_lat}
    # As text: a driver spends longer on two lists of thousands of numbers than the question takes.
    spots = {"lon": f"{{{','.join(map(str, map(float, lon)))}}}", "lat": f"{{{','.join(map(str, map(float, lat)))}}}"}
    return {row.n - 1: (row.inside, row.near) for row in session.execute(NEAR_DISTRICTS, {**facts, **spots})}

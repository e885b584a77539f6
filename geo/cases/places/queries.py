"""SQL of names of places: derived from the layers, found by pairs of letters, asked by whole names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.cases.places.match import SHARED, Along, Hit, Name

CLUSTER_M = 300
CROSSING_M = 60

ROADS = text("""
WITH part AS (
  SELECT name, geom, ST_ClusterDBSCAN(ST_Transform(geom, CAST(:srid AS int)), :apart_m, 1) OVER (PARTITION BY name) AS n
    FROM road WHERE tenant = :tenant AND name IS NOT NULL),
street AS (SELECT name, n, ST_Collect(geom) AS lines FROM part GROUP BY name, n),
middle AS (SELECT name, lines, ST_ClosestPoint(lines, ST_Centroid(lines)) AS at FROM street)
SELECT 'road' AS kind, name, ST_X(at) AS lon, ST_Y(at) AS lat,
       CAST(ceil(ST_MaxDistance(ST_Transform(at, CAST(:srid AS int)), ST_Transform(lines, CAST(:srid AS int)))) AS int)
         AS radius_m
  FROM middle""")

CROSSINGS = text("""
WITH vertex AS (
  SELECT DISTINCT name, (ST_DumpPoints(geom)).geom AS at FROM road WHERE tenant = :tenant AND name IS NOT NULL),
pair AS (
  SELECT a.name AS one, b.name AS other, a.at
    FROM vertex a JOIN vertex b ON ST_X(a.at) = ST_X(b.at) AND ST_Y(a.at) = ST_Y(b.at) AND a.name < b.name),
spot AS (
  SELECT one, other, at, ST_ClusterDBSCAN(ST_Transform(at, CAST(:srid AS int)), :apart_m, 1)
         OVER (PARTITION BY one, other) AS n
    FROM pair),
middle AS (SELECT one, other, ST_Centroid(ST_Collect(at)) AS at FROM spot GROUP BY one, other, n)
SELECT one, other, ST_X(at) AS lon, ST_Y(at) AS lat FROM middle""")

AREAS = """
SELECT {kind} AS kind, name, ST_X(at) AS lon, ST_Y(at) AS lat,
       CAST(ceil(ST_MaxDistance(ST_Transform(at, CAST(:srid AS int)), ST_Transform(geom, CAST(:srid AS int)))) AS int)
         AS radius_m
  FROM (SELECT *, ST_PointOnSurface(geom) AS at FROM {table}
         WHERE tenant = :tenant AND name IS NOT NULL AND btrim(name) <> '') s"""
LAYERS = {
    "hotspot_zone": "CASE WHEN s.kind = 'estate' THEN 'estate' ELSE 'zone' END",
    "landuse": "'estate'",
    "estate": "'estate'",
    "frontage": "'shop'",
    "building": "'shop'",
    "vendor_point": "'shop'",
    "patrol_district": "'district'",
    "admin_area": "'area'",
    "water": "'area'",
}
"""Layers whose names are names of places, and what kind of place each is."""

FROM_LAYER = {table: text(AREAS.format(kind=kind, table=table)) for table, kind in LAYERS.items()}

HOUSES = text("""
SELECT DISTINCT ON (street, number) street, number, ST_X(at) AS lon, ST_Y(at) AS lat
  FROM (SELECT btrim(street) AS street, regexp_replace(btrim(number), '号.*$', '') AS number,
               ST_PointOnSurface(geom) AS at, id
          FROM frontage WHERE tenant = :tenant AND closed_on IS NULL) f
 WHERE street <> '' AND number ~ '^[0-9]{1,4}$' ORDER BY street, number, id""")

FORGET = text("DELETE FROM place_name WHERE tenant = :tenant AND source = ANY(:sources)")
INSERT = text("""
WITH given AS (
  SELECT * FROM unnest(CAST(:source AS text[]), CAST(:kind AS text[]), CAST(:name AS text[]), CAST(:spoken AS text[]),
                       CAST(:street AS text[]), CAST(:radius_m AS int[]), CAST(:grams AS int[]),
                       CAST(:lon AS float8[]), CAST(:lat AS float8[]))
    AS g (source, kind, name, spoken, street, radius_m, grams, lon, lat)),
placed AS MATERIALIZED (SELECT g.*, ST_SetSRID(ST_Point(lon, lat), 4490) AS at FROM given g)
INSERT INTO place_name (tenant, source, kind, name, spoken, street, radius_m, grams, geom, district_code)
SELECT :tenant, p.source, p.kind, p.name, p.spoken, p.street, p.radius_m, p.grams, p.at,
       (SELECT d.code FROM patrol_district d
         WHERE d.tenant = :tenant AND d.geom && p.at AND ST_Covers(d.geom, p.at) ORDER BY d.code LIMIT 1)
  FROM placed p
RETURNING id, spoken, grams""")
INSERT_GRAMS = text("""
INSERT INTO place_gram (tenant, gram, name_id)
SELECT :tenant, gram, name_id FROM unnest(CAST(:gram AS text[]), CAST(:name_id AS bigint[])) AS g (gram, name_id)""")

NAME = (
    "n.id, n.kind, n.name, n.spoken, ST_X(n.geom) AS lon, ST_Y(n.geom) AS lat, n.radius_m, n.district_code AS district,"
    " n.street"
)
ALIKE = text(f"""
WITH met AS MATERIALIZED (
  SELECT g.name_id, count(*) AS shared FROM place_gram g
   WHERE g.tenant = :tenant AND g.gram = ANY(:grams) GROUP BY g.name_id)
SELECT {NAME} FROM met m JOIN place_name n ON n.tenant = :tenant AND n.id = m.name_id
 WHERE m.shared * :many >= n.grams * :few ORDER BY n.id""")
"""Under row security only equality finds its index; a trigram index would lie idle."""

ALONG = text(f"SELECT {NAME} FROM place_name n WHERE n.tenant = :tenant AND n.street = ANY(:streets) ORDER BY n.id")
ALL = text(f"SELECT {NAME} FROM place_name n WHERE n.tenant = :tenant ORDER BY n.id")
COUNTS = text("""
SELECT source, kind, count(*) AS names FROM place_name WHERE tenant = :tenant GROUP BY source, kind
 ORDER BY source, kind""")


def load_layer_names(session: Session, tenant: str, srid: int) -> list[tuple[str, Row[Any]]]:
    """(layer, kind, name, lon, lat, radius_m) of every named street and area, streets in one piece where they are."""
    found = [
        ("road", row)
        for row in session.execute(ROADS, {"tenant": tenant, "srid": srid, "apart_m": CLUSTER_M})
    ]  # fmt: skip
    for layer, statement in FROM_LAYER.items():
        found += [(layer, row) for row in session.execute(statement, {"tenant": tenant, "srid": srid})]
    return found


def load_crossings(session: Session, tenant: str, srid: int) -> Sequence[Row[Any]]:
    """(one, other, lon, lat) of every spot where two named streets share a vertex."""
    return session.execute(CROSSINGS, {"tenant": tenant, "srid": srid, "apart_m": CROSSING_M}).all()


def load_houses(session: Session, tenant: str) -> Sequence[Row[Any]]:
    """(street, number, lon, lat) of every house number that a shop front names; of several the first."""
    return session.execute(HOUSES, {"tenant": tenant}).all()


def forget_names(session: Session, tenant: str, sources: Sequence[str]) -> None:
    """Remove the names of some sources."""
    session.execute(FORGET, {"tenant": tenant, "sources": list(sources)})


def insert_names(session: Session, tenant: str, columns: dict[str, list[Any]]) -> Sequence[Row[Any]]:
    """Add names, given column by column; (id, spoken, grams) of each."""
    return session.execute(INSERT, {"tenant": tenant, **columns}).all()


def insert_grams(session: Session, tenant: str, grams: list[str], name_ids: list[int]) -> None:
    """Add the pairs of letters of names."""
    session.execute(INSERT_GRAMS, {"tenant": tenant, "gram": grams, "name_id": name_ids})


def load_names(session: Session, tenant: str) -> list[Name]:
    """All names of a county, by id."""
    return [Name(**row._mapping) for row in session.execute(ALL, {"tenant": tenant})]


def count_names(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Names by source and kind."""
    return [dict(row) for row in session.execute(COUNTS, {"tenant": tenant}).mappings()]


class StoredNames:
    """The names of a county in the database, as :class:`geo.cases.places.match.Names`."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session, self._tenant = session, tenant

    def alike(self, pairs: frozenset[str]) -> list[Name]:
        """Names that share enough pairs of letters, by id."""
        few, many = SHARED
        facts = {"tenant": self._tenant, "grams": sorted(pairs), "few": few, "many": many}
        return [Name(**row._mapping) for row in self._session.execute(ALIKE, facts)]

    def along(self, streets: Sequence[str]) -> Along:
        """Houses and crossings of streets, by id."""
        rows = self._session.execute(ALONG, {"tenant": self._tenant, "streets": list(streets)})
        return Along(Name(**row._mapping) for row in rows)

    def recognise(self, said: str, look: Callable[[str], list[Hit]]) -> Sequence[Hit]:
        """Nothing is remembered: one text at a time is asked of what is stored."""
        return look(said)

"""SQL of 片区: the ground they are cut from, proposals, and what adopting one writes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

HEAD = """id, status, unit_kind, load_kind, asked, districts, summary, base_digest, revision,
  made_at, made_by, adopted_at, adopted_by"""

INSERT_HEAD = text("""
INSERT INTO district_proposal (tenant, unit_kind, load_kind, asked, districts, links, summary, base_digest, made_by)
VALUES (:tenant, :unit_kind, :load_kind, CAST(:asked AS jsonb), CAST(:districts AS jsonb), CAST(:links AS jsonb),
        CAST(:summary AS jsonb), :base_digest, :made_by) RETURNING id""")

INSERT_UNITS = text("""
INSERT INTO district_proposal_unit
  (tenant, proposal_id, number, key, load, before_code, cut_code, code, locked, reason_code, reason_facts, geom)
SELECT :tenant, :proposal, u.number, u.key, u.load, u.before_code, u.code, u.code, u.locked, u.reason_code,
       CAST(u.reason_facts AS jsonb), ST_Multi(ST_GeomFromWKB(u.shape, 4490))
  FROM unnest(CAST(:numbers AS int[]), CAST(:keys AS text[]), CAST(:loads AS float8[]), CAST(:befores AS text[]),
              CAST(:codes AS text[]), CAST(:locks AS boolean[]), CAST(:reasons AS text[]), CAST(:facts AS text[]),
              CAST(:shapes AS bytea[]))
    AS u(number, key, load, before_code, code, locked, reason_code, reason_facts, shape)""")

FIND = text(f"SELECT {HEAD} FROM district_proposal WHERE tenant = :tenant AND id = :id")
FIND_LOCKED = text(f"SELECT {HEAD} FROM district_proposal WHERE tenant = :tenant AND id = :id FOR UPDATE")
LIST = text(f"""
SELECT {HEAD} FROM district_proposal
 WHERE tenant = :tenant AND id < coalesce(CAST(:before AS bigint), 9223372036854775807)
 ORDER BY id DESC LIMIT :most""")
LINKS = text("SELECT links FROM district_proposal WHERE tenant = :tenant AND id = :id")

UNITS = text("""
SELECT number, key, load, before_code, cut_code, code, locked, reason_code, reason_facts, moved_by
  FROM district_proposal_unit WHERE tenant = :tenant AND proposal_id = :id ORDER BY number""")

UNIT_FEATURES = text("""
SELECT json_build_object('type', 'Feature', 'id', number, 'geometry', ST_AsGeoJSON(geom, 7, 0)::json,
  'properties', json_build_object('key', key, 'load', load, 'before', before_code, 'cut', cut_code, 'code', code,
    'locked', locked, 'reason_code', reason_code, 'reason_facts', reason_facts, 'moved_by', moved_by))
  FROM district_proposal_unit WHERE tenant = :tenant AND proposal_id = :id ORDER BY number""")

UNIT_SHAPES = text("""
SELECT number, key, load, before_code, cut_code, code, locked, reason_code, reason_facts, moved_by, ST_AsBinary(geom)
  FROM district_proposal_unit WHERE tenant = :tenant AND proposal_id = :id ORDER BY number""")

MOVE = text("""
UPDATE district_proposal_unit
   SET code = :code, moved_by = CASE WHEN cut_code = :code THEN NULL ELSE :actor END
 WHERE tenant = :tenant AND proposal_id = :id AND key = ANY(CAST(:keys AS text[])) AND code <> :code""")

TOUCH = text("UPDATE district_proposal SET revision = revision + 1 WHERE tenant = :tenant AND id = :id")
RENAME = text("UPDATE district_proposal SET districts = CAST(:districts AS jsonb) WHERE tenant = :tenant AND id = :id")
ADOPTED = text("""
UPDATE district_proposal SET status = 'adopted', adopted_at = now(), adopted_by = :actor
 WHERE tenant = :tenant AND id = :id""")

BASE = text("""
SELECT code, md5(ST_AsBinary(geom)) FROM patrol_district WHERE tenant = :tenant ORDER BY code""")
LOCK_DISTRICTS = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
OLD_DISTRICTS = text("""
SELECT id, code, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)
  FROM patrol_district WHERE tenant = :tenant ORDER BY code""")
SET_DISTRICT = text("""
UPDATE patrol_district SET geom = ST_Multi(ST_GeomFromWKB(:shape, 4490)), updated_at = now()
 WHERE tenant = :tenant AND code = :code RETURNING id""")
ADD_DISTRICT = text("""
INSERT INTO patrol_district (tenant, source, source_key, code, name, geom)
VALUES (:tenant, :source, :code, :code, :name, ST_Multi(ST_GeomFromWKB(:shape, 4490))) RETURNING id""")
DROP_DISTRICT = text("DELETE FROM patrol_district WHERE tenant = :tenant AND code = :code RETURNING id")
RESIDENTS = text("""
WITH weight AS (
  SELECT u.before_code, u.code, sum(coalesce(b.floor, 0)) AS floor, sum(ST_Area(u.geom)) AS ground
    FROM district_proposal_unit u
    LEFT JOIN LATERAL (
         SELECT sum(ST_Area(b.geom) * coalesce(b.levels, 1)) AS floor FROM building b
          WHERE b.tenant = :tenant AND b.geom && u.geom AND ST_Intersects(u.geom, ST_PointOnSurface(b.geom))) b ON true
   WHERE u.tenant = :tenant AND u.proposal_id = :id AND u.before_code IS NOT NULL
   GROUP BY u.before_code, u.code),
part AS (
  SELECT before_code, code, CASE WHEN sum(floor) OVER old > 0 THEN floor / sum(floor) OVER old
                                 ELSE ground / sum(ground) OVER old END AS share
    FROM weight WINDOW old AS (PARTITION BY before_code))
SELECT p.code, round(sum(p.share * d.population))::int
  FROM part p JOIN patrol_district d ON d.tenant = :tenant AND d.code = p.before_code
 GROUP BY p.code HAVING bool_and(d.population IS NOT NULL)""")
SET_RESIDENTS = text("""
UPDATE patrol_district SET population = :residents WHERE tenant = :tenant AND code = :code""")
SET_UNIT_GRIDS = text("""
UPDATE unit_grid g SET district_code = u.code, updated_at = now()
  FROM district_proposal_unit u
 WHERE g.tenant = :tenant AND u.tenant = :tenant AND u.proposal_id = :id AND u.key = g.code
   AND g.district_code IS DISTINCT FROM u.code RETURNING g.id""")
SET_GRIDS = text("""
UPDATE responsibility_grid r SET district_code = m.code, updated_at = now()
  FROM (SELECT DISTINCT ON (g.grid_code) g.grid_code, u.code
          FROM unit_grid g JOIN district_proposal_unit u
            ON u.tenant = g.tenant AND u.proposal_id = :id AND u.key = g.code
         WHERE g.tenant = :tenant AND g.grid_code IS NOT NULL
         GROUP BY g.grid_code, u.code ORDER BY g.grid_code, sum(u.load) DESC, count(*) DESC, u.code) m
 WHERE r.tenant = :tenant AND r.code = m.grid_code AND r.district_code IS DISTINCT FROM m.code RETURNING r.id""")
SPLIT_GRIDS = text("""
SELECT g.grid_code FROM unit_grid g JOIN district_proposal_unit u
    ON u.tenant = g.tenant AND u.proposal_id = :id AND u.key = g.code
 WHERE g.tenant = :tenant AND g.grid_code IS NOT NULL
 GROUP BY g.grid_code HAVING count(DISTINCT u.code) > 1 ORDER BY g.grid_code""")


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal without its units."""

    id: int
    status: str
    unit_kind: str
    load_kind: str
    asked: dict[str, Any]
    districts: list[dict[str, Any]]
    summary: dict[str, Any]
    base_digest: str
    revision: int
    made_at: dt.datetime
    made_by: str
    adopted_at: dt.datetime | None
    adopted_by: str | None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of a proposal without its outline."""

    number: int
    key: str
    load: float
    before: str | None
    cut: str
    code: str
    locked: bool
    reason_code: str | None
    reason_facts: dict[str, Any]
    moved_by: str | None


@dataclass(frozen=True)
class ProposalFrames:
    """A proposal for maps: ``units`` as :class:`UnitRow` with ``geometry`` (EPSG:4490), by number."""

    proposal: ProposalRow
    units: GeoDataFrame


def load_boundary(session: Session) -> GeoDataFrame:
    """The county's own area, EPSG:4490; empty if it was never imported."""
    level = get_kind("admin_area").table.c.level
    return load_features(session, "admin_area", where=level == "county", columns=("name",))


def load_towns(session: Session) -> GeoDataFrame:
    """Towns and street offices, EPSG:4490."""
    level = get_kind("admin_area").table.c.level
    return load_features(session, "admin_area", where=level == "town", columns=("name",))


def load_districts(session: Session) -> GeoDataFrame:
    """The 片区, EPSG:4490, with their codes and names."""
    return load_features(session, "patrol_district", columns=("code", "name"))


def load_unit_grids(session: Session) -> GeoDataFrame:
    """Unit grids, EPSG:4490, with the 片区 they say they are in."""
    return load_features(session, "unit_grid", columns=("code", "district_code"))


def load_waters(session: Session) -> tuple[GeoDataFrame, GeoDataFrame]:
    """Areas of water, and waterways; EPSG:4490."""
    return load_features(session, "water", columns=("name",)), load_features(session, "waterway", columns=("name",))


def base_digest(session: Session, tenant: str) -> str:
    """SHA-256 over codes and outlines of the 片区 there are."""
    rows = session.execute(BASE, {"tenant": tenant}).all()
    return hashlib.sha256("\n".join(f"{code} {shape}" for code, shape in rows).encode()).hexdigest()


def insert_proposal(
    session: Session, tenant: str, head: Mapping[str, Any], units: Sequence[UnitRow], shapes: Sequence[bytes]
) -> int:
    """Store a proposal with its units; ``shapes`` are WKB in EPSG:4490. Returns its id."""
    facts = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
        for name, value in head.items()
    }
    identity = int(session.execute(INSERT_HEAD, {"tenant": tenant, **facts}).scalar_one())
    columns = {
        "numbers": [unit.number for unit in units],
        "keys": [unit.key for unit in units],
        "loads": [unit.load for unit in units],
        "befores": [unit.before for unit in units],
        "codes": [unit.code for unit in units],
        "locks": [unit.locked for unit in units],
        "reasons": [unit.reason_code for unit in units],
        "facts": [json.dumps(unit.reason_facts, ensure_ascii=False) for unit in units],
        "shapes": list(shapes),
    }
    session.execute(INSERT_UNITS, {"tenant": tenant, "proposal": identity, **columns})
    return identity


def find_proposal(session: Session, tenant: str, proposal_id: int, *, lock: bool = False) -> ProposalRow | None:
    """A proposal, or None; locked to the commit if it is to be changed."""
    row = session.execute(FIND_LOCKED if lock else FIND, {"tenant": tenant, "id": proposal_id}).first()
    return None if row is None else ProposalRow(*row)


def list_proposals(session: Session, tenant: str, *, before: int | None = None, most: int = 50) -> list[ProposalRow]:
    """Proposals, the newest first, with smaller ids than ``before``."""
    rows = session.execute(LIST, {"tenant": tenant, "before": before, "most": most}).all()
    return [ProposalRow(*row) for row in rows]


def list_units(session: Session, tenant: str, proposal_id: int) -> list[UnitRow]:
    """The units of a proposal by number."""
    return [UnitRow(*row) for row in session.execute(UNITS, {"tenant": tenant, "id": proposal_id}).all()]


def list_unit_features(session: Session, tenant: str, proposal_id: int) -> list[dict[str, Any]]:
    """The units of a proposal as GeoJSON features, EPSG:4490, by number."""
    return list(session.scalars(UNIT_FEATURES, {"tenant": tenant, "id": proposal_id}))


def find_links(session: Session, tenant: str, proposal_id: int) -> list[tuple[int, int]]:
    """Pairs of unit numbers across whose border a 片区 may reach."""
    found = session.execute(LINKS, {"tenant": tenant, "id": proposal_id}).scalar_one()
    return [(int(one), int(other)) for one, other in found]


def load_proposal(session: Session, proposal_id: int) -> ProposalFrames | None:
    """A proposal of the session's county as frames for maps, or None."""
    import geopandas
    import pandas
    import shapely

    tenant = session.execute(text("SELECT current_setting('pianqu.tenant')")).scalar_one()
    proposal = find_proposal(session, tenant, proposal_id)
    if proposal is None:
        return None
    rows = session.execute(UNIT_SHAPES, {"tenant": tenant, "id": proposal_id}).all()
    data = pandas.DataFrame([tuple(row)[:-1] for row in rows], columns=[*UnitRow.__dataclass_fields__])
    geometry = shapely.from_wkb([bytes(row[-1]) for row in rows])
    return ProposalFrames(proposal, geopandas.GeoDataFrame(data, geometry=geometry, crs=4490))


def move_units(session: Session, tenant: str, proposal_id: int, keys: Sequence[str], code: str, actor: str) -> int:
    """Put units into a 片区 of the proposal; returns how many were elsewhere."""
    facts = {"tenant": tenant, "id": proposal_id, "keys": list(keys), "code": code, "actor": actor}
    moved = int(session.execute(MOVE, facts).rowcount)  # type: ignore[attr-defined]
    session.execute(TOUCH, {"tenant": tenant, "id": proposal_id})
    return moved


def rename_districts(session: Session, tenant: str, proposal_id: int, districts: list[dict[str, Any]]) -> None:
    """Write the proposal's 片区 with other names."""
    facts = {"tenant": tenant, "id": proposal_id}
    session.execute(RENAME, {**facts, "districts": json.dumps(districts, ensure_ascii=False)})
    session.execute(TOUCH, facts)


def lock_districts(session: Session, tenant: str) -> None:
    """One adoption at a time, to the commit."""
    session.execute(LOCK_DISTRICTS, {"name": f"pianqu/districts/{tenant}"})


Box = tuple[float, float, float, float]


def replace_districts(
    session: Session, tenant: str, source: str, districts: Sequence[tuple[str, str, bytes]]
) -> tuple[list[int], int, Box]:
    """Make these (code, name, WKB in EPSG:4490) the county's 片区.

    Returns
    -------
    tuple
        Ids touched, how many rows more (or, negative, fewer) there are, and the box of old 片区 in degrees.
        Those that stay keep their row, with name, goal and squad.
    """
    old = session.execute(OLD_DISTRICTS, {"tenant": tenant}).all()
    had = {row[1] for row in old}
    wanted = {code for code, _, _ in districts}
    ids: list[int] = [
        int(session.execute(DROP_DISTRICT, {"tenant": tenant, "code": code}).scalar_one())
        for code in sorted(had - wanted)
    ]
    for code, name, shape in districts:
        facts = {"tenant": tenant, "code": code, "shape": shape}
        if code in had:
            ids.append(int(session.execute(SET_DISTRICT, facts).scalar_one()))
        else:
            ids.append(int(session.execute(ADD_DISTRICT, {**facts, "name": name, "source": source}).scalar_one()))
    box = (
        min((row[2] for row in old), default=180.0), min((row[3] for row in old), default=90.0),
        max((row[4] for row in old), default=-180.0), max((row[5] for row in old), default=-90.0),
    )  # fmt: skip
    return ids, len(wanted) - len(had), box


def count_residents(session: Session, tenant: str, proposal_id: int) -> dict[str, int]:
    """How many people would live in each 片区 of a proposal, asked before it is adopted.

    Those of each 片区 there is now go with its units, by their share of its floors (outline times storeys); where it
    has no building by their share of its ground. A 片区 that takes ground from one without a figure has none.
    """
    rows = session.execute(RESIDENTS, {"tenant": tenant, "id": proposal_id}).all()
    return {str(code): int(residents) for code, residents in rows}


def save_residents(session: Session, tenant: str, residents: Mapping[str, int | None]) -> None:
    """Write how many people live in each 片区; none where it is not known."""
    rows = [{"tenant": tenant, "code": code, "residents": count} for code, count in residents.items()]
    session.execute(SET_RESIDENTS, rows)


def follow_grids(session: Session, tenant: str, proposal_id: int) -> tuple[list[int], list[int]]:
    """Let unit grids and responsibility grids say which 片区 they are in now; ids of the rows changed."""
    facts = {"tenant": tenant, "id": proposal_id}
    units = list(session.scalars(SET_UNIT_GRIDS, facts))
    return units, list(session.scalars(SET_GRIDS, facts))


def split_grids(session: Session, tenant: str, proposal_id: int) -> list[str]:
    """Responsibility grids whose unit grids the proposal puts into several 片区."""
    return list(session.scalars(SPLIT_GRIDS, {"tenant": tenant, "id": proposal_id}))


def mark_adopted(session: Session, tenant: str, proposal_id: int, actor: str) -> None:
    """Note who adopted it and when."""
    session.execute(ADOPTED, {"tenant": tenant, "id": proposal_id, "actor": actor})

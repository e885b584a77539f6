"""SQL of codes, limits and responsibilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

Rows = Sequence[Mapping[str, Any]]

UPSERTS = {
    "systems": text("""
INSERT INTO code_system (tenant, name, standard, version, extends)
VALUES (:tenant, :name, :standard, :version, :extends)
ON CONFLICT (tenant, name) DO UPDATE SET extends = coalesce(excluded.extends, code_system.extends)"""),
    "codes": text("""
INSERT INTO case_code (tenant, code_system, code, kind, group_zh, group_en, zh, en, unit, service_min)
VALUES (:tenant, :code_system, :code, :kind, :group_zh, :group_en, :zh, :en, :unit, :service_min)
ON CONFLICT (tenant, code_system, code) DO UPDATE SET kind = excluded.kind, group_zh = excluded.group_zh,
  group_en = excluded.group_en, zh = excluded.zh, en = excluded.en, unit = excluded.unit,
  service_min = excluded.service_min"""),
    "crosswalk": text("""
INSERT INTO code_crosswalk (tenant, from_system, from_code, to_system, to_code, zh)
VALUES (:tenant, :from_system, :from_code, :to_system, :to_code, :zh)
ON CONFLICT (tenant, from_system, from_code, to_system) DO UPDATE SET to_code = excluded.to_code, zh = excluded.zh"""),
    "limits": text("""
INSERT INTO case_limit (tenant, code_system, code, grade, stage, amount, unit_kind, counts_from, basis)
VALUES (:tenant, :code_system, :code, :grade, :stage, :amount, :unit_kind, :counts_from, :basis)
ON CONFLICT (tenant, code_system, code, grade, stage) DO UPDATE SET amount = excluded.amount,
  unit_kind = excluded.unit_kind, counts_from = excluded.counts_from, basis = excluded.basis"""),
    "matrix": text("""
INSERT INTO responsibility (tenant, code_system, code, place_kind, place, org_unit_id, staff_id)
VALUES (:tenant, :code_system, :code, :place_kind, :place, :org_unit_id, :staff_id)"""),
}

LISTS = {
    "codes": text("""
SELECT c.code_system, c.code, c.kind, c.group_zh, c.group_en, c.zh, c.en, c.unit, c.service_min, s.extends,
       s.standard, s.version
  FROM case_code c JOIN code_system s ON s.tenant = c.tenant AND s.name = c.code_system
 WHERE c.tenant = :tenant ORDER BY c.code_system, c.kind DESC, c.code"""),
    "crosswalk": text("""
SELECT from_system, from_code, to_system, to_code, zh FROM code_crosswalk
 WHERE tenant = :tenant ORDER BY from_system, from_code, to_system"""),
    "limits": text("""
SELECT code_system, code, grade, stage, amount, unit_kind, counts_from, basis FROM case_limit
 WHERE tenant = :tenant ORDER BY code_system, code, grade, stage"""),
    "matrix": text("""
SELECT r.code_system, r.code, r.place_kind, r.place, u.code AS org, s.code AS staff
  FROM responsibility r JOIN org_unit u ON u.tenant = r.tenant AND u.id = r.org_unit_id
  LEFT JOIN staff s ON s.tenant = r.tenant AND s.id = r.staff_id
 WHERE r.tenant = :tenant ORDER BY r.place_kind, r.place, r.code_system, r.code"""),
}

CLEAR_MATRIX = text("DELETE FROM responsibility WHERE tenant = :tenant")
HAS_CODES = text("SELECT EXISTS (SELECT FROM case_code WHERE tenant = :tenant)")
FIND_CODE = text("""
SELECT c.code_system, c.code, c.kind, c.zh, c.en, c.unit, s.version
  FROM case_code c JOIN code_system s ON s.tenant = c.tenant AND s.name = c.code_system
 WHERE c.tenant = :tenant AND c.code = :code AND (CAST(:system AS text) IS NULL OR c.code_system = :system)
 ORDER BY (s.extends IS NULL) DESC, s.version DESC, c.code_system LIMIT 1""")
CROSS = text("""
SELECT to_system, to_code FROM code_crosswalk
 WHERE tenant = :tenant AND from_system = :system AND from_code = :code ORDER BY to_system DESC LIMIT 1""")

ORGS = text("SELECT code, id FROM org_unit WHERE tenant = :tenant")
PEOPLE = text("SELECT code, id FROM staff WHERE tenant = :tenant AND active")
KNOWN_PLACES = text("""
SELECT 'road', name FROM road WHERE tenant = :tenant AND name IS NOT NULL
UNION SELECT 'district', code FROM patrol_district WHERE tenant = :tenant
UNION SELECT 'town', name FROM admin_area WHERE tenant = :tenant AND level = 'town'""")
TOWN_OF_CODE = text("SELECT code, name FROM admin_area WHERE tenant = :tenant AND level = 'town' AND code IS NOT NULL")

CELLS = text("""
SELECT d.code, t.name
  FROM patrol_district d
  LEFT JOIN admin_area t ON t.tenant = d.tenant AND t.level = 'town' AND t.geom && d.geom
       AND ST_Area(ST_Intersection(t.geom, d.geom)) > 0.001 * ST_Area(d.geom)
 WHERE d.tenant = :tenant
UNION SELECT NULL, name FROM admin_area WHERE tenant = :tenant AND level = 'town'
 ORDER BY 1 NULLS LAST, 2""")

DISTRICT_SQUADS = text("""
SELECT d.code, u.code FROM patrol_district d JOIN org_unit u ON u.tenant = d.tenant AND u.id = d.org_unit_id
 WHERE d.tenant = :tenant ORDER BY d.code""")
BUREAU = text("""
SELECT code FROM org_unit WHERE tenant = :tenant AND parent_id IS NULL AND kind = 'bureau' ORDER BY id LIMIT 1""")


def has_codes(session: Session, tenant: str) -> bool:
    """Whether the county has any codes of its own."""
    return bool(session.execute(HAS_CODES, {"tenant": tenant}).scalar())


def upsert(session: Session, tenant: str, table: str, rows: Rows) -> None:
    """Write rows, recognised by their key; others stay."""
    if rows:
        session.execute(UPSERTS[table], [{**row, "tenant": tenant} for row in rows])


def replace_matrix(session: Session, tenant: str, rows: Rows) -> None:
    """Put one whole matrix in the place of another."""
    session.execute(CLEAR_MATRIX, {"tenant": tenant})
    upsert(session, tenant, "matrix", rows)


def list_rows(session: Session, tenant: str, table: str) -> list[dict[str, Any]]:
    """All rows of a table, in a fixed order."""
    return [dict(row) for row in session.execute(LISTS[table], {"tenant": tenant}).mappings()]


def find_code(session: Session, tenant: str, code: str, system: str | None) -> dict[str, Any] | None:
    """A code with its names, unit and version; without a system the national list's newest, then local ones."""
    row = session.execute(FIND_CODE, {"tenant": tenant, "code": code, "system": system}).mappings().first()
    return None if row is None else dict(row)


def find_crossing(session: Session, tenant: str, system: str, code: str) -> tuple[str, str] | None:
    """What a code of another vintage is called now."""
    row = session.execute(CROSS, {"tenant": tenant, "system": system, "code": code}).first()
    return None if row is None else (row[0], row[1])


def org_ids(session: Session, tenant: str) -> dict[str, int]:
    """Units by code."""
    return {row[0]: row[1] for row in session.execute(ORGS, {"tenant": tenant})}


def staff_ids(session: Session, tenant: str) -> dict[str, int]:
    """People in service by staff number."""
    return {row[0]: row[1] for row in session.execute(PEOPLE, {"tenant": tenant})}


def known_places(session: Session, tenant: str) -> set[tuple[str, str]]:
    """Kinds and names of streets, 片区 and towns."""
    return {(row[0], row[1]) for row in session.execute(KNOWN_PLACES, {"tenant": tenant})}


def town_names(session: Session, tenant: str) -> dict[str, str]:
    """Names of towns by division code."""
    return {row[0]: row[1] for row in session.execute(TOWN_OF_CODE, {"tenant": tenant})}


def list_cells(session: Session, tenant: str) -> list[tuple[str | None, str | None]]:
    """片区 with the towns they lie in, and each town outside them; a sliver of a thousandth counts for nothing."""
    return [(row[0], row[1]) for row in session.execute(CELLS, {"tenant": tenant})]


def district_squads(session: Session, tenant: str) -> list[tuple[str, str]]:
    """片区 with the unit in charge."""
    return [(row[0], row[1]) for row in session.execute(DISTRICT_SQUADS, {"tenant": tenant})]


def find_bureau(session: Session, tenant: str) -> str | None:
    """Code of the bureau at the root of the organisation."""
    found: str | None = session.execute(BUREAU, {"tenant": tenant}).scalar()
    return found

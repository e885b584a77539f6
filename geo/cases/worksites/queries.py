"""SQL of sites, their checks and filings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AREA = "(CAST(:area AS text[]) IS NULL OR w.district_code = ANY(:area))"
CHECKED = "(CAST(:area AS text[]) IS NULL OR c.district_code = ANY(:area))"

RULES = {
    "site_item": text("SELECT site_type, code, zh, en, event_code, seq FROM site_item WHERE tenant = :tenant"),
    "gate_rule": text("SELECT kind, every_days, hours, cap_per_year FROM gate_rule WHERE tenant = :tenant"),
}
CLEAR = text("DELETE FROM site_item WHERE tenant = :tenant AND site_type = ANY(:types)")
SAVE = {
    "site_item": text("""
INSERT INTO site_item (tenant, site_type, code, zh, en, event_code, seq, set_by)
VALUES (:tenant, :site_type, :code, :zh, :en, :event_code, :seq, :set_by)"""),
    "gate_rule": text("""
INSERT INTO gate_rule (tenant, kind, every_days, hours, cap_per_year, set_by)
VALUES (:tenant, :kind, :every_days, :hours, :cap_per_year, :set_by)
ON CONFLICT (tenant, kind) DO UPDATE SET every_days = excluded.every_days, hours = excluded.hours,
  cap_per_year = excluded.cap_per_year, set_by = excluded.set_by"""),
}

SITE = """w.id, w.code, w.name, w.site_type, w.works, w.builder, w.district_code,
  ST_X(ST_PointOnSurface(w.geom)) AS lon, ST_Y(ST_PointOnSurface(w.geom)) AS lat"""
LIST = text(f"SELECT {SITE} FROM worksite w WHERE w.tenant = :tenant AND {AREA} ORDER BY w.code, w.id")
FIND = text(f"SELECT {SITE} FROM worksite w WHERE w.tenant = :tenant AND w.code = :code ORDER BY w.id DESC LIMIT 1")
GATES = text("""
SELECT code, name, site_code, washing, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM site_gate
 WHERE tenant = :tenant ORDER BY site_code, code, id""")
DUMPS = text("""
SELECT code, name, kind, ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat,
       coalesce(closes_on >= :on, true) AS open
  FROM waste_site WHERE tenant = :tenant AND kind = ANY(:kinds) ORDER BY code, id""")
SET_DISTRICT = text("""
UPDATE worksite SET district_code = :district
 WHERE tenant = :tenant AND id = :id AND district_code IS DISTINCT FROM :district""")
PUT_ENTERPRISE = text("""
INSERT INTO enterprise (tenant, code, name, kind, gate_every_days, gate_hours, cap_per_year, active, geom)
VALUES (:tenant, :code, :name, :kind, :every_days, :hours, :cap, :active,
        ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
ON CONFLICT (tenant, code) DO UPDATE SET name = excluded.name, kind = excluded.kind, active = excluded.active,
  gate_hours = excluded.gate_hours, gate_every_days = coalesce(enterprise.gate_every_days, excluded.gate_every_days),
  geom = excluded.geom
WHERE (enterprise.name, enterprise.kind, enterprise.active, enterprise.gate_hours, ST_AsBinary(enterprise.geom))
  IS DISTINCT FROM (excluded.name, excluded.kind, excluded.active, excluded.gate_hours, ST_AsBinary(excluded.geom))
  OR enterprise.gate_every_days IS NULL
RETURNING id""")

STAFF = text("SELECT id FROM staff WHERE tenant = :tenant AND code = :code AND active")
ADD_CHECK = text("""
INSERT INTO site_check (tenant, uid, site_code, gate_code, site_type, district_code, at, items, note, staff_id, actor)
VALUES (:tenant, :uid, :site_code, :gate_code, :site_type, :district_code, :at, :items, :note, :staff_id, :actor)
RETURNING id""")
ADD_FINDING = text("""
INSERT INTO site_finding (tenant, check_id, item, event_code, outcome, quantity, problem_id)
VALUES (:tenant, :check_id, :item, :event_code, :outcome, :quantity, :problem_id)""")
CHECKS = text(f"""
SELECT c.id, c.uid, c.site_code, c.gate_code, c.site_type, c.district_code, c.at, c.items, c.note, c.actor,
       coalesce(json_agg(json_build_object('item', f.item, 'event_code', f.event_code, 'outcome', f.outcome,
         'quantity', f.quantity, 'problem_id', f.problem_id) ORDER BY f.item) FILTER (WHERE f.id IS NOT NULL), '[]')
         AS findings,
       coalesce(array_agg(f.item ORDER BY f.item) FILTER (WHERE f.id IS NOT NULL), '{{}}') AS found,
       CASE WHEN bool_or(f.outcome = 'open') THEN 'open' WHEN count(f.id) > 0 THEN 'put_right' ELSE 'in_order' END
         AS result, w.name AS site_name, ST_X(w.spot) AS lon, ST_Y(w.spot) AS lat
  FROM site_check c LEFT JOIN site_finding f ON f.tenant = c.tenant AND f.check_id = c.id
  LEFT JOIN LATERAL (SELECT name, ST_PointOnSurface(geom) AS spot FROM worksite
                      WHERE tenant = c.tenant AND code = c.site_code LIMIT 1) w ON true
 WHERE c.tenant = :tenant AND c.at >= :from_at AND c.at < :to_at AND {CHECKED}
   AND (CAST(:site AS text) IS NULL OR c.site_code = :site)
 GROUP BY c.tenant, c.id, w.name, w.spot ORDER BY c.at, c.id LIMIT :most""")

PAPERS = text("""
SELECT DISTINCT w.code AS site_code, p.number, p.kind, p.status, p.valid_from_on, p.valid_to_on,
       CASE WHEN g.id IS NOT NULL THEN 'grant' ELSE 'ground' END AS by
  FROM worksite w
  JOIN permit p ON p.tenant = w.tenant AND p.kind IN ('haulage', 'batching')
  LEFT JOIN haul_grant g ON g.tenant = w.tenant AND g.site_code = w.code AND g.permit_number = p.number
 WHERE w.tenant = :tenant
   AND (g.id IS NOT NULL OR (p.geom && ST_Expand(w.geom, 0.0003)
        AND ST_DWithin(ST_Transform(p.geom, CAST(:srid AS int)), ST_Transform(w.geom, CAST(:srid AS int)), 15)))
 ORDER BY w.code, p.valid_to_on, p.number""")
"""A paper is a site's if a grant names both, or its ground lies on the site's or within 15 m of it."""

ENDED = text("""
SELECT id, number, kind, status, holder, purpose, place, area_m2, valid_from_on, valid_to_on FROM permit p
 WHERE tenant = :tenant AND status = 'valid' AND valid_to_on >= :first AND valid_to_on < :on
   AND (CAST(:kind AS text) IS NULL OR kind = :kind)
   AND NOT EXISTS (SELECT 1 FROM permit n WHERE n.tenant = p.tenant AND n.kind = p.kind AND n.status = 'valid'
        AND n.valid_to_on >= :on AND n.holder = p.holder)
 ORDER BY valid_to_on DESC, id LIMIT :most""")

FOUND = text(f"""
SELECT f.id, f.item, f.event_code, f.outcome, f.quantity, f.problem_id, c.site_type
  FROM site_finding f JOIN site_check c ON c.tenant = f.tenant AND c.id = f.check_id
 WHERE f.tenant = :tenant AND c.at >= :from_at AND c.at < :to_at AND {CHECKED} ORDER BY f.id""")
CLEARED = text("""
SELECT id FROM problem_case
 WHERE tenant = :tenant AND code_system = :system AND code = ANY(:codes) AND closed_at >= :from_at
   AND closed_at < :to_at AND state IN ('closed', 'rated')
   AND (CAST(:area AS text[]) IS NULL OR district_code = ANY(:area)) ORDER BY id""")
NOTICES = text("""
SELECT d.id FROM legal_document d JOIN problem_case p ON p.tenant = d.tenant AND p.id = d.problem_id
 WHERE d.tenant = :tenant AND d.kind IN ('rectify', 'deadline') AND d.issued_at >= :from_at AND d.issued_at < :to_at
   AND d.state <> 'void' AND p.code_system = :system AND p.code = ANY(:codes)
   AND (CAST(:area AS text[]) IS NULL OR d.district_code = ANY(:area)) ORDER BY d.id""")
PENALTIES = text("""
SELECT id, amount_yuan, decision, decided_at >= :from_at AND decided_at < :to_at AS decided,
       filed_at >= :from_at AND filed_at < :to_at AS filed
  FROM penalty
 WHERE tenant = :tenant AND code_system = :system AND code = ANY(:codes)
   AND ((filed_at >= :from_at AND filed_at < :to_at) OR (decided_at >= :from_at AND decided_at < :to_at))
   AND (CAST(:area AS text[]) IS NULL OR district_code = ANY(:area)) ORDER BY id""")


def load_rules(session: Session, tenant: str, table: str) -> list[dict[str, Any]]:
    """Rows of a list the county has set; empty if none."""
    return [dict(row) for row in session.execute(RULES[table], {"tenant": tenant}).mappings()]


def save_rules(session: Session, tenant: str, table: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write rows of a list; a checklist first loses what it had for the types named."""
    if table == "site_item":
        session.execute(CLEAR, {"tenant": tenant, "types": sorted({row["site_type"] for row in rows})})
    if rows:
        session.execute(SAVE[table], [{**row, "tenant": tenant, "set_by": actor} for row in rows])


def list_sites(session: Session, tenant: str, area: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Sites by number, each with a point on its ground."""
    facts = {"tenant": tenant, "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def find_site(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """One site by number; the newest where two data sets have it."""
    row = session.execute(FIND, {"tenant": tenant, "code": code}).mappings().first()
    return dict(row) if row else None


def list_gates(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Gates by site and number."""
    return [dict(row) for row in session.execute(GATES, {"tenant": tenant}).mappings()]


def list_dumps(session: Session, tenant: str, kinds: Sequence[str], on: dt.date) -> list[dict[str, Any]]:
    """Waste sites of some kinds, with whether they are open on a day."""
    facts = {"tenant": tenant, "kinds": list(kinds), "on": on}
    return [dict(row) for row in session.execute(DUMPS, facts).mappings()]


def set_district(session: Session, tenant: str, site: int, district: str | None) -> bool:
    """Note a site's 片区; whether that changed anything."""
    done = session.execute(SET_DISTRICT, {"tenant": tenant, "id": site, "district": district})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def put_enterprise(session: Session, tenant: str, **values: Any) -> bool:
    """Enter a site among those that are checked, or let its place and name follow; whether anything changed."""
    return session.execute(PUT_ENTERPRISE, {"tenant": tenant, **values}).first() is not None


def find_staff(session: Session, tenant: str, code: str) -> int | None:
    """Somebody in service by staff number."""
    return session.execute(STAFF, {"tenant": tenant, "code": code}).scalar()


def add_check(session: Session, tenant: str, **values: Any) -> int:
    """Write down a check; its id."""
    return int(session.execute(ADD_CHECK, {"tenant": tenant, **values}).scalar_one())


def add_finding(session: Session, tenant: str, **values: Any) -> None:
    """Write down what was found of one item."""
    session.execute(ADD_FINDING, {"tenant": tenant, **values})


def list_checks(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, *, site: str | None = None,
    area: Sequence[str] | None = None, most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Checks of a span with their findings, the first first."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "site": site, "most": most}
    rows = session.execute(CHECKS, {**facts, "area": None if area is None else list(area)}).mappings()
    return [dict(row) for row in rows]


def load_papers(session: Session, tenant: str, srid: int) -> list[dict[str, Any]]:
    """Haulage and batching filings by the site they are of."""
    return [dict(row) for row in session.execute(PAPERS, {"tenant": tenant, "srid": srid}).mappings()]


def list_ended(
    session: Session, tenant: str, first: dt.date, on: dt.date, kind: str | None, most: int
) -> list[dict[str, Any]]:
    """Permits that ended since a day and whose holder has no newer one of that kind, the latest first."""
    facts = {"tenant": tenant, "first": first, "on": on, "kind": kind, "most": most}
    return [dict(row) for row in session.execute(ENDED, facts).mappings()]


def load_found(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, area: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Findings of the checks of a span."""
    facts = {"tenant": tenant, "from_at": from_at, "to_at": to_at, "area": None if area is None else list(area)}
    return [dict(row) for row in session.execute(FOUND, facts).mappings()]


def load_followed(
    session: Session, tenant: str, from_at: dt.datetime, to_at: dt.datetime, area: Sequence[str] | None,
    system: str, codes: Sequence[str], dumping: Sequence[str],
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """``cleared`` problems of dumping, ``notices`` and ``penalties`` about some codes, of a span."""
    facts = {
        "tenant": tenant, "from_at": from_at, "to_at": to_at, "area": None if area is None else list(area),
        "system": system,
    }  # fmt: skip
    asked = {
        "cleared": (CLEARED, dumping), "notices": (NOTICES, codes), "penalties": (PENALTIES, codes),
    }  # fmt: skip
    return {
        name: [dict(row) for row in session.execute(sql, {**facts, "codes": list(chosen)}).mappings()]
        for name, (sql, chosen) in asked.items()
    }

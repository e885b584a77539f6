"""SQL of the 权责清单, tiers of review, bodies, and figures of law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.powers.reviews import Band, Tier

UPSERT_ITEM = text("""
INSERT INTO power_item (tenant, code, kind, name, article, active)
VALUES (:tenant, :code, :kind, :name, :article, true)
ON CONFLICT (tenant, code) DO UPDATE SET kind = excluded.kind, name = excluded.name, article = excluded.article,
  active = true RETURNING id""")
RETIRE = text("UPDATE power_item SET active = false WHERE tenant = :tenant AND active AND NOT code = ANY(:codes)")
CLEAR_BANDS = text("DELETE FROM discretion_band WHERE tenant = :tenant AND item_id = :item")
CLEAR_CODES = text("DELETE FROM power_code WHERE tenant = :tenant AND item_id = :item")
ADD_BAND = text("""
INSERT INTO discretion_band (tenant, item_id, gravity, party, condition, least_yuan, most_yuan, reviewers)
VALUES (:tenant, :item, :gravity, :party, :condition, :least_yuan, :most_yuan, :reviewers)""")
ADD_CODE = text("""
INSERT INTO power_code (tenant, item_id, code_system, code) VALUES (:tenant, :item, :code_system, :code)
ON CONFLICT DO NOTHING""")
ITEM_COLUMNS = "i.id, i.code, i.kind, i.name, i.article, i.active"
LIST_ITEMS = text(f"""
SELECT {ITEM_COLUMNS},
  ARRAY(SELECT p.code FROM power_code p WHERE p.tenant = i.tenant AND p.item_id = i.id ORDER BY p.code) AS event_codes
FROM power_item i WHERE i.tenant = :tenant AND i.active
  AND (CAST(:kind AS text) IS NULL OR i.kind = :kind)
  AND (CAST(:code AS text) IS NULL OR EXISTS (
    SELECT FROM power_code p WHERE p.tenant = i.tenant AND p.item_id = i.id AND p.code = :code))
ORDER BY i.code""")
FIND_ITEM = text(f"SELECT {ITEM_COLUMNS} FROM power_item i WHERE i.tenant = :tenant AND i.code = :code")
COVERS = text("""
SELECT EXISTS (SELECT FROM power_code WHERE tenant = :tenant AND item_id = :item AND code_system = :code_system
               AND code = :code)""")
BANDS = text("""
SELECT gravity, party, least_yuan, most_yuan, reviewers, condition FROM discretion_band
WHERE tenant = :tenant AND item_id = :item ORDER BY least_yuan, party, gravity""")
ALL_ROWS = text("""
SELECT i.code, i.kind, i.name, i.article, b.gravity, b.party, b.condition, b.least_yuan, b.most_yuan, b.reviewers,
  (SELECT min(p.code_system) FROM power_code p WHERE p.tenant = i.tenant AND p.item_id = i.id) AS code_system,
  ARRAY(SELECT p.code FROM power_code p WHERE p.tenant = i.tenant AND p.item_id = i.id ORDER BY p.code) AS event_codes
FROM power_item i LEFT JOIN discretion_band b ON b.tenant = i.tenant AND b.item_id = i.id
WHERE i.tenant = :tenant AND i.active ORDER BY i.code, b.least_yuan, b.party, b.gravity""")
CLEAR_TIERS = text("DELETE FROM review_tier WHERE tenant = :tenant")
ADD_TIER = text("""
INSERT INTO review_tier (tenant, party, gravity, from_yuan, reviewers)
VALUES (:tenant, :party, :gravity, :from_yuan, :reviewers)""")
TIERS = text("""
SELECT party, gravity, from_yuan, reviewers FROM review_tier WHERE tenant = :tenant
ORDER BY from_yuan, party, gravity""")
UPSERT_BODY = text("""
INSERT INTO enforcement_body (tenant, code, name, kind, head) VALUES (:tenant, :code, :name, :kind, :head)
ON CONFLICT (tenant, code) DO UPDATE SET name = excluded.name, kind = excluded.kind, head = excluded.head,
  active = true""")
BODIES = text("SELECT id, code, name, kind, head FROM enforcement_body WHERE tenant = :tenant AND active ORDER BY code")
SETTINGS = text("SELECT name, value FROM law_setting WHERE tenant = :tenant")
SET = text("""
INSERT INTO law_setting (tenant, name, value, basis, set_by) VALUES (:tenant, :name, :value, :basis, :actor)
ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value, basis = excluded.basis, set_by = excluded.set_by,
  set_at = now()""")


def save_item(session: Session, tenant: str, item: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> int:
    """Write an item with its bands and event codes anew; returns its id."""
    number = int(session.execute(UPSERT_ITEM, {"tenant": tenant, **item}).scalar_one())
    at = {"tenant": tenant, "item": number}
    session.execute(CLEAR_BANDS, at)
    session.execute(CLEAR_CODES, at)
    for row in rows:
        if row["gravity"] is not None:
            names = ("gravity", "party", "condition", "least_yuan", "most_yuan")
            session.execute(ADD_BAND, {**at, **{n: row[n] for n in names}, "reviewers": list(row["reviewers"])})
        for code in row["event_codes"]:
            session.execute(ADD_CODE, {**at, "code_system": row["code_system"], "code": code})
    return number


def retire_items(session: Session, tenant: str, kept: Sequence[str]) -> int:
    """Take items out of force that the list no longer has; returns how many."""
    return int(session.execute(RETIRE, {"tenant": tenant, "codes": list(kept)}).rowcount)  # type: ignore[attr-defined]


def list_items(session: Session, tenant: str, kind: str | None = None, code: str | None = None) -> list[dict[str, Any]]:
    """Items in force with their event codes, by code; of one kind, or for one event code."""
    found = session.execute(LIST_ITEMS, {"tenant": tenant, "kind": kind, "code": code})
    return [dict(row) for row in found.mappings()]


def find_item(session: Session, tenant: str, code: str) -> dict[str, Any] | None:
    """One item, in force or not; None if there is none."""
    row = session.execute(FIND_ITEM, {"tenant": tenant, "code": code}).mappings().first()
    return dict(row) if row else None


def item_covers(session: Session, tenant: str, item: int, code_system: str, code: str) -> bool:
    """Whether an event code is the business of an item."""
    facts = {"tenant": tenant, "item": item, "code_system": code_system, "code": code}
    return bool(session.execute(COVERS, facts).scalar_one())


def load_bands(session: Session, tenant: str, item: int) -> list[Band]:
    """Bands of an item, the mildest first."""
    rows = session.execute(BANDS, {"tenant": tenant, "item": item})
    return [Band(gravity, party, low, high, tuple(who), when) for gravity, party, low, high, who, when in rows]


def list_rows(session: Session, tenant: str) -> list[dict[str, Any]]:
    """The list as a table: a row for each band of an item in force, one for an item without bands."""
    return [dict(row) for row in session.execute(ALL_ROWS, {"tenant": tenant}).mappings()]


def save_tiers(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write all tiers anew."""
    session.execute(CLEAR_TIERS, {"tenant": tenant})
    for row in rows:
        names = ("party", "gravity", "from_yuan")
        facts = {**{name: row[name] for name in names}, "reviewers": list(row["reviewers"])}
        session.execute(ADD_TIER, {"tenant": tenant, **facts})


def load_tiers(session: Session, tenant: str) -> list[Tier]:
    """All tiers by amount."""
    rows = session.execute(TIERS, {"tenant": tenant})
    return [Tier(party, gravity, yuan, tuple(who)) for party, gravity, yuan, who in rows]


def save_body(session: Session, tenant: str, row: Mapping[str, Any]) -> None:
    """Write a body, recognised by its code."""
    session.execute(UPSERT_BODY, {"tenant": tenant, **{name: row[name] for name in ("code", "name", "kind", "head")}})


def list_bodies(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Bodies in use by code."""
    return [dict(row) for row in session.execute(BODIES, {"tenant": tenant}).mappings()]


def load_settings(session: Session, tenant: str) -> dict[str, int]:
    """What the county has said for itself."""
    return {name: int(value) for name, value in session.execute(SETTINGS, {"tenant": tenant})}


def save_setting(session: Session, tenant: str, name: str, value: int, basis: str, actor: str) -> None:
    """Say a figure."""
    session.execute(SET, {"tenant": tenant, "name": name, "value": value, "basis": basis, "actor": actor})

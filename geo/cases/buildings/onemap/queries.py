"""SQL of receipts, and of what the city's map is sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant || '/one_map', 0))")

KNOWN = text("""
SELECT DISTINCT ON (external_id) external_id, building_id, sha256 FROM building_exchange
 WHERE tenant = :tenant AND direction = 'import' AND building_id IS NOT NULL AND external_id = ANY(:ids)
 ORDER BY external_id, id DESC""")
SENT = text("""
SELECT DISTINCT ON (building_id) building_id, sha256 FROM building_exchange
 WHERE tenant = :tenant AND direction = 'export' ORDER BY building_id, id DESC""")
EXTERNAL = text("""
SELECT DISTINCT ON (building_id) building_id, external_id FROM building_exchange
 WHERE tenant = :tenant AND direction = 'import' AND building_id IS NOT NULL ORDER BY building_id, id DESC""")
NOTE = text("""
INSERT INTO building_exchange (tenant, batch, direction, external_id, building_id, outcome, reason, sha256, actor)
VALUES (:tenant, :batch, :direction, :external_id, :building_id, :outcome, :reason, :sha256, :actor)""")
RECEIPTS = text("""
SELECT external_id, building_id, outcome, reason, sha256, at, actor, direction FROM building_exchange
 WHERE tenant = :tenant AND batch = :batch ORDER BY id""")
BATCHES = text("""
SELECT batch, direction, min(at) AS at, min(actor) AS actor, count(*) AS rows,
       count(*) FILTER (WHERE outcome = 'added') AS added, count(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
       count(*) FILTER (WHERE outcome = 'differs') AS differs, count(*) FILTER (WHERE outcome = 'refused') AS refused,
       count(*) FILTER (WHERE outcome = 'sent') AS sent
  FROM building_exchange WHERE tenant = :tenant GROUP BY batch, direction ORDER BY min(id) DESC LIMIT :most""")
ROWS = text("""
SELECT id, code, status, status_since_on, found_on, built_on, households, category, area_m2, district_code, entered_as,
       ST_AsBinary(geom) AS ground, ST_AsText(geom, 8) AS wkt, ST_AsGeoJSON(geom, 8) AS geojson
  FROM illegal_building WHERE tenant = :tenant ORDER BY id""")


def hold_exchange(session: Session, tenant: str) -> None:
    """Let one exchange at a time go on, until the transaction ends."""
    session.execute(HOLD, {"tenant": tenant})


def find_known(session: Session, tenant: str, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """By the platform's number: the building it became, and the digest of what came last."""
    rows = session.execute(KNOWN, {"tenant": tenant, "ids": list(ids)})
    return {external: (int(building), sha256) for external, building, sha256 in rows}


def load_sent(session: Session, tenant: str) -> dict[int, str]:
    """By building: the digest of what was sent last."""
    return {int(building): sha256 for building, sha256 in session.execute(SENT, {"tenant": tenant}) if building}


def load_external(session: Session, tenant: str) -> dict[int, str]:
    """By building: its number on the platform."""
    return {int(building): external for building, external in session.execute(EXTERNAL, {"tenant": tenant})}


def note(
    session: Session, tenant: str, batch: uuid.UUID, direction: str, actor: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write receipts."""
    if rows:
        common = {"tenant": tenant, "batch": batch, "direction": direction, "actor": actor}
        session.execute(NOTE, [{**row, **common} for row in rows])


def list_receipts(session: Session, tenant: str, batch: uuid.UUID) -> list[dict[str, Any]]:
    """The receipts of one exchange, in its order."""
    return [dict(row) for row in session.execute(RECEIPTS, {"tenant": tenant, "batch": batch}).mappings()]


def list_batches(session: Session, tenant: str, most: int = 50) -> list[dict[str, Any]]:
    """Exchanges, the newest first, with how many rows had which outcome."""
    return [dict(row) for row in session.execute(BATCHES, {"tenant": tenant, "most": most}).mappings()]


def load_rows(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Every building with its outline in three notations."""
    return [dict(row) for row in session.execute(ROWS, {"tenant": tenant}).mappings()]

"""SQL of deliveries."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:uid, 0))")
COLUMNS = text("""
SELECT name, said FROM feed_column WHERE tenant = :tenant AND source = :source AND kind = :kind ORDER BY name""")
VEHICLES = text("SELECT plate, id FROM haul_vehicle WHERE tenant = :tenant AND plate = ANY(:plates)")
ADD_FIXES = text("""
INSERT INTO haul_fix (tenant, vehicle_id, at, lon, lat, speed_kmh)
SELECT :tenant, * FROM unnest(CAST(:vehicles AS bigint[]), CAST(:at AS timestamptz[]), CAST(:lon AS float8[]),
                              CAST(:lat AS float8[]), CAST(:speed AS smallint[]))
ON CONFLICT (tenant, vehicle_id, at) DO NOTHING""")
ADD_TICKETS = text("""
INSERT INTO weigh_ticket (tenant, source, number, plate, dump_code, at, gross_kg, tare_kg)
SELECT :tenant, :source, * FROM unnest(CAST(:number AS text[]), CAST(:plate AS text[]), CAST(:dump_code AS text[]),
  CAST(:at AS timestamptz[]), CAST(:gross_kg AS int[]), CAST(:tare_kg AS int[]))
ON CONFLICT (tenant, source, number) DO NOTHING""")
BATCH = "uid, source, kind, rows, taken, known, refused, unknown, plates, faults, received_at, actor"
ADD_BATCH = text("""
INSERT INTO feed_batch (tenant, uid, source, kind, sha256, rows, taken, known, refused, unknown, plates, faults, actor)
VALUES (:tenant, :uid, :source, :kind, :sha256, :rows, :taken, :known, :refused, :unknown, CAST(:plates AS jsonb),
        CAST(:faults AS jsonb), :actor)""")
FIND_BATCH = text(f"SELECT {BATCH} FROM feed_batch WHERE tenant = :tenant AND uid = :uid")
BATCHES = text(f"""
SELECT {BATCH} FROM feed_batch WHERE tenant = :tenant AND (CAST(:kind AS text) IS NULL OR kind = :kind)
 ORDER BY received_at DESC, id DESC LIMIT :most""")
FORGET = text("DELETE FROM haul_fix WHERE tenant = :tenant AND at < :before")
LEFT = text("SELECT count(*) FROM haul_fix WHERE tenant = :tenant AND at < :before")


def hold(session: Session, uid: uuid.UUID) -> None:
    """Let nobody else take this delivery until the transaction ends."""
    session.execute(HOLD, {"uid": f"feed:{uid}"})


def load_columns(session: Session, tenant: str, source: str, kind: str) -> list[tuple[str, str]]:
    """The mapping of a source, (field, said)."""
    rows = session.execute(COLUMNS, {"tenant": tenant, "source": source, "kind": kind})
    return [(row[0], row[1]) for row in rows]


def find_vehicles(session: Session, tenant: str, plates: Sequence[str]) -> dict[str, int]:
    """Ids of the plates that are registered, struck off ones too: a lorry struck off still drives."""
    return {row[0]: int(row[1]) for row in session.execute(VEHICLES, {"tenant": tenant, "plates": list(plates)})}


def add_fixes(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write positions down; how many were new."""
    if not rows:
        return 0
    facts = {
        "vehicles": [row["vehicle_id"] for row in rows], "at": [row["at"] for row in rows],
        "lon": [row["lon"] for row in rows], "lat": [row["lat"] for row in rows],
        "speed": [row["speed_kmh"] for row in rows],
    }  # fmt: skip
    return int(session.execute(ADD_FIXES, {"tenant": tenant, **facts}).rowcount)  # type: ignore[attr-defined]


def add_tickets(session: Session, tenant: str, source: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write weighings down; how many were new."""
    if not rows:
        return 0
    names = ("number", "plate", "dump_code", "at", "gross_kg", "tare_kg")
    facts = {name: [row[name] for row in rows] for name in names}
    done = session.execute(ADD_TICKETS, {"tenant": tenant, "source": source, **facts})
    return int(done.rowcount)  # type: ignore[attr-defined]


def add_batch(session: Session, tenant: str, **values: Any) -> None:
    """Write a receipt."""
    plain = {**values, "plates": json.dumps(values["plates"]), "faults": json.dumps(values["faults"])}
    session.execute(ADD_BATCH, {"tenant": tenant, **plain})


def find_batch(session: Session, tenant: str, uid: uuid.UUID) -> dict[str, Any] | None:
    """The receipt of a delivery; None if it never came."""
    row = session.execute(FIND_BATCH, {"tenant": tenant, "uid": uid}).mappings().first()
    return dict(row) if row else None


def list_batches(session: Session, tenant: str, kind: str | None, most: int) -> list[dict[str, Any]]:
    """Receipts, the newest first."""
    rows = session.execute(BATCHES, {"tenant": tenant, "kind": kind, "most": most}).mappings()
    return [dict(row) for row in rows]


def forget_fixes(session: Session, tenant: str, before: dt.datetime) -> tuple[int, int]:
    """Delete positions older than a time; how many went, and how many such are still there."""
    facts = {"tenant": tenant, "before": before}
    gone = session.execute(FORGET, facts).rowcount  # type: ignore[attr-defined]
    return int(gone), int(session.execute(LEFT, facts).scalar_one())

"""SQL of evidence."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

COLUMNS = """e.id, e.uid, e.workflow, e.row_id, e.kind, e.sha256, e.copy_sha256, e.media_type, e.size_bytes, e.width_px,
  e.height_px, e.taken_at, e.device, ST_X(e.spot) AS lon, ST_Y(e.spot) AS lat, s.code AS staff, e.made_by, e.made_at"""
STAFF = "LEFT JOIN staff s ON s.tenant = e.tenant AND s.id = e.staff_id"
ADD = text("""
WITH new AS (
  INSERT INTO evidence (tenant, uid, workflow, row_id, kind, sha256, copy_sha256, media_type, size_bytes, width_px,
                        height_px, taken_at, device, spot, staff_id, made_by)
  VALUES (:tenant, :uid, :workflow, :row_id, :kind, :sha256, :copy_sha256, :media_type, :size_bytes, :width_px,
          :height_px, :taken_at, :device, ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4490),
          :staff_id, :made_by)
  RETURNING id)
INSERT INTO receipt (tenant, uid, kind, row_id) SELECT :tenant, :uid, 'evidence', id FROM new RETURNING row_id""")
FIND = text(f"SELECT {COLUMNS} FROM evidence e {STAFF} WHERE e.tenant = :tenant AND e.uid = :uid")
LIST = text(f"""
SELECT {COLUMNS} FROM evidence e {STAFF}
 WHERE e.tenant = :tenant AND e.workflow = :workflow AND e.row_id = :row_id ORDER BY e.taken_at, e.id""")


def add_evidence(session: Session, values: Mapping[str, Any]) -> None:
    """Write a picture's row with its receipt."""
    session.execute(ADD, dict(values))


def find_evidence(session: Session, tenant: str, uid: uuid.UUID) -> dict[str, Any] | None:
    """A picture's row."""
    row = session.execute(FIND, {"tenant": tenant, "uid": uid}).mappings().first()
    return None if row is None else dict(row)


def list_evidence(session: Session, tenant: str, workflow: str, row_id: int) -> list[dict[str, Any]]:
    """Pictures of a row by the time they were taken."""
    facts = {"tenant": tenant, "workflow": workflow, "row_id": row_id}
    return [dict(row) for row in session.execute(LIST, facts).mappings()]

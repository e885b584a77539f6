"""What a simulation asks of the database beside the shift itself."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.patrol.queries import tenant_of

ZONE_KEYS = text("SELECT id, source_key FROM hotspot_zone WHERE tenant = :tenant AND source_key IS NOT NULL")


def load_zone_keys(session: Session) -> dict[int, str]:
    """Key in its source of every hotspot zone that has one, by row id."""
    rows = session.execute(ZONE_KEYS, {"tenant": tenant_of(session)})
    return {int(row): str(key) for row, key in rows}

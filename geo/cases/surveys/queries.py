"""SQL of street surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

LIST = text("""
SELECT street, stretch, on_date, cabinets, facades, furniture, note FROM street_survey
 WHERE tenant = :tenant ORDER BY street, stretch, on_date""")
SAVE = text("""
INSERT INTO street_survey (tenant, street, stretch, on_date, cabinets, facades, furniture, note, set_by)
VALUES (:tenant, :street, :stretch, :on_date, :cabinets, :facades, :furniture, :note, :actor)
ON CONFLICT (tenant, street, stretch, on_date) DO UPDATE SET cabinets = excluded.cabinets, facades = excluded.facades,
  furniture = excluded.furniture, note = excluded.note, set_by = excluded.set_by""")


def list_surveys(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All surveys by street and day."""
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant}).mappings()]


def save_surveys(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write surveys; one of the same stretch and day is changed."""
    session.execute(SAVE, [{"tenant": tenant, "actor": actor, **row} for row in rows])

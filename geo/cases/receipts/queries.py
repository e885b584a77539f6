"""SQL of receipts."""

from __future__ import annotations

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
FIND = text("SELECT kind, row_id FROM receipt WHERE tenant = :tenant AND uid = :uid")
ADD = text("INSERT INTO receipt (tenant, uid, kind, row_id) VALUES (:tenant, :uid, :kind, :row_id)")


def lock_uid(session: Session, uid: uuid.UUID) -> None:
    """Keep a second sending of the same record waiting until this one is through."""
    session.execute(LOCK, {"name": f"receipt/{uid}"})


def find_receipt(session: Session, tenant: str, uid: uuid.UUID) -> tuple[str, int] | None:
    """What was taken under a uid, and its row."""
    row = session.execute(FIND, {"tenant": tenant, "uid": uid}).first()
    return None if row is None else (row[0], row[1])


def add_receipt(session: Session, tenant: str, uid: uuid.UUID, kind: str, row_id: int) -> None:
    """Note that a record was taken."""
    session.execute(ADD, {"tenant": tenant, "uid": uid, "kind": kind, "row_id": row_id})

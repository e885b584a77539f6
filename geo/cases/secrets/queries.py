"""SQL of the mark that tells which key a county's personal data are sealed with."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

FIND = text("SELECT mark FROM private_key WHERE tenant = :tenant")
INSERT = text("INSERT INTO private_key (tenant, mark) VALUES (:tenant, :mark) ON CONFLICT (tenant) DO NOTHING")


def find_mark(session: Session, tenant: str) -> str | None:
    """Mark of the county's key; None before anything was sealed."""
    return session.execute(FIND, {"tenant": tenant}).scalar()


def insert_mark(session: Session, tenant: str, mark: str) -> None:
    """Remember the mark, unless there is one."""
    session.execute(INSERT, {"tenant": tenant, "mark": mark})

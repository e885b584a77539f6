"""SQL of figures told by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

LIST = text("""
SELECT figure, on_date, nullif(district_code, '') AS district_code, amount, basis FROM hand_figure
 WHERE tenant = :tenant ORDER BY figure, on_date, district_code""")
UPSERT = text("""
INSERT INTO hand_figure (tenant, figure, on_date, district_code, amount, basis, set_by)
VALUES (:tenant, :figure, :on_date, coalesce(:district_code, ''), :amount, :basis, :set_by)
ON CONFLICT (tenant, figure, on_date, district_code) DO UPDATE SET amount = excluded.amount, basis = excluded.basis,
  set_by = excluded.set_by, updated_at = now()""")
KNOWN = text("SELECT code FROM patrol_district WHERE tenant = :tenant")


def list_told(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All of them, by figure, day and 片区; none is the county."""
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant}).mappings()]


def upsert_told(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write them, recognised by figure, day and 片区."""
    if rows:
        session.execute(UPSERT, [{**row, "tenant": tenant} for row in rows])


def load_districts(session: Session, tenant: str) -> set[str]:
    """Codes of all 片区."""
    return set(session.execute(KNOWN, {"tenant": tenant}).scalars())

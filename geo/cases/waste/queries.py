"""SQL of the lists this room keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from geo.tables.base import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MISSING_HAULIERS = text("""
SELECT code FROM unnest(CAST(:codes AS text[])) AS said(code)
 WHERE NOT EXISTS (SELECT 1 FROM haulier h WHERE h.tenant = :tenant AND h.code = said.code) ORDER BY code""")


def load_rows(session: Session, tenant: str, table: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a list, in the order of its key."""
    model = Base.metadata.tables[table]
    chosen = [model.c[name] for name in names]
    rows = session.execute(select(*chosen).where(model.c.tenant == tenant).order_by(*chosen)).mappings()
    return [dict(row) for row in rows]


def upsert_rows(
    session: Session, tenant: str, table: str, key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Add rows to a list, or change those of the same key."""
    if not rows:
        return
    model = Base.metadata.tables[table]
    order = insert(model)
    changed = {name: order.excluded[name] for name in rows[0] if name not in key}
    session.execute(
        order.on_conflict_do_update(index_elements=["tenant", *key], set_=changed),
        [{**row, "tenant": tenant} for row in rows],
    )


def missing_hauliers(session: Session, tenant: str, codes: Sequence[str]) -> list[str]:
    """Which of some numbers no haulier has."""
    return list(session.execute(MISSING_HAULIERS, {"tenant": tenant, "codes": sorted(set(codes))}).scalars())

"""How many rows a layer has, without counting them.

Each writing action adds one signed step in its own transaction and the sequencer folds the steps, so
that an import of hours holds no lock that a check-in waits for.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

STEP = text("INSERT INTO layer_count (tenant, layer, visibility, step) VALUES (:tenant, :layer, :visibility, :step)")

SUM = text("""
SELECT coalesce(sum(step), 0)::bigint FROM layer_count
 WHERE tenant = :tenant AND layer = :layer AND visibility = :visibility""")


def count_step(session: Session, tenant: str, layer: str, step: int, visibility: str = "all") -> None:
    """Note that ``layer`` gained (or, negative, lost) ``step`` rows; zero writes nothing."""
    if step:
        session.execute(STEP, {"tenant": tenant, "layer": layer, "visibility": visibility, "step": step})


def count_of(session: Session, tenant: str, layer: str, visibility: str = "all") -> int:
    """Rows of ``layer`` as of this transaction's snapshot; 0 for a layer never written."""
    found: int = session.execute(SUM, {"tenant": tenant, "layer": layer, "visibility": visibility}).scalar_one()
    return found

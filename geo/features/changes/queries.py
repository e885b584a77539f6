"""SQL of the change feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

CHANGES = text("""
SELECT seq, made_at, kind, layer, feature_ids,
       CASE WHEN box IS NOT NULL THEN ARRAY[ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)] END
  FROM change
 WHERE tenant = :tenant AND seq > :after AND seq <= :upto AND layer = ANY(:layers) ORDER BY seq LIMIT :most""")
HEAD = text("SELECT coalesce(max(seq), 0) FROM change WHERE tenant = :tenant")


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a layer.

    ``features`` are ids of rows that changed or went; None: not told one by one, take what lies in ``box`` (west,
    south, east, north, EPSG:4490), or without that the whole layer, as changed.
    """

    seq: int
    at: dt.datetime
    kind: str
    layer: str
    features: list[int] | None
    box: list[float] | None


def find_head(session: Session, tenant: str) -> int:
    """The newest number; 0 before the first change."""
    return int(session.execute(HEAD, {"tenant": tenant}).scalar_one())


def list_changes(
    session: Session, tenant: str, layers: Sequence[str], after: int, upto: int, most: int
) -> list[Changed]:
    """Changes of layers whose numbers lie after one and up to another, by number."""
    facts = {"tenant": tenant, "layers": list(layers), "after": after, "upto": upto, "most": most}
    return [Changed(*row) for row in session.execute(CHANGES, facts)]

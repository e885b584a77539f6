"""SQL of rows that wait to be put on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

FIELDS = """
id, layer, source, row_key, file_name, row, place_text, cells, state, lon, lat, note, came_at, decided_by, decided_at"""
ADD = text("""
INSERT INTO waiting_place (tenant, layer, source, row_key, file_name, row, place_text, cells, options)
SELECT :tenant, :layer, :source, row_key, max(file_name), max(row), (array_agg(place_text ORDER BY row))[1],
       (array_agg(cells ORDER BY row))[1], (array_agg(options ORDER BY row))[1]
  FROM json_to_recordset(CAST(:rows AS json)) AS g (
    row_key text, file_name text, row bigint, place_text text, cells jsonb, options jsonb)
 GROUP BY row_key ORDER BY min(row)
ON CONFLICT (tenant, layer, source, row_key) DO UPDATE
   SET file_name = EXCLUDED.file_name, row = EXCLUDED.row, place_text = EXCLUDED.place_text, cells = EXCLUDED.cells,
       options = EXCLUDED.options
 WHERE waiting_place.state = 'waiting'
RETURNING id""")
LIST = text(f"""
SELECT {FIELDS} FROM waiting_place
 WHERE tenant = :tenant AND state = :state AND (CAST(:layer AS text) IS NULL OR layer = :layer)
   AND (CAST(:source AS text) IS NULL OR source = :source) AND id > :after ORDER BY id LIMIT :most""")
FIND = text(f"SELECT {FIELDS}, options FROM waiting_place WHERE tenant = :tenant AND id = :id")
DECIDE = text("""
UPDATE waiting_place SET state = :state, lon = :lon, lat = :lat, note = :note, decided_by = :actor, decided_at = now()
 WHERE tenant = :tenant AND id = :id AND state = 'waiting'""")
COUNTS = text("""
SELECT layer, source, state, count(*) AS rows FROM waiting_place WHERE tenant = :tenant
 GROUP BY layer, source, state ORDER BY layer, source, state""")


def add_waiting(session: Session, tenant: str, layer: str, source: str, rows: Sequence[dict[str, Any]]) -> int:
    """Keep rows for which a place is sought; those decided already stay as they are. Returns how many wait."""
    if not rows:
        return 0
    facts = {"tenant": tenant, "layer": layer, "source": source, "rows": orjson.dumps(rows).decode()}
    return len(session.execute(ADD, facts).all())


def list_waiting(
    session: Session, tenant: str, *, state: str = "waiting", layer: str | None = None, source: str | None = None,
    after: int = 0, most: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows in a state, by id."""
    facts = {"state": state, "layer": layer, "source": source, "after": after, "most": most}
    return [dict(row) for row in session.execute(LIST, {"tenant": tenant, **facts}).mappings()]


def find_waiting(session: Session, tenant: str, row_id: int) -> dict[str, Any] | None:
    """One row with how its file was read; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "id": row_id}).mappings().one_or_none()
    return dict(row) if row else None


def decide(
    session: Session, tenant: str, row_id: int, state: str, lon: float | None, lat: float | None, note: str, actor: str
) -> bool:
    """Write down what became of a row that waits; False if it does not wait."""
    facts = {"id": row_id, "state": state, "lon": lon, "lat": lat, "note": note, "actor": actor}
    return bool(session.execute(DECIDE, {"tenant": tenant, **facts}).rowcount)  # type: ignore[attr-defined]


def count_waiting(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Rows by layer, data set and state."""
    return [dict(row) for row in session.execute(COUNTS, {"tenant": tenant}).mappings()]

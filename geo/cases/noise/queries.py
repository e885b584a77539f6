"""SQL of what was heard: complaints and events of the codes that are noise, each thing once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

HEARD = text("""
SELECT 'complaint' AS source, c.id, c.received_at AS at, c.code, c.place_text AS place, k.caller_hash AS caller,
       ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, ST_X(ST_Transform(c.geom, CAST(:srid AS int))) AS x,
       ST_Y(ST_Transform(c.geom, CAST(:srid AS int))) AS y
  FROM complaint c LEFT JOIN complaint_caller k ON k.tenant = c.tenant AND k.complaint_id = c.id
 WHERE c.tenant = :tenant AND c.received_at >= :from_at AND c.received_at < :to_at AND c.geom IS NOT NULL
   AND c.code = ANY(CAST(:codes AS text[])) AND c.state <> 'void'
UNION ALL
SELECT 'event', e.id, e.occurred_at, e.code, '', NULL, ST_X(e.geom), ST_Y(e.geom),
       ST_X(ST_Transform(e.geom, CAST(:srid AS int))), ST_Y(ST_Transform(e.geom, CAST(:srid AS int)))
  FROM event e
 WHERE e.tenant = :tenant AND e.occurred_at >= :from_at AND e.occurred_at < :to_at
   AND e.code = ANY(CAST(:codes AS text[])) AND e.duplicate_of IS NULL
   AND NOT EXISTS (SELECT 1 FROM problem_case p JOIN complaint c ON c.tenant = p.tenant AND c.problem_id = p.id
                    WHERE p.tenant = :tenant AND p.event_uid = e.uid AND c.code = ANY(CAST(:codes AS text[]))
                      AND c.geom IS NOT NULL AND c.state <> 'void')
 ORDER BY at, source, id""")

CODES = text("SELECT code, kind FROM noise_code WHERE tenant = :tenant ORDER BY code")
FORGET = text("DELETE FROM noise_code WHERE tenant = :tenant")
ADD = text("INSERT INTO noise_code (tenant, code, kind) VALUES (:tenant, :code, :kind)")


def list_heard(
    session: Session, tenant: str, codes: Sequence[str], from_at: dt.datetime, to_at: dt.datetime, srid: int
) -> list[dict[str, Any]]:
    """Complaints and events of these codes in a span, each thing once, in order of time."""
    facts = {"tenant": tenant, "codes": list(codes), "from_at": from_at, "to_at": to_at, "srid": srid}
    return [dict(row) for row in session.execute(HEARD, facts).mappings()]


def load_codes(session: Session, tenant: str) -> list[dict[str, Any]]:
    """The county's own table."""
    return [dict(row) for row in session.execute(CODES, {"tenant": tenant}).mappings()]


def replace_codes(session: Session, tenant: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put a table in the place of the one there was."""
    session.execute(FORGET, {"tenant": tenant})
    if rows:
        session.execute(ADD, [{**row, "tenant": tenant} for row in rows])

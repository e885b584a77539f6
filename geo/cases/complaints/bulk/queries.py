"""SQL of complaints that come in by thousands: one COPY into a temporary table, then one statement a table."""

from __future__ import annotations

from typing import Final

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

COLUMNS: Final = {
    "id": "bigint", "uid": "uuid", "channel": "text", "external_id": "text", "received_at": "timestamptz",
    "code_system": "text", "code": "text", "topic": "text", "content": "text", "place_text": "text",
    "geom": "geometry", "placed_by": "text", "matched": "text", "confidence": "smallint", "district_code": "text",
    "due_at": "timestamptz", "due_given": "boolean", "sealed": "bytea", "caller_hash": "text",
    "confidential": "boolean", "body_hash": "text",
}  # fmt: skip
"""Of what is copied in, in this order."""

ARRIVED = sql.SQL("CREATE TEMPORARY TABLE arrived ({}) ON COMMIT DROP").format(
    sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in COLUMNS.items())
)
COPY = sql.SQL("COPY arrived ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, COLUMNS)))

ANY_OF_SOURCE = text("SELECT EXISTS (SELECT FROM complaint WHERE tenant = :tenant AND source = :source)")
RESERVE = text("""
SELECT string_agg(CAST(nextval(s) AS text), ',')
  FROM (SELECT CAST(pg_get_serial_sequence('complaint', 'id') AS regclass) AS s OFFSET 0) q,
       generate_series(1, :count)""")

BY_KEY = text("SET LOCAL plan_cache_mode = force_generic_plan")
"""Foreign keys are looked up by the primary key. With its code in sight, the planner takes a county that is not in the
statistics yet for empty, any index for as good, and each of the first look-ups goes through all its rows."""

COMPLAINTS = text("""
INSERT INTO complaint (tenant, id, uid, channel, source, external_id, received_at, code_system, code, topic, content,
                       place_text, geom, placed_by, matched, confidence, district_code, due_at, own_due_at, due_given,
                       recorded_by, body_hash)
SELECT :tenant, id, uid, channel, :source, external_id, received_at, code_system, code, topic, content, place_text,
       geom, placed_by, matched, confidence, district_code, due_at, due_at, due_given, :actor,
       body_hash
  FROM arrived""")
CALLERS = text("""
INSERT INTO complaint_caller (tenant, complaint_id, sealed, caller_hash, confidential)
SELECT :tenant, id, sealed, caller_hash, confidential FROM arrived WHERE sealed IS NOT NULL""")
STEPS = text("""
INSERT INTO step_log (tenant, workflow, row_id, n, step, to_state, at, actor)
SELECT :tenant, 'complaint', id, 1, 'open', 'received', received_at, :actor FROM arrived""")


def has_any(session: Session, tenant: str, source: str) -> bool:
    """Whether a source has brought anything yet."""
    return bool(session.execute(ANY_OF_SOURCE, {"tenant": tenant, "source": source}).scalar_one())


def reserve_ids(session: Session, count: int) -> list[int]:
    """So many numbers that no other complaint will have."""
    # In one text: as rows they cost ten times as much to take over.
    found: str | None = session.execute(RESERVE, {"count": count}).scalar_one()
    return [int(number) for number in found.split(",")] if found else []


def copy_complaints(session: Session, tenant: str, source: str, content: bytes, actor: str) -> None:
    """Add complaints, each with its receipt, its caller and the first line of its log.

    Parameters
    ----------
    content
        COPY text of :data:`COLUMNS`.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        If one is there already; then nothing is added, and the transaction goes on.
    """
    if not content:
        return
    with session.begin_nested():
        with session.connection().connection.driver_connection.cursor() as cursor:  # type: ignore[union-attr]
            cursor.execute(ARRIVED)
            with cursor.copy(COPY) as copy:
                copy.write(content)
        session.execute(BY_KEY)
        session.execute(COMPLAINTS, {"tenant": tenant, "source": source, "actor": actor})
        session.execute(CALLERS, {"tenant": tenant})
        session.execute(STEPS, {"tenant": tenant, "actor": actor})

"""SQL of complaints: how they come in and are found. What is done with them stands in the rooms beside."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

INSERT = text("""
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS g (
    uid uuid, channel text, external_id text, received_at timestamptz, code_system text, code text, topic text,
    content text, place_text text, lon float8, lat float8, placed_by text, matched text, confidence int,
    district_code text, due_at timestamptz, due_given boolean, sealed text, caller_hash text, confidential boolean,
    body_hash text)),
taken AS (
  INSERT INTO complaint (tenant, uid, channel, source, external_id, received_at, code_system, code, topic, content,
                         place_text, geom, placed_by, matched, confidence, district_code, due_at, own_due_at, due_given,
                         recorded_by)
  SELECT :tenant, uid, channel, :source, external_id, received_at, code_system, code, topic, content, place_text,
         CASE WHEN lon IS NOT NULL THEN ST_SetSRID(ST_Point(lon, lat), 4490) END, placed_by, matched, confidence,
         district_code, due_at, due_at, due_given, :actor
    FROM given
  ON CONFLICT DO NOTHING
  RETURNING id, uid, received_at),
callers AS (
  INSERT INTO complaint_caller (tenant, complaint_id, sealed, caller_hash, confidential)
  SELECT :tenant, t.id, decode(g.sealed, 'base64'), g.caller_hash, g.confidential
    FROM taken t JOIN given g USING (uid) WHERE g.sealed IS NOT NULL),
log AS (
  INSERT INTO step_log (tenant, workflow, row_id, n, step, to_state, at, actor)
  SELECT :tenant, 'complaint', id, 1, 'open', 'received', received_at, :actor FROM taken),
receipts AS (
  INSERT INTO intake_receipt (tenant, source, external_id, body_hash, outcome, complaint_id, actor)
  SELECT :tenant, :source, g.external_id, g.body_hash, 'accepted', t.id, :actor FROM taken t JOIN given g USING (uid))
SELECT id, uid FROM taken""")
"""Many complaints with their callers, the first line of their log and their receipts; what is there is left out."""

RECEIPTS = text("""
INSERT INTO intake_receipt (tenant, source, external_id, body_hash, outcome, complaint_id, reasons, actor)
SELECT :tenant, :source, external_id, body_hash, outcome, complaint_id, reasons, :actor
  FROM json_to_recordset(CAST(:rows AS json)) AS g (
    external_id text, body_hash text, outcome text, complaint_id bigint, reasons jsonb)""")

KNOWN = text("""
SELECT c.external_id, c.uid, c.id, coalesce(c.body_hash, r.body_hash) AS body_hash FROM complaint c
  LEFT JOIN LATERAL (
    SELECT i.body_hash FROM intake_receipt i
     WHERE c.body_hash IS NULL AND i.tenant = :tenant AND i.source = :source AND i.external_id = c.external_id
       AND i.outcome = 'accepted'
     ORDER BY i.id LIMIT 1) r ON true
 WHERE c.tenant = :tenant AND c.source = :source AND c.external_id = ANY(:external_ids)""")
KNOWN_UIDS = text("SELECT uid, id FROM complaint WHERE tenant = :tenant AND uid = ANY(CAST(:uids AS uuid[]))")

LIST_RECEIPTS = text("""
SELECT id, source, external_id, outcome, complaint_id, reasons, actor, received_at FROM intake_receipt
 WHERE tenant = :tenant AND (CAST(:source AS text) IS NULL OR source = :source)
   AND (CAST(:external_id AS text) IS NULL OR external_id = :external_id)
   AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)
   AND (CAST(:before AS bigint) IS NULL OR id < :before)
UNION ALL
SELECT NULL, source, external_id, 'accepted', id, CAST('[]' AS jsonb), recorded_by, recorded_at FROM complaint
 WHERE tenant = :tenant AND external_id = :external_id AND body_hash IS NOT NULL
   AND (CAST(:source AS text) IS NULL OR source = :source)
   AND coalesce(CAST(:outcome AS text), 'accepted') = 'accepted'
 ORDER BY id DESC NULLS LAST LIMIT :most""")
"""What a file brought is its own receipt: it is listed where its number is asked for."""

SOURCE = text("SELECT name, channel, mapping, active FROM intake_source WHERE tenant = :tenant AND name = :name")
SOURCES = text("""
SELECT name, channel, mapping, active, set_by, set_at FROM intake_source WHERE tenant = :tenant ORDER BY name""")
SET_SOURCE = text("""
INSERT INTO intake_source (tenant, name, channel, mapping, active, set_by)
VALUES (:tenant, :name, :channel, CAST(:mapping AS jsonb), :active, :actor)
ON CONFLICT (tenant, name) DO UPDATE
   SET channel = EXCLUDED.channel, mapping = EXCLUDED.mapping, active = EXCLUDED.active, set_by = EXCLUDED.set_by,
       set_at = now()""")

FIELDS = """
c.id, c.uid, c.channel, c.source, c.external_id, c.received_at, c.code_system, c.code, c.topic, c.content, c.place_text,
ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.placed_by, c.matched, c.confidence, c.district_code, c.due_at, c.own_due_at,
c.due_given, c.state, c.handling, u.code AS owner_unit, s.code AS owner_staff, c.problem_id, c.merged_into, c.repeat_of,
c.authority_code, c.finding, c.satisfaction, c.closed_at, c.recorded_at"""
FROM = """
FROM complaint c
LEFT JOIN org_unit u ON u.tenant = :tenant AND u.id = c.owner_unit_id
LEFT JOIN staff s ON s.tenant = :tenant AND s.id = c.owner_staff_id"""
FIND = text(f"SELECT {FIELDS} {FROM} WHERE c.tenant = :tenant AND c.id = :id")
LOCK = text("SELECT id FROM complaint WHERE tenant = :tenant AND id = ANY(:ids) ORDER BY id FOR UPDATE")
LIST = text(f"""
SELECT {FIELDS} {FROM}
 WHERE c.tenant = :tenant
   AND (CAST(:area AS text[]) IS NULL OR c.district_code = ANY(:area))
   AND (CAST(:district AS text) IS NULL OR c.district_code = :district)
   AND (CAST(:states AS text[]) IS NULL OR c.state = ANY(:states))
   AND (CAST(:channel AS text) IS NULL OR c.channel = :channel)
   AND (CAST(:waiting AS boolean) IS NULL OR (c.geom IS NULL) = :waiting)
   AND (CAST(:due_before AS timestamptz) IS NULL OR c.due_at < :due_before)
   AND (CAST(:before AS bigint) IS NULL OR c.id < :before)
 ORDER BY c.id DESC LIMIT :most""")
PLACE = text("""
UPDATE complaint SET geom = ST_SetSRID(ST_Point(:lon, :lat), 4490), placed_by = :placed_by, matched = :matched,
       confidence = :confidence, district_code = :district_code
 WHERE tenant = :tenant AND id = :id""")
WAITING = text("""
SELECT id, place_text FROM complaint
 WHERE tenant = :tenant AND geom IS NULL AND btrim(place_text) <> '' AND id > :after ORDER BY id LIMIT :most""")

COUNT_RECENT = text("""
SELECT count(*) FROM complaint
 WHERE tenant = :tenant AND source = :source AND received_at > now() - interval '24 hours'""")
COUNT_WAITING = text("""
SELECT count(*) FROM complaint WHERE tenant = :tenant AND source = :source AND geom IS NULL""")
ASKED_BY = {
    "complaint": "tenant, id, uid, source, external_id, received_at, state, due_at, district_code, channel, code, geom,"
    " merged_into, repeat_of",
    "complaint_caller": "tenant, complaint_id, caller_hash",
    "step_log": "tenant, workflow, row_id, n, at",
}
"""Columns by which rows are looked for; texts that nobody looks for cost most to sample."""
ANALYSE = [text(f"ANALYZE (SKIP_LOCKED) {name} ({columns})") for name, columns in ASKED_BY.items()]


def insert_complaints(
    session: Session, tenant: str, source: str, rows: Sequence[Mapping[str, Any]], actor: str
) -> dict[uuid.UUID, int]:
    """Add complaints; uid → id of those that were not there yet."""
    facts = {"tenant": tenant, "source": source, "rows": orjson.dumps(rows).decode(), "actor": actor}
    return {row.uid: row.id for row in session.execute(INSERT, facts)}


def add_receipts(session: Session, tenant: str, source: str, rows: Sequence[Mapping[str, Any]], actor: str) -> None:
    """Write down what became of what was sent."""
    facts = {"tenant": tenant, "source": source, "rows": orjson.dumps(rows).decode(), "actor": actor}
    session.execute(RECEIPTS, facts)


def find_known(
    session: Session, tenant: str, source: str, external_ids: Sequence[str]
) -> dict[str, tuple[int, str | None]]:
    """Number in the other system → id and the hash of what was first sent."""
    facts = {"tenant": tenant, "source": source, "external_ids": list(external_ids)}
    return {row.external_id: (row.id, row.body_hash) for row in session.execute(KNOWN, facts)}


def find_uids(session: Session, tenant: str, uids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """uid → id of complaints there are."""
    facts = {"tenant": tenant, "uids": [str(uid) for uid in uids]}
    return {row.uid: row.id for row in session.execute(KNOWN_UIDS, facts)}


def list_receipts(
    session: Session, tenant: str, *, source: str | None = None, external_id: str | None = None,
    outcome: str | None = None, before: int | None = None, most: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Receipts, the newest first. What a file brought is listed with its number only, the last and without an id."""
    facts = {"source": source, "external_id": external_id, "outcome": outcome, "before": before, "most": most}
    return [dict(row) for row in session.execute(LIST_RECEIPTS, {"tenant": tenant, **facts}).mappings()]


def find_source(session: Session, tenant: str, name: str) -> dict[str, Any] | None:
    """Channel, mapping and whether it is in use; None without such a source."""
    row = session.execute(SOURCE, {"tenant": tenant, "name": name}).mappings().one_or_none()
    return dict(row) if row else None


def list_sources(session: Session, tenant: str) -> list[dict[str, Any]]:
    """All sources by name."""
    return [dict(row) for row in session.execute(SOURCES, {"tenant": tenant}).mappings()]


def set_source(session: Session, tenant: str, values: Mapping[str, Any]) -> None:
    """Add a source or change it."""
    facts = {**values, "mapping": json.dumps(values["mapping"], ensure_ascii=False)}
    session.execute(SET_SOURCE, {"tenant": tenant, **facts})


def find_complaint(session: Session, tenant: str, complaint_id: int) -> dict[str, Any] | None:
    """One complaint, without who complained; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "id": complaint_id}).mappings().one_or_none()
    return dict(row) if row else None


def lock_complaints(session: Session, tenant: str, complaint_ids: Sequence[int]) -> None:
    """Hold some complaints until the transaction ends, always in the same order."""
    session.execute(LOCK, {"tenant": tenant, "ids": sorted(complaint_ids)})


def list_complaints(
    session: Session, tenant: str, *, area: Collection[str] | None = None, district: str | None = None,
    states: Sequence[str] | None = None, channel: str | None = None, waiting: bool | None = None,
    due_before: dt.datetime | None = None, before: int | None = None, most: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Complaints, the newest first; ``area`` are the 片区 whose complaints may be seen, None for all."""
    facts = {
        "tenant": tenant, "area": sorted(area) if area is not None else None, "district": district,
        "states": list(states) if states is not None else None, "channel": channel, "waiting": waiting,
        "due_before": due_before, "before": before, "most": most,
    }  # fmt: skip
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def set_place(session: Session, tenant: str, complaint_id: int, values: Mapping[str, Any]) -> None:
    """Put a complaint on the map."""
    session.execute(PLACE, {"tenant": tenant, "id": complaint_id, **values})


def list_waiting(session: Session, tenant: str, after: int, most: int) -> list[tuple[int, str]]:
    """(id, place in words) of those not on the map that say a place, by id."""
    rows = session.execute(WAITING, {"tenant": tenant, "after": after, "most": most})
    return [(row.id, row.place_text) for row in rows]


def count_waiting(session: Session, tenant: str, source: str) -> int:
    """Complaints of a source that are not on the map."""
    return int(session.execute(COUNT_WAITING, {"tenant": tenant, "source": source}).scalar_one())


def refresh_statistics(session: Session) -> None:
    """Leave the planner's statistics behind after many rows; as the owner."""
    for statement in ANALYSE:
        session.execute(statement)


def count_recent(session: Session, tenant: str, source: str) -> int:
    """Complaints of a source in the last 24 hours."""
    return int(session.execute(COUNT_RECENT, {"tenant": tenant, "source": source}).scalar_one())

"""SQL of complaints that go with others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.cases.complaints.ties.matching import Heard, Tie

HEARD = """
c.id, CAST(floor(extract(epoch FROM c.received_at)) AS bigint) AS received_s,
CAST(floor(extract(epoch FROM CASE WHEN c.state IN ('closed', 'referred') THEN coalesce(c.closed_at, e.at) END))
     AS bigint) AS ended_s,
c.code, ST_X(m.at) AS x, ST_Y(m.at) AS y, w.caller_hash AS caller"""
FROM = """
  FROM complaint c
  LEFT JOIN complaint_caller w ON w.tenant = :tenant AND w.complaint_id = c.id
  LEFT JOIN LATERAL (SELECT ST_Transform(c.geom, CAST(:srid AS int)) AS at) m ON true
  LEFT JOIN LATERAL (
    SELECT l.at FROM step_log l
     WHERE c.state = 'referred' AND l.tenant = :tenant AND l.workflow = 'complaint' AND l.row_id = c.id
     ORDER BY l.n DESC LIMIT 1) e ON true"""
ALL = text("""
SELECT id, CAST(floor(extract(epoch FROM received_at)) AS bigint) AS received_s,
       CAST(floor(extract(epoch FROM CASE WHEN state = 'closed' THEN closed_at END)) AS bigint) AS closed_s,
       state = 'referred' AS referred, code, ST_X(at) AS x, ST_Y(at) AS y
  FROM (SELECT *, ST_Transform(geom, CAST(:srid AS int)) AS at FROM complaint
         WHERE tenant = :tenant AND state <> 'void' AND merged_into IS NULL) c""")
CALLERS = text("SELECT complaint_id, caller_hash FROM complaint_caller WHERE tenant = :tenant")
REFERRED = text("""
SELECT row_id, CAST(floor(extract(epoch FROM max(at))) AS bigint) AS at_s FROM step_log
 WHERE tenant = :tenant AND workflow = 'complaint' AND step = 'refer' GROUP BY row_id""")
"""Three plain statements, put together here: as one join it is planned badly right after an import."""

ONE = text(f"SELECT {HEARD} {FROM} WHERE c.tenant = :tenant AND c.id = ANY(:ids) AND c.state <> 'void'")
NEAR = """
WITH near AS (
  SELECT id FROM complaint
   WHERE tenant = :tenant AND CAST(:lon AS float8) IS NOT NULL
     AND geom && ST_MakeEnvelope(CAST(:lon AS float8) - :wide_lon, CAST(:lat AS float8) - :wide_lat,
                                 CAST(:lon AS float8) + :wide_lon, CAST(:lat AS float8) + :wide_lat, 4490)
  UNION
  SELECT complaint_id FROM complaint_caller WHERE tenant = :tenant AND caller_hash = :caller)"""
STANDS = "c.tenant = :tenant AND c.id IN (SELECT id FROM near) AND c.state <> 'void' AND c.merged_into IS NULL"
EARLIER = text(f"""
{NEAR}
SELECT {HEARD} {FROM}
 WHERE {STANDS}
   AND (floor(extract(epoch FROM c.received_at)), c.id) < (:received_s, :id)
   AND c.received_at >= to_timestamp(:received_s) - make_interval(days => :days)
   AND NOT EXISTS (SELECT FROM complaint_tie t WHERE t.tenant = :tenant AND t.complaint_id = c.id
                      AND t.kind = 'duplicate' AND t.state <> 'dismissed')""")
LATER = text(f"""
{NEAR}
SELECT c.id FROM complaint c
 WHERE {STANDS}
   AND (floor(extract(epoch FROM c.received_at)), c.id) > (:received_s, :id)
   AND c.received_at <= to_timestamp(:received_s) + make_interval(days => :days)
   AND NOT EXISTS (SELECT FROM complaint_tie t WHERE t.tenant = :tenant AND t.complaint_id = c.id
                      AND t.state <> 'proposed')""")
SPOT = text("SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM complaint WHERE tenant = :tenant AND id = :id")

INSERT = text("""
INSERT INTO complaint_tie (tenant, complaint_id, earlier_id, kind, by_place, by_caller, distance_m)
SELECT :tenant, complaint_id, earlier_id, kind, by_place, by_caller, distance_m
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (
    complaint_id bigint, earlier_id bigint, kind text, by_place boolean, by_caller boolean, distance_m int)
 WHERE NOT EXISTS (SELECT FROM complaint_tie t WHERE t.tenant = :tenant AND t.complaint_id = g.complaint_id
                      AND t.state <> 'proposed')
ON CONFLICT (tenant, complaint_id, earlier_id) DO NOTHING
RETURNING id""")
FORGET = text("DELETE FROM complaint_tie WHERE tenant = :tenant AND state = 'proposed'")
FORGET_OF = text("""
DELETE FROM complaint_tie WHERE tenant = :tenant AND state = 'proposed' AND complaint_id = ANY(:ids)""")

TIE = """
t.id, t.complaint_id, t.earlier_id, t.kind, t.by_place, t.by_caller, t.distance_m, t.state, t.found_at, t.decided_at,
t.decided_by"""
FIND = text(f"SELECT {TIE} FROM complaint_tie t WHERE t.tenant = :tenant AND t.id = :id FOR UPDATE")
LIST = text(f"""
SELECT {TIE}, c.district_code, c.code, c.topic, c.place_text, c.received_at, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
  FROM complaint_tie t JOIN complaint c ON c.tenant = :tenant AND c.id = t.complaint_id
 WHERE t.tenant = :tenant AND (CAST(:state AS text) IS NULL OR t.state = :state)
   AND (CAST(:kind AS text) IS NULL OR t.kind = :kind)
   AND (CAST(:complaint AS bigint) IS NULL OR t.complaint_id = :complaint OR t.earlier_id = :complaint)
   AND (CAST(:area AS text[]) IS NULL OR c.district_code = ANY(:area))
   AND (CAST(:before AS bigint) IS NULL OR t.id < :before)
 ORDER BY t.id DESC LIMIT :most""")
DECIDE = text("""
UPDATE complaint_tie SET state = :state, decided_at = now(), decided_by = :actor
 WHERE tenant = :tenant AND id = :id""")
REOPEN = text("""
UPDATE complaint_tie SET state = 'dismissed', decided_at = now(), decided_by = :actor
 WHERE tenant = :tenant AND complaint_id = :id AND kind = 'duplicate' AND state = 'confirmed'""")


def load_heard(session: Session, tenant: str, srid: int, complaint_ids: Sequence[int] | None = None) -> list[Heard]:
    """Complaints that stand for themselves and are not void, all of them or some."""
    facts: dict[str, Any] = {"tenant": tenant, "srid": srid}
    if complaint_ids is not None:
        return [Heard(*row) for row in session.execute(ONE, {**facts, "ids": list(complaint_ids)})]
    callers = {row.complaint_id: row.caller_hash for row in session.execute(CALLERS, {"tenant": tenant})}
    referred = {row.row_id: row.at_s for row in session.execute(REFERRED, {"tenant": tenant})}
    return [
        Heard(
            row.id, row.received_s, referred.get(row.id) if row.referred else row.closed_s, row.code, row.x, row.y,
            callers.get(row.id),
        )
        for row in session.execute(ALL, facts)
    ]  # fmt: skip


def load_earlier(
    session: Session, tenant: str, srid: int, one: Heard, wide: tuple[float, float], days: int
) -> list[Heard]:
    """Earlier ones that may go with one: near it or of the same caller, and no duplicates themselves."""
    facts = {"srid": srid, **_around(session, tenant, one, wide, days)}
    return [Heard(*row) for row in session.execute(EARLIER, facts)]


def find_later(session: Session, tenant: str, one: Heard, wide: tuple[float, float], days: int) -> list[int]:
    """Later ones that may go with one and of which nothing is decided: it may have come in after them."""
    return list(session.execute(LATER, _around(session, tenant, one, wide, days)).scalars())


def _around(session: Session, tenant: str, one: Heard, wide: tuple[float, float], days: int) -> dict[str, Any]:
    spot = session.execute(SPOT, {"tenant": tenant, "id": one.id}).one()
    return {
        "tenant": tenant, "id": one.id, "received_s": one.received_s, "caller": one.caller, "lon": spot.lon,
        "lat": spot.lat, "wide_lon": wide[0], "wide_lat": wide[1], "days": days,
    }  # fmt: skip


def forget_proposed(session: Session, tenant: str, complaint_ids: Sequence[int] | None = None) -> None:
    """Remove what nobody has decided yet, of all or of some complaints."""
    if complaint_ids is None:
        session.execute(FORGET, {"tenant": tenant})
    else:
        session.execute(FORGET_OF, {"tenant": tenant, "ids": list(complaint_ids)})


def insert_ties(session: Session, tenant: str, ties: Iterable[Tie]) -> int:
    """Propose ties, but none for a complaint of which somebody has decided one; how many are new."""
    rows = json.dumps([asdict(tie) for tie in ties])
    return len(session.execute(INSERT, {"tenant": tenant, "rows": rows}).all())


def find_tie(session: Session, tenant: str, tie_id: int) -> dict[str, Any] | None:
    """A tie, held until the transaction ends; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "id": tie_id}).mappings().one_or_none()
    return dict(row) if row else None


def list_ties(
    session: Session, tenant: str, *, state: str | None = None, kind: str | None = None, complaint: int | None = None,
    area: Collection[str] | None = None, before: int | None = None, most: int = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Ties, the newest first."""
    facts = {
        "tenant": tenant, "state": state, "kind": kind, "complaint": complaint,
        "area": sorted(area) if area is not None else None, "before": before, "most": most,
    }  # fmt: skip
    return [dict(row) for row in session.execute(LIST, facts).mappings()]


def decide(session: Session, tenant: str, tie_id: int, state: str, actor: str) -> None:
    """Note what somebody decided."""
    session.execute(DECIDE, {"tenant": tenant, "id": tie_id, "state": state, "actor": actor})


def undo_duplicates(session: Session, tenant: str, complaint_id: int, actor: str) -> None:
    """A complaint that was split off is no duplicate after all."""
    session.execute(REOPEN, {"tenant": tenant, "id": complaint_id, "actor": actor})

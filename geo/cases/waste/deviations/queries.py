"""SQL of deviations."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OF_DAY = text("""
SELECT id, vehicle_id, kind, from_at, state, to_at, amount FROM haul_deviation
 WHERE tenant = :tenant AND left_at >= :begin AND left_at < :finish ORDER BY id FOR UPDATE""")
ADD = text("""
INSERT INTO haul_deviation (tenant, vehicle_id, kind, site_code, left_at, from_at, to_at, amount, dump_code, limits,
                            district_code, geom)
VALUES (:tenant, :vehicle_id, :kind, :site_code, :left_at, :from_at, :to_at, :amount, :dump_code,
        CAST(:limits AS jsonb), :district_code, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) RETURNING id""")
CHANGE = text("""
UPDATE haul_deviation SET site_code = :site_code, left_at = :left_at, to_at = :to_at, amount = :amount,
  dump_code = :dump_code, limits = CAST(:limits AS jsonb), district_code = :district_code,
  geom = ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)
 WHERE tenant = :tenant AND id = :id""")
SET_STATE = text("""
UPDATE haul_deviation SET state = :state, problem_id = coalesce(CAST(:problem AS bigint), problem_id)
 WHERE tenant = :tenant AND id = :id""")
SHOWN = """d.id, d.kind, d.state, v.plate, h.name AS haulier, d.site_code, s.name AS site_name, d.left_at, d.from_at,
  d.to_at, d.amount, d.dump_code, d.limits, d.district_code, d.problem_id, d.sent_sha256, ST_X(d.geom) AS lon,
  ST_Y(d.geom) AS lat"""
FROM = """haul_deviation d JOIN haul_vehicle v ON v.tenant = d.tenant AND v.id = d.vehicle_id
  JOIN haulier h ON h.tenant = v.tenant AND h.code = v.haulier_code
  LEFT JOIN LATERAL (SELECT name FROM worksite w WHERE w.tenant = d.tenant AND w.code = d.site_code
                      ORDER BY w.id DESC LIMIT 1) s ON true"""
LIST = text(f"""
SELECT {SHOWN} FROM {FROM}
 WHERE d.tenant = :tenant AND d.from_at >= :begin AND d.from_at < :finish
   AND (CAST(:area AS text[]) IS NULL OR d.district_code = ANY(:area))
   AND (CAST(:state AS text) IS NULL OR d.state = :state) AND (CAST(:kind AS text) IS NULL OR d.kind = :kind)
 ORDER BY d.from_at, d.id LIMIT :most""")
LOCK = text(f"SELECT {SHOWN} FROM {FROM} WHERE d.tenant = :tenant AND d.id = :id FOR UPDATE OF d")
TO_SEND = text(f"""
SELECT {SHOWN} FROM {FROM}
 WHERE d.tenant = :tenant AND (d.state = 'confirmed' OR d.sent_sha256 IS NOT NULL)
 ORDER BY d.id FOR UPDATE OF d""")
SENT = text("UPDATE haul_deviation SET sent_sha256 = :sha256 WHERE tenant = :tenant AND id = :id")


def lock_day(session: Session, tenant: str, begin: dt.datetime, finish: dt.datetime) -> list[dict[str, Any]]:
    """Deviations of trips that began in a span, held until the transaction ends."""
    rows = session.execute(OF_DAY, {"tenant": tenant, "begin": begin, "finish": finish}).mappings()
    return [dict(row) for row in rows]


def add_deviation(session: Session, tenant: str, values: Mapping[str, Any]) -> int:
    """Write one down; its id."""
    plain = {**values, "tenant": tenant, "limits": json.dumps(values["limits"])}
    return int(session.execute(ADD, plain).scalar_one())


def change_deviation(session: Session, tenant: str, row_id: int, values: Mapping[str, Any]) -> None:
    """Let one say what is found now."""
    session.execute(CHANGE, {**values, "tenant": tenant, "id": row_id, "limits": json.dumps(values["limits"])})


def set_state(session: Session, tenant: str, row_id: int, state: str, problem: int | None = None) -> None:
    """Note the state, and the problem it became."""
    session.execute(SET_STATE, {"tenant": tenant, "id": row_id, "state": state, "problem": problem})


def list_deviations(
    session: Session, tenant: str, begin: dt.datetime, finish: dt.datetime, area: Sequence[str] | None,
    state: str | None, kind: str | None, most: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Deviations of a span by time."""
    facts = {"tenant": tenant, "begin": begin, "finish": finish, "state": state, "kind": kind, "most": most}
    rows = session.execute(LIST, {**facts, "area": None if area is None else list(area)}).mappings()
    return [dict(row) for row in rows]


def lock_deviation(session: Session, tenant: str, row_id: int) -> dict[str, Any] | None:
    """One, held until the transaction ends; None if there is none."""
    row = session.execute(LOCK, {"tenant": tenant, "id": row_id}).mappings().first()
    return dict(row) if row else None


def lock_to_send(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Those that are confirmed, or were sent before, held until the transaction ends."""
    return [dict(row) for row in session.execute(TO_SEND, {"tenant": tenant}).mappings()]


def mark_sent(session: Session, tenant: str, sent: Mapping[int, str]) -> None:
    """Note what was sent of each."""
    if sent:
        session.execute(SENT, [{"tenant": tenant, "id": one, "sha256": sha256} for one, sha256 in sent.items()])

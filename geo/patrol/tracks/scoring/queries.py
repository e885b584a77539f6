"""SQL of scores: what a shift is scored from, and scores in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.patrol.tracks.queries import HERE, LOCK, dump

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

PLAN_TO_SCORE = text(f"""
SELECT id FROM shift_plan WHERE tenant = {HERE} AND on_date = :on_date AND shift_code = :shift_code
ORDER BY (status = 'published') DESC, version DESC LIMIT 1""")

REFUSED = text(f"""
SELECT r.key, sum(CAST(r.value AS bigint))
FROM track t, jsonb_each_text(t.refused -> 'counts') r
WHERE t.tenant = {HERE} AND t.received_at >= :from_at
  AND (t.staff_id = ANY(:staff) OR t.vehicle_id = ANY(:vehicles))
  AND coalesce(t.to_at, t.received_at) >= :from_at AND coalesce(t.from_at, :to_at) <= :to_at
GROUP BY r.key""")

LAST_SCORE = text(f"""
SELECT id, plan_id, on_date, shift_code, until_at, input_digest, figures, made_at FROM shift_score
WHERE tenant = {HERE} AND plan_id = :plan ORDER BY id DESC LIMIT 1""")

SCORE_COLUMNS = "id, plan_id, on_date, shift_code, until_at, input_digest, figures, made_at"
SCORE_OF = text(
    f"SELECT {SCORE_COLUMNS} FROM shift_score WHERE tenant = {HERE} AND plan_id = :plan AND input_digest = :digest"
)
GET_SCORE = text(f"SELECT {SCORE_COLUMNS} FROM shift_score WHERE tenant = {HERE} AND id = :id")

SCORES = text(f"""
SELECT DISTINCT ON (s.plan_id) s.id, s.plan_id, s.on_date, s.shift_code, s.until_at, s.input_digest, s.figures,
       s.made_at
FROM shift_score s WHERE s.tenant = {HERE} AND (CAST(:on_date AS date) IS NULL OR s.on_date = :on_date)
ORDER BY s.plan_id DESC, s.id DESC LIMIT :most""")

INSERT_SCORE = text(f"""
INSERT INTO shift_score (tenant, plan_id, on_date, shift_code, until_at, input_digest, figures, made_by)
VALUES ({HERE}, :plan_id, :on_date, :shift_code, :until_at, :input_digest, CAST(:figures AS jsonb), :made_by)
ON CONFLICT (tenant, plan_id, input_digest) DO NOTHING RETURNING id""")

INSERT_ITEM = text(f"""
INSERT INTO score_item (tenant, score_id, kind, seq, key, name, team_code, district_code, done, figures, geom)
VALUES ({HERE}, :score_id, :kind, :seq, :key, :name, :team_code, :district_code, :done, CAST(:figures AS jsonb),
        ST_GeomFromWKB(:geom, 4490))""")

ITEMS = text(f"""
SELECT kind, seq, key, name, team_code, district_code, done, figures, ST_AsBinary(geom) FROM score_item
WHERE tenant = {HERE} AND score_id = :score AND (CAST(:kind AS text) IS NULL OR kind = :kind) ORDER BY kind, seq""")

HELD = text(f"""
SELECT s.on_date, i.key, i.name, i.figures
FROM score_item i JOIN shift_score s ON s.tenant = i.tenant AND s.id = i.score_id
WHERE i.tenant = {HERE} AND i.kind = 'stop' AND i.figures ->> 'kind' = 'post'
  AND s.on_date BETWEEN :first_on AND :last_on
  AND s.id = (SELECT max(o.id) FROM shift_score o JOIN shift_plan p ON p.tenant = o.tenant AND p.id = o.plan_id
              WHERE o.tenant = s.tenant AND o.on_date = s.on_date AND o.shift_code = s.shift_code
                AND p.status = 'published')
ORDER BY i.key, s.on_date""")

GROUNDS = text(f"""
SELECT code, ST_AsBinary(geom), extract(epoch FROM from_at)::bigint, extract(epoch FROM to_at)::bigint
  FROM campaign c CROSS JOIN LATERAL (
    SELECT date_trunc('day', c.started_at AT TIME ZONE :zone) AT TIME ZONE :zone AS from_at,
           (date_trunc('day', coalesce(c.ended_at, :to_at) AT TIME ZONE :zone) + interval '1 day')
             AT TIME ZONE :zone AS to_at) s
 WHERE c.tenant = {HERE} AND c.started_at IS NOT NULL AND s.from_at < :to_at AND s.to_at > :from_at ORDER BY code""")

OPERATION_EXISTS = text(f"SELECT from_at, to_at FROM operation WHERE tenant = {HERE} AND key = :key")


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A scored shift."""

    id: int
    plan_id: int
    on_date: dt.date
    shift_code: str
    until_at: dt.datetime
    input_digest: str
    figures: dict[str, Any]
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A line of a scored shift; ``geom`` EPSG:4490."""

    kind: str
    seq: int
    key: str
    name: str
    team_code: str | None
    district_code: str | None
    done: bool | None
    figures: dict[str, Any]
    geom: BaseGeometry | None


def count_refused(
    session: Session, from_at: dt.datetime, to_at: dt.datetime, staff: Iterable[int], vehicles: Iterable[int]
) -> dict[str, int]:
    """Positions not taken by reason, of batches that reach into a span or have none left of it."""
    facts = {"from_at": from_at, "to_at": to_at, "staff": list(staff), "vehicles": list(vehicles)}
    return {str(row[0]): int(row[1]) for row in session.execute(REFUSED, facts)}


def find_plan_to_score(session: Session, on_date: dt.date, shift_code: str) -> int | None:
    """The published plan of a shift, else its newest draft."""
    return session.execute(PLAN_TO_SCORE, {"on_date": on_date, "shift_code": shift_code}).scalar_one_or_none()


def find_score(session: Session, plan_id: int) -> ScoreRow | None:
    """The newest score of a plan."""
    row = session.execute(LAST_SCORE, {"plan": plan_id}).first()
    return ScoreRow(*row) if row else None


def find_score_of(session: Session, plan_id: int, digest: str) -> ScoreRow | None:
    """The score of a plan from just this input."""
    row = session.execute(SCORE_OF, {"plan": plan_id, "digest": digest}).first()
    return ScoreRow(*row) if row else None


def get_score(session: Session, score_id: int) -> ScoreRow | None:
    """A score by its number."""
    row = session.execute(GET_SCORE, {"id": score_id}).first()
    return ScoreRow(*row) if row else None


def lock_score(session: Session, tenant: str, plan_id: int) -> None:
    """Let one at a time score this plan, until the transaction ends."""
    session.execute(LOCK, {"name": f"score/{tenant}/{plan_id}"})


def list_scores(session: Session, *, on_date: dt.date | None = None, most: int = 20) -> list[ScoreRow]:
    """The newest score of each plan, newest plan first."""
    return [ScoreRow(*row) for row in session.execute(SCORES, {"on_date": on_date, "most": most})]


def insert_score(session: Session, head: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> int | None:
    """Add a scored shift with its lines; None if the same was there already."""
    score = session.execute(INSERT_SCORE, {**head, "figures": dump(head["figures"])}).scalar_one_or_none()
    if score is None:
        return None
    rows = [{**item, "score_id": score, "figures": dump(item["figures"])} for item in items]
    if rows:
        session.execute(INSERT_ITEM, rows)
    return int(score)


def list_items(session: Session, score_id: int, kind: str | None = None) -> list[ItemRow]:
    """Lines of a scored shift by kind and order."""
    import shapely

    rows = session.execute(ITEMS, {"score": score_id, "kind": kind}).all()
    found = []
    for row in rows:
        shape = shapely.from_wkb(bytes(row[8])) if row[8] is not None else None
        found.append(ItemRow(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], shape))
    return found


def list_held(session: Session, first_on: dt.date, last_on: dt.date) -> list[Any]:
    """Posts of scored published shifts: ``on_date, key, name, figures``, by key and day."""
    return list(session.execute(HELD, {"first_on": first_on, "last_on": last_on}))


def list_grounds(
    session: Session, zone: str, from_at: dt.datetime, to_at: dt.datetime
) -> list[tuple[str, BaseGeometry, int, int]]:
    """Campaigns whose days reach into a span: code, ground (EPSG:4490), first and last second of their local days."""
    import shapely

    rows = session.execute(GROUNDS, {"zone": zone, "from_at": from_at, "to_at": to_at})
    return [(str(row[0]), shapely.from_wkb(bytes(row[1])), int(row[2]), int(row[3])) for row in rows]


def find_operation(session: Session, key: str) -> tuple[dt.datetime, dt.datetime] | None:
    """Start and end of the operation of a key."""
    row = session.execute(OPERATION_EXISTS, {"key": key}).first()
    return (row[0], row[1]) if row else None

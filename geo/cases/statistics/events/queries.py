"""SQL of event counts: where events belong, cells of days, months and years, and what changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.cases.regimes.queries import NEAREST
from geo.cases.regimes.queries import STREET_M as STREET_HERE_M
from geo.cases.statistics.events.spans import Span

LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
MARK = text("SELECT seq, counted_at, way FROM count_mark WHERE tenant = :tenant")
SET_MARK = text("""
INSERT INTO count_mark (tenant, seq, counted_at, way) VALUES (:tenant, :seq, now(), :way)
ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, counted_at = excluded.counted_at, way = excluded.way""")
WAY = 1
"""Of placing events; 1: with the regime of their street. Counts made another way are made anew."""
HEAD = text("SELECT coalesce(max(seq), 0) FROM change WHERE tenant = :tenant AND seq IS NOT NULL")

CHANGED = """
SELECT layer, feature_ids, seq FROM change
 WHERE tenant = :tenant AND {which} AND layer IN ('event', 'patrol_district', 'road', 'admin_area')"""
SINCE = text(CHANGED.format(which="seq > :seq"))
WAITING = text(CHANGED.format(which="seq IS NULL"))
"""Two statements: each has an index of its own."""

STREET_M = 40.0
"""An event this near to a street with an owner may lie on it: 15 m from its line, in a box of degrees."""

PLACE = text(f"""
WITH spot AS MATERIALIZED (
  SELECT e.id, e.id AS n, ST_Transform(e.geom, :srid) AS here, e.geom,
         (e.occurred_at AT TIME ZONE CAST(:zone AS text))::date AS on_date,
         ST_Expand(e.geom, CAST(:near_lon AS float8), CAST(:near_lat AS float8)) AS around
    FROM event e WHERE e.tenant = :tenant
     AND (CAST(:ids AS bigint[]) IS NULL OR e.id = ANY(CAST(:ids AS bigint[])))
     AND e.id > :after AND e.id <= :until),
pair AS MATERIALIZED (
  SELECT s.id, d.code, ST_Covers(d.geom, s.geom) AS inside
    FROM patrol_district d JOIN spot s ON d.geom && s.around AND ST_Intersects(d.geom, s.around)
   WHERE d.tenant = :tenant),
near AS MATERIALIZED (
  SELECT id, min(code) FILTER (WHERE inside) AS inside, count(*) AS near FROM pair GROUP BY id),
{NEAREST}
INSERT INTO event_place (tenant, event_id, on_date, district_code, border, regime)
SELECT :tenant, s.id, s.on_date, n.inside, coalesce(n.near, 0) > 1, k.regime
  FROM spot s LEFT JOIN near n ON n.id = s.id LEFT JOIN kept k ON k.n = s.id
ON CONFLICT (tenant, event_id) DO UPDATE SET on_date = excluded.on_date, district_code = excluded.district_code,
  border = excluded.border, outside = false, regime = excluded.regime""")
"""The 片区 that covers each event and the regime of its street that day; whoever has two 片区 near is asked for by
:func:`~geo.features.locate.district_at`."""

BORDER = text("""
SELECT e.id, ST_X(e.geom), ST_Y(e.geom), p.district_code
  FROM event_place p JOIN event e ON e.tenant = :tenant AND e.id = p.event_id
 WHERE p.tenant = :tenant AND p.border AND p.event_id > :after AND p.event_id <= :until
   AND (CAST(:ids AS bigint[]) IS NULL OR p.event_id = ANY(CAST(:ids AS bigint[])))
 ORDER BY e.id""")
OWNED = text("""
WITH spot AS MATERIALIZED (
  SELECT n, ST_Expand(ST_SetSRID(ST_Point(lon, lat), 4490), CAST(:reach_lon AS float8), CAST(:reach_lat AS float8))
            AS around
    FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[])) WITH ORDINALITY AS g (lon, lat, n))
SELECT DISTINCT s.n - 1 FROM spot s JOIN road r
    ON r.tenant = :tenant AND r.geom && s.around AND r.owner_district IS NOT NULL ORDER BY 1""")
MOVE = text("""
UPDATE event_place p SET district_code = g.district
  FROM unnest(CAST(:ids AS bigint[]), CAST(:districts AS text[])) AS g (id, district)
 WHERE p.tenant = :tenant AND p.event_id = g.id""")
OUTSIDE = text("""
UPDATE event_place p SET outside = true
  FROM event e
 WHERE p.tenant = :tenant AND e.tenant = :tenant AND e.id = p.event_id AND p.district_code IS NULL
   AND p.event_id > :after AND p.event_id <= :until
   AND (CAST(:ids AS bigint[]) IS NULL OR p.event_id = ANY(CAST(:ids AS bigint[])))
   AND EXISTS (SELECT FROM admin_area a WHERE a.tenant = :tenant AND a.level = 'county')
   AND NOT EXISTS (SELECT FROM admin_area a WHERE a.tenant = :tenant AND a.level = 'county'
                      AND a.geom && e.geom AND ST_Covers(a.geom, e.geom))""")
FORGET = text("DELETE FROM event_place WHERE tenant = :tenant")
DAYS_OF = text("""
SELECT DISTINCT on_date FROM event_place WHERE tenant = :tenant AND event_id = ANY(CAST(:ids AS bigint[]))""")
LAST_ID = text("SELECT coalesce(max(id), 0) FROM event WHERE tenant = :tenant")

FEW = text("SELECT count(*) FROM (SELECT 1 FROM event WHERE tenant = :tenant LIMIT :most) AS few")

STANDING = """CASE WHEN p.outside THEN 'outside' WHEN e.duplicate_of = 'void' THEN 'void'
       WHEN e.duplicate_of IS NOT NULL THEN 'duplicate' ELSE 'counted' END"""
KEY = "district_code, code_system, code, origin, unit, standing"
CLEAR = text("DELETE FROM event_count WHERE tenant = :tenant AND grain = :grain AND from_on = ANY(CAST(:on AS date[]))")
CLEAR_ALL = text("DELETE FROM event_count WHERE tenant = :tenant")
DAYS = text(f"""
INSERT INTO event_count (tenant, grain, from_on, {KEY}, rows, quantity)
SELECT :tenant, 'day', p.on_date, p.district_code, e.code_system, e.code, e.origin, e.unit, {STANDING},
       count(*), sum(e.quantity)
  FROM event_place p JOIN event e ON e.tenant = :tenant AND e.id = p.event_id
 WHERE p.tenant = :tenant AND (CAST(:on AS date[]) IS NULL OR p.on_date = ANY(CAST(:on AS date[])))
 GROUP BY 3, 4, 5, 6, 7, 8, 9 ORDER BY 3""")
"""In order of days, as UP is of months and years: a period is read from a tenth of the pages then."""

UP = text(f"""
INSERT INTO event_count (tenant, grain, from_on, {KEY}, rows, quantity)
SELECT :tenant, :grain, date_trunc(:grain, from_on)::date, {KEY}, sum(rows), sum(quantity)
  FROM event_count
 WHERE tenant = :tenant AND grain = :below AND (CAST(:on AS date[]) IS NULL
        OR date_trunc(:grain, from_on)::date = ANY(CAST(:on AS date[])))
   AND from_on BETWEEN :first AND :last
 GROUP BY 3, {KEY} ORDER BY 3""")

READ = """
SELECT {columns}, unit, sum(rows)::bigint AS rows, sum(quantity) AS quantity FROM event_count
 WHERE tenant = :tenant AND ({spans})
   AND (CAST(:area AS text[]) IS NULL OR district_code = ANY(CAST(:area AS text[])))
   AND (CAST(:standing AS text) IS NULL OR standing = :standing)
 GROUP BY {groups} ORDER BY {groups}"""
PLAIN = """
SELECT {columns}, unit, count(*) AS rows, sum(quantity) AS quantity
  FROM (SELECT p.district_code, p.regime, p.on_date AS from_on, e.code_system, e.code, e.origin, e.unit, e.quantity,
               {standing} AS standing
          FROM event e JOIN event_place p ON p.tenant = :tenant AND p.event_id = e.id
         WHERE e.tenant = :tenant AND p.on_date BETWEEN :first AND :last) AS event_count
 WHERE (CAST(:area AS text[]) IS NULL OR district_code = ANY(CAST(:area AS text[])))
   AND (CAST(:standing AS text) IS NULL OR standing = :standing)
 GROUP BY {groups} ORDER BY {groups}"""
GROUPS = {
    "district": "district_code", "code": "code_system, code", "origin": "origin", "standing": "standing",
    "regime": "regime", "month": "date_trunc('month', from_on)::date", "year": "date_trunc('year', from_on)::date",
}  # fmt: skip
"""What counts can be told apart by; ``month`` and ``year`` need whole ones, ``regime`` the events themselves."""

NEWEST = text("""
SELECT max(from_on) FROM event_count WHERE tenant = :tenant AND grain = 'day' AND standing = 'counted'""")


def try_lock(session: Session, tenant: str) -> bool:
    """Whether this session alone may count now; until its transaction ends."""
    return bool(session.execute(LOCK, {"name": f"pianqu/statistics/{tenant}"}).scalar())


def find_mark(session: Session, tenant: str) -> Row[Any] | None:
    """How far the change log was followed: ``seq counted_at``; None where nothing was counted yet, or another way."""
    found = session.execute(MARK, {"tenant": tenant}).first()
    return None if found is None or found.way != WAY else found


def set_mark(session: Session, tenant: str, seq: int) -> None:
    """Note how far the change log was followed."""
    session.execute(SET_MARK, {"tenant": tenant, "seq": seq, "way": WAY})


def head(session: Session, tenant: str) -> int:
    """Number of the newest change that has one; 0 for none."""
    found: int = session.execute(HEAD, {"tenant": tenant}).scalar_one()
    return found


def load_changes(session: Session, tenant: str, seq: int) -> list[tuple[str, list[int] | None, int | None]]:
    """Changes that move counts: layer, ids (None for many), number (None while it has none)."""
    rows = [*session.execute(SINCE, {"tenant": tenant, "seq": seq}), *session.execute(WAITING, {"tenant": tenant})]
    return [(row[0], row[1], row[2]) for row in rows]


def last_event(session: Session, tenant: str) -> int:
    """The largest id of an event; 0 for none."""
    found: int = session.execute(LAST_ID, {"tenant": tenant}).scalar_one()
    return found


def count_up_to(session: Session, tenant: str, most: int) -> int:
    """How many events there are, counted to one past ``most`` and no further."""
    found: int = session.execute(FEW, {"tenant": tenant, "most": most + 1}).scalar_one()
    return found


def place_events(session: Session, facts: Mapping[str, Any]) -> None:
    """Write day, covering 片区 and regime of events; facts name county, zone, frame, box, and which events."""
    session.execute(PLACE, {**facts, "street_m": STREET_HERE_M})


def list_border(session: Session, facts: Mapping[str, Any]) -> list[tuple[int, float, float, str | None]]:
    """Events with two 片区 near: id, lon, lat, and the 片区 that covers them."""
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(BORDER, facts)]


def near_owned(session: Session, facts: Mapping[str, Any]) -> list[int]:
    """Places in the list of points near a street that has an owner."""
    return [int(row[0]) for row in session.execute(OWNED, facts)]


def move_events(session: Session, tenant: str, districts: Mapping[int, str | None]) -> None:
    """Write the 片区 of events, by id."""
    if districts:
        facts = {"tenant": tenant, "ids": list(districts), "districts": list(districts.values())}
        session.execute(MOVE, facts)


def mark_outside(session: Session, facts: Mapping[str, Any]) -> None:
    """Mark events outside the county's own area, where that is known."""
    session.execute(OUTSIDE, facts)


def forget(session: Session, tenant: str) -> None:
    """Drop all places and counts."""
    session.execute(FORGET, {"tenant": tenant})
    session.execute(CLEAR_ALL, {"tenant": tenant})


def days_of(session: Session, tenant: str, ids: Sequence[int]) -> set[dt.date]:
    """Local days that events are counted under."""
    return set(session.execute(DAYS_OF, {"tenant": tenant, "ids": list(ids)}).scalars())


def count_days(session: Session, tenant: str, days: Sequence[dt.date] | None) -> None:
    """Count days anew and the months and years they are in; None for all, which must have been forgotten."""
    if days is not None:
        session.execute(CLEAR, {"tenant": tenant, "grain": "day", "on": list(days)})
    session.execute(DAYS, {"tenant": tenant, "on": None if days is None else list(days)})
    for grain, below in (("month", "day"), ("year", "month")):
        starts, first, last = None, dt.date.min, dt.date.max
        if days is not None:
            starts = sorted({day.replace(day=1, month=day.month if grain == "month" else 1) for day in days})
            session.execute(CLEAR, {"tenant": tenant, "grain": grain, "on": starts})
            first, last = starts[0], starts[-1] + dt.timedelta(days=366)
        facts = {"tenant": tenant, "grain": grain, "below": below, "on": starts, "first": first, "last": last}
        session.execute(UP, facts)


def read_counts(
    session: Session, tenant: str, spans: Sequence[Span], by: Sequence[str], area: Sequence[str] | None,
    standing: str | None,
) -> list[Row[Any]]:  # fmt: skip
    """Rows and quantities by what is named and by unit, from the counts."""
    facts: dict[str, Any] = {"tenant": tenant, "area": None if area is None else list(area), "standing": standing}
    parts = []
    for n, span in enumerate(spans):
        parts.append(f"grain = '{span.grain}' AND from_on BETWEEN :first{n} AND :last{n}")
        facts |= {f"first{n}": span.first, f"last{n}": span.last}
    return list(session.execute(_grouped(READ, by, spans=" OR ".join(f"({part})" for part in parts)), facts))


def read_plain(
    session: Session, tenant: str, first: dt.date, last: dt.date, by: Sequence[str], area: Sequence[str] | None,
    standing: str | None,
) -> list[Row[Any]]:  # fmt: skip
    """The same, counted from the events themselves: what the counts are held against."""
    facts = {"tenant": tenant, "first": first, "last": last, "area": None if area is None else list(area)}
    return list(session.execute(_grouped(PLAIN, by, standing=STANDING), {**facts, "standing": standing}))


def newest_day(session: Session, tenant: str) -> dt.date | None:
    """The last local day with an event that counts."""
    found: dt.date | None = session.execute(NEWEST, {"tenant": tenant}).scalar()
    return found


def _grouped(template: str, by: Sequence[str], **parts: str) -> Any:
    columns = ", ".join(f"{GROUPS[name]} AS {name}" if name not in ("code",) else GROUPS[name] for name in by)
    count = sum(GROUPS[name].count(",") + 1 if name == "code" else 1 for name in by) + 1
    groups = ", ".join(str(n + 1) for n in range(count))
    return text(template.format(columns=columns or "NULL AS whole", groups=groups if by else "1, 2", **parts))


def pages(last: int, size: int) -> Iterator[tuple[int, int]]:
    """Ranges of ids, the first excluded and the last included."""
    for after in range(0, last, size):
        yield after, min(after + size, last)

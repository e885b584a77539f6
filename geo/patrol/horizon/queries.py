"""SQL of a span of plans: who goes with whom, how long, and when places are visited."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

NEWEST = """newest AS (
  SELECT DISTINCT ON (on_date, shift_code) id, on_date, shift_code, status, starts_at, ends_at FROM shift_plan
  WHERE tenant = :tenant AND on_date BETWEEN :first AND :last AND status <> 'superseded'
  ORDER BY on_date, shift_code, version DESC)"""

PLANS = text(f"WITH {NEWEST} SELECT on_date, shift_code, id, status FROM newest ORDER BY starts_at, shift_code")

MEMBERS = text(f"""
WITH {NEWEST}
SELECT s.code, t.id, extract(epoch FROM n.ends_at - n.starts_at)::integer, n.shift_code, n.on_date
FROM newest n
JOIN plan_member m ON m.tenant = :tenant AND m.plan_id = n.id
JOIN plan_team t ON t.tenant = m.tenant AND t.id = m.team_id
JOIN staff s ON s.tenant = m.tenant AND s.id = m.staff_id
ORDER BY n.starts_at, t.id, s.code""")

VISITS = text(f"""
WITH {NEWEST}
SELECT s.feature_ids ->> 0, min(s.name), count(*),
       count(DISTINCT date_trunc('hour', s.arrive_at AT TIME ZONE :zone)::time), count(DISTINCT n.on_date)
FROM newest n
JOIN plan_stop s ON s.tenant = :tenant AND s.plan_id = n.id AND s.kind = 'zone'
  AND s.team_id IS NOT NULL AND jsonb_array_length(s.feature_ids) > 0
GROUP BY 1 ORDER BY 1""")


class Going(NamedTuple):
    """Somebody in a team of a shift."""

    staff: str
    team: int
    seconds: int
    shift_code: str
    on_date: dt.date


class Visited(NamedTuple):
    """A hotspot zone over the span: visits, how many different hours of the day they begin in, on how many days."""

    zone: int
    name: str
    visits: int
    hours: int
    days: int


def list_plans(session: Session, tenant: str, first: dt.date, last: dt.date) -> list[tuple[dt.date, str, int, str]]:
    """Newest plan of each shift of some local days: (day, shift, id, status), in order of time."""
    rows = session.execute(PLANS, {"tenant": tenant, "first": first, "last": last})
    return [(on, code, int(plan), status) for on, code, plan, status in rows]


def load_members(session: Session, tenant: str, first: dt.date, last: dt.date) -> list[Going]:
    """Who is in which team, in order of time."""
    return [Going(*row) for row in session.execute(MEMBERS, {"tenant": tenant, "first": first, "last": last})]


def load_visits(session: Session, tenant: str, first: dt.date, last: dt.date, zone: str) -> list[Visited]:
    """Hotspot zones that are visited at all, in the time zone's hours."""
    rows = session.execute(VISITS, {"tenant": tenant, "first": first, "last": last, "zone": zone})
    return [Visited(int(one), name, visits, hours, days) for one, name, visits, hours, days in rows]

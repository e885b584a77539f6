"""SQL of calls: licensed teams of a plan, what they still have to do, and how long rides of the plan take."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

HERE = "current_setting('pianqu.tenant')"


class TeamRow(NamedTuple):
    """A team: where it starts, degrees; ids of its people and vehicles."""

    id: int
    code: str
    name: str
    mode: str
    licences: int
    lon: float
    lat: float
    staff: list[int]
    vehicles: list[int]
    ends_at: dt.datetime


class StopRow(NamedTuple):
    """A stop of a team's day; ``ride_s`` is the ride to it and ``lon``, ``lat`` where it is, degrees."""

    key: str
    kind: str
    name: str
    arrive_at: dt.datetime
    leave_at: dt.datetime
    service_s: int
    until_at: dt.datetime | None
    lon: float
    lat: float
    ride_s: int
    seq: int


class Pace(NamedTuple):
    """Of rides of one mode, for each metre as the crow flies: seconds of the tenth, middle and ninth in ten; metres."""

    low: float
    middle: float
    high: float
    metres: float


TEAMS = text(f"""
SELECT t.id, t.code, t.name, t.mode, t.licences, ST_X(t.start), ST_Y(t.start),
       ARRAY(SELECT m.staff_id FROM plan_member m WHERE m.tenant = t.tenant AND m.team_id = t.id ORDER BY 1),
       ARRAY(SELECT v.vehicle_id FROM plan_vehicle v WHERE v.tenant = t.tenant AND v.team_id = t.id ORDER BY 1),
       p.ends_at
FROM plan_team t JOIN shift_plan p ON p.tenant = t.tenant AND p.id = t.plan_id
WHERE t.tenant = {HERE} AND t.plan_id = :plan AND t.licences >= :licences ORDER BY t.color_index""")

RIDES = f"""
SELECT geom, duration_s, distance_m, row_number() OVER (ORDER BY seq) AS stop FROM plan_leg
WHERE tenant = {HERE} AND team_id = :team AND kind = 'travel'"""

STOPS = text(f"""
SELECT s.key, s.kind, s.name, s.arrive_at, s.leave_at, s.service_s, s.window_to_at, ST_X(s.geom), ST_Y(s.geom),
       coalesce(l.duration_s, 0), s.seq
FROM plan_stop s LEFT JOIN ({RIDES}) l ON l.stop = s.seq
WHERE s.tenant = {HERE} AND s.team_id = :team AND s.arrive_at IS NOT NULL ORDER BY s.seq""")

ON_RIDE = text(f"""
SELECT ST_X(at.spot), ST_Y(at.spot) FROM (
  SELECT ST_LineInterpolatePoint(l.geom, CAST(:share AS float8)) AS spot FROM ({RIDES}) l
  WHERE l.stop = :stop AND l.geom IS NOT NULL) at""")

PACE = text(f"""
SELECT percentile_cont(0.1) WITHIN GROUP (ORDER BY duration_s / straight_m),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_s / straight_m),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY duration_s / straight_m),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY distance_m / straight_m), count(*)
FROM (SELECT l.duration_s, l.distance_m, ST_DistanceSphere(ST_StartPoint(l.geom), ST_EndPoint(l.geom)) AS straight_m
      FROM plan_leg l JOIN plan_team t ON t.tenant = l.tenant AND t.id = l.team_id
      WHERE l.tenant = {HERE} AND t.plan_id = :plan AND t.mode = :mode AND l.kind = 'travel'
        AND l.geom IS NOT NULL) ride
WHERE straight_m >= :least_m""")


def load_licensed(session: Session, plan_id: int, licences: int) -> list[TeamRow]:
    """Teams of a plan with so many licences, in its order."""
    rows = session.execute(TEAMS, {"plan": plan_id, "licences": licences})
    return [TeamRow(*row) for row in rows]


def load_stops(session: Session, team_id: int) -> list[StopRow]:
    """A team's day in order."""
    return [StopRow(*row) for row in session.execute(STOPS, {"team": team_id})]


def find_on_ride(session: Session, team_id: int, stop: int, share: float) -> tuple[float, float] | None:
    """Where a share of the ride to a team's stop of that number is done; None if the ride has no line."""
    facts: dict[str, Any] = {"team": team_id, "stop": stop, "share": share}
    row = session.execute(ON_RIDE, facts).first()
    return (float(row[0]), float(row[1])) if row else None


def find_pace(session: Session, plan_id: int, mode: str, least_m: int, fewest: int) -> Pace | None:
    """What rides of a mode in a plan take; None of fewer than ``fewest`` of at least ``least_m`` metres."""
    row = session.execute(PACE, {"plan": plan_id, "mode": mode, "least_m": least_m}).one()
    return Pace(*(float(one) for one in row[:4])) if row[4] >= fewest else None

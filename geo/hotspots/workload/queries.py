"""SQL of the workload room: duties, who belongs where, and what the newest plans put where."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.hotspots.workload.supply import Shift

if TYPE_CHECKING:
    from pandas import DataFrame

SHIFTS = text(
    "SELECT code, name, start_time, end_time FROM shift_kind WHERE tenant = :tenant ORDER BY start_time, code"
)

DUTIES = text("""
SELECT d.on_date, d.shift_code, d.staff_id, coalesce(u.code, ''), s.licence_no IS NULL
FROM duty d JOIN staff s ON s.tenant = d.tenant AND s.id = d.staff_id
LEFT JOIN org_unit u ON u.tenant = s.tenant AND u.id = s.org_unit_id
WHERE d.tenant = :tenant AND d.on_date >= :first_on AND d.on_date < :until AND s.active
ORDER BY d.on_date, d.staff_id, d.shift_code""")

UNITS = text("""
WITH RECURSIVE under AS (
  SELECT id AS top, id FROM org_unit WHERE tenant = :tenant
  UNION ALL
  SELECT a.top, u.id FROM under a JOIN org_unit u ON u.tenant = :tenant AND u.parent_id = a.id)
SELECT u.code, u.name, u.kind, ARRAY(
  SELECT p.code FROM under a JOIN patrol_district p ON p.tenant = :tenant AND p.org_unit_id = a.id
  WHERE a.top = u.id ORDER BY p.code)
FROM org_unit u WHERE u.tenant = :tenant ORDER BY u.code""")

LATEST = """
WITH latest AS (
  SELECT DISTINCT ON (on_date, shift_code) id, on_date FROM shift_plan
  WHERE tenant = :tenant AND on_date >= :first_on AND on_date < :until
  ORDER BY on_date, shift_code, version DESC)"""

PLANNED_STOPS = text(f"""{LATEST}
SELECT l.on_date, s.district_code, s.arrive_at, s.leave_at
FROM latest l JOIN plan_stop s ON s.tenant = :tenant AND s.plan_id = l.id
WHERE s.team_id IS NOT NULL AND s.district_code IS NOT NULL ORDER BY s.arrive_at, s.id""")

PLANNED_TEAMS = text(f"""{LATEST}
SELECT count(*), coalesce(sum(t.duration_s), 0),
       coalesce(sum((SELECT count(*) FROM plan_member m WHERE m.tenant = :tenant AND m.team_id = t.id)), 0)
FROM latest l JOIN plan_team t ON t.tenant = :tenant AND t.plan_id = l.id""")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the organisation and the 片区 it or its parts answer for; a bureau or brigade for all of them."""

    code: str
    name: str
    kind: str
    districts: tuple[str, ...]


def load_shifts(session: Session, tenant: str) -> dict[str, Shift]:
    """Kinds of shift by code, by their start."""
    return {row[0]: Shift(*row) for row in session.execute(SHIFTS, {"tenant": tenant})}


def load_duties(session: Session, tenant: str, first_on: dt.date, until: dt.date) -> DataFrame:
    """Duties of people in service, ``until`` not included: ``on_date shift_code staff_id unit movable``."""
    import pandas

    asked = {"tenant": tenant, "first_on": first_on, "until": until}
    columns = ["on_date", "shift_code", "staff_id", "unit", "movable"]
    return pandas.DataFrame(session.execute(DUTIES, asked).all(), columns=columns)


def load_units(session: Session, tenant: str) -> dict[str, Unit]:
    """Units of the organisation by code."""
    return {row[0]: Unit(row[0], row[1], row[2], tuple(row[3])) for row in session.execute(UNITS, {"tenant": tenant})}


def load_planned(
    session: Session, tenant: str, first_on: dt.date, until: dt.date
) -> tuple[DataFrame, tuple[int, int, int]]:
    """What the newest plan of each shift does.

    Returns
    -------
    tuple
        Stops ``on_date district arrive_at leave_at`` (UTC); and teams, their seconds, their members, all summed.
    """
    import pandas

    asked = {"tenant": tenant, "first_on": first_on, "until": until}
    stops = pandas.DataFrame(
        session.execute(PLANNED_STOPS, asked).all(), columns=["on_date", "district", "arrive_at", "leave_at"]
    )
    for name in ("arrive_at", "leave_at"):
        stops[name] = pandas.to_datetime(stops[name], utc=True)
    teams, seconds, members = session.execute(PLANNED_TEAMS, asked).one()
    return stops, (int(teams), int(seconds), int(members))

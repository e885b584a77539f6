"""SQL of the demand: rules in force, hazards, posts, emphases, what is due, and what today's earlier shifts did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.layers.queries import load_features
from geo.layers.register import get_kind
from geo.patrol.demand.audits import AuditPlace
from geo.patrol.demand.factors import OPERATION_FACTOR, Emphasis
from geo.patrol.demand.posts import ShiftOfDay
from geo.patrol.demand.rates import Hazard
from geo.patrol.demand.rests import BreakRule
from geo.patrol.demand.rules import START_PASSES, START_ZONES, PassRule, Rules, ZoneRule

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from geo.patrol.demand.span import ShiftSpan

HERE = "current_setting('pianqu.tenant')"

PASS_RULES = text(f"""
SELECT DISTINCT ON (tier) tier, passes, spacing_min, required, ride_kmh, set_by FROM pass_rule
WHERE tenant = {HERE} AND valid_from_on <= :on_date AND shift_code IN ('', :shift)
ORDER BY tier, shift_code DESC, valid_from_on DESC""")

ZONE_RULES = text(f"""
SELECT DISTINCT ON (kind) kind, cap_min, rho_min, stay_min, per_hour_thousandths, set_by FROM zone_rule
WHERE tenant = {HERE} AND valid_from_on <= :on_date ORDER BY kind, valid_from_on DESC""")

ORDER = text(f"""
SELECT duties, set_by FROM giving_way WHERE tenant = {HERE} AND valid_from_on <= :on_date
ORDER BY valid_from_on DESC LIMIT 1""")

CENTRE = text(f"""
SELECT ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer))), covers, set_by, ride_kmh FROM urban_centre
WHERE tenant = {HERE} AND valid_from_on <= :on_date ORDER BY valid_from_on DESC LIMIT 1""")

BREAKS = text(f"""
SELECT name, minutes, from_time, to_time, set_by FROM (
  SELECT DISTINCT ON (name) * FROM break_rule
  WHERE tenant = {HERE} AND valid_from_on <= :on_date AND shift_code = :shift
  ORDER BY name, valid_from_on DESC) latest
WHERE minutes > 0 ORDER BY from_time, name""")

HAZARDS = text(f"""
SELECT zone_id, per_hour, per_hour_lower, per_hour_upper, rho_min, rho_lower_min, rho_upper_min, active_min
FROM zone_hazard
WHERE tenant = {HERE} AND study_id = (SELECT max(id) FROM return_study WHERE tenant = {HERE})""")

POSTS = text(f"""
SELECT p.id, p.code, p.name, p.district_code, p.opening, p.duty, p.people_needed, p.valid_from_on, p.valid_to_on,
       ST_AsBinary(ST_Transform(p.geom, CAST(:srid AS integer))),
       ARRAY(SELECT x.staff_id FROM post_person x WHERE x.tenant = p.tenant AND x.post_id = p.id ORDER BY x.seq)
FROM post p WHERE p.tenant = {HERE} AND p.active ORDER BY p.code""")

SHIFTS = text(f"""
SELECT k.code, k.start_time, k.end_time,
       ARRAY(SELECT d.staff_id FROM duty d JOIN staff s ON s.tenant = d.tenant AND s.id = d.staff_id
             WHERE d.tenant = k.tenant AND d.on_date = :on_date AND d.shift_code = k.code AND s.active ORDER BY 1)
FROM shift_kind k WHERE k.tenant = {HERE} ORDER BY k.start_time, k.code""")

FOCUSES = text(f"""
SELECT code, name, factor_percent, ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer))) FROM focus
WHERE tenant = {HERE} AND first_on <= :on_date AND last_on >= :on_date AND coalesce(shift_code, :shift) = :shift
ORDER BY code""")

OPERATIONS = text(f"""
SELECT key, name, kind, ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer))) FROM operation
WHERE tenant = {HERE} AND kind IN ('posture', 'campaign', 'raid') AND from_at < :ends_at AND to_at > :starts_at
  AND key NOT LIKE 'posture:%'
ORDER BY key""")
"""What a posture of our own asks is read from its rules."""

OPEN_EVENTS = text(f"""
SELECT id, code, origin, coalesce(found_at, occurred_at), ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer)))
FROM event
WHERE tenant = {HERE} AND closed_at IS NULL AND duplicate_of IS NULL AND occurred_at >= :since
  AND occurred_at < :until AND code NOT LIKE 'C01-37%'
ORDER BY coalesce(found_at, occurred_at), id""")
"""Lamps at fault (C01-37) are looked at on lamp walks."""

DUE_NOTICES = text(f"""
SELECT l.id, l.number, coalesce(l.served_at, l.issued_at), l.due_on::timestamp AT TIME ZONE c.time_zone,
       l.district_code, ST_AsBinary(ST_Transform(l.geom, CAST(:srid AS integer)))
FROM legal_document l JOIN county c ON c.tenant = l.tenant
WHERE l.tenant = {HERE} AND l.kind IN ('rectify', 'deadline') AND l.state IN ('served', 'extended')
  AND l.due_on::timestamp AT TIME ZONE c.time_zone >= :since AND l.due_on::timestamp AT TIME ZONE c.time_zone < :until
ORDER BY l.due_on, l.id""")
"""Notices whose last day has begun: somebody looks again on that day (复查)."""

ENTERPRISES = text(f"""
SELECT id, name, kind, coalesce(gate_hours, opening), gate_every_days,
       ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer)))
FROM enterprise WHERE tenant = {HERE} AND active AND gate_every_days IS NOT NULL ORDER BY code""")

CHECKS = text(f"""
SELECT c.id, e.name, e.opening, c.reason, c.first_on, c.last_on, c.first_staff_id, c.second_staff_id, c.covert,
       ST_AsBinary(ST_Transform(e.geom, CAST(:srid AS integer)))
FROM enterprise_check c JOIN enterprise e ON e.tenant = c.tenant AND e.id = c.enterprise_id
WHERE c.tenant = {HERE} AND c.status = 'open' AND c.first_on <= :on_date AND c.last_on >= :on_date AND e.active
ORDER BY c.last_on, c.id""")

FORECAST = text(f"""
SELECT id, place_set_id, digest, audit FROM forecast
WHERE tenant = {HERE} AND from_on <= :on_date AND to_on >= :on_date AND code_group = ''
  AND shift_code IN ('', :shift) AND place_kind IN ('unit_grid', 'street_block')
ORDER BY shift_code DESC, version DESC, id DESC LIMIT 1""")

FORECAST_PLACES = text(f"""
SELECT ordinal, coalesce(name, key), district_code, ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer)))
FROM forecast_place WHERE tenant = {HERE} AND place_set_id = :place_set ORDER BY ordinal""")

EARLIER = text(f"""
SELECT DISTINCT ON (shift_code) shift_code, id FROM shift_plan
WHERE tenant = {HERE} AND on_date = :on_date AND status <> 'superseded' AND starts_at < :starts_at
ORDER BY shift_code, status = 'published' DESC, version DESC""")

SCORED = text(f"""
SELECT DISTINCT ON (plan_id) plan_id, id FROM shift_score
WHERE tenant = {HERE} AND plan_id = ANY(:plans) ORDER BY plan_id, id DESC""")

SCORED_STREETS = text(f"""
SELECT ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer))) FROM score_item
WHERE tenant = {HERE} AND score_id = ANY(:scores) AND kind = 'street' AND done AND geom IS NOT NULL""")

PLANNED_LEGS = text(f"""
SELECT ST_AsBinary(ST_Transform(geom, CAST(:srid AS integer))) FROM plan_leg
WHERE tenant = {HERE} AND plan_id = ANY(:plans) AND geom IS NOT NULL
  AND (kind = 'pass' OR distance_m * 3.6 <= duration_s * :ride_kmh)""")

PLANNED_KEYS = text(f"""
SELECT DISTINCT key FROM plan_stop
WHERE tenant = {HERE} AND plan_id = ANY(:plans) AND team_id IS NOT NULL""")


@dataclass(frozen=True)
class Earlier:
    """What today's earlier shifts do: their codes, lines gone along (metric CRS), keys of stops done."""

    shifts: frozenset[str]
    walked: list[BaseGeometry]
    done: frozenset[str]


def load_rules(session: Session, on_date: dt.date, shift_code: str, srid: int) -> Rules:
    """The rules in force; start values where the bureau has set none."""
    facts = {"on_date": on_date, "shift": shift_code, "srid": srid}
    set_by: dict[str, str] = {}
    passes = {rule.tier: rule for rule in START_PASSES}
    for tier, count, spacing_min, required, ride_kmh, who in session.execute(PASS_RULES, facts):
        passes[tier] = PassRule(tier, count, spacing_min * 60, required, ride_kmh)
        set_by[f"pass:{tier}"] = who
    zones = dict(START_ZONES)
    for kind, cap_min, rho_min, stay_min, per_hour, who in session.execute(ZONE_RULES, facts):
        zones[kind] = ZoneRule(None if cap_min is None else cap_min * 60, rho_min * 60, stay_min * 60, per_hour / 1000)
        set_by[f"zone:{kind}"] = who
    more: dict[str, Any] = {}
    if (order := session.execute(ORDER, facts).first()) is not None:
        more["order"], set_by["order"] = tuple(order[0]), order[1]
    if (centre := session.execute(CENTRE, facts).first()) is not None:
        more |= {"centre": _shapes([centre[0]])[0], "covers": centre[1], "ride_kmh": centre[3]}
        set_by["centre"] = centre[2]
    breaks = []
    for name, minutes, from_time, to_time, who in session.execute(BREAKS, facts):
        breaks.append(BreakRule(name, minutes, seconds_of(from_time), seconds_of(to_time)))
        set_by[f"break:{name}"] = who
    return Rules(passes=tuple(passes.values()), zones=zones, breaks=tuple(breaks), set_by=set_by, **more)


def load_hazards(session: Session) -> dict[int, Hazard]:
    """What the study of returns in force tells, by zone; empty without a study."""
    found = {}
    for zone, mean, lower, upper, *rest in session.execute(HAZARDS):
        hours = [np.array(rates, dtype=np.float64) for rates in (mean, lower, upper)]
        found[int(zone)] = Hazard(hours[0], hours[1], hours[2], *rest)
    return found


def load_posts(session: Session, srid: int) -> tuple[GeoDataFrame, dict[int, list[int]]]:
    """Posts in use, metric CRS, index = row id, and by post the people it names in order."""
    rows = session.execute(POSTS, {"srid": srid}).all()
    names = ("code", "name", "district_code", "opening", "duty", "people_needed", "valid_from_on", "valid_to_on")
    return _frame(rows, names, srid), {int(row[0]): [int(one) for one in row[-1]] for row in rows}


def load_day(session: Session, on_date: dt.date) -> list[ShiftOfDay]:
    """The shifts of a day by start time, with their people."""
    found = []
    for code, start, end, people in session.execute(SHIFTS, {"on_date": on_date}):
        from_s, to_s = seconds_of(start), seconds_of(end)
        found.append(ShiftOfDay(code, from_s, to_s + (86_400 if to_s <= from_s else 0), tuple(people)))
    return found


def seconds_of(clock: dt.time) -> int:
    """Seconds after midnight."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def load_emphases(session: Session, span: ShiftSpan, shift_code: str, srid: int) -> list[Emphasis]:
    """Focuses and operations in force, metric CRS."""
    facts = {
        "on_date": span.on_date, "shift": shift_code, "srid": srid, "starts_at": span.starts_at, "ends_at": span.ends_at
    }  # fmt: skip
    found = [
        Emphasis(f"focus:{code}", name, percent / 100, _shapes([area])[0])
        for code, name, percent, area in session.execute(FOCUSES, facts)
    ]
    return found + [
        Emphasis(f"{kind}:{key}", name, OPERATION_FACTOR[kind], _shapes([area])[0])
        for key, name, kind, area in session.execute(OPERATIONS, facts)
    ]


def load_markets(session: Session) -> GeoDataFrame:
    """Seasonal markets, EPSG:4490, with season and hours."""
    kind = get_kind("vendor_point").table.c.kind
    columns = ("name", "opening", "valid_from_on", "valid_to_on")
    return load_features(session, "vendor_point", where=kind == "seasonal_market", columns=columns)


def load_open_events(session: Session, srid: int, since: dt.datetime, until: dt.datetime) -> list[Any]:
    """Rows ``id code origin since geometry`` of open events that repeat no other, the oldest first, metric CRS."""
    rows = session.execute(OPEN_EVENTS, {"srid": srid, "since": since, "until": until}).all()
    shapes = _shapes([row[-1] for row in rows])
    return [(*row[:-1], shape) for row, shape in zip(rows, shapes, strict=True)]


def load_due_notices(session: Session, srid: int, since: dt.datetime, until: dt.datetime) -> list[Any]:
    """Rows ``id number since due district geometry`` of notices whose last day begins in a span, metric CRS."""
    rows = session.execute(DUE_NOTICES, {"srid": srid, "since": since, "until": until}).all()
    shapes = _shapes([row[-1] for row in rows])
    return [(*row[:-1], shape) for row, shape in zip(rows, shapes, strict=True)]


def load_gates(session: Session, srid: int) -> GeoDataFrame:
    """Enterprises whose gates are looked at, metric CRS."""
    rows = session.execute(ENTERPRISES, {"srid": srid}).all()
    return _frame(rows, ("name", "kind", "opening", "gate_every_days"), srid)


def load_entries(session: Session, on_date: dt.date, srid: int) -> GeoDataFrame:
    """Entries that are to be made around a day, metric CRS."""
    rows = session.execute(CHECKS, {"on_date": on_date, "srid": srid}).all()
    names = ("name", "opening", "reason", "first_on", "last_on", "first_staff_id", "second_staff_id", "covert")
    return _frame(rows, names, srid)


def load_audit_places(
    session: Session, on_date: dt.date, shift_code: str, srid: int
) -> tuple[str, list[AuditPlace], list[AuditPlace]]:
    """Digest of the forecast in force, the places it drew for its random sample, and all others.

    Without a forecast the digest is that of the county's code and the places are its unit grids.
    """
    found = session.execute(FORECAST, {"on_date": on_date, "shift": shift_code}).first()
    if found is None:
        from geo.crs import to_metric

        grids = to_metric(load_features(session, "unit_grid", columns=("code", "district_code")), srid)
        each = zip(grids["code"], grids.geometry, grids["district_code"], strict=True)
        return "", [], [AuditPlace(str(code), shape, _text(owner)) for code, shape, owner in each]
    rows = session.execute(FORECAST_PLACES, {"place_set": found[1], "srid": srid}).all()
    shapes = _shapes([row[-1] for row in rows])
    places = [AuditPlace(row[1], shape, row[2]) for row, shape in zip(rows, shapes, strict=True)]
    drawn = {int(ordinal) for ordinal in found[3]}
    sample = [place for row, place in zip(rows, places, strict=True) if int(row[0]) in drawn]
    return str(found[2]), sample, [place for row, place in zip(rows, places, strict=True) if int(row[0]) not in drawn]


def load_earlier(session: Session, span: ShiftSpan, srid: int, ride_kmh: int) -> Earlier:
    """What today's earlier shifts do: as their tracks say where they are scored, else as planned.

    Of planned rides those count that are no faster than ``ride_kmh``.

    Of a shift that is not published yet its newest draft counts, so that a day can be planned ahead.
    """
    facts = {"on_date": span.on_date, "starts_at": span.starts_at}
    found = session.execute(EARLIER, facts).all()
    plans = [int(row[1]) for row in found]
    scores = {int(plan): int(score) for plan, score in session.execute(SCORED, {"plans": plans})}
    planned = [plan for plan in plans if plan not in scores]
    lines = [*session.execute(PLANNED_LEGS, {"plans": planned, "srid": srid, "ride_kmh": ride_kmh})]
    lines += session.execute(SCORED_STREETS, {"scores": list(scores.values()), "srid": srid})
    keys = frozenset(str(row[0]) for row in session.execute(PLANNED_KEYS, {"plans": plans}))
    return Earlier(frozenset(row[0] for row in found), _shapes([row[0] for row in lines]), keys)


def _shapes(binary: Sequence[Any]) -> list[Any]:
    import shapely

    return list(shapely.from_wkb([bytes(one) for one in binary]))


def _frame(rows: Sequence[Any], names: Sequence[str], srid: int) -> GeoDataFrame:
    """Rows ``id, *names, geometry, …`` as a frame with plain Python values, index = id."""
    import pandas
    from geopandas import GeoDataFrame

    index = pandas.Index([int(row[0]) for row in rows], dtype="int64", name="id")
    data = {
        name: pandas.Series([row[at] for row in rows], index=index, dtype=object) for at, name in enumerate(names, 1)
    }
    return GeoDataFrame(data, geometry=_shapes([row[len(names) + 1] for row in rows]), crs=srid, index=index)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None

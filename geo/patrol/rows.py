"""A plan as rows to store, and its summary per 片区."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely

from geo.patrol.evaluate import PlanScore
from geo.patrol.problem import HERE, PASSED, Plan, Problem, Reason, Stop
from geo.patrol.queries import dump
from geo.patrol.schedule import end_of_day, option_of
from geo.patrol.value import VALUE_VERSION, Worth, plan_worths
from geo.roads.network import Network
from geo.roads.speeds import MODES

PARTS_NAMED = 20
"""Separate parts of the network listed in a summary; the rest is only counted."""


@dataclass
class PlanRows:
    """Rows of a plan; ``team`` in them is the number of the team, its id follows once it is stored."""

    teams: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    vehicles: list[dict[str, Any]] = field(default_factory=list)
    stops: list[dict[str, Any]] = field(default_factory=list)
    legs: list[dict[str, Any]] = field(default_factory=list)


def plan_rows(
    tenant: str, plan_id: int, problem: Problem, plan: Plan, score: PlanScore, clock: dt.tzinfo = dt.UTC
) -> PlanRows:
    """Rows of a checked plan; legs are those the checker searched, times in words by ``clock``."""
    rows = PlanRows()
    keys, worths = visit_keys(problem, plan), plan_worths(problem, plan)
    key = {"tenant": tenant, "plan_id": plan_id}
    for number, (team, visits) in enumerate(zip(problem.teams, plan.days, strict=True)):
        legs = score.legs[number]
        rows.teams.append(
            {
                **key,
                "code": team.code,
                "name": team.name,
                "kind": team.kind,
                "mode": team.mode,
                "district_code": team.districts[0] if team.districts else None,
                "district_codes": dump(list(team.districts)),
                "licences": team.licences,
                "color_index": number,
                "lon": team.lonlat[0],
                "lat": team.lonlat[1],
                "duration_s": end_of_day(problem, team, visits),
                "distance_m": sum(leg.distance_m for leg in legs),
            }
        )
        rows.members += [{**key, "team": number, "other_id": person.id} for person in team.members]
        rows.vehicles += [{**key, "team": number, "other_id": vehicle.id} for vehicle in team.vehicles]
        for seq, leg in enumerate(legs, 1):
            line = shapely.to_wkb(leg.line) if leg.line is not None else None
            rows.legs.append(
                {
                    **key,
                    "team": number,
                    "seq": seq,
                    "kind": leg.kind,
                    "duration_s": leg.duration_s,
                    "distance_m": leg.distance_m,
                    "line": line,
                }
            )
        here = team.lonlat
        for seq, visit in enumerate(visits, 1):
            option = option_of(problem, team, (visit.stop, visit.option))
            stop = problem.stops[visit.stop]
            point = stop.path[-1] if option.backward and stop.path else stop.lonlat
            if option.entry == HERE:
                point = here
            here = point if not stop.path else stop.path[0 if option.backward else -1]
            rows.stops.append(
                {
                    **_stop_row(problem, stop, point),
                    **key,
                    "team": number,
                    "seq": seq,
                    "key": keys[number, seq - 1],
                    "service_s": option.service_s,
                    "begin_at": _at(problem, visit.begin_s),
                    **_worth(worths.get((number, seq - 1))),
                    "arrive_at": _at(problem, visit.arrive_s),
                    "leave_at": _at(problem, visit.leave_s),
                    "reason_code": None,
                    "reason_facts": "{}",
                }
            )
    for number, reason in {**plan.unserved, **passed_words(problem, plan, clock)}.items():
        stop = problem.stops[number]
        rows.stops.append(
            {
                **_stop_row(problem, stop, stop.lonlat),
                **key,
                "team": None,
                "seq": None,
                "service_s": stop.shortest_s(),
                "begin_at": None,
                **_worth(None),
                "arrive_at": None,
                "leave_at": None,
                "reason_code": reason.code,
                "reason_facts": dump(dict(reason.facts)),
            }
        )
    return rows


def passed_words(problem: Problem, plan: Plan, clock: dt.tzinfo) -> dict[int, Reason]:
    """In the place of a reason, who passes a stop, when, and on the way to what."""
    found = {}
    for number, ways in plan.passed.items():
        said: dict[str, list[str]] = {"zh": [], "en": []}
        told = []
        for way in ways:
            team, day = problem.teams[way.team], plan.days[way.team]
            begin, end = (_at(problem, second).astimezone(clock) for second in (way.begin_s, way.end_s))
            hours = f"{begin:%H:%M}–{end:%H:%M}"
            goal = problem.stops[day[way.visit].stop] if way.visit < len(day) else None
            name = (goal.name or goal.key) if goal else ""
            said["zh"].append(f"{team.name} {hours} " + (f"去“{name}”途中" if goal else "返回途中"))
            said["en"].append(f"{team.name} {hours} on the way " + (f'to "{name}"' if goal else "back"))
            times = {"from_at": begin.isoformat(), "to_at": end.isoformat()}
            told.append({"team": team.code, "seq": way.visit + 1, **times})
        facts = {"by_zh": ";".join(said["zh"]), "by_en": "; ".join(said["en"]), "ways": told}
        found[number] = Reason(PASSED, facts)
    return found


def visit_keys(problem: Problem, plan: Plan) -> dict[tuple[int, int], str]:
    """The key of each visit by team and place in its day: a recurring stop's visits are numbered by time from 1."""
    found = {}
    visits = sorted(
        (visit.begin_s, team, place, visit.stop)
        for team, day in enumerate(plan.days)
        for place, visit in enumerate(day)
    )
    counts: Counter[int] = Counter()
    for _, team, place, number in visits:
        counts[number] += 1
        stop = problem.stops[number]
        found[team, place] = stop.key if stop.recurrence is None else f"{stop.key}:{counts[number]}"
    return found


def recurrence_facts(problem: Problem) -> dict[str, Any]:
    """What scoring a plan needs of each recurring stop by its key, JSON-ready."""
    return {
        stop.key: {
            "per_minute": list(stop.recurrence.per_minute),
            "rho_s": stop.recurrence.rho_s,
            "cap_s": stop.recurrence.cap_s,
            "windows": [list(window) for window in stop.windows],
        }
        for stop in problem.stops
        if stop.recurrence is not None
    }


def _worth(worth: Worth | None) -> dict[str, int | None]:
    if worth is None:
        return {"saved": None, "earlier": None, "later": None}
    return {"saved": worth.saved, "earlier": worth.earlier, "later": worth.later}


def _at(problem: Problem, seconds: int) -> dt.datetime:
    return problem.starts_at + dt.timedelta(seconds=seconds)


def _stop_row(problem: Problem, stop: Stop, point: tuple[float, float]) -> dict[str, Any]:
    return {
        "key": stop.key,
        "kind": stop.kind,
        "name": stop.name,
        "layer": stop.layer,
        "feature_ids": dump(list(stop.feature_ids)),
        "district_code": stop.district_code,
        "weight": stop.weight,
        "licences_needed": stop.licences_needed,
        "duty": stop.duty,
        "required": stop.required,
        "window_from_at": _at(problem, stop.windows[0][0]) if stop.windows else None,
        "window_to_at": _at(problem, stop.windows[-1][1]) if stop.windows else None,
        "lon": point[0],
        "lat": point[1],
    }


def summarise(
    network: Network,
    problem: Problem,
    plan: Plan,
    score: PlanScore,
    names: Mapping[str, str],
    clock: dt.tzinfo = dt.UTC,
) -> dict[str, Any]:
    """Figures per 片区, every stop left out with its reason, and the parts of the network, JSON-ready.

    Places closed all shift are no demand: they stand in ``closed`` and count nowhere else.
    """
    served = {visit.stop: number for number, visits in enumerate(plan.days) for visit in visits}
    served.update({number: ways[0].team for number, ways in plan.passed.items()})
    passed = passed_words(problem, plan, clock)
    metres = {
        team.code: sum(leg.distance_m for leg in legs) for team, legs in zip(problem.teams, score.legs, strict=True)
    }
    districts = []
    for code, name in sorted(names.items()):
        here = [i for i, stop in enumerate(problem.stops) if stop.district_code == code]
        mine = [i for i in here if problem.stops[i].windows]
        districts.append(
            {
                "code": code,
                "name": name,
                "teams": [team.name for team in problem.teams if code in team.districts],
                "stops": len(mine),
                "served": sum(i in served for i in mine),
                "served_by_roaming": sum(not problem.teams[served[i]].districts for i in mine if i in served),
                "unserved": sum(i not in served for i in mine),
                "closed": len(here) - len(mine),
                "weight_served": round(sum(problem.stops[i].weight for i in mine if i in served), 6),
                "weight_total": round(sum(problem.stops[i].weight for i in mine), 6),
                "km": round(
                    sum(metres[team.code] for team in problem.teams if team.districts[:1] == (code,)) / 1000, 3
                ),
            }
        )
    left = sorted(plan.unserved.items(), key=lambda one: _gravity(problem, one[0]))
    parts: dict[str, list[dict[str, Any]]] = {}
    for mode in MODES:
        found = network.parts(mode)
        parts[mode] = [
            {"crossings": part.nodes, "length_m": part.length_m, "streets": list(part.names)}
            for part in found[:PARTS_NAMED]
        ]
    return {
        "teams": len(problem.teams),
        "stops": sum(bool(stop.windows) for stop in problem.stops),
        "served": len(served),
        "visits": sum(len(day) for day in plan.days),
        "value": score.value,
        "value_total": score.value_total,
        "value_version": VALUE_VERSION,
        "order": list(problem.order),
        "broken": [_left(problem.stops[i], reason) for i, reason in sorted(plan.broken.items())],
        "travel_s": score.travel_s,
        "work_s": score.work_s,
        "wait_s": score.wait_s,
        "distance_m": score.distance_m,
        "districts": districts,
        "passed": [
            {**_left(problem.stops[i], reason), "length_m": problem.stops[i].length_m}
            for i, reason in sorted(passed.items())
        ],
        "unserved": [_left(problem.stops[i], reason) for i, reason in left if problem.stops[i].windows],
        "closed": [_left(problem.stops[i], reason) for i, reason in left if not problem.stops[i].windows],
        "parts": parts,
    }


def _gravity(problem: Problem, number: int) -> tuple[int, bool, float, str]:
    """Of stops left out, the gravest first: by duty, promises before wishes, by weight."""
    stop = problem.stops[number]
    return problem.order.index(stop.duty), not stop.required, -stop.weight, stop.key


def _left(stop: Stop, reason: Reason) -> dict[str, Any]:
    return {
        "key": stop.key,
        "kind": stop.kind,
        "name": stop.name,
        "district_code": stop.district_code,
        "weight": stop.weight,
        "duty": stop.duty,
        "required": stop.required,
        "reason_code": reason.code,
        "reason_facts": dict(reason.facts),
    }

"""What a new plan changes, in words for people: what moved, what is gone and why, what is lost, who goes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from geo.patrol.load import Inputs
    from geo.patrol.problem import Plan, Problem, Team
    from geo.patrol.queries import PlanRow
    from geo.patrol.replan.carry import Planned
    from geo.patrol.replan.queries import LegRow, StopRow
    from geo.patrol.replan.search import Replanned
    from geo.patrol.replan.seen import Seen
    from geo.patrol.stretches import Stretch

HALF_A_MINUTE: Final = 500
"""In thousandths of a violation-minute: less is told as none."""


@dataclass(frozen=True)
class Ready:
    """All a search needs: the problem as it is now, the plan in force on it, and what stays.

    ``passed`` are rows of the summary of the plan in force: streets that were passed on the way by now.
    """

    inputs: Inputs
    force: PlanRow
    problem: Problem
    stretches: Mapping[str, Stretch]
    before: Mapping[str, Sequence[Planned]]
    counts: Mapping[str, int]
    late: Mapping[str, int]
    legs: Sequence[LegRow]
    rows: Sequence[StopRow]
    now_s: int
    done: Sequence[str]
    urgent: Sequence[str]
    seen: Mapping[str, Seen]
    passed: Sequence[Mapping[str, Any]]


def tell_changes(ready: Ready, plan: Plan, found: Replanned) -> dict[str, Any]:
    """What the new plan changes, JSON-ready.

    Visits are compared as the stored plans have them, by the rule of :func:`geo.patrol.replan.differences.pair_visits`;
    rests and waiting are none. ``moved_permille`` is of those that the news itself does not touch.
    """
    from geo.patrol.replan.carry import planned_days
    from geo.patrol.replan.differences import pair_visits, place_of

    problem = ready.problem
    names = {place_of(row.key, row.kind): row.name for row in ready.rows}
    names.update({stop.key: stop.name for stop in problem.stops})
    reasons = {problem.stops[number].key: reason for number, reason in plan.unserved.items()}
    after = planned_days(problem, plan)
    visited = {visit.key for day in after.values() for visit in day}
    passed = {problem.stops[number].key for number in plan.passed}
    pairs = pair_visits(_stored_days(ready.rows), _without_rests(problem, after), ready.now_s, passed)
    keys: dict[str, list[str]] = {what: [] for what in ("same", "moved", "gone", "new", "passed")}
    for pair in pairs:
        keys[pair.what].append(pair.key)
    gone = []
    for key, times in Counter(keys["gone"]).items():
        code, facts = "patrol.again_no_longer", {}
        if key in reasons:
            code, facts = reasons[key].code, dict(reasons[key].facts)
        elif key in visited:
            code = "patrol.again_fewer"
        gone.append(
            {"key": key, "name": names.get(key, ""), "visits": times, "reason_code": code, "reason_facts": facts}
        )
    here = {team.code for team in problem.teams}
    lost = _lost(ready, plan)
    return {
        "of": {"plan": ready.force.id, "version": ready.force.version},
        "now": (ready.force.starts_at + dt.timedelta(seconds=ready.now_s)).isoformat(),
        "teams_gone": [code for code in ready.before if code not in here],
        "done_by_them": list(ready.done),
        "same": len(keys["same"]),
        "moved": [{"key": key, "name": names.get(key, "")} for key in keys["moved"]],
        "gone": gone,
        "new": [{"key": key, "name": names.get(key, "")} for key in keys["new"]],
        "passed": [{"key": key, "name": names.get(key, "")} for key in keys["passed"]],
        "moved_permille": found.differences.moved_permille,
        "value": found.value,
        "value_before": found.value + sum(row["value"] for row in lost),
        "lost": lost,
        "teams": [_how_known(ready, team) for team in ready.problem.teams],
        "urgent": [_who_goes(ready, after, key, names[key]) for key in ready.urgent],
    }


def losses_to_say(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Rows of ``lost`` for people to read: what rounds to nothing is left out, though the sum counts it.

    Examples
    --------
    >>> losses_to_say({"lost": [{"code": "A", "value": 499}, {"code": "B", "value": -500}]})
    [{'code': 'B', 'value': -500}]
    """
    return [row for row in told["lost"] if abs(row["value"]) >= HALF_A_MINUTE]


def _stored_days(rows: Sequence[StopRow]) -> dict[str, list[Planned]]:
    from geo.patrol.replan.carry import Planned
    from geo.patrol.replan.differences import place_of

    days: dict[str, list[Planned]] = {}
    for row in rows:
        if row.team and row.kind != "break" and row.begin_s is not None and row.leave_s is not None:
            visit = Planned(place_of(row.key, row.kind), 0, row.begin_s, row.begin_s, row.leave_s)
            days.setdefault(row.team, []).append(visit)
    return days


def _without_rests(problem: Problem, days: Mapping[str, Sequence[Planned]]) -> dict[str, list[Planned]]:
    rests = {stop.key for stop in problem.stops if stop.kind == "break"}
    return {code: [visit for visit in day if visit.key not in rests] for code, day in days.items()}


def _lost(ready: Ready, plan: Plan) -> list[dict[str, Any]]:
    """By 片区, what the plan before would have suppressed under the demand of now and the new one does not."""
    from geo.patrol.value import PPM, stays_of, zone_value

    now = stays_of(ready.problem, plan)
    old: dict[str, list[tuple[int, int]]] = {}
    for day in ready.before.values():
        for visit in day:
            old.setdefault(visit.key, []).append((visit.begin_s, visit.leave_s))
    sums: Counter[str] = Counter()
    for number, stays in now.items():
        stop = ready.problem.stops[number]
        assert stop.recurrence is not None
        sums[stop.district_code or ""] += zone_value(stop.recurrence, sorted(old.get(stop.key, ()))) - zone_value(
            stop.recurrence, stays
        )
    names = ready.inputs.names
    return [
        {"code": code, "name": names.get(code, ""), "value": value // PPM}
        for code, value in sorted(sums.items())
        if value
    ]


def _who_goes(ready: Ready, after: Mapping[str, Sequence[Planned]], key: str, name: str) -> dict[str, Any]:
    """The team that takes an urgent case and when it is there; none if nobody can."""
    called = {team.code: team.name for team in ready.problem.teams}
    for code, day in after.items():
        for visit in day:
            if visit.key == key:
                at = ready.force.starts_at + dt.timedelta(seconds=visit.arrive_s)
                minutes = -(-(visit.arrive_s - ready.now_s) // 60)
                return {
                    "key": key, "name": name, "team": code, "team_name": called[code],
                    "arrive_at": at.isoformat(), "minutes": minutes,
                }  # fmt: skip
    return {"key": key, "name": name, "team": None, "team_name": None, "arrive_at": None, "minutes": None}


def _how_known(ready: Ready, team: Team) -> dict[str, Any]:
    """Whether a team's tracks or the plan's clock said where it is, and what it should have done and did not."""
    seen = ready.seen.get(team.code)
    if seen is None:
        return {"team": team.code, "by": "clock", "seen_at": None, "missed": []}
    names = {row.key: row.name for row in ready.rows}
    missed = [{"key": key, "name": names.get(key, "")} for key in seen.missed]
    return {"team": team.code, "by": "tracks", "seen_at": seen.at.isoformat(), "missed": missed}

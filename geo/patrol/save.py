"""A checked plan stored as the next version of its shift, and read back as planning gave it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.db.changes import write_change
from geo.errors import Conflict
from geo.patrol import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.patrol.evaluate import PlanScore
    from geo.patrol.load import Loaded
    from geo.patrol.problem import Plan
    from geo.patrol.queries import PlanRow


class TakenMeanwhile(Conflict):
    """A plan of an overlapping shift was saved in the meantime with the same people or vehicles; plan again."""


@dataclass(frozen=True)
class SavedPlan:
    """A plan as it was stored.

    ``districts``: per 片区 by code: teams, stops, served, weights, unserved. ``unserved``: every stop left out with its
    reason code and facts, heaviest first; ``closed``: places that are not open in the shift, which are
    no demand. ``passed``: streets done on the way to other stops, by whom and when. ``parts``: per mode, the parts of
    the road network, the largest first.
    ``reused`` tells that the same input, seed and budget had been planned before and nothing was computed anew.
    """

    id: int
    on_date: dt.date
    shift_code: str
    version: int
    weight_served: float
    weight_total: float
    teams: int
    stops: int
    served: int
    value: int
    value_total: int
    districts: list[dict[str, Any]]
    unserved: list[dict[str, Any]] = field(default_factory=list)
    closed: list[dict[str, Any]] = field(default_factory=list)
    broken: list[dict[str, Any]] = field(default_factory=list)
    passed: list[dict[str, Any]] = field(default_factory=list)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reused: bool = False


def _refuse_taken(session: Session, loaded: Loaded) -> None:
    """Refuse a plan whose people or vehicles are held by another that was saved since they were loaded."""
    problem = loaded.problem
    ends_at = problem.starts_at + dt.timedelta(seconds=problem.shift_s)
    people, vehicles = queries.load_taken(session, problem.on_date, loaded.shift.code, problem.starts_at, ends_at)
    held = [person.code for team in problem.teams for person in team.members if person.id in people]
    held += [vehicle.code for team in problem.teams for vehicle in team.vehicles if vehicle.id in vehicles]
    if held:
        facts = {"on": problem.on_date.isoformat(), "shift": loaded.shift.code, "taken": ", ".join(sorted(held))}
        raise TakenMeanwhile("patrol.taken_meanwhile", **facts)


def save_plan(
    session: Session,
    tenant: str,
    loaded: Loaded,
    plan: Plan,
    score: PlanScore,
    facts: Mapping[str, Any],
    told: Mapping[str, Any] | None = None,
    passed: Sequence[Mapping[str, Any]] = (),
) -> SavedPlan:
    """Store a checked plan as the shift's next version.

    Parameters
    ----------
    facts
        ``seed``, ``iterations``, ``input_digest``, ``made_by``.
    told
        What its summary tells besides, JSON-ready.
    passed
        Rows of the summary of a plan before: what was passed on the way while that was in force.

    Raises
    ------
    TakenMeanwhile
        If another plan took a person or vehicle since they were loaded.
    """
    from geo.patrol.rows import plan_rows, recurrence_facts, summarise
    from geo.patrol.value import VALUE_VERSION

    problem = loaded.problem
    queries.lock_plans(session, tenant)  # two saved at once would not see what the other takes
    queries.lock_shift(session, tenant, problem.on_date, loaded.shift.code)
    _refuse_taken(session, loaded)
    clock = ZoneInfo(loaded.county.time_zone)
    summary = summarise(loaded.network, problem, plan, score, loaded.district_names, clock)
    again = {row["key"] for row in summary["passed"]}
    summary["passed"] = [*(dict(row) for row in passed if row["key"] not in again), *summary["passed"]]
    head = {
        "tenant": tenant,
        "on_date": problem.on_date,
        "shift_code": loaded.shift.code,
        "starts_at": problem.starts_at,
        "ends_at": problem.starts_at + dt.timedelta(seconds=problem.shift_s),
        "weight_served": score.weight_served,
        "weight_total": score.weight_total,
        "value": score.value,
        "value_total": score.value_total,
        "value_version": VALUE_VERSION,
        "recurrence": queries.dump(recurrence_facts(problem)),
        "summary": queries.dump({**summary, "demand": dict(loaded.facts), **(told or {})}),
        **facts,
    }
    plan_id = queries.insert_plan(session, head)
    rows = plan_rows(tenant, plan_id, problem, plan, score, clock)
    ids = [queries.insert_team(session, team) for team in rows.teams]
    for many in (rows.members, rows.vehicles, rows.stops, rows.legs):
        for row in many:
            number = row.pop("team")
            row["team_id"] = ids[number] if number is not None else None
    queries.insert_parts(session, rows.members, rows.vehicles, rows.stops, rows.legs)
    stored = queries.find_plan_by_id(session, plan_id)
    assert stored is not None
    said = {"plan": plan_id, "on": problem.on_date.isoformat(), "shift": loaded.shift.code, "version": stored.version}
    write_change(session, tenant, "plan.saved", facts=said, actor=str(facts["made_by"]))
    return as_saved(stored)


def as_saved(row: PlanRow, *, reused: bool = False) -> SavedPlan:
    """A stored plan as planning it gave it."""
    summary = row.summary
    return SavedPlan(
        id=row.id,
        on_date=row.on_date,
        shift_code=row.shift_code,
        version=row.version,
        weight_served=row.weight_served,
        weight_total=row.weight_total,
        teams=summary["teams"],
        stops=summary["stops"],
        served=summary["served"],
        value=row.value or 0,
        value_total=row.value_total or 0,
        districts=summary["districts"],
        unserved=summary["unserved"],
        closed=summary["closed"],
        broken=summary.get("broken", []),
        passed=summary.get("passed", []),
        parts=summary["parts"],
        reused=reused,
    )

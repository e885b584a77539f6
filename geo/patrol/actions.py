"""What people do with a shift: plan it, publish it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geo.db.changes import write_change
from geo.errors import Conflict, NotFound
from geo.patrol import queries
from geo.patrol.load import load_shift
from geo.patrol.save import SavedPlan, as_saved, save_plan
from geo.roads.actions import settle_owners

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

Progress = Callable[[str, int, int], None]

DEFAULT_ITERATIONS = 20_000
"""What a plan is given that is asked for without a word about it: 4 to 10 CPU seconds."""

QUICK_ITERATIONS = 1_500
"""For a demonstration, and for days ahead that are planned again when they come: seconds, and some 4 % less."""
SUMMED = ("teams", "stops", "served", "unserved", "closed", "weight_served", "weight_total", "km")


class UnknownPlan(NotFound):
    """There is no such plan."""


class PlanFixed(Conflict):
    """A published plan never changes; planning again makes the next version."""


def plan_shift(
    database: Database,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    *,
    seed: int = 1,
    iterations: int = DEFAULT_ITERATIONS,
    progress: Progress | None = None,
    actor: str = "system",
) -> SavedPlan:
    """Plan a shift of the whole county and store it as the next version.

    Parameters
    ----------
    on_date
        Local day on which the shift starts.
    shift_code
        A kind of shift of the county.
    seed, iterations
        The same two on the same data give the same plan; if it is the newest stored one, it is returned as it is.
    progress
        Called with (step, done, of); steps are ``load``, ``district``, ``roaming``, ``check``, ``save``.

    Raises
    ------
    UnknownShift, NoGround, NobodyOnDuty
        If there is nothing to plan with; the message names the mend.
    PlanRefused
        If the checker finds a breach: nothing is stored.
    TakenMeanwhile
        If another plan took a person or vehicle while this one was computed: nothing is stored.
    """
    from geo.patrol.evaluate import check_plan
    from geo.patrol.passing.plan import solve_passing

    tell = progress or _silent
    settle_owners(database, tenant)
    with database.begin(tenant) as session:
        loaded = load_shift(session, tenant, on_date, shift_code)
        digest = loaded.problem.digest()
        before = queries.find_plan(session, on_date, shift_code)
    tell("load", 1, 1)
    if before and (before.input_digest, before.seed, before.iterations) == (digest, seed, iterations):
        return as_saved(before, reused=True)
    found = solve_passing(loaded.network, loaded.problem, loaded.stretches, seed, iterations, progress=progress)
    loaded = replace(loaded, problem=found.problem)
    score = check_plan(loaded.network, loaded.problem, found.plan, loaded.register)
    tell("check", 1, 1)
    facts = {"seed": seed, "iterations": iterations, "input_digest": digest, "made_by": actor}
    with database.begin(tenant) as session:
        saved = save_plan(session, tenant, loaded, found.plan, score, facts, {"cuts": found.cuts})
    tell("save", 1, 1)
    return saved


def _silent(step: str, done: int, of: int) -> None:
    del step, done, of


def publish_plan(database: Database, tenant: str, plan_id: int, actor: str = "system") -> None:
    """Make a draft the plan that is in force; from then on it never changes.

    Raises
    ------
    UnknownPlan
        If there is none.
    PlanFixed
        If it is published or superseded already.
    """
    with database.begin(tenant) as session:
        plan = queries.find_plan_by_id(session, plan_id)
        if plan is None:
            raise UnknownPlan("patrol.unknown_plan", plan=plan_id)
        queries.lock_shift(session, tenant, plan.on_date, plan.shift_code)  # two at once would both be in force
        if not queries.publish(session, tenant, plan_id):
            raise PlanFixed("patrol.plan_fixed", plan=plan_id, status=plan.status)
        facts = {"plan": plan_id, "on": plan.on_date.isoformat(), "shift": plan.shift_code, "version": plan.version}
        write_change(session, tenant, "plan.published", facts=facts, actor=actor)


def ensure_plans(
    database: Database, tenant: str, on_date: dt.date, *, seed: int = 1, progress: Progress | None = None
) -> list[int]:
    """Plan every shift of a day that people are on duty for and that has no plan yet, with the quick budget.

    Returns
    -------
    list of int
        Ids of the newest plan of each shift, in the order of the shifts; a shift nobody is on duty for has none.
    """
    ids = []
    with database.begin(tenant) as session:
        kinds = queries.list_shift_kinds(session)
        known = {kind.code: queries.find_plan(session, on_date, kind.code) for kind in kinds}
        manned = {kind.code for kind in kinds if queries.load_people(session, on_date, kind.code)}
    for kind in kinds:
        if (plan := known[kind.code]) is not None:
            ids.append(plan.id)
        elif kind.code in manned:
            made = plan_shift(
                database, tenant, on_date, kind.code, seed=seed, iterations=QUICK_ITERATIONS, progress=progress
            )
            ids.append(made.id)
    return ids


def summarise_plans(session: Session, on_date: dt.date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The day's newest plans per 片区, and every stop left out.

    Returns
    -------
    tuple
        One object per 片区 by code: ``code``, ``name``, ``shifts`` (figures of each) and their sums ``teams``,
        ``stops``, ``served``, ``unserved``, ``closed``, ``weight_served``, ``weight_total``, ``km`` (of its
        local teams). One per unserved stop, shift by shift, the heaviest first.
    """
    by_code: dict[str, dict[str, Any]] = {}
    unserved: list[dict[str, Any]] = []
    for kind in queries.list_shift_kinds(session):
        plan = queries.find_plan(session, on_date, kind.code)
        if plan is None:
            continue
        for row in plan.summary["districts"]:
            figures = {key: value for key, value in row.items() if key not in ("code", "name")}
            entry = by_code.setdefault(
                row["code"], {"code": row["code"], "name": row["name"], **dict.fromkeys(SUMMED, 0), "shifts": []}
            )
            entry["shifts"].append({"shift": kind.code, "plan": plan.id, "version": plan.version, **figures})
            for name in SUMMED:
                value = len(row[name]) if name == "teams" else row[name]
                entry[name] = round(entry[name] + value, 3)
        unserved += [{"shift": kind.code, **row} for row in plan.summary["unserved"]]
    return [by_code[code] for code in sorted(by_code)], unserved

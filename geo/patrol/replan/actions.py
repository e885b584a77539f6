"""Plan the rest of a county's shift anew: the plan in force, what came up, the next version."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Conflict, Invalid, NotFound
from geo.patrol.load import Inputs, Loaded, load_inputs
from geo.patrol.queries import find_plan, lock_plans, lock_shift
from geo.patrol.replan import queries
from geo.patrol.replan.news import News, check_news, standing_teams, urgent_rows
from geo.patrol.replan.told import Ready, tell_changes
from geo.patrol.save import SavedPlan, as_saved, save_plan
from geo.roads.actions import settle_owners

if TYPE_CHECKING:
    from geo.db.engine import Database
    from geo.patrol.demand.wish import Wish
    from geo.patrol.evaluate import KeptDay
    from geo.patrol.problem import Plan, Problem
    from geo.patrol.queries import PlanRow
    from geo.patrol.replan.search import Replanned
    from geo.patrol.replan.seen import Seen

Progress = Callable[[str, int, int], None]

ITERATIONS: Final = 300
"""Budget of all searches together: seconds for a county."""


class NothingInForce(NotFound):
    """The shift has no plan to go on from."""


class ShiftOver(Conflict):
    """The shift has ended; there is no rest of it to plan."""


class OtherInForce(Conflict):
    """Another plan of the shift is in force than the one meant; look at that first."""


class UrgentOffNetwork(Invalid):
    """An urgent case that no street leads to; the facts say how far the nearest is."""


@dataclass(frozen=True)
class SavedAgain:
    """The new version, and what it changes: see :func:`replan_shift`."""

    plan: SavedPlan
    again: Mapping[str, Any]


def replan_shift(
    database: Database,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    news: News,
    *,
    now: dt.datetime | None = None,
    plan_id: int | None = None,
    seed: int = 1,
    iterations: int = ITERATIONS,
    actor: str = "system",
    progress: Progress | None = None,
) -> SavedAgain:
    """Plan the rest of a shift anew and store it as the next version, a draft.

    Closed streets, open cases, leave and vehicles are read as they are in the database now.

    Parameters
    ----------
    news
        What the database does not know.
    now
        Aware; this instant without. Before the shift begins, nothing is done yet.
    plan_id
        The plan that is meant to be in force.
    seed, iterations
        The same two with the same data, news and ``now`` give the same plan.
    progress
        Called with (step, done, of); steps are ``load``, ``again``, ``check``, ``save``.

    Returns
    -------
    SavedAgain
        ``again``: ``of`` (plan, version), ``now``, ``moved``, ``gone`` (each with its reason), ``new``,
        ``moved_permille``, ``value`` and ``value_before`` in thousandths of a violation-minute under the demand of now,
        ``lost`` by 片区 and, for each urgent case, who goes and when.

    Raises
    ------
    NothingInForce, OtherInForce, ShiftOver
        If there is nothing to plan anew.
    UnknownInNews, UrgentTooShort, UrgentOffNetwork, NobodyOnDuty
        If the news cannot be.
    """
    from geo.patrol.evaluate import check_plan
    from geo.patrol.passing.plan import with_passed
    from geo.patrol.passing.rides import Rider
    from geo.patrol.replan.search import replan

    tell = progress or _silent
    settle_owners(database, tenant)
    ready = _load(database, tenant, on_date, shift_code, news, now or dt.datetime.now(dt.UTC), plan_id)
    digest = _digest(ready)
    with database.begin(tenant) as session:
        newest = find_plan(session, on_date, shift_code)
    tell("load", 1, 1)
    if newest and (newest.input_digest, newest.seed, newest.iterations) == (digest, seed, iterations):
        return SavedAgain(as_saved(newest, reused=True), newest.summary["again"])
    gone = {code for code in ready.before if code not in {team.code for team in ready.problem.teams}}
    known = {stop.key for stop in ready.problem.stops}
    touched = {
        visit.key for code, day in ready.before.items() for visit in day if code in gone or visit.key not in known
    }
    found = replan(
        ready.problem, ready.before, ready.now_s, seed, iterations,
        late=ready.late, counts=ready.counts, touched=frozenset({*touched, *ready.urgent}), progress=progress,
    )  # fmt: skip
    plan = _with_hours_over(ready.problem, found.plan, ready.now_s)
    rider = Rider(ready.inputs.network, ready.problem, ready.stretches)
    held = tuple(len(found.kept.get(team.code, ())) for team in ready.problem.teams)
    plan = with_passed(rider, plan, held)
    register = ready.inputs.register
    score = check_plan(ready.inputs.network, ready.problem, plan, register, _kept(ready, found))
    tell("check", 1, 1)
    inputs = ready.inputs
    loaded = Loaded(
        inputs.county, inputs.shift, inputs.span, inputs.network, ready.problem, register, inputs.names,
        inputs.demand.facts,
    )  # fmt: skip
    told = tell_changes(ready, plan, found)
    facts = {"seed": seed, "iterations": iterations, "input_digest": digest, "made_by": actor}
    with database.begin(tenant) as session:
        lock_plans(session, tenant)
        lock_shift(session, tenant, on_date, shift_code)
        _refuse_other(queries.find_in_force(session, tenant, on_date, shift_code), ready.force)
        more = {"again": told, "cuts": ready.force.summary.get("cuts", {})}
        saved = save_plan(session, tenant, loaded, plan, score, facts, more, ready.passed)
        queries.carry_passed(session, tenant, ready.force.id, saved.id, [str(row["key"]) for row in ready.passed])
    tell("save", 1, 1)
    return SavedAgain(saved, told)


def _silent(step: str, done: int, of: int) -> None:
    del step, done, of


def _load(
    database: Database,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    news: News,
    now: dt.datetime,
    plan_id: int | None,
) -> Ready:
    from geo.patrol.passing.cuts import cut_trails
    from geo.patrol.replan.seen import SoFar, load_so_far, walked_keys
    from geo.patrol.replan.stored import LATE, on_the_way, passed_by, put_on, with_delay, without_done

    with database.begin(tenant) as session:
        force = queries.find_in_force(session, tenant, on_date, shift_code)
        if force is None:
            raise NothingInForce("patrol.no_plan", on=on_date.isoformat(), shift=shift_code)
        if plan_id is not None and force.id != plan_id:
            raise OtherInForce("patrol.again_other_in_force", plan=plan_id, force=force.id, version=force.version)
        if now >= force.ends_at:
            raise ShiftOver("patrol.again_over", on=on_date.isoformat(), shift=shift_code)
        teams = queries.load_teams(session, tenant, force.id)
        rows = queries.load_stops(session, tenant, force.id)
        legs = queries.load_legs(session, tenant, force.id)
        begun = now >= force.starts_at
        now_s = int((now - force.starts_at).total_seconds()) if begun else 0
        check_news(news, teams, int((force.ends_at - force.starts_at).total_seconds()), now_s)
        inputs = load_inputs(session, tenant, on_date, shift_code, now=now)
        so_far = load_so_far(session, inputs.county, force, now) if begun else SoFar()
    started = {
        row.key
        for row in rows
        if row.begin_s is not None and begun and _is_done(row, so_far.teams.get(row.team or ""), now_s)
    }
    urgent = urgent_rows(news, rows, started, inputs.span.length_s, now_s)
    standing = standing_teams(teams, news, inputs.register, on_date)
    problem = inputs.put_together([*inputs.demand.wishes, *_wishes(inputs, urgent)], teams=standing)
    cut = cut_trails(inputs.network, problem, inputs.stretches, force.summary.get("cuts", {}))
    passed = passed_by(force.summary.get("passed", []), now) if begun else []
    gone_by = {str(row["key"]) for row in passed}
    if so_far.teams:
        asked = {stop.key for stop in cut.problem.stops if stop.kind == "coverage"}
        trails = {key: stretch for key, stretch in cut.stretches.items() if key in asked}
        gone_by |= walked_keys(trails, so_far.open_streets, inputs.network)
    left = tuple(stop for stop in cut.problem.stops if stop.key not in gone_by)
    problem = dataclasses.replace(cut.problem, stops=left)
    for stop in problem.stops:
        if stop.key in {row.key for row in urgent[-len(news.urgent) :] if news.urgent} and not any(
            stop.options.values()
        ):
            nearest = min((off.nearest_m for off in stop.off.values()), default=-1)
            raise UrgentOffNetwork("patrol.again_off_network", name=stop.name, nearest_m=nearest)
    problem, before, counts = put_on(problem, rows, now_s if begun else None, so_far.teams)
    to_pass = [row for row in force.summary.get("passed", []) if str(row["key"]) not in gone_by]
    before = on_the_way(problem, before, counts, to_pass)
    problem, done = without_done(problem, before, now_s)
    late = {row.team: row.leave_s for row in rows if row.team and row.leave_s and row.key == f"{LATE}{row.team}"}
    late = {code: seconds for code, seconds in late.items() if not begun}
    late.update({code: minutes * 60 for code, minutes in news.late.items()})
    for code in [team.code for team in problem.teams if late.get(team.code) and not counts.get(team.code)]:
        problem, visit = with_delay(problem, code, now_s, late.pop(code))
        before, counts = {**before, code: (visit, *before.get(code, ()))}, {**counts, code: 1}
    new = [row.key for row in urgent]
    return Ready(
        inputs, force, problem, cut.stretches, before, counts, late, legs, rows, now_s, done, new, so_far.teams,
        passed,
    )  # fmt: skip


def _is_done(row: queries.StopRow, seen: Seen | None, now_s: int) -> bool:
    """Whether a stop was begun: by its team's tracks, else by the plan's clock."""
    return row.key in seen.did if seen is not None else row.begin_s is not None and row.begin_s <= now_s


def _wishes(inputs: Inputs, rows: Sequence[queries.StopRow]) -> list[Wish]:
    """Urgent cases as wishes, each owned by the 片区 it lies in."""
    import geopandas

    from geo.crs import STORAGE
    from geo.patrol.demand.load import owners_of
    from geo.patrol.demand.wish import Wish

    points = geopandas.GeoDataFrame(
        geometry=geopandas.points_from_xy([row.lon for row in rows], [row.lat for row in rows]), crs=STORAGE
    ).to_crs(inputs.network.srid)
    return [
        Wish(
            key=row.key,
            kind="deadline",
            name=row.name,
            layer=row.layer,
            feature_ids=(),
            district_code=owner,
            duty="deadline",
            weight=row.weight,
            licences_needed=row.licences_needed,
            windows=((row.low_s or 0, row.high_s or inputs.span.length_s),),
            service_s=row.service_s,
            required=True,
            geometry=point,
        )
        for row, point, owner in zip(rows, points.geometry, owners_of(points, inputs.districts), strict=True)
    ]


def _digest(ready: Ready) -> str:
    """SHA-256 of everything the new plan depends on."""
    days = {code: [dataclasses.astuple(visit) for visit in day] for code, day in ready.before.items()}
    words = [ready.problem.digest(), ready.force.id, ready.now_s, days, dict(ready.counts), dict(ready.late)]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _kept(ready: Ready, found: Replanned) -> dict[str, KeptDay]:
    """What the checker takes as it is: the visits that stay, and their legs as they were stored."""
    from geo.patrol.evaluate import KeptDay
    from geo.patrol.legs import Leg
    from geo.patrol.replan.ridden import kept_legs, seen_legs
    from geo.patrol.replan.stored import LATE

    stops = ready.problem.stops
    kept = {}
    for code, visits in found.kept.items():
        if not visits:
            continue
        mine = [leg for leg in ready.legs if leg.team == code]
        if code in ready.seen:
            keys = [row.key for row in ready.rows if row.team == code]
            done = [(stops[visit.stop].key, visit.begin_s, visit.leave_s) for visit in visits]
            kept[code] = KeptDay(tuple(visits), seen_legs(mine, keys, done))
            continue
        waiting = stops[visits[0].stop].key == f"{LATE}{code}"
        waits = waiting and visits[0].begin_s == ready.now_s
        legs = (Leg("travel", 0, 0, None),) if waits else kept_legs(mine, len(visits))
        kept[code] = KeptDay(tuple(visits), legs)
    return kept


def _with_hours_over(problem: Problem, plan: Plan, now_s: int) -> Plan:
    """The plan, where a stop whose hours were over before now says so."""
    from geo.patrol.problem import Reason

    reasons = dict(plan.unserved)
    for number in reasons:
        stop = problem.stops[number]
        if stop.windows and any(stop.options.values()) and stop.windows[-1][1] - stop.shortest_s() < now_s:
            reasons[number] = Reason("patrol.reason_over", {"minutes": (now_s - stop.windows[-1][1]) // 60})
    return dataclasses.replace(plan, unserved=reasons)


def _refuse_other(now: PlanRow | None, then: PlanRow) -> None:
    """Refuse if another plan came into force while this one was computed."""
    if now is None or now.id != then.id:
        force, version = (now.id, now.version) if now else (0, 0)
        raise OtherInForce("patrol.again_other_in_force", plan=then.id, force=force, version=version)

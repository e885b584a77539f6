"""What people do with a shift: plan it, publish it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.crs import to_metric
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.patrol import queries
from geo.roads.actions import settle_owners

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.patrol.build import Bureau, Standing
    from geo.patrol.demand.load import Demand
    from geo.patrol.demand.span import ShiftSpan
    from geo.patrol.demand.wish import Wish
    from geo.patrol.evaluate import PlanScore, Register
    from geo.patrol.problem import Person, Plan, Problem, Vehicle
    from geo.patrol.queries import PlanRow, ShiftKindRow
    from geo.patrol.stretches import Stretch
    from geo.roads.network import Network

Progress = Callable[[str, int, int], None]

DEFAULT_ITERATIONS = 1_500
A_YEAR = dt.timedelta(days=366)
SUMMED = ("teams", "stops", "served", "unserved", "closed", "weight_served", "weight_total", "km")


class UnknownShift(Invalid):
    """The county has no such kind of shift; the facts list those it has."""


class UnknownPlan(NotFound):
    """There is no such plan."""


class DayTooFar(Invalid):
    """A day so far back or ahead that it is a slip; the facts say which are taken."""


class NoGround(Invalid):
    """The county has no 片区 or no streets yet; the message says how to get them."""


class TakenMeanwhile(Conflict):
    """A plan of an overlapping shift was saved in the meantime with the same people or vehicles; plan again."""


class PlanFixed(Conflict):
    """A published plan never changes; planning again makes the next version."""


def get_shift_kind(session: Session, code: str) -> ShiftKindRow:
    """The county's kind of shift with that code.

    Raises
    ------
    UnknownShift
        If there is none; the facts list those there are.
    """
    kinds = {kind.code: kind for kind in queries.list_shift_kinds(session)}
    if code not in kinds:
        raise UnknownShift("patrol.unknown_shift", shift=code, known=", ".join(kinds) or "-")
    return kinds[code]


def check_day(on_date: dt.date, today: dt.date) -> None:
    """Refuse to plan a day that nobody means.

    Parameters
    ----------
    on_date
        Local day on which the shift starts.
    today
        The county's.

    Raises
    ------
    DayTooFar
        If it is more than a year before or after ``today``.

    Examples
    --------
    >>> check_day(dt.date(2027, 11, 22), dt.date(2026, 11, 22))
    >>> check_day(dt.date(9999, 12, 31), dt.date(2026, 11, 22))
    Traceback (most recent call last):
    geo.patrol.actions.DayTooFar: ...
    """
    first, last = today - A_YEAR, today + A_YEAR
    if not first <= on_date <= last:
        raise DayTooFar("patrol.day_too_far", on=on_date.isoformat(), first=first.isoformat(), last=last.isoformat())


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


@dataclass(frozen=True)
class Inputs:
    """What a shift's problem is put together from; ``districts`` are the 片区 in the metric CRS."""

    county: County
    shift: ShiftKindRow
    span: ShiftSpan
    network: Network
    districts: GeoDataFrame
    demand: Demand
    register: Register
    people: Sequence[Person]
    vehicles: Sequence[Vehicle]

    @property
    def names(self) -> dict[str, str]:
        """Names of the 片区 by code."""
        return dict(zip(self.districts["code"], self.districts["name"], strict=True))

    @property
    def stretches(self) -> dict[str, Stretch]:
        """Of each wish that is a stretch of street, by key."""
        return {wish.key: wish.stretch for wish in self.demand.wishes if wish.stretch is not None}

    def put_together(
        self, wishes: Sequence[Wish], bureau: Bureau | None = None, teams: Sequence[Standing] | None = None
    ) -> Problem:
        """The problem of these wishes, for teams that stand already or, without, such as are formed."""
        from geo.patrol.build import USUAL, build_problem
        from geo.patrol.demand.rests import rests_of

        return build_problem(
            self.network,
            wishes,
            self.people,
            self.vehicles,
            {row.code: (row.geometry, _whole(row.org_unit_id)) for row in self.districts.itertuples()},
            self.span.on_date,
            self.span.starts_at,
            self.span.length_s,
            self.names,
            self.demand.rules.order,
            bureau or USUAL,
            teams,
            rests_of(self.demand.rules.breaks, self.span),
        )


@dataclass(frozen=True)
class Loaded:
    """Everything a plan is computed from; ``stretches`` of the problem's stops by key."""

    county: County
    shift: ShiftKindRow
    span: ShiftSpan
    network: Network
    problem: Problem
    register: Register
    district_names: Mapping[str, str]
    facts: Mapping[str, Any]
    stretches: Mapping[str, Stretch] = field(default_factory=dict)


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


def load_shift(
    session: Session,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    staffed: tuple[Sequence[Person], Sequence[Vehicle]] | None = None,
) -> Loaded:
    """Read everything a shift is planned from and put the problem together.

    Parameters
    ----------
    staffed
        People and vehicles to plan with in place of those who are on duty and free.

    Raises
    ------
    UnknownShift, NoGround, NobodyOnDuty
        If there is nothing to plan with.
    """
    from geo.patrol.people.actions import load_bureau

    inputs = load_inputs(session, tenant, on_date, shift_code, staffed)
    problem = inputs.put_together(inputs.demand.wishes, load_bureau(session, inputs.county, on_date))
    return Loaded(
        inputs.county, inputs.shift, inputs.span, inputs.network, problem, inputs.register, inputs.names,
        inputs.demand.facts, inputs.stretches,
    )  # fmt: skip


def load_inputs(
    session: Session,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    staffed: tuple[Sequence[Person], Sequence[Vehicle]] | None = None,
    now: dt.datetime | None = None,
) -> Inputs:
    """Read everything a shift is planned from; parameters and errors as :func:`load_shift`.

    With ``now``, within the shift, streets that were closed before and are open again are open.
    """
    from geo.patrol.build import NobodyOnDuty
    from geo.patrol.demand.load import load_demand
    from geo.patrol.demand.rests import rests_of
    from geo.patrol.evaluate import Register
    from geo.roads.actions import load_network

    county = get_county(session, tenant)
    shift = get_shift_kind(session, shift_code)
    span = shift_span(county, shift, on_date)
    ends_at = span.starts_at + dt.timedelta(seconds=span.length_s)
    taken = queries.load_taken(session, on_date, shift_code, span.starts_at, ends_at)
    people = {person.id: person for person in queries.load_people(session, on_date, shift_code)}
    vehicles = {vehicle.id: vehicle for vehicle in queries.load_vehicles(session)}
    register = Register(people, vehicles, *taken)
    free = [person for person in people.values() if person.id not in register.taken_people]
    fleet = [vehicle for vehicle in vehicles.values() if vehicle.id not in register.taken_vehicles]
    if staffed is not None:
        free, fleet = list(staffed[0]), list(staffed[1])
    if not free:
        raise NobodyOnDuty("patrol.nobody_on_duty", on=on_date.isoformat(), people=0)
    districts = to_metric(queries.load_districts(session), county.metric_srid)
    if len(districts) == 0:
        raise NoGround("patrol.no_districts")
    network = load_network(session, county, max(span.starts_at, now or span.starts_at), ends_at)
    demand = load_demand(session, county, districts, network, span, shift_code, free)
    register = replace(register, rests=rests_of(demand.rules.breaks, span))
    return Inputs(county, shift, span, network, districts, demand, register, free, fleet)


def shift_span(county: County, kind: ShiftKindRow, on_date: dt.date) -> ShiftSpan:
    """The shift of a day in the county's local time; an end before its start is on the next day."""
    from geo.patrol.demand.span import ShiftSpan

    begin = kind.start_time.hour * 3600 + kind.start_time.minute * 60 + kind.start_time.second
    end = kind.end_time.hour * 3600 + kind.end_time.minute * 60 + kind.end_time.second
    end += 86_400 if end <= begin else 0
    starts_at = dt.datetime.combine(on_date, kind.start_time, ZoneInfo(county.time_zone)).astimezone(dt.UTC)
    return ShiftSpan(on_date, begin, end, starts_at, county.calendar)


def _whole(value: Any) -> int | None:
    import pandas

    return None if pandas.isna(value) else int(value)


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
) -> SavedPlan:
    """Store a checked plan as the shift's next version.

    Parameters
    ----------
    facts
        ``seed``, ``iterations``, ``input_digest``, ``made_by``.
    told
        What its summary tells besides, JSON-ready.

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


def ensure_plans(
    database: Database, tenant: str, on_date: dt.date, *, seed: int = 1, progress: Progress | None = None
) -> list[int]:
    """Plan every shift of a day that people are on duty for and that has no plan yet.

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
            ids.append(plan_shift(database, tenant, on_date, kind.code, seed=seed, progress=progress).id)
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

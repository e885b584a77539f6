"""Plans of shifts, behind login: who goes where, when, along which streets."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.answers import Json
from api.auth.permissions import Action, NobodyAllowed, NotAllowed, Principal, Thing, demand, may, own_only, reach_of
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.links import GEOJSON
from api.problems import language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.patrol import HorizonRequest, HorizonView, PlanDetail, PlanList, PlanRequest
from geo.db.counties import get_county
from geo.features.plans.actions import Sight, get_plan, list_plans, load_routes, load_stops, load_teams
from geo.patrol.export.actions import person_calendar
from geo.patrol.export.gpx import Waypoint, render_gpx
from geo.patrol.horizon.actions import review_horizon
from geo.patrol.load import check_day, get_shift_kind

router = APIRouter(prefix="/patrol", tags=["patrol"])

GPX = "application/gpx+xml"
ICAL = "text/calendar; charset=utf-8"
Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
ROUTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}
}


def sight_of(caller: Principal, thing: Thing = Thing.PLAN) -> Sight:
    """What the caller sees of the plans, or of the routes in them.

    Raises
    ------
    NobodyAllowed, NotAllowed
        If nothing at all.
    NotLinked
        If only their own, and the account is nobody's.
    """
    own = own_only(caller, Action.READ, thing)
    if own is not None:
        return Sight(False, None, staff=own)
    reach = reach_of(caller, Action.READ, thing)
    drafts = may(caller, Action.WRITE, Thing.PLAN)
    if reach is True:
        return Sight(drafts, None, checks=caller.account_id is not None)
    if isinstance(reach, frozenset):
        return Sight(drafts, reach, checks=caller.account_id is not None)
    if not caller.known:
        raise NobodyAllowed("auth.needed")
    raise NotAllowed("auth.not_allowed", action=Action.READ.value, thing=thing.value)


@router.get("/plans", summary="Plans, the newest first", responses=responses(403))
def read_plans(
    caller: Caller,
    session: Db,
    on_date: Annotated[dt.date | None, Query(description="Local day on which the shift starts.")] = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only plans with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PlanList:
    """Drafts only for those who plan; who walks sees the plans they are in."""
    sight = sight_of(caller, Thing.ROUTE)
    found = list_plans(session, caller.tenant, sight, on_date=on_date, before=before, most=limit)
    return PlanList.model_validate({"plans": found})


@router.post("/plans", summary="Plan a shift", status_code=202, responses=responses(403, 413, 422))
def request_plan(request: Request, caller: Caller, session: Db, body: PlanRequest) -> JobView:
    """The answer is the job to watch; its result names the plan."""
    demand(caller, Action.WRITE, Thing.PLAN)
    get_shift_kind(session, body.shift)
    check_day(body.date, get_county(session, caller.tenant).today())
    arguments = {"date": body.date.isoformat(), "shift": body.shift, "seed": body.seed}
    if body.draws is not None:
        arguments.update(draws=body.draws, why=body.why)
    job = request_job(session, caller.tenant, "plan_shift", arguments, caller.name, lock="plan")
    return view_job(job, language_of(request))


@router.post("/horizons", summary="Plan some days in a row", status_code=202, responses=responses(403, 413, 422))
def request_horizon(request: Request, caller: Caller, session: Db, body: HorizonRequest) -> JobView:
    """The answer is the job to watch; asked for again after a stop it goes on where it was."""
    demand(caller, Action.WRITE, Thing.PLAN)
    today = get_county(session, caller.tenant).today()
    for day in (body.date, body.date + dt.timedelta(days=body.days - 1)):
        check_day(day, today)
    arguments = {"date": body.date.isoformat(), "days": body.days, "seed": body.seed}
    job = request_job(session, caller.tenant, "plan_horizon", arguments, caller.name, lock="plan")
    return view_job(job, language_of(request))


@router.get("/horizons", summary="The plans of some days, and how they turn", responses=responses(403, 422))
def read_horizon(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(ge=dt.date(2000, 1, 1), le=dt.date(2100, 1, 1))],
    days: Annotated[int, Query(ge=1, le=42)] = 7,
) -> HorizonView:
    """For those who plan: it counts what each person does."""
    demand(caller, Action.WRITE, Thing.PLAN)
    last = first + dt.timedelta(days=days - 1)
    return HorizonView.model_validate(review_horizon(session, caller.tenant, first, last).as_json())


@router.get("/plans/{plan_id}", summary="One plan with teams and stops", responses=responses(403, 404))
def read_plan(caller: Caller, session: Db, plan_id: Identity) -> PlanDetail:
    """Confined to the caller's own 片区 or own team where the role is; names only for people who signed in."""
    sight = sight_of(caller, Thing.ROUTE)
    plan = get_plan(session, caller.tenant, plan_id, sight)
    teams = load_teams(session, caller.tenant, plan_id, sight)
    if caller.account_id is None:
        teams = [{**team, "members": [{**member, "name": None} for member in team["members"]]} for team in teams]
    stops = load_stops(session, caller.tenant, plan_id, sight)
    return PlanDetail.model_validate({**plan, "teams": teams, "stops": stops})


@router.get(
    "/plans/{plan_id}/routes",
    summary="Routes as GeoJSON",
    response_class=Response,
    responses={**ROUTES, **responses(403, 404)},
)
def read_routes(caller: Caller, session: Db, plan_id: Identity) -> Response:
    """One LineString a team, in the order walked."""
    sight = sight_of(caller, Thing.ROUTE)
    get_plan(session, caller.tenant, plan_id, sight)
    features = load_routes(session, caller.tenant, plan_id, sight)
    return Json({"type": "FeatureCollection", "features": features}, media_type=GEOJSON, headers=PRIVATE)


@router.get(
    "/plans/{plan_id}/routes.gpx", summary="Routes as GPX", response_class=Response,
    responses={200: {"content": {GPX: {"schema": {"type": "string"}}}}, **responses(403, 404)},
)  # fmt: skip
def read_routes_gpx(caller: Caller, session: Db, plan_id: Identity) -> Response:
    """One track a team and a waypoint a stop, for handheld receivers."""
    sight = sight_of(caller, Thing.ROUTE)
    get_plan(session, caller.tenant, plan_id, sight)
    stops = [
        Waypoint(stop["lon"], stop["lat"], stop["arrive_at"], stop["team"], stop["seq"], stop["name"], stop["kind"])
        for stop in load_stops(session, caller.tenant, plan_id, sight)
        if stop["arrive_at"] is not None
    ]
    routes = load_routes(session, caller.tenant, plan_id, sight)
    tracks = [(route["id"], route["geometry"]["coordinates"]) for route in routes if route["geometry"] is not None]
    name = f"plan-{plan_id}.gpx"
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(render_gpx(stops, tracks), 200, headers, GPX)


@router.get(
    "/people/{staff}/shifts.ics", summary="One person's shifts as iCalendar", response_class=Response,
    responses={200: {"content": {ICAL: {"schema": {"type": "string"}}}}, **responses(403, 404, 422)},
)  # fmt: skip
def read_shifts_ical(
    request: Request,
    caller: Caller,
    session: Db,
    staff: Annotated[str, Path(max_length=40, description="Staff number.")],
    first: Annotated[
        dt.date | None, Query(ge=dt.date(2000, 1, 1), le=dt.date(2100, 1, 1), description="First local day.")
    ] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 31,
) -> Response:
    """Published shifts and posts of one person, from today unless a day is given; it names who goes together."""
    demand(caller, Action.WRITE, Thing.PLAN)
    begin = first or get_county(session, caller.tenant).today()
    text = person_calendar(
        session, caller.tenant, staff, (begin, begin + dt.timedelta(days=days - 1)), language_of(request)
    )
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="shifts.ics"'}
    return Response(text, 200, headers, ICAL)


PRIVATE = {"Cache-Control": "private, no-store"}

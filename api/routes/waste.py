"""Construction waste over HTTP: feeds in, trips and deviations, spills, stockpiles, deviations out."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.problems import NO_NUL, language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.waste import (
    DeviationList,
    DeviationsSent,
    FeedDelivery,
    FeedReceipt,
    FeedReceipts,
    Judged,
    Judgement,
    Kind,
    Reconciled,
    SpillTraced,
    SpotSuited,
    State,
    TraceRequest,
    TripList,
)
from geo.cases.waste.deviations.actions import judge_deviation, list_deviations, send_deviations
from geo.cases.waste.feeds.actions import list_receipts, take_feed
from geo.cases.waste.siting.actions import suit_spot
from geo.cases.waste.spills.actions import trace_problem, trace_spill
from geo.cases.waste.trips.actions import BadDays, list_trips, reconcile
from geo.layers.register import get_kind

router = APIRouter(prefix="/waste", tags=["waste"])

Source = Annotated[str, Path(min_length=1, max_length=80, pattern=NO_NUL)]
First = Annotated[dt.date, Query(description="First local day.")]
Last = Annotated[dt.date, Query(description="Last local day.")]
Lon = Annotated[float, Query(description="Longitude, degrees.")]
Lat = Annotated[float, Query(description="Latitude, degrees.")]


@router.post("/feeds/{source}/{feed}", summary="Take positions or weighings", responses=responses(401, 403, 413, 422))
def take(
    caller: Caller, session: Db, source: Source, feed: Literal["fix", "ticket"], body: FeedDelivery
) -> FeedReceipt:
    """By the source's mapping; the same delivery or row again changes nothing, plates nobody registered are listed."""
    demand(caller, Action.WRITE, Thing.INTAKE)
    made = take_feed(session, caller.tenant, source, feed, body.rows, uid=body.uid, actor=caller.name)
    return FeedReceipt.model_validate(made)


@router.get("/feeds", summary="Receipts of deliveries", responses=responses(401, 403))
def read_receipts(
    caller: Caller, session: Db, kind: Literal["fix", "ticket", "deviation"] | None = None
) -> FeedReceipts:
    """In and out, the newest first."""
    demand(caller, Action.READ, Thing.INTAKE)
    return FeedReceipts.model_validate({"receipts": list_receipts(session, caller.tenant, kind)})


@router.post("/traces", summary="Read trips from positions", status_code=202, responses=responses(401, 403, 413, 422))
def request_trace(request: Request, caller: Caller, session: Db, body: TraceRequest) -> JobView:
    """The answer is the job to watch."""
    demand(caller, Action.WRITE, Thing.PLAN)
    if not 0 <= (body.last - body.first).days <= 365:
        raise BadDays("waste.days", first=body.first.isoformat(), last=body.last.isoformat())
    arguments = {"first": body.first.isoformat(), "last": body.last.isoformat()}
    job = request_job(session, caller.tenant, "trace_trips", arguments, caller.name, lock="trips")
    return view_job(job, language_of(request))


@router.get("/trips", summary="Trips of some days", responses=responses(401, 403, 422))
def read_trips(
    caller: Caller,
    session: Db,
    first: First,
    last: Last,
    site: Annotated[str | None, Query(max_length=80, pattern=NO_NUL)] = None,
) -> TripList:
    """As read last."""
    demand(caller, Action.READ, Thing.CASE)
    return TripList.model_validate({"trips": list_trips(session, caller.tenant, first, last, site=site)})


@router.get("/reconciliation", summary="Weighings against trips", responses=responses(401, 403, 422))
def read_reconciled(caller: Caller, session: Db, first: First, last: Last) -> Reconciled:
    """What was weighed without a trip, what was tipped without a weighing."""
    demand(caller, Action.READ, Thing.CASE)
    return Reconciled.model_validate(reconcile(session, caller.tenant, first, last))


@router.get("/deviations", summary="Deviations of some days", responses=responses(401, 403))
def read_deviations(
    caller: Caller, session: Db, first: First, last: Last, state: State | None = None, kind: Kind | None = None
) -> DeviationList:
    """In the caller's area."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = list_deviations(session, caller.tenant, first, last, area=area, state=state, kind=kind)
    return DeviationList.model_validate({"deviations": found})


@router.post("/deviations/{deviation}/steps", summary="Judge a deviation", responses=responses(401, 403, 404, 409, 422))
def write_judgement(
    caller: Caller, session: Db, deviation: Annotated[int, Path(ge=1, lt=1 << 63)], body: Judgement
) -> Judged:
    """A person confirms, dismisses or reconsiders; confirming with a code opens a problem."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    told = judge_deviation(
        session, caller.tenant, deviation, body.step, note=body.note, code=body.code, staff=body.staff,
        permit_checked=body.permit_checked, area=area, actor=caller.name,
    )  # fmt: skip
    return Judged.model_validate(told)


@router.post("/deliveries/{source}", summary="Give deviations out", responses=responses(401, 403, 422))
def deliver(caller: Caller, session: Db, source: Source) -> DeviationsSent:
    """Confirmed ones that the platform does not have as they are now; each delivery has a receipt."""
    demand(caller, Action.WRITE, Thing.INTAKE)
    return DeviationsSent.model_validate(send_deviations(session, caller.tenant, source, actor=caller.name))


@router.get("/spills", summary="Trace a spill back", responses=responses(400, 401, 403, 422))
def read_spill(
    caller: Caller,
    session: Db,
    lon: Lon,
    lat: Lat,
    at: Annotated[AwareDatetime | None, Query(description="When it was seen; now if absent.")] = None,
) -> SpillTraced:
    """Sites under way near it, permitted ways past it, loaded lorries that passed: leads with reasons, no verdict."""
    demand(caller, Action.READ, get_kind("worksite"))
    return SpillTraced.model_validate(trace_spill(session, caller.tenant, lon, lat, at or dt.datetime.now(dt.UTC)))


@router.get("/spills/{problem}", summary="Trace a problem back", responses=responses(401, 403, 404))
def read_problem(caller: Caller, session: Db, problem: uuid.UUID) -> SpillTraced:
    """The same for a problem on file in the caller's area, as it was when it was found."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return SpillTraced.model_validate(trace_problem(session, caller.tenant, problem, area=area))


@router.get("/places", summary="Where waste may lie", responses=responses(400, 401, 403, 422))
def read_places(caller: Caller, session: Db, lon: Lon, lat: Lat) -> SpotSuited:
    """The nearest places that take waste, and whether the spot would do as a temporary stockpile."""
    demand(caller, Action.READ, get_kind("waste_site"))
    return SpotSuited.model_validate(suit_spot(session, caller.tenant, lon, lat))

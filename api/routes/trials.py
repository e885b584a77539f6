"""Trials of a shift as jobs, behind login: a focus's price, ways of patrolling side by side; no plan is stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.problems import language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.trials import PriceOrder, SimulationOrder
from geo.db.counties import get_county
from geo.patrol.demand.book.rules import check_focus
from geo.patrol.load import check_day, get_shift_kind

router = APIRouter(prefix="/patrol", tags=["patrol"])


@router.post("/focuses/{code}/price", summary="Price a focus", status_code=202, responses=responses(403, 404, 413, 422))
def request_price(
    request: Request,
    caller: Caller,
    session: Db,
    code: Annotated[str, Path(min_length=1, max_length=60)],
    body: PriceOrder,
) -> JobView:
    """The answer is the job to watch; its result says what the focus wins where it looks and costs elsewhere."""
    demand(caller, Action.WRITE, Thing.PLAN)
    get_shift_kind(session, body.shift)
    check_day(body.date, get_county(session, caller.tenant).today())
    check_focus(session, code, body.date, body.shift)
    arguments = {"focus": code, **body.model_dump(mode="json")}
    job = request_job(session, caller.tenant, "price_focus", arguments, caller.name, lock="trial")
    return view_job(job, language_of(request))


@router.post("/simulations", summary="Simulate a shift", status_code=202, responses=responses(403, 413, 422))
def request_simulation(request: Request, caller: Caller, session: Db, body: SimulationOrder) -> JobView:
    """The answer is the job to watch; its result has one object a policy, and the assumptions."""
    demand(caller, Action.WRITE, Thing.PLAN)
    get_shift_kind(session, body.shift)
    check_day(body.date, get_county(session, caller.tenant).today())
    arguments = body.model_dump(mode="json")
    job = request_job(session, caller.tenant, "simulate_shift", arguments, caller.name, lock="trial")
    return view_job(job, language_of(request))

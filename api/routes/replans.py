"""The rest of a shift planned anew, behind login."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.problems import language_of, responses
from api.routes.patrol import Identity, sight_of
from api.schemas.jobs import JobView, view_job
from api.schemas.replans import AgainRequest
from geo.features.plans.actions import get_plan

router = APIRouter(prefix="/patrol", tags=["patrol"])


@router.post(
    "/plans/{plan_id}/again",
    summary="Plan the rest of a shift anew",
    status_code=202,
    responses=responses(403, 404, 413, 422),
)
def request_again(request: Request, caller: Caller, session: Db, plan_id: Identity, body: AgainRequest) -> JobView:
    """The answer is the job to watch; its result names the new draft and tells what it changes."""
    demand(caller, Action.WRITE, Thing.PLAN)
    plan = get_plan(session, caller.tenant, plan_id, sight_of(caller))
    arguments = {
        **body.model_dump(mode="json"),
        "now": body.at().isoformat(),
        "plan": plan_id,
        "date": plan["on_date"].isoformat(),
        "shift": plan["shift_code"],
    }
    job = request_job(session, caller.tenant, "replan_shift", arguments, caller.name, lock="plan")
    return view_job(job, language_of(request))

"""Choices of sites, behind login: relief points for vendors, temporary stockpiles."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.answers import Json
from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.links import GEOJSON
from api.problems import language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.sites import SiteOrder, SitePlanDetail, SitePlanList
from geo.hotspots.siting import queries
from geo.hotspots.siting.actions import get_sites, site_features
from geo.hotspots.siting.rules import read_rule
from geo.messages import say

router = APIRouter(prefix="/sites/plans", tags=["sites"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
CANDIDATES: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}
}
PRIVATE = {"Cache-Control": "private, no-store"}


@router.get("", summary="Choices of sites, the newest first", responses=responses(403))
def list_site_plans(
    caller: Caller,
    session: Db,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only plans with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SitePlanList:
    """Of the caller's county."""
    demand(caller, Action.READ, Thing.FINDING)
    found = queries.list_plans(session, caller.tenant, before=before, most=limit)
    return SitePlanList.model_validate({"plans": found}, from_attributes=True)


@router.post("", summary="Choose sites", status_code=202, responses=responses(403, 413, 422))
def request_sites(request: Request, caller: Caller, session: Db, body: SiteOrder) -> JobView:
    """The answer is the job to watch; its result names the choice."""
    demand(caller, Action.WRITE, Thing.FINDING)
    for rule in body.rules or ():
        read_rule(rule)
    job = request_job(session, caller.tenant, "plan_sites", body.model_dump(), caller.name, lock="sites")
    return view_job(job, language_of(request))


@router.get("/{plan_id}", summary="One choice of sites", responses=responses(403, 404))
def read_site_plan(request: Request, caller: Caller, session: Db, plan_id: Identity) -> SitePlanDetail:
    """The sites with what each adds, and the sentence for the planner."""
    demand(caller, Action.READ, Thing.FINDING)
    told = get_sites(session, caller.tenant, plan_id)
    spoken = told["summary"]["sentence"]
    sentence = say(spoken["code"], language_of(request), **spoken["facts"])
    return SitePlanDetail.model_validate({**told, "sentence": sentence})


@router.get(
    "/{plan_id}/candidates", summary="Every candidate as GeoJSON", response_class=Response,
    responses={**CANDIDATES, **responses(403, 404)},
)  # fmt: skip
def read_candidates(caller: Caller, session: Db, plan_id: Identity) -> Response:
    """The chosen by rank, then the others, each with the reasons that rule it out."""
    demand(caller, Action.READ, Thing.FINDING)
    features = site_features(session, caller.tenant, plan_id)
    return Json({"type": "FeatureCollection", "features": features}, media_type=GEOJSON, headers=PRIVATE)


@router.post("/{plan_id}/adopt", summary="Adopt a choice", status_code=202, responses=responses(403, 404))
def adopt_site_plan(request: Request, caller: Caller, session: Db, plan_id: Identity) -> JobView:
    """The answer is the job to watch; relief points become regulated vendor points."""
    demand(caller, Action.WRITE, Thing.FINDING)
    get_sites(session, caller.tenant, plan_id)
    job = request_job(session, caller.tenant, "adopt_sites", {"plan": plan_id}, caller.name, lock="sites")
    return view_job(job, language_of(request))

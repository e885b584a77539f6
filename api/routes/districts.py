"""Proposals of 片区, behind login: ask for one, look at it, move units, adopt it."""

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
from api.schemas.districts import MoveOrder, NameOrder, ProposalDetail, ProposalList, RecutOrder
from api.schemas.jobs import JobView, view_job
from geo.hotspots.districting import queries
from geo.hotspots.districting.proposals import get_standing, move_units, rename_district

router = APIRouter(prefix="/districts/proposals", tags=["districts"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
Code = Annotated[str, Path(min_length=1, max_length=40)]
UNITS: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}
}
PRIVATE = {"Cache-Control": "private, no-store"}


@router.get("", summary="Proposals, the newest first", responses=responses(403))
def list_district_proposals(
    caller: Caller,
    session: Db,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only proposals with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ProposalList:
    """Of the caller's county."""
    demand(caller, Action.READ, Thing.FINDING)
    found = queries.list_proposals(session, caller.tenant, before=before, most=limit)
    return ProposalList.model_validate({"proposals": found}, from_attributes=True)


@router.post("", summary="Propose a cut", status_code=202, responses=responses(403, 413, 422))
def request_districts(request: Request, caller: Caller, session: Db, body: RecutOrder) -> JobView:
    """The answer is the job to watch; its result names the proposal."""
    demand(caller, Action.WRITE, Thing.FINDING)
    arguments = {**body.model_dump(exclude={"walls"}), "walls": body.walls.model_dump(exclude_none=True)}
    job = request_job(session, caller.tenant, "recut_districts", arguments, caller.name, lock="districts")
    return view_job(job, language_of(request))


@router.get("/{proposal_id}", summary="One proposal with its loads", responses=responses(403, 404))
def read_district_proposal(caller: Caller, session: Db, proposal_id: Identity) -> ProposalDetail:
    """As edited so far."""
    demand(caller, Action.READ, Thing.FINDING)
    return ProposalDetail.model_validate(get_standing(session, caller.tenant, proposal_id))


@router.get(
    "/{proposal_id}/units", summary="Its units as GeoJSON", response_class=Response,
    responses={**UNITS, **responses(403, 404)},
)  # fmt: skip
def read_proposal_units(caller: Caller, session: Db, proposal_id: Identity) -> Response:
    """Each with its load, the 片区 it is in now, the one proposed, the one as edited, and the reason."""
    demand(caller, Action.READ, Thing.FINDING)
    get_standing(session, caller.tenant, proposal_id)
    features = queries.list_unit_features(session, caller.tenant, proposal_id)
    return Json({"type": "FeatureCollection", "features": features}, media_type=GEOJSON, headers=PRIVATE)


@router.post("/{proposal_id}/moves", summary="Move units", responses=responses(403, 404, 409, 413, 422))
def move_proposal_units(caller: Caller, session: Db, proposal_id: Identity, body: MoveOrder) -> ProposalDetail:
    """The answer is the proposal after the move; pieces may come apart until it is adopted."""
    demand(caller, Action.WRITE, Thing.FINDING)
    return ProposalDetail.model_validate(
        move_units(
            session, caller.tenant, proposal_id, body.units, body.to, revision=body.revision, actor=caller.name
        )
    )  # fmt: skip


@router.put("/{proposal_id}/districts/{code}", summary="Name a new 片区", responses=responses(403, 404, 409, 413, 422))
def name_proposal_district(
    caller: Caller, session: Db, proposal_id: Identity, code: Code, body: NameOrder
) -> ProposalDetail:
    """Only those that the proposal founds."""
    demand(caller, Action.WRITE, Thing.FINDING)
    told = rename_district(session, caller.tenant, proposal_id, code, body.name, actor=caller.name)
    return ProposalDetail.model_validate(told)


@router.post("/{proposal_id}/adopt", summary="Adopt a proposal", status_code=202, responses=responses(403, 404))
def adopt_district_proposal(request: Request, caller: Caller, session: Db, proposal_id: Identity) -> JobView:
    """The answer is the job to watch: areas, owners of streets and grids change together or not at all."""
    demand(caller, Action.WRITE, Thing.FINDING)
    get_standing(session, caller.tenant, proposal_id)
    arguments = {"proposal": proposal_id}
    job = request_job(session, caller.tenant, "adopt_districts", arguments, caller.name, lock="districts")
    return view_job(job, language_of(request))

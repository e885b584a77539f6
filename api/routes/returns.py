"""Returns and displacement, behind login: what comes back, how likely, why, and what moved."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.problems import language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.returns import (
    ChanceView,
    CurveList,
    HazardList,
    OperationRequest,
    RateList,
    Reason,
    StudyRequest,
    StudyView,
    TestList,
)
from geo.errors import NotFound
from geo.hotspots.displacement.actions import BadOperation, Operation, circle, note_operation
from geo.hotspots.displacement.queries import list_tests
from geo.hotspots.recurrence import queries
from geo.hotspots.recurrence.actions import get_study, study_json
from geo.hotspots.recurrence.reasons import reason_sentences

router = APIRouter(tags=["returns"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


class NoChance(NotFound):
    """The study in force tells nothing of this event."""


@router.get("/returns", summary="The study of returns in force", responses=responses(403, 404))
def read_study(caller: Caller, session: Db) -> StudyView:
    """What it looked at, and how chances told beforehand came out."""
    demand(caller, Action.READ, Thing.FINDING)
    return StudyView.model_validate(dict(study_json(get_study(session))))


@router.post("/returns", summary="Study returns", status_code=202, responses=responses(403, 413, 422))
def request_study(request: Request, caller: Caller, session: Db, body: StudyRequest) -> JobView:
    """The answer is the job to watch; operations are tested anew with it."""
    demand(caller, Action.WRITE, Thing.FINDING)
    within_s = None if body.within_hours is None else int(body.within_hours * 3600)
    arguments = {"within_s": within_s, "radius_m": body.radius_m}
    job = request_job(session, caller.tenant, "study_returns", arguments, caller.name, lock="returns")
    return view_job(job, language_of(request))


@router.get("/returns/curves", summary="Return curves", responses=responses(403, 404))
def read_curves(caller: Caller, session: Db) -> CurveList:
    """Share come back after closing, net of chance, with 95 % bounds."""
    demand(caller, Action.READ, Thing.FINDING)
    get_study(session)
    return CurveList.model_validate({"points": queries.list_curves(session)})


@router.get("/returns/rates", summary="Return rates against their own constant rate", responses=responses(403, 404))
def read_rates(caller: Caller, session: Db) -> RateList:
    """By 片区, class of place, post and campaign."""
    demand(caller, Action.READ, Thing.FINDING)
    get_study(session)
    return RateList.model_validate({"rates": queries.list_rates(session)})


@router.get("/returns/zones", summary="Hazards of hotspot zones", responses=responses(403, 404))
def read_hazards(caller: Caller, session: Db) -> HazardList:
    """Events by hour of the local week, and mean minutes to return."""
    demand(caller, Action.READ, Thing.FINDING)
    get_study(session)
    return HazardList.model_validate({"zones": queries.list_hazards(session)})


@router.get("/returns/reinspections", summary="Where to look again", responses=responses(403, 404))
def read_reinspections(
    request: Request, caller: Caller, session: Db, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> list[ChanceView]:
    """Closings whose time is not over, the likeliest tenth."""
    demand(caller, Action.READ, Thing.FINDING)
    get_study(session)
    return [_chance(request, told) for told in queries.list_reinspections(session, most=limit)]


@router.get("/returns/chances/{event}", summary="Chance of a return after a closing", responses=responses(403, 404))
def read_chance(request: Request, caller: Caller, session: Db, event: Identity) -> ChanceView:
    """With what raises and lowers it."""
    demand(caller, Action.READ, Thing.FINDING)
    told = queries.find_chance(session, event)
    if told is None:
        raise NoChance("returns.no_chance", event=event)
    return _chance(request, told)


@router.get("/displacement", summary="What operations did", responses=responses(403))
def read_tests(caller: Caller, session: Db) -> TestList:
    """Target, ring and places alike, during and after; small counts are ``insufficient``."""
    demand(caller, Action.READ, Thing.FINDING)
    return TestList.model_validate({"tests": list_tests(session)})


@router.post("/displacement", summary="Note an operation", status_code=201, responses=responses(403, 413, 422))
def write_operation(caller: Caller, session: Db, body: OperationRequest) -> dict[str, int]:
    """It is tested with the next study; one of the same key is replaced."""
    from shapely import Polygon

    demand(caller, Action.WRITE, Thing.FINDING)
    if body.ring is not None and body.point is not None:
        raise BadOperation("displacement.no_ground", key=body.key)
    area: Any = Polygon(body.ring) if body.ring else None
    if body.point is not None:
        area = circle(session, caller.tenant, *body.point, body.radius_m)
    operation = Operation(body.key, body.name, body.kind, body.from_at, body.to_at, tuple(body.codes), area)
    return {"id": note_operation(session, caller.tenant, operation, actor=caller.name)}


def _chance(request: Request, told: dict[str, Any]) -> ChanceView:
    sentences = reason_sentences(told, language_of(request))
    reasons = [
        Reason(family=family, effect=round(effect, 4), sentence=sentence)
        for family, effect, sentence in zip(told["reason_codes"], told["effects"], sentences, strict=True)
    ]
    return ChanceView.model_validate({**told, "reasons": reasons})

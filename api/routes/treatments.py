"""片区治理方案 over HTTP, behind login: read, suggested, written, approved, run, evaluated."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import responses
from api.routes.patrol import sight_of
from api.schemas.treatments import (
    TreatmentContent,
    TreatmentDetail,
    TreatmentDraft,
    TreatmentList,
    TreatmentRevision,
    TreatmentStepOrder,
)
from geo.db.counties import get_county
from geo.patrol.treatment import queries
from geo.patrol.treatment.actions import (
    UnknownTreatment,
    draft_treatment,
    get_treatment,
    revise_treatment,
    suggest_treatment,
    take_step,
)
from geo.patrol.treatment.states import open_steps

router = APIRouter(prefix="/patrol/treatments", tags=["patrol"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
District = Annotated[str, Query(min_length=1, max_length=40, description="Code of the 片区.")]


@router.get("", summary="Plans of 片区, the newest first", responses=responses(403))
def read_treatments(
    caller: Caller,
    session: Db,
    district: Annotated[str | None, Query(max_length=40)] = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only plans with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TreatmentList:
    """Of the 片区 the caller sees."""
    area = sight_of(caller).codes()
    found = queries.list_treatments(session, caller.tenant, area=area, district=district, before=before, most=limit)
    return TreatmentList.model_validate({"treatments": found})


@router.get("/suggestion", summary="A first draft from the record", responses=responses(403, 404, 422))
def read_suggestion(caller: Caller, session: Db, district: District) -> TreatmentContent:
    """Nothing is stored by it."""
    demand(caller, Action.WRITE, Thing.PLAN)
    today = get_county(session, caller.tenant).today()
    return TreatmentContent.of(suggest_treatment(session, caller.tenant, district, today))


@router.post("", summary="Write a draft", status_code=201, responses=responses(403, 404, 413, 422))
def write_draft(caller: Caller, session: Db, body: TreatmentDraft) -> TreatmentDetail:
    """It becomes the next version of its 片区."""
    demand(caller, Action.WRITE, Thing.PLAN)
    content = TreatmentContent.model_validate(body.model_dump(exclude={"district_code"})).as_written()
    number = draft_treatment(session, caller.tenant, body.district_code, content, caller.name)
    return _detail(session, caller.tenant, number)


@router.get("/{treatment_id}", summary="One plan of a 片区", responses=responses(403, 404))
def read_treatment(caller: Caller, session: Db, treatment_id: Identity) -> TreatmentDetail:
    """With its history and what can be done with it now."""
    area = sight_of(caller).area
    found = _detail(session, caller.tenant, treatment_id)
    if area is not None and found.district_code not in area:
        raise UnknownTreatment("treatment.unknown", treatment=treatment_id)
    return found


@router.put("/{treatment_id}", summary="Write a draft anew", responses=responses(403, 404, 409, 413, 422))
def rewrite_draft(caller: Caller, session: Db, treatment_id: Identity, body: TreatmentRevision) -> TreatmentDetail:
    """Refused if somebody else changed it since, or if it is no draft any more."""
    demand(caller, Action.WRITE, Thing.PLAN)
    content = TreatmentContent.model_validate(body.model_dump(exclude={"revision"})).as_written()
    revise_treatment(session, caller.tenant, treatment_id, body.revision, content, caller.name)
    return _detail(session, caller.tenant, treatment_id)


@router.post("/{treatment_id}/steps", summary="Approve, start, end, evaluate or withdraw",
             responses=responses(403, 404, 409, 422))  # fmt: skip
def take_treatment_step(
    caller: Caller, session: Db, treatment_id: Identity, body: TreatmentStepOrder
) -> TreatmentDetail:
    """Each step once, in the order of the plan's life."""
    demand(caller, Action.WRITE, Thing.PLAN)
    take_step(session, caller.tenant, treatment_id, body.step, caller.name, note=body.note)
    return _detail(session, caller.tenant, treatment_id)


def _detail(session: Db, tenant: str, treatment_id: int) -> TreatmentDetail:
    row = get_treatment(session, tenant, treatment_id)
    history = queries.list_steps(session, tenant, treatment_id)
    return TreatmentDetail.model_validate({**row, "history": history, "open_steps": list(open_steps(row["status"]))})

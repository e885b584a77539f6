"""Documents and rechecks over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, area_of, demand, reach_of
from api.deps import Caller, Db, Holder
from api.problems import responses
from api.routes.subjects import reader_of, signer_of
from api.schemas.notices import (
    ApprovalOrder,
    DateList,
    DocumentDetail,
    DocumentKind,
    DocumentLine,
    DocumentList,
    DocumentOrder,
    DocumentState,
    DocumentStepOrder,
    RecheckList,
    RecheckOrder,
    ReportOrder,
    SeizureList,
    SeizureReport,
)
from geo.cases.notices import queries
from geo.cases.notices.actions import (
    DocumentDraft,
    DocumentNeeds,
    DocumentStep,
    draft_document,
    end_recheck,
    get_line,
    open_document,
    take_step,
)
from geo.cases.secrets.actions import open_secrets
from geo.cases.seizures.actions import decide_report, list_reports, report_seizure
from geo.db.counties import get_county
from geo.features.locate import district_at

router = APIRouter(prefix="/documents", tags=["law"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("", summary="Documents, the newest first", responses=responses(401, 403))
def read_documents(
    caller: Caller,
    session: Db,
    kind: DocumentKind | None = None,
    state: DocumentState | None = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DocumentList:
    """Of the 片区 the caller sees; subjects masked, contents left out."""
    area = reader_of(caller).area
    found = queries.list_documents(session, caller.tenant, area=area, kind=kind, state=state, before=before, most=limit)
    return DocumentList.model_validate({"documents": found})


@router.post("", summary="Draft a document", status_code=201,
             responses=responses(401, 403, 404, 409, 413, 422, 503))  # fmt: skip
def write_document(service: Holder, caller: Caller, session: Db, body: DocumentOrder) -> DocumentLine:
    """It gets its number when two have signed it out; the same uid again changes nothing."""
    district = district_at(session, get_county(session, caller.tenant), body.lon, body.lat)
    area = reader_of(caller, Action.WRITE).area
    if district is None:
        raise DocumentNeeds("notices.outside", lon=body.lon, lat=body.lat)
    demand(caller, Action.WRITE, Thing.SUBJECT, district)
    keys = open_secrets(session, caller.tenant, service.settings.home)
    number = draft_document(session, caller.tenant, keys, DocumentDraft(**body.model_dump()), signer_of(caller))
    return DocumentLine.model_validate(get_line(session, caller.tenant, number, area))


@router.get("/dates", summary="Documents by what is due where", responses=responses(401, 403))
def read_dates(
    caller: Caller,
    session: Db,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only rows with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DateList:
    """The newest first, of the 片区 the caller sees; for whoever may read cases, so without whom they are about."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = queries.list_documents(session, caller.tenant, area=area, kind=None, state=None, before=before, most=limit)
    return DateList.model_validate({"documents": found})


@router.get("/overdue", summary="Documents past their last day", responses=responses(401, 403))
def read_overdue(caller: Caller, session: Db) -> DocumentList:
    """Notices nobody has looked at again, and goods held too long; the longest first."""
    today = get_county(session, caller.tenant).today()
    found = queries.list_overdue(session, caller.tenant, today, reader_of(caller).area)
    return DocumentList.model_validate({"documents": found})


@router.get("/rechecks", summary="What must be looked at again", responses=responses(401, 403))
def read_rechecks(
    caller: Caller, session: Db, done: Annotated[bool, Query(description="Done ones too.")] = False
) -> RecheckList:
    """By the day; of the 片区 the caller sees."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = queries.list_rechecks(session, caller.tenant, area=area, only_open=not done)
    if reach_of(caller, Action.READ, Thing.SUBJECT) is False:
        found = [{**row, "subject": None} for row in found]
    return RecheckList.model_validate({"rechecks": found})


@router.post("/rechecks/{recheck}", summary="Write what was found",
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def post_recheck(caller: Caller, session: Db, recheck: Identity, body: RecheckOrder) -> DocumentLine:
    """By an officer; the notice moves on with it."""
    area = reader_of(caller, Action.WRITE).area
    row = end_recheck(session, caller.tenant, recheck, body.result, body.note, signer_of(caller), body.at, area)
    return DocumentLine.model_validate(row)


@router.get("/seizures", summary="Goods that wait for the head", responses=responses(401, 403))
def read_seizures(caller: Caller, session: Db) -> SeizureList:
    """扣押, 先行登记保存 and longer 扣押 of the 片区 the caller sees: due, late, or to be given back at once."""
    found = list_reports(session, caller.tenant, dt.datetime.now(dt.UTC), reader_of(caller).area)
    return SeizureList.model_validate({"seizures": found})


@router.put("/{document}/report", summary="Report goods to the head",
            responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def put_report(caller: Caller, session: Db, document: Identity, body: ReportOrder) -> SeizureReport:
    """By an officer, before goods are taken or held longer, or within 24 hours of seizing them on the spot.

    行政强制法 arts. 18, 19, 25; 行政处罚法 art. 56.
    """
    area = reader_of(caller, Action.WRITE).area
    given = (session, caller.tenant, document, body.head, body.note, signer_of(caller), body.at, area, body.about)
    return SeizureReport.model_validate(report_seizure(*given))


@router.put("/{document}/approval", summary="Decide as the head",
            responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def put_approval(caller: Caller, session: Db, document: Identity, body: ApprovalOrder) -> SeizureReport:
    """By the head named in the report, with their own account; what is refused is given back at once."""
    area = reader_of(caller, Action.WRITE).area
    given = (session, caller.tenant, document, body.decision, body.note, signer_of(caller), body.at, area, body.about)
    return SeizureReport.model_validate(decide_report(*given))


@router.get("/{document}", summary="One document", responses=responses(401, 403, 404, 503))
def read_document(service: Holder, caller: Caller, session: Db, document: Identity) -> DocumentDetail:
    """With what it says; that it was read is logged as a look into the subject's file."""
    reader = reader_of(caller)
    keys = open_secrets(session, caller.tenant, service.settings.home)
    return DocumentDetail.model_validate(open_document(session, caller.tenant, keys, document, reader))


@router.post("/{document}/steps", summary="Take a step",
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def post_step(caller: Caller, session: Db, document: Identity, body: DocumentStepOrder) -> DocumentLine:
    """What goes out or takes something waits until both officers of the team have sent the same."""
    get_line(session, caller.tenant, document, reader_of(caller, Action.WRITE).area)
    row = take_step(session, caller.tenant, document, DocumentStep(**body.model_dump()), signer_of(caller))
    return DocumentLine.model_validate(row)

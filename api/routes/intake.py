"""The way in for other systems: work orders pushed with receipts, answers fetched, files, and the public form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth.permissions import Action, Principal, Thing, demand
from api.deps import Caller, Db, Holder
from api.jobs.actions import request_job
from api.problems import NO_NUL, language_of, responses
from api.routes.complaints import read_form
from api.schemas.complaints import (
    Channel,
    Delivered,
    DeliveredForm,
    Outbox,
    PublicReport,
    ReceiptList,
    SourceForm,
    SourceList,
    TakenView,
)
from api.schemas.jobs import JobView, view_job
from api.uploads import BODY, kept_upload
from geo.cases.complaints import intake, queries
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.orders import FieldMap, body_digest
from geo.cases.complaints.receiving import receive_draft, receive_order
from geo.db.engine import Database
from geo.errors import TooLarge

router = APIRouter(prefix="/intake", tags=["complaints"])

Source = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[\w.-]+$")]
MOST_A_DAY = 500
"""Reports that the public form takes in a county in 24 hours; a call does not wait for a form."""


class FormFull(TooLarge):
    """The public form takes no more today; the message names the telephone."""


@router.post(
    "/orders/{source}", summary="Push a work order",
    responses={201: {"model": TakenView}, **responses(403, 404, 413, 422)},
)  # fmt: skip
def push(
    caller: Caller,
    service: Holder,
    response: Response,
    source: Source,
    body: Annotated[dict[str, Any], Body(description="The order in the source's own fields; see its mapping.")],
) -> TakenView:
    """201 when it is taken, 200 when its number was sent before: then nothing changes. Every answer has a receipt.

    What cannot be taken is refused with 422, and ``facts.faults`` names field and mend of everything that is wrong.
    """
    demand(caller, Action.WRITE, Thing.INTAKE)
    home = service.settings.home
    try:
        with service.database.begin(caller.tenant) as session:
            taken = receive_order(session, caller.tenant, home, source, body, actor=caller.name)
    except intake.OrderRejected as error:
        _note_rejected(service.database, caller, source, body, error)
        raise
    response.status_code = 201 if taken.outcome == "accepted" else 200
    return TakenView.model_validate({"complaint": taken.complaint_id, "outcome": taken.outcome})


@router.get("/replies/{source}", summary="Answers that wait to go back", responses=responses(403))
def read_outbox(
    caller: Caller,
    session: Db,
    source: Source,
    after: Annotated[int, Query(ge=0, lt=1 << 63, description="Only answers with a greater id.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Outbox:
    """Of complaints that came through this source, by id, until they are noted as delivered."""
    demand(caller, Action.READ, Thing.INTAKE)
    return Outbox.model_validate({"replies": desk.list_outbox(session, caller.tenant, source, after, limit)})


@router.post("/replies/{source}", summary="Note answers as delivered", responses=responses(403, 413, 422))
def note_delivered(caller: Caller, session: Db, source: Source, body: DeliveredForm) -> Delivered:
    """Noted again they stay as they are."""
    demand(caller, Action.WRITE, Thing.INTAKE)
    return Delivered(delivered=desk.mark_delivered(session, caller.tenant, body.ids, source))


@router.get("/receipts", summary="What became of what was sent, the newest first", responses=responses(403))
def read_receipts(
    caller: Caller,
    session: Db,
    source: Annotated[str | None, Query(max_length=60, pattern=NO_NUL)] = None,
    external_id: Annotated[str | None, Query(max_length=80, pattern=NO_NUL)] = None,
    outcome: Literal["accepted", "unchanged", "different", "rejected"] | None = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ReceiptList:
    """The bodies themselves are not kept."""
    demand(caller, Action.READ, Thing.INTAKE)
    found = queries.list_receipts(
        session, caller.tenant, source=source, external_id=external_id, outcome=outcome, before=before, most=limit
    )  # fmt: skip
    return ReceiptList.model_validate({"receipts": found})


@router.get("/sources", summary="Sources and how their fields are read", responses=responses(403))
def read_sources(caller: Caller, session: Db) -> SourceList:
    """By name."""
    demand(caller, Action.READ, Thing.INTAKE)
    return SourceList.model_validate({"sources": queries.list_sources(session, caller.tenant)})


@router.put("/sources/{source}", summary="Set a source", responses=responses(403, 413, 422))
def set_source(caller: Caller, session: Db, source: Source, body: SourceForm) -> SourceList:
    """Its channel, which of its fields is which of ours, and whether it is in use."""
    demand(caller, Action.WRITE, Thing.LAYER)
    mapping = FieldMap(body.fields, body.values, body.defaults, body.offset)
    intake.set_source(
        session, caller.tenant, source, body.channel, mapping, active=body.active, actor=caller.name
    )  # fmt: skip
    return SourceList.model_validate({"sources": queries.list_sources(session, caller.tenant)})


@router.post(
    "/files", summary="Import complaints", status_code=202, responses=responses(403, 413, 422),
    openapi_extra={"requestBody": BODY},
)  # fmt: skip
async def upload(
    request: Request,
    service: Holder,
    caller: Caller,
    source: Annotated[str, Query(min_length=1, max_length=60, pattern=r"^[\w.-]+$", description="Data set.")],
    channel: Annotated[Channel, Query(description="Of rows that name none.")],
) -> JobView:
    """CSV or Excel; ``mapping`` names columns, ``layer`` the sheet, ``offset`` shifted points. A job answers."""
    demand(caller, Action.WRITE, Thing.INTAKE)
    given = {"source": source, "channel": channel}
    async with kept_upload(request, service.settings.home / "uploads" / caller.tenant) as sent:
        return await run_in_threadpool(_queue, request, service.database, caller, {**sent.as_arguments(), **given})


@router.post("/public", summary="Report something to the bureau", status_code=201, responses=responses(404, 413, 422))
def report(caller: Caller, session: Db, service: Holder, body: PublicReport) -> TakenView:
    """Anybody may, where the bureau has switched the form on; no name, no number. Sent again it changes nothing."""
    channel, _ = intake.get_source(session, caller.tenant, intake.PUBLIC)
    if queries.count_recent(session, caller.tenant, intake.PUBLIC) >= MOST_A_DAY:
        raise FormFull("complaints.form_full", most=MOST_A_DAY)
    draft = read_form(session, caller.tenant, body.model_dump(mode="json"), channel)
    taken = receive_draft(
        session, caller.tenant, service.settings.home, draft, body.uid, source=intake.PUBLIC, actor=intake.PUBLIC
    )  # fmt: skip
    return TakenView.model_validate({"complaint": taken.complaint_id, "outcome": taken.outcome})


def _note_rejected(
    database: Database, caller: Principal, source: str, body: Mapping[str, Any], error: intake.OrderRejected
) -> None:
    """The receipt of a refusal, in a transaction of its own."""
    faults = error.facts["faults"]
    assert isinstance(faults, list)
    with database.begin(caller.tenant) as session:
        intake.note_rejected(
            session, caller.tenant, database.settings.home, source, None, body_digest(body), faults, actor=caller.name
        )  # fmt: skip


def _queue(request: Request, database: Database, caller: Principal, given: dict[str, Any]) -> JobView:
    """Ask for the import; committed when this returns."""
    with database.begin(caller.tenant) as session:
        job = request_job(session, caller.tenant, "import_complaints", given, caller.name, lock="complaints")
        return view_job(job, language_of(request))

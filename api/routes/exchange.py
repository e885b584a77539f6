"""上级平台 over HTTP: forms, files of a period, receipts. For who plans and administers; names of staff are in it."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.exchange import DeliveryList, DeliveryOrder, FormList, FormOrder, ReceiptOrder, SubjectWord
from geo.cases.exchange import queries
from geo.cases.exchange.actions import make_delivery, note_receipt, set_form

router = APIRouter(prefix="/exchange", tags=["problems"])

Platform = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[\w.-]+$")]
SHEET = "text/csv; charset=utf-8"


@router.get("/forms", summary="What platforms want", responses=responses(401, 403))
def read_forms(caller: Caller, session: Db) -> FormList:
    """By platform and subject."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return FormList.model_validate({"forms": queries.list_forms(session, caller.tenant)})


@router.put("/forms/{platform}/{topic}", summary="Set a form", responses=responses(401, 403, 413, 422))
def put_form(caller: Caller, session: Db, platform: Platform, topic: SubjectWord, body: FormOrder) -> FormList:
    """Headings in order, each with our field or a fixed text."""
    demand(caller, Action.WRITE, Thing.PLAN)
    columns = [one.model_dump(exclude_defaults=True) for one in body.columns]
    set_form(session, caller.tenant, platform, topic, columns, actor=caller.name)
    return FormList.model_validate({"forms": queries.list_forms(session, caller.tenant)})


@router.post("/forms/{platform}/{topic}/files", summary="Make the file of a period",
             responses=responses(401, 403, 404, 413, 422), response_class=Response)  # fmt: skip
def make(caller: Caller, session: Db, platform: Platform, topic: SubjectWord, body: DeliveryOrder) -> Response:
    """CSV as Excel opens it; the header ``X-Delivery`` is its number in the log."""
    demand(caller, Action.WRITE, Thing.PLAN)
    with tempfile.TemporaryDirectory(prefix="pianqu-exchange-") as folder:
        path = FilePath(folder) / "file.csv"
        made = make_delivery(
            session, caller.tenant, platform, topic, body.from_on, body.to_on, path, actor=caller.name
        )  # fmt: skip
        return Response(path.read_bytes(), media_type=SHEET, headers={"X-Delivery": str(made["delivery"])})


@router.get("/deliveries", summary="What was handed over, the newest first", responses=responses(401, 403))
def read_deliveries(
    caller: Caller,
    session: Db,
    platform: Annotated[str | None, Query(max_length=60, pattern=NO_NUL)] = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DeliveryList:
    """With digests and receipts; files are not kept."""
    demand(caller, Action.WRITE, Thing.PLAN)
    found = queries.list_deliveries(session, caller.tenant, platform=platform, before=before, most=limit)
    return DeliveryList.model_validate({"deliveries": found})


@router.post("/deliveries/{delivery}/receipt", summary="Note a receipt", status_code=204,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def receive(caller: Caller, session: Db, delivery: Annotated[int, Path(ge=1, lt=1 << 63)], body: ReceiptOrder) -> None:
    """The same again changes nothing."""
    demand(caller, Action.WRITE, Thing.PLAN)
    note_receipt(
        session, caller.tenant, delivery, body.receipt, body.accepted, body.refused, note=body.note, actor=caller.name
    )  # fmt: skip

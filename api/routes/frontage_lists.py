"""红黑榜 over HTTP, inside the bureau: drawn up, told, appealed against, issued."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.frontages import Appeal, AppealAnswer, ListDetail, ListDraft, ListOrder, Lists
from geo.cases.frontages.checks import monthly
from geo.cases.frontages.checks.queries import list_lists

router = APIRouter(prefix="/frontage-lists", tags=["frontages"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("", summary="Monthly lists, the newest first", responses=responses(403))
def read_lists(caller: Caller, session: Db) -> Lists:
    """Internal: no list is part of any open feed."""
    area_of(caller, Action.READ, Thing.CASE)
    return Lists.model_validate({"lists": list_lists(session, caller.tenant)})


@router.post("", summary="Draw up the list of a month", status_code=201, responses=responses(403, 409, 422))
def draw(caller: Caller, session: Db, body: ListDraft) -> ListDetail:
    """From the checks of the month that are written down now; a later draft is the next version."""
    demand(caller, Action.WRITE, Thing.CASE)
    return _detail(session, caller.tenant, monthly.draft_list(session, caller.tenant, body.month_on, actor=caller.name))


@router.get("/{list_id}", summary="One list", responses=responses(403, 404))
def read_list(caller: Caller, session: Db, list_id: Identity) -> ListDetail:
    """Its shops in the 片区 the caller sees, and whether the checks still give the same list."""
    return _detail(session, caller.tenant, list_id, area_of(caller, Action.READ, Thing.CASE))


@router.post("/{list_id}/steps", summary="Tell the shops, issue, or withdraw", responses=responses(403, 404, 409, 422))
def step(caller: Caller, session: Db, list_id: Identity, body: ListOrder) -> ListDetail:
    """Nothing is issued before the days of appeal are over and every appeal is answered."""
    demand(caller, Action.WRITE, Thing.CASE)
    if body.step == "notify":
        until = body.appeal_to_on or dt.date.min
        monthly.notify_shops(session, caller.tenant, list_id, until, actor=caller.name)
    elif body.step == "issue":
        monthly.issue_list(session, caller.tenant, list_id, actor=caller.name)
    else:
        monthly.withdraw_list(session, caller.tenant, list_id, body.note, actor=caller.name)
    return _detail(session, caller.tenant, list_id)


@router.post("/rows/{row_id}/appeal", summary="Note a shop's appeal", status_code=204,
             responses=responses(403, 404, 409, 422))  # fmt: skip
def appeal(caller: Caller, session: Db, row_id: Identity, body: Appeal) -> None:
    """While the list is out and its days of appeal run."""
    demand(caller, Action.WRITE, Thing.CASE)
    monthly.appeal(session, caller.tenant, row_id, body.said, actor=caller.name)


@router.post("/rows/{row_id}/answer", summary="Answer an appeal", status_code=204,
             responses=responses(403, 404, 409, 422))  # fmt: skip
def answer(caller: Caller, session: Db, row_id: Identity, body: AppealAnswer) -> None:
    """One upheld keeps the shop off what is issued."""
    demand(caller, Action.WRITE, Thing.CASE)
    monthly.answer_appeal(session, caller.tenant, row_id, body.verdict, body.answer, actor=caller.name)


def _detail(session: Db, tenant: str, list_id: int, area: list[str] | None = None) -> ListDetail:
    found = monthly.get_list(session, tenant, list_id)
    rows = monthly.read_rows(session, tenant, list_id, area=area)
    again = monthly.is_reproduced(session, tenant, list_id)
    return ListDetail.model_validate({**found, "rows": rows, "reproduced": again})

"""一单四制, 化解台账, 通报 and 抽检 over HTTP, behind login."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.routes.complaints import see
from api.schemas.resolution import (
    AuditForm,
    AuditList,
    AuditView,
    CheckForm,
    CheckView,
    IssueForm,
    IssueList,
    IssueView,
    ItemList,
    MeasureForm,
    SourceName,
)
from geo.cases.resolution import actions, queries
from geo.cases.resolution.dossier import build_dossier, render_dossier

router = APIRouter(tags=["complaints"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
First = Annotated[dt.date, Query(description="First local day of what was found.")]
Last = Annotated[dt.date, Query(description="Last local day, included.")]


@router.get("/resolution/items", summary="问题清单: the list over all sources", responses=responses(403, 422))
def read_items(
    caller: Caller,
    session: Db,
    first: First,
    last: Last,
    source: Annotated[list[SourceName] | None, Query(max_length=10)] = None,
    open_only: Annotated[bool, Query(description="Only what is not written off.")] = False,
) -> ItemList:
    """交办, 反馈, 销号, 通报, each with date and person, in the 片区 the caller sees."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = actions.list_items(
        session, caller.tenant, first, last, sources=source or (), area=area, open_only=open_only
    )  # fmt: skip
    return ItemList.model_validate({"items": [asdict(one) for one in found]})


@router.put("/resolution/items/{source}/{row}", summary="责任, 措施, 时限", status_code=204,
            responses=responses(403, 404, 413, 422))  # fmt: skip
def set_measure(caller: Caller, session: Db, source: SourceName, row: Identity, body: MeasureForm) -> Response:
    """Set again it replaces; what was said before is kept."""
    demand(caller, Action.WRITE, Thing.CASE)
    actions.set_measure(session, caller.tenant, source, row, **body.model_dump(), actor=caller.name)
    return Response(status_code=204)


@router.get("/resolution/issues", summary="Bulletins, the newest first", responses=responses(403))
def read_issues(caller: Caller, session: Db) -> IssueList:
    """At most a hundred."""
    demand(caller, Action.READ, Thing.CASE)
    return IssueList.model_validate({"issues": queries.list_issues(session, caller.tenant)})


@router.post("/resolution/issues", summary="通报: issue the list", status_code=201,
             responses=responses(403, 409, 413, 422))  # fmt: skip
def issue(caller: Caller, session: Db, body: IssueForm) -> IssueView:
    """As it stands now, for good."""
    demand(caller, Action.WRITE, Thing.LAYER)
    made = actions.issue_list(
        session, caller.tenant, body.number, body.from_on, body.to_on, sources=body.sources, actor=caller.name
    )  # fmt: skip
    return IssueView.model_validate(made)


@router.get("/resolution/issues/{number}", summary="One bulletin", responses=responses(403, 404))
def read_issue(caller: Caller, session: Db, number: Annotated[str, Path(max_length=60)]) -> IssueView:
    """As it was issued."""
    demand(caller, Action.READ, Thing.CASE)
    return IssueView.model_validate(actions.get_issue(session, caller.tenant, number))


@router.get("/audits", summary="抽检, the newest first", responses=responses(403))
def read_audits(caller: Caller, session: Db) -> AuditList:
    """At most a hundred, without their rows."""
    demand(caller, Action.READ, Thing.CASE)
    return AuditList.model_validate({"audits": queries.list_audits(session, caller.tenant)})


@router.post("/audits", summary="Draw a sample", status_code=201, responses=responses(403, 413, 422))
def draw_audit(caller: Caller, session: Db, body: AuditForm) -> AuditView:
    """Of what was written off; the seed is kept, so that anybody can draw it again."""
    demand(caller, Action.WRITE, Thing.LAYER)
    made = actions.draw_audit(
        session, caller.tenant, body.source, body.from_on, body.to_on, body.size, seed=body.seed, actor=caller.name
    )  # fmt: skip
    return AuditView.model_validate(made)


@router.get("/audits/{audit}", summary="One sample", responses=responses(403, 404))
def read_audit(caller: Caller, session: Db, audit: Identity) -> AuditView:
    """With its rows in the order of the draw."""
    demand(caller, Action.READ, Thing.CASE)
    return AuditView.model_validate(actions.get_audit(session, caller.tenant, audit))


@router.post("/audits/{audit}/checks", summary="Note what was found", responses=responses(403, 404, 409, 413, 422))
def check(caller: Caller, session: Db, audit: Identity, body: CheckForm) -> CheckView:
    """What failed is opened again."""
    demand(caller, Action.WRITE, Thing.LAYER)
    reopened = actions.record_check(
        session, caller.tenant, audit, body.row, passed=body.passed, note=body.note, actor=caller.name
    )  # fmt: skip
    return CheckView(reopened=reopened)


@router.get(
    "/complaints/{complaint}/file", summary="一事一档", response_class=Response,
    responses={200: {"content": {"application/json": {}}}, **responses(403, 404)},
)  # fmt: skip
def read_file(caller: Caller, session: Db, complaint: Identity) -> Response:
    """Everything of one complaint but who complained; the same content gives the same bytes."""
    see(session, caller, Action.READ, complaint)
    body = render_dossier(build_dossier(session, caller.tenant, complaint))
    headers = {"Content-Disposition": f'attachment; filename="complaint-{complaint}.json"', "Cache-Control": "no-store"}
    return Response(body, 200, headers, "application/json")

"""Problems over HTTP: reported once, taken step by step, seen by whose ground it is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.permissions import Action, Principal, Role, Thing, area_of, demand, reach_of
from api.deps import Caller, Db, Holder
from api.pictures import BODY, Picture, TheShot, keep_picture, show_copy
from api.problems import responses
from api.schemas.problems import (
    OpenCounts,
    ProblemDetail,
    ProblemDraft,
    ProblemList,
    ProblemPicture,
    ProblemStepOrder,
    State,
)
from geo.cases.evidence.actions import get_evidence, list_evidence, read_original
from geo.cases.flow import queries
from geo.cases.flow.actions import get_problem, open_problem, open_steps, show_history, take_step
from geo.cases.flow.dates.actions import show_clock, summarise
from geo.cases.flow.orders import Draft, Meeting, Order, UnknownProblem
from geo.cases.flow.states import FIELD_STEPS

router = APIRouter(prefix="/problems", tags=["problems"])

Problem = Annotated[uuid.UUID, Path(description="The problem's uid.")]
LEADING = (Role.PLANNER, Role.LEADER, Role.DESK, Role.ADMINISTRATOR)


def own_ground(session: Db, caller: Principal, problem: uuid.UUID | int, action: Action) -> dict[str, Any]:
    """A problem on the caller's ground; one elsewhere is answered like one that is not there."""
    area = area_of(caller, action, Thing.CASE)
    found = get_problem(session, caller.tenant, problem)
    if area is not None and found["district_code"] not in area:
        raise UnknownProblem("flow.unknown", problem=str(problem))
    return found


@router.get("", summary="Problems, the newest first", responses=responses(401, 403))
def read_problems(
    caller: Caller,
    session: Db,
    state: State | None = None,
    open_only: Annotated[bool, Query(alias="open", description="Only those that are open.")] = False,
    overdue: Annotated[bool, Query(description="Only open ones past their date.")] = False,
    district: Annotated[str | None, Query(max_length=40)] = None,
    staff: Annotated[str | None, Query(max_length=60, description="Staff number of who answers now.")] = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only problems with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ProblemList:
    """Of the caller's own ground."""
    found = queries.list_problems(
        session, caller.tenant, area=area_of(caller, Action.READ, Thing.CASE), states=[state] if state else None,
        only_open=open_only, overdue=overdue, district=district, staff=staff, before=before, most=limit,
    )  # fmt: skip
    return ProblemList.model_validate({"problems": found})


@router.post("", summary="Report a problem", status_code=201, responses=responses(401, 403, 404, 409, 413, 422))
def report_problem(caller: Caller, session: Db, body: ProblemDraft) -> ProblemDetail:
    """The same uid again answers the same problem and changes nothing.

    Where a permit in force, or a place of trade that is open, may have allowed it, 已审批? is asked by a 409 that
    names it; look, then send the report again with `permit_checked`.
    """
    area_of(caller, Action.WRITE, Thing.CASE)
    given = body.model_dump()
    given["staff"] = caller.staff or given["staff"]
    draft = Draft(**given, actor=caller.name)
    row_id = open_problem(session, caller.tenant, draft)
    own_ground(session, caller, row_id, Action.WRITE)
    return _detail(session, caller.tenant, row_id)


@router.get("/open", summary="Open problems counted", responses=responses(401, 403))
def count_open(caller: Caller, session: Db) -> OpenCounts:
    """By state, 片区 and regime, with how many are overdue or past three quarters of their time."""
    now = dt.datetime.now(dt.UTC)
    counts = summarise(session, caller.tenant, now, area_of(caller, Action.READ, Thing.CASE))
    return OpenCounts.model_validate({"at": now, "counts": counts})


@router.get("/{problem}", summary="One problem", responses=responses(401, 403, 404))
def read_problem(caller: Caller, session: Db, problem: Problem) -> ProblemDetail:
    """With its history, pictures, meetings, and what can be done with it now."""
    return _detail(session, caller.tenant, own_ground(session, caller, problem, Action.READ)["id"])


@router.post("/{problem}/steps", summary="Take a step", responses=responses(401, 403, 404, 409, 413, 422))
def take_problem_step(caller: Caller, session: Db, problem: Problem, body: ProblemStepOrder) -> ProblemDetail:
    """A step that is not open is a 409 that names those that are. Those of the street take the steps of the field."""
    found = own_ground(session, caller, problem, Action.WRITE)
    if body.step not in FIELD_STEPS and caller.role not in LEADING and not caller.scopes:
        demand(caller, Action.WRITE, Thing.PLAN)
    if body.into is not None:
        own_ground(session, caller, body.into, Action.WRITE)
    given = body.model_dump(exclude={"meeting"})
    given["at"] = body.at or dt.datetime.now(dt.UTC)
    given["staff"] = body.staff if caller.role in LEADING and body.staff else caller.staff or body.staff
    meeting = None if body.meeting is None else Meeting(**body.meeting.model_dump())
    take_step(session, caller.tenant, found["id"], Order(**given, meeting=meeting, actor=caller.name))
    return _detail(session, caller.tenant, found["id"])


@router.put(
    "/{problem}/pictures/{picture}", summary="Add a picture", responses=responses(401, 403, 404, 409, 413, 422),
    openapi_extra=BODY,
)  # fmt: skip
async def put_picture(
    request: Request, service: Holder, caller: Caller, problem: Problem, picture: Picture, shot: TheShot
) -> ProblemPicture:
    """The body is the picture itself, at most 12 MiB. The same uid with the same bytes again changes nothing."""
    area_of(caller, Action.WRITE, Thing.CASE)

    def about(session: Session) -> tuple[int, str]:
        found = own_ground(session, caller, problem, Action.WRITE)
        return found["id"], found["number"]

    return ProblemPicture.model_validate(await keep_picture(request, service, caller, picture, shot, "problem", about))


@router.get("/{problem}/pictures/{picture}", summary="A picture's copy", responses=responses(401, 403, 404),
            response_class=Response)  # fmt: skip
def read_picture(service: Holder, caller: Caller, session: Db, problem: Problem, picture: Picture) -> Response:
    """JPEG without metadata, time and place written on it."""
    _of(session, caller, problem, picture, Action.READ)
    return show_copy(session, caller.tenant, service, picture)


@router.get("/{problem}/pictures/{picture}/original", summary="A picture as it came",
            responses=responses(401, 403, 404), response_class=Response)  # fmt: skip
def read_original_picture(service: Holder, caller: Caller, session: Db, problem: Problem, picture: Picture) -> Response:
    """For who may see offender files on that ground; every look is kept in the change log."""
    if reach_of(caller, Action.READ, Thing.SUBJECT) is False:
        demand(caller, Action.READ, Thing.SUBJECT)
    found = _of(session, caller, problem, picture, Action.READ)
    demand(caller, Action.READ, Thing.SUBJECT, found["district_code"])
    content, media_type = read_original(session, caller.tenant, service.settings.home, picture, caller.name)
    return Response(content, media_type=media_type, headers={"Cache-Control": "private, no-store"})


def _of(session: Db, caller: Principal, problem: uuid.UUID, picture: uuid.UUID, action: Action) -> dict[str, Any]:
    """The problem, if the picture belongs to it."""
    found = own_ground(session, caller, problem, action)
    row = get_evidence(session, caller.tenant, picture)
    if (row["workflow"], row["row_id"]) != ("problem", found["id"]):
        raise UnknownProblem("flow.unknown", problem=str(picture))
    return found


def _detail(session: Db, tenant: str, row_id: int) -> ProblemDetail:
    row = get_problem(session, tenant, row_id)
    return ProblemDetail.model_validate(
        {
            **row,
            "history": show_history(session, tenant, row_id),
            "pictures": list_evidence(session, tenant, "problem", row_id),
            "meetings": queries.list_decisions(session, tenant, row_id),
            "clock": show_clock(session, tenant, row_id, dt.datetime.now(dt.UTC)),
            "open_steps": open_steps(row["state"]),
        }
    )

"""What people are due and shifts need, who is away, where units muster, what one more buys: behind login."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.problems import language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.staffing import (
    LeaveList,
    LeaveOrder,
    MusterList,
    MusterOrder,
    NeedOrder,
    PeopleRules,
    RestOrder,
    WorthOrder,
)
from geo.db.counties import get_county
from geo.patrol.load import check_day, get_shift_kind
from geo.patrol.people import book, queries
from geo.patrol.people.actions import MOST_DAYS, note_leave, set_muster, take_leave_back
from geo.patrol.people.rules import Need

router = APIRouter(tags=["people"])

Code = Annotated[str, Path(min_length=1, max_length=60)]


@router.get("/people/rules", summary="Rest rules and needs", responses=responses(403, 422))
def read_rules(
    caller: Caller, session: Db, on: Annotated[dt.date | None, Query(description="Local day; today if absent.")] = None
) -> PeopleRules:
    """What holds on a day, since when and by whom; the usual has neither."""
    demand(caller, Action.WRITE, Thing.PLAN)
    day = on or get_county(session, caller.tenant).today()
    return PeopleRules.model_validate(book.show_rules(session, caller.tenant, day))


@router.put("/people/rules/rest", summary="Set rest rules", status_code=204, responses=responses(403, 413, 422))
def write_rest(caller: Caller, session: Db, body: RestOrder) -> None:
    """From a day on; older rules stay, those left out keep what they are on that day."""
    demand(caller, Action.WRITE, Thing.PLAN)
    changed = body.model_dump(exclude={"valid_from_on"}, exclude_none=True)
    book.set_rest(session, caller.tenant, changed, body.valid_from_on, actor=caller.name)


@router.put("/people/rules/needs", summary="Set a shift's needs", status_code=204, responses=responses(403, 413, 422))
def write_need(caller: Caller, session: Db, body: NeedOrder) -> None:
    """On a kind of day, from a day on; with no people the shift is not held."""
    demand(caller, Action.WRITE, Thing.PLAN)
    need = Need(**body.model_dump(include={"people", "licensed", "regular", "leader", "takes_rest"}))
    book.set_need(session, caller.tenant, body.shift, body.day_kind, need, body.valid_from_on, actor=caller.name)


@router.get("/people/leave", summary="Who is away", responses=responses(403, 422))
def read_leave(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date | None, Query(description="First day; today if absent.")] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = MOST_DAYS,
) -> LeaveList:
    """Leave that touches these days."""
    demand(caller, Action.WRITE, Thing.PLAN)
    begin = first or get_county(session, caller.tenant).today()
    span = dt.timedelta(min(days, (dt.date.max - begin).days + 1) - 1)
    return LeaveList.model_validate({"leave": queries.load_leave(session, caller.tenant, begin, begin + span)})


@router.post("/people/leave", summary="Note leave", status_code=204, responses=responses(403, 404, 413, 422))
def write_leave(caller: Caller, session: Db, body: LeaveOrder) -> None:
    """Rosters made from then on leave them out."""
    demand(caller, Action.WRITE, Thing.PLAN)
    note_leave(session, caller.tenant, body.staff, body.from_on, body.to_on, body.kind, actor=caller.name)


@router.delete(
    "/people/leave/{staff}/{from_on}", summary="Take leave back", status_code=204, responses=responses(403, 404, 422)
)
def remove_leave(caller: Caller, session: Db, staff: Code, from_on: dt.date) -> None:
    """They are there after all."""
    demand(caller, Action.WRITE, Thing.PLAN)
    take_leave_back(session, caller.tenant, staff, from_on, actor=caller.name)


@router.get("/people/musters", summary="Where units muster", responses=responses(403))
def read_musters(caller: Caller, session: Db) -> MusterList:
    """Units without a point begin in the middle of their ground."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return MusterList.model_validate({"musters": queries.load_musters(session, caller.tenant)})


@router.put(
    "/people/musters/{unit}", summary="Set a muster point", status_code=204, responses=responses(403, 404, 413, 422)
)
def write_muster(caller: Caller, session: Db, unit: Code, body: MusterOrder) -> None:
    """Where its teams begin and end their day, in plans made from then on."""
    demand(caller, Action.WRITE, Thing.PLAN)
    set_muster(session, caller.tenant, unit, body.lon, body.lat, actor=caller.name)


@router.post("/patrol/worth", summary="Weigh one more", status_code=202, responses=responses(403, 413, 422))
def request_worth(request: Request, caller: Caller, session: Db, body: WorthOrder) -> JobView:
    """The answer is the job to watch; its result says what one more officer, licence or vehicle buys."""
    demand(caller, Action.WRITE, Thing.PLAN)
    get_shift_kind(session, body.shift)
    check_day(body.date, get_county(session, caller.tenant).today())
    arguments = {"date": body.date.isoformat(), **body.model_dump(include={"shift", "iterations", "seeds"})}
    job = request_job(session, caller.tenant, "weigh_staff", arguments, caller.name, lock="worth")
    return view_job(job, language_of(request))

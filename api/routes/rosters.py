"""Rosters and the daily log of people, behind login."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.problems import NO_NUL, language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.rosters import Added, LogOrder, LogView, RosterHead, RosterList, RosterOrder, RosterView, WhyView
from geo.patrol.people import queries
from geo.patrol.people.actions import get_roster
from geo.patrol.people.logs import LogLine, add_line, read_log
from geo.patrol.people.why import ask_why, say_why

router = APIRouter(tags=["people"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("/rosters", summary="Proposed rosters", responses=responses(403))
def read_rosters(caller: Caller, session: Db) -> RosterList:
    """The newest first."""
    demand(caller, Action.WRITE, Thing.PLAN)
    found = queries.list_proposals(session, caller.tenant)
    return RosterList(rosters=[RosterHead.model_validate(dataclasses.asdict(one)) for one in found])


@router.post("/rosters", summary="Propose a roster", status_code=202, responses=responses(403, 413, 422))
def request_roster(request: Request, caller: Caller, session: Db, body: RosterOrder) -> JobView:
    """The answer is the job to watch; its result names the draft."""
    demand(caller, Action.WRITE, Thing.PLAN)
    arguments = {"first_on": body.first_on.isoformat(), "days": body.days, "seed": body.seed}
    job = request_job(session, caller.tenant, "propose_roster", arguments, caller.name, lock="roster")
    return view_job(job, language_of(request))


@router.get("/rosters/{number}", summary="A proposed roster", responses=responses(403, 404))
def read_roster(caller: Caller, session: Db, number: Identity) -> RosterView:
    """With every duty."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return RosterView.model_validate(get_roster(session, caller.tenant, number))


@router.post("/rosters/{number}/adopt", summary="Adopt a roster", status_code=202, responses=responses(403, 404))
def adopt(request: Request, caller: Caller, session: Db, number: Identity) -> JobView:
    """Its duties take the place of those there are, from today on."""
    demand(caller, Action.WRITE, Thing.PLAN)
    get_roster(session, caller.tenant, number)
    job = request_job(session, caller.tenant, "adopt_roster", {"roster": number}, caller.name, lock="roster")
    return view_job(job, language_of(request))


@router.get("/rosters/{number}/why", summary="Why somebody cannot be on a shift", responses=responses(403, 404, 422))
def read_why(
    request: Request,
    caller: Caller,
    session: Db,
    number: Identity,
    staff: Annotated[str, Query(min_length=1, max_length=60, pattern=NO_NUL)],
    on: Annotated[dt.date, Query(description="Local day on which the shift starts.")],
    shift: Annotated[str, Query(min_length=1, max_length=60, pattern=NO_NUL)],
) -> WhyView:
    """The rules that one more duty would break, judged by the rules and leave of now."""
    demand(caller, Action.WRITE, Thing.PLAN)
    found = ask_why(session, caller.tenant, number, staff, on, shift)
    return WhyView(**found, sentence=say_why(found, staff, language_of(request)))


@router.get("/duty-log", summary="The daily log of people", responses=responses(403, 422))
def read_lines(
    caller: Caller,
    session: Db,
    on: Annotated[dt.date, Query(description="Local day on which the shifts start.")],
    kind: Literal["roll_call", "handover", "trip", "recorder"] | None = None,
) -> LogView:
    """Roll-calls, handovers, trips of vehicles, recorders."""
    demand(caller, Action.READ, Thing.LOG)
    return LogView.model_validate({"lines": read_log(session, caller.tenant, on, kind)})


@router.post("/duty-log", summary="Write in the daily log", status_code=201, responses=responses(403, 404, 413, 422))
def write_lines(caller: Caller, session: Db, body: LogOrder) -> Added:
    """All lines or none; lines that are there already, by ``uid``, count as written."""
    demand(caller, Action.WRITE, Thing.LOG)
    added = [add_line(session, caller.tenant, LogLine(**one.model_dump()), caller.name) for one in body.lines]
    return Added(added=sum(added))

"""Dark lamps over HTTP, behind login: reported, mended, put aside; and when lamps burn."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Principal, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.outages import Adopted, NightList, OutageDetail, OutageList, OutageReported, OutageStep, OutageTaken
from geo.cases.history import load_steps
from geo.cases.outages import actions, queries
from geo.cases.outages.circuits import nights_of
from geo.cases.outages.states import OUTAGE
from geo.db.counties import get_county

router = APIRouter(prefix="/outages", tags=["outages"])

Outage = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("", summary="Outages, what is due first first", responses=responses(401, 403))
def read_outages(
    caller: Caller,
    session: Db,
    open_only: Annotated[bool, Query(alias="open", description="Only those that are open.")] = False,
    breached: Annotated[bool, Query(description="Only those that were not mended in their hours.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> OutageList:
    """Of the 片区 the caller sees."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = queries.list_outages(
        session, caller.tenant, dt.datetime.now(dt.UTC), area=area, open_only=open_only, breaches_only=breached,
        most=limit,
    )  # fmt: skip
    return OutageList.model_validate({"outages": rows})


@router.post("", summary="Report dark lamps", status_code=201, responses=responses(401, 403, 404, 409, 422))
def report(caller: Caller, session: Db, body: OutageReported) -> OutageTaken:
    """Idempotent by ``uid``; lamps that are off by plan are no fault (409), many of a circuit are one fault."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    draft = actions.OutageDraft(**{**body.model_dump(), "lamps": tuple(body.lamps)}, actor=caller.name)
    told = actions.report_outage(session, caller.tenant, draft)
    row = actions.get_outage(session, caller.tenant, told.outage, area)
    return OutageTaken.model_validate({**row, **asdict(told)})


@router.post("/adoptions", summary="Open outages for events and lamps at fault", responses=responses(401, 403))
def adopt(caller: Caller, session: Db) -> Adopted:
    """What has one already is not touched."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return Adopted(outages=list(actions.adopt_outages(session, caller.tenant, actor=caller.name)))


@router.get("/lighting", summary="When lamps burn in a night", responses=responses(401, 403))
def read_lighting(caller: Caller, session: Db, on: dt.date | None = None) -> NightList:
    """By plan, from the sun at the middle of the county; of tonight unless another day is named."""
    area_of(caller, Action.READ, Thing.CASE)
    day = on or get_county(session, caller.tenant).today()
    nights = [{"plan": plan, **asdict(night)} for plan, night in nights_of(session, caller.tenant, day).items()]
    return NightList.model_validate({"on": day, "nights": nights})


@router.get("/{outage}", summary="An outage", responses=responses(401, 403, 404))
def read_outage(caller: Caller, session: Db, outage: Outage) -> OutageDetail:
    """With its lamps, its log, and what can be done with it now."""
    actions.get_outage(session, caller.tenant, outage, area_of(caller, Action.READ, Thing.CASE))
    return _detail(session, caller, outage)


@router.post("/{outage}/steps", summary="Take a step", responses=responses(401, 403, 404, 409, 422))
def step(caller: Caller, session: Db, outage: Outage, body: OutageStep) -> OutageDetail:
    """Only cable faults are put aside 挂账, with a reason; every other has 24 hours from discovery."""
    actions.get_outage(session, caller.tenant, outage, area_of(caller, Action.WRITE, Thing.CASE))
    given = body.model_dump(exclude={"step", "at"})
    at = body.at or dt.datetime.now(dt.UTC)
    actions.take_outage_step(session, caller.tenant, outage, body.step, at=at, actor=caller.name, **given)
    return _detail(session, caller, outage)


def _detail(session: Db, caller: Principal, outage: int) -> OutageDetail:
    row = actions.get_outage(session, caller.tenant, outage)
    steps = [step for step in OUTAGE.open_steps(row["state"]) if step != "merge"]
    history = load_steps(session, caller.tenant, OUTAGE, outage)
    return OutageDetail.model_validate({**row, "history": history, "open_steps": steps})

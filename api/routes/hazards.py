"""Hazards and risk sources over HTTP, behind login."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Principal, Thing, area_of
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.hazards import Category, HazardDetail, HazardList, HazardReported, HazardStep
from api.schemas.things import Level
from geo.cases.evidence.actions import list_evidence
from geo.cases.hazards import actions, queries
from geo.cases.hazards.states import HAZARD
from geo.cases.history import load_steps

router = APIRouter(prefix="/hazards", tags=["hazards"])

Hazard = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("", summary="Hazards, major ones first", responses=responses(401, 403))
def read_hazards(
    caller: Caller,
    session: Db,
    category: Category | None = None,
    level: Level | None = None,
    open_only: Annotated[bool, Query(alias="open", description="Only those that are open.")] = False,
    overdue: Annotated[bool, Query(description="Only open ones past their date.")] = False,
    staff: Annotated[str | None, Query(max_length=60, pattern=NO_NUL, description="Of whom.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> HazardList:
    """Of the 片区 the caller sees; each open one with its date and who answers for it."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = queries.list_hazards(
        session, caller.tenant, dt.datetime.now(dt.UTC), area=area, category=category, level=level, staff=staff,
        open_only=open_only, overdue_only=overdue, most=limit,
    )  # fmt: skip
    return HazardList.model_validate({"hazards": rows})


@router.post("", summary="Report a hazard", status_code=201, responses=responses(401, 403, 404, 409, 422))
def report(caller: Caller, session: Db, body: HazardReported) -> HazardDetail:
    """Idempotent by ``uid``."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    draft = actions.HazardDraft(**body.model_dump(), actor=caller.name)
    number = actions.report_hazard(session, caller.tenant, draft)
    actions.get_hazard(session, caller.tenant, number, area)
    return _detail(session, caller, number)


@router.get("/{hazard}", summary="A hazard", responses=responses(401, 403, 404))
def read_hazard(caller: Caller, session: Db, hazard: Hazard) -> HazardDetail:
    """With its log, pictures, and what can be done with it now."""
    actions.get_hazard(session, caller.tenant, hazard, area_of(caller, Action.READ, Thing.CASE))
    return _detail(session, caller, hazard)


@router.post("/{hazard}/steps", summary="Take a step", responses=responses(401, 403, 404, 409, 422))
def step(caller: Caller, session: Db, hazard: Hazard, body: HazardStep) -> HazardDetail:
    """Who looks again is not who put it right; a major hazard is signed off by a third."""
    actions.get_hazard(session, caller.tenant, hazard, area_of(caller, Action.WRITE, Thing.CASE))
    given = body.model_dump(exclude={"step", "at"})
    at = body.at or dt.datetime.now(dt.UTC)
    actions.take_hazard_step(session, caller.tenant, hazard, body.step, at=at, actor=caller.name, **given)
    return _detail(session, caller, hazard)


def _detail(session: Db, caller: Principal, hazard: int) -> HazardDetail:
    row = actions.get_hazard(session, caller.tenant, hazard)
    return HazardDetail.model_validate(
        {
            **row,
            "history": load_steps(session, caller.tenant, HAZARD, hazard),
            "pictures": list_evidence(session, caller.tenant, HAZARD.name, hazard),
            "open_steps": list(HAZARD.open_steps(row["status"])),
        }
    )

"""Components counted and repaired, behind login."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Principal, Thing, area_of
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.repairs import (
    ComponentFigures,
    RepairDetail,
    RepairList,
    RepairOrdered,
    RepairStep,
    TotalList,
)
from geo.cases.components import actions, queries
from geo.cases.components.states import REPAIR
from geo.cases.evidence.actions import list_evidence
from geo.cases.history import load_steps

router = APIRouter(tags=["components"])

Repair = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("/components/figures", summary="Components by class and state", responses=responses(401, 403))
def read_figures(caller: Caller, session: Db) -> ComponentFigures:
    """Of the whole county; the components themselves are the collection ``component``."""
    area_of(caller, Action.READ, Thing.CASE)
    return ComponentFigures.model_validate({"figures": queries.count_components(session, caller.tenant)})


@router.get("/repairs", summary="Repair orders, what is due first first", responses=responses(401, 403))
def read_repairs(
    caller: Caller,
    session: Db,
    open_only: Annotated[bool, Query(alias="open", description="Only those that are open.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> RepairList:
    """Of the 片区 the caller sees."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = queries.list_orders(session, caller.tenant, area=area, open_only=open_only, most=limit)
    return RepairList.model_validate({"repairs": rows})


@router.post("/repairs", summary="Order a repair", status_code=201, responses=responses(401, 403, 404, 409, 422))
def order(caller: Caller, session: Db, body: RepairOrdered) -> RepairDetail:
    """Idempotent by ``uid``."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    number = actions.order_repair(session, caller.tenant, actions.RepairDraft(**body.model_dump(), actor=caller.name))
    actions.get_order(session, caller.tenant, number, area)
    return _detail(session, caller, number)


@router.get("/repairs/totals", summary="Repairs of a year by class and unit", responses=responses(401, 403))
def read_totals(caller: Caller, session: Db, year: Annotated[int, Query(ge=2000, le=2200)]) -> TotalList:
    """Quantities of different units are never added together; each figure lists its orders."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return TotalList.model_validate({"year": year, "totals": actions.load_totals(session, caller.tenant, year, area)})


@router.get("/repairs/{repair}", summary="A repair order", responses=responses(401, 403, 404))
def read_repair(caller: Caller, session: Db, repair: Repair) -> RepairDetail:
    """With its log, pictures, and what can be done with it now."""
    actions.get_order(session, caller.tenant, repair, area_of(caller, Action.READ, Thing.CASE))
    return _detail(session, caller, repair)


@router.post("/repairs/{repair}/steps", summary="Take a step", responses=responses(401, 403, 404, 409, 422))
def step(caller: Caller, session: Db, repair: Repair, body: RepairStep) -> RepairDetail:
    """Work is finished with pictures from before and after, and accepted by somebody else."""
    actions.get_order(session, caller.tenant, repair, area_of(caller, Action.WRITE, Thing.CASE))
    given = body.model_dump(exclude={"step", "at"})
    at = body.at or dt.datetime.now(dt.UTC)
    actions.take_repair_step(session, caller.tenant, repair, body.step, at=at, actor=caller.name, **given)
    return _detail(session, caller, repair)


def _detail(session: Db, caller: Principal, repair: int) -> RepairDetail:
    row = actions.get_order(session, caller.tenant, repair)
    return RepairDetail.model_validate(
        {
            **row,
            "history": load_steps(session, caller.tenant, REPAIR, repair),
            "pictures": list_evidence(session, caller.tenant, REPAIR.name, repair),
            "open_steps": list(REPAIR.open_steps(row["state"])),
        }
    )

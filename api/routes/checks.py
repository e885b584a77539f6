"""Enterprises and their checks (D15): hidden from the inspected party and from every feed, so for those who plan."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db, Holder
from api.problems import responses
from api.schemas.checks import (
    CheckEnd,
    CheckList,
    CheckRequest,
    DrawRequest,
    DrawView,
    EnterpriseList,
    KitchenAnswer,
    KitchenRequest,
)
from geo.patrol.demand.book import checks as book
from geo.patrol.demand.book.gas import follow_gas_users, propose_gas_checks
from geo.patrol.demand.book.kitchens import propose_checks

router = APIRouter(prefix="/patrol", tags=["patrol"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("/enterprises", summary="Sites and enterprises", responses=responses(403))
def read_enterprises(caller: Caller, session: Db) -> EnterpriseList:
    """The register, with the entries that count against each cap."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return EnterpriseList.model_validate({"enterprises": book.list_enterprises(session)})


@router.get("/checks", summary="Checks of enterprises", responses=responses(403))
def read_checks(
    caller: Caller, session: Db, every: Annotated[bool, Query(description="Also closed ones.")] = False
) -> CheckList:
    """Entries by their last day, 暗访 among them."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return CheckList.model_validate({"checks": book.list_checks(session, every=every)})


@router.post("/checks", summary="Note a check", status_code=201, responses=responses(403, 404, 409, 413, 422))
def write_check(caller: Caller, session: Db, body: CheckRequest) -> dict[str, int]:
    """Refused above the yearly cap, unless somebody complained or ordered it."""
    demand(caller, Action.WRITE, Thing.PLAN)
    made = book.add_check(
        session, caller.tenant, body.enterprise, body.reason, body.power_item, body.first_on, body.last_on,
        reference=body.reference, covert=body.covert, actor=caller.name,
    )  # fmt: skip
    return {"id": made}


@router.post("/checks/{check}/end", summary="Close a check", status_code=204, responses=responses(403, 409, 413, 422))
def end_check(caller: Caller, session: Db, check: Identity, body: CheckEnd) -> None:
    """Made on a day, or cancelled."""
    demand(caller, Action.WRITE, Thing.PLAN)
    book.finish_check(session, caller.tenant, check, body.done_on, actor=caller.name)


@router.post("/checks/kitchens", summary="Plan entries into restaurants", status_code=201,
             responses=responses(403, 413, 422))  # fmt: skip
def write_kitchens(caller: Caller, session: Db, body: KitchenRequest) -> KitchenAnswer:
    """For each whose device is missing or overdue, or that opened without a survey; the yearly cap holds."""
    demand(caller, Action.WRITE, Thing.PLAN)
    made = propose_checks(
        session, caller.tenant, body.power_item, body.first_on, body.last_on, most=body.most, actor=caller.name
    )  # fmt: skip
    return KitchenAnswer.model_validate({"added": made.added, "left_out": made.left_out})


@router.post("/checks/gas", summary="Plan entries to gas users", status_code=201,
             responses=responses(403, 413, 422))  # fmt: skip
def write_gas(caller: Caller, session: Db, body: KitchenRequest) -> KitchenAnswer:
    """For each whose inspection is due by the last day; the yearly cap holds, and all are in the next draw's pool."""
    demand(caller, Action.WRITE, Thing.PLAN)
    follow_gas_users(session)
    made = propose_gas_checks(
        session, caller.tenant, body.power_item, body.first_on, body.last_on, most=body.most, actor=caller.name
    )  # fmt: skip
    return KitchenAnswer.model_validate({"added": made.added, "left_out": made.left_out})


@router.post("/checks/draws", summary="Draw checks (双随机)", status_code=201, responses=responses(403, 413, 422))
def write_draw(service: Holder, caller: Caller, body: DrawRequest) -> DrawView:
    """The seal of the seed is in the change log before the lists are read; gas users are in the pool."""
    demand(caller, Action.WRITE, Thing.PLAN)
    with service.database.begin(caller.tenant) as session:
        follow_gas_users(session)
    made = book.draw_checks(
        service.database, caller.tenant, body.number, body.power_item, body.first_on, body.last_on, kinds=body.kinds,
        covert=body.covert, actor=caller.name,
    )  # fmt: skip
    return DrawView.model_validate(made)

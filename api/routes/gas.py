"""Gas inspections over HTTP: for those who see the whole county, and never public (D21)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.gas import GasUserList, InspectionList, InspectionMade, InspectionTaken
from geo.cases.gas import queries
from geo.cases.gas.actions import Found, InspectionDraft, list_made, load_figures
from geo.db.counties import get_county
from geo.patrol.demand.book.gas import inspect

router = APIRouter(prefix="/gas", tags=["gas"])


@router.get("/inspections", summary="Inspections of a span and their figures", responses=responses(401, 403))
def read_inspections(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(description="First local day.")],
    last: Annotated[dt.date, Query(description="Last local day, included.")],
) -> InspectionList:
    """检查次数, 出动人次, 用户, 一般 and 重大 hazards, each with the records behind it."""
    demand(caller, Action.READ, Thing.CASE)
    return InspectionList.model_validate(
        {
            "figures": load_figures(session, caller.tenant, first, last),
            "inspections": list_made(session, caller.tenant, first, last),
        }
    )


@router.post("/inspections", summary="Write an inspection down", status_code=201,
             responses=responses(401, 403, 404, 409, 422))  # fmt: skip
def record(caller: Caller, session: Db, body: InspectionMade) -> InspectionTaken:
    """Idempotent by ``uid``; each hazard found has a date and a named person at once.

    It is an entry into an enterprise: the one drawn or planned for that day, or else one under the yearly cap; a
    complaint or an order (with its number) is exempt from that.
    """
    demand(caller, Action.WRITE, Thing.CASE)
    found = tuple(Found(one.level, one.description) for one in body.found)
    given = body.model_dump(exclude={"reason", "reference", "power_item"})
    draft = InspectionDraft(**{**given, "found": found}, actor=caller.name)
    made = inspect(
        session, caller.tenant, draft, reason=body.reason, reference=body.reference, power_item=body.power_item
    )  # fmt: skip
    return InspectionTaken(inspection=made.inspection, hazards=list(made.hazards))


@router.get("/due", summary="Users whose inspection is due", responses=responses(401, 403))
def read_due(caller: Caller, session: Db, on: dt.date | None = None) -> GasUserList:
    """On a local day or before; today unless another is named."""
    demand(caller, Action.READ, Thing.CASE)
    day = on or get_county(session, caller.tenant).today()
    return GasUserList.model_validate({"users": queries.list_due(session, caller.tenant, day)})

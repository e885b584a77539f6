"""权责清单, 执法主体, tiers of review and figures of law over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.powers import (
    EnforcementBodyList,
    LawFigureChange,
    LawFigureList,
    PowerItemDetail,
    PowerItemList,
    PowerKind,
    TableText,
    Taken,
)
from geo.cases.powers import queries
from geo.cases.powers.actions import (
    NoPowerItem,
    import_bodies,
    import_powers,
    import_tiers,
    list_figures,
    set_figure,
)

router = APIRouter(prefix="/powers", tags=["law"])

Code = Annotated[str, Path(min_length=1, max_length=60)]


@router.get("/items", summary="Items in force", responses=responses(401, 403))
def read_items(
    caller: Caller,
    session: Db,
    kind: PowerKind | None = None,
    event_code: Annotated[str | None, Query(max_length=40, description="Only items about this event code.")] = None,
) -> PowerItemList:
    """By code, with the event codes each is about."""
    area_of(caller, Action.READ, Thing.CASE)
    return PowerItemList.model_validate({"items": queries.list_items(session, caller.tenant, kind, event_code)})


@router.get("/items/{code}", summary="One item with its bands", responses=responses(401, 403, 409))
def read_item(caller: Caller, session: Db, code: Code) -> PowerItemDetail:
    """In force or not."""
    area_of(caller, Action.READ, Thing.CASE)
    item = queries.find_item(session, caller.tenant, code)
    if item is None:
        raise NoPowerItem("powers.no_item", item=code, event_code="-")
    bands = queries.load_bands(session, caller.tenant, item["id"])
    return PowerItemDetail.model_validate({**item, "bands": bands}, from_attributes=True)


@router.put("/tables/{power_table}", summary="Take a whole table", responses=responses(401, 403, 413, 422))
def put_table(caller: Caller, session: Db, power_table: Literal["items", "tiers", "bodies"], body: TableText) -> Taken:
    """Items and tiers are replaced by it, bodies are recognised by code; all rows or none."""
    demand(caller, Action.WRITE, Thing.PLAN)
    content = body.csv.encode()
    if power_table == "items":
        return Taken(counts=import_powers(session, caller.tenant, content, caller.name))
    take = import_tiers if power_table == "tiers" else import_bodies
    return Taken(counts={"rows": take(session, caller.tenant, content, caller.name)})


@router.get("/bodies", summary="执法主体", responses=responses(401, 403))
def read_bodies(caller: Caller, session: Db) -> EnforcementBodyList:
    """In use, by code."""
    area_of(caller, Action.READ, Thing.CASE)
    found = queries.list_bodies(session, caller.tenant)
    return EnforcementBodyList.model_validate(
        {"bodies": [{**body, "may_coerce": body["kind"] == "agency"} for body in found]}
    )


@router.get("/figures", summary="Figures of law and custom", responses=responses(401, 403))
def read_figures(caller: Caller, session: Db) -> LawFigureList:
    """As they hold here, with their defaults and what they rest on."""
    area_of(caller, Action.READ, Thing.CASE)
    return LawFigureList.model_validate({"figures": list_figures(session, caller.tenant)})


@router.put("/figures/{name}", summary="Say a figure", responses=responses(401, 403, 404, 422))
def put_figure(caller: Caller, session: Db, name: Code, body: LawFigureChange) -> LawFigureList:
    """Within what the law allows."""
    demand(caller, Action.WRITE, Thing.PLAN)
    set_figure(session, caller.tenant, name, body.value, body.basis, caller.name)
    return LawFigureList.model_validate({"figures": list_figures(session, caller.tenant)})

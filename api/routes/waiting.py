"""待上图 over HTTP: rows that say their place in words, the places they may mean, and what a person decides."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db, Holder
from api.problems import NO_NUL, responses
from api.schemas.waiting import (
    ControlList,
    ImportSourceList,
    PlaceOrder,
    ProposalList,
    RefusalOrder,
    WaitingList,
    WaitingState,
)
from geo.cases.placing import actions
from geo.layers.control.queries import list_points, list_sets
from geo.layers.sources.queries import list_sources
from geo.layers.waiting.queries import list_waiting

router = APIRouter(prefix="/imports", tags=["layers"])

RowId = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("/waiting", summary="Rows that wait to be put on the map", responses=responses(401, 403))
def read_waiting(
    caller: Caller,
    session: Db,
    state: WaitingState = "waiting",
    layer: Annotated[str | None, Query(max_length=60, pattern=NO_NUL)] = None,
    source: Annotated[str | None, Query(max_length=100, pattern=NO_NUL)] = None,
    after: Annotated[int, Query(ge=0, lt=1 << 63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> WaitingList:
    """By id; columns about persons are not kept."""
    demand(caller, Action.WRITE, Thing.LAYER)
    found = list_waiting(session, caller.tenant, state=state, layer=layer, source=source, after=after, most=limit)
    return WaitingList.model_validate({"rows": found})


@router.get("/waiting/{row}/proposals", summary="Places the words may mean", responses=responses(401, 403, 404))
def read_proposals(caller: Caller, session: Db, row: RowId) -> ProposalList:
    """The county's own names; nobody takes one but a person."""
    demand(caller, Action.WRITE, Thing.LAYER)
    found = actions.propose(session, caller.tenant, row)
    return ProposalList.model_validate({"proposals": [dataclasses.asdict(one) for one in found]})


@router.post("/waiting/{row}/place", summary="Put a row on the map", status_code=204,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def place(caller: Caller, service: Holder, row: RowId, body: PlaceOrder) -> None:
    """It goes into its layer through the checks of the file it came with."""
    demand(caller, Action.WRITE, Thing.LAYER)
    actions.place(service.database, caller.tenant, row, body.lon, body.lat, actor=caller.name)


@router.post("/waiting/{row}/refuse", summary="Say that a row has no place", status_code=204,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def refuse(caller: Caller, session: Db, row: RowId, body: RefusalOrder) -> None:
    """With the reason."""
    demand(caller, Action.WRITE, Thing.LAYER)
    actions.refuse(session, caller.tenant, row, body.note, actor=caller.name)


@router.get("/sources", summary="How data sets are read", responses=responses(401, 403))
def read_sources(caller: Caller, session: Db) -> ImportSourceList:
    """Which column is which field, CRS, offset, control points; said once and used for each delivery."""
    demand(caller, Action.WRITE, Thing.LAYER)
    return ImportSourceList.model_validate({"sources": list_sources(session, caller.tenant)})


@router.get("/control", summary="Control points of local frames", responses=responses(401, 403))
def read_control(
    caller: Caller,
    session: Db,
    name: Annotated[str | None, Query(max_length=100, pattern=NO_NUL, description="Points of this frame only.")] = None,
) -> ControlList:
    """Each frame's solution, and how far each point is off it."""
    demand(caller, Action.WRITE, Thing.LAYER)
    sets, points = list_sets(session, caller.tenant), list_points(session, caller.tenant, name)
    return ControlList.model_validate({"sets": sets, "points": points})

"""Streets closed and opened, behind login: plans made from then on go round them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.roads import Closed, ClosureList, ClosureOrder, ClosureView
from geo.roads.actions import close_roads, open_road
from geo.roads.queries import find_closures

router = APIRouter(prefix="/roads/closures", tags=["roads"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("", summary="Closed streets", responses=responses(403, 422))
def read_closures(
    caller: Caller,
    session: Db,
    from_at: Annotated[AwareDatetime | None, Query(description="Default: now.")] = None,
    to_at: Annotated[AwareDatetime | None, Query(description="Default: a week from the start.")] = None,
) -> ClosureList:
    """Those that hold at any time of a span."""
    demand(caller, Action.READ, Thing.LAYER)
    begin = from_at or dt.datetime.now(dt.UTC)
    found = find_closures(session, begin, to_at or begin + dt.timedelta(weeks=1))
    return ClosureList(closures=[ClosureView.model_validate(dataclasses.asdict(one)) for one in found])


@router.post("", summary="Close streets", status_code=201, responses=responses(403, 404, 413, 422))
def close(caller: Caller, session: Db, body: ClosureOrder) -> Closed:
    """For some modes and a time, with a reason."""
    demand(caller, Action.WRITE, Thing.PLAN)
    made = close_roads(
        session, caller.tenant, ids=body.road_ids, names=body.names, starts_at=body.starts_at, ends_at=body.ends_at,
        modes=body.modes, reason=body.reason, set_by=caller.name, uid=body.uid,
    )  # fmt: skip
    return Closed(closures=made)


@router.post("/{number}/open", summary="Open a street again", status_code=204, responses=responses(403, 404))
def open_again(caller: Caller, session: Db, number: Identity) -> None:
    """From now on."""
    demand(caller, Action.WRITE, Thing.PLAN)
    open_road(session, caller.tenant, number, dt.datetime.now(dt.UTC), caller.name)

"""Emergency supplies and who is on call over HTTP, behind login and never public (D21)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.supplies import (
    EquationList,
    MoveList,
    MoveMade,
    MoveTaken,
    NearbyPoints,
    OnCallList,
    StockList,
)
from geo.cases.supplies import queries
from geo.cases.supplies.actions import MoveDraft, find_nearest, load_equations, record_move
from geo.db.counties import get_county

router = APIRouter(prefix="/supplies", tags=["supplies"])

Name = Annotated[str | None, Query(max_length=120, pattern=NO_NUL)]


@router.get("/stock", summary="What is there, what ends soon, what is short", responses=responses(401, 403))
def read_stock(
    caller: Caller,
    session: Db,
    point: Name = None,
    item: Name = None,
    days: Annotated[int, Query(ge=0, le=3660, description="What ends within so many days.")] = 30,
) -> StockList:
    """By point, item and lot; units are never added together."""
    area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    return StockList.model_validate(
        {
            "stock": queries.list_stock(session, caller.tenant, point, item),
            "expiring": queries.list_expiring(session, caller.tenant, today + dt.timedelta(days=days)),
            "low": queries.list_low(session, caller.tenant, today),
        }
    )


@router.get("/moves", summary="The book", responses=responses(401, 403))
def read_moves(
    caller: Caller,
    session: Db,
    point: Name = None,
    item: Name = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> MoveList:
    """Movements in order of time."""
    area_of(caller, Action.READ, Thing.CASE)
    return MoveList.model_validate({"moves": queries.list_book(session, caller.tenant, point, item, limit)})


@router.post("/moves", summary="Write a movement down", status_code=201,
             responses=responses(401, 403, 404, 409, 422))  # fmt: skip
def move(caller: Caller, session: Db, body: MoveMade) -> MoveTaken:
    """Idempotent by ``uid``; the stock is never short, not even for a movement of the past."""
    demand(caller, Action.WRITE, Thing.CASE)
    return MoveTaken.model_validate(
        record_move(session, caller.tenant, MoveDraft(**body.model_dump(), actor=caller.name))
    )


@router.get("/equations", summary="The stock equation of a span", responses=responses(401, 403))
def read_equations(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(description="First local day.")],
    last: Annotated[dt.date, Query(description="Last local day, included.")],
    point: Name = None,
) -> EquationList:
    """期末 = 期初 + 入库 + 归还 + 盘盈 − 领用 − 报废 − 盘亏, by point, item and lot."""
    area_of(caller, Action.READ, Thing.CASE)
    found = load_equations(session, caller.tenant, first, last, point)
    rows = [
        {"point": at, "item": item, "lot": lot, **asdict(one), "holds": one.holds}
        for (at, item, lot), one in found.items()
    ]
    return EquationList.model_validate({"equations": rows})


@router.get("/near", summary="The nearest point with enough", responses=responses(400, 401, 403, 404, 422))
def near(
    caller: Caller,
    session: Db,
    lon: Annotated[float, Query(description="Longitude, degrees.")],
    lat: Annotated[float, Query(description="Latitude, degrees.")],
    item: Annotated[str, Query(min_length=1, max_length=120, pattern=NO_NUL)],
    quantity: Annotated[int, Query(ge=1, le=10_000_000)] = 1,
    most: Annotated[int, Query(ge=1, le=8)] = 3,
) -> NearbyPoints:
    """By road; only what is in date counts."""
    area_of(caller, Action.READ, Thing.CASE)
    return NearbyPoints.model_validate({"points": find_nearest(session, caller.tenant, lon, lat, item, quantity, most)})


@router.get("/on-call", summary="Who is on call", responses=responses(401, 403))
def read_on_call(caller: Caller, session: Db, first: dt.date | None = None, last: dt.date | None = None) -> OnCallList:
    """Today, unless days are named."""
    area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    rows = queries.list_on_call(session, caller.tenant, first or today, last or first or today)
    return OnCallList.model_validate({"on_call": rows})

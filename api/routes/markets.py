"""Where trade is allowed, where else, how full, and which permits hold, behind login."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.markets import (
    FullnessList,
    MarketView,
    NearbyList,
    OverCapacity,
    PermitList,
    PermitView,
    StallCounted,
    StallJudged,
)
from geo.cases.markets.actions import WIDEST_M, count_stalls, find_nearest, judge_stall, list_fullness
from geo.cases.permits.actions import find_permits, list_ending
from geo.db.counties import get_county
from geo.layers.register import get_kind
from geo.tables.permits import PERMIT_KINDS

router = APIRouter(prefix="/markets", tags=["markets"])

Lon = Annotated[float, Query(description="Longitude, degrees.")]
Lat = Annotated[float, Query(description="Latitude, degrees.")]
At = Annotated[AwareDatetime | None, Query(description="With its offset from UTC; now if not given.")]


def now() -> dt.datetime:
    """The clock of this machine."""
    return dt.datetime.now(dt.UTC)


@router.get("/judge", summary="May one sell here now?", responses=responses(400, 403, 422))
def judge(caller: Caller, session: Db, lon: Lon, lat: Lat, at: At = None) -> StallJudged:
    """A stall is no event where trade is open; permits on the spot are told besides 已审批?."""
    demand(caller, Action.READ, get_kind("vendor_point"))
    when = at or now()
    found = judge_stall(session, caller.tenant, lon, lat, when)
    on = when.astimezone(get_county(session, caller.tenant).zone).date()
    permits = [PermitView.model_validate(one) for one in find_permits(session, caller.tenant, lon, lat, on)]
    return StallJudged.model_validate(
        {
            "verdict": found.verdict,
            "market": found.market and MarketView.model_validate(found.market),
            "posture": found.posture if caller.inside else None,
            "permits": permits if caller.inside else [one.model_copy(update={"holder": None}) for one in permits],
        }
    )


@router.get("/near", summary="Where else one may sell now", responses=responses(400, 403, 422))
def near(
    caller: Caller,
    session: Db,
    lon: Lon,
    lat: Lat,
    at: At = None,
    radius_m: Annotated[float, Query(gt=0, le=WIDEST_M)] = 1_500.0,
    most: Annotated[int, Query(ge=1, le=10)] = 3,
) -> NearbyList:
    """Nearest on foot along the streets first."""
    demand(caller, Action.READ, get_kind("vendor_point"))
    return NearbyList.model_validate(
        {"places": find_nearest(session, caller.tenant, lon, lat, at or now(), radius_m, most)}
    )


@router.post("/{market}/counts", summary="Note how many stalls stand there", responses=responses(403, 404, 422))
def count(
    caller: Caller, session: Db, market: Annotated[int, Path(ge=1, lt=1 << 63)], body: StallCounted
) -> OverCapacity:
    """Idempotent by ``uid``; a place outside the caller's 片区 is not there for them."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    over = count_stalls(session, caller.tenant, body.uid, market, body.stalls, body.counted_at, caller.name, area)
    return OverCapacity(over=over)


@router.get("/counts", summary="Last counts against the stalls allowed", responses=responses(403))
def counts(caller: Caller, session: Db, days: Annotated[int, Query(ge=1, le=366)] = 7) -> FullnessList:
    """Of the last days."""
    demand(caller, Action.READ, get_kind("vendor_point"))
    return FullnessList.model_validate(
        {"counts": list_fullness(session, caller.tenant, now() - dt.timedelta(days=days))}
    )


@router.get("/permits/ending", summary="Permits that end soon", responses=responses(403))
def ending(
    caller: Caller,
    session: Db,
    days: Annotated[int, Query(ge=0, le=366)] = 30,
    kind: Annotated[str | None, Query(pattern="^(" + "|".join(PERMIT_KINDS) + ")$")] = None,
) -> PermitList:
    """In force today, the soonest to end first."""
    demand(caller, Action.READ, get_kind("permit"))
    today = get_county(session, caller.tenant).today()
    found = [PermitView.model_validate(one) for one in list_ending(session, caller.tenant, today, days, kind)]
    return PermitList(permits=found if caller.inside else [one.model_copy(update={"holder": None}) for one in found])

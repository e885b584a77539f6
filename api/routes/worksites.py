"""Sites over HTTP: checklists, checks, filings and figures, each in the caller's area."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.markets import PermitList, PermitView
from api.schemas.worksites import (
    Checklists,
    CountList,
    FilingList,
    SettledView,
    SiteChecked,
    SiteCheckList,
    SiteCheckMade,
    SiteDay,
)
from geo.cases.worksites.books import list_rows
from geo.cases.worksites.checks import list_checks, record_check
from geo.cases.worksites.counts import count_period
from geo.cases.worksites.filings import list_ended, list_filings
from geo.cases.worksites.gates import list_day, settle_sites
from geo.db.counties import get_county
from geo.layers.register import get_kind
from geo.tables.permits import PERMIT_KINDS

router = APIRouter(prefix="/worksites", tags=["worksites"])

On = Annotated[dt.date | None, Query(description="Local day; today if absent.")]
First = Annotated[dt.date, Query(description="First local day.")]
Last = Annotated[dt.date, Query(description="Last local day.")]


@router.get("/items", summary="Checklists", responses=responses(401, 403))
def read_items(caller: Caller, session: Db) -> Checklists:
    """By type of site: 扬尘, 湿法, 冲洗, 围挡 …, each with the event code it opens."""
    area_of(caller, Action.READ, Thing.CASE)
    return Checklists.model_validate({"items": list_rows(session, caller.tenant, "site_items")})


@router.get("/day", summary="Sites under way on a day", responses=responses(401, 403))
def read_day(caller: Caller, session: Db, on: On = None) -> SiteDay:
    """Those nobody has checked first."""
    area = area_of(caller, Action.READ, Thing.CASE)
    day = on or get_county(session, caller.tenant).today()
    return SiteDay.model_validate({"sites": list_day(session, caller.tenant, day, area=area)})


@router.post("/checks", summary="Note a check", status_code=201, responses=responses(401, 403, 404, 409, 413, 422))
def write_check(caller: Caller, session: Db, body: SiteCheckMade) -> SiteChecked:
    """Idempotent by ``uid``; each finding opens a problem under its code."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    return SiteChecked(id=record_check(session, caller.tenant, body.plain(), actor=caller.name, area=area))


@router.get("/checks", summary="Checks of some days", responses=responses(401, 403, 422))
def read_checks(
    caller: Caller,
    session: Db,
    first: First,
    last: Last,
    site: Annotated[str | None, Query(max_length=80, pattern=NO_NUL)] = None,
) -> SiteCheckList:
    """With their findings."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = list_checks(session, caller.tenant, first, last, site=site, area=area)
    return SiteCheckList.model_validate({"checks": found})


@router.get("/filings", summary="Filings of sites at work", responses=responses(401, 403))
def read_filings(
    caller: Caller, session: Db, on: On = None, soon: Annotated[int, Query(ge=0, le=366)] = 30
) -> FilingList:
    """Unfiled ones first; ``soon`` is how many days before the last a filing ends soon."""
    area = area_of(caller, Action.READ, Thing.CASE)
    day = on or get_county(session, caller.tenant).today()
    return FilingList.model_validate({"filings": list_filings(session, caller.tenant, day, soon_days=soon, area=area)})


@router.get("/permits/ended", summary="Permits that ran out", responses=responses(401, 403))
def read_ended(
    caller: Caller,
    session: Db,
    on: On = None,
    days: Annotated[int, Query(ge=1, le=3660)] = 90,
    kind: Annotated[str | None, Query(pattern="^(" + "|".join(PERMIT_KINDS) + ")$")] = None,
) -> PermitList:
    """In the days before, without a newer one of the same holder."""
    demand(caller, Action.READ, get_kind("permit"))
    day = on or get_county(session, caller.tenant).today()
    found = [PermitView.model_validate(one) for one in list_ended(session, caller.tenant, day, days, kind)]
    return PermitList(permits=found)


@router.get("/counts", summary="What was done in a period", responses=responses(401, 403, 422))
def read_counts(caller: Caller, session: Db, first: First, last: Last) -> CountList:
    """当场规范, 源头整治, 扬尘, 湿法作业, 清乱倒, 通知, 立案, 罚款: each with its unit and the rows behind it."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return CountList.model_validate({"counts": count_period(session, caller.tenant, first, last, area=area)})


@router.post("/settle", summary="Let the register of checks follow the map", responses=responses(401, 403))
def settle(caller: Caller, session: Db) -> SettledView:
    """What the planner sees of gates afterwards is what the map says."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return SettledView.model_validate(settle_sites(session, caller.tenant, actor=caller.name))

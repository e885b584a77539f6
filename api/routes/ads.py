"""Ads and signs over HTTP: what is wrong with them, what a storm may bring down, and the ledger of what was ordered."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Principal, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.ads import (
    AdList,
    Fault,
    FigureList,
    HazardLink,
    OrderDetail,
    OrderDraftBody,
    OrderList,
    ShownName,
    StepBody,
)
from geo.cases.ads.actions import UnknownAd, count_ads, get_ad, link_hazard, list_ads, list_before_storm, show_as
from geo.cases.ads.orders import OrderDraft, list_orders, open_order, show_order, take_step
from geo.db.counties import get_county
from geo.features.locate import district_at

router = APIRouter(prefix="/ads", tags=["registers"])

Ad = Annotated[str, Path(min_length=1, max_length=120, description="The ad's number.")]
Order = Annotated[int, Path(ge=1, lt=1 << 63, description="Line of the ledger.")]
First = Annotated[dt.date, Query(alias="from", description="First local day.")]
Last = Annotated[dt.date, Query(alias="to", description="Last local day, included.")]


def on_own_ground(session: Db, caller: Principal, ad: str) -> None:
    """Refuse an ad outside the caller's 片区 as if it were not there."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    row = get_ad(session, caller.tenant, ad)
    county = get_county(session, caller.tenant)
    if area is not None and district_at(session, county, row["lon"], row["lat"]) not in area:
        raise UnknownAd("ads.unknown", ad=ad)


@router.get("", summary="Ads with what is wrong with them today", responses=responses(401, 403))
def read_ads(caller: Caller, session: Db, fault: Fault | None = None) -> AdList:
    """Those that stand, by number, of the caller's own ground."""
    area = area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    return AdList.model_validate(
        {"ads": list_ads(session, caller.tenant, today, fault=fault, area=area)}, from_attributes=True
    )


@router.get("/storm", summary="What the wind may bring down", responses=responses(401, 403))
def read_storm(caller: Caller, session: Db) -> AdList:
    """Ads with an open hazard, the worst first, then large ones whose inspection is overdue."""
    area = area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    found = list_before_storm(session, caller.tenant, today, area=area)
    return AdList.model_validate({"ads": found}, from_attributes=True)


@router.get("/figures", summary="Figures of a span, drilling to records", responses=responses(401, 403))
def read_figures(caller: Caller, session: Db, first: First, last: Last) -> FigureList:
    """大型户外广告设置点 on the register and newly registered; what the ledger says was done, by unit."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return FigureList.model_validate(
        {"figures": count_ads(session, caller.tenant, first, last, area=area)}, from_attributes=True
    )


@router.post("/{ad}/hazards", summary="Say that a hazard is about an ad", status_code=204,
             responses=responses(401, 403, 404, 422))  # fmt: skip
def put_hazard(caller: Caller, session: Db, ad: Ad, body: HazardLink) -> None:
    """The hazard itself stands in the register of hazards."""
    on_own_ground(session, caller, ad)
    link_hazard(session, caller.tenant, ad, body.hazard, actor=caller.name)


@router.put("/{ad}/shown", summary="Say how an ad is named outside", status_code=204,
            responses=responses(401, 403, 404, 422))  # fmt: skip
def put_shown(caller: Caller, session: Db, ad: Ad, body: ShownName) -> None:
    """What an ad says may hold a person's name: outside it is told only as somebody has cleared it."""
    demand(caller, Action.WRITE, Thing.LAYER)
    show_as(session, caller.tenant, ad, body.shown, actor=caller.name)


@router.get("/orders", summary="The ledger", responses=responses(401, 403))
def read_orders(
    caller: Caller,
    session: Db,
    open_only: Annotated[bool, Query(alias="open", description="Only those that nothing was done about yet.")] = False,
    first: Annotated[dt.date | None, Query(alias="from", description="Ordered on this day or later.")] = None,
    last: Annotated[dt.date | None, Query(alias="to", description="Ordered on this day or before.")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> OrderList:
    """Of the caller's own ground, the newest first."""
    area = area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    found = list_orders(
        session, caller.tenant, today, open_only=open_only, first=first, last=last, area=area, most=limit
    )  # fmt: skip
    return OrderList.model_validate({"orders": found})


@router.post("/orders", summary="Write an order down", status_code=201, responses=responses(401, 403, 404, 422))
def post_order(caller: Caller, session: Db, body: OrderDraftBody) -> OrderDetail:
    """The same uid again answers the same line and changes nothing."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    order = open_order(session, caller.tenant, OrderDraft(**body.model_dump()), actor=caller.name, area=area)
    return OrderDetail.model_validate(show_order(session, caller.tenant, order, area))


@router.get("/orders/{order}", summary="One line of the ledger", responses=responses(401, 403, 404))
def read_order(caller: Caller, session: Db, order: Order) -> OrderDetail:
    """With its steps and what can be done with it now."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return OrderDetail.model_validate(show_order(session, caller.tenant, order, area))


@router.post("/orders/{order}/steps", summary="Take a step", responses=responses(401, 403, 404, 409, 422))
def post_step(caller: Caller, session: Db, order: Order, body: StepBody) -> OrderDetail:
    """Removal by the bureau: only with a notice whose last day has passed, by day, on a working day; or urgent.

    What was put right or removed needs a picture from before and another from after
    (`PUT /proofs/ad_order/…`), or the paper file's name.
    """
    area = area_of(caller, Action.WRITE, Thing.CASE)
    given = body.model_dump(exclude={"step", "at"})
    at = body.at or dt.datetime.now(dt.UTC)
    take_step(session, caller.tenant, order, body.step, at=at, actor=caller.name, area=area, **given)
    return OrderDetail.model_validate(show_order(session, caller.tenant, order, area))

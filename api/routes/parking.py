"""Bays, zones and tickets over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, area_of
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.street import BayCounted, BayList, Kept, ParkingKind, TicketsBody, TicketSums, TooFew
from geo.cases.parking.actions import count_bay, list_bays, note_tickets, sum_gaps, sum_tickets

router = APIRouter(prefix="/parking", tags=["registers"])

Bay = Annotated[str, Path(min_length=1, max_length=120, description="Number of the bay or zone.")]
First = Annotated[dt.date, Query(alias="from", description="First local day.")]
Last = Annotated[dt.date, Query(alias="to", description="Last local day, included.")]


@router.get("", summary="Bays and zones against what was counted", responses=responses(401, 403))
def read_bays(
    caller: Caller,
    session: Db,
    first: First,
    last: Last,
    kind: ParkingKind | None = None,
    lacking: Annotated[bool, Query(description="Only those with too few places.")] = False,
) -> BayList:
    """Of the caller's own ground, and summed by 片区."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = list_bays(session, caller.tenant, first, last, kind=kind, area=area, lacking=lacking)
    return BayList.model_validate({"bays": found, "districts": sum_gaps(found)}, from_attributes=True)


@router.post("/{bay}/counts", summary="Note what stands there", responses=responses(401, 403, 404, 422))
def post_count(caller: Caller, session: Db, bay: Bay, body: BayCounted) -> TooFew:
    """Idempotent by ``uid``."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    lacking = count_bay(
        session, caller.tenant, body.uid, bay, body.parked, body.strays, body.counted_at, actor=caller.name, area=area
    )  # fmt: skip
    return TooFew(lacking=lacking)


@router.get("/tickets", summary="抄牌 in 台次", responses=responses(401, 403))
def read_tickets(caller: Caller, session: Db, first: First, last: Last) -> TicketSums:
    """By 片区 and vehicle, of the caller's own ground."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return TicketSums.model_validate({"tickets": sum_tickets(session, caller.tenant, first, last, area)})


@router.post("/tickets", summary="Note how many vehicles were ticketed", responses=responses(401, 403, 422))
def post_tickets(caller: Caller, session: Db, body: TicketsBody) -> Kept:
    """Idempotent by ``uid``. Numbers only: who was fined stands with the penalty."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    new = note_tickets(
        session, caller.tenant, body.uid, body.on, body.vehicle, body.tickets, body.lon, body.lat, actor=caller.name,
        place=body.place, area=area,
    )  # fmt: skip
    return Kept(new=new)

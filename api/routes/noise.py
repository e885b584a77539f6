"""Noise by place and hour, and fireworks, over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from api.auth.permissions import Action, Thing, area_of, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.street import (
    FeastBody,
    FeastZones,
    FireworkAnswer,
    NoiseList,
    VisitBody,
    VisitList,
)
from geo.cases.fireworks.actions import Feast, allowed_at, list_visits, note_feast, record_visit, zones_on
from geo.cases.noise.actions import list_places
from geo.db.counties import get_county
from geo.layers.register import get_kind

router = APIRouter(tags=["registers"])

First = Annotated[dt.date, Query(alias="from", description="First local day.")]
Last = Annotated[dt.date, Query(alias="to", description="Last local day, included.")]
Lon = Annotated[float, Query(description="Longitude, degrees.")]
Lat = Annotated[float, Query(description="Latitude, degrees.")]
Number = Annotated[int, Path(ge=1, lt=1 << 63, description="The feast.")]


@router.get("/noise/places", summary="Places of noise by hour and weekday", responses=responses(401, 403))
def read_noise(
    caller: Caller, session: Db, first: First, last: Last, least: Annotated[int, Query(ge=1, le=1000)] = 2
) -> NoiseList:
    """From complaints and events of the codes in table ``noise_codes``; how many different callers, never who."""
    area = area_of(caller, Action.READ, Thing.CASE)
    found = list_places(session, caller.tenant, first, last, area=area, least=least)
    return NoiseList.model_validate({"places": found}, from_attributes=True)


@router.get("/fireworks", summary="May fireworks be lit here then?", responses=responses(400, 403, 422))
def read_fireworks(
    caller: Caller, session: Db, lon: Lon, lat: Lat, at: Annotated[AwareDatetime | None, Query()] = None
) -> FireworkAnswer:
    """By every zone of the place; now if no time is given."""
    demand(caller, Action.READ, get_kind("firework_zone"))
    when = at or dt.datetime.now(dt.UTC)
    on = when.astimezone(get_county(session, caller.tenant).zone).date()
    zones = zones_on(session, caller.tenant, lon, lat, on)
    allowed = allowed_at(session, caller.tenant, lon, lat, when)
    return FireworkAnswer.model_validate({"allowed": allowed, "zones": zones}, from_attributes=True)


@router.post("/fireworks/feasts", summary="Note a feast told beforehand", responses=responses(401, 403, 422))
def post_feast(caller: Caller, session: Db, body: FeastBody) -> FeastZones:
    """Idempotent by ``uid``; answers the zones it falls in."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    zones = note_feast(session, caller.tenant, Feast(**body.model_dump()), actor=caller.name, area=area)
    return FeastZones.model_validate({"zones": zones}, from_attributes=True)


@router.get("/fireworks/visits", summary="Feasts to be visited before their day", responses=responses(401, 403))
def read_visits(caller: Caller, session: Db, days: Annotated[int, Query(ge=0, le=366)] = 14) -> VisitList:
    """提前介入: inside a zone and not visited, of the caller's own ground, the soonest first."""
    area = area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    return VisitList.model_validate({"visits": list_visits(session, caller.tenant, today, days=days, area=area)})


@router.post("/fireworks/feasts/{feast}/visit", summary="Somebody was there", status_code=204,
             responses=responses(401, 403, 404, 409, 422))  # fmt: skip
def post_visit(caller: Caller, session: Db, feast: Number, body: VisitBody) -> None:
    """Once."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    record_visit(session, caller.tenant, feast, body.at or dt.datetime.now(dt.UTC), actor=caller.name, area=area)

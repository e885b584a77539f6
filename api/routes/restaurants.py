"""Restaurants over HTTP: what is overdue, cleanings, surveys before opening."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.auth.permissions import Action, Thing, area_of
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.street import (
    CleaningBody,
    Kept,
    RestaurantDetail,
    RestaurantFault,
    RestaurantList,
    SurveyAnswer,
    SurveyBody,
)
from geo.cases.restaurants.actions import (
    Survey,
    list_restaurants,
    record_cleaning,
    record_survey,
    show_restaurant,
)
from geo.db.counties import get_county

router = APIRouter(prefix="/restaurants", tags=["registers"])

Code = Annotated[str, Path(min_length=1, max_length=120, description="The restaurant's number.")]


@router.get("", summary="Restaurants with what is wrong with them today", responses=responses(401, 403))
def read_restaurants(caller: Caller, session: Db, fault: RestaurantFault | None = None) -> RestaurantList:
    """Of the caller's own ground, by number."""
    area = area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    found = list_restaurants(session, caller.tenant, today, fault=fault, area=area)
    return RestaurantList.model_validate({"restaurants": found}, from_attributes=True)


@router.get("/{code}", summary="One restaurant", responses=responses(401, 403, 404))
def read_restaurant(caller: Caller, session: Db, code: Code) -> RestaurantDetail:
    """With its cleanings and surveys, and fume events and complaints near it."""
    area = area_of(caller, Action.READ, Thing.CASE)
    today = get_county(session, caller.tenant).today()
    return RestaurantDetail.model_validate(show_restaurant(session, caller.tenant, code, today, area=area))


@router.post("/{code}/cleanings", summary="Note a cleaning", responses=responses(401, 403, 404, 422))
def post_cleaning(caller: Caller, session: Db, code: Code, body: CleaningBody) -> Kept:
    """Idempotent by ``uid``."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    new = record_cleaning(
        session, caller.tenant, body.uid, code, body.cleaned_on, actor=caller.name, cleaner=body.cleaner,
        seen=body.seen, area=area,
    )  # fmt: skip
    return Kept(new=new)


@router.post("/{code}/surveys", summary="Note a survey before opening", responses=responses(401, 403, 404, 409, 422))
def post_survey(caller: Caller, session: Db, code: Code, body: SurveyBody) -> SurveyAnswer:
    """大气污染防治法 art. 81 proposes the verdict; a milder one is a 409."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    survey = Survey(restaurant=code, **body.model_dump())
    return SurveyAnswer.model_validate(
        {"verdict": record_survey(session, caller.tenant, survey, actor=caller.name, area=area)}
    )

"""Contact points: who was there when, behind login."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, area_of, staff_of
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.contacts import ContactList, ContactVisits, VisitMade, VisitTaken
from geo.cases.contacts.actions import Visit, list_contacts, list_visits, record_visit

router = APIRouter(prefix="/contacts", tags=["registers"])

First = Annotated[dt.date, Query(alias="from", description="First local day.")]
Last = Annotated[dt.date, Query(alias="to", description="Last local day, included.")]
Number = Annotated[int, Path(ge=1, lt=1 << 63, description="The contact point.")]


@router.get("", summary="Contact points by their last visit", responses=responses(401, 403))
def read_contacts(caller: Caller, session: Db, first: First, last: Last) -> ContactList:
    """Of the 片区 the caller sees; those visited longest ago, or never, first."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return ContactList.model_validate({"contacts": list_contacts(session, caller.tenant, first, last, area)})


@router.get("/{contact}/visits", summary="Visits of a contact point", responses=responses(401, 403, 404))
def read_visits(caller: Caller, session: Db, contact: Number) -> ContactVisits:
    """The newest first."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return ContactVisits.model_validate({"visits": list_visits(session, caller.tenant, contact, area)})


@router.post("/{contact}/visits", summary="Write a visit down", status_code=201,
             responses=responses(401, 403, 404, 413, 422))  # fmt: skip
def write_visit(caller: Caller, session: Db, contact: Number, body: VisitMade) -> VisitTaken:
    """By who was there; the same uid again changes nothing."""
    area = area_of(caller, Action.WRITE, Thing.CASE)
    visit = Visit(body.uid, contact, body.at, body.people, body.topic, staff_of(caller))
    return VisitTaken(id=record_visit(session, caller.tenant, visit, actor=caller.name, area=area))

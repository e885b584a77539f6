"""Where a text says something is, by the county's own names, behind login."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.geocoding import NameCount, NameCounts, PlaceAnswer, PlaceCandidate
from geo.cases.places.actions import LONGEST, build_names, locate_text
from geo.cases.places.match import PLACED
from geo.cases.places.queries import count_names

router = APIRouter(prefix="/places", tags=["questions"])


@router.get("", summary="Where a text says something is", responses=responses(403))
def find(
    caller: Caller,
    session: Db,
    text: Annotated[str, Query(min_length=1, max_length=LONGEST, pattern=NO_NUL)],
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> PlaceAnswer:
    """Streets, crossings, house numbers, shops, estates and 片区 of the county; letters may be wrong.

    Shops are for those signed in: a shop's name may hold its owner's.
    """
    demand(caller, Action.READ, Thing.LAYER)
    found = locate_text(session, caller.tenant, text, limit)
    if not caller.inside:
        found = [replace(one, matched=()) for one in found if one.kind != "shop"]
    return PlaceAnswer(places=[PlaceCandidate.model_validate(asdict(one)) for one in found], sure_from=PLACED)


@router.get("/names", summary="How many names there are", responses=responses(403))
def read_counts(caller: Caller, session: Db) -> NameCounts:
    """By source and kind."""
    demand(caller, Action.READ, Thing.LAYER)
    return NameCounts(counts=[NameCount.model_validate(row) for row in count_names(session, caller.tenant)])


@router.post("/names", summary="Derive the names from the layers anew", responses=responses(403))
def build(caller: Caller, session: Db) -> NameCounts:
    """The bureau's own names stay."""
    demand(caller, Action.WRITE, Thing.LAYER)
    build_names(session, caller.tenant, actor=caller.name)
    return NameCounts(counts=[NameCount.model_validate(row) for row in count_names(session, caller.tenant)])

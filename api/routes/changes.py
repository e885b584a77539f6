"""The change feed: what changed on the map, for systems that keep a copy."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, Thing, demand, readable_kinds
from api.deps import Caller, Db, NoSuchCollection
from api.problems import NO_NUL, responses
from api.schemas.changes import ChangeFeed
from geo.features.changes.actions import read_changes

router = APIRouter(tags=["features"])


@router.get("/changes", summary="What changed since a number", responses=responses(401, 403, 404, 422))
def read_feed(
    caller: Caller, session: Db,
    after: Annotated[int, Query(ge=0, lt=1 << 63, description="`next` of the last answer; 0 from the start.")] = 0,
    layer: Annotated[list[Annotated[str, Query(max_length=60, pattern=NO_NUL)]] | None,
                     Query(max_length=60, description="Only these layers.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> ChangeFeed:  # fmt: skip
    """Of the layers the caller may read: which features, or where; fetch them from the collection. Nobody is named."""
    demand(caller, Action.READ, Thing.LAYER)
    known = [kind.name for kind in readable_kinds(caller)]
    if lost := sorted(set(layer or ()) - set(known)):
        raise NoSuchCollection("query.no_collection", layer=lost[0])
    page = read_changes(session, caller.tenant, layer or known, after, limit)
    return ChangeFeed.model_validate(asdict(page))

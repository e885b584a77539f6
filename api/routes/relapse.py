"""What came back over HTTP: each return with the closing it followed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, Thing, area_of
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.relapse import ReturnList
from geo.cases.statistics.relapse.actions import list_returns

router = APIRouter(prefix="/statistics/relapse", tags=["statistics"])


@router.get("/returns", summary="Returns and what they followed", responses=responses(401, 403, 422))
def read_returns(
    caller: Caller,
    session: Db,
    first: Annotated[dt.date, Query(description="First local day on which what they followed was closed.")],
    last: Annotated[dt.date, Query(description="Last local day, included.")],
    within_days: Annotated[int, Query(ge=1, le=60, description="How long after a closing a new one counts.")] = 14,
    spot: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Of the spot with this ``event_id``.")] = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> ReturnList:
    """In order of closing, in the caller's 片区."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = list_returns(session, caller.tenant, first, last, within_days, spot=spot, area=area, most=limit)
    return ReturnList.model_validate({"returns": rows})

"""How a shift's plan was drawn, for those who plan; the seed only once the shift is over."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.draws import DrawsView
from geo.patrol.mixture.actions import StillSecret, check_draw, list_draws

router = APIRouter(prefix="/patrol", tags=["patrol"])


@router.get("/draws", summary="How a shift's plan was drawn", responses=responses(403, 404, 422))
def read_draws(
    caller: Caller,
    session: Db,
    date: Annotated[dt.date, Query(ge=dt.date(2000, 1, 1), le=dt.date(2100, 1, 1))],
    shift: Annotated[str, Query(min_length=1, max_length=40, pattern=NO_NUL)],
) -> DrawsView:
    """Anybody can then check that the seed has the hash, and that each draw follows from it."""
    demand(caller, Action.WRITE, Thing.PLAN)
    try:
        found = check_draw(session, caller.tenant, date, shift)
    except StillSecret:
        seal, draws = list_draws(session, caller.tenant, date, shift)
        return DrawsView.model_validate({"seal": seal, "draws": draws})
    told = {"seal": found.seal, "draws": found.draws, "seed": found.seed, "label": found.label, "fair": found.fair}
    return DrawsView.model_validate(told)

"""日巡查, 周小结, 月通报 over HTTP, behind login: they tell of the whole county, to who sees the whole of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.bulletins import BulletinDraft, BulletinForm, BulletinKind, BulletinList, BulletinView
from geo.cases.bulletins import actions
from geo.cases.bulletins.content import build_content, digest_of
from geo.cases.bulletins.prose import to_prose

router = APIRouter(prefix="/bulletins", tags=["statistics"])

On = Annotated[dt.date, Query(ge=dt.date(1990, 1, 1), le=dt.date(2200, 1, 1), description="A local day of the period.")]
OnPath = Annotated[dt.date, Path(ge=dt.date(1990, 1, 1), le=dt.date(2200, 1, 1), description="A day of the period.")]


@router.get("", summary="What was issued", responses=responses(401, 403, 422))
def read_bulletins(
    caller: Caller, session: Db, kind: Annotated[BulletinKind | None, Query(description="Only these.")] = None
) -> BulletinList:
    """The newest period first, without what they say."""
    demand(caller, Action.READ, Thing.CASE)
    return BulletinList.model_validate({"bulletins": actions.list_bulletins(session, caller.tenant, kind)})


@router.post("", summary="Issue a bulletin", status_code=201, responses=responses(401, 403, 409, 413, 422))
def issue(caller: Caller, session: Db, body: BulletinForm) -> BulletinView:
    """For good, once its period is over; again only with a note, as another edition."""
    demand(caller, Action.WRITE, Thing.LAYER)
    made = actions.issue_bulletin(session, caller.tenant, body.kind, body.on, actor=caller.name, note=body.note)
    return _view(made)


@router.get("/draft", summary="What a bulletin would say now", responses=responses(401, 403, 422))
def read_draft(caller: Caller, session: Db, kind: BulletinKind, on: On) -> BulletinDraft:
    """Nothing is issued; of a period that was, it shows by its digest whether the records still say the same."""
    demand(caller, Action.READ, Thing.CASE)
    content = build_content(session, caller.tenant, kind, on)
    return BulletinDraft(content=content, prose=to_prose(content), sha256=digest_of(content))


@router.get("/{bulletin_kind}/{on}", summary="One bulletin", responses=responses(401, 403, 404, 422))
def read_bulletin(
    caller: Caller, session: Db, bulletin_kind: Annotated[BulletinKind, Path()], on: OnPath,
    edition: Annotated[int | None, Query(ge=1, le=10_000, description="Not the newest but this one.")] = None,
) -> BulletinView:  # fmt: skip
    """As it was issued of the period a day is in."""
    demand(caller, Action.READ, Thing.CASE)
    return _view(actions.get_bulletin(session, caller.tenant, bulletin_kind, on, edition))


def _view(row: dict[str, Any]) -> BulletinView:
    return BulletinView.model_validate({**row, "prose": to_prose(row["content"])})

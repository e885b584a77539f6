"""Suspicions, behind login: surveys checked against what is approved, and what people decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from api.auth.permissions import Action, Principal, Thing, demand
from api.deps import Caller, Db, Holder
from api.jobs.actions import request_job
from api.problems import NO_NUL, language_of, responses
from api.schemas.jobs import JobView, view_job
from api.schemas.suspicions import Decided, Decision, Listed, Suspicion, SuspicionList
from api.uploads import BODY, kept_upload
from geo.cases.buildings.adoption import adopt_building
from geo.db.engine import Database
from geo.hotspots.footprints import queries
from geo.hotspots.footprints.actions import decide_suspicion, get_suspicion
from geo.hotspots.footprints.words import sentence
from geo.messages import Language
from geo.tables.suspicions import SUSPICION_STATUSES

router = APIRouter(prefix="/suspicions", tags=["suspicions"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("", summary="Suspicions, the newest first", responses=responses(403))
def read_suspicions(
    request: Request,
    caller: Caller,
    session: Db,
    status: Annotated[str | None, Query(pattern="|".join(SUSPICION_STATUSES))] = None,
    district: Annotated[str | None, Query(max_length=40, pattern=NO_NUL, description="Code of a 片区.")] = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only suspicions with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> SuspicionList:
    """Their ground is in the collection ``suspicion``."""
    demand(caller, Action.READ, Thing.FINDING)
    found = queries.list_suspicions(session, caller.tenant, status=status, district=district, before=before, most=limit)
    spoken = language_of(request)
    listed = [Listed.model_validate(_said(row, spoken)) for row in found]
    return SuspicionList(suspicions=listed, counts=queries.count_by_status(session, caller.tenant))


@router.post(
    "/checks",
    summary="Check a survey of footprints",
    status_code=202,
    responses=responses(403, 413, 422),
    openapi_extra={"requestBody": BODY},
)
async def upload(
    request: Request,
    service: Holder,
    caller: Caller,
    survey: Annotated[str, Query(min_length=1, max_length=100, pattern=NO_NUL, description="Name of the look.")],
    observed_on: Annotated[dt.date | None, Query(description="Local day of the look.")] = None,
) -> JobView:
    """Outlines as GeoPackage, zipped Shapefile, GeoJSON or GeoParquet. The answer is the job to watch.

    Flight footprints that the layer ``flight`` holds under the survey's name say what was looked at.
    """
    demand(caller, Action.WRITE, Thing.FINDING)
    look = {"survey": survey, "observed_on": observed_on.isoformat() if observed_on else None}
    async with kept_upload(request, service.settings.home / "uploads" / caller.tenant) as sent:
        return await run_in_threadpool(_queue, request, service.database, caller, {**sent.as_arguments(), **look})


@router.get("/{suspicion_id}", summary="One suspicion", responses=responses(403, 404))
def read_suspicion(request: Request, caller: Caller, session: Db, suspicion_id: Identity) -> Suspicion:
    """Its reasons in the caller's language."""
    demand(caller, Action.READ, Thing.FINDING)
    found = get_suspicion(session, caller.tenant, suspicion_id)
    return Suspicion.model_validate(_said(found, language_of(request)))


@router.post(
    "/{suspicion_id}/decision", summary="Confirm or dismiss a suspicion", responses=responses(403, 404, 409, 422)
)
def decide(request: Request, caller: Caller, session: Db, suspicion_id: Identity, body: Decision) -> Decided:
    """A confirmed one enters the ledger of illegal buildings as suspected; dismissing takes a reason."""
    demand(caller, Action.WRITE, Thing.FINDING)
    done = decide_suspicion(session, caller.tenant, suspicion_id, body.verdict, reason=body.reason, actor=caller.name)
    if done["illegal_building"] is not None:
        adopt_building(session, caller.tenant, done["illegal_building"], caller.name)
    return Decided.model_validate(_said(done, language_of(request)))


def _queue(request: Request, database: Database, caller: Principal, given: dict[str, Any]) -> JobView:
    """Ask for the check; committed when this returns."""
    with database.begin(caller.tenant) as session:
        job = request_job(session, caller.tenant, "check_footprints", given, caller.name, lock="footprints")
        return view_job(job, language_of(request))


def _said(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The row with its reasons in words."""
    parts = [(code, facts) for code, facts in row["reasons"]]
    return {**row, "reason": sentence(parts, language)}

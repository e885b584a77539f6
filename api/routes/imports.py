"""Upload a file into a layer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.auth.permissions import Action, Principal, demand
from api.deps import Caller, Collection, Holder
from api.jobs.actions import request_job
from api.problems import language_of, responses
from api.schemas.jobs import JobView, view_job
from api.uploads import BODY, Upload, kept_upload
from geo.db.engine import Database
from geo.layers.register import LayerKind

router = APIRouter(tags=["layers"])


@router.post(
    "/layers/{collection}/imports",
    summary="Import a file into a layer",
    status_code=202,
    responses=responses(403, 404, 413, 422),
    openapi_extra={"requestBody": BODY},
)
async def upload(request: Request, service: Holder, caller: Caller, kind: Collection) -> JobView:
    """GeoPackage, zipped Shapefile, GeoJSON, GeoParquet or CSV. The answer is the job to watch."""
    demand(caller, Action.WRITE, kind)
    async with kept_upload(request, service.settings.home / "uploads" / caller.tenant) as sent:
        return await run_in_threadpool(_queue, request, service.database, caller, kind, sent)


def _queue(request: Request, database: Database, caller: Principal, kind: LayerKind, sent: Upload) -> JobView:
    """Ask for the import; committed when this returns."""
    arguments = {"layer": kind.name, **sent.as_arguments()}
    with database.begin(caller.tenant) as session:
        job = request_job(session, caller.tenant, "import_file", arguments, caller.name, lock=f"import:{kind.name}")
        return view_job(job, language_of(request))

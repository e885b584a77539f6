"""Work in the background: what was asked, how far it is, stopping it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import cancel_job, get_job
from api.jobs.queries import load_jobs
from api.problems import language_of, responses
from api.schemas.jobs import JobList, JobView, view_job
from geo.tables.jobs import JobKind, JobState

router = APIRouter(tags=["jobs"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]


@router.get("/jobs", summary="Jobs, the newest first", responses=responses(403))
def list_jobs(
    request: Request,
    caller: Caller,
    session: Db,
    state: JobState | None = None,
    kind: JobKind | None = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only jobs with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobList:
    """Of the caller's county."""
    demand(caller, Action.READ, Thing.JOB)
    found = load_jobs(session, caller.tenant, state=state, kind=kind, before=before, limit=limit)
    return JobList(jobs=[view_job(job, language_of(request)) for job in found])


@router.get("/jobs/{job_id}", summary="One job", responses=responses(403, 404))
def read_job(request: Request, caller: Caller, session: Db, job_id: Identity) -> JobView:
    """Progress, then result or problem."""
    demand(caller, Action.READ, Thing.JOB)
    return view_job(get_job(session, caller.tenant, job_id), language_of(request))


@router.post("/jobs/{job_id}/cancel", summary="Stop a job", responses=responses(403, 404, 409))
def stop_job(request: Request, caller: Caller, session: Db, job_id: Identity) -> JobView:
    """At once if it waits, at its next step if it runs."""
    demand(caller, Action.WRITE, Thing.JOB)
    return view_job(cancel_job(session, caller.tenant, job_id, caller.name), language_of(request))

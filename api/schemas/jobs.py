"""Jobs over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel

from geo.messages import Language, say
from geo.tables.jobs import Job, JobKind, JobState

HIDDEN = ("path",)
"""Arguments that say where things lie on this machine."""


class Complaint(BaseModel):
    """Why a job failed."""

    code: str
    detail: str
    facts: dict[str, Any]


class JobView(BaseModel):
    """A job: what, how far, with what result."""

    id: int
    kind: JobKind
    state: JobState
    progress: float
    arguments: dict[str, Any]
    result: dict[str, Any] | None
    problem: Complaint | None
    cancel_asked: bool
    asked_by: str
    asked_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


class JobList(BaseModel):
    """Jobs, the newest first; ``before`` the last id gives the next page."""

    jobs: list[JobView]


def view_job(job: Job, language: Language) -> JobView:
    """The job as its county sees it."""
    problem = None
    if job.problem is not None:
        code, facts = job.problem["code"], job.problem["facts"]
        problem = Complaint(code=code, detail=say(code, language, **facts), facts=facts)
    return JobView.model_validate(
        {
            "id": job.id, "kind": job.kind, "state": job.state, "progress": job.progress, "result": job.result,
            "arguments": {name: value for name, value in job.arguments.items() if name not in HIDDEN},
            "problem": problem, "cancel_asked": job.cancel_asked, "asked_by": job.asked_by,
            "asked_at": job.asked_at, "started_at": job.started_at, "finished_at": job.finished_at,
        }
    )  # fmt: skip

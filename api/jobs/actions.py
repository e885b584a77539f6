"""Ask for work, watch it, stop it, and run it exactly once as far as anybody can tell."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from api.jobs import queries
from api.jobs.queue import defer_with
from geo.db.changes import write_change
from geo.db.engine import Database
from geo.errors import Cancelled, Conflict, NotFound, PianquError, Unavailable
from geo.tables.jobs import Job

PROGRESS_EVERY_S = 0.5
log = structlog.get_logger()


class NoSuchJob(NotFound):
    """The county has no job with that id."""


class JobOver(Conflict):
    """The job has ended; there is nothing to cancel."""


class JobCancelled(Cancelled):
    """Somebody asked to stop; raised out of the progress report."""


def request_job(
    session: Session,
    tenant: str,
    kind: str,
    arguments: Mapping[str, Any],
    asked_by: str,
    *,
    lock: str | None = None,
) -> Job:
    """A new job, queued if and only if the session commits.

    Parameters
    ----------
    kind
        Name of the task in :mod:`api.jobs.tasks`.
    lock
        Jobs of the county with the same lock run one after another.
    """
    identity = queries.insert_job(session, tenant, kind, arguments, asked_by)
    queue_id = defer_with(session, kind, lock=f"{tenant}:{lock}" if lock else None, tenant=tenant, job_id=identity)
    job = get_job(session, tenant, identity)
    job.queue_id = queue_id
    write_change(session, tenant, "job.asked", facts={"job": identity, "kind": kind}, actor=asked_by)
    return job


def get_job(session: Session, tenant: str, job_id: int, *, lock: bool = False) -> Job:
    """A job of the county.

    Raises
    ------
    NoSuchJob
        If there is none with that id.
    """
    job = queries.find_job(session, tenant, job_id, lock=lock)
    if job is None:
        raise NoSuchJob("jobs.none", id=job_id)
    return job


def cancel_job(session: Session, tenant: str, job_id: int, actor: str) -> Job:
    """Stop a job: at once if it still waits, at its next step if it runs.

    Raises
    ------
    NoSuchJob
        If there is none with that id.
    JobOver
        If it has ended.
    """
    job = get_job(session, tenant, job_id, lock=True)
    if job.state not in ("waiting", "running"):
        raise JobOver("jobs.over", id=job_id, state=job.state)
    job.cancel_asked = True
    if job.state == "waiting":
        queries.finish_job(session, tenant, job_id, "cancelled")
        session.flush()
        session.refresh(job)
    write_change(session, tenant, "job.cancel_asked", facts={"job": job_id}, actor=actor)
    return job


class Run:
    """One job being run: its arguments, and how it reports back."""

    def __init__(
        self, database: Database, tenant: str, job_id: int, arguments: Mapping[str, Any], asked_by: str
    ) -> None:
        self.database = database
        self.tenant = tenant
        self.job_id = job_id
        self.arguments = arguments
        self.asked_by = asked_by
        self._next_report = 0.0

    def report(self, progress: float) -> None:
        """Note how far it is (0 to 1), at most every ``PROGRESS_EVERY_S``.

        Raises
        ------
        JobCancelled
            If somebody asked to stop it.
        """
        if time.monotonic() < self._next_report:
            return
        self._next_report = time.monotonic() + PROGRESS_EVERY_S
        with self.database.begin(self.tenant) as session:
            asked = queries.move_progress(session, self.tenant, self.job_id, min(1.0, max(0.0, progress)))
        if asked:
            raise JobCancelled("jobs.cancelled")


class RunsElsewhere(Unavailable):
    """Another worker is at it, or its end was not noticed yet."""


def run_job(
    database: Database, tenant: str, job_id: int, work: Callable[[Run], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Run a job that is not over, and keep its result or its problem.

    Parameters
    ----------
    work
        Does it and returns the result; its effects are idempotent, since a worker that is killed before
        the end is run again.

    Returns
    -------
    Mapping
        The job's arguments, now that it is over; empty if there is no such job.

    Raises
    ------
    Unavailable
        If the database went away, or another worker runs the job; the queue tries again.
    """
    with queries.hold_job(database, tenant, job_id) as held:
        if not held:
            raise RunsElsewhere("jobs.elsewhere", id=job_id)
        return _run_held(database, tenant, job_id, work)


def _run_held(
    database: Database, tenant: str, job_id: int, work: Callable[[Run], Mapping[str, Any]]
) -> Mapping[str, Any]:
    with database.begin(tenant) as session:
        job = queries.find_job(session, tenant, job_id, lock=True)
        if job is None or job.state not in ("waiting", "running"):
            return dict(job.arguments) if job else {}
        job.state = "running"
        job.started_at = job.started_at or dt.datetime.now(dt.UTC)
        run = Run(database, tenant, job_id, dict(job.arguments), job.asked_by)
    state, result, problem = "done", None, None
    try:
        run.report(0.0)
        result = work(run)
    except Unavailable:
        raise
    except Cancelled:
        state = "cancelled"
    except PianquError as error:
        state, problem = "failed", {"code": error.code, "facts": _plain(error.facts)}
    except Exception as error:
        log.error("job.failed", job=job_id, tenant=tenant, exc_info=error)
        state, problem = "failed", {"code": "http.internal", "facts": {}}
    with database.begin(tenant) as session:
        queries.finish_job(session, tenant, job_id, state, result=result, problem=problem)
        write_change(session, tenant, f"job.{state}", facts={"job": job_id}, actor=run.asked_by)
    return run.arguments


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as JSON can hold them."""
    return {name: value if isinstance(value, (str, int, float, bool)) else str(value) for name, value in facts.items()}

"""The SQL of jobs as people see them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.db.engine import Database, plainly
from geo.tables.jobs import Job

LOCK_KEY = func.hashtextextended(bindparam("name"), 0)


def insert_job(session: Session, tenant: str, kind: str, arguments: Mapping[str, Any], asked_by: str) -> int:
    """A waiting job; returns its id."""
    row = insert(Job).values(tenant=tenant, kind=kind, arguments=dict(arguments), asked_by=asked_by).returning(Job.id)
    return session.execute(row).scalar_one()


def find_job(session: Session, tenant: str, job_id: int, *, lock: bool = False) -> Job | None:
    """A job by id."""
    wanted = select(Job).where(Job.tenant == tenant, Job.id == job_id)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def load_jobs(
    session: Session,
    tenant: str,
    *,
    state: str | None = None,
    kind: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Job]:
    """Jobs, the newest first."""
    wanted = select(Job).where(Job.tenant == tenant)
    if state is not None:
        wanted = wanted.where(Job.state == state)
    if kind is not None:
        wanted = wanted.where(Job.kind == kind)
    if before is not None:
        wanted = wanted.where(Job.id < before)
    return session.scalars(wanted.order_by(Job.id.desc()).limit(limit)).all()


def move_progress(session: Session, tenant: str, job_id: int, progress: float) -> bool:
    """Note how far a running job is, never backwards; returns whether somebody asked to cancel it."""
    found = session.execute(
        update(Job)
        .where(Job.tenant == tenant, Job.id == job_id)
        .values(progress=func.greatest(Job.progress, progress))
        .returning(Job.cancel_asked)
    ).scalar_one_or_none()
    return bool(found)


@contextlib.contextmanager
def hold_job(database: Database, tenant: str, job_id: int) -> Iterator[bool]:
    """Whether nobody else runs the job; holds it until the end, or until this process dies.

    A lock of a connection of its own: the work's transactions come and go meanwhile.

    Raises
    ------
    DatabaseAway
        If that connection cannot be had or is lost; the lock is free then, and the job may be tried again.
    """
    name = {"name": f"job {tenant} {job_id}"}
    try:
        with database.engine("app").connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            held = bool(connection.execute(select(func.pg_try_advisory_lock(LOCK_KEY)), name).scalar_one())
            try:
                yield held
            finally:
                if held:
                    connection.execute(select(func.pg_advisory_unlock(LOCK_KEY)), name)
    except DBAPIError as error:
        raise plainly(error) from error


def finish_job(
    session: Session,
    tenant: str,
    job_id: int,
    state: str,
    *,
    result: Mapping[str, Any] | None = None,
    problem: Mapping[str, Any] | None = None,
) -> None:
    """Close a running job; one that is closed already stays as it is."""
    values: dict[str, Any] = {"state": state, "finished_at": func.now()}
    values |= {"progress": 1.0} if state == "done" else {}
    values |= {"result": dict(result)} if result is not None else {}
    values |= {"problem": dict(problem)} if problem is not None else {}
    still_open = Job.state.in_(("waiting", "running"))
    session.execute(update(Job).where(Job.tenant == tenant, Job.id == job_id, still_open).values(**values))

"""The queue: a job and the row it is about are born in one transaction."""

from __future__ import annotations

from typing import Any

import procrastinate
from procrastinate.tasks import Task
from sqlalchemy.orm import Session

QUEUE = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(), import_paths=["api.jobs.tasks"])
"""Never opened itself: whoever defers brings the connection, the worker a connector of its own."""


def defer_with(session: Session, task: Task[..., Any, Any], *, lock: str | None = None, **arguments: Any) -> int:
    """Queue ``task`` so that it exists only if this session commits.

    Parameters
    ----------
    lock
        Jobs with the same lock run one after another.
    arguments
        JSON-ready.

    Returns
    -------
    int
        The queue's id of the job.
    """
    connection = session.connection().connection.driver_connection
    return task.configure(connection=connection, lock=lock).defer(**arguments)

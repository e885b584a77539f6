"""The queue: a job and the row it is about are born in one transaction."""

from __future__ import annotations

from typing import Any

import procrastinate
from sqlalchemy.orm import Session

QUEUE = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Only defers, and is never opened: whoever defers brings the connection. The worker has an application of its own."""


def defer_with(session: Session, task: str, *, lock: str | None = None, **arguments: Any) -> int:
    """Queue the task of that name so that it exists only if this session commits.

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
    return QUEUE.configure_task(task, connection=connection, lock=lock).defer(**arguments)

"""Task of the worker that reads trips of lorries from their positions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def trace_trips(context: JobContext, tenant: str, job_id: int) -> None:
    """Read the trips of some days, and how they deviate."""
    run_job(context.additional_context["database"], tenant, job_id, _trace)


def _trace(run: Run) -> Mapping[str, Any]:
    from geo.cases.waste.trips.actions import trace_days

    first, last = (dt.date.fromisoformat(run.arguments[name]) for name in ("first", "last"))

    def progress(done: int, of: int) -> None:
        run.report(done / of)

    found = trace_days(run.database, run.tenant, first, last, actor=run.asked_by, progress=progress)
    names = ("fixes", "trips", "deviations", "new", "withdrawn")
    return {"days": len(found), **{name: sum(getattr(one, name) for one in found) for name in names}}


TASKS = (trace_trips,)

"""Tasks of the worker that study returns and test operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def study_returns(context: JobContext, tenant: str, job_id: int) -> None:
    """Study what comes back, and test every operation against the record."""
    run_job(context.additional_context["database"], tenant, job_id, _study)


def _study(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.displacement.actions import assess_operations
    from geo.hotspots.recurrence.actions import study_returns as study

    def progress(_: str, done: int, of: int) -> None:
        run.report(0.9 * done / of)

    given = run.arguments
    made = study(
        run.database, run.tenant, within_s=given["within_s"], radius_m=given["radius_m"], progress=progress,
        actor=run.asked_by,
    )  # fmt: skip
    tested = assess_operations(run.database, run.tenant, actor=run.asked_by)
    return {"study": made.id, "closings": made.closings, "links": made.links, "operations": tested}


TASKS = (study_returns,)

"""The task of the worker that checks a survey of footprints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def check_footprints(context: JobContext, tenant: str, job_id: int) -> None:
    """Compare an uploaded survey with the approved buildings, fill the queue, then remove the upload."""
    arguments = run_job(context.additional_context["database"], tenant, job_id, _check)
    # Only now: a worker killed before the job's end was committed is followed by one that needs the file.
    if "path" in arguments:
        Path(arguments["path"]).unlink(missing_ok=True)


def _check(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.footprints.actions import check_observed
    from geo.layers.reports import ImportOptions

    given = run.arguments
    report = check_observed(
        run.database,
        run.tenant,
        Path(given["path"]),
        options=ImportOptions(**given["options"]),
        survey=given["survey"],
        observed_on=dt.date.fromisoformat(given["observed_on"]) if given["observed_on"] else None,
        actor=run.asked_by,
        step=run.report,
    )
    return report.as_json()


TASKS = (check_footprints,)

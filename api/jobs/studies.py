"""The task of the worker that studies a county: descriptions, workload, light."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def make_study(context: JobContext, tenant: str, job_id: int) -> None:
    """Make one study and keep it as a finding; a job that is run again makes none twice."""
    run_job(context.additional_context["database"], tenant, job_id, _study)


def _study(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.studies import make_study as make

    given = dict(run.arguments)
    kind = given.pop("kind")
    for name in ("last_on", "first_on"):
        if given.get(name):
            given[name] = dt.date.fromisoformat(given[name])
    saved = make(run.database, run.tenant, kind, actor=run.asked_by, job_id=run.job_id, progress=run.report, **given)
    return {"finding": saved.id, "kind": kind, "rows": len(saved.finding.rows)}


TASKS = (make_study,)

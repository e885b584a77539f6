"""Task of the worker that plans the rest of a shift anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, request_job, run_job


def replan_shift(context: JobContext, tenant: str, job_id: int) -> None:
    """Plan the rest of a shift anew; the dashboards follow."""
    run_job(context.additional_context["database"], tenant, job_id, _again)


def _again(run: Run) -> Mapping[str, Any]:
    from geo.patrol.replan.actions import replan_shift as replan
    from geo.patrol.replan.news import News, Urgent

    given = run.arguments

    def progress(_: str, done: int, of: int) -> None:
        run.report(done / of if of else 0.0)

    news = News(
        tuple(Urgent(**one) for one in given["urgent"]), tuple(given["absent"]), tuple(given["out"]), given["late"]
    )
    saved = replan(
        run.database, run.tenant, dt.date.fromisoformat(given["date"]), given["shift"], news,
        now=dt.datetime.fromisoformat(given["now"]), plan_id=given["plan"], seed=given["seed"], progress=progress,
        actor=run.asked_by,
    )  # fmt: skip
    with run.database.begin(run.tenant) as session:
        request_job(session, run.tenant, "build_dashboards", {"on_date": given["date"]}, run.asked_by,
            lock="dashboards",
        )  # fmt: skip
    return {"plan": saved.plan.id, "version": saved.plan.version, "again": dict(saved.again)}


TASKS = (replan_shift,)

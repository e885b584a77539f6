"""Tasks of the worker that make and adopt rosters, and weigh what one more would buy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def propose_roster(context: JobContext, tenant: str, job_id: int) -> None:
    """Roster some days and keep that as a draft."""
    run_job(context.additional_context["database"], tenant, job_id, _propose)


def adopt_roster(context: JobContext, tenant: str, job_id: int) -> None:
    """Write a draft's duties."""
    run_job(context.additional_context["database"], tenant, job_id, _adopt)


def _adopt(run: Run) -> Mapping[str, Any]:
    from geo.patrol.people.actions import adopt_roster as adopt

    number = run.arguments["roster"]
    return {"roster": number, "duties": adopt(run.database, run.tenant, number, run.asked_by)}


def _propose(run: Run) -> Mapping[str, Any]:
    from geo.patrol.people.actions import propose_roster as propose

    given = run.arguments

    def progress(done: int, of: int) -> None:
        run.report(done / of)

    made = propose(
        run.database, run.tenant, dt.date.fromisoformat(given["first_on"]), given["days"],
        seed=given["seed"], progress=progress, actor=run.asked_by,
    )  # fmt: skip
    return {"roster": made["id"], "duties": made["duties"], "lacking": len(made["summary"]["lacking"])}


def weigh_staff(context: JobContext, tenant: str, job_id: int) -> None:
    """Say what one more officer, licence or vehicle would buy in a shift."""
    run_job(context.additional_context["database"], tenant, job_id, _weigh)


def _weigh(run: Run) -> Mapping[str, Any]:
    from geo.patrol.people.weigh import weigh_staff as weigh

    given = run.arguments
    return weigh(
        run.database, run.tenant, dt.date.fromisoformat(given["date"]), given["shift"],
        iterations=given["iterations"], seeds=given["seeds"], progress=lambda done, of: run.report(done / of),
    )  # fmt: skip


TASKS = (propose_roster, adopt_roster, weigh_staff)

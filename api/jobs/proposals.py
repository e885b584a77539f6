"""Tasks of the worker that make and adopt proposals: cuts of 片区, choices of sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job
from geo.hotspots.districting.ground import RecutRequest


def recut_districts(context: JobContext, tenant: str, job_id: int) -> None:
    """Cut the county into 片区 and keep that as a proposal."""
    run_job(context.additional_context["database"], tenant, job_id, _recut)


def adopt_districts(context: JobContext, tenant: str, job_id: int) -> None:
    """Make a proposal the county's 片区."""
    run_job(context.additional_context["database"], tenant, job_id, _adopt)


def plan_sites(context: JobContext, tenant: str, job_id: int) -> None:
    """Choose sites and keep the choice."""
    run_job(context.additional_context["database"], tenant, job_id, _sites)


def adopt_sites(context: JobContext, tenant: str, job_id: int) -> None:
    """Decide for a choice of sites."""
    run_job(context.additional_context["database"], tenant, job_id, _adopt_sites)


def _recut(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.districting.proposals import propose_districts

    given = run.arguments
    locks = {name: tuple(given[name]) for name in ("lock_districts", "lock_units")}
    made = propose_districts(run.database, run.tenant, RecutRequest(**{**given, **locks}), _share(run), run.asked_by)
    summary = made["summary"]
    return {"proposal": made["id"], **{name: summary[name] for name in ("max_over_mean", "bound", "moved_load")}}


def _adopt(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.districting.proposals import adopt_proposal

    return adopt_proposal(run.database, run.tenant, run.arguments["proposal"], _share(run), run.asked_by)


def _sites(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.siting.actions import CountyRequest, plan_sites

    given = dict(run.arguments)
    given |= {name: None if given[name] is None else tuple(given[name]) for name in ("rules", "codes")}
    places = given.pop("candidates")
    listed = tuple((one["lon"], one["lat"], one["name"], one["capacity"]) for one in places)
    made = plan_sites(run.database, run.tenant, CountyRequest(**given, candidates=listed), _share(run), run.asked_by)
    return {"plan": made["id"], **{name: made["summary"][name] for name in ("sites", "share", "proven")}}


def _adopt_sites(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.siting.actions import adopt_sites

    return adopt_sites(run.database, run.tenant, run.arguments["plan"], run.asked_by)


def _share(run: Run) -> Any:
    def progress(_: str, done: int, total: int) -> None:
        run.report(done / total if total else 0.0)

    return progress


TASKS = (recut_districts, adopt_districts, plan_sites, adopt_sites)

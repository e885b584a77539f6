"""What the worker can do. Each task finds its arguments in the county's job row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import procrastinate
from procrastinate import JobContext, RetryStrategy

from api.jobs.actions import Run, request_job, run_job
from api.jobs.complaints import TASKS as COMPLAINTS
from api.jobs.footprints import TASKS as FOOTPRINTS
from api.jobs.forecasts import TASKS as FORECASTS
from api.jobs.proposals import TASKS as PROPOSALS
from api.jobs.replans import TASKS as REPLANS
from api.jobs.returns import TASKS as RETURNS
from api.jobs.rosters import TASKS as ROSTERS
from api.jobs.studies import TASKS as STUDIES
from api.jobs.tracks import TASKS as TRACKS
from api.jobs.trials import TASKS as TRIALS
from api.jobs.trips import TASKS as TRIPS
from geo.db.engine import Database
from geo.errors import Unavailable
from geo.settings import Settings

AGAIN = RetryStrategy(wait=2, retry_exceptions={Unavailable})
"""Only when the database was away; what is wrong with the work itself is wrong again next time."""

STALLED_S = 6
"""Without a heartbeat for this long a worker is taken for dead; a job it still runs is held by a lock anyhow."""

KEPT_REJECTS = 1_000
"""Rejected rows listed in a job's result; the import keeps the rest."""


def _held(context: JobContext) -> tuple[Database, Settings]:
    held = context.additional_context
    return held["database"], held["settings"]


def import_file(context: JobContext, tenant: str, job_id: int) -> None:
    """Import an uploaded file into a layer, then remove the upload."""
    database, _ = _held(context)
    arguments = run_job(database, tenant, job_id, _import)
    # Only now: a worker killed before the job's end was committed is followed by one that needs the file.
    if "path" in arguments:
        Path(arguments["path"]).unlink(missing_ok=True)


def plan_shift(context: JobContext, tenant: str, job_id: int) -> None:
    """Plan a shift of the county; the dashboards follow."""
    database, _ = _held(context)
    run_job(database, tenant, job_id, _plan)


def plan_horizon(context: JobContext, tenant: str, job_id: int) -> None:
    """Plan the shifts of some days in a row."""
    database, _ = _held(context)
    run_job(database, tenant, job_id, _plan_days)


def build_dashboards(context: JobContext, tenant: str, job_id: int) -> None:
    """Draw the county's pages anew."""
    database, settings = _held(context)

    def work(run: Run) -> Mapping[str, Any]:
        from api.commands.dashboards import build_dashboards as build

        on_date = dt.date.fromisoformat(run.arguments["on_date"])
        built = build(run.database, settings, run.tenant, on_date)
        return {"pages": len(built)}

    run_job(database, tenant, job_id, work)


async def retry_stalled(app: procrastinate.App) -> int:
    """Queue again what killed workers left behind, which the queue does not by itself; returns how many jobs."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)


def _import(run: Run) -> Mapping[str, Any]:
    from geo.layers.actions import import_layer, import_osm
    from geo.layers.reports import ImportOptions

    path = Path(run.arguments["path"])
    layer = run.arguments["layer"]

    def progress(_: str, done: int, total: int | None) -> None:
        run.report(done / total if total else 0.0)

    if layer == "osm":
        reports = import_osm(run.database, run.tenant, path, progress)
    else:
        options = ImportOptions(**run.arguments["options"])
        reports = {layer: import_layer(run.database, run.tenant, path, layer, options, progress)}
    return {name: _shortened(report.as_json()) for name, report in reports.items()}


def _shortened(report: dict[str, Any]) -> dict[str, Any]:
    return {**report, "rejected": report["rejected"][:KEPT_REJECTS]}


def _plan(run: Run) -> Mapping[str, Any]:
    from geo.patrol.actions import plan_shift as plan
    from geo.patrol.mixture.actions import draw_plan

    on_date = dt.date.fromisoformat(run.arguments["date"])

    def progress(_: str, done: int, total: int) -> None:
        run.report(done / total if total else 0.0)

    if "draws" in run.arguments:
        saved = draw_plan(
            run.database, run.tenant, on_date, run.arguments["shift"], plans=run.arguments["draws"],
            why=run.arguments["why"], seed=run.arguments["seed"], progress=progress, actor=run.asked_by,
        ).plan  # fmt: skip
    else:
        saved = plan(
            run.database, run.tenant, on_date, run.arguments["shift"],
            seed=run.arguments["seed"], progress=progress, actor=run.asked_by,
        )  # fmt: skip
    with run.database.begin(run.tenant) as session:
        request_job(session, run.tenant, "build_dashboards", {"on_date": on_date.isoformat()}, run.asked_by,
            lock="dashboards",
        )  # fmt: skip
    return {
        "plan": saved.id, "version": saved.version, "teams": saved.teams, "stops": saved.stops, "served": saved.served,
        "unserved": len(saved.unserved), "weight_served": saved.weight_served, "weight_total": saved.weight_total,
    }  # fmt: skip


def _plan_days(run: Run) -> Mapping[str, Any]:
    from geo.patrol.horizon.actions import plan_horizon as plan

    first_on = dt.date.fromisoformat(run.arguments["date"])

    def progress(_: str, done: int, total: int) -> None:
        run.report(done / total)

    days, seed = run.arguments["days"], run.arguments["seed"]
    return plan(run.database, run.tenant, first_on, days, seed=seed, progress=progress, actor=run.asked_by).as_json()


def worker_app(database: Database) -> procrastinate.App:
    """The queue's application with all tasks, on connections of its own as role ``app``."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.dsn("app"), max_size=6))
    for task in (
        import_file,
        plan_shift,
        plan_horizon,
        build_dashboards,
        *COMPLAINTS,
        *FOOTPRINTS,
        *FORECASTS,
        *PROPOSALS,
        *REPLANS,
        *RETURNS,
        *ROSTERS,
        *STUDIES,
        *TRACKS,
        *TRIALS,
        *TRIPS,
    ):
        app.task(name=task.__name__, pass_context=True, retry=AGAIN)(task)
    return app

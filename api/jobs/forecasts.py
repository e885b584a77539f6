"""Forecasting in the background: score what has passed, by itself every hour; say what is to come, when asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job

if TYPE_CHECKING:
    from geo.db.engine import Database


def score_everywhere(database: Database) -> int:
    """Score what waits in every county; returns how many forecasts."""
    from geo.db.counties import list_counties
    from geo.hotspots.forecast.queries import count_unscored

    done = 0
    for county in list_counties(database):
        with database.begin(county.code) as session:
            waiting = count_unscored(session, county.today())
        if waiting:
            from geo.hotspots.forecast.watch import score_forecasts

            done += len(score_forecasts(database, county.code))
    return done


def make_forecasts(context: JobContext, tenant: str, job_id: int) -> None:
    """Score forecasts whose days have passed, then forecast a span."""
    database: Database = context.additional_context["database"]
    run_job(database, tenant, job_id, _make)


def _make(run: Run) -> Mapping[str, Any]:
    from geo.hotspots.forecast.actions import make_forecasts as make
    from geo.hotspots.forecast.watch import score_forecasts

    def progress(step: str, done: int, total: int) -> None:
        run.report((0.0 if step == "score" else 0.2) + (0.2 if step == "score" else 0.8) * done / max(total, 1))

    scored = score_forecasts(run.database, run.tenant, progress=progress)
    said = run.arguments.get("from_on")
    made = make(
        run.database,
        run.tenant,
        dt.date.fromisoformat(said) if said else None,
        days=run.arguments["days"],
        seed=run.arguments["seed"],
        progress=progress,
        actor=run.asked_by,
    )
    return {
        "from_on": made.from_on.isoformat(),
        "to_on": made.to_on.isoformat(),
        "forecasts": len(made.ids),
        "reused": made.reused,
        "training": made.training,
        "scored": len(scored),
    }


TASKS = (make_forecasts,)

"""Tasks of the worker: files of positions in, shifts held against their plans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def import_tracks(context: JobContext, tenant: str, job_id: int) -> None:
    """Take an uploaded file of positions, then remove the upload."""
    arguments = run_job(context.additional_context["database"], tenant, job_id, _import)
    # Only now: a worker killed before the job's end was committed is followed by one that needs the file.
    if "path" in arguments:
        Path(arguments["path"]).unlink(missing_ok=True)


def score_tracks(context: JobContext, tenant: str, job_id: int) -> None:
    """Match a shift's tracks and score it; what is older than positions are kept goes at the same time."""
    run_job(context.additional_context["database"], tenant, job_id, _score)


def _import(run: Run) -> Mapping[str, Any]:
    from geo.patrol.tracks.take import import_tracks as take

    given = run.arguments
    options = given["options"]
    taken = take(
        run.database, run.tenant, Path(given["path"]), source=given["source"],
        owner=tuple(given["owner"]) if given["owner"] else None, single=given["single"], mapping=options["mapping"],
        encoding=options["encoding"], offset=options["offset"], name=given["file"], actor=run.asked_by,
    )  # fmt: skip
    told = [{**asdict(one), "uid": str(one.uid)} for one in taken]
    return {"batches": told, "given": sum(one.given for one in taken), "kept": sum(one.kept for one in taken)}


def _score(run: Run) -> Mapping[str, Any]:
    from geo.patrol.tracks.keep import purge_tracks
    from geo.patrol.tracks.scoring.actions import score_shift_of

    def progress(_: str, done: int, of: int) -> None:
        run.report(done / of)

    on_date = dt.date.fromisoformat(run.arguments["date"])
    scored = score_shift_of(
        run.database, run.tenant, on_date, run.arguments["shift"], progress=progress, actor=run.asked_by
    )
    purged = purge_tracks(run.database, run.tenant, actor=run.asked_by)
    return {"score": scored.id, "plan": scored.plan_id, "figures": scored.figures, "purged_batches": purged.batches}


TASKS = (import_tracks, score_tracks)

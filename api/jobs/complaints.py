"""Tasks of the worker: files of complaints in, all compared with each other, those that wait placed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def import_complaints(context: JobContext, tenant: str, job_id: int) -> None:
    """Take an uploaded file of complaints, then remove the upload."""
    arguments = run_job(context.additional_context["database"], tenant, job_id, _import)
    # Only now: a worker killed before the job's end was committed is followed by one that needs the file.
    if "path" in arguments:
        Path(arguments["path"]).unlink(missing_ok=True)


def compare_complaints(context: JobContext, tenant: str, job_id: int) -> None:
    """Look through all complaints for what repeats."""
    run_job(context.additional_context["database"], tenant, job_id, _compare)


def place_complaints(context: JobContext, tenant: str, job_id: int) -> None:
    """Try again to place what waits for the map."""
    run_job(context.additional_context["database"], tenant, job_id, _place)


def _import(run: Run) -> Mapping[str, Any]:
    from geo.cases.complaints.files import import_file

    given = run.arguments
    options = given["options"]

    def progress(rows: int) -> None:
        run.report(1 - 1 / (1 + rows / 20_000))

    report = import_file(
        run.database, run.tenant, Path(given["path"]), given["source"], given["channel"], said=options["mapping"],
        offset=options["offset"], sheet=options["layer"], progress=progress, actor=run.asked_by,
    )  # fmt: skip
    return report.as_json()


def _compare(run: Run) -> Mapping[str, Any]:
    from geo.cases.complaints.ties.actions import find_all_ties

    def progress(done: int, of: int) -> None:
        run.report(done / of)

    return find_all_ties(run.database, run.tenant, progress=progress, actor=run.asked_by)


def _place(run: Run) -> Mapping[str, Any]:
    from geo.cases.complaints.actions import place_waiting

    seen = placed = last = 0
    while True:
        with run.database.begin(run.tenant) as session:
            looked, found, last = place_waiting(session, run.tenant, last)
        seen, placed = seen + looked, placed + found
        if not looked:
            return {"looked": seen, "placed": placed}
        run.report(1 - 1 / (1 + seen / 5_000))


TASKS = (import_complaints, compare_complaints, place_complaints)

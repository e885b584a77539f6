"""SQL of imports: the run of a file goes on where its last commit left it, and keeps the rows it refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from geo.layers.reports import ImportReport, Reject

RUN_INSERT = text("""
INSERT INTO import_run (tenant, layer, source, file_name, file_sha256, options_sha256)
VALUES (:tenant, :layer, :source, :file_name, :file_sha256, :options_sha256) ON CONFLICT DO NOTHING""")
RUN_FIND = text("""
SELECT id, rows_done, counts, state FROM import_run
 WHERE tenant = :tenant AND layer = :layer AND source = :source
   AND file_sha256 = :file_sha256 AND options_sha256 = :options_sha256 FOR UPDATE""")
RUN_RESTART = text("""
UPDATE import_run SET state = 'running', rows_done = 0, counts = '{}', report = '{}',
                      started_at = now(), ended_at = NULL
 WHERE tenant = :tenant AND id = :id RETURNING id, rows_done, counts, state""")
RUN_STATE = text("UPDATE import_run SET state = :state, ended_at = NULL WHERE tenant = :tenant AND id = :id")
RUN_ADVANCE = text("""
UPDATE import_run SET rows_done = :rows_done, counts = CAST(:counts AS jsonb)
 WHERE tenant = :tenant AND id = :id AND rows_done = :before AND state = 'running'""")
RUN_END = text("""
UPDATE import_run SET state = :state, report = CAST(:report AS jsonb), ended_at = now()
 WHERE tenant = :tenant AND id = :id""")
REJECTS_CLEAR = text("DELETE FROM import_reject WHERE tenant = :tenant AND run_id = :run_id")
REJECT_INSERT = text("""
INSERT INTO import_reject (tenant, run_id, row, field, reason, facts)
VALUES (:tenant, :run_id, :row, :field, :reason, CAST(:facts AS jsonb))""")


@dataclass(frozen=True, slots=True)
class Run:
    """An import's place in its file: where it stands and what it has counted so far."""

    id: int
    rows_done: int
    counts: dict[str, int]


def start_run(
    session: Session, tenant: str, layer: str, source: str, file_name: str, file_sha256: str, options_sha256: str
) -> Run:
    """The run of this file, layer and options: a new one, a fresh pass over a finished one, or one to go on with."""
    key = {
        "tenant": tenant,
        "layer": layer,
        "source": source,
        "file_sha256": file_sha256,
        "options_sha256": options_sha256,
    }
    session.execute(RUN_INSERT, {**key, "file_name": file_name})
    found = session.execute(RUN_FIND, key).one()
    if found.state == "done":
        session.execute(REJECTS_CLEAR, {"tenant": tenant, "run_id": found.id})
        found = session.execute(RUN_RESTART, {"tenant": tenant, "id": found.id}).one()
    elif found.state != "running":
        session.execute(RUN_STATE, {"tenant": tenant, "id": found.id, "state": "running"})
    return Run(found.id, found.rows_done, dict(found.counts))


def advance_run(session: Session, tenant: str, run: Run, rows_done: int, counts: dict[str, int]) -> Run | None:
    """Move the run on inside the batch's transaction; None if another process has moved it meanwhile."""
    facts = {
        "tenant": tenant,
        "id": run.id,
        "before": run.rows_done,
        "rows_done": rows_done,
        "counts": json.dumps(counts),
    }
    moved = session.execute(RUN_ADVANCE, facts).rowcount  # type: ignore[attr-defined]
    return Run(run.id, rows_done, counts) if moved else None


def end_run(session: Session, tenant: str, run: Run, state: str, report: ImportReport | None = None) -> None:
    """Close the run with its state and, when it came to the end, its report without the single rows."""
    facts = report.as_json() if report else {}
    facts.pop("rejected", None)
    session.execute(
        RUN_END, {"tenant": tenant, "id": run.id, "state": state, "report": json.dumps(facts, ensure_ascii=False)}
    )


def add_rejects(session: Session, tenant: str, run: Run, rejects: Sequence[Reject]) -> None:
    """Keep the rejects of a batch beside its run."""
    if rejects:
        rows = [
            {
                "tenant": tenant,
                "run_id": run.id,
                "row": each.row,
                "field": each.field,
                "reason": each.reason,
                "facts": json.dumps(dict(each.facts), ensure_ascii=False, default=str),
            }
            for each in rejects
        ]
        session.execute(REJECT_INSERT, rows)

"""SQL of working hours, the county's own days, and the marks that steps leave on clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HOURS = text("SELECT valid_from_on, hours FROM work_hours WHERE tenant = :tenant ORDER BY valid_from_on")
DAYS = text("SELECT on_date, kind, name FROM work_day WHERE tenant = :tenant ORDER BY on_date")
UPSERTS = {
    "hours": text("""
INSERT INTO work_hours (tenant, valid_from_on, hours, set_by) VALUES (:tenant, :valid_from_on, :hours, :set_by)
ON CONFLICT (tenant, valid_from_on) DO UPDATE SET hours = excluded.hours, set_by = excluded.set_by"""),
    "days": text("""
INSERT INTO work_day (tenant, on_date, kind, name, set_by) VALUES (:tenant, :on_date, :kind, :name, :set_by)
ON CONFLICT (tenant, on_date) DO UPDATE SET kind = excluded.kind, name = excluded.name, set_by = excluded.set_by"""),
}

MARKS = """
SELECT string_agg(int8send(l.row_id) || int8send(m.first_op) || int8send(m.second_op) || int8send(k.at_s)
                  || int8send(k.amount) || int8send(k.unit) || int8send(k.permille), ''::bytea ORDER BY l.row_id, l.n)
  FROM step_log l
  JOIN unnest(CAST(:steps AS text[]), CAST(:first AS bigint[]), CAST(:second AS bigint[]))
       AS m(step, first_op, second_op) ON m.step = l.step
  CROSS JOIN LATERAL (SELECT l.facts -> 'limit' AS said OFFSET 0) AS f
  CROSS JOIN LATERAL (SELECT
    CAST(extract(epoch FROM CASE WHEN l.facts ? 'counts_from_at'
                            THEN CAST(l.facts ->> 'counts_from_at' AS timestamptz) ELSE l.at END) AS bigint) AS at_s,
    CASE WHEN f.said IS NULL THEN 0 ELSE CAST(f.said ->> 'amount' AS bigint) END AS amount,
    CASE WHEN f.said IS NULL THEN 0
         ELSE coalesce(array_position(CAST(:units AS text[]), f.said ->> 'unit') - 1, 0) END::bigint AS unit,
    CASE WHEN f.said ? 'permille' THEN CAST(f.said ->> 'permille' AS bigint) ELSE 1000 END AS permille) AS k
 WHERE l.tenant = :tenant AND l.workflow = :workflow AND {rows}"""

MARKS_OF = text(MARKS.format(rows="l.row_id = ANY(CAST(:rows AS bigint[]))"))
MARKS_OF_OPEN = {
    "problem": text(
        MARKS.format(
            rows="""l.row_id IN (SELECT p.id FROM problem_case p WHERE p.tenant = :tenant
                                 AND p.state NOT IN ('closed', 'rated', 'voided', 'merged'))"""
        )
    )
}


def load_hours(session: Session, tenant: str) -> list[tuple[dt.date, str]]:
    """Working hours by first day; empty for a county that has set none."""
    return [(row[0], row[1]) for row in session.execute(HOURS, {"tenant": tenant})]


def load_days(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Days on which the county differs from its calendar."""
    return [dict(row) for row in session.execute(DAYS, {"tenant": tenant}).mappings()]


def upsert(session: Session, tenant: str, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write hours or days, recognised by their date."""
    if rows:
        session.execute(UPSERTS[table], [{**row, "tenant": tenant} for row in rows])


def load_marks(
    session: Session,
    tenant: str,
    workflow: str,
    first: Mapping[str, int],
    second: Mapping[str, int],
    units: Sequence[str],
    rows: Sequence[int] | None,
) -> NDArray[np.int64]:
    """What steps did to two clocks, straight from the log.

    Parameters
    ----------
    first, second
        Step → operation, for each of the clocks; 0 does nothing.
    units
        Names of units in the order of their numbers.
    rows
        Whose; None for every open row of the workflow.

    Returns
    -------
    NDArray[np.int64]
        Shape (k, 7): row, operation on the first clock, on the second, instant in seconds since 1970 UTC, amount, unit,
        permille; grouped by row, in order of steps. The database packs the numbers, so that half a million of them are
        one value.
    """
    import numpy as np

    steps = list(dict.fromkeys([*first, *second]))
    facts: dict[str, Any] = {
        "tenant": tenant, "workflow": workflow, "steps": steps, "units": list(units),
        "first": [int(first.get(step, 0)) for step in steps], "second": [int(second.get(step, 0)) for step in steps],
    }  # fmt: skip
    statement = MARKS_OF_OPEN[workflow] if rows is None else MARKS_OF
    found = session.execute(statement, facts if rows is None else {**facts, "rows": list(rows)}).scalar()
    packed = np.frombuffer(bytes(found or b""), dtype=">i8")
    return packed.astype(np.int64).reshape(-1, 7)

"""SQL of working hours, the county's own days, and the marks that steps leave on clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.db.packed import unpack

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

ROW_BITS, STEP_BITS = 28, 8
"""A mark's place in one number: its row, then the number of the step (20 bits), then which step it is."""

Y2000_S = 946_684_800
"""Where the database counts instants from, in seconds since 1970 UTC."""

MARKS = f"""
SELECT array_send(array_agg((l.row_id << {ROW_BITS}) | (CAST(l.n AS bigint) << {STEP_BITS})
                            | coalesce(array_position(CAST(:steps AS text[]), l.step), 0))) AS places,
       array_send(array_agg(coalesce(k.counts_from_at, l.at))) AS instants,
       array_send(array_agg(coalesce(k.amount, 0))) AS amounts,
       array_send(array_agg(CAST(coalesce(array_position(CAST(:units AS text[]), k.unit) - 1, 0) AS bigint))) AS units,
       array_send(array_agg(coalesce(k.permille, 1000))) AS permilles
  FROM step_log l
  CROSS JOIN LATERAL (SELECT CAST(f.said -> 'amount' AS bigint) AS amount, f.said ->> 'unit' AS unit,
                             CAST(f.said -> 'permille' AS bigint) AS permille,
                             CAST(l.facts ->> 'counts_from_at' AS timestamptz) AS counts_from_at
                        FROM (SELECT l.facts -> 'limit' AS said OFFSET 0) AS f OFFSET 0) AS k
 WHERE l.tenant = :tenant AND l.workflow = :workflow AND {{rows}}"""

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
        permille; grouped by row, in order of steps. Marks that do nothing to either clock may stand among them.

    Notes
    -----
    The database sends each column as one value and sorts nothing: half a million marks cost it 1.4 s of CPU (3.1 when
    it packed and sorted them mark by mark).
    """
    import numpy as np

    steps = list(dict.fromkeys([*first, *second]))
    facts: dict[str, Any] = {"tenant": tenant, "workflow": workflow, "steps": steps, "units": list(units)}
    statement = MARKS_OF_OPEN[workflow] if rows is None else MARKS_OF
    found = session.execute(statement, facts if rows is None else {**facts, "rows": list(rows)}).one()
    places, instants, *rest = (unpack(column) for column in found)
    at_s = (instants + 500_000) // 1_000_000 + Y2000_S
    order = np.argsort(places)
    places = places[order]
    step = places & ((1 << STEP_BITS) - 1)
    ops = [np.array([0, *(int(of.get(name, 0)) for name in steps)], np.int64)[step] for of in (first, second)]
    return np.column_stack([places >> ROW_BITS, *ops, *(column[order] for column in (at_s, *rest))])

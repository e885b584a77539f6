"""When problems are due, worked out from the step log; and who has to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.clocks.actions import load_axis
from geo.cases.clocks.clock import UNITS, Marks, Reading, Readings, read_clocks
from geo.cases.clocks.queries import load_marks
from geo.cases.flow.dates import queries
from geo.cases.flow.states import HANDLE_OPS, PROBLEM, STAGE_OPS
from geo.db.changes import write_change

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.clocks.axis import Axis

MOST_REMINDERS: Final = 5_000
"""In one run; the rest waits for the next."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading the clocks again did: open problems with a date, and how many had another date than was stored."""

    problems: int
    changed: int


def reread_dates(session: Session, tenant: str, now: dt.datetime, rows: Sequence[int] | None = None) -> Reread:
    """Work the dates of problems out from their log anew, and store those that differ.

    Parameters
    ----------
    now
        Aware.
    rows
        Which problems; None for all that are open.

    Notes
    -----
    Two sums over the log by the database, two binary searches a clock: 100,000 open problems in seconds.
    """
    import numpy as np

    axis = load_axis(session, tenant, now)
    now_s = int(now.timestamp())
    handling, staged = _read(session, tenant, axis, now_s, rows)
    at_work = handling.reading == Reading.RUNNING
    waiting = (staged.reading == Reading.RUNNING) & ~np.isin(staged.row, handling.row[at_work])
    columns = {
        name: np.concatenate([ours[at_work], theirs[waiting]])
        for name, ours, theirs in (
            ("ids", handling.row, staged.row), ("due", handling.due, staged.due), ("warn", handling.warn, staged.warn),
            ("handling", np.ones_like(handling.row), np.zeros_like(staged.row)),
        )
    }  # fmt: skip
    changed = queries.set_clocks(session, tenant, columns)
    if changed and rows is None:
        queries.copy_dates_to_map(session, tenant)
    return Reread(len(columns["ids"]), changed)


def show_clock(session: Session, tenant: str, row_id: int, now: dt.datetime) -> dict[str, Any]:
    """How the clock of handling of one problem stands: state, seconds allowed and used."""
    found, _ = _read(session, tenant, load_axis(session, tenant, now), int(now.timestamp()), [row_id])
    if not len(found.row):
        return {"state": "none", "budget_s": 0, "used_s": 0}
    return {
        "state": Reading(int(found.reading[0])).name.lower(),
        "budget_s": int(found.budget_s[0]),
        "used_s": int(found.used_s[0]),
    }


def remind(session: Session, tenant: str, now: dt.datetime) -> dict[str, int]:
    """Say once of each problem that three quarters of its time are used, and once that its date has passed.

    Each is a row of the change log that names the problem and who answers for it; nobody is punished by it.

    Returns
    -------
    dict
        ``warned`` and ``overdue``: how many were said now.
    """
    said = {}
    for what in ("warned", "overdue"):
        found = queries.remind(session, tenant, what, now, MOST_REMINDERS)
        for row in found:
            facts = {"problem": row["number"], "staff": row["staff_id"], "due": row["due_at"].isoformat()}
            write_change(session, tenant, f"problem.{what}", facts=facts)
        said[what] = len(found)
    return said


def summarise(
    session: Session, tenant: str, now: dt.datetime, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Open problems by state, 片区 and regime, with how many are overdue or past three quarters of their time."""
    return queries.summarise(session, tenant, now, area)


def _read(
    session: Session, tenant: str, axis: Axis, now_s: int, rows: Sequence[int] | None
) -> tuple[Readings, Readings]:
    """The clocks of handling and of whoever has to do the next thing."""
    marks = load_marks(session, tenant, PROBLEM.name, HANDLE_OPS, STAGE_OPS, UNITS, rows).T
    row, handle, stage, *rest = marks
    return (
        read_clocks(Marks(row[handle > 0], handle[handle > 0], *(one[handle > 0] for one in rest)), axis, now_s),
        read_clocks(Marks(row[stage > 0], stage[stage > 0], *(one[stage > 0] for one in rest)), axis, now_s),
    )

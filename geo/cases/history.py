"""What was done with a row, by whom and when: one log for all workflows, to which rows are only added.

Clocks, ledgers and statistics are counted from this log, so that any of them can be counted again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases import queries
from geo.cases.workflow import Workflow
from geo.db.changes import write_change
from geo.errors import Conflict, Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OPEN: Final = "open"
"""The first step of every row: it is born."""

CLOCKS_APART: Final = dt.timedelta(minutes=2)
"""A telephone's clock may be ahead by this much."""


class StepInFuture(Invalid):
    """A step cannot have happened later than now; the facts name both times."""


class StepOutOfOrder(Invalid):
    """A step cannot have happened before the one before it; the facts name both times."""


class StateChanged(Conflict):
    """Somebody else has taken a step meanwhile; load the row again."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the log. ``at`` is when it happened, ``recorded_at`` when it was written; both aware."""

    n: int
    step: str
    from_state: str | None
    to_state: str
    at: dt.datetime
    recorded_at: dt.datetime
    actor: str
    staff_id: int | None
    note: str
    facts: Mapping[str, Any]


def begin(
    session: Session,
    tenant: str,
    workflow: Workflow,
    row_id: int,
    *,
    at: dt.datetime,
    actor: str,
    staff_id: int | None = None,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> str:
    """Open the log of a row.

    Parameters
    ----------
    row_id
        Of the table whose rows follow this workflow.
    at
        When it happened; aware.
    actor, staff_id
        Account or ``system``; the member of staff, where it was one.
    note, facts
        In words; as JSON-ready values. Never personal data: the log cannot be changed later.

    Returns
    -------
    str
        The first state of the workflow.

    Raises
    ------
    StepInFuture
        If ``at`` is later than now.
    StateChanged
        If the log of this row is open already.
    """
    if queries.find_last(session, tenant, workflow.name, row_id) is not None:
        raise StateChanged("case.state_changed", workflow=workflow.name, row=row_id)
    _write(session, tenant, workflow, row_id, 1, OPEN, None, workflow.start, at, actor, staff_id, note, facts)
    return workflow.start


def take(
    session: Session,
    tenant: str,
    workflow: Workflow,
    row_id: int,
    state: str,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    staff_id: int | None = None,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> str:
    """Take a step, if the table allows it.

    Parameters
    ----------
    state
        In which the row is, as read under its lock (``FOR UPDATE``).

    Returns
    -------
    str
        The new state, which the caller writes to the row in the same transaction.

    Raises
    ------
    StepNotOpen
        If the step cannot be taken in this state.
    StateChanged
        If the log says that the row is in another state.
    StepInFuture, StepOutOfOrder
        If ``at`` is later than now, or earlier than the step before.
    """
    after = workflow.after(state, step)
    last = queries.find_last(session, tenant, workflow.name, row_id)
    if last is None or last.to_state != state:
        raise StateChanged("case.state_changed", workflow=workflow.name, row=row_id)
    if at < last.at:
        raise StepOutOfOrder("case.step_out_of_order", step=step, at=at.isoformat(), before=last.at.isoformat())
    _write(session, tenant, workflow, row_id, last.n + 1, step, state, after, at, actor, staff_id, note, facts)
    return after


def load_steps(session: Session, tenant: str, workflow: Workflow, row_id: int) -> list[Step]:
    """The log of a row, the first step first; empty if there is none."""
    return [Step(**row._mapping) for row in queries.list_steps(session, tenant, workflow.name, row_id)]


def _write(
    session: Session,
    tenant: str,
    workflow: Workflow,
    row_id: int,
    n: int,
    step: str,
    before: str | None,
    after: str,
    at: dt.datetime,
    actor: str,
    staff_id: int | None,
    note: str,
    facts: Mapping[str, Any] | None,
) -> None:
    now = queries.now(session)
    if at > now + CLOCKS_APART:
        raise StepInFuture("case.step_in_future", step=step, at=at.isoformat(), now=now.isoformat())
    queries.add_step(
        session, tenant, workflow=workflow.name, row_id=row_id, n=n, step=step, from_state=before, to_state=after,
        at=at, actor=actor, staff_id=staff_id, note=note, facts=facts or {},
    )  # fmt: skip
    write_change(
        session, tenant, "case.stepped", actor=actor,
        facts={"workflow": workflow.name, "row": row_id, "n": n, "step": step, "to": after},
    )  # fmt: skip

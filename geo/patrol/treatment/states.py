"""What can be done with a plan in which state."""

from __future__ import annotations

from typing import Final, Literal

from geo.errors import Conflict

Status = Literal["draft", "approved", "running", "ended", "evaluated", "withdrawn"]
Step = Literal["approve", "start", "end", "evaluate", "withdraw"]

NEXT: Final[dict[tuple[Status, Step], Status]] = {
    ("draft", "approve"): "approved",
    ("draft", "withdraw"): "withdrawn",
    ("approved", "start"): "running",
    ("approved", "withdraw"): "withdrawn",
    ("running", "end"): "ended",
    ("ended", "evaluate"): "evaluated",
}


class StepNotOpen(Conflict):
    """The plan is in a state in which this cannot be done; the facts name the state and what can."""


def open_steps(status: Status) -> tuple[Step, ...]:
    """What can be done, in the table's order; empty at the end of the way.

    Examples
    --------
    >>> open_steps("draft"), open_steps("evaluated")
    (('approve', 'withdraw'), ())
    """
    return tuple(step for at, step in NEXT if at == status)


def status_after(status: Status, step: Step) -> Status:
    """The state a step leads to.

    Raises
    ------
    StepNotOpen
        If it cannot be taken.

    Examples
    --------
    >>> status_after("approved", "start")
    'running'
    """
    if (status, step) not in NEXT:
        raise StepNotOpen(
            "treatment.step_not_open", status=status, step=step, open=", ".join(open_steps(status)) or "-"
        )
    return NEXT[status, step]

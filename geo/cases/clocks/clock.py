"""A clock is read from steps: it starts with a limit, is held and goes on, is prolonged, and stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geo.cases.clocks.axis import Axis

WARN_PERMILLE: Final = 750
"""A warning is due when three quarters of the time are used."""

UNITS: Final = ("urgent_hours", "working_hours", "working_days", "natural_days", "ledger_days")
UNIT_S: Final = (3_600, 3_600, 0, 86_400, 86_400)
"""Seconds of each unit; a working day is as long as the hours in force when its clock starts."""

WORKING: Final = frozenset({"working_hours", "working_days"})


class Op(IntEnum):
    """What a step does to a clock."""

    NONE = 0
    START = 1
    HOLD = 2
    RESUME = 3
    EXTEND = 4
    STOP = 5


class Reading(IntEnum):
    """How a clock stands."""

    NONE = 0
    RUNNING = 1
    HELD = 2


@dataclass(frozen=True, eq=False)
class Marks:
    """What the steps of many rows did to one clock each; all arrays of shape (k,), grouped by row, in order of steps.

    Parameters
    ----------
    row
        int64, the row a mark belongs to; equal ones stand together.
    op
        int8, :class:`Op`.
    at
        int64, seconds since 1970 UTC; of a start the instant from which the limit counts.
    amount, unit, permille
        int64: of a start its limit (``unit`` indexes :data:`UNITS`) and the share of it that a regime leaves;
        of an extension how much is added, in the same unit as the limit. 0 otherwise.
    """

    row: NDArray[np.int64]
    op: NDArray[np.int64]
    at: NDArray[np.int64]
    amount: NDArray[np.int64]
    unit: NDArray[np.int64]
    permille: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Readings:
    """How the clocks stand; arrays of shape (n,), one entry a row that has marks, in the order of the marks.

    Parameters
    ----------
    row
        int64.
    reading
        int8, :class:`Reading`.
    due, warn
        int64 seconds since 1970 UTC; meaningful while the clock runs.
    budget_s, used_s
        int64: the whole time with extensions, and what was used of it when the clock was last held (held) or up to
        ``now`` (running), both in the limit's own kind of time.
    """

    row: NDArray[np.int64]
    reading: NDArray[np.int64]
    due: NDArray[np.int64]
    warn: NDArray[np.int64]
    budget_s: NDArray[np.int64]
    used_s: NDArray[np.int64]


def read_clocks(marks: Marks, axis: Axis, now_s: int) -> Readings:
    """Read every clock as it stands after its last mark.

    Only what follows a row's last start counts: a clock started anew owes nothing to the one before.

    Parameters
    ----------
    marks
        Grouped by row; within a row starts, holds and resumes take turns as steps of a workflow do.
    axis
        Working time; must reach past every due instant.
    now_s
        Seconds since 1970 UTC.

    Returns
    -------
    Readings
        One entry a row; empty for no marks.

    Notes
    -----
    O(k log n_axis) by numpy alone: with A the time used up to an instant, a running clock's base is the sum of A over
    its starts and resumes less the sum over its holds, and it is due when A reaches base + budget.
    """
    import numpy as np

    k = len(marks.row)
    if k == 0:
        empty = np.empty(0, np.int64)
        return Readings(empty, empty, empty, empty, empty, empty)
    first = np.flatnonzero(np.concatenate([[True], marks.row[1:] != marks.row[:-1]]))
    of = np.repeat(np.arange(len(first)), np.diff(np.concatenate([first, [k]])))
    place = np.arange(k)
    last_start = np.maximum.reduceat(np.where(marks.op == Op.START, place, -1), first)
    counts = (place >= last_start[of]) & (last_start[of] >= 0)
    begun = np.maximum(last_start, 0)

    working = np.isin(marks.unit[begun], [UNITS.index(name) for name in sorted(WORKING)])
    used = _used(axis, working[of], marks.at)
    runs = counts & ((marks.op == Op.START) | (marks.op == Op.RESUME))
    holds = counts & ((marks.op == Op.HOLD) | (marks.op == Op.STOP))
    base = np.add.reduceat(np.where(runs, used, 0) - np.where(holds, used, 0), first)

    unit_s = np.where(
        marks.unit[begun] == UNITS.index("working_days"),
        axis.working_day_s(marks.at[begun]),
        np.array(UNIT_S, np.int64)[marks.unit[begun]],
    )
    more = np.add.reduceat(np.where(counts & (marks.op == Op.EXTEND), marks.amount, 0), first)
    budget = marks.amount[begun] * unit_s * marks.permille[begun] // 1000 + more * unit_s

    turned = np.where(runs | holds, place, -1)
    last = np.maximum(np.maximum.reduceat(turned, first), 0)
    stopped = np.add.reduceat((counts & (marks.op == Op.STOP)).astype(np.int64), first) > 0
    reading = np.where(
        (last_start < 0) | stopped,
        Reading.NONE,
        np.where(np.isin(marks.op[last], [Op.START, Op.RESUME]), Reading.RUNNING, Reading.HELD),
    )
    running = reading == Reading.RUNNING
    due = _when(axis, working, running, base + budget)
    warn = np.maximum(_when(axis, working, running, base + budget * WARN_PERMILLE // 1000), marks.at[last])
    here = np.full(len(first), now_s, np.int64)
    now_used = _used(axis, working & running, here)
    spent = np.where(running, np.maximum(now_used - base, 0), -base)
    return Readings(marks.row[first], reading, due, np.minimum(warn, due), budget, np.where(last_start < 0, 0, spent))


def _used(axis: Axis, working: NDArray[np.bool_], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Time up to each instant: worked seconds where the clock is of working time, all seconds else."""
    import numpy as np

    found = at.copy()
    found[working] = axis.worked(at[working])
    return np.asarray(found, np.int64)


def _when(
    axis: Axis, working: NDArray[np.bool_], running: NDArray[np.bool_], target: NDArray[np.int64]
) -> NDArray[np.int64]:
    import numpy as np

    found = np.where(running, target, 0)
    chosen = working & running
    found[chosen] = axis.when(target[chosen])
    return found


OpTable = Mapping[str, Op]
"""What each step of a workflow does to a clock; a step that is not named does nothing."""

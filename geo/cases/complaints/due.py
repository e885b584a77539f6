"""By when a complaint has to be answered, if it does not bring its own day."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from geo.cases.complaints.topics import FOLDER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geo.cases.clocks.axis import Axis

DAY_S: Final = 86_400


@cache
def limits() -> dict[tuple[str, str], tuple[int, str]]:
    """(channel, handling) → amount and unit, from ``data/codes/complaint_due.csv``.

    Examples
    --------
    >>> limits()["12345", "quick"]
    (5, 'working_days')
    """
    with (FOLDER / "complaint_due.csv").open(encoding="utf-8", newline="") as file:
        return {(row["channel"], row["handling"]): (int(row["amount"]), row["unit"]) for row in csv.DictReader(file)}


def due_by(received: Sequence[dt.datetime], channels: Sequence[str], handling: str, axis: Axis) -> list[dt.datetime]:
    """When each is due.

    Parameters
    ----------
    received, channels
        Of the same length; aware instants within the axis.
    handling
        ``quick`` or ``careful``.
    axis
        The county's working time.

    Returns
    -------
    list of datetime
        UTC, in the order given; empty for none.
    """
    import numpy as np

    if not received:
        return []
    at = np.array([round(one.timestamp()) for one in received], np.int64)
    due = due_seconds(at, channels, handling, axis)
    return [dt.datetime.fromtimestamp(int(one), dt.UTC) for one in due]


def due_seconds(at: NDArray[np.int64], channels: Sequence[str], handling: str, axis: Axis) -> NDArray[np.int64]:
    """As :func:`due_by`, in whole seconds since 1970 UTC; shape (n,) as ``at``."""
    import numpy as np

    limit = {channel: limits()[channel, handling] for channel in set(channels)}
    amount = np.array([limit[channel][0] for channel in channels], np.int64)
    working = np.array([limit[channel][1] == "working_days" for channel in channels], np.bool_)
    due = at + amount * DAY_S
    due[working] = axis.when(axis.worked(at[working]) + amount[working] * axis.working_day_s(at[working]))
    return due

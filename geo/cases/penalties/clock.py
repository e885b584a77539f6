"""办案期限: by when a filed case must be decided, counted from its steps alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

PAUSES: Final = {"ask_hearing": "hold_hearing", "refer": "take_back"}
"""Time between the first and the second does not count ([忆]: 听证、移送 are not part of the ninety days)."""


def decide_by(steps: Iterable[tuple[str, dt.date]], days: int) -> dt.date | None:
    """The last local day to decide; None before the case was filed.

    Parameters
    ----------
    steps
        (step, local date) in order.
    days
        Natural days from filing: 90 (行政处罚法 art. 60 [忆]).

    Returns
    -------
    datetime.date or None
        Later by the days between a pause's beginning and end; a pause still open counts nothing yet.

    Examples
    --------
    >>> day = lambda n: dt.date(2026, 1, 1) + dt.timedelta(days=n)
    >>> decide_by([("open", day(0)), ("file", day(1))], 90).isoformat()
    '2026-04-02'
    >>> steps = [("file", day(0)), ("ask_hearing", day(10)), ("hold_hearing", day(25))]
    >>> decide_by(steps, 90) == day(105), decide_by([("open", day(0))], 90) is None
    (True, True)
    """
    filed: dt.date | None = None
    paused = dt.timedelta()
    waiting: tuple[str, dt.date] | None = None
    for step, on in steps:
        if step == "file" and filed is None:
            filed = on
        if waiting is not None and step == waiting[0]:
            paused += on - waiting[1]
            waiting = None
        elif step in PAUSES:
            waiting = PAUSES[step], on
    return None if filed is None else filed + dt.timedelta(days=days) + paused

"""Two counts of the same ground, one of them from before: ratio with bounds, or that there is too little to say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

LEAST_BEFORE: Final = 10
LEAST_EXPECTED: Final = 5.0
"""As in the studies of displacement: fewer events before, or expected, and nothing is said of the ratio."""

LEAST_ELSEWHERE: Final = 30
"""Fewer events elsewhere before, and the county's pace is taken as even."""

Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Count:
    """Events (the numerator) in so many seconds (the denominator)."""

    events: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a count; thousandths, none where there is too little to say.

    ``verdict`` is ``less``, ``more``, ``none`` (no change that chance could not bring) or ``insufficient``.
    ``paced`` tells whether the rest of the county was asked for its pace.
    """

    expected_permille: int
    paced: bool
    ratio_permille: int | None
    lower_permille: int | None
    upper_permille: int | None
    verdict: str


def change(before: Count, now: Count, elsewhere_before: Count, elsewhere_now: Count) -> Change:
    """What a place has now against before, at the pace of the rest of the county.

    Parameters
    ----------
    before, now
        Of the place.
    elsewhere_before, elsewhere_now
        Of the rest of the county in the same hours.

    Returns
    -------
    Change
        ``expected_permille`` is what the place would have now, in thousandths of an event.

    Notes
    -----
    Bounds are those of a ratio of Poisson counts, log-normal, 95 %; each count asked adds its own 1/n. Integers out,
    so that the same counts always say the same.

    Examples
    --------
    >>> month, week, none = Count(80, 28 * 86400), Count(5, 7 * 86400), Count(0, 0)
    >>> change(month, week, none, none)
    Change(expected_permille=20000, paced=False, ratio_permille=250, lower_permille=101, upper_permille=617, verdict='less')
    >>> change(Count(4, 28 * 86400), week, none, none).verdict
    'insufficient'
    """  # noqa: E501
    if before.seconds <= 0 or now.seconds <= 0:
        return Change(0, False, None, None, None, "insufficient")
    paced = (
        elsewhere_before.events >= LEAST_ELSEWHERE
        and elsewhere_before.seconds > 0
        and elsewhere_now.seconds > 0
        and elsewhere_now.events > 0
    )
    pace = 1.0
    if paced:
        then = elsewhere_before.events / elsewhere_before.seconds
        pace = elsewhere_now.events / elsewhere_now.seconds / then
    expected = before.events * now.seconds / before.seconds * pace
    if before.events < LEAST_BEFORE or expected < LEAST_EXPECTED:
        return Change(round(expected * 1000), paced, None, None, None, "insufficient")
    found = max(now.events, 0.5)  # nothing found is no proof of nothing
    spread = 1 / found + 1 / before.events
    if paced:
        spread += 1 / elsewhere_before.events + 1 / elsewhere_now.events
    ratio, width = found / expected, math.exp(Z * math.sqrt(spread))
    verdict = "less" if ratio * width < 1 else "more" if ratio / width > 1 else "none"
    said, lower, upper = (round(1000 * part) for part in (now.events / expected, ratio / width, ratio * width))
    return Change(round(expected * 1000), paced, said, lower, upper, verdict)

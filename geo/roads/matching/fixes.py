"""Positions as receivers give them: which of them count, where the track breaks, and what they amount to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.network import Floats, Ints
from geo.roads.speeds import Mode

Flags = NDArray[np.bool_]

GAP_S: Final = 300.0
"""Nobody knows what happened in a longer gap: the track breaks, and the minutes are unobservable."""

WORST_ACCURACY_M: Final = 50.0
"""A position that may be farther off than this does not count."""

USUAL_SIGMA_M: Final = 8.0
"""Error along one axis of a receiver that says nothing about it."""

SIGMA_M: Final = (4.0, 30.0)
RADIUS_PER_SIGMA: Final = 1.515
"""Receivers give the radius that holds 68 % of positions; that of a round normal error is 1.515 sigma."""

FASTEST_MS: Final[dict[Mode, float]] = {"foot": 12.0, "ebike": 17.0, "car": 42.0}
"""Faster than this is a jump of the receiver and no movement; on foot somebody may have been given a lift."""

JUMP_M: Final = 60.0
"""Two errors of a bad receiver; only what is left of a step beyond this is held against the speed."""

TOGETHER_M: Final = 15.0
"""Positions this close to the middle of those before them are one observation: standing gives one, not hundreds."""

COUNTED, INACCURATE, OUTLIER = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Fixes:
    """Positions in order of time, no two at one instant.

    Attributes
    ----------
    at_s
        Seconds of the Unix epoch, shape (n,), strictly ascending.
    xy
        Metres in the network's frame, shape (n, 2).
    accuracy_m
        Radius the receiver gives, NaN for none, shape (n,).
    """

    at_s: Floats
    xy: Floats
    accuracy_m: Floats

    def __len__(self) -> int:
        return len(self.at_s)


@dataclass(frozen=True, eq=False)
class Observations:
    """What counted positions amount to: their middles, in order.

    Attributes
    ----------
    from_s, to_s
        When the first and last position of each was taken.
    xy, sigma_m
        Its place and error along one axis, metres.
    breaks
        Whether the track breaks before it.
    of_fix
        For each position the observation it is part of, −1 for one that does not count.
    """

    from_s: Floats
    to_s: Floats
    xy: Floats
    sigma_m: Floats
    breaks: Flags
    of_fix: Ints


def order_fixes(at_s: Floats, xy: Floats, accuracy_m: Floats) -> Fixes:
    """Positions in order of time; of several at one instant the most accurate, then the first given.

    Parameters
    ----------
    at_s, xy, accuracy_m
        As :class:`Fixes` has them, in any order; may be empty.

    Examples
    --------
    >>> order_fixes(np.array([5.0, 0.0, 5.0]), np.array([[1.0, 1], [0, 0], [2, 2]]), np.array([9.0, 9, 3])).xy.tolist()
    [[0.0, 0.0], [2.0, 2.0]]
    """
    worth = np.where(np.isnan(accuracy_m), np.inf, accuracy_m)
    order = np.lexsort((np.arange(len(at_s)), worth, at_s))
    first = np.r_[True, np.diff(at_s[order]) > 0] if len(order) else np.zeros(0, dtype=bool)
    kept = order[first]
    return Fixes(at_s[kept], xy[kept].reshape(-1, 2), accuracy_m[kept])


def judge_fixes(fixes: Fixes, mode: Mode) -> tuple[NDArray[np.int8], Flags]:
    """Which positions count, and before which the track breaks.

    Returns
    -------
    tuple
        State of each position (``COUNTED``, ``INACCURATE``, ``OUTLIER``), and whether the track breaks before it:
        after more than :data:`GAP_S`, or where it goes on far away. A single position far off is an outlier.

    Examples
    --------
    >>> xy = np.array([[0.0, 0], [5, 0], [900, 0], [10, 0], [15, 0]])
    >>> here = Fixes(np.array([0.0, 5, 10, 15, 400]), xy, np.array([5.0, 5, 5, 80, 5]))
    >>> [part.tolist() for part in judge_fixes(here, "foot")]
    [[0, 0, 2, 1, 0], [True, False, False, False, True]]
    """
    state = np.zeros(len(fixes), dtype=np.int8)
    breaks = np.zeros(len(fixes), dtype=bool)
    state[fixes.accuracy_m > WORST_ACCURACY_M] = INACCURATE
    good = np.flatnonzero(state == COUNTED)
    fastest = FASTEST_MS[mode]
    before = -1
    for number, here in enumerate(good.tolist()):
        if before < 0 or fixes.at_s[here] - fixes.at_s[before] > GAP_S:
            breaks[here] = True
        elif not _reachable(fixes, before, here, fastest):
            after = int(good[number + 1]) if number + 1 < len(good) else -1
            if after < 0 or _reachable(fixes, before, after, fastest) or not _reachable(fixes, here, after, fastest):
                state[here] = OUTLIER
                continue
            breaks[here] = True
        before = here
    return state, breaks


def _reachable(fixes: Fixes, one: int, other: int, fastest_ms: float) -> bool:
    away = float(np.hypot(*(fixes.xy[other] - fixes.xy[one])))
    return away - JUMP_M <= fastest_ms * float(fixes.at_s[other] - fixes.at_s[one])


def observe(fixes: Fixes, state: NDArray[np.int8], breaks: Flags) -> Observations:
    """Positions that stand together as one, in order.

    Parameters
    ----------
    state, breaks
        As :func:`judge_fixes` gives them.

    Returns
    -------
    Observations
        Of no position: of length 0.
    """
    from geo.roads.matching.kernels import group_fixes

    sigma = np.full(len(fixes), USUAL_SIGMA_M)
    said = ~np.isnan(fixes.accuracy_m)
    sigma[said] = np.clip(fixes.accuracy_m[said] / RADIUS_PER_SIGMA, *SIGMA_M)
    counted = np.flatnonzero(state == COUNTED)
    xy = np.ascontiguousarray(fixes.xy[counted])
    group = group_fixes(xy, breaks[counted], TOGETHER_M)
    of_fix = np.full(len(fixes), -1, dtype=np.int64)
    of_fix[counted] = group
    first = np.flatnonzero(np.diff(group, prepend=-1))
    last = np.r_[first[1:] - 1, len(group) - 1] if len(first) else first
    size = np.bincount(group) if len(group) else np.zeros(0)
    middle = np.column_stack([np.bincount(group, weights=xy[:, axis]) for axis in (0, 1)]) if len(group) else xy
    mean_sigma = np.bincount(group, weights=sigma[counted]) if len(group) else np.zeros(0)
    return Observations(
        fixes.at_s[counted][first],
        fixes.at_s[counted][last],
        middle / np.maximum(size, 1)[:, None],
        # A receiver drifts, so that positions one after another err alike: many of them help less than their number.
        mean_sigma / np.maximum(size, 1) / np.minimum(np.sqrt(np.maximum(size, 1)), 2.0),
        breaks[counted][first],
        of_fix,
    )


def observed_spans(fixes: Fixes, state: NDArray[np.int8]) -> list[tuple[float, float]]:
    """When somebody could be seen: from the first to the last counted position of each stretch without a gap.

    Examples
    --------
    >>> here = Fixes(np.array([0.0, 60, 200, 900, 1000]), np.zeros((5, 2)), np.full(5, np.nan))
    >>> observed_spans(here, np.zeros(5, dtype=np.int8))
    [(0.0, 200.0), (900.0, 1000.0)]
    """
    at = fixes.at_s[state == COUNTED]
    if len(at) == 0:
        return []
    cut = np.flatnonzero(np.diff(at) > GAP_S)
    begins, ends = np.r_[0, cut + 1], np.r_[cut, len(at) - 1]
    return [(float(at[i]), float(at[j])) for i, j in zip(begins, ends, strict=True)]

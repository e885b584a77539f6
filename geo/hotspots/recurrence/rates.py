"""How often what was cleared is followed by a new one, against what the same places would have had anyway.

A rate of 60 % is nothing to blame a 片区 for if its places have a new one in 60 % of all such stretches of time whether
something was cleared or not. The expectation is each place's own constant rate: from the same place, hour and weekday
in the weeks around, as :mod:`geo.hotspots.recurrence.curves` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.recurrence.curves import TIERS, Z, clusters
from geo.hotspots.recurrence.gaps import Gaps, no_gaps
from geo.hotspots.recurrence.links import OFFSETS, WEEK_S, Links, Records

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LEAST_CLOSINGS: Final = 30
LEAST_EXPECTED: Final = 5.0
"""With fewer closings, or fewer expected to be followed, a ratio says nothing."""

VERDICTS: Final = ("more", "as_expected", "less", "insufficient")


@dataclass(frozen=True, slots=True)
class Rate:
    """The return rate of a group of closings.

    Parameters
    ----------
    key
        Of the group.
    closings, followed
        Those whose time had passed, and how many had a new one within it.
    expected
        How many would have had one at the places' own constant rate.
    ratio, lower, upper
        ``followed / expected`` with its 95 % bounds; none where there is too little to say.
    verdict
        ``more``, ``as_expected``, ``less`` or ``insufficient``.
    """

    key: str
    closings: int
    followed: int
    expected: float
    ratio: float | None
    lower: float | None
    upper: float | None
    verdict: str


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """Closings whose time was over: ``rows`` of the records, whether ``followed``, chance ``expected``, ``cluster``."""

    rows: Whole
    followed: NDArray[np.bool_]
    expected: Floats
    cluster: Whole


def watch(records: Records, links: Links, within_s: int, gaps: Gaps | None = None) -> Watched:
    """Closings watched for ``within_s``, with the chance that a new one comes at the place's own constant rate.

    Parameters
    ----------
    within_s
        At most 60 days.
    gaps
        When reports were missing; neither a closing nor what it is compared with is watched through one.

    Returns
    -------
    Watched
        In the order of the records. A closing no other week can be compared with is left out.

    Notes
    -----
    The chance is the share of the moments, whole weeks away in both directions and farther than ``within_s``, that had
    a new one within ``within_s``. Near the record's ends there are fewer such moments, never other ones.
    """
    gaps = no_gaps(len(records)) if gaps is None else gaps
    near, far = next((near, far) for _, end, near, far in TIERS if within_s <= end)
    rows = np.flatnonzero(records.closed & (records.closed_s + within_s < records.end_s))
    rows = rows[gaps.next_from(rows, records.closed_s[rows]) >= records.closed_s[rows] + within_s]
    expected = _share_followed(records, links, rows, within_s, gaps, (near, far))
    kept = np.isfinite(expected)
    rows = rows[kept]
    return Watched(rows, links.next_s[rows] <= within_s, expected[kept], clusters(records, rows))


def anyway(records: Records, links: Links, rows: Whole, within_s: int, gaps: Gaps | None = None) -> Floats:
    """Chance that the places of closings have a new one within a time whatever is closed, shape (m,); nan = not known.

    Parameters
    ----------
    rows
        Closings, whether or not their time is over.

    Notes
    -----
    As :func:`watch`, but from all weeks within eleven, since one closing's own chance is asked for and no sum of many.
    """
    near = next(near for _, end, near, _ in TIERS if within_s <= end)
    gaps = no_gaps(len(records)) if gaps is None else gaps
    return _share_followed(records, links, rows, within_s, gaps, (near, max(map(abs, OFFSETS))))


def _share_followed(
    records: Records, links: Links, rows: Whole, within_s: int, gaps: Gaps, weeks: tuple[int, int]
) -> Floats:
    """Of the moments so many weeks from each closing the share with a new one within the time; nan without any."""
    columns = [k for k, week in enumerate(OFFSETS) if weeks[0] <= abs(week) <= weeks[1]]
    shift = np.array([OFFSETS[k] for k in columns]) * WEEK_S
    begin = records.closed_s[rows, None] + shift
    valid = (begin >= records.first_s) & (begin + within_s < records.end_s)
    valid &= gaps.next_from(rows, begin) >= begin + within_s
    # A slow closing: the event itself must not stand in the time it is compared with.
    valid &= (shift > 0) | (begin + within_s < records.at_s[rows, None])
    had = (links.control_s[rows[:, None], columns] <= within_s) & valid
    times = valid.sum(axis=1)
    return np.where(times > 0, had.sum(axis=1) / np.maximum(times, 1), np.nan)


def group_rate(key: str, watched: Watched, member: NDArray[np.bool_]) -> Rate:
    """The rate of some of the closings.

    Parameters
    ----------
    member
        Shape (m,): which of ``watched`` belong to the group.

    Notes
    -----
    Bounds are those of a ratio of sums whose parts hang together by place and four weeks, on the logarithm
    (linearisation; Cochran 1977, Sampling Techniques, 6.4 and 9A).

    Examples
    --------
    >>> some = Watched(np.arange(40), np.arange(40) < 20, np.full(40, 0.25), np.arange(40))
    >>> rate = group_rate("01", some, np.ones(40, dtype=bool))
    >>> rate.followed, rate.expected, rate.ratio, rate.verdict
    (20, 10.0, 2.0, 'more')
    """
    followed, expected = watched.followed[member].astype(np.float64), watched.expected[member]
    closings, seen, hoped = len(followed), float(followed.sum()), float(expected.sum())
    if closings < LEAST_CLOSINGS or hoped < LEAST_EXPECTED or seen == 0:
        return Rate(key, closings, int(seen), round(hoped, 2), None, None, None, "insufficient")
    ratio = seen / hoped
    _, cluster = np.unique(watched.cluster[member], return_inverse=True)
    apart = np.bincount(cluster, weights=followed - ratio * expected)
    error = float(np.sqrt((apart**2).sum())) / seen
    lower, upper = ratio * float(np.exp(-Z * error)), ratio * float(np.exp(Z * error))
    verdict = "more" if lower > 1 else "less" if upper < 1 else "as_expected"
    return Rate(key, closings, int(seen), round(hoped, 2), round(ratio, 4), round(lower, 4), round(upper, 4), verdict)


def rates_by(watched: Watched, label: NDArray[Any]) -> list[Rate]:
    """The rate of every group of a label, shape (m,), the most closings first; rows without a label are left out."""
    known = np.array([one is not None and one == one and one != "" for one in label.tolist()], dtype=bool)
    keys, counts = np.unique(label[known].astype(str), return_counts=True)
    text = np.where(known, label.astype(str), "")
    return [group_rate(str(key), watched, known & (text == key)) for key in keys[np.argsort(-counts, kind="stable")]]

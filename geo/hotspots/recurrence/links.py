"""Which event followed which closing nearby: found once, whatever order the events come in.

Every later room of this folder reads :class:`Links`. Nothing here says that the later event *is* the earlier one come
back; how likely that is, is a matter of :mod:`geo.hotspots.recurrence.curves`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

RADIUS_M: Final = 30.0
"""A new one this close to a closed one may be its return: twice what a phone is off in a street. In the sample county
50 m took near repeats (litter breeds litter 40 m off) for returns, and twice as much chance: estates .01 too high."""

WITHIN_S: Final = 60 * 86_400
"""A new one later than this is not linked to the closing."""

NEVER: Final = np.int64(1 << 40)
"""A moment (seconds of the Unix epoch) past every other: what is open is closed then, what did not happen happens."""

DAY_S: Final = 86_400
WEEK_S: Final = 7 * DAY_S
OFFSETS: Final = (-3, -2, -1, 1, 2, 3, -6, -5, -4, 4, 5, 6, -11, -10, -9, 9, 10, 11)
"""Weeks from a closing to the moments it is compared with: same place, hour and weekday, but nothing was closed."""

MOST_PAIRS: Final = 1_000_000
"""Pairs of neighbours held at a time."""


class RecordsBroken(Invalid):
    """Events that links cannot be made of; the facts name the row and the mend."""


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Events in one order that does not depend on how they were delivered: by time, then by id.

    Parameters
    ----------
    ids
        Shape (n,), unique.
    x, y
        Shape (n,), metres.
    at_s
        Shape (n,), seconds of the Unix epoch of each occurrence, rising.
    closed_s
        Shape (n,), when it was closed; ``NEVER`` if it is open.
    code
        Shape (n,): number of its code in ``codes``.
    codes
        The codes, sorted.
    first_s, end_s
        The record is whole from ``first_s`` to before ``end_s``.
    """

    ids: NDArray[Any]
    x: Floats
    y: Floats
    at_s: Whole
    closed_s: Whole
    code: Whole
    codes: tuple[str, ...]
    first_s: int
    end_s: int

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def closed(self) -> Flags:
        """Shape (n,): whether it was closed before the record ends."""
        return self.closed_s < self.end_s


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """What followed each closing, and what each event followed.

    Parameters
    ----------
    next_row
        Shape (n,): the first event of the same code within reach that occurred after this one was closed, as a row of
        the records; -1 for none on record, and for what is open.
    next_s
        Shape (n,): seconds from closing to it; ``NEVER`` for none.
    parent_row
        Shape (n,): the last closing of the same code within reach before this one occurred, at most ``WITHIN_S``
        earlier; -1 for none. Of several at once the one with the smallest id.
    parent_s
        Shape (n,): seconds since; ``NEVER`` for none.
    control_s
        Shape (n, k): seconds from the closing moved by ``OFFSETS[k]`` weeks to the first event from there.
    control_parent_s
        Shape (n, k): seconds from the last closing before to the occurrence moved by as many weeks, as ``parent_s``.
    """

    next_row: Whole
    next_s: Whole
    parent_row: Whole
    parent_s: Whole
    control_s: Whole
    control_parent_s: Whole


def read_records(events: DataFrame, *, end_s: int | None = None, repeats: bool = False) -> Records:
    """Records of a frame of events.

    Parameters
    ----------
    events
        Index = id; ``code``, ``occurred_at``, ``closed_at`` (aware; missing = open), ``x``, ``y`` (metres) and
        ``duplicate``. Rows without a place, those at default geocodes, repeats, and what one caller reports beyond the
        cap (``weight`` 0) are passed over.
    end_s
        When the record ends; by default just after the last occurrence in it, for whole days after that day.

    repeats
        Keep repeats and capped reports too: the same trouble reported twice is no return, but tells of the place.

    Raises
    ------
    RecordsBroken
        If an event was closed before it occurred.

    Examples
    --------
    >>> from pandas import DataFrame, to_datetime
    >>> at = to_datetime(["2026-01-02", "2026-01-01"], utc=True)
    >>> frame = DataFrame({"code": "a", "occurred_at": at, "closed_at": at, "x": 0.0, "y": 0.0, "duplicate": False})
    >>> read_records(frame).ids.tolist()
    [1, 0]
    """
    kept = np.isfinite(events["x"]).to_numpy() & np.isfinite(events["y"]).to_numpy()
    if not repeats:
        kept &= ~events["duplicate"].to_numpy(bool)
        if "weight" in events:
            kept &= events["weight"].to_numpy(float) > 0
    if "default_geocode" in events:
        kept &= ~events["default_geocode"].to_numpy(bool)
    at = _seconds(events["occurred_at"])[kept]
    closed = _seconds(events["closed_at"])[kept]
    ids = events.index.to_numpy()[kept]
    if (bad := np.flatnonzero(closed < at)).size:
        raise RecordsBroken("returns.closed_before", row=str(ids[bad[0]]), rows=int(bad.size))
    order = np.lexsort((ids, at))
    codes, code = np.unique(events["code"].to_numpy(str)[kept], return_inverse=True)
    days_only = len(at) > 1 and not (at % DAY_S != at[0] % DAY_S).any()
    last_s = int(at.max(initial=-1)) + (DAY_S if days_only else 1)
    return Records(
        ids=ids[order],
        x=events["x"].to_numpy(np.float64)[kept][order],
        y=events["y"].to_numpy(np.float64)[kept][order],
        at_s=at[order],
        closed_s=closed[order],
        code=code.astype(np.int64)[order],
        codes=tuple(codes.tolist()),
        first_s=int(at.min(initial=0 if len(at) == 0 else int(at[0]))),
        end_s=last_s if end_s is None else end_s,
    )


def _seconds(column: Any) -> Whole:
    """Seconds of the Unix epoch; ``NEVER`` where there is no time."""
    stamps = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[s]")
    return np.where(np.isnat(stamps), NEVER, stamps.astype(np.int64))


def neighbours(x: Floats, y: Floats, radius_m: float, most: int = MOST_PAIRS) -> Iterator[tuple[Whole, Whole, Whole]]:
    """Each point's neighbours, itself among them, a stretch of points at a time.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    radius_m
        A point at exactly this distance is a neighbour.
    most
        Pairs to hold at a time; a single point may have more.

    Yields
    ------
    tuple
        ``rows`` of a stretch, rising, and for each pair ``(here, there)``; sorted by here, then there.

    Examples
    --------
    >>> [(rows.tolist(), here.tolist(), there.tolist()) for rows, here, there in
    ...  neighbours(np.array([0.0, 40.0, 99.0]), np.zeros(3), 50.0)]
    [([0, 1, 2], [0, 0, 1, 1, 2], [0, 1, 0, 1, 2])]
    """
    from scipy.spatial import cKDTree

    n = np.int64(len(x))
    if n == 0:
        return
    points = np.column_stack([x, y])
    tree = cKDTree(points)
    size = np.cumsum(tree.query_ball_point(points, radius_m, return_length=True))
    start = 0
    while start < n:
        before = int(size[start - 1]) if start else 0
        stop = max(int(np.searchsorted(size, before + most, side="right")), start + 1)
        if start == 0 and stop == n:
            pairs = tree.query_pairs(radius_m, output_type="ndarray").astype(np.int64)
            own = np.arange(n) * (n + 1)
            key = np.concatenate([pairs[:, 0] * n + pairs[:, 1], pairs[:, 1] * n + pairs[:, 0], own])
        else:
            some = cKDTree(points[start:stop]).sparse_distance_matrix(tree, radius_m, output_type="ndarray")
            key = (some["i"].astype(np.int64) + start) * n + some["j"].astype(np.int64)
        key.sort()
        yield np.arange(start, stop), key // n, key % n
        start = stop


def link_events(
    records: Records, *, radius_m: float = RADIUS_M, within_s: int = WITHIN_S, offsets: Sequence[int] = OFFSETS
) -> Links:
    """Link every closing to what followed it, and to what followed moments when nothing was closed.

    Parameters
    ----------
    radius_m
        How near counts.
    within_s
        How long after a closing a new one still gets it as its parent.
    offsets
        Weeks of the moments to compare with.

    Returns
    -------
    Links
        In the order of ``records``; the same for the same events in any order.

    Notes
    -----
    Neighbours come from a k-d tree, per code, in stretches of at most ``MOST_PAIRS``; what comes first after a moment
    is one binary search per event in the pairs sorted by time. O(pairs log pairs), no loop over events.
    """
    n = len(records)
    links = Links(
        next_row=np.full(n, -1, dtype=np.int64),
        next_s=np.full(n, NEVER),
        parent_row=np.full(n, -1, dtype=np.int64),
        parent_s=np.full(n, NEVER),
        control_s=np.full((n, len(offsets)), NEVER),
        control_parent_s=np.full((n, len(offsets)), NEVER),
    )
    for code in range(len(records.codes)):
        mine = np.flatnonzero(records.code == code)
        x, y = records.x[mine], records.y[mine]
        for rows, here, there in neighbours(x, y, radius_m):
            _link(records, mine, rows, here, there, links, offsets, within_s)
    return links


def _link(
    records: Records, mine: Whole, rows: Whole, here: Whole, there: Whole, links: Links, offsets: Sequence[int],
    within_s: int,
) -> None:  # fmt: skip
    """Fill in one stretch; ``there`` rises within ``here``, and rows of the records rise with time."""
    n = np.int64(len(mine))
    at, closed = records.at_s[mine], records.closed_s[mine]
    key = here * n + there

    def first_from(moment: Whole) -> tuple[Whole, Whole]:
        """Row (-1 for none) and moment of the first neighbour after each moment."""
        rank = np.searchsorted(at, moment, side="right")
        found = np.minimum(np.searchsorted(key, rows * n + rank), len(key) - 1)
        there_is = (key[found] // n == rows) & (key[found] >= rows * n + rank) & (rank < n)
        row = np.where(there_is, there[found], -1)
        return row, np.where(there_is, at[row], NEVER)

    own = mine[rows]
    closed_here = closed[rows]
    is_closed = closed_here < NEVER
    row, moment = first_from(closed_here)
    row = np.where(is_closed, row, -1)
    links.next_row[own] = np.where(row >= 0, mine[row], -1)
    links.next_s[own] = np.where(row >= 0, moment - closed_here, NEVER)
    # The last closing before: neighbours ranked by when they were closed, the smallest id last among equals.
    order = np.lexsort((-np.arange(n), closed))
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    by_closing = np.sort(here * n + rank[there])
    closings = closed[order]

    def last_before(moment: Whole) -> tuple[Whole, Whole]:
        """Row (-1 for none) of the neighbour closed last before each moment, and the seconds since."""
        found = np.searchsorted(by_closing, rows * n + np.searchsorted(closings, moment, side="left")) - 1
        last = by_closing[np.maximum(found, 0)]
        row = np.where((found >= 0) & (last // n == rows), order[last % n], -1)
        gap = np.where(row >= 0, moment - closed[row], NEVER)
        linked = gap <= within_s
        return np.where(linked, row, -1), np.where(linked, gap, NEVER)

    row, gap = last_before(at[rows])
    links.parent_row[own] = np.where(row >= 0, mine[row], -1)
    links.parent_s[own] = gap
    for column, weeks in enumerate(offsets):
        begin = closed_here + weeks * WEEK_S
        row, moment = first_from(begin)
        links.control_s[own, column] = np.where(is_closed & (row >= 0), moment - begin, NEVER)
        links.control_parent_s[own, column] = last_before(at[rows] + weeks * WEEK_S)[1]

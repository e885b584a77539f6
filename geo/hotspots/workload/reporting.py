"""What share of what happens comes on record, by 片区 and hour: patrols see what is near, people call or sleep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]

LEAST_SEEN: Final = 0.2
"""Counts are never multiplied by more than five: past that the correction says more than the records."""

ROUNDS: Final = 50
BACK_M: Final = 50.0
BACK_S: Final = 86_400
PRIOR: Final = 4.0
"""Complaints of an average hour that every 片区 and hour is given beforehand, so that a few calls decide nothing."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """How readily what happens is noticed.

    Parameters
    ----------
    seen
        Shape (districts, 24): share of occurrences that come on record, 0.2 to 1.
    calls_by_district
        Shape (districts,): chance that what no patrol saw is called in, at an average hour.
    calls_by_hour
        Shape (24,): how readily people call at each hour; 1 on average over what happens.
    """

    seen: Floats
    calls_by_district: Floats
    calls_by_hour: Floats


def reporting(by_patrol: Floats, by_others: Floats, in_sight: Floats) -> Reporting:
    """Share of occurrences on record, from what patrols found while they were there and what others reported.

    Parameters
    ----------
    by_patrol, by_others
        Shape (districts, 24): records by local hour, second reports of the same thing left out.
    in_sight
        Shape (districts, 24), 0 to 1: share of the hour for which the place was in a patrol's sight.

    Returns
    -------
    Reporting
        Where nobody ever patrols, an hour's readiness to call is the average one.

    Notes
    -----
    Something that happens is seen by a patrol with chance s = ``in_sight``, else called in with chance c·r of its
    district and hour. So n_patrol / s happened, n_patrol (1 − s) / s of them out of sight, and c·r is the share of
    those that was reported: ratios of sums, in turn for districts and hours, until they agree (iterative fitting of a
    multiplicative Poisson model). Source: presence as exposure, as Liu, Bhandaram, Garg (2023) Quantifying spatial
    under-reporting disparities, do with duplicates.

    Examples
    --------
    >>> s = np.full((1, 24), 0.5)
    >>> found = reporting(np.full((1, 24), 100.0), np.full((1, 24), 50.0), s)
    >>> found.seen.round(2)[0, :3].tolist()  # half seen, half of the rest called in
    [0.75, 0.75, 0.75]
    """
    sight = np.clip(in_sight, 0.0, 0.99)
    unseen = np.where(sight > 0.02, by_patrol * (1 - sight) / np.maximum(sight, 0.02), 0.0)
    known = np.where(unseen > 0, by_others, 0.0)
    overall = known.sum() / max(unseen.sum(), 1.0)
    district, hour = np.full(len(sight), overall), np.ones(sight.shape[1])
    for _ in range(ROUNDS if overall > 0 else 0):
        base = (unseen * district[:, None]).sum(axis=0)
        hour = (known.sum(axis=0) + PRIOR) / (base + PRIOR)
        hour /= (hour * base).sum() / base.sum()
        base = (unseen * hour).sum(axis=1)
        district = (known.sum(axis=1) + PRIOR) / (base + PRIOR / overall)
    called = np.clip(district[:, None] * hour, 0.0, 1.0)
    return Reporting(np.clip(sight + (1 - sight) * called, LEAST_SEEN, 1.0), district, hour)


def came_back(events: DataFrame) -> NDArray[np.bool_]:
    """Whether each event came back within a day to where the same was closed: somebody was watching that spot.

    Parameters
    ----------
    events
        ``code x y`` (metres) ``occurred_at closed_at`` (UTC; none while open).

    Returns
    -------
    NDArray[np.bool_]
        Shape (n,), in the order of ``events``. Such events are noticed whatever the hour, so their number needs no
        correction; by chance alone a busy spot has some too, which leaves the correction on the safe side.
    """
    from scipy.spatial import cKDTree

    back = np.zeros(len(events), dtype=bool)
    begun, closed = (
        events[name].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[s]")
        for name in ("occurred_at", "closed_at")
    )
    begun = begun.astype(np.int64)
    ended = np.where(np.isnat(closed), np.iinfo(np.int64).max, closed.astype(np.int64))
    xy = np.column_stack([events["x"], events["y"]]).astype(np.float64)
    for rows in events.groupby("code", sort=True).indices.values():
        pairs = rows[cKDTree(xy[rows]).query_pairs(BACK_M, output_type="ndarray")]
        for first, second in ((pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])):
            after = begun[second] - ended[first]
            back[second[(after >= 0) & (after <= BACK_S)]] = True
    return back


def seen_share(events: DataFrame, districts: Sequence[str], in_sight: Floats) -> Floats:
    """Share of occurrences on record by district and hour, from an event frame; see :func:`reporting`.

    Parameters
    ----------
    events
        ``district local_hour origin weight duplicate watched``; second reports and watched returns are left out.
    districts
        Codes, in the order of ``in_sight``.
    in_sight
        Shape (districts, 24).
    """
    import pandas

    fresh = events[~(events["duplicate"].to_numpy(bool) | events["watched"].to_numpy(bool))]
    row = pandas.Index(districts).get_indexer(pandas.Index(fresh["district"]))
    count: dict[bool, Floats] = {}
    for by_patrol in (True, False):
        mine = (row >= 0) & ((fresh["origin"] == "patrol").to_numpy() == by_patrol)
        cell = row[mine] * 24 + fresh["local_hour"].to_numpy(np.int64)[mine]
        total = np.bincount(cell, fresh["weight"].to_numpy(float)[mine], len(districts) * 24)
        count[by_patrol] = np.asarray(total, dtype=np.float64).reshape(len(districts), 24)
    return reporting(count[True], count[False], in_sight).seen

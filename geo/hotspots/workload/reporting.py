"""What share of what happens comes on record, by 片区 and hour: patrols see what is near, people call or sleep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_SEEN: Final = 0.2
"""Counts are never multiplied by more than five: past that the correction says more than the records."""

ROUNDS: Final = 50
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

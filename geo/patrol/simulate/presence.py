"""When a patrol stands at which zone, read off a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import Plan, Problem

Floats = NDArray[np.float64]

APPOINTED: Final = frozenset({"law", "post", "deadline"})
"""Duties that everybody's diary holds, kept on the minute; passes, coverage and hotspots are as they come."""

SEEN_M: Final = 60.0
"""Who halts this near to a zone, at a post or for a check, is seen there."""

LATE_SD_S: Final = 180.0
"""Patrols are no trains: each halt but the appointed ones begins and ends earlier or later by a normal draw (sd)."""

LATE_MOST: Final = 2.0
"""No draw counts for more than this many standard deviations."""


@dataclass(frozen=True)
class Stays:
    """Presence at zones: of zone ``z`` the intervals ``first[z] … first[z + 1] − 1``, ordered and apart, seconds."""

    first: NDArray[np.int64]
    begin: Floats
    end: Floats

    @classmethod
    def of(cls, intervals: Sequence[Sequence[tuple[float, float]]]) -> Stays:
        """From a list of (begin, end) per zone, in any order and overlapping as they may.

        Examples
        --------
        >>> stays = Stays.of([[(600, 900), (0, 300), (200, 400)], []])
        >>> stays.first.tolist(), stays.begin.tolist(), stays.end.tolist()
        ([0, 2, 2], [0.0, 600.0], [400.0, 900.0])
        """
        joined: list[tuple[float, float]] = []
        first = [0]
        for many in intervals:
            for low, high in sorted(many):
                if len(joined) > first[-1] and low <= joined[-1][1]:
                    joined[-1] = (joined[-1][0], max(joined[-1][1], high))
                elif high > low:
                    joined.append((low, high))
            first.append(len(joined))
        both = np.array(joined, dtype=float).reshape(-1, 2)
        return cls(np.array(first, dtype=np.int64), both[:, 0].copy(), both[:, 1].copy())

    def at(self, zone: int) -> list[tuple[int, int]]:
        """The intervals of a zone, whole seconds."""
        many = slice(self.first[zone], self.first[zone + 1])
        return [(round(low), round(high)) for low, high in zip(self.begin[many], self.end[many], strict=True)]


@dataclass(frozen=True)
class Halts:
    """Where a plan lets patrols be seen: of each halt the zone, begin and end in seconds; ``kept``: on the minute."""

    zones: int
    zone: NDArray[np.int64]
    begin: Floats
    end: Floats
    kept: NDArray[np.bool_]

    def stays(self, rng: np.random.Generator | None = None) -> Stays:
        """Presence in one day; as planned without a generator, else each halt a little early or late."""
        late = np.zeros(len(self.zone))
        if rng is not None:
            late = LATE_SD_S * np.clip(rng.standard_normal(len(self.zone)), -LATE_MOST, LATE_MOST) * ~self.kept
        intervals: list[list[tuple[float, float]]] = [[] for _ in range(self.zones)]
        begin = np.maximum(self.begin + late, 0.0)
        for zone, low, high in zip(self.zone.tolist(), begin.tolist(), (self.end + late).tolist(), strict=True):
            intervals[zone].append((low, high))
        return Stays.of(intervals)

    def risk(self, minutes: int, notice_min: float) -> Floats:
        """Shape (zones, minutes): chance that a patrol is there at some time within the notice, over all such days."""
        from scipy.special import ndtr

        free = np.ones((self.zones, minutes))
        at_s = 60.0 * np.arange(minutes)
        for zone, low, high, kept in zip(self.zone, self.begin, self.end, self.kept, strict=True):
            sd = 1.0 if kept else LATE_SD_S
            come = ndtr((at_s + 60.0 * notice_min - low) / sd) - ndtr((at_s - high) / sd)
            free[zone] *= 1.0 - come
        return 1.0 - free


def zones_of(problem: Problem) -> list[int]:
    """Stops where something comes back, in the problem's order; those where nothing is expected all shift are none."""
    return [
        number
        for number, stop in enumerate(problem.stops)
        if stop.recurrence is not None and any(stop.recurrence.per_minute)
    ]


def metres_between(lonlat: Sequence[tuple[float, float]]) -> Floats:
    """Straight distances, shape (n, n); good to a thousandth within a county.

    Examples
    --------
    >>> metres_between([(117.0, 28.0), (117.0, 28.001)]).round().tolist()
    [[0.0, 111.0], [111.0, 0.0]]
    """
    degrees = np.array(lonlat, dtype=float).reshape(-1, 2)
    scale = 111_320.0 * np.array([np.cos(np.radians(degrees[:, 1].mean() if len(degrees) else 0.0)), 1.0])
    xy = degrees * scale
    return np.asarray(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))


def seen_from(problem: Problem) -> list[tuple[int, ...]]:
    """For each stop, the zones (numbers in :func:`zones_of`) at which one who halts there is seen."""
    zones = zones_of(problem)
    metres = metres_between([stop.lonlat for stop in problem.stops])
    near: list[tuple[int, ...]] = []
    for number, stop in enumerate(problem.stops):
        if stop.recurrence is not None:
            near.append((zones.index(number),) if number in zones else ())
        elif stop.path:
            near.append(())
        else:
            near.append(tuple(np.flatnonzero(metres[number, zones] <= SEEN_M).tolist()))
    return near


def halts_of(problem: Problem, plan: Plan, seen: Sequence[tuple[int, ...]] | None = None) -> Halts:
    """Where patrols halt in a plan, from arriving to leaving, waiting included; riding past counts for nothing."""
    seen = seen_from(problem) if seen is None else seen
    found = [
        (zone, visit.arrive_s, visit.leave_s, problem.stops[visit.stop].duty in APPOINTED)
        for day in plan.days
        for visit in day
        for zone in seen[visit.stop]
    ]
    table = np.array(found, dtype=float).reshape(-1, 4)
    return Halts(
        len(zones_of(problem)), table[:, 0].astype(np.int64), table[:, 1].copy(), table[:, 2].copy(), table[:, 3] > 0
    )

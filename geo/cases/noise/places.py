"""Gather what was heard into places, and count a place's hours."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Heard:
    """One complaint or event: ``x, y`` in metres, ``at`` on the county's clock, ``caller`` a keyed hash or none."""

    id: int
    complaint: bool
    x: float
    y: float
    at: dt.datetime
    kind: str
    place: str = ""
    caller: str | None = None


@dataclass(frozen=True)
class Place:
    """Things heard around one spot: the one it is drawn at first, then in order of time."""

    heard: tuple[Heard, ...]

    @cached_property
    def name(self) -> str:
        """What most call it; of several the first in order of writing, empty if nobody says."""
        said = Counter(one.place for one in self.heard if one.place)
        return min(said, key=lambda name: (-said[name], name)) if said else ""

    @cached_property
    def callers(self) -> int:
        """Different callers known by their hash."""
        return len({one.caller for one in self.heard if one.caller})

    @cached_property
    def kinds(self) -> Mapping[str, int]:
        """Things by kind of noise."""
        return dict(sorted(Counter(one.kind for one in self.heard).items()))

    @cached_property
    def hours(self) -> tuple[tuple[int, ...], ...]:
        """Seven rows, Monday first, of 24 counts."""
        counted = Counter((one.at.weekday(), one.at.hour) for one in self.heard)
        return tuple(tuple(counted[day, hour] for hour in range(24)) for day in range(7))


def gather(heard: Iterable[Heard], reach_m: float) -> list[Place]:
    """Places, those with most callers first, then with most things; every thing is in exactly one.

    Parameters
    ----------
    reach_m
        From a place's seed, > 0. Seeds are taken greedily where most is within reach and not yet gathered, so the
        result depends on the places of things and not on the order in which they come.

    Examples
    --------
    >>> night = dt.datetime(2026, 6, 1, 22)
    >>> told = [Heard(1, True, 0, 0, night, "trade", "KTV", "a"), Heard(2, True, 30, 0, night, "trade", "KTV", "b"),
    ...         Heard(3, False, 500, 0, night, "works")]
    >>> [(one.name, len(one.heard), one.callers, one.hours[0][22]) for one in gather(told, 60)]
    [('KTV', 2, 2, 2), ('', 1, 0, 1)]
    >>> gather([], 60)
    []
    """
    import numpy as np
    from scipy.spatial import cKDTree

    things = sorted(heard, key=lambda one: (one.at, one.complaint, one.id))
    if not things:
        return []
    at = np.array([(one.x, one.y) for one in things])
    near = cKDTree(at).query_ball_point(at, reach_m, return_sorted=True)
    free = [True] * len(things)
    rank = sorted(range(len(things)), key=lambda n: (-len(near[n]), n))
    places = []
    for seed in rank:
        if not free[seed]:
            continue
        mine = [n for n in near[seed] if free[n]]
        for n in mine:
            free[n] = False
        # The seed stands first where the place is drawn; the rest in order of time.
        places.append(Place((things[seed], *(things[n] for n in mine if n != seed))))
    return sorted(places, key=lambda one: (-one.callers, -len(one.heard), one.heard[0].id))

"""A team that could come, when, and what becomes of its coming stops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from geo.errors import NotFound

FRESH: Final = dt.timedelta(minutes=15)
"""An older position is no better than the plan."""

LICENCES: Final = 2
STAY_S: Final = 20 * 60
"""How long such a call is taken to last unless said."""


class NobodyLicensed(NotFound):
    """No plan in force has a team with two licences that can get there; the facts say why."""


@dataclass(frozen=True, slots=True)
class Delay:
    """What becomes of a stop if its team goes: seconds later; ``lost`` if its window or the shift is over."""

    key: str
    kind: str
    name: str
    planned_at: dt.datetime
    later_s: int
    lost: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A team that could go.

    Attributes
    ----------
    seen_at
        When its position was taken; None if the plan had to say where it is.
    eta_s, distance_m
        By its own mode.
    eta_by
        ``streets``: the way was sought on the network. ``legs``: the line as the crow flies, times what a metre of it
        takes on the rides of the plan itself.
    eta_low_s, eta_high_s
        Between these lie eight of ten rides of the plan over that distance; the same where the way is known.
    lon, lat
        Where it is, EPSG:4490; not for everybody's eyes.
    delays
        Its coming stops that would be later or lost, in order.
    """

    plan_id: int
    team: str
    name: str
    mode: str
    licences: int
    eta_s: int
    distance_m: int
    seen_at: dt.datetime | None
    lon: float
    lat: float
    delays: tuple[Delay, ...] = ()
    eta_by: Literal["streets", "legs"] = "streets"
    eta_low_s: int = 0
    eta_high_s: int = 0

    @property
    def lost(self) -> int:
        """Stops it could not do any more."""
        return sum(one.lost for one in self.delays)


@dataclass(frozen=True, slots=True)
class Coming:
    """A coming stop: when it begins and how long it takes, until when its work must end, how long to the next one."""

    key: str
    kind: str
    name: str
    begin_at: dt.datetime
    service_s: int
    until_at: dt.datetime | None
    onward_s: int


def delays_of(coming: Sequence[Coming], now: dt.datetime, free_at: dt.datetime, ends_at: dt.datetime) -> list[Delay]:
    """Coming stops that are later or lost if their team is free again, at the next of them, only at ``free_at``.

    Notes
    -----
    What cannot be begun in its window or the shift is left out and the next one is ridden to at once; waiting that the
    plan has takes up delay. A stop in progress is broken off and taken up again.

    Examples
    --------
    >>> t = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    >>> def minutes(n): return t + dt.timedelta(minutes=n)
    >>> stops = [Coming("a", "zone", "", minutes(10), 600, minutes(25), 300),
    ...          Coming("b", "post", "", minutes(40), 600, minutes(60), 0)]
    >>> [(one.key, one.later_s, one.lost) for one in delays_of(stops, t, minutes(30), minutes(480))]
    [('a', 1200, True)]
    >>> [(one.key, one.later_s, one.lost) for one in delays_of(stops, t, minutes(12), minutes(480))]
    [('a', 120, False)]
    """
    found = []
    here = free_at
    for one in coming:
        work = dt.timedelta(seconds=one.service_s)
        if one.begin_at < now:
            work = max(dt.timedelta(0), one.begin_at + work - now)
        begin = max(here, one.begin_at)
        last = min(one.until_at or ends_at, ends_at)
        lost = begin + work > last
        later_s = int((begin - max(one.begin_at, now)).total_seconds())
        if lost or later_s > 0:
            found.append(Delay(one.key, one.kind, one.name, one.begin_at, max(later_s, 0), lost))
        here = (here if lost else begin + work) + dt.timedelta(seconds=one.onward_s)
        if not lost and later_s <= 0:
            break
    return found

"""What the bureau has set for its patrols on a day, and the start values that hold until it sets its own.

Start values for return and stay are ours after the notes of patrol practice (schools and markets 15–20 minutes,
hawkers 20–25, sites 60); they only stand in where no study of the county's own record tells better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from geo.patrol.demand.rests import BreakRule
from geo.patrol.problem import DUTIES, Duty

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class PassRule:
    """Passes of a tier in a shift: how many, how far apart, whether they are a promise.

    ``ride_kmh``: a ride along the whole stretch on the way to something else is a pass too if it is no faster; 0 if
    somebody must go along and look.
    """

    tier: str
    passes: int
    spacing_s: int
    required: bool
    ride_kmh: int = 0


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """How a class of place is looked after.

    Parameters
    ----------
    cap_s
        Longest time it may stay unvisited while it is open; none if that is no promise.
    rho_s
        Mean seconds to return after a patrol has left.
    stay_s
        Mean seconds a violation stays if nobody comes.
    per_hour
        New violations an hour while it is open.
    """

    cap_s: int | None
    rho_s: int
    stay_s: int
    per_hour: float


START_ZONES: Final[Mapping[str, ZoneRule]] = {
    "school": ZoneRule(240 * 60, 18 * 60, 25 * 60, 2.0),
    "market": ZoneRule(240 * 60, 18 * 60, 45 * 60, 3.0),
    "night_market": ZoneRule(240 * 60, 22 * 60, 90 * 60, 4.0),
    "hospital": ZoneRule(240 * 60, 22 * 60, 60 * 60, 1.0),
    "transit": ZoneRule(240 * 60, 22 * 60, 45 * 60, 1.0),
    "estate": ZoneRule(480 * 60, 25 * 60, 60 * 60, 0.5),
    "construction": ZoneRule(480 * 60, 60 * 60, 120 * 60, 0.5),
}

START_PASSES: Final = (PassRule("main", 2, 120 * 60, True),)
"""主干道 twice a shift, two hours apart; the rest of the centre is seen by its daily coverage."""

RIDE_KMH: Final = 20
"""Feet and e-bikes cover what they ride along: their riders see it. Cars do in lanes only."""

SLOT: Final = 1.5
"""A pass has this many times its spacing of the shift to itself, else the shift is asked for fewer passes."""


@dataclass(frozen=True)
class Rules:
    """The rules in force for a shift.

    Parameters
    ----------
    order
        Who gives way: the last first.
    centre
        中心城区 in the metric CRS; None where the bureau has drawn none, and then no coverage is asked for.
    covers
        ``streets`` or ``cells``.
    ride_kmh
        A street of the centre is covered, too, by who rides along it on the way to something else, no faster on
        average; 0 if that does not count.
    breaks
        Rests of the shift's teams; none where the bureau has set none.
    set_by
        Of each kind of rule, who set it; missing where start values hold.
    """

    passes: tuple[PassRule, ...] = START_PASSES
    zones: Mapping[str, ZoneRule] = field(default_factory=lambda: dict(START_ZONES))
    order: tuple[Duty, ...] = DUTIES
    centre: BaseGeometry | None = None
    covers: str = "streets"
    ride_kmh: int = RIDE_KMH
    breaks: tuple[BreakRule, ...] = ()
    set_by: Mapping[str, str] = field(default_factory=dict)


def passes_in(rule: PassRule, shift_s: int) -> int:
    """How many passes of a tier a shift owes: as many as the rule says, fewer if it is too short to keep them apart.

    Examples
    --------
    >>> twice = PassRule("main", 2, 7200, True)
    >>> passes_in(twice, 9 * 3600), passes_in(twice, 6 * 3600), passes_in(twice, 3 * 3600)
    (2, 2, 1)
    """
    if rule.passes < 2 or not rule.spacing_s:
        return rule.passes
    return max(1, min(rule.passes, int(shift_s // (SLOT * rule.spacing_s))))

"""What a plan is worth: violation-minutes suppressed, in whole numbers that are the same for ever.

While a team is present nothing is active; after it has left, what comes back does so with mean ``rho``, so that
``exp(-(t - f) / rho)`` of what would be active at t stays away (:class:`geo.patrol.problem.Recurrence`). Of several
visits the latest suppresses most. Time is counted in whole minutes, a minute belonging to the visit that is under way
when it begins; shares in millionths; violations in thousandths. Source: persistence of patrol effects, Koper 1995; the
idleness objective of Chevaleyre 2004 with an exponential return instead of a linear one.

Nothing here is floating point: the decay is rounded from correctly rounded decimals, so a plan of last year is scored
to the same figure. A change of the rule below is a new :data:`VALUE_VERSION`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final

from geo.patrol.problem import Plan, Problem, Recurrence

VALUE_VERSION: Final = 1
"""Of the rule; stored with every plan."""

PPM: Final = 1_000_000
TEN_MINUTES_S: Final = 600

Stay = tuple[int, int]
"""Seconds after the shift's start at which a team begins and leaves."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one visit adds, in thousandths of a violation-minute.

    ``earlier`` and ``later`` are what the plan would gain (below zero: lose) if the visit were ten minutes earlier or
    later and all others stayed.
    """

    saved: int
    earlier: int
    later: int


@lru_cache(maxsize=4096)
def decay_ppm(rho_s: int, minutes: int) -> tuple[int, ...]:
    """Millionths of what was cleared that stay away in each minute after a patrol has left.

    Parameters
    ----------
    rho_s
        Mean seconds until one is back, > 0.
    minutes
        How many, ≥ 0.

    Notes
    -----
    The value at the middle of the minute, which is within 0.02 % of its mean for a rho of 15 minutes. Decimals are
    rounded correctly to 12 digits by definition, so no machine differs.

    Examples
    --------
    >>> decay_ppm(1200, 4)
    (975310, 927743, 882497, 839457)
    >>> decay_ppm(60, 20)[13:]
    (1, 1, 0, 0, 0, 0, 0)
    """
    exact = Context(prec=12, rounding=ROUND_HALF_EVEN)
    shares = []
    for minute in range(minutes):
        share = exact.exp(exact.divide(Decimal(-(60 * minute + 30)), Decimal(rho_s)))
        shares.append(int(exact.to_integral_value(exact.multiply(share, Decimal(PPM)))))
        if shares[-1] == 0:
            break
    return (*shares, *(0 for _ in range(minutes - len(shares))))


def kept_away(told: Recurrence, stays: Iterable[Stay]) -> list[int]:
    """Millionths suppressed in each minute of the shift.

    Parameters
    ----------
    told
        Of the place.
    stays
        Visits in any order; they may overlap.

    Examples
    --------
    >>> kept_away(Recurrence((1000,) * 6, 60), [(60, 180)])
    [0, 1000000, 1000000, 606531, 223130, 82085]
    >>> kept_away(Recurrence((1000,) * 2, 60), [])
    [0, 0]
    """
    minutes = len(told.per_minute)
    present, left = [False] * minutes, [False] * (minutes + 1)
    for begin_s, leave_s in stays:
        begin, leave = minute_of(begin_s), min(minute_of(leave_s), minutes)
        for minute in range(min(begin, minutes), leave):
            present[minute] = True
        left[leave] = True
    decay = decay_ppm(told.rho_s, minutes)
    shares, since = [], -1
    for minute in range(minutes):
        if left[minute]:
            since = minute
        shares.append(PPM if present[minute] else decay[minute - since] if since >= 0 else 0)
    return shares


def minute_of(second: int) -> int:
    """The first minute that begins at or after a second.

    Examples
    --------
    >>> [minute_of(s) for s in (0, 1, 60, 61)]
    [0, 1, 1, 2]
    """
    return -(-second // 60)


def zone_value(told: Recurrence, stays: Iterable[Stay]) -> int:
    """What visits of one place suppress, in thousandths of a violation-minute times a million.

    Examples
    --------
    >>> zone_value(Recurrence((2000,) * 6, 60), [(60, 180)]) // PPM
    5823
    """
    return sum(share * active for share, active in zip(kept_away(told, stays), told.per_minute, strict=True))


def stays_of(problem: Problem, plan: Plan) -> dict[int, list[Stay]]:
    """The visits of each recurring stop by its number, in order of time; unvisited ones have none."""
    stays: dict[int, list[Stay]] = {i: [] for i, stop in enumerate(problem.stops) if stop.recurrence}
    for day in plan.days:
        for visit in day:
            if visit.stop in stays:
                stays[visit.stop].append((visit.begin_s, visit.leave_s))
    return {number: sorted(found) for number, found in stays.items()}


def plan_value(problem: Problem, plan: Plan) -> int:
    """What the whole plan suppresses, in thousandths of a violation-minute, rounded down once."""
    total = 0
    for number, stays in stays_of(problem, plan).items():
        told = problem.stops[number].recurrence
        assert told is not None
        total += zone_value(told, stays)
    return total // PPM


def demand_value(problem: Problem) -> int:
    """What there is to suppress, in thousandths of a violation-minute."""
    return sum(sum(stop.recurrence.per_minute) for stop in problem.stops if stop.recurrence)


def worth_of(told: Recurrence, stays: Sequence[Stay], number: int, shift_s: int) -> Worth:
    """What one visit adds, and what ten minutes would change.

    Parameters
    ----------
    told, stays
        Of the place.
    number
        Which of the stays.
    shift_s
        A visit is not moved out of the shift.

    Examples
    --------
    >>> worth_of(Recurrence((1000,) * 60, 600), [(600, 1200), (2400, 3000)], 0, 3600)
    Worth(saved=18643, earlier=855, later=-2325)
    """
    others = [stay for i, stay in enumerate(stays) if i != number]
    begin, leave = stays[number]
    now = zone_value(told, stays)

    def moved(by_s: int) -> int:
        by_s = max(by_s, -begin) if by_s < 0 else min(by_s, shift_s - leave)
        return (zone_value(told, [*others, (begin + by_s, leave + by_s)]) - now) // PPM

    return Worth((now - zone_value(told, others)) // PPM, moved(-TEN_MINUTES_S), moved(TEN_MINUTES_S))


def plan_worths(problem: Problem, plan: Plan) -> dict[tuple[int, int], Worth]:
    """What each visit of a recurring stop adds, by team and place in its day."""
    stays = stays_of(problem, plan)
    found = {}
    for team, day in enumerate(plan.days):
        for place, visit in enumerate(day):
            told = problem.stops[visit.stop].recurrence
            if told is not None:
                mine = stays[visit.stop]
                number = mine.index((visit.begin_s, visit.leave_s))
                found[team, place] = worth_of(told, mine, number, problem.shift_s)
    return found


def seconds_beyond(problem: Problem, plan: Plan) -> int:
    """Seconds by which places stay unvisited while they are open for longer than their caps, together."""
    return sum(
        beyond_cap(problem.stops[number].windows, stays, told.cap_s)
        for number, stays in stays_of(problem, plan).items()
        if (told := problem.stops[number].recurrence) is not None and told.cap_s is not None
    )


def beyond_cap(windows: Sequence[tuple[int, int]], stays: Sequence[Stay], cap_s: int) -> int:
    """Seconds by which the gaps between visits of a place, in order of time, are longer than its cap, together.

    Examples
    --------
    >>> beyond_cap([(0, 3600), (7200, 9000)], [(600, 1200)], 1500)
    1200
    >>> beyond_cap([(0, 3600)], [], 3600)
    0
    """
    beyond = 0
    for low, high in windows:
        since = low
        for begin, leave in stays:
            beyond += max(min(begin, high) - since - cap_s, 0)
            since = max(since, min(leave, high))
        beyond += max(high - since - cap_s, 0)
    return beyond


def longest_gap(windows: Sequence[tuple[int, int]], stays: Iterable[Stay]) -> int:
    """Longest time in seconds that a place stays unvisited while it is open; each opening counts for itself.

    Examples
    --------
    >>> longest_gap([(0, 3600), (7200, 9000)], [(600, 1200)])
    2400
    >>> longest_gap([(0, 3600)], [])
    3600
    """
    longest = 0
    for low, high in windows:
        since = low
        for begin, leave in sorted(stays):
            longest = max(longest, min(begin, high) - since)
            since = max(since, min(leave, high))
        longest = max(longest, high - since)
    return longest

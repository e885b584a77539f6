"""What a director's focus costs: the same shift planned with and without it, both told in plain violation-minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from geo.patrol.problem import Plan, Problem, Recurrence
from geo.patrol.value import PPM, stays_of, zone_value

Solve = Callable[[Problem, Plan | None], Plan]
"""Plans a problem, going on from a plan if one is given."""


@dataclass(frozen=True)
class FocusPrice:
    """What a plan wins where the focus looks and loses elsewhere, in thousandths of a violation-minute.

    Parameters
    ----------
    gained, lost
        ≥ 0; both are 0 where the focus changes nothing.
    dropped, added
        Keys of stops done in one plan only: without the focus, with it.
    """

    gained: int
    lost: int
    dropped: tuple[str, ...]
    added: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"gained": self.gained, "lost": self.lost, "dropped": list(self.dropped), "added": list(self.added)}


def unfocused(problem: Problem, factors: Mapping[str, float]) -> Problem:
    """The problem as it would be without a factor on some of its stops.

    Parameters
    ----------
    factors
        By key of a stop, what its weight and λ were multiplied by; > 0.
    """
    stops = []
    for stop in problem.stops:
        factor = factors.get(stop.key)
        if factor is not None:
            told = stop.recurrence
            if told is not None:
                plain = tuple(int(one / factor + 0.5) for one in told.per_minute)
                told = Recurrence(plain, told.rho_s, told.cap_s)
            weight, focus = round(stop.weight / factor, 6), round(stop.focus / factor, 6)
            stop = replace(stop, weight=weight, recurrence=told, focus=focus)
        stops.append(stop)
    return replace(problem, stops=tuple(stops))


def price_of_focus(problem: Problem, factors: Mapping[str, float], solve: Solve) -> FocusPrice:
    """Plan a shift with a focus and without it, and tell what changes.

    Parameters
    ----------
    problem
        With the focus.
    factors
        By key of a stop, the focus's factor.
    solve
        The planner. It goes on from the plan without the focus to that with it and back; of these three plans the best
        without the focus is held against the best with it. So what differs is the focus and not luck: it never gains
        less than nothing where it looks, nor costs less elsewhere than it gains there.

    Returns
    -------
    FocusPrice
        Both plans valued by the same λ, that without the focus.
    """
    plain = unfocused(problem, factors)
    first = solve(plain, None)
    second = solve(problem, first)
    plans = [first, second, solve(plain, second)]
    without = max(plans, key=lambda plan: _rank(plain, plan))
    focused = max(plans, key=lambda plan: _rank(problem, plan))
    before, after = _values(plain, without), _values(plain, focused)
    here = [key for key in before if key in factors]
    there = [key for key in before if key not in factors]
    done, now = _done(plain, without), _done(plain, focused)
    return FocusPrice(
        gained=(sum(after[key] for key in here) - sum(before[key] for key in here)) // PPM,
        lost=(sum(before[key] for key in there) - sum(after[key] for key in there)) // PPM,
        dropped=tuple(sorted(done - now)),
        added=tuple(sorted(now - done)),
    )


def _rank(problem: Problem, plan: Plan) -> tuple[list[int], int]:
    """What a plan is worth: stops done once by duty, in the bureau's order; then what it suppresses."""
    once = [problem.stops[visit.stop] for day in plan.days for visit in day]
    done = [sum(stop.duty == duty and stop.recurrence is None for stop in once) for duty in problem.order]
    return done, sum(_values(problem, plan).values())


def _values(problem: Problem, plan: Plan) -> dict[str, int]:
    found = {}
    for number, stays in stays_of(problem, plan).items():
        told = problem.stops[number].recurrence
        assert told is not None
        found[problem.stops[number].key] = zone_value(told, stays)
    return found


def _done(problem: Problem, plan: Plan) -> set[str]:
    return {problem.stops[visit.stop].key for day in plan.days for visit in day}

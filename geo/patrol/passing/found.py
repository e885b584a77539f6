"""A plan with the problem it is of: in that, trails may be cut where teams ride along them anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.patrol.problem import Plan, Problem

Cuts = Mapping[str, Sequence[tuple[int, int, bool]]]
"""By key of a stop, its parts from one number of its pieces to before another, in order, and whether it is ridden."""


@dataclass(frozen=True)
class Passed:
    """A plan and the problem it is of; ``cuts`` says how trails of the problem before are cut in it."""

    problem: Problem
    plan: Plan
    cuts: Cuts = field(default_factory=dict)

    def whole(self, number: int) -> str:
        """Key that a stop has in the problem before: of a part of a trail, the trail's."""
        key = self.problem.stops[number].key
        trail, _, at = key.rpartition("/")
        return trail if at.isdigit() and int(at) < len(self.cuts.get(trail, ())) > 1 else key

    def done(self) -> frozenset[str]:
        """Keys, in the problem before, of stops that are visited or passed; a trail only if all of it is."""
        numbers = {visit.stop for day in self.plan.days for visit in day} | set(self.plan.passed)
        left = set(range(len(self.problem.stops))) - numbers
        return frozenset(map(self.whole, numbers)) - frozenset(map(self.whole, left))

    def promises_left(self) -> frozenset[str]:
        """Keys, in the problem before, of required stops that are left out in whole or in part."""
        return frozenset(self.whole(number) for number in self.plan.unserved if self.problem.stops[number].required)

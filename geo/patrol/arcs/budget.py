"""How long to search: so many iterations (the same answer anywhere), or so many seconds of one processor."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final, Protocol

SLICES: Final = 200
"""A search is cut into about this many slices; between them the clock is read and progress told."""


LONGEST: Final = 2_000
"""Iterations in a slice at most, so that a search told to stop soon does."""


class Budget(Protocol):
    """Says how much of a search is over, and how many iterations to do before asking again."""

    def spent(self, done: int) -> float:
        """Share of the budget used after so many iterations; 1 or more ends the search."""

    def slice(self, done: int) -> int:
        """Iterations until the next question, ≥ 1."""


@dataclass(frozen=True, slots=True)
class Iterations:
    """A number of iterations, ≥ 1.

    Examples
    --------
    >>> budget = Iterations(1000)
    >>> budget.slice(0), budget.spent(500), budget.slice(998)
    (5, 0.5, 2)
    """

    count: int

    def spent(self, done: int) -> float:
        """Share of the iterations done."""
        return done / self.count

    def slice(self, done: int) -> int:
        """An even slice, a fraction of a second at most, and no more than is left."""
        return max(1, min(-(-self.count // SLICES), LONGEST, self.count - done))


@dataclass(slots=True)
class CpuSeconds:
    """Seconds of this process's processor time from now on; how long others keep the machine busy does not matter."""

    seconds: float
    begun: float = field(default_factory=time.process_time)

    def spent(self, done: int) -> float:
        """Share of the seconds used."""
        del done
        return (time.process_time() - self.begun) / self.seconds

    def slice(self, done: int) -> int:
        """As many as fit into a slice at the speed so far, and few even if the clock has hardly ticked yet."""
        spent = self.spent(done)
        return min(LONGEST, max(20, int(done / spent / SLICES))) if done and spent > 0 else 20

"""What the planner was told a visit is worth: the rule of thumb of a dispatcher, and the yardstick of one who tunes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import Problem
from geo.patrol.simulate.presence import Stays, zones_of

Floats = NDArray[np.float64]

STEP_S = 60.0


class Worth:
    """Expected violation-seconds saved by visits, as the planner was told: all while there, then decaying.

    Parameters
    ----------
    problem
        Zones in the order of :func:`~geo.patrol.simulate.presence.zones_of`.
    """

    def __init__(self, problem: Problem) -> None:
        told = [problem.stops[zone].recurrence for zone in zones_of(problem)]
        minutes = problem.shift_s // 60
        flat = [minute for one in told if one for minute in one.per_minute]
        self.level = np.array(flat, dtype=float).reshape(len(told), minutes) / 1000
        self.rho = np.array([one.rho_s for one in told if one], dtype=float)
        self._there = np.pad(np.cumsum(self.level, axis=1) * STEP_S, ((0, 0), (1, 0)))
        # The tail at each minute: what would be saved from then on, had a patrol left just then.
        self._tail = np.zeros((len(told), minutes + 1))
        fade = np.exp(-STEP_S / self.rho)
        within = self.rho * (1 - fade)
        for minute in range(minutes - 1, -1, -1):
            self._tail[:, minute] = self.level[:, minute] * within + fade * self._tail[:, minute + 1]

    @property
    def whole(self) -> float:
        """Violation-seconds expected if nobody comes."""
        return float(self._there[:, -1].sum())

    def _at(self, table: Floats, zones: NDArray[np.int64], at_s: Floats) -> Floats:
        """A table between its minutes, by straight lines."""
        minute = np.clip(at_s / STEP_S, 0, table.shape[1] - 1)
        low = np.minimum(minute.astype(np.int64), table.shape[1] - 2)
        part = minute - low
        return np.asarray(table[zones, low] * (1 - part) + table[zones, low + 1] * part)

    def gain(self, zones: NDArray[np.int64], begin_s: Floats, leave_s: Floats, left_s: Floats) -> Floats:
        """Violation-seconds that visits add to what the last one still saves.

        Parameters
        ----------
        zones
            Shape (k,), numbers of zones.
        begin_s, leave_s
            Of each visit.
        left_s
            When the zone was last left; −inf if nobody has been there.

        Examples
        --------
        See ``tests/unit/test_simulate_policies.py``.
        """
        there = self._at(self._there, zones, leave_s) - self._at(self._there, zones, begin_s)
        still = np.exp((left_s - begin_s) / self.rho[zones]) * self._at(self._tail, zones, begin_s)
        return np.asarray(there + self._at(self._tail, zones, leave_s) - still)

    def saved(self, stays: Stays) -> float:
        """Violation-seconds that a day saves."""
        total = 0.0
        for zone in range(len(self.rho)):
            total += self._saved_at(zone, stays.at(zone))
        return total

    def _saved_at(self, zone: int, visits: Iterable[tuple[float, float]]) -> float:
        total, left = 0.0, -np.inf
        one = np.array([zone])
        for begin, leave in visits:
            total += float(self.gain(one, np.array([begin]), np.array([leave]), np.array([left]))[0])
            left = leave
        return total

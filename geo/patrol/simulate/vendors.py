"""Who is out there: how vendors really behave, which is not what the planner is told."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import Problem
from geo.patrol.simulate.presence import Stays, metres_between, zones_of

Floats = NDArray[np.float64]

ERROR: Final = 0.5
"""The planner's rates and return times are off by up to this share, either way, zone by zone."""

WALK_M: Final = 400.0
WALK_MS: Final = 1.1
"""One who is cleared goes to a zone at most this far off in a straight line, at this pace."""

NEAR: Final = 3


@dataclass(frozen=True, slots=True)
class Habits:
    """What vendors have in common. Times in seconds.

    Parameters
    ----------
    patience_sd
        Log-normal spread between vendors of the time until they come back.
    pack_s, pack_sd
        How long packing takes once a patrol is there, mean and log-normal spread; who is not done when the patrol
        leaves stays.
    jitter_s
        Sessions begin and end this much before or after the hour at which they are due.
    heard
        Share of those who arrive after a patrol has gone who were warned and wait as if they had been cleared.
    wander
        Share of the cleared who go to a neighbouring zone until they dare to come back.
    spill_share, spill_life_s
        Single events beside the vendors: their part of the level, and how long one lies if nobody comes.
    day_sd
        Log-normal spread of how busy a zone is from day to day.
    cost, cost_sd
        What being cleared costs one who learns, in quarter hours of takings (median and log-normal spread): he stays
        away while the risk of a patrol within the notice is above 1 / (1 + cost), at the median 12 %.
    quick
        One who learns comes back so many times sooner.
    notice_min
        One who learns thinks so many minutes ahead.
    """

    patience_sd: float = 0.4
    pack_s: float = 90.0
    pack_sd: float = 0.5
    jitter_s: float = 600.0
    heard: float = 0.6
    wander: float = 0.25
    spill_share: float = 0.15
    spill_life_s: float = 3_600.0
    day_sd: float = 0.3
    cost: float = 7.33
    cost_sd: float = 0.5
    quick: float = 3.0
    notice_min: float = 15.0


HABITS: Final = Habits()


@dataclass(frozen=True)
class Crowd:
    """The truth of a county's zones, in the order of :func:`zones_of`.

    ``level``: shape (zones, minutes), expected active violations if nobody ever comes. ``mean_s``: mean time until a
    cleared vendor comes back, Weibull with shape ``spread`` where ``weibull``, else log-normal with that sigma.
    ``near``, ``near_s``: shape (zones, 3), zones within walking distance (−1: none), seconds to walk there.
    """

    level: Floats
    mean_s: Floats
    weibull: NDArray[np.bool_]
    spread: Floats
    near: NDArray[np.int64]
    near_s: Floats

    def day(
        self,
        seed: int,
        stays: Stays,
        risky: Floats | None = None,
        learning: float = 0.0,
        limit: float = -1.0,
        habits: Habits = HABITS,
    ) -> Floats:
        """Violation-seconds per zone in one day; see :func:`geo.patrol.simulate.lived.live_day`."""
        from geo.patrol.simulate.lived import live_day

        risky = np.zeros_like(self.level) if risky is None else risky
        found: Floats = live_day(
            seed, self.level, self.mean_s, self.weibull, self.spread, self.near, self.near_s, astuple(habits)[:-1],
            stays.first, stays.begin, stays.end, risky, learning, limit,
        )  # fmt: skip
        return found


def draw_crowd(
    problem: Problem,
    seed: int,
    error: float = ERROR,
    level: Floats | None = None,
    mean_s: Floats | None = None,
) -> Crowd:
    """Draw what is true of a shift's zones.

    Parameters
    ----------
    problem
        What the planner was told.
    seed
        Same seed, same truth.
    error
        Each zone's level and return time are those the planner was told times 1 ± up to this, drawn apart; 0 ≤ it < 1.
    level, mean_s
        The planted truth where it is known, instead of errors around what the planner was told.

    Returns
    -------
    Crowd
        Returns are Weibull (shape 0.7 to 1.8) at one half of the zones and log-normal (sigma 0.5 to 1) at the other,
        nowhere the exponential the planner reckons with.

    Examples
    --------
    See ``tests/unit/test_simulate_vendors.py``.
    """
    rng = np.random.default_rng([seed, 1])
    zones = zones_of(problem)
    told = [problem.stops[zone].recurrence for zone in zones]
    off = rng.uniform(1 - error, 1 + error, (2, len(zones)))
    weibull = rng.permutation(len(zones)) % 2 == 0
    spread = np.where(weibull, rng.uniform(0.7, 1.8, len(zones)), rng.uniform(0.5, 1.0, len(zones)))
    if level is None:
        minutes = problem.shift_s // 60
        flat = [minute for one in told if one for minute in one.per_minute]
        level = np.array(flat, dtype=float).reshape(len(zones), minutes) / 1000 * off[0][:, None]
    if mean_s is None:
        mean_s = np.array([one.rho_s for one in told if one], dtype=float) * off[1]
    near, near_s = _neighbours(problem, zones)
    return Crowd(level, mean_s, weibull, spread, near, near_s)


def _neighbours(problem: Problem, zones: list[int]) -> tuple[NDArray[np.int64], Floats]:
    """The nearest other zones within walking distance, −1 where there are fewer."""
    metres = metres_between([problem.stops[zone].lonlat for zone in zones])
    np.fill_diagonal(metres, np.inf)
    order = np.argsort(metres, axis=1, kind="stable")[:, :NEAR].astype(np.int64)
    far = np.take_along_axis(metres, order, axis=1)
    return np.where(far <= WALK_M, order, -1), np.where(far <= WALK_M, far, 0.0) / WALK_MS

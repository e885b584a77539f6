"""How much there will be altogether next period, and how far that may be off.

Which places lead the list moves slowly; how much happens in a week moves with the season. The two are forecast
apart: places by their share, the level of the whole area here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEAR_DAYS: Final = 365.25
HALF_LIVES: Final = (2.0, 4.0, 8.0)
"""Periods over which the recent level is remembered; the best so far is used."""
SEASON_YEARS: Final = 1.25
"""A season is learned once more than a year was seen; before, winter cannot be told from a decline."""
SEASON_MIN: Final = 5.0
"""Events a period below which no season is learned."""
JUDGED: Final = 52
"""Past forecasts by which ways of forecasting are chosen and the error is estimated."""
ERROR_HALF_LIFE: Final = 8.0
"""Periods after which a past error weighs half: a stormy spring says little of a calm autumn."""
PRIOR_SD: Final = 0.15
PRIOR_PERIODS: Final = 4.0
LEAST_SD: Final = 0.03


@dataclass(frozen=True, slots=True)
class Level:
    """The expected total over all places in one period.

    Parameters
    ----------
    mean
        Expected events, >= 0.
    sd
        Relative standard deviation (0.2 = 20 %) on top of chance.
    """

    mean: float
    sd: float

    def of_part(self, set_sd: float) -> Level:
        """The level of a part of all places, whose own relative error ``set_sd`` comes on top.

        Examples
        --------
        >>> Level(300.0, 0.3).of_part(0.4)
        Level(mean=300.0, sd=0.5)
        """
        return Level(self.mean, float(np.hypot(self.sd, set_sd)))


def forecast_levels(
    totals: Floats, starts: NDArray[np.datetime64], days: int, known: Floats | None = None
) -> tuple[Floats, Floats]:
    """Forecast each period's total from the periods before it.

    Parameters
    ----------
    totals
        Shape (t,), events a period; NaN where nothing could be recorded.
    starts
        Shape (t,), first day of each period.
    days
        Length of a period.
    known
        Shape (t + 1,), factors known beforehand from a calendar (holidays, market days), > 0; None for 1.

    Returns
    -------
    mean, sd
        Shape (t + 1,) each: forecast of period ``i`` from periods before ``i``, the last one for the period to come;
        events, and relative error as in :class:`Level`. The first mean is 0 where nothing is known yet.

    Notes
    -----
    Season (two harmonics of the year, ridge on the log) times the recency-weighted level without season; with and
    without a season and at several half-lives, whichever erred least over the last ``JUDGED`` periods. Later periods
    are never looked at: the forecast of period ``i`` is the same whatever follows.

    Examples
    --------
    >>> starts = np.datetime64("2026-01-05") + 7 * np.arange(30)
    >>> mean, sd = forecast_levels(np.full(30, 40.0), starts, 7)
    >>> round(float(mean[-1])), float(sd[-1]) < 0.1
    (40, True)
    """
    t = len(totals)
    factor = np.ones(t + 1) if known is None else np.asarray(known, dtype=np.float64)
    plain = np.asarray(totals, dtype=np.float64) / factor[:t]
    seasonal = _seasons(plain, starts, days)
    ways = [_recent(plain, season, h) for season in (None, seasonal) for h in HALF_LIVES]
    paths = np.stack(ways) * factor
    error = np.full((len(ways), t), np.nan)
    error[:, 1:] = (np.sqrt(paths[:, 1:t]) - np.sqrt(np.asarray(totals)[1:])) ** 2
    mean, sd = np.zeros(t + 1), np.full(t + 1, PRIOR_SD)
    for i in range(t + 1):
        back = slice(max(i - JUDGED, 0), i)
        judged = np.isfinite(error[0, back])
        best = int(np.argmin(error[:, back][:, judged].mean(axis=1))) if judged.any() else 1
        mean[i] = paths[best, i]
        sd[i] = _relative_error(np.asarray(totals)[back][judged], mean[back][judged])
    return mean, sd


def _relative_error(seen: Floats, said: Floats) -> float:
    """Standard deviation of seen / said beyond chance, drawn towards ``PRIOR_SD`` while there is little to go by."""
    weight = 0.5 ** (np.arange(len(said) - 1, -1, -1.0) / ERROR_HALF_LIFE)
    beyond = float(weight @ ((seen - said) ** 2 - said))
    number = float(weight.sum())
    scale = float(weight @ said**2) / max(number, 1e-12)
    if scale <= 0:
        return PRIOR_SD
    variance = (max(beyond / scale, 0.0) + PRIOR_PERIODS * PRIOR_SD**2) / (number + PRIOR_PERIODS)
    return max(float(np.sqrt(variance)), LEAST_SD)


def _recent(totals: Floats, season: Floats | None, half_life: float) -> Floats:
    """Shape (t + 1,): recency-weighted total before each period, times its season."""
    t = len(totals)
    age = np.arange(t + 1)[:, None] - 1 - np.arange(t)[None, :]
    weight = np.where(age >= 0, 0.5 ** (np.maximum(age, 0) / half_life), 0.0) * np.isfinite(totals)
    share = np.ones((t + 1, t + 1)) if season is None else season
    base = (weight * share[:, :t]).sum(axis=1)
    level = (weight @ np.where(np.isfinite(totals), totals, 0.0)) / np.maximum(base, 1e-12)
    path = np.where(base > 1e-12, share.diagonal() * level, 0.0)
    # Long unseen, the level of the last time anything was known stays.
    last = np.maximum.accumulate(np.where(base > 1e-12, np.arange(t + 1), 0))
    return np.asarray(path[last])


def _seasons(totals: Floats, starts: NDArray[np.datetime64], days: int) -> Floats | None:
    """Row i: the season's factor of periods 0 to i as known before period i; None without a year to learn it from."""
    t = len(totals)
    first_use = int(np.ceil(SEASON_YEARS * YEAR_DAYS / days))
    if t < first_use:
        return None
    day = (starts[0] - np.datetime64("2000-01-01")).astype(np.int64) + days * np.arange(t + 1) + days / 2
    turn = 2 * np.pi * day / YEAR_DAYS
    waves = np.stack([np.cos(turn), np.sin(turn), np.cos(2 * turn), np.sin(2 * turn)], axis=1)
    seen = np.isfinite(totals)
    log = np.log(np.where(seen, totals, 0.0) + 0.5)
    factor = np.ones((t + 1, t + 1))
    for i in range(first_use, t + 1):
        use = np.flatnonzero(seen[:i])
        if len(use) < first_use // 2 or totals[use].mean() < SEASON_MIN:
            continue
        design = np.column_stack([np.ones(len(use)), (use - i) * days / YEAR_DAYS, waves[use]])
        ridge = np.diag([0.0, 1.0, 1.0, 1.0, 2.0, 2.0])
        slope = np.linalg.solve(design.T @ design + ridge, design.T @ log[use])[2:]
        factor[i, : i + 1] = np.exp(np.clip(waves[: i + 1] @ slope, -2, 2))
    return factor

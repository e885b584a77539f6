"""Expected work by 片区, weekday and hour, from the record of events and the minutes each kind takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.history import USUAL_MIN, service_minutes

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]

LEVEL: Final = 0.9
"""Of the interval of each expected number."""


def weekday_count(first_on: dt.date, days: int) -> NDArray[np.int64]:
    """How many Mondays … Sundays lie in a window of days; shape (7,).

    Examples
    --------
    >>> weekday_count(dt.date(2026, 11, 20), 10).tolist()  # from a Friday
    [1, 1, 1, 1, 2, 2, 2]
    """
    return np.bincount((first_on.weekday() + np.arange(days)) % 7, minlength=7)


def expected_demand(
    events: DataFrame,
    districts: Sequence[str],
    first_on: dt.date,
    days: int,
    seen: Floats | None = None,
    blind: NDArray[np.bool_] | None = None,
) -> DataFrame:
    """Expected events and minutes of work of each 片区, weekday and hour of a week.

    Parameters
    ----------
    events
        Index = event id; ``code``, ``local_on`` (date), ``local_hour``, ``district`` (code or none), ``duplicate``,
        ``weight`` (≤ 1 for capped serial reporters), ``watched`` (bool: noticed whatever the hour, never corrected).
        Rows outside the window, second reports and rows without one of
        the districts are left out.
    districts
        Codes, in the order of the answer.
    first_on, days
        The window the events were recorded in, local dates.
    seen
        Shape (districts, 24): share of occurrences that come on record; none counts records as they are.
    blind
        Shape (districts, days): days on which a district's reports are known to be missing; they count neither as
        calm nor at all.

    Returns
    -------
    DataFrame
        One row a district, weekday (0 = Monday) and hour, in that order: ``district weekday hour``, ``records``
        (tuple of event ids), ``events`` (expected in that hour, corrected), ``low high`` (90 % interval of the
        expectation), ``demand_min`` (minutes of work, corrected), ``recorded_min`` (as recorded).

    Notes
    -----
    Interval by the gamma posterior of a Poisson rate with Jeffreys' prior (n + ½), which is honest at n = 0.
    """
    import pandas
    from scipy.stats import gamma

    place = pandas.Index(districts).get_indexer(pandas.Index(events["district"]))
    on = events["local_on"].to_numpy().astype("datetime64[D]")
    day = (on - np.datetime64(first_on, "D")).astype(np.int64)
    shut = np.zeros((len(districts), days), dtype=bool) if blind is None else blind
    kept = (place >= 0) & (day >= 0) & (day < days) & ~events["duplicate"].to_numpy(bool)
    kept[kept] = ~shut[place[kept], day[kept]]
    weekday = (first_on.weekday() + day[kept]) % 7
    hour = events["local_hour"].to_numpy(np.int64)[kept]
    cells = len(districts) * 168
    cell = place[kept] * 168 + weekday * 24 + hour
    weight = events["weight"].to_numpy(float)[kept]
    minutes = events["code"].map(service_minutes()).fillna(USUAL_MIN).to_numpy(float)[kept]
    share = np.ones((len(districts), 24)) if seen is None else np.asarray(seen, dtype=float)
    of_day = (first_on.weekday() + np.arange(days)) % 7
    open_days = np.stack([np.bincount(of_day[~row], minlength=7) for row in shut]) if len(shut) else shut
    weeks = np.maximum(np.repeat(open_days.ravel(), 24), 1)
    hours = np.tile(np.arange(24), len(districts) * 7)
    which = np.repeat(np.arange(len(districts)), 168)
    certain = events["watched"].to_numpy(bool)[kept]
    factor = weight * np.where(certain, 1.0, 1 / share[place[kept], hour])
    count = np.bincount(cell, weight, cells)
    corrected = np.bincount(cell, factor, cells)
    work = np.bincount(cell, weight * minutes, cells)
    usual = 1 / share[which, hours]
    scale = np.where(count > 0, corrected / np.where(count > 0, count, 1.0), usual) / weeks
    ids = events.index.to_numpy(np.int64)[kept]
    order = np.argsort(cell, kind="stable")
    groups = np.split(ids[order], np.cumsum(np.bincount(cell, minlength=cells))[:-1])
    tail = (1 - LEVEL) / 2
    return pandas.DataFrame(
        {
            "district": np.repeat(np.asarray(districts, dtype=object), 168),
            "weekday": np.tile(np.repeat(np.arange(7), 24), len(districts)),
            "hour": hours,
            "records": [tuple(sorted(group.tolist())) for group in groups],
            "events": corrected / weeks,
            "low": np.where(count > 0, gamma.ppf(tail, count + 0.5), 0.0) * scale,
            "high": gamma.ppf(1 - tail, count + 0.5) * scale,
            "demand_min": np.bincount(cell, factor * minutes, cells) / weeks,
            "recorded_min": work / weeks,
        }
    )

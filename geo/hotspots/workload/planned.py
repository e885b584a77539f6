"""Minutes that plans spend on the spot, by 片区, weekday and hour; and what a minute on duty is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.workload.supply import USUAL_ON_SPOT, USUAL_TEAM

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]

LEAST_TEAMS: Final = 5
"""With fewer planned teams their habits are not taken for the bureau's."""


def planned_minutes(stops: DataFrame, districts: Sequence[str], time_zone: str) -> Floats:
    """Team-minutes on the spot in each hour of the week.

    Parameters
    ----------
    stops
        ``on_date district arrive_at leave_at`` (UTC) of the newest plans; ``on_date`` is the day the shift starts.
    districts
        Codes, in the order of the answer.

    Returns
    -------
    Floats
        Shape (districts, 168), averaged over the planned dates of each weekday; nan in hours of weekdays on which no
        shift was planned.
    """
    import pandas

    total = np.zeros((len(districts), 168))
    dates = np.array(sorted(set(stops["on_date"])), dtype=object)
    planned = np.bincount(np.array([on.weekday() for on in dates], dtype=np.int64), minlength=7).astype(float)
    place = pandas.Index(districts).get_indexer(pandas.Index(stops["district"]))
    begin = stops["arrive_at"].dt.tz_convert(time_zone).dt.tz_localize(None).to_numpy()
    end = begin + (stops["leave_at"] - stops["arrive_at"]).to_numpy()
    hour = begin.astype("datetime64[h]")
    while ((end > hour) & (place >= 0)).any():
        part = (np.minimum(end, hour + np.timedelta64(1, "h")) - np.maximum(begin, hour)) / np.timedelta64(1, "m")
        live = (part > 0) & (place >= 0)
        day = hour.astype("datetime64[D]")
        weekday = (day.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        of_day = (hour - day).astype(np.int64)
        np.add.at(total, (place[live], (weekday * 24 + of_day)[live]), part[live])
        hour = hour + np.timedelta64(1, "h")
    count = np.repeat(planned, 24)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0, total / count, np.nan)


def worth_of_duty(teams: int, team_s: int, members: int, on_spot_s: float) -> tuple[float, float, bool]:
    """People to a visit, and share of time on the spot: as planned, or the usual when too little is planned.

    Returns
    -------
    tuple
        People, share, and whether both are taken from plans.

    Examples
    --------
    >>> worth_of_duty(10, 36_000, 25, 9_000)
    (2.5, 0.25, True)
    >>> worth_of_duty(0, 0, 0, 0)
    (2.0, 0.5, False)
    """
    if teams < LEAST_TEAMS or team_s <= 0 or members < teams or on_spot_s <= 0:
        return USUAL_TEAM, USUAL_ON_SPOT, False
    return members / teams, min(on_spot_s / team_s, 1.0), True

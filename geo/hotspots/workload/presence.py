"""For what share of each hour a 片区 was in a patrol's sight, from the log of presence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]
HOUR = np.timedelta64(1, "h")


def in_sight(
    presence: DataFrame, districts: Sequence[str], first_on: dt.date, days: int, time_zone: str
) -> Floats | None:
    """Share of each local hour for which each 片区 was in sight, averaged over the days that were logged.

    Parameters
    ----------
    presence
        ``place_kind place_key from_at to_at minutes``; only whole 片区 (``district``) are read.
    districts
        Codes, in the order of the answer.
    first_on, days
        Window of local dates; what begins outside is left out.

    Returns
    -------
    Floats or None
        Shape (districts, 24), 0 to 1; None if nothing was logged in the window. A log need not say where nobody was:
        an hour without an entry, between the first and the last day logged, counts as out of sight.
    """
    import pandas

    log = presence[presence["place_kind"] == "district"]
    begin, end = (
        log[name].dt.tz_convert(time_zone).dt.tz_localize(None).to_numpy().astype("datetime64[s]")
        for name in ("from_at", "to_at")
    )
    first = np.datetime64(first_on)
    inside = (begin >= first) & (begin < first + np.timedelta64(days, "D"))
    if not inside.any():
        return None
    on = begin[inside].astype("datetime64[D]")
    logged = int((on.max() - on.min()).astype(np.int64)) + 1
    place = pandas.Index(districts).get_indexer(pandas.Index(log["place_key"]))
    share = log["minutes"].to_numpy(float) / ((end - begin) / np.timedelta64(1, "m"))
    sight = np.zeros((len(districts), 24))
    hour = begin.astype("datetime64[h]")
    while (live := inside & (place >= 0) & (end > hour)).any():
        part: Any = (np.minimum(end, hour + HOUR) - np.maximum(begin, hour)) / HOUR
        of_day = (hour - hour.astype("datetime64[D]")).astype(np.int64)
        np.add.at(sight, (place[live], of_day[live]), (share * part)[live])
        hour = hour + HOUR
    return np.clip(sight / logged, 0.0, 1.0)

"""What was planted, as frames; ``data/README.md`` describes each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.county import habits, reports
from data.county.districts import TENANT
from data.county.habits import HABITS, detection_share, exam_days


@dataclass
class Truth:
    """What was planted.

    Parameters
    ----------
    places
        ``key group kind code rate_per_day district``: latent occurrences on a day of factor 1.
    hours, weekdays, months
        ``kind hour share``, ``kind weekday factor``, ``kind month factor``.
    day_factors
        ``on`` and one column a kind: weekday × month × calendar of that date.
    detection
        ``district hour patrol complaint camera``: probability that each records an occurrence.
    returns
        ``kind p_return mean_delay_min`` after closing.
    market_move, exams, near_repeat
        What changes on which dates; how litter and flyers breed.
    reporting_gap
        ``district origin first_on last_on``: what was not delivered, both days included.
    serial
        ``reporter district calls first_on``: the caller who never stops.
    operations
        What was done about places: :func:`data.county.operations.plan_operations`.
    events
        ``source_key place born parent_key``: where every event came from (``primary return near_repeat duplicate
        serial unlocated``).
    """

    places: pd.DataFrame
    hours: pd.DataFrame
    weekdays: pd.DataFrame
    months: pd.DataFrame
    returns: pd.DataFrame
    detection: pd.DataFrame
    market_move: pd.DataFrame
    exams: pd.DataFrame
    near_repeat: pd.DataFrame
    day_factors: pd.DataFrame
    reporting_gap: pd.DataFrame
    serial: pd.DataFrame
    operations: pd.DataFrame
    events: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """All frames by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def make_truth(
    places: pd.DataFrame,
    factors: dict[str, NDArray[np.float64]],
    zones: gpd.GeoDataFrame,
    first: dt.date,
    today: dt.date,
    moved_on: dt.date,
    planned: pd.DataFrame,
    told: pd.DataFrame,
) -> Truth:
    """Write the constants and the drawn levels of all places down.

    ``told`` says of every event where it came from: ``source_key place born parent_key``.
    """
    days = (today - first).days
    hours, weekdays, months, returns = [], [], [], []
    for kind, habit in HABITS.items():
        total = sum(habit.hours.values())
        hours += [(kind, hour, habit.hours.get(hour, 0.0) / total) for hour in range(24)]
        weekdays += [(kind, day, factor) for day, factor in enumerate(habit.days)]
        months += [(kind, month + 1, factor) for month, factor in enumerate(habit.months)]
        returns.append((kind, habit.p_return, habit.return_min))
    detection = [
        (f"{TENANT}{d}", h, *map(float, row)) for d, share in detection_share().items() for h, row in enumerate(share)
    ]
    dates = [first + dt.timedelta(n) for n in range(days)]
    exams = [
        e for e in exam_days(range(first.year, first.year + 4)) if e[1] >= first and e[0] < first + dt.timedelta(days)
    ]
    places = places.merge(zones[["key", "district"]].rename(columns={"key": "group"}), on="group", how="left")
    return Truth(
        places=places,
        hours=pd.DataFrame(hours, columns=["kind", "hour", "share"]),
        weekdays=pd.DataFrame(weekdays, columns=["kind", "weekday", "factor"]),
        months=pd.DataFrame(months, columns=["kind", "month", "factor"]),
        returns=pd.DataFrame(returns, columns=["kind", "p_return", "mean_delay_min"]),
        detection=pd.DataFrame(detection, columns=["district", "hour", "patrol", "complaint", "camera"]),
        market_move=pd.DataFrame(
            [(habits.MOVED_FROM, habits.MOVED_TO, moved_on, habits.MOVED_REST)],
            columns=["from_zone", "to_zone", "on", "rest_factor"],
        ),
        exams=pd.DataFrame(
            [(a, b, n, habits.EXAM_FACTOR) for a, b, n in exams], columns=["first_on", "last_on", "name", "factor"]
        ),
        near_repeat=pd.DataFrame(
            [
                (c, habits.P_NEAR_REPEAT, habits.NEAR_REPEAT_SIGMA_M, habits.NEAR_REPEAT_DAYS)
                for c in habits.NEAR_REPEAT_CODES
            ],
            columns=["code", "p", "sigma_m", "mean_days"],
        ),
        day_factors=pd.DataFrame({"on": dates, **factors}),
        reporting_gap=_reporting_gap(first, today),
        serial=pd.DataFrame(
            [
                (
                    f"来电人{reports.SERIAL_DISTRICT}-serial",
                    f"{TENANT}{reports.SERIAL_DISTRICT}",
                    reports.SERIAL_CALLS,
                    today - dt.timedelta(reports.SERIAL_DAYS - 1),
                )
            ],
            columns=["reporter", "district", "calls", "first_on"],
        ),
        operations=planned,
        events=told,
    )


def _reporting_gap(first: dt.date, today: dt.date) -> pd.DataFrame:
    days = reports.gap_days(first, today)
    on = [first + dt.timedelta(int(day)) for day in (days[0], days[-1])]
    columns = ["district", "origin", "first_on", "last_on"]
    return pd.DataFrame([(f"{TENANT}{reports.GAP_DISTRICT}", "complaint", *on)], columns=columns)

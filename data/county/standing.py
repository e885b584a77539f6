"""How many violations really stand at the sample's zones in a shift if nobody comes, and how soon they return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.county.truth import Truth
from geo.patrol.demand.rates import standing
from geo.patrol.demand.rules import START_ZONES
from geo.patrol.demand.span import ShiftSpan

Floats = NDArray[np.float64]

LONGEST_RETURN_S: Final = 4 * 3600
"""What comes back after a day or two (sites, estates) stays away for the rest of any shift."""


def planted_standing(truth: Truth, keys: Sequence[str], span: ShiftSpan) -> tuple[Floats, Floats]:
    """The planted truth of zones in one shift.

    Parameters
    ----------
    truth
        Of the sample county.
    keys
        ``source_key`` of each zone.
    span
        The shift.

    Returns
    -------
    tuple
        Shape (zones, minutes), violations standing there if nobody ever comes: planted occurrences by hour, weekday
        and month, each staying as long as its class does (:data:`geo.patrol.demand.rules.START_ZONES`). Shape
        (zones,), mean seconds until one comes back, at most four hours. A key without planted places has level 0.
    """
    rate = truth.places.groupby(["group", "kind"])["rate_per_day"].sum()
    hours = truth.hours.pivot_table(index="kind", columns="hour", values="share")
    week = truth.weekdays.pivot_table(index="kind", columns="weekday", values="factor")
    month = truth.months.set_index(["kind", "month"])["factor"]
    delay = truth.returns.set_index("kind")["mean_delay_min"] * 60
    level = np.zeros((len(keys), span.length_s // 60))
    mean_s = np.full(len(keys), float(LONGEST_RETURN_S))
    for number, key in enumerate(keys):
        for kind in [kind for group, kind in rate.index if group == key and kind in START_ZONES]:
            factor = float(rate[key, kind]) * float(month[kind, span.on_date.month])
            per_hour = factor * np.outer(week.loc[kind].to_numpy(), hours.loc[kind].to_numpy()).ravel()
            level[number] += standing(per_hour, START_ZONES[kind].stay_s, span)
            mean_s[number] = min(float(delay[kind]), LONGEST_RETURN_S)
    return level, mean_s

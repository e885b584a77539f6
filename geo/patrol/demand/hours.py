"""The work and the people of a county by hour of the week, read from its newest study and its roster."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from geo.db.counties import get_county
from geo.patrol.demand import queries
from geo.patrol.demand.supply import HOURS, Floats, Supply, supply_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def load_supply(session: Session, tenant: str, weeks: int = 4) -> Supply:
    """Hold the roster of the last weeks against the hours in which violations come.

    Parameters
    ----------
    weeks
        How many whole weeks before today are averaged.

    Returns
    -------
    Supply
        Without a study there is no work to tell; days without a roster count as nobody on duty.
    """
    today = get_county(session, tenant).today()
    first = today - dt.timedelta(days=7 * weeks)
    hazards = queries.load_hazards(session)
    per_hour = np.array([one.per_hour for one in hazards.values()]).reshape(-1, HOURS)
    return supply_of(per_hour, people_by_hour(queries.load_week_duty(session, first, today)) / weeks)


def people_by_hour(duty: list[tuple[dt.date, dt.time, dt.time, int]]) -> Floats:
    """People on duty added up by hour of the week, Monday 00:00 first.

    Parameters
    ----------
    duty
        Day, start, end (before the start: next day), how many; an hour begun or ended within counts by its part.

    Examples
    --------
    >>> duty = [(dt.date(2026, 11, 23), dt.time(8, 30), dt.time(10), 4)]  # a Monday
    >>> people_by_hour(duty)[7:11].tolist()
    [0.0, 2.0, 4.0, 0.0]
    """
    total = np.zeros(HOURS)
    for on, start, end, people in duty:
        begin, after = queries.seconds_of(start), queries.seconds_of(end)
        after += 86_400 if after <= begin else 0
        for hour in range(begin // 3600, -(-after // 3600)):
            inside = min(after, (hour + 1) * 3600) - max(begin, hour * 3600)
            total[(on.weekday() * 24 + hour) % HOURS] += people * inside / 3600
    return total

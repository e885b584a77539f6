"""Who is there when: minutes of duty and planned minutes by 片区, weekday and hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.workload.demand import weekday_count

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]
Turn = tuple[str, ...]
"""The shifts one person works on one date, by start: ("morning", "midday")."""

WEEK_H: Final = 168
USUAL_TEAM: Final = 2.0
"""People who visit together when no plan says otherwise."""

USUAL_ON_SPOT: Final = 0.5
"""Share of a shift spent on the spot, the rest on the way and at breaks, when no plan says otherwise."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift in local wall-clock time; one that ends no later than it starts ends the next day."""

    code: str
    name: str
    start: dt.time
    end: dt.time

    @property
    def minutes(self) -> int:
        """How long it lasts.

        Examples
        --------
        >>> Shift("night", "夜查", dt.time(22), dt.time(1)).minutes
        180
        """
        return (_minute(self.end) - _minute(self.start) - 1) % 1440 + 1


def turn_minutes(turn: Turn, shifts: Mapping[str, Shift]) -> Floats:
    """Minutes in each hour after midnight that one person on this turn is there; overlaps count once; shape (48,).

    Examples
    --------
    >>> day = Shift("day", "日班", dt.time(8, 30), dt.time(10))
    >>> turn_minutes(("day",), {"day": day})[8:11].tolist()
    [30.0, 60.0, 0.0]
    """
    minute = np.zeros(48 * 60, dtype=bool)
    for code in turn:
        begin = _minute(shifts[code].start)
        minute[begin : begin + shifts[code].minutes] = True
    return np.asarray(minute.reshape(48, 60).sum(axis=1), dtype=np.float64)


def turns_of(duties: DataFrame, shifts: Mapping[str, Shift]) -> DataFrame:
    """Duties as turns: one row a person and date.

    Parameters
    ----------
    duties
        ``on_date shift_code staff_id unit movable``; ``unit`` is who they belong to, ``movable`` whether they may be
        moved to another shift (people without a licence).

    Returns
    -------
    DataFrame
        ``on_date staff_id unit movable turn``, by date and person; empty with the same columns for no duties.
    """
    import pandas

    columns = ["on_date", "staff_id", "unit", "movable", "turn"]
    if len(duties) == 0:
        return pandas.DataFrame({name: pandas.Series(dtype=object) for name in columns})
    rank = {code: (_minute(shift.start), code) for code, shift in shifts.items()}
    grouped = duties.groupby(["on_date", "staff_id"], sort=True)
    found = grouped.agg(
        unit=("unit", "first"),
        movable=("movable", "first"),
        turn=("shift_code", lambda codes: tuple(sorted(set(codes), key=rank.__getitem__))),
    )
    return found.reset_index()[columns]


def headcount(turns: DataFrame, first_on: dt.date, days: int) -> dict[tuple[str, int, Turn], tuple[float, float]]:
    """People on each turn per weekday of the window, by unit: (all, movable), averaged over its weeks.

    Examples
    --------
    >>> import pandas
    >>> rows = {"on_date": [dt.date(2026, 11, 23)] * 2, "staff_id": [1, 2], "unit": ["Z1"] * 2}
    >>> turns = pandas.DataFrame({**rows, "movable": [True, False], "turn": [("day",)] * 2})
    >>> headcount(turns, dt.date(2026, 11, 23), 14)
    {('Z1', 0, ('day',)): (1.0, 0.5)}
    """
    weeks = weekday_count(first_on, days)
    found: dict[tuple[str, int, Turn], tuple[float, float]] = {}
    columns = [turns[name].tolist() for name in ("on_date", "unit", "turn", "movable")]
    for on_date, unit, turn, may_move in zip(*columns, strict=True):
        if 0 <= (on_date - first_on).days < days:
            key = (unit, on_date.weekday(), turn)
            every, movable = found.get(key, (0.0, 0.0))
            share = 1 / float(weeks[on_date.weekday()])
            found[key] = (every + share, movable + share * bool(may_move))
    return dict(sorted(found.items()))


def week_of(weekday: int, by_hour: Floats) -> Floats:
    """Minutes of a date's 48 hours laid into a week that repeats; shape (168,), Monday 0:00 first.

    Examples
    --------
    >>> late_sunday = np.zeros(48); late_sunday[23:25] = 60
    >>> np.flatnonzero(week_of(6, late_sunday)).tolist()
    [0, 167]
    """
    week = np.zeros(WEEK_H)
    np.add.at(week, (weekday * 24 + np.arange(48)) % WEEK_H, by_hour)
    return week


def unit_supply(
    people: Mapping[tuple[str, int, Turn], float], shifts: Mapping[str, Shift], units: Iterable[str]
) -> dict[str, Floats]:
    """Person-minutes of each unit in each hour of the week; shape (168,) each."""
    supply = {unit: np.zeros(WEEK_H) for unit in units}
    for (unit, weekday, turn), count in people.items():
        supply[unit] += count * week_of(weekday, turn_minutes(turn, shifts))
    return supply


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute

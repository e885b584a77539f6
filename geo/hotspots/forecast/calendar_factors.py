"""How much busier or calmer a day is than most: weekends, holidays, make-up days, terms, market days, season.

Learned from the county's own days, for each class of place apart: a school's street is calm when nobody teaches, a
night market's is not. A class is a kind of zone together with the days on which its zones are open, so that a market
held on some days only has a calendar of its own.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.calendars import get_calendar, is_public_holiday, is_school_holiday, is_workday, open_intervals

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

POSTURES: Final = Path(__file__).resolve().parents[3] / "data" / "postures"
FLAGS: Final = ("public_holiday", "make_up_workday", "school_holiday", "posture", "closed")
"""What a day can be besides its weekday and month; ``closed`` differs by class."""

STEADY: Final = 12.0
"""Events for which "no effect" stands in every factor."""

USUAL_DIFFERENCE: Final = 0.15
USUAL_TRIES: Final = 3.0
"""How much holidays of one kind differ, and how many holidays' worth that is believed."""

STEADY_MONTH: Final = 40.0
SEASON_DAYS: Final = 548
"""A season is learned from a year and a half on; before, summer cannot be told from a trend."""

ROUNDS: Final = 6
LEAST: Final = 0.02


@dataclass(frozen=True, slots=True)
class Days:
    """What is known beforehand of t local days.

    Parameters
    ----------
    on
        Shape (t,), datetime64[D].
    weekday, month
        Shape (t,), Monday and January are 0.
    flags
        Shape (t, 4), in the order of :data:`FLAGS` without ``closed``.
    """

    on: NDArray[np.datetime64]
    weekday: NDArray[np.intp]
    month: NDArray[np.intp]
    flags: Flags

    def first(self, days: int) -> Days:
        """The first ``days`` of them."""
        return Days(self.on[:days], self.weekday[:days], self.month[:days], self.flags[:days])

    def last(self, days: int) -> Days:
        """The last ``days`` of them, at least one."""
        return Days(self.on[-days:], self.weekday[-days:], self.month[-days:], self.flags[-days:])


@dataclass(frozen=True, slots=True)
class DayFactors:
    """Learned factors of c classes; each class's days of the past average to 1.

    Parameters
    ----------
    base
        Shape (c,): divides, so that the past averages to 1.
    weekday, month, flags
        Shapes (c, 7), (c, 12), (c, 5).
    doubt
        Shape (c, 5): relative error of each factor of ``flags``; little seen or each time different means much.
    """

    base: Floats
    weekday: Floats
    month: Floats
    flags: Floats
    doubt: Floats

    def of(self, days: Days, closed: Flags) -> Floats:
        """Factor of each day and class, shape (t, c); ``closed`` has that shape too."""
        return self._raw(days, closed) / self.base

    def error(self, days: Days, closed: Flags) -> Floats:
        """Relative error of each class's sum over ``days`` that the factors of their flags bring, shape (c,).

        A factor is wrong in the same way on every day it is used; different factors are wrong independently.
        """
        daily = self._raw(days, closed)
        marks = _marks(days, closed)
        share = np.stack([(daily * mark).sum(axis=0) for mark in marks], axis=1)
        return np.asarray(np.sqrt(((share * self.doubt) ** 2).sum(axis=1)) / np.maximum(daily.sum(axis=0), LEAST))

    def _raw(self, days: Days, closed: Flags) -> Floats:
        factor = self.weekday[:, days.weekday] * self.month[:, days.month]
        for number in range(len(FLAGS) - 1):
            factor *= np.where(days.flags[:, number], self.flags[:, [number]], 1.0)
        factor *= np.where(closed.T, self.flags[:, [-1]], 1.0)
        return np.maximum(factor.T, 0.0)


def describe_days(first: np.datetime64, days: int, calendar: str) -> Days:
    """What the calendar says of ``days`` days from ``first`` on.

    Parameters
    ----------
    calendar
        Name of the county's holiday calendar; postures (节点保障) come from ``data/postures/<name>.csv``.

    Examples
    --------
    >>> days = describe_days(np.datetime64("2026-10-10"), 2, "cn")  # a Saturday worked in exchange, an ordinary Sunday
    >>> days.flags[:, 1].tolist(), days.weekday.tolist()
    ([True, False], [5, 6])
    """
    on = first.astype("datetime64[D]") + np.arange(days)
    dates: list[dt.date] = on.tolist()
    known = get_calendar(calendar)
    spans = posture_spans(calendar)
    flags = [
        (
            is_public_holiday(day, calendar),
            day in known.workdays,
            is_school_holiday(day, calendar) and is_workday(day, calendar),
            any(a <= day <= b for a, b in spans),
        )
        for day in dates
    ]
    weekday = np.array([day.weekday() for day in dates], dtype=np.intp)
    month = np.array([day.month - 1 for day in dates], dtype=np.intp)
    return Days(on, weekday, month, np.array(flags, dtype=bool).reshape(days, len(FLAGS) - 1))


@cache
def posture_spans(calendar: str) -> tuple[tuple[dt.date, dt.date], ...]:
    """First and last day of each posture of a calendar, both included; none without a file."""
    path = POSTURES / f"{calendar}.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["first_on"], row["last_on"]) for row in csv.DictReader(file)]
    return tuple((dt.date.fromisoformat(a), dt.date.fromisoformat(b)) for a, b in rows)


def open_days(openings: Sequence[str | None], days: Days, calendar: str) -> Flags:
    """Whether a zone with each opening text is open at all on each day, shape (t, len(openings)).

    Examples
    --------
    >>> days = describe_days(np.datetime64("2026-11-20"), 3, "cn")  # Friday to Sunday
    >>> open_days(["Fr,Su 05:00-11:00", None], days, "cn").tolist()
    [[True, True], [False, True], [True, True]]
    """
    dates: list[dt.date] = days.on.tolist()
    made = {text: [bool(open_intervals(text, day, calendar)) for day in dates] for text in set(openings)}
    return np.array([made[text] for text in openings], dtype=bool).reshape(len(openings), len(dates)).T


def learn_day_factors(counts: Floats, seen: Floats, days: Days, closed: Flags) -> DayFactors:
    """Learn the factors of every class from past days.

    Parameters
    ----------
    counts
        Shape (t, c), events.
    seen
        Shape (t, c), 0 to 1: what of a day could be seen; a day at 0 teaches nothing.
    days, closed
        Of the same t days; ``closed`` of shape (t, c).

    Returns
    -------
    DayFactors
        All 1 for a class without events.

    Notes
    -----
    Iterative proportional fitting of a multiplicative Poisson model (Deming & Stephan 1940; Bishop, Fienberg &
    Holland 1975); each factor is drawn towards 1 by ``STEADY`` events. Months are smoothed around the year.

    Examples
    --------
    >>> days = describe_days(np.datetime64("2026-03-02"), 280, "cn")
    >>> calm = np.where(days.weekday >= 5, 2.0, 10.0)[:, None]
    >>> learned = learn_day_factors(calm, np.ones((280, 1)), days, np.zeros((280, 1), dtype=bool))
    >>> bool(learned.weekday[0, 5] < 0.5), bool(learned.weekday[0, 1] > 1)
    (True, True)
    """
    t, c = counts.shape
    shape = c, len(FLAGS)
    learned = DayFactors(np.ones(c), np.ones((c, 7)), np.ones((c, 12)), np.ones(shape), np.zeros(shape))
    mean = counts.sum(axis=0) / np.maximum(seen.sum(axis=0), 1e-9)
    weekdays = np.eye(7)[days.weekday]
    months = np.eye(12)[days.month]
    marks = _marks(days, closed)
    for _ in range(ROUNDS):
        for number, mark in enumerate(marks):
            expected = np.where(mark, learned._raw(days, closed) * seen * mean, 0.0).sum(axis=0)
            came = np.where(mark, counts, 0.0).sum(axis=0)
            learned.flags[:, number] = _factor(came, expected, learned.flags[:, number], STEADY)
        expected = learned._raw(days, closed) * seen * mean
        learned.weekday[:] = _factor(counts.T @ weekdays, expected.T @ weekdays, learned.weekday, STEADY)
        if t >= SEASON_DAYS:
            expected = learned._raw(days, closed) * seen * mean / learned.month[:, days.month].T
            learned.month[:] = _factor(_around(counts.T @ months), _around(expected.T @ months), 1.0, STEADY_MONTH)
    past = learned._raw(days, closed)
    learned.base[:] = np.maximum((past * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1e-9), LEAST)
    learned.doubt[:] = _doubt(counts, past * seen * mean, marks)
    return learned


def _marks(days: Days, closed: Flags) -> list[Flags]:
    """Where each flag holds, shape (t, c) each."""
    return [np.broadcast_to(days.flags[:, [n]], closed.shape) for n in range(len(FLAGS) - 1)] + [closed]


def _doubt(counts: Floats, expected: Floats, marks: list[Flags]) -> Floats:
    """Relative error of the factor of each flag and class: of too few events, and of holidays that differ.

    Notes
    -----
    A stretch of days in a row with a flag is one try. Tries differ by more than chance; how much is taken from all
    classes together, drawn towards ``USUAL_DIFFERENCE`` by ``USUAL_TRIES`` tries (method of moments).
    """
    c = counts.shape[1]
    bursts = np.maximum(((counts - expected) ** 2).sum(axis=0) / np.maximum(expected.sum(axis=0), 1.0), 1.0)
    found = np.zeros((c, len(marks)))
    for number, mark in enumerate(marks):
        few = bursts / (np.where(mark, expected, 0.0).sum(axis=0) + STEADY)
        any_class = mark.any(axis=1)
        starts = np.flatnonzero(np.diff(any_class.astype(np.int8), prepend=0))
        came, said, chance = (
            np.add.reduceat(np.where(mark, part, 0.0).sum(axis=1), starts)[::2] if len(starts) else np.zeros(0)
            for part in (counts, expected, expected * bursts)
        )
        whole = float((said**2).sum())
        usual = USUAL_TRIES * (whole / len(said) if len(said) else 1.0)
        beyond = max(float(((came - said) ** 2 - chance).sum()), 0.0)
        found[:, number] = np.sqrt(few + (beyond + usual * USUAL_DIFFERENCE**2) / max(whole + usual, LEAST))
    return found


def _factor(came: Floats, expected: Floats, now: Floats | float, steady: float) -> Floats:
    """The factor by which ``came`` differs from what is expected without the factor that is in force ``now``."""
    return (came + steady) / (expected / np.maximum(now, LEAST) + steady)


def _around(monthly: Floats) -> Floats:
    """Sums over a month and a quarter of each neighbour, around the year."""
    return monthly + 0.25 * (np.roll(monthly, 1, axis=1) + np.roll(monthly, -1, axis=1))

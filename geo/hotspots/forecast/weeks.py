"""Weeks around an origin: which are forecast, what lies before them, and which of them nobody could see."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid
from geo.hotspots.forecast.backtest import LEAST_HISTORY
from geo.hotspots.forecast.files import blind_days
from geo.hotspots.panel import Panel, count_panel

HISTORY_WEEKS: Final = 260
WEEK: Final = np.timedelta64(7, "D")

Days = NDArray[np.datetime64]


class OriginOutside(Invalid):
    """The first origin lies outside the data, or on their edge."""


class UnitUnknown(Invalid):
    """A spatial unit nobody knows."""


def cell_side(unit: str) -> float:
    """Side in metres of a unit written ``cell:SIDE``.

    Raises
    ------
    UnitUnknown
        If it is written otherwise.

    Examples
    --------
    >>> cell_side("cell:250")
    250.0
    """
    kind, _, side = unit.partition(":")
    if kind != "cell" or not side.replace(".", "", 1).isdigit() or float(side) < 1:
        raise UnitUnknown("forecast.unit_unknown", unit=unit)
    return float(side)


def first_origin(on: Days, origin: str | None, weeks: int) -> tuple[np.datetime64, int]:
    """First day that is forecast, and how many whole weeks from it the data hold.

    Parameters
    ----------
    on
        Shape (m,), local dates of all events, at least one.
    origin
        ISO date; None for the last ``weeks`` whole weeks, fewer if that would leave too little history.
    weeks
        Most weeks to forecast.

    Raises
    ------
    OriginOutside
        If no whole week follows the origin, or nothing comes before it.

    Examples
    --------
    >>> on = np.datetime64("2026-01-01") + np.arange(365)
    >>> first_origin(on, None, 4), first_origin(on, "2026-12-20", 4)
    ((np.datetime64('2026-12-04'), 4), (np.datetime64('2026-12-20'), 1))
    """
    first, end = on.min(), on.max() + np.timedelta64(1, "D")
    if origin is None:
        weeks = max(min(weeks, int((end - first) // WEEK) - LEAST_HISTORY), 1)
        start = end - weeks * WEEK
    else:
        try:
            start = np.datetime64(origin, "D")
        except ValueError:
            start = np.datetime64("NaT", "D")
    if np.isnat(start) or start <= first or int((end - start) // WEEK) < 1:
        facts = {"origin": origin or str(start), "first": str(first), "last": str(on.max())}
        raise OriginOutside("forecast.origin_outside", **facts)
    return start, min(weeks, int((end - start) // WEEK))


def weekly_panel(place: NDArray[np.intp], on: Days, n: int, origin: np.datetime64, weeks: int) -> tuple[Panel, int]:
    """Weekly counts before and after an origin, gaps marked.

    Parameters
    ----------
    place, on
        Shape (m,): index of the place of each event or -1, and its local date.
    n
        Number of places.
    origin
        First day of the first week that is forecast.
    weeks
        How many are.

    Returns
    -------
    panel, first_test
        At most ``HISTORY_WEEKS`` whole weeks before the origin and ``weeks`` after it, and the index of the first of
        those. Exposure is the share of a week's days that are not blind (:func:`.files.blind_days`).

    Examples
    --------
    >>> on = np.datetime64("2026-01-01") + np.arange(70)
    >>> panel, first_test = weekly_panel(np.zeros(70, dtype=np.intp), on, 1, np.datetime64("2026-02-26"), 2)
    >>> panel.counts.ravel().tolist(), first_test
    ([7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0], 8)
    """
    back = min(int((origin - on.min()) // WEEK), HISTORY_WEEKS)
    panel = count_panel(place, on, None, n, origin - back * WEEK, back + weeks)
    blind = blind_days(on)
    if len(blind):
        lost = count_panel(np.zeros(len(blind), dtype=np.int64), blind, None, 1, panel.starts[0], panel.periods).counts
        panel = replace(panel, exposure=np.broadcast_to(1 - lost / 7, panel.counts.shape))
    return panel, back

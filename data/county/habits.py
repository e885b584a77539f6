"""How places misbehave, and who notices: the constants that the planted truth is made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EVEN = (1.0,) * 7
FLAT = (1.0,) * 12
SUMMER = (0.6, 0.6, 0.8, 1.0, 1.2, 1.4, 1.5, 1.5, 1.3, 1.0, 0.8, 0.6)
BUILDING_SEASON = (0.8, 0.4, 1.0, 1.1, 1.1, 1.0, 1.0, 1.0, 1.1, 1.2, 1.2, 1.0)
DARK_SEASON = (1.3, 1.2, 1.0, 0.9, 0.8, 0.8, 0.9, 0.9, 1.0, 1.1, 1.2, 1.3)
DAYTIME = dict(zip(range(7, 22), (1, 2, 2, 2, 2, 1, 1, 2, 2, 2, 3, 3, 2, 1, 1), strict=True))


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of place misbehaves.

    Parameters
    ----------
    codes
        Event codes with their shares, summing to 1.
    per_day
        Latent occurrences of one place on an ordinary day (of all places together for ``street`` and ``lamp``).
    hours
        Weight of each local hour; hours not named have none.
    p_return, return_min
        Probability that a recorded one comes back after closing, and after how many minutes on average.
    days, months
        Factors for Monday to Sunday and January to December.
    calendar
        ``all``; ``term``: only on days that schools teach; ``work``: one fifth on days off.
    """

    codes: dict[str, float]
    per_day: float
    hours: dict[int, int]
    p_return: float
    return_min: float
    days: tuple[float, ...] = EVEN
    months: tuple[float, ...] = FLAT
    calendar: str = "all"


HABITS: dict[str, Habit] = {
    "school": Habit(
        {"04-01": 0.8, "04-06": 0.2},
        per_day=0.95,
        hours={6: 1, 7: 6, 11: 4, 12: 2, 13: 3, 16: 6, 17: 7, 18: 1},
        p_return=0.35,
        return_min=20,
        calendar="term",
    ),
    "hospital": Habit(
        {"04-01": 0.7, "04-10": 0.3},
        per_day=0.55,
        hours={6: 2, 7: 5, 8: 5, 9: 3, 10: 2, 11: 2, 16: 2, 17: 4, 18: 2},
        p_return=0.3,
        return_min=30,
        days=(1.2, 1.1, 1.0, 1.0, 1.0, 0.8, 0.7),
    ),
    "market": Habit(
        {"04-06": 0.7, "01-10": 0.3},
        per_day=1.75,
        hours={5: 6, 6: 8, 7: 8, 8: 5, 9: 2, 16: 3, 17: 5, 18: 2},
        p_return=0.45,
        return_min=18,
        days=(0.9, 0.9, 0.9, 0.9, 1.0, 1.3, 1.3),
    ),
    "construction": Habit(
        {"03-04": 0.5, "03-12": 0.3, "03-01": 0.2},
        per_day=0.55,
        hours={6: 3, 7: 4, 8: 3, 10: 2, 14: 3, 15: 3, 17: 2, 22: 3, 23: 2},
        p_return=0.25,
        return_min=36 * 60,
        days=(1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.5),
        months=BUILDING_SEASON,
        calendar="work",
    ),
    "transit": Habit(
        {"04-01": 0.5, "04-10": 0.3, "02-01": 0.2},
        per_day=0.6,
        hours=DAYTIME,
        p_return=0.3,
        return_min=30,
        days=(1.0, 1.0, 1.0, 1.0, 1.3, 1.1, 1.2),
    ),
    "estate": Habit(
        {"01-10": 0.5, "04-10": 0.3, "01-35": 0.2}, per_day=0.32, hours=DAYTIME, p_return=0.15, return_min=48 * 60
    ),
    "night_market": Habit(
        {"04-02": 0.5, "01-29": 0.3, "01-28": 0.2},
        per_day=1.55,
        hours={17: 1, 18: 4, 19: 7, 20: 8, 21: 7, 22: 5, 23: 2},
        p_return=0.4,
        return_min=25,
        days=(0.8, 0.8, 0.8, 0.9, 1.3, 1.4, 1.1),
        months=SUMMER,
    ),
    "street": Habit(
        {"04-05": 0.42, "02-01": 0.2, "01-10": 0.2, "01-12": 0.08, "01-14": 0.05, "06-04": 0.05},
        per_day=26.0,
        hours=DAYTIME,
        p_return=0.2,
        return_min=60,
    ),
    "lamp": Habit(
        {"C01-37": 1.0},
        per_day=4.0,
        hours={19: 5, 20: 6, 21: 4, 22: 2, 23: 1, 0: 1, 5: 2},
        p_return=0.04,
        return_min=14 * 24 * 60,
        months=DARK_SEASON,
    ),
}

NEAR_REPEAT_CODES = ("02-01", "01-10")
P_NEAR_REPEAT = 0.12
NEAR_REPEAT_SIGMA_M = 40.0
NEAR_REPEAT_DAYS = 3.0

MOVED_FROM, MOVED_TO, MOVED_DAYS_AGO, MOVED_REST = "market-01", "market-02", 200, 0.08
"""The first market moves to the second; before and after, the other place keeps this share."""

NOISE_AND_STALLS = ("01-28", "03-01", "04-01", "04-02", "04-06", "01-29")
EXAM_FACTOR = 0.25
P_DUPLICATE = 0.07
P_CAMERA = 0.04
P_RETURN_BY_PATROL = 0.8
PATROL_ELSE = 0.05
PATROL_BY_HOUR = {
    **dict.fromkeys(range(6, 9), 0.62),
    **dict.fromkeys(range(9, 18), 0.55),
    **dict.fromkeys(range(18, 22), 0.58),
    22: 0.3,
    23: 0.25,
}
COMPLAINT_BASE = 0.22
REPORTING = dict(
    zip(
        ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"),
        (0.6, 1.3, 1.5, 0.9, 1.0, 1.7, 1.8, 0.9, 0.5, 1.1, 0.6, 0.4),
        strict=True,
    )
)
"""How readily each 片区 complains; the new quarters complain three times as often as the old town."""
PATROLLED = dict(zip(REPORTING, (1.25, 1.2, 1.2, 1.0, 1.0, 0.7, 0.7, 1.0, 0.9, 1.0, 0.8, 0.5), strict=True))
"""How much of the bureau's patrol each 片区 gets, 1 = average."""


def detection_share() -> dict[str, NDArray[np.float64]]:
    """Per 片区 (two digits): shape (24, 3), probability by hour that patrol, complaint or camera records it."""
    hour = np.arange(24)
    patrol = np.array([PATROL_BY_HOUR.get(int(h), PATROL_ELSE) for h in hour])
    awake = np.where((hour >= 7) & (hour < 23), 1.0, 0.35)
    shares = {}
    for code in REPORTING:
        by_patrol = np.clip(patrol * PATROLLED[code], 0, 0.9)
        by_complaint = (1 - by_patrol) * np.clip(COMPLAINT_BASE * REPORTING[code] * awake, 0, 0.9)
        by_camera = (1 - by_patrol - by_complaint) * P_CAMERA
        shares[code] = np.column_stack([by_patrol, by_complaint, by_camera])
    return shares


def exam_days(years: range) -> list[tuple[dt.date, dt.date, str]]:
    """高考 and 中考 of each year: first and last day."""
    found = []
    for year in years:
        found += [
            (dt.date(year, 6, 7), dt.date(year, 6, 9), "高考"),
            (dt.date(year, 6, 14), dt.date(year, 6, 16), "中考"),
        ]
    return found

"""Which given positions may be kept: readable, inside the county, neither old nor to come, and on shift."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from geo.layers.offsets import undo
from geo.layers.reports import Offset

Span = tuple[dt.datetime, dt.datetime]

AHEAD: Final = dt.timedelta(minutes=5)
"""A receiver's clock may be this much ahead of ours."""

NO_TIME, NO_PLACE, SWAPPED, OUTSIDE, TO_COME, TOO_OLD, OFF_SHIFT, NO_OWNER, AGAIN = (
    "time", "place", "swapped", "outside", "to_come", "too_old", "off_shift", "no_owner", "again",
)  # fmt: skip
REASONS: Final = (NO_TIME, NO_PLACE, SWAPPED, OUTSIDE, TO_COME, TOO_OLD, OFF_SHIFT, NO_OWNER, AGAIN)
"""Why a position is not taken, in the order in which it is looked for."""


@dataclass(frozen=True, slots=True)
class Given:
    """One position as it came: texts or numbers, nothing believed yet. ``row`` is its number in the batch or file."""

    row: int
    at: Any
    lon: Any
    lat: Any
    accuracy_m: Any = None


@dataclass(frozen=True, slots=True)
class Door:
    """What a position is held against.

    Parameters
    ----------
    extent
        West, south, east, north of the county, degrees.
    time_zone
        Of times that come without an offset.
    now, keep_days
        Positions of later than now, or older than they would be kept, are not taken.
    on_shift
        Spans in which the person or vehicle is on shift, ends included.
    offset
        Declared offset of the coordinates, undone here.
    """

    extent: tuple[float, float, float, float]
    time_zone: str
    now: dt.datetime
    keep_days: int
    on_shift: tuple[Span, ...]
    offset: Offset | None = None


@dataclass
class Kept:
    """Positions taken, by time, in the units they are stored in; and the rest by reason."""

    at_ms: list[int] = field(default_factory=list)
    lon_e7: list[int] = field(default_factory=list)
    lat_e7: list[int] = field(default_factory=list)
    accuracy_dm: list[int] = field(default_factory=list)
    given: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


def read_time(value: Any, time_zone: str) -> dt.datetime | None:
    """An instant from ISO text, ``2026/11/22 08:00:05``, or seconds or milliseconds of the Unix epoch; None if none.

    Examples
    --------
    >>> read_time("2026-11-22 08:00:05", "Asia/Shanghai").isoformat()
    '2026-11-22T00:00:05+00:00'
    >>> read_time("1795305605000", "Asia/Shanghai") == read_time(1795305605, "UTC")
    True
    >>> read_time("noon", "UTC") is None, read_time(True, "UTC") is None
    (True, True)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        try:
            value = float(text)
        except ValueError:
            try:
                at = dt.datetime.fromisoformat(text.replace("/", "-"))
            except ValueError:
                return None
            return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(time_zone))).astimezone(dt.UTC)
    if isinstance(value, (int, float)) and math.isfinite(value) and value >= 1e8:
        seconds = value / 1000 if value >= 1e11 else value
        if seconds < 4e9:
            return dt.datetime.fromtimestamp(seconds, dt.UTC)
    return None


def read_number(value: Any) -> float | None:
    """A finite number, from a number or text; None if it is none.

    Examples
    --------
    >>> read_number(" 118.01 "), read_number("nan"), read_number("x"), read_number(None), read_number(False)
    (118.01, None, None, None, None)
    """
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def check_points(points: Iterable[Given], door: Door) -> Kept:
    """Take what may be taken.

    Returns
    -------
    Kept
        Taken positions by time, one an instant (a second one is ``again``); ``rejected`` has the row and reason of
        every other, by row. Of a position off shift nothing is kept but that there was one.

    Examples
    --------
    >>> eight = dt.datetime(2026, 11, 22, 0, tzinfo=dt.UTC)
    >>> shift = (eight, eight + dt.timedelta(hours=8))
    >>> door = Door((117.0, 28.0, 119.0, 29.0), "Asia/Shanghai", eight + dt.timedelta(days=1), 90, (shift,))
    >>> kept = check_points([Given(1, "2026-11-22 08:00", 118, 28.3), Given(2, "2026-11-22 07:59", 118, 28.3),
    ...                      Given(3, "2026-11-22 08:00:05", 28.3, 118), Given(4, "?", 118, 28.3)], door)
    >>> kept.lon_e7, kept.rejected
    ([1180000000], [(2, 'off_shift'), (3, 'swapped'), (4, 'time')])
    """
    listed = list(points)
    kept = Kept(given=len(listed))
    read: list[tuple[Given, dt.datetime, float, float]] = []
    for point in listed:
        at = read_time(point.at, door.time_zone)
        lon, lat = read_number(point.lon), read_number(point.lat)
        if at is None:
            kept.rejected.append((point.row, NO_TIME))
        elif lon is None or lat is None:
            kept.rejected.append((point.row, NO_PLACE))
        else:
            read.append((point, at, lon, lat))
    lons, lats = undo(door.offset, np.array([one[2] for one in read]), np.array([one[3] for one in read]))
    taken: list[tuple[int, int, int, int, int]] = []
    oldest = door.now - dt.timedelta(days=door.keep_days)
    for (point, at, _, _), lon, lat in zip(read, lons.tolist(), lats.tolist(), strict=True):
        reason = _why_not(at, lon, lat, door, oldest)
        if reason:
            kept.rejected.append((point.row, reason))
            continue
        accuracy = read_number(point.accuracy_m)
        said = round(min(accuracy, 1e6) * 10) if accuracy is not None and accuracy >= 0 else -1
        taken.append((round(at.timestamp() * 1000), point.row, round(lon * 1e7), round(lat * 1e7), said))
    taken.sort()
    for number, (at_ms, row, lon_e7, lat_e7, accuracy_dm) in enumerate(taken):
        if number and at_ms == taken[number - 1][0]:
            kept.rejected.append((row, AGAIN))
            continue
        kept.at_ms.append(at_ms)
        kept.lon_e7.append(lon_e7)
        kept.lat_e7.append(lat_e7)
        kept.accuracy_dm.append(accuracy_dm)
    kept.rejected.sort()
    return kept


def _why_not(at: dt.datetime, lon: float, lat: float, door: Door, oldest: dt.datetime) -> str | None:
    west, south, east, north = door.extent
    if not (west <= lon <= east and south <= lat <= north):
        return SWAPPED if west <= lat <= east and south <= lon <= north else OUTSIDE
    if at > door.now + AHEAD:
        return TO_COME
    if at < oldest:
        return TOO_OLD
    return None if any(begin <= at <= end for begin, end in door.on_shift) else OFF_SHIFT


def count_reasons(rejected: Sequence[tuple[int, str]]) -> dict[str, int]:
    """How many were not taken, by reason, in the order of :data:`REASONS`.

    Examples
    --------
    >>> count_reasons([(1, "off_shift"), (2, "time"), (3, "off_shift")])
    {'time': 1, 'off_shift': 2}
    """
    counts = Counter(reason for _, reason in rejected)
    return {reason: counts[reason] for reason in REASONS if counts[reason]}


def rows_by_reason(rejected: Sequence[tuple[int, str]]) -> list[tuple[int, int, str]]:
    """Rows one after another with one reason as one entry: first row, last row, reason.

    Examples
    --------
    >>> rows_by_reason([(1, "off_shift"), (2, "off_shift"), (3, "time"), (5, "time")])
    [(1, 2, 'off_shift'), (3, 3, 'time'), (5, 5, 'time')]
    """
    runs: list[tuple[int, int, str]] = []
    for row, reason in rejected:
        if runs and runs[-1][2] == reason and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row, reason)
        else:
            runs.append((row, row, reason))
    return runs

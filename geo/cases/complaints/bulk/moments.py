"""Times of whole columns, for those ways of writing them that are common; the rest is left to who reads one by one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.cases.complaints.times import DAY_FIRST, SERIALS
from geo.layers.moments import ISO, one_way, read_plain

Micros = NDArray[np.int64]
"""Microseconds since 1970 UTC, or :data:`UNREAD`."""

UNREAD: Final = np.iinfo(np.int64).min
EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND: Final = dt.timedelta(microseconds=1)
SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US
ONE_DAY: Final = dt.timedelta(days=1)
DAY: Final = re.compile(
    r"([0-9]{4})[年/.\-]([0-9]{1,2})[月/.\-]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})|[0-9]{5}"
)
"""A day alone: in words, packed, or as a spreadsheet's serial."""


def micros(moment: dt.datetime | dt.timedelta) -> int:
    """Whole microseconds, of an instant since 1970."""
    return (moment if isinstance(moment, dt.timedelta) else moment - EPOCH) // MICROSECOND


def read_moments(texts: Sequence[str], zone: str) -> Micros:
    """Instants of those texts that are read all alike; :data:`UNREAD` for empty ones and all others.

    Parameters
    ----------
    texts
        Half width, without spaces around.
    zone
        IANA name of the time zone of what names none.
    """
    at = np.full(len(texts), UNREAD)
    if not any(texts):
        return at
    try:
        words = pa.array([text or None for text in texts], pa.string())
    except UnicodeEncodeError:  # Half a letter, from a word that a mapping put there.
        return at
    places = np.arange(len(texts))
    exact = np.asarray(pc.fill_null(pc.match_substring_regex(words, ISO), False))
    try:
        _fill(at, places[exact], words.filter(pa.array(exact)).cast(pa.timestamp("us")), zone)
    except pa.ArrowInvalid:  # One of them is not in the calendar.
        exact[:] = False
    rest = one_way(words.filter(pa.array(~exact)))
    plain, local = read_plain(rest)
    _fill(at, places[~exact][np.asarray(plain)], local, zone)
    return at


def _fill(at: Micros, places: NDArray[np.int64], local: pa.Array, zone: str) -> None:
    """Put local moments in, but for those of days on which clocks are changed."""
    local_us = local.cast(pa.int64()).to_numpy()
    offset_us = _offsets_us(zone, local_us // DAY_US)
    sure = offset_us != UNREAD
    at[places[sure]] = (local_us - offset_us)[sure]


def read_days(at: Micros, texts: Sequence[str], zone: str, *, last_second: bool = False) -> None:
    """Fill in those texts that name a day alone: its midnight, or its last second.

    Examples
    --------
    >>> at = read_moments(["2026/3/1", "2026-03-01 08:00", "46082"], "Asia/Shanghai")
    >>> read_days(at, ["2026/3/1", "2026-03-01 08:00", "46082"], "Asia/Shanghai", last_second=True)
    >>> [str(np.datetime64(int(one), "us"))[:19] for one in at]
    ['2026-03-01T15:59:59', '2026-03-01T00:00:00', '2026-03-01T15:59:59']
    """
    there = [place for place in np.flatnonzero(at == UNREAD).tolist() if texts[place]]
    named = {text: _day(text) for text in {texts[place] for place in there}}
    found = [(place, day) for place in there if (day := named[texts[place]]) is not None]
    if not found:
        return
    places, days = (np.array(column, np.int64) for column in zip(*found, strict=True))
    offset_us = _offsets_us(zone, days)
    sure = offset_us != UNREAD
    more = DAY_US - SECOND_US if last_second else 0
    at[places[sure]] = (days * DAY_US - offset_us + more)[sure]


def _day(text: str) -> int | None:
    """Days since 1970 of a day in words; None for anything else.

    Examples
    --------
    >>> [_day(text) for text in ("1970年1月2日", "19700102", "46082", "2026-02-30", "12345", "2026-3-1 8:05")]
    [1, 1, 20513, None, None, None]
    """
    found = DAY.fullmatch(text)
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part]
    if not parts:
        serial = int(text)
        return serial + (DAY_FIRST - EPOCH).days if SERIALS[0] <= serial <= SERIALS[1] else None
    try:
        return dt.date(*parts).toordinal() - EPOCH.toordinal()
    except ValueError:
        return None


def _offsets_us(zone: str, days: NDArray[np.int64]) -> Micros:
    """A zone's offset on each local day; :data:`UNREAD` where clocks are changed on that day."""
    different, which = np.unique(days, return_inverse=True)
    found: Micros = np.array([_offset_us(zone, int(day)) for day in different], np.int64)[which]
    return found


@lru_cache(maxsize=100_000)
def _offset_us(zone: str, day: int) -> int:
    begin = dt.datetime(1970, 1, 1, tzinfo=ZoneInfo(zone)) + dt.timedelta(days=day)
    offsets = {moment.replace(fold=fold).utcoffset() for moment in (begin, begin + ONE_DAY) for fold in (0, 1)}
    only = offsets.pop()
    return UNREAD if offsets or only is None else only // MICROSECOND

"""Times as other systems and spreadsheets write them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from geo.days import span_of

CHINESE: Final = re.compile(
    r"(\d{4})\s*[年/.\-]\s*(\d{1,2})\s*[月/.\-]\s*(\d{1,2})\s*日?"
    r"(?:[\sT]*(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*[:分]?\s*(\d{1,2})?(?:\.\d+)?\s*秒?)?"
)
PACKED: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[\sT]?(\d{2}):?(\d{2}):?(\d{2})?)?")
DAY_FIRST: Final = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
SERIALS: Final = 20_000.0, 80_000.0
"""Days of a spreadsheet's calendar from 1954 to 2119."""

EPOCH_S: Final = 10**8, 10**10
EPOCH_MS: Final = 10**11, 10**13


class Unreadable(ValueError):
    """Not a time in any form that is known."""


def read_time(text: str, zone: str) -> dt.datetime:
    """An instant, from a local time unless the text says otherwise.

    Parameters
    ----------
    text
        ISO 8601, ``2026/3/1 8:05``, ``2026年3月1日8时5分``, ``20260301080500``, a spreadsheet's serial day, seconds or
        milliseconds since 1970. A day alone is its midnight.
    zone
        IANA name of the county's time zone.

    Returns
    -------
    datetime
        Aware, UTC.

    Raises
    ------
    Unreadable
        If it is none of these.

    Examples
    --------
    >>> said = "2026-03-01T08:05+08:00", "２０２６年３月１日 8时5分", "2026/3/1 8:05", "46082.3368056", "1772323500000"
    >>> for one in said:
    ...     print(read_time(one, "Asia/Shanghai").isoformat(timespec="minutes"))
    2026-03-01T00:05+00:00
    2026-03-01T00:05+00:00
    2026-03-01T00:05+00:00
    2026-03-01T00:05+00:00
    2026-03-01T00:05+00:00
    """
    bare = unicodedata.normalize("NFKC", text).strip()
    try:
        return _read(bare, _zone(zone))
    except (ValueError, OverflowError):
        raise Unreadable(text) from None


def read_deadline(text: str, zone: str) -> dt.datetime:
    """As :func:`read_time`, but a day alone is its last second: what is due on a day may be done on that day.

    Examples
    --------
    >>> for one in ("2026-03-01", "2026-03-01 09:00", "46082"):
    ...     print(read_deadline(one, "Asia/Shanghai").isoformat())
    2026-03-01T15:59:59+00:00
    2026-03-01T01:00:00+00:00
    2026-03-01T15:59:59+00:00
    """
    at = read_time(text, zone)
    if not _is_day(unicodedata.normalize("NFKC", text).strip()):
        return at
    on = at.astimezone(_zone(zone)).date()
    _, ends = span_of(on, on, _zone(zone))
    return ends - dt.timedelta(seconds=1)


def _is_day(bare: str) -> bool:
    found = CHINESE.fullmatch(bare) or PACKED.fullmatch(bare)
    return found[4] is None if found else re.fullmatch(r"\d{5}", bare) is not None


def _read(bare: str, zone: ZoneInfo) -> dt.datetime:
    found = CHINESE.fullmatch(bare) or PACKED.fullmatch(bare)
    if found:
        year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(dt.UTC)
    if re.fullmatch(r"\d+(\.\d+)?", bare):
        return _number(float(bare), zone)
    said = dt.datetime.fromisoformat(bare)
    return (said if said.tzinfo else said.replace(tzinfo=zone)).astimezone(dt.UTC)


def _number(value: float, zone: ZoneInfo) -> dt.datetime:
    if SERIALS[0] <= value <= SERIALS[1]:
        local = DAY_FIRST + dt.timedelta(seconds=round(value * 86_400))
        return local.replace(tzinfo=zone).astimezone(dt.UTC)
    for (least, most), parts in ((EPOCH_S, 1), (EPOCH_MS, 1000)):
        if least <= value < most:
            return dt.datetime.fromtimestamp(value / parts, dt.UTC)
    raise Unreadable(str(value))


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

"""The many ways in which offices write a moment, brought to one that dates are read from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.layers.plain_columns import half_width

CHINESE = (
    (r"日\s*(\d)", r"日 \1"),
    (r"(\d{1,2})\s*[时点]\s*(\d{1,2})\s*分\s*(\d{1,2})\s*秒?$", r"\1:\2:\3"),
    (r"(\d{1,2})\s*[时点]\s*(\d{1,2})\s*分?$", r"\1:\2"),
    (r"(\d{1,2})\s*[时点]\s*整?$", r"\1:00"),
    (r"(\d{1,2}:\d{1,2})分$", r"\1"),
)
PACKED = (
    (r"^(\d{4})(\d{2})(\d{2})[ T]?(\d{2})(\d{2})(\d{2})$", r"\1-\2-\3 \4:\5:\6"),
    (r"^(\d{4})(\d{2})(\d{2})[ T]?(\d{2})(\d{2})$", r"\1-\2-\3 \4:\5"),
)
PADDED = (
    (r"^(\d{4})[年/.\-](\d{1,2})[月/.\-](\d{1,2})日?", r"\1-\2-\3"),
    (r"-(\d)-", r"-0\1-"),
    (r"^(\d{4}-\d{2}-)(\d)([ T]|$)", r"\10\2\3"),
    (r"([ T])(\d):", r"\10\2:"),
    (r":(\d)(:|$)", r":0\1\2"),
)
ISO = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?$"
CLOCKED = r"[:：时点]|^\d{5}\.\d+$"
"""Whatever holds this says more than a day."""

NUMBER = r"^(\d{5}(\.\d+)?|1\d{9}|1\d{12})$"
DAY_FIRST = np.datetime64("1899-12-30T00:00:00", "s")
SERIALS = 20_000, 80_000
"""Days of a spreadsheet's calendar from 1954 to 2119."""

MILLISECONDS_FROM = 1e11
DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
"""Of each month, from 1, in a common year."""


def one_way(text: pa.Array) -> pa.Array:
    """Words for moments as ``2026-03-01 08:05:00``, local, where they are written otherwise; the rest as it is.

    Parameters
    ----------
    text
        Trimmed text or null, as :func:`geo.layers.plain_columns.as_text` gives it.

    Returns
    -------
    pyarrow.Array
        Full width made half-width, 时 and 分 made colons, fourteen or twelve digits taken apart, a spreadsheet's serial
        days (1954 to 2119) and seconds or milliseconds since 1970 (these with their offset, Z) written out.

    Examples
    --------
    >>> said = ["2026年3月1日8时5分", "２０２６-０３-０１　０８：０５", "20260301080500", "46082.3368056", "1772323500"]
    >>> said += ["20260301", "46082", None]
    >>> one_way(pa.array(said)).to_pylist()[:3]
    ['2026年3月1日 8:5', '2026-03-01 08:05', '2026-03-01 08:05:00']
    >>> one_way(pa.array(said)).to_pylist()[3:]
    ['2026-03-01 08:05:00', '2026-03-01 00:05:00Z', '20260301', '2026-03-01', None]
    """
    text = half_width(text)
    if pc.any(pc.match_substring_regex(text, "[日时点]")).as_py():
        for pattern, plain in CHINESE:
            text = pc.replace_substring_regex(text, pattern, plain)
    for pattern, plain in PACKED:
        text = pc.replace_substring_regex(text, pattern, plain)
    numbers = pc.fill_null(pc.match_substring_regex(text, NUMBER), False)
    if not pc.any(numbers).as_py():
        return text
    return pc.if_else(numbers, _written(text, numbers), text)


def _written(text: pa.Array, numbers: pa.Array) -> pa.Array:
    """Serial days and seconds as text; what is out of their range stays as it is."""
    value = pc.cast(pc.if_else(numbers, text, pa.scalar("0")), pa.float64()).to_numpy(zero_copy_only=False)
    value = np.nan_to_num(value)
    serial = (value >= SERIALS[0]) & (value <= SERIALS[1])
    days = DAY_FIRST + np.round(np.where(serial, value, 0) * 86_400).astype("timedelta64[s]")
    whole = serial & (value == np.floor(value))
    seconds = np.where(value >= MILLISECONDS_FROM, value / 1000, value)
    since = np.round(np.where(serial, 0, seconds)).astype("int64").astype("datetime64[s]")
    said = np.where(whole, np.datetime_as_string(days, "D"), np.datetime_as_string(days, "s"))
    said = np.where(serial, said, np.char.add(np.datetime_as_string(since, "s"), "Z"))
    plain = pc.replace_substring(pa.array(said.astype(object), pa.string()), "T", " ")
    return pc.if_else(pa.array(serial | (value >= 1e9)), plain, text)


def read_plain(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Local moments of those words that say year, month, day, hour and minute in this order: most, and fast.

    Parameters
    ----------
    text
        As :func:`one_way` gives it.

    Returns
    -------
    tuple
        Whether each is such a word (never null) and in the calendar, and the moments of those that are (timestamp[us],
        without a zone).

    Examples
    --------
    >>> plain, at = read_plain(pa.array(["2026/3/1 8:05", "2026-03-01", "2026-03-01 08:05:00", None]))
    >>> plain.to_pylist(), [str(one) for one in at.to_pylist()]
    ([True, False, True, False], ['2026-03-01 08:05:00', '2026-03-01 08:05:00'])
    >>> read_plain(pa.array(["2026-02-30 08:05", "2024-02-29 08:05", "2026-03-01 24:00"]))[0].to_pylist()
    [False, True, False]
    """
    for pattern, padded in PADDED:
        text = pc.replace_substring_regex(text, pattern, padded)
    plain = pc.fill_null(pc.match_substring_regex(text, ISO), False)
    try:
        return plain, text.filter(plain).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        plain = pc.and_(plain, _in_calendar(pc.if_else(plain, text, "1970-01-01 00:00")))
        return plain, text.filter(plain).cast(pa.timestamp("us"))


def _in_calendar(text: pa.Array) -> pa.Array:
    """Whether moments written as :data:`ISO` say are in the calendar and on the clock."""

    def part(begin: int) -> NDArray[np.int64]:
        digits = pc.utf8_slice_codeunits(text, begin, begin + (4 if begin == 0 else 2))
        found: NDArray[np.int64] = pc.cast(pc.if_else(pc.equal(digits, ""), "0", digits), pa.int64()).to_numpy()
        return found

    year, month, day = part(0), part(5), part(8)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = DAYS[np.clip(month, 0, 12)] + ((month == 2) & leap)
    return pa.array((year > 0) & (day >= 1) & (day <= last) & (part(11) < 24) & (part(14) < 60) & (part(17) < 60))

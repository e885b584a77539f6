"""From what a file holds to what a column takes, a whole column at once.

Every function takes a column of n values and returns a typed column of n values with null where the
value is empty or cannot be read, and a mask of those that cannot be read.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, Integer, Numeric, SmallInteger, Text, Uuid
from sqlalchemy.sql.type_api import TypeEngine

from geo.layers.moments import CLOCKED, one_way, read_plain
from geo.layers.plain_columns import Converted, Mask, as_text, blank, half_width, mask, to_number, to_text
from geo.layers.reports import DayOrder

WHOLE_LIMITS = ((SmallInteger, 2**15), (BigInteger, 2**63), (Integer, 2**31))
"""SmallInteger and BigInteger are subclasses of Integer in SQLAlchemy, so they come first."""
YES = {"true", "yes", "y", "t", "1", "是", "有"}
NO = {"false", "no", "n", "f", "0", "否", "无"}
DATE_FORMATS: dict[DayOrder, tuple[str, ...]] = {
    "ymd": (r"^(\d{4})\D(\d{1,2})\D(\d{1,2})\D?$", r"\1-\2-\3"),
    "dmy": (r"^(\d{1,2})\D(\d{1,2})\D(\d{4})$", r"\3-\2-\1"),
    "mdy": (r"^(\d{1,2})\D(\d{1,2})\D(\d{4})$", r"\3-\1-\2"),
}
CLOCK = r"^(.*?)[T ]*(?:(?:T| )(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$"


def to_whole(column: pa.Array, limit: int) -> Converted:
    """Whole numbers in [-limit, limit).

    Examples
    --------
    >>> to_whole(pa.array(["3", "3.0", "3.5", "40000"]), 2**15)[0].to_pylist()
    [3, 3, None, None]
    """
    if pa.types.is_integer(column.type) and pa.types.is_signed_integer(column.type):
        inside = pc.and_(pc.less_equal(column, limit - 1), pc.greater_equal(column, -limit))
        bad = mask(pc.invert(inside))
        return pc.cast(blank(column, bad), pa.int64()), bad
    number, bad = to_number(column)
    values = number.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        odd = ~np.isnan(values) & ((np.trunc(values) != values) | (np.abs(values) >= min(limit, 2**53)))
    bad |= odd
    return pc.cast(blank(number, bad), pa.int64()), bad


def to_flag(column: pa.Array) -> Converted:
    """Yes or no, in English, Chinese or digits."""
    if pa.types.is_boolean(column.type):
        return column, np.zeros(len(column), bool)
    text = pc.utf8_lower(half_width(as_text(column)))
    yes = pc.is_in(text, pa.array(sorted(YES)))
    no = pc.is_in(text, pa.array(sorted(NO)))
    bad = mask(pc.and_(pc.is_valid(text), pc.invert(pc.or_(yes, no))))
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_())), bad


def to_choice(column: pa.Array, spoken: dict[str, str]) -> Converted:
    """One of the listed choices, by any of its spoken words (see :mod:`geo.layers.synonyms`)."""
    text = half_width(as_text(column))
    coded = text.dictionary_encode()
    meant = pa.array([spoken.get(word.casefold()) for word in coded.dictionary.to_pylist()], pa.string())
    choice = meant.take(coded.indices) if len(meant) else pa.nulls(len(text), pa.string())
    return choice, mask(pc.is_valid(text)) & mask(pc.is_null(choice))


def to_instant(column: pa.Array, zone: str, day_order: DayOrder = "ymd") -> tuple[pa.Array, Mask, Mask]:
    """Instants in UTC; a time without offset is local to ``zone``, a day alone is its local midnight.

    Returns
    -------
    tuple
        Instants (timestamp[us, UTC]), those that cannot be read, those that name a day only.

    Examples
    --------
    >>> said = pa.array(["2026-11-21", "2026/1/2 08:30", "2026-01-02T00:30:00Z", "soon"])
    >>> at, bad, days = to_instant(said, "Asia/Shanghai")
    >>> [str(value) for value in at.to_pylist()]
    ['2026-11-20 16:00:00+00:00', '2026-01-02 00:30:00+00:00', '2026-01-02 00:30:00+00:00', 'None']
    >>> bad.tolist(), days.tolist()
    ([False, False, False, True], [True, False, False, False])
    """
    n = len(column)
    if pa.types.is_date(column.type):
        local = column.to_pandas().astype("datetime64[us]") if n else pd.Series([], dtype="datetime64[us]")
        return _localised(local, zone), np.zeros(n, bool), mask(pc.is_valid(column))
    if pa.types.is_timestamp(column.type):
        if column.type.tz:
            return pc.cast(column, pa.timestamp("us", "UTC"), safe=False), np.zeros(n, bool), np.zeros(n, bool)
        return (
            _localised(pc.cast(column, pa.timestamp("us"), safe=False).to_pandas(), zone),
            np.zeros(n, bool),
            np.zeros(n, bool),
        )
    text = as_text(column)
    coded = text.dictionary_encode()
    instants, days = _read_words(one_way(coded.dictionary), zone, day_order)
    if not len(instants):
        return pa.nulls(n, pa.timestamp("us", "UTC")), np.zeros(n, bool), np.zeros(n, bool)
    at = instants.take(coded.indices)
    day = pa.array(days).take(coded.indices)
    bad = mask(pc.is_valid(text)) & mask(pc.is_null(at))
    return at, bad, mask(day)


def to_date(column: pa.Array, zone: str, day_order: DayOrder = "ymd") -> Converted:
    """Local dates; of an instant, the date it falls on in ``zone``."""
    if pa.types.is_date(column.type):
        return pc.cast(column, pa.date32()), np.zeros(len(column), bool)
    at, bad, _ = to_instant(column, zone, day_order)
    return pc.cast(pc.local_timestamp(pc.cast(at, pa.timestamp("us", zone))), pa.date32(), safe=False), bad


def convert(column: pa.Array, kind: TypeEngine[object], zone: str, day_order: DayOrder) -> Converted:
    """The column in the type of the table's column ``kind``."""
    if isinstance(kind, DateTime):
        return to_instant(column, zone, day_order)[:2]
    if isinstance(kind, Date):
        return to_date(column, zone, day_order)
    if isinstance(kind, Boolean):
        return to_flag(column)
    for whole, limit in WHOLE_LIMITS:
        if isinstance(kind, whole):
            return to_whole(column, limit)
    if isinstance(kind, (Double, Numeric)):
        number, bad = to_number(column)
        if isinstance(kind, Numeric) and kind.precision is not None and not isinstance(kind, Double):
            too_big = mask(pc.greater_equal(pc.abs(number), 10.0 ** (kind.precision - (kind.scale or 0))))
            return blank(number, too_big), bad | too_big
        return number, bad
    assert isinstance(kind, (Text, Uuid)), f"a layer column has the type {kind!r}, which no file value is read into"
    return to_text(column)


def _read_words(words: pa.Array, zone: str, day_order: DayOrder) -> tuple[pa.Array, Mask]:
    """Instants of words, and whether each names a day only: the plain ones at once, the others one by one."""
    plain, local = read_plain(words)
    easy = np.asarray(plain)
    rest, days = _read_instants(pd.Series(words.filter(pc.invert(plain)).to_pylist(), dtype="object"), zone, day_order)
    at = np.empty(len(words), np.int64)
    at[easy], at[~easy] = np.arange(len(local)), len(local) + np.arange(len(rest))
    day_only = np.zeros(len(words), bool)
    day_only[~easy] = days
    return pa.concat_arrays([_localised(local.to_pandas(), zone), rest]).take(pa.array(at)), day_only


def day_only(column: pa.Array, zone: str, day_order: DayOrder) -> Mask:
    """Which values name a day and no time of it; as :func:`to_instant` says, without reading what says a time.

    Examples
    --------
    >>> day_only(pa.array(["2026.3.1", "2026-03-01 08:00", "46082", "46082.5", None]), "Asia/Shanghai", "ymd").tolist()
    [True, False, True, False, False]
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return to_instant(column, zone, day_order)[2]
    may_be = mask(pc.invert(pc.match_substring_regex(as_text(column), CLOCKED)))
    found = np.zeros(len(column), bool)
    if may_be.any():
        found[may_be] = to_instant(column.filter(pa.array(may_be)), zone, day_order)[2]
    return found


def _read_instants(words: pd.Series, zone: str, day_order: DayOrder) -> tuple[pa.Array, Mask]:
    parts = words.str.extract(CLOCK)
    day, clock, shift = (parts[i].fillna("").astype(str) for i in range(3))
    day = day.str.replace(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", regex=True).str.replace("日", "", regex=False)
    pattern, order = DATE_FORMATS[day_order]
    year_first = day.str.match(r"^\d{4}\D")
    ymd_pattern, ymd_order = DATE_FORMATS["ymd"]
    day = day.where(year_first, day.str.replace(pattern, order, regex=True) if day_order != "ymd" else "")
    day = day.where(~year_first, day.str.replace(ymd_pattern, ymd_order, regex=True))
    whole = (day + " " + clock.where(clock != "", "00:00")).where(day.str.match(r"^\d{4}-\d{1,2}-\d{1,2}$"))
    stamp = pd.to_datetime(whole, format="mixed", errors="coerce").astype("datetime64[us]")
    local = _localised(stamp, zone)
    given = shift.ne("").to_numpy()
    if given.any():
        minutes = shift.str.replace("Z", "+00:00", regex=False).str.extract(r"([+-])(\d{2}):?(\d{2})")
        sign = np.where(minutes[0] == "-", -1, 1)
        total = sign * (pd.to_numeric(minutes[1]).fillna(0) * 60 + pd.to_numeric(minutes[2]).fillna(0))
        utc = (stamp - pd.to_timedelta(total, unit="m")).astype("datetime64[us]").dt.tz_localize("UTC")
        local = pc.if_else(pa.array(given), _utc(utc), local)
    return local, (clock.eq("") & stamp.notna()).to_numpy()


def _localised(local: pd.Series, zone: str) -> pa.Array:
    """Naive local times as UTC; the hour a clock skips moves forward, the hour it repeats is the first."""
    at = local.dt.tz_localize(ZoneInfo(zone), ambiguous=np.ones(len(local), bool), nonexistent="shift_forward")
    return _utc(at.dt.tz_convert("UTC"))


def _utc(at: pd.Series) -> pa.Array:
    values = at.dt.tz_localize(None).to_numpy("datetime64[us]")
    return pa.array(values, pa.timestamp("us", "UTC"), mask=np.isnat(values))

"""Dates and times as files bring them: a dozen ways of writing, one of them per file as a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pandas import Series

DAY_FORMATS: Final = tuple(
    "%m/%d/%Y|%d/%m/%Y|%Y/%m/%d|%d.%m.%Y|%d-%m-%Y|%Y.%m.%d|%m/%d/%y|%d/%m/%y|%Y%m%d|%Y年%m月%d日|%d-%b-%Y|%d %b %Y"
    "|%b %d %Y|%b %d, %Y|%d-%b-%y|%a %b %d %Y|%B %d, %Y".split("|")
)
CLOCK_FORMATS: Final = tuple(
    " %H:%M:%S| %H:%M| %I:%M:%S %p| %I:%M %p| %H:%M:%S.%f|T%H:%M:%S|T%H:%M| %H%M%S|%H%M%S"
    "| %H时%M分%S秒| %H时%M分|%H时%M分%S秒|%H时%M分|, %I:%M:%S %p|, %H:%M".split("|")
)
SAMPLE: Final = 2000
FIRST_YEAR, LAST_YEAR = 1970, 2100
ZONE: Final = re.compile(r"(:\d\d(?:\.\d+)?)\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})(?:\s*\([^)]*\))?$")
EXCEL_ZERO: Final = np.datetime64("1899-12-30", "s")


@dataclass(frozen=True, slots=True)
class Times:
    """Local times as written.

    Parameters
    ----------
    at
        Shape (m,), datetime64[s], not-a-time where the text could not be read.
    has_clock
        Whether hours can be believed: some times are not midnight.
    formats
        What the texts were read as, most frequent first.
    ambiguous
        Whether day and month could be the other way round throughout.
    """

    at: NDArray[np.datetime64]
    has_clock: bool
    formats: tuple[str, ...]
    ambiguous: bool = False


def parse_times(texts: Series) -> Times:
    """Read dates or times written as ISO 8601, in American, European or Chinese order, as seconds, or as Excel days.

    Parameters
    ----------
    texts
        Shape (m,), text or missing.

    Returns
    -------
    Times
        The clock is taken as written: an offset from UTC at the end is dropped, since a stall at dusk stays at dusk.

    Notes
    -----
    The way most of a sample is written in comes first; what it does not fit is tried in the others. Day before month
    or month before day is decided by all values together, never row by row.

    Examples
    --------
    >>> from pandas import Series
    >>> parse_times(Series(["07/04/2013 11:30:00 PM", "12/31/2013 01:00:00 AM", "soon"])).at.astype(str).tolist()
    ['2013-07-04T23:30:00', '2013-12-31T01:00:00', 'NaT']
    >>> parse_times(Series(["2013年7月4日"])).at.astype(str).tolist()
    ['2013-07-04T00:00:00']
    """
    text = texts.astype("str").str.strip().where(texts.notna(), "")
    text = text.str.replace(r"(?<=\d{4}-\d\d-\d\d) (?=\d)", "T", regex=True).str.replace(ZONE, r"\1", regex=True)
    at = np.full(len(text), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    used: list[str] = []
    left = (text != "").to_numpy(copy=True)
    ambiguous = False
    while left.any():
        some = text[left]
        sample = some.iloc[:: max(len(some) // SAMPLE, 1)]
        tried = {name: _read(sample, name) for name in ("iso", *_formats(sample), "seconds", "days")}
        good = {name: int((~np.isnat(found)).sum()) for name, found in tried.items()}
        best = max(good, key=lambda name: good[name])
        if good[best] == 0:
            break
        if not used:
            twin = _twin(best)
            ambiguous = twin is not None and good.get(twin, 0) == good[best]
        found = _read(some, best)
        rows = np.flatnonzero(left)
        at[rows] = found
        left[rows[~np.isnat(found)]] = False
        used.append(best)
        if len(used) == 6:
            break
    whole = at[~np.isnat(at)]
    clock = bool(len(whole)) and float((whole != whole.astype("datetime64[D]")).mean()) > 0.05
    return Times(at, clock, tuple(used), ambiguous)


def _formats(sample: Series) -> list[str]:
    """The combinations of day and clock worth trying: those that read at least one of a handful."""
    days = list(DAY_FORMATS)
    clocked = [day + clock for day in days for clock in CLOCK_FORMATS]
    handful = sample.iloc[:: max(len(sample) // 12, 1)]
    return [name for name in days + clocked if not np.isnat(_read(handful, name)).all()]


def _twin(name: str) -> str | None:
    """The format with day and month exchanged."""
    for one, other in (("%m/%d/", "%d/%m/"), ("%d/%m/", "%m/%d/")):
        if name.startswith(one):
            return name.replace(one, other, 1)
    return None


def _read(texts: Series, name: str) -> NDArray[np.datetime64]:
    """Shape (m,), not-a-time where ``texts`` are not written that way or mean a year nobody means."""
    import pandas as pd

    if name in ("seconds", "days"):
        number = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        number = np.where(np.abs(number) > 1e11, number / 1000, number) if name == "seconds" else number * 86400
        at = np.full(len(number), np.datetime64("NaT", "s"), dtype="datetime64[s]")
        least = 1e8 if name == "seconds" else 20_000 * 86400.0
        use = np.isfinite(number) & (number >= least) & (number < (5e9 if name == "seconds" else 80_000 * 86400.0))
        zero = np.datetime64(0, "s") if name == "seconds" else EXCEL_ZERO
        at[use] = zero + np.rint(number[use]).astype("timedelta64[s]")
    else:
        shape = "ISO8601" if name == "iso" else name
        plain = texts.where(~texts.str.fullmatch(r"[\d.]+"), "") if name == "iso" else texts
        at = pd.to_datetime(plain, format=shape, errors="coerce").to_numpy().astype("datetime64[s]", copy=True)
    years = at.astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where((years >= FIRST_YEAR) & (years <= LAST_YEAR) & ~np.isnat(at), at, np.datetime64("NaT", "s"))
